"""Whose number a mention is: the publisher's own, a third party's, or a regulator's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipelines.context.publisher import Firms, Publisher, PublisherOf
from pipelines.model import Block
from pipelines.numbering.fold import fold, fold_part
from pipelines.vocabulary import NumberClass, Owner, Purpose
from pipelines.word_patterns import compile_words

_STATE_CLASSES = (NumberClass.PUBLIC_SERVICE, NumberClass.EMERGENCY)
_SENTENCE = re.compile(r"[。；;！!？?\n]")
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
_OFFICES_LINE = re.compile("(?:投诉|举报|监督|咨询)?(?:电话|热线)?")
_NEAR = 90
_CELL = 200  # a cell is one statement: the name of an office, its address, its number
_IS_HEAD = re.compile(r"[^\d:：,，。]{2,20}")
_RECORD_LINE = 60  # a longer line above is prose, not the head of a record


@dataclass(frozen=True, slots=True, eq=False)
class OwnerRules:
    """The compiled table `owners.toml`, by owner."""

    near: tuple[tuple[Owner, re.Pattern[str]], ...]
    bureaus: re.Pattern[str]  # local offices of the state, which have landlines
    any_near: re.Pattern[str]  # all of them: beside most numbers stands none
    heading: Mapping[Owner, re.Pattern[str]]
    branch: re.Pattern[str]
    region: re.Pattern[str]
    main: re.Pattern[str]
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
        return self.named_owner(block, start, publisher, leased=number_class in _LEASED)

    def named_owner(
        self, block: Block, start: int, publisher: Publisher | PublisherOf, *, leased: bool = False
    ) -> tuple[Owner, str]:
        """Whom the words around a place name as its owner, the publisher if nobody else.

        Args:
            leased: A number stands there that is leased to companies only.
        """
        for place, text in self._windows(block, start):
            others = publisher.others_in(text) if place == "sentence" else []
            owner = self._bank(text, publisher) if place == "sentence" else None
            owner = owner or self._last(text, publisher, others, leased=leased)
            if owner is not None:
                return owner, f"owner:{place}"
        if _heads_record(block, publisher):
            return Owner.THIRD_PARTY, "owner:other_brand"
        for place, text in (("column", block.column_header), ("heading", block.heading)):
            owner = self._first(text, publisher)
            if owner is not None:
                return owner, f"owner:{place}"
        return Owner.SELF, "owner:publisher"

    def _in_bracket(self, text: str, end: int) -> bool:
        """An office's name is all that brackets behind the number hold: 010-…（朝阳区人社局）."""
        match = _BRACKET.match(text, end)
        said = _named(self, match[1])[0] if match else ()
        last = [stop for stop, owner, _ in said if owner is Owner.REGULATOR]
        return bool(match and last and _OFFICES_LINE.fullmatch(match[1], max(last)))

    def is_place(self, name: str) -> bool:
        """The words name a branch office or a region."""
        return bool(self.branch.search(name) or self.region.match(name))

    def is_branch(self, block: Block, start: int) -> bool:
        """The number is listed as that of a branch office."""
        before = _OR_CALL.split(fold_part(block.text, max(0, start - 30), start))[-1]
        beside = (
            f"{block.row_header} {block.column_header} {block.heading[-30:]} {record_head(block)}"
        )
        return bool(self.branch.search(before) or self.branch.search(beside))

    def is_main(self, block: Block) -> bool:
        """The record that the number stands in is that of the head office."""
        return bool(
            self.main.search(f"{block.row_header} {block.heading[-30:]} {record_head(block)}")
        )

    def _windows(self, block: Block, start: int) -> Iterator[tuple[str, str]]:
        reach = _CELL if block.table else _NEAR
        before = fold_part(block.text, max(0, start - reach), start)
        sentence = _SENTENCE.split(before)[-1]
        yield "sentence", sentence
        if sentence != before:
            yield "block", before
        if block.row_header:
            yield "row", block.row_header
        above = [a for a in block.before.split("\n")[-3:] if len(a) <= _RECORD_LINE]
        yield "above", fold("\n".join(above)).text

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
        others: Sequence[int],
        *,
        leased: bool,
    ) -> Owner | None:
        """The owner whose words, or whose company's name, stand nearest before the number."""
        said, companies = _named(self, text)
        hits = [(end, owner) for end, owner, bureau in said if not (bureau and leased)]
        for company, end in companies:
            owns = publisher.owns(company)
            if owns is not None:
                hits.append((end, Owner.SELF if owns else Owner.THIRD_PARTY))
        hits += [(end, Owner.THIRD_PARTY) for end in others]
        return max(hits, key=lambda hit: hit[0])[1] if hits else None

    def _first(self, text: str, publisher: Publisher | PublisherOf) -> Owner | None:
        """The owner that the nearest heading names; somebody else's contacts are not ours."""
        for part in reversed(text.split(" / ")):
            if publisher.is_other(part):
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
) -> tuple[tuple[tuple[int, Owner, bool], ...], tuple[tuple[str, int], ...]]:
    """Words for owners and names of companies in a text; pages of a site share most of it.

    Words for an owner come with whether they name a local office.
    """
    near = rules.near if rules.any_near.search(text) else ()
    said = (
        (m.end(), owner, words is rules.bureaus)
        for owner, words in near
        for m in words.finditer(text)
    )
    return tuple(said), tuple(rules.firms.named_in(text))


def _heads_record(block: Block, publisher: Publisher | PublisherOf) -> bool:
    """Another brand's name heads the row or the record; several are a list, and head nothing."""
    if publisher.is_other(block.row_header.partition("|")[0]):
        return True
    named = [line.strip() for line in block.before.split("\n") if publisher.is_other(line)]
    return len(named) == 1 and record_head(block) == named[0]


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

    bureaus = compile_words("|".join(w for row in table["bureau"] for w in row["words"]))
    near = (*by_owner("near").items(), (Owner.REGULATOR, bureaus))
    branches = [word for row in table["branch"] for word in row["words"]]
    regions = [word for row in table["region"] for word in row["words"]]
    main = [word for row in table["main"] for word in row["words"]]
    return OwnerRules(
        near,
        bureaus,
        compile_words("|".join(words.pattern for _, words in near), re.IGNORECASE),
        by_owner("heading"),
        compile_words("|".join(branches)),
        compile_words("|".join(regions)),
        compile_words("|".join(main)),
        firms,
    )
