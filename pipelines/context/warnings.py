"""Numbers that a page warns of: it does not offer them, whatever the words around call them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from pipelines.context.statements import SENTENCE, line_of, title_of
from pipelines.model import Block, Mention, Number
from pipelines.numbering.digits import may_hold
from pipelines.numbering.fold import fold, fold_part
from pipelines.word_patterns import Words, compile_words

_LATIN = re.compile("[A-Za-zÀ-ỹ]{3}")
_REACH = 90  # characters on each side of a number
_CLAUSE = re.compile("[，,]")
_ENGLISH_STOP = re.compile(r"(?<=[a-z\d])\.(?=\s|$)")
# A quotation that holds a number: it opens before it, and closes behind it.
_OPENS = re.compile("[“「『](?=[^“”「」『』]*$)")
_CLOSES = re.compile("[^“”「」『』]*[”」』]")
_MESSAGE, _LEAD = 200, 60


@dataclass(frozen=True, slots=True, eq=False)
class WarningRules:
    """The compiled table `warning` of `owners.toml`."""

    warns: Words
    warns_in_latin: Words
    others: re.Pattern[str]
    more: re.Pattern[str]
    accuses: Words
    uses: Words
    swindlers: Words
    behind: Words
    said: Words
    offers: Words
    reaches: Words
    head: Words
    next: Words
    quoted: Words
    fraud: Words

    def warns_of(self, block: Block, start: int, end: int) -> bool:
        """Whether the sentence around `block.text[start:end]` warns of that number."""
        before = fold_part(block.text, max(0, start - _REACH), start)
        behind = fold_part(block.text, end, end + _REACH)
        if not self._may_warn(f"{before}\0{behind}"):
            return False
        if self._is_in_message(block, start, end):
            return True
        before = self.others.sub("", _sentences(before)[-1])
        behind, *following = _sentences(self.more.sub("", behind, count=1))
        if (following and self.next.match(following[0].strip())) or self.behind.match(behind):
            return True
        if self._offers(before) or self.reaches.match(behind):
            return False
        return bool(self.said.search(behind)) or self._is_accused(before)

    def _is_in_message(self, block: Block, start: int, end: int) -> bool:
        """Whether the number stands in the words of a swindler's message that the page quotes."""
        opened = _OPENS.search(block.text, max(0, start - _MESSAGE), start)
        closed = _CLOSES.match(block.text, end, end + _MESSAGE) if opened else None
        if opened is None or closed is None:
            return False
        led = block.text[max(0, opened.start() - _LEAD) : opened.start()]
        lead = f"{block.before}\n{led}"[-_LEAD:]
        rest = block.text[closed.end() : closed.end() + _MESSAGE]
        own = block.text[max(0, start - 2 * _MESSAGE) : end + 2 * _MESSAGE]
        around = f"{block.heading}\n{block.before}\n{own}\n{block.after}"
        return bool(self.quoted.search(lead + rest) and self.fraud.search(around))

    def offers_it(self, block: Block, start: int) -> bool:
        """Whether the clause before a number says that it is the true one."""
        before = fold_part(block.text, max(0, start - _REACH), start)
        return self._offers(_sentences(before)[-1])

    def _offers(self, before: str) -> bool:
        return self.offers.search(_CLAUSE.split(before)[-1]) is not None

    def _is_accused(self, before: str) -> bool:
        clause = _CLAUSE.split(before)[-1]
        if self.accuses.search(clause):
            return True
        used = self.uses.search(clause.strip())
        return used is not None and self.swindlers.search(before) is not None

    def listed(self, numbers: Iterable[Number]) -> frozenset[Mention]:
        """Numbers in lists whose head warns of all of them."""
        found: set[Mention] = set()
        warned: Number | None = None  # the number before, if it is warned of
        for number in numbers:
            mention = number.mention
            goes_on = warned is not None and 0 <= line_of(number) - line_of(warned) <= 1
            is_meant = goes_on or self._head_warns(mention.block)
            warned = None
            if is_meant and not self.offers_it(mention.block, mention.start):
                warned = number
                found.add(mention)
        return frozenset(found)

    def _head_warns(self, block: Block) -> bool:
        title = title_of(block.heading)
        if not self._may_warn(f"{block.before}\0{title}"):  # as above most numbers
            return False
        above = (line.strip() for line in reversed(block.before.split("\n")))
        nearest = next((line for line in above if line and not may_hold(line)), "")
        heads = filter(self._may_warn, (nearest, title))
        return any(self.head.search(fold(text).text) for text in heads)

    def _may_warn(self, text: str) -> bool:
        if self.warns.search(text):
            return True
        return _LATIN.search(text) is not None and self.warns_in_latin.search(text) is not None


def _sentences(text: str) -> list[str]:
    """The sentences of a text; a full stop in Latin letters ends one, too."""
    return [part for piece in SENTENCE.split(text) for part in _ENGLISH_STOP.split(piece)]


def compile_warnings(table: Mapping[str, str]) -> WarningRules:
    """Compiles the table `warning` of `owners.toml`."""
    plain = ("warns", "others", "more")  # where capitals count, or there are none
    words = (part.name for part in fields(WarningRules) if part.name not in plain)
    return WarningRules(
        warns=compile_words(table["warns"]),
        others=re.compile(table["others"]),
        more=re.compile(table["more"]),
        **{name: compile_words(table[name], re.IGNORECASE) for name in words},
    )
