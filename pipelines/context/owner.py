"""Whose number a mention is: the publisher's own, a third party's, or a regulator's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from pipelines.context.addressed import Addressed, shares_a_word
from pipelines.context.firms import Firms
from pipelines.context.owner_words import OwnerWords
from pipelines.context.publisher import Publisher, PublisherOf
from pipelines.context.statements import RECORD_LINE, SENTENCE, Statements, record_head, title_of
from pipelines.frozen import dataclass
from pipelines.markup import PHONE_SIGN
from pipelines.model import Block
from pipelines.numbering.digits import may_hold
from pipelines.numbering.fold import fold, fold_part
from pipelines.vocabulary import NumberClass, Owner, Purpose

_STATE = Owner.REGULATOR
_STATE_CLASSES = (NumberClass.PUBLIC_SERVICE, NumberClass.EMERGENCY)
# Lines of these classes are leased to companies; no local office of the state answers on one.
LEASED = frozenset(
    (NumberClass.SHORT_95, NumberClass.SHARED_400, NumberClass.TOLLFREE_800, NumberClass.UAN_1010)
)
# 96511 | 公交线路问询、失物（江城公交集团）: who answers, in the cell behind the number.
_DONE_BY = re.compile(r"[（(]([^（）()\d]{4,16})[)）]\s*$")
_CLAUSE = 40
_TITLE = 30
_NEAR = 90
_PARAGRAPH = 60  # characters; a shorter line is no sentence of an article, but a field
_CELL = 200  # a cell is one statement: the name of an office, its address, its number
_WHOSE = {True: Owner.SELF, False: Owner.THIRD_PARTY, None: None}


@dataclass(frozen=True, slots=True, eq=False)
class OwnerRules:
    """How the words around a number tell whose it is."""

    words: OwnerWords
    addressed: Addressed

    @property
    def firms(self) -> Firms:
        """How names of firms are known."""
        return self.words.firms

    @property
    def statements(self) -> Statements:
        """How statements say whose a number is."""
        return self.words.statements

    def owner_of(
        self,
        block: Block,
        span: tuple[int, int],
        number_class: NumberClass,
        purpose: Purpose,
        publisher: Publisher | PublisherOf,
        *,
        listed: bool = False,
        warned: bool = False,
    ) -> tuple[Owner, str]:
        """The owner with the id of the deciding rule.

        Args:
            span: Where the number stands in the block.
            listed: The number stands in a table that lists other people's numbers.
            warned: It stands in a list of numbers that the page warns of.
        """
        start, end = span
        is_state = purpose is Purpose.REGULATOR and number_class is not NumberClass.MOBILE
        if number_class in _STATE_CLASSES or is_state:
            return Owner.REGULATOR, "owner:state_class"
        if block.by_users:
            return Owner.THIRD_PARTY, "owner:user_content"
        if listed:
            return Owner.THIRD_PARTY, "owner:directory"
        if number_class is NumberClass.LANDLINE and self._in_bracket(block.text, end):
            return Owner.REGULATOR, "owner:bracket"
        if number_class is NumberClass.CARRIER and self._is_a_carriers(
            fold_part(block.text, start, end), publisher
        ):
            return Owner.THIRD_PARTY, "owner:telecom"
        if warned or self.words.warnings.warns_of(block, start, end):
            return Owner.THIRD_PARTY, "owner:warning"
        sentence = SENTENCE.split(self._before(block, start, _CLAUSE))[-1]
        # A firm's name straight before a number; before an account, 微博：… is where it is.
        if publisher.whose(self.words.told(sentence).at_number, self.words.firms) is False:
            return Owner.THIRD_PARTY, "owner:sentence"
        return self.named_owner(block, start, publisher, leased=number_class in LEASED)

    def named_owner(
        self, block: Block, start: int, publisher: Publisher | PublisherOf, *, leased: bool = False
    ) -> tuple[Owner, str]:
        """Whom the words around a place name as its owner, the publisher if nobody else.

        Args:
            leased: A number stands there that is leased to companies only.
        """
        before = self._before(block, start, _CELL if block.table else _NEAR)
        owner, place = (
            self._in_text(before, publisher, leased=leased)
            or self._in_head(block, publisher, leased=leased)
            or self._above(block, before, publisher, leased=leased)
            or self._in_lead(block, before, publisher)
            or self._in_heading(block, publisher)
            or self._in_section(block, publisher)
            or self._in_article(block, publisher)
            or (Owner.SELF, "publisher")
        )
        return owner, f"owner:{place}"

    def _before(self, block: Block, start: int, reach: int) -> str:
        """The text before a place, with the sign of a telephone in words: 招商银行 ☎ 95555.

        Of numbers that are given together the second has the words of the first.
        """
        text = fold_part(block.text, max(0, start - reach), start).replace(PHONE_SIGN, "电话")
        return self.statements.with_another.sub(":", text)

    def _in_bracket(self, text: str, end: int) -> bool:
        """An office's name is all that brackets behind the number hold: 010-…（朝阳区人社局）."""
        match = self.statements.office_in_brackets.match(text, end)
        said = self.words.named(match[1]).owners if match else ()
        last = [stop for _, stop, owner in said if owner is _STATE]
        return bool(match and last and self.statements.its_line.fullmatch(match[1], max(last)))

    def _is_a_carriers(self, code: str, publisher: Publisher | PublisherOf) -> bool:
        """A carrier's code on a page that is not that carrier's."""
        holders = [carrier for carrier in self.words.carriers if carrier.codes.search(code)]
        return bool(holders) and not any(publisher.is_of(c.names, c.shown) for c in holders)

    def is_of_others(self, line: str) -> bool:
        """A line names somebody else: what stands below it, as in a list, is theirs."""
        return any(owner is Owner.THIRD_PARTY for _, _, owner in self.words.named(line).owners)

    def is_place(self, name: str) -> bool:
        """The words name a branch office or a region."""
        return bool(self.words.branch.search(name) or self.words.region.match(name))

    def is_branch(self, block: Block, start: int) -> bool:
        """The number is listed as that of a branch office."""
        if self.words.tells_of_branch(fold_part(block.text, max(0, start - 30), start)):
            return True
        row = " ".join(cell for cell in block.row_header.split("|") if len(cell) <= RECORD_LINE)
        heads = " ".join((*(head for head, _ in block.left[:1]), block.column_header))
        own = f"{row} {heads} {record_head(block)}"
        heading = _title(block.heading)
        if self.words.branch.search(f"{heading} {own}") is None:  # as beside most numbers
            return False
        # An item with a number of its own is no heading: 3. 親臨分行：旺角 3188 4051.
        return not may_hold(heading) or self.words.branch.search(own) is not None

    def is_main(self, block: Block) -> bool:
        """The record that the number stands in is that of the head office."""
        beside = f"{block.row_header} {_title(block.heading)} {record_head(block)}"
        return self.words.main.search(beside) is not None

    def _in_text(
        self, before: str, publisher: Publisher | PublisherOf, *, leased: bool
    ) -> tuple[Owner, str] | None:
        """The owner that the text before a number tells: its own sentence, then the rest."""
        *earlier, line = before.split("\n")
        sentence = SENTENCE.split(line)[-1]
        if owner := self._in_sentence(sentence, publisher, leased=leased):
            return owner, "sentence"
        if sentence == before:
            return None
        text = "\n".join([*self._open(earlier, line, publisher), line])
        owner = self._last(text, publisher, (), leased=leased)
        return (owner, "block") if owner else None

    def _in_head(
        self, block: Block, publisher: Publisher | PublisherOf, *, leased: bool
    ) -> tuple[Owner, str] | None:
        """The owner that a row or a record names; our own name gives what nobody else is given."""
        above = _lines_above(self.statements, block.before, block.heading)
        head, said = self.statements.head_of(above)
        last = above.rpartition("\n")[2].strip()
        # 顺丰： in a line of its own.
        names = [head, last] if last.endswith((":", "：")) else [head]
        if block.row_header:
            names, said = block.row_header.split("|"), block.row_header
        elif block.table and (does := _DONE_BY.search(block.after.partition("\n")[0])):
            names = [does[1]]
        told = [publisher.whose(name, self.words.firms) for name in names]
        firms = filter(None, map(self.addressed.in_cell, names))
        if False in told or any(self._is_anothers(name, publisher) for name in firms):
            return Owner.THIRD_PARTY, "name"
        if said and (owner := self._last(said, publisher, (), leased=leased)):
            return owner, "row"
        return (Owner.SELF, "name") if told[0] else None

    def _above(
        self, block: Block, before: str, publisher: Publisher | PublisherOf, *, leased: bool
    ) -> tuple[Owner, str] | None:
        """The owner that the lines above tell."""
        lines = _lines_above(self.statements, block.before, block.heading).split("\n")[-3:]
        above = [line for line in lines if len(line) <= RECORD_LINE]
        if not any(self.words.named(fold("\n".join(above)).text)):
            return None  # as above most numbers
        text = fold("\n".join(self._open(above, before, publisher))).text
        owner = self._last(text, publisher, (), leased=leased) if text else None
        return (owner, "above") if owner else None

    def _in_lead(
        self, block: Block, before: str, publisher: Publisher | PublisherOf
    ) -> tuple[Owner, str] | None:
        """The authority that a sentence sends to, if nothing but its fields follows it.

        您也可以向中国人民银行…反映，地址为… / 电话：…
        """
        statements = self.statements
        if not statements.bare_field.fullmatch(before.rpartition("\n")[2]):
            return None
        above = (line for line in reversed(block.before.split("\n")) if line.strip())
        lead = next((line for line in above if not statements.bare_field.fullmatch(line)), "")
        said = fold(lead).text
        is_sent = len(said) > RECORD_LINE and statements.complains.search(said) is not None
        if not is_sent or publisher.ours_in(said) or not self._names_state(said):
            return None
        return Owner.REGULATOR, "lead"

    def _in_heading(
        self, block: Block, publisher: Publisher | PublisherOf
    ) -> tuple[Owner, str] | None:
        """The owner that the head of a column, or else the heading, tells."""
        column = self._first(block.column_header, publisher) if block.column_header else None
        if column and column is not Owner.SELF:  # a column of contacts has those of each row
            return column, "column"
        heading = self._first(block.heading, publisher) if block.heading else None
        return (heading, "heading") if heading else None

    def _in_section(
        self, block: Block, publisher: Publisher | PublisherOf
    ) -> tuple[Owner, str] | None:
        """Somebody else who is the subject of a section that the heading stands in: 合作伙伴."""
        if not block.section or self.words.general.search(_title(block.heading)):
            return None
        owner = self._first(block.section, publisher)
        return (owner, "section") if owner and owner is not Owner.SELF else None

    def _in_article(
        self, block: Block, publisher: Publisher | PublisherOf
    ) -> tuple[Owner, str] | None:
        """Somebody else whom a reporter tells of, in a paragraph that does not speak of us."""
        if len(block.text) < _PARAGRAPH or not publisher.page_has(self.words.reporter):
            return None
        said = f"{block.before}\n{block.text}"
        is_ours = self.statements.we.search(said) or any(n in said for n in publisher.declared)
        return None if is_ours else (Owner.THIRD_PARTY, "article")

    def _in_sentence(
        self, text: str, publisher: Publisher | PublisherOf, *, leased: bool
    ) -> Owner | None:
        """The owner that the sentence of a number tells."""
        if owner := _WHOSE[publisher.party_in(text)]:
            return owner
        if any(
            publisher.whose(name, self.words.firms) is False
            and not publisher.whose(words, self.words.firms)
            and not publisher.ours_in(words)
            for name, words in self.words.told(text).asked
        ):
            return Owner.THIRD_PARTY
        quoted = self.words.told(text).in_quotes
        ours = not quoted or not publisher.declared or publisher.ours_in(quoted)
        if not ours and publisher.owns(quoted) is False:
            return Owner.THIRD_PARTY
        if any(self._is_anothers(name, publisher) for name in self.addressed.names(text)):
            return Owner.THIRD_PARTY
        named = None if self.words.told(text).calls else publisher.whose(text, self.words.firms)
        owner = _WHOSE[named] or self._bank(text, publisher)
        beside = [(end, Owner.THIRD_PARTY) for end in publisher.others_in(text)]
        beside += [(end, Owner.SELF) for end in publisher.ours_in(text)]
        return owner or self._last(text, publisher, beside, leased=leased)

    def _is_anothers(self, name: str, publisher: Publisher | PublisherOf) -> bool:
        """A name is that of a firm which is neither the publisher's nor an authority's."""
        if shares_a_word(name, publisher.declared) or self._names_state(name):
            return False
        return publisher.owns(name) is False

    def _open(
        self, lines: Iterable[str], last: str, publisher: Publisher | PublisherOf
    ) -> Iterator[str]:
        """Earlier lines that may still speak of a number.

        招商银行客服热线：95555 has told whose number it is. A line below with a label of the same
        kind, 客服热线：95188, is of somebody else; one of another, 贵宾专线, may be the bank's.
        """
        begins = self.statements.calls.search(last) is not None
        for said in self._since_states(lines):
            if not (begins and self._is_done(said, last, publisher)):
                yield said

    def _since_states(self, lines: Iterable[str]) -> list[str]:
        """Lines above a number without an authority's own, which has its number, and its head."""
        kept: list[str] = []
        for said in lines:
            if may_hold(said) and self._names_state(said) and not self.is_of_others(said):
                kept = [line for line in kept if not self._names_state(line)]
            else:
                kept.append(said)
        return kept

    def _is_done(self, said: str, last: str, publisher: Publisher | PublisherOf) -> bool:
        """Whether an earlier line says nothing of a number that a line with a label gives."""
        statements = self.statements
        is_told = statements.told.search(said) is not None
        if not (is_told or statements.to_complain.search(said)) or self._goes_on(said, publisher):
            return False
        if is_told and self.words.kinds_in(said) == self.words.kinds_in(last):
            return True
        return statements.desk.search(last) is not None and self._names_state(said)

    def _goes_on(self, said: str, publisher: Publisher | PublisherOf) -> bool:
        """A line that says whose all numbers below are: a record's, a vendor's, or our own."""
        statements = self.statements
        if statements.record.search(said) or statements.we.search(said) or publisher.ours_in(said):
            return True
        return self.is_of_others(said)

    def _names_state(self, text: str) -> bool:
        """An authority is named, and no authority has what companies call 客服."""
        return any(owner is _STATE for _, _, owner in self.words.named(text).owners)

    def _bank(self, text: str, publisher: Publisher | PublisherOf) -> Owner | None:
        """A bank's or insurer's name straight before a number makes it theirs (domain.md E1)."""
        match = None
        for word, pattern in self.statements.firms_at_number:
            if word in text and (match := pattern.search(text)):
                break
        if match is None or self.statements.no_name.search(match[1]):
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
        said, companies, persons = self.words.named(text)
        hits = [
            (
                end,
                Owner.SELF
                if owner is Owner.THIRD_PARTY and publisher.is_named(text[start:end])
                else owner,
            )
            for start, end, owner in said
            if owner is not _STATE
            or self.statements.may_be_the_states(text, start, end, leased=leased)
        ]
        for company, end in companies:
            owns = publisher.owns(company)
            if owns is not None:
                hits.append((end, Owner.SELF if owns else Owner.THIRD_PARTY))
        hits += beside
        for person in persons:
            if not leased or self.statements.its_line.fullmatch(text, person):
                hits.append((person, Owner.THIRD_PARTY))
        return max(hits, key=lambda hit: hit[0])[1] if hits else None

    def _first(self, text: str, publisher: Publisher | PublisherOf) -> Owner | None:
        """The owner that the nearest heading names; somebody else's contacts are not ours."""
        for part in reversed(text.split(" / ")):
            if publisher.whose(part, self.words.firms) is False:
                return Owner.THIRD_PARTY
            if owner := self.words.headed(part):
                return owner
        return None


def _title(heading: str) -> str:
    """The heading straight above, unless it is a sentence: 若您於非本行櫃檯…"""
    last = title_of(heading)
    return last if len(last) <= _TITLE else ""


@lru_cache(maxsize=64)
def _lines_above(statements: Statements, before: str, heading: str) -> str:
    """The lines above that may speak of a number: since its heading, and not who made the page."""
    lines = before.split("\n")
    title = title_of(heading)
    if title and title in lines:
        lines = lines[len(lines) - 1 - lines[::-1].index(title) :]
    asks = [place for place, line in enumerate(lines) if line.rstrip().endswith(("?", "？"))]
    lines = lines[asks[-1] :] if asks else lines  # what was said before is of another question
    lines = [line for line in lines if not statements.links.match(line)]
    maker, marks = statements.maker, statements.marks
    if not maker.search(before):
        return "\n".join(lines)
    return "\n".join(s for s in lines if not (maker.search(s) and marks.search(s)))
