"""Whose number a mention is: the publisher's own, a third party's, or a regulator's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import Any

from pipelines.context.publisher import Firms, Publisher, PublisherOf
from pipelines.model import Block
from pipelines.numbering.fold import fold, fold_part
from pipelines.vocabulary import NumberClass, Owner, Purpose
from pipelines.word_patterns import compile_words

_STATE = Owner.REGULATOR
_STATE_CLASSES = (NumberClass.PUBLIC_SERVICE, NumberClass.EMERGENCY)
_STATEMENT = re.compile(r"[。；;！!？?\n]|\s/\s|\s\|\s")
# A number that has been told whose it is, and words with which a new statement begins.
_TOLD = re.compile(
    r"(?<!\d)(?!20\d\d[-/.]\d)(?:9[56]\d{3,4}|1[012]\d{3}|\+?\d[\d() -]{6,}\d)(?!\d)"
)
_SERVICE = re.compile("客服|客户服务|客戶服務|顧客服務|customer", re.I)
_COMPLAINS = re.compile(
    "投诉|投訴|举报|舉報|申诉|申訴|反映|联系|聯絡|咨询|電話|电话|热线|complain|contact", re.I
)
_OFFICE_LINE = 24  # characters: the name of an authority with its place
_RECORD = re.compile("名称|(?:公司|单位|主体)[:：]")  # what follows is of whom it names
# Between an authority's name and its number stands what the number is for, and nothing else.
_ITS_LINE = re.compile(
    r"(?:的|统一|官方|全国|投诉|举报|监督|咨询|服务|客服|受理|申诉|维权|值班|公开|中心)*"
    r"(?:电话|热线|专线|号码)?(?:号码)?[\s:：(（为是]*"
)
_CALLS = re.compile("电话|热线|专线|客服|致电|拨打|電話|熱線|專線|hotline|phone|call|tel", re.I)
WE = re.compile("我们|我們|我司|本公司|contact us", re.I)
# 到营业厅或拨打客服热线: who goes there need not call there.
_OR_CALL = re.compile(
    "(?:或者?|也可以?|以及)(?:者)?(?:直接|通过)?(?=拨打|致电|联系|咨询|电话|客服|热线)"
)
# An office's name and nothing else: 经人民银行批准, 税务局旁, 可致电银保监 only speak of one.
_BRACKET = re.compile("\\s?[(（]([^()（）\n经向由可已原在对报按致未]{2,16})[)）]")
# Lines of these classes are leased to companies; no local office of the state answers on one.
_LEASED = frozenset(
    (NumberClass.SHORT_95, NumberClass.SHARED_400, NumberClass.TOLLFREE_800, NumberClass.UAN_1010)
)
_BANK = re.compile(r"([\u4e00-\u9fff]{2,10}(?:银行|銀行|农商行|信用社))\s*[:(]?\s*$")
_NO_NAME = re.compile("(?:发卡|發卡|合作|开户|商业|各|本|贵|该)(?:家)?(?:银行|銀行)$|我行")
_OWNERS = ("self", "regulator", "third_party")
_CLAUSE = 40
_NEAR = 90
_CELL = 200  # a cell is one statement: the name of an office, its address, its number
_CALLED = re.compile("^[^:：]{0,6}(?:名称|名稱|机构|機構|公司|单位|單位|主体)\\s*[:：]")
# 请联系招商银行，客服热线：… and 本服务由微信支付提供，客服热线：…
_ASKED = re.compile(
    r"(?:(?:联系|聯絡|聯繫|咨询|諮詢|查詢|询问|致电|致電)([^，,。；：:\d]{2,16})"
    r"|由([^，,。；：:\d]{2,16}?)(?:[为為]您)?(?:提供|承保|运营|營運)(?:服务|服務)?)"
    r"[，,][^，,。；：:\d]{0,8}(?:热线|熱線|电话|電話|专线|專線)[:：为為是\s]*$"
)
_WHOSE = {True: Owner.SELF, False: Owner.THIRD_PARTY, None: None}
_IS_HEAD = re.compile(r"[^\d:：,，。]{2,20}")
_RECORD_LINE = 60  # a longer line above is prose, not the head of a record


@dataclass(frozen=True, slots=True, eq=False)
class OwnerRules:
    """The compiled table `owners.toml`, by owner."""

    near: Mapping[Owner, re.Pattern[str]]
    any_near: re.Pattern[str]  # all of them: beside most numbers stands none
    persons: re.Pattern[str]  # who have mobiles and no leased number
    carriers: tuple[
        tuple[re.Pattern[str], re.Pattern[str]], ...
    ]  # codes, and names of who has them
    warning: tuple[re.Pattern[str], re.Pattern[str]]  # before a number and behind it
    heading: Mapping[Owner, re.Pattern[str]]
    branch: re.Pattern[str]
    region: re.Pattern[str]
    main: re.Pattern[str]
    kind: re.Pattern[str]
    firms: Firms

    def owner_of(
        self,
        block: Block,
        span: tuple[int, int],
        number_class: NumberClass,
        purpose: Purpose,
        publisher: Publisher | PublisherOf,
        *,
        listed: bool = False,
    ) -> tuple[Owner, str]:
        """The owner with the id of the deciding rule.

        Args:
            span: Where the number stands in the block.
            listed: The number stands in a table that lists other people's numbers.
        """
        start, end = span
        if number_class in _STATE_CLASSES or purpose is Purpose.REGULATOR:
            return Owner.REGULATOR, "owner:state_class"
        if block.by_users:
            return Owner.THIRD_PARTY, "owner:user_content"
        if listed:
            return Owner.THIRD_PARTY, "owner:directory"
        if number_class is NumberClass.LANDLINE and self._in_bracket(block.text, end):
            return Owner.REGULATOR, "owner:bracket"
        if number_class is NumberClass.CARRIER and self._is_a_carriers(
            block.text[start:end], publisher
        ):
            return Owner.THIRD_PARTY, "owner:carrier"
        if self._is_warned_of(block.text, start, end):
            return Owner.THIRD_PARTY, "owner:warning"
        return self.named_owner(block, start, publisher, leased=number_class in _LEASED)

    def named_owner(
        self, block: Block, start: int, publisher: Publisher | PublisherOf, *, leased: bool = False
    ) -> tuple[Owner, str]:
        """Whom the words around a place name as its owner, the publisher if nobody else.

        Args:
            leased: A number stands there that is leased to companies only.
        """
        for place, text in self._windows(block, start, publisher):
            if place == "name":
                owner = _WHOSE[publisher.whose(text, self.firms)]
            else:
                owner = self._said_by(text, publisher, leased=leased, is_last=place == "sentence")
            if owner is not None:
                return owner, f"owner:{place}"
        for place, text in (("column", block.column_header), ("heading", block.heading)):
            owner = self._first(text, publisher)
            if owner is not None:
                return owner, f"owner:{place}"
        return Owner.SELF, "owner:publisher"

    def _in_bracket(self, text: str, end: int) -> bool:
        """An office's name is all that brackets behind the number hold: 010-…（朝阳区人社局）."""
        match = _BRACKET.match(text, end)
        said = _named(self, match[1])[0] if match else ()
        last = [stop for _, stop, owner in said if owner is _STATE]
        return bool(match and last and _ITS_LINE.fullmatch(match[1], max(last)))

    def _is_a_carriers(self, code: str, publisher: Publisher | PublisherOf) -> bool:
        """A carrier's code, and nothing that the page is declared for is of that carrier."""
        names = publisher.declared
        mine = (who for codes, who in self.carriers if codes.search(code))
        return bool(names) and not any(who.search(name) for who in mine for name in names)

    def _is_warned_of(self, text: str, start: int, end: int) -> bool:
        """The page warns of the number: 网传“支付宝客服电话 400-…”系诈骗电话."""
        before, behind = self.warning
        clause = _STATEMENT.split(fold_part(text, max(0, start - _CLAUSE), start))[-1]
        return bool(before.search(clause) or behind.match(fold_part(text, end, end + _CLAUSE)))

    def is_place(self, name: str) -> bool:
        """The words name a branch office or a region."""
        return bool(self.branch.search(name) or self.region.match(name))

    def is_branch(self, block: Block, start: int) -> bool:
        """The number is listed as that of a branch office."""
        near = _OR_CALL.split(fold_part(block.text, max(0, start - 30), start))[-1]
        before = _since_told(near)
        beside = (
            f"{block.row_header} {block.column_header} {block.heading[-30:]} {record_head(block)}"
        )
        return bool(self.branch.search(before) or self.branch.search(beside))

    def is_main(self, block: Block) -> bool:
        """The record that the number stands in is that of the head office."""
        return bool(
            self.main.search(f"{block.row_header} {block.heading[-30:]} {record_head(block)}")
        )

    def _windows(
        self, block: Block, start: int, publisher: Publisher | PublisherOf
    ) -> Iterator[tuple[str, str]]:
        reach = _CELL if block.table else _NEAR
        before = fold_part(block.text, max(0, start - reach), start)
        *earlier, statement = _STATEMENT.split(before)
        yield "sentence", statement
        if earlier:
            yield "block", "\n".join([*self._open(earlier, statement), statement])
        if block.row_header:
            yield "name", block.row_header.partition("|")[0]
            yield "row", block.row_header
        else:
            yield "name", self._head(block, publisher)
        above = [a for a in block.before.split("\n")[-3:] if len(a) <= _RECORD_LINE]
        yield "above", fold("\n".join(self._open(above, before))).text

    def _head(self, block: Block, publisher: Publisher | PublisherOf) -> str:
        """The line that heads the record that a number stands in; several names are a list."""
        lines = [line for line in block.before.split("\n") if line.strip()]
        fields = list(takewhile(lambda line: not _is_head(line), reversed(lines)))
        heads = lines[: len(lines) - len(fields)]
        if not heads or any(len(field) > _RECORD_LINE for field in fields):
            return ""
        is_list = len(heads) > 1 and publisher.whose(heads[-2], self.firms) is False
        return "" if is_list else heads[-1]

    def _said_by(
        self, text: str, publisher: Publisher | PublisherOf, *, leased: bool, is_last: bool
    ) -> Owner | None:
        """The owner that a stretch of text tells; the last sentence tells more than the others."""
        if not is_last:
            return self._last(text, publisher, (), leased=leased)
        if asked := _ASKED.search(text):
            whose = publisher.whose(asked[1] or asked[2], self.firms)
            if whose is False:
                return Owner.THIRD_PARTY
        owner = _WHOSE[publisher.whose(text, self.firms)] or self._bank(text, publisher)
        beside = [(end, Owner.THIRD_PARTY) for end in publisher.others_in(text)]
        beside += [(end, Owner.SELF) for end in publisher.ours_in(text)]
        return owner or self._last(text, publisher, beside, leased=leased)

    def _open(self, statements: Iterable[str], last: str) -> Iterator[str]:
        """Earlier statements that may still speak of a number.

        招商银行客服热线：95555 has told whose number it is. A line below with a label of the same
        kind, 客服热线：95188, is of somebody else; one of another, 贵宾专线, may be the bank's.
        """
        begins, kinds = _CALLS.search(last) is not None, set(self.kind.findall(last))
        for said in statements:
            is_told = begins and _TOLD.search(said) and not _RECORD.search(said)
            same_kind = is_told and set(self.kind.findall(said)) == kinds
            if not (same_kind or (is_told and "客服" in last and self._names_state(said))):
                yield said

    def _names_state(self, text: str) -> bool:
        """An authority is named, and no authority has what companies call 客服."""
        return any(owner is _STATE for _, _, owner in _named(self, text)[0])

    @staticmethod
    def _bank(text: str, publisher: Publisher | PublisherOf) -> Owner | None:
        """A bank's name straight before the number makes it that bank's (domain.md E1)."""
        match = _BANK.search(text) if "行" in text or "社" in text else None
        if match is None or _NO_NAME.search(match[1]):
            return None
        return Owner.SELF if publisher.owns(match[1]) else Owner.THIRD_PARTY

    def _last(
        self,
        text: str,
        publisher: Publisher | PublisherOf,
        beside: Sequence[tuple[int, Owner]],
        *,
        leased: bool,
    ) -> Owner | None:
        """The owner whose words, or whose company's name, stand nearest before the number."""
        said, companies = _named(self, text)
        hits = [
            (
                end,
                Owner.SELF
                if owner is Owner.THIRD_PARTY and publisher.is_named(text[start:end])
                else owner,
            )
            for start, end, owner in said
            if owner is not _STATE or _may_be_the_states(text, end, leased=leased)
        ]
        for company, end in companies:
            owns = publisher.owns(company)
            if owns is not None:
                hits.append((end, Owner.SELF if owns else Owner.THIRD_PARTY))
        hits += beside
        if not leased:
            hits += [(m.end(), Owner.THIRD_PARTY) for m in self.persons.finditer(text)]
        return max(hits, key=lambda hit: hit[0])[1] if hits else None

    def _first(self, text: str, publisher: Publisher | PublisherOf) -> Owner | None:
        """The owner that the nearest heading names; somebody else's contacts are not ours."""
        for part in reversed(text.split(" / ")):
            if publisher.whose(part, self.firms) is False:
                return Owner.THIRD_PARTY
            if WE.search(part):
                return Owner.SELF
            for owner in (Owner.REGULATOR, Owner.THIRD_PARTY, Owner.SELF):
                if owner in self.heading and self.heading[owner].search(part):
                    return owner
        return None


@lru_cache(maxsize=2048)
def _named(
    rules: OwnerRules, text: str
) -> tuple[tuple[tuple[int, int, Owner], ...], tuple[tuple[str, int], ...]]:
    """Words for owners and names of companies in a text; pages of a site share most of it."""
    near = rules.near.items() if rules.any_near.search(text) else ()
    said = ((*m.span(), owner) for owner, words in near for m in words.finditer(text))
    return tuple(said), tuple(rules.firms.named_in(text))


def _may_be_the_states(text: str, end: int, *, leased: bool) -> bool:
    """Whether the number behind a text may be that of the authority whose name ends in it.

    Many sentences only speak of one: 经中国人民银行批准，客服热线95188. What is leased to companies
    is an authority's only straight behind its name; few have what companies call 客服.
    """
    if _ITS_LINE.fullmatch(text, end):
        return True
    return not leased and _SERVICE.search(text, end) is None and _is_to_be_asked(text, end)


def _is_to_be_asked(text: str, end: int) -> bool:
    """An authority in an earlier line counts if it stands alone, or if one may complain there."""
    if "\n" not in text[end:]:
        return True
    line = text[text.rfind("\n", 0, end) + 1 : text.find("\n", end)]
    return len(line) <= _OFFICE_LINE or _COMPLAINS.search(line) is not None


def _since_told(text: str) -> str:
    """What is said since the number before, where that is a statement of its own."""
    told = list(_TOLD.finditer(text))
    rest = text[told[-1].end() :] if told else ""
    return rest if _CALLS.search(rest) else text


def _is_head(line: str) -> bool:
    return _IS_HEAD.fullmatch(_CALLED.sub("", line.strip())) is not None


def record_head(block: Block) -> str:
    """The line that heads a record of lines, each of them `word: value`: 长沙分公司."""
    return _head_of(block.before)


@lru_cache(maxsize=64)
def _head_of(before: str) -> str:
    above = (line.strip() for line in reversed(before.split("\n")))
    lines = [line for line in above if line]
    return next((line for line in lines if _IS_HEAD.fullmatch(line)), "")


def compile_owners(table: Mapping[str, Any], firms: Firms) -> OwnerRules:
    """Compiles the table `owners.toml`."""

    def words(scope: str, *owners: str) -> re.Pattern[str]:
        rows = [r for r in table["owner"] if r["owner"] in owners and r["scope"] == scope]
        return compile_words("|".join(w for row in rows for w in row["words"]), re.IGNORECASE)

    def by_owner(scope: str) -> dict[Owner, re.Pattern[str]]:
        told = {row["owner"] for row in table["owner"] if row["scope"] == scope}
        return {Owner(owner): words(scope, owner) for owner in _OWNERS if owner in told}

    near = by_owner("near")
    persons = [word for row in table["person"] for word in row["words"]]
    carriers = ((re.compile(r["codes"]), re.compile(r["names"])) for r in table["carrier"])
    warning = table["warning"]
    branches = [word for row in table["branch"] for word in row["words"]]
    regions = [word for row in table["region"] for word in row["words"]]
    main = [word for row in table["main"] for word in row["words"]]
    kinds = [word for row in table["kind"] for word in row["words"]]
    return OwnerRules(
        near,
        words("near", *_OWNERS),
        compile_words("|".join(persons)),
        tuple(carriers),
        (compile_words(warning["before"]), compile_words(warning["behind"])),
        by_owner("heading"),
        compile_words("|".join(branches)),
        compile_words("|".join(regions)),
        compile_words("|".join(main)),
        compile_words("|".join(kinds), re.IGNORECASE),
        firms,
    )
