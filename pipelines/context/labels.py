"""The label of a number: the words that say it is a phone, and what for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipelines.model import Block
from pipelines.numbering.fold import fold
from pipelines.vocabulary import Purpose

_REACH = 34  # characters between a label and the first number behind it
_LIST_REACH = 90  # the same, when only other numbers, separators and their words stand between
_BEHIND = 16  # characters behind a number in which a label still belongs to it
_NEAR = 14  # a strong label this close before a weak one gives its purpose
_LAST_LINE = 40
_STOP = re.compile(r"[。；;!?！？]")
_BEHIND_STOP = re.compile(r"[。；;，,、/\d\n]")
_ONLY_NUMBERS = re.compile(r"[\d\s()+\-/、,，;；或和及与:：~转轉按#键·]*(?:[(（][^()（）\d]{0,20}[)）][\d\s()+\-/、,，;；或和及与:：~转轉#]*)*")


@dataclass(frozen=True, slots=True)
class LabelRule:
    """One row of the table: words that tell a purpose."""

    purpose: Purpose
    rank: int
    weak: bool
    service: bool


@dataclass(frozen=True, slots=True)
class Label:
    """A label found for a number, and where: `before`, `behind`, `column`, `row`, `above`, …"""

    word: str
    purpose: Purpose
    place: str
    weak: bool
    service: bool  # a line that users are served on (not fax, recruitment, media, …)


@dataclass(frozen=True, slots=True)
class Labels:
    """The compiled table `labels.toml`."""

    pattern: re.Pattern[str]
    rules: tuple[LabelRule, ...]

    def of(self, block: Block, start: int, end: int) -> Label | None:
        """The label of `block.text[start:end]`, from the nearest place that has one."""
        best: Label | None = None
        for place, text, found in self._places(block, start, end):
            if found is None:
                continue
            label = Label(text, found.purpose, place, found.weak, found.service)
            if not label.weak:
                return self._merged(best, label)
            best = best or label
        return best

    def near(self, text: str) -> tuple[LabelRule, str] | None:
        """The last label in a short text, strong before weak when both are near."""
        hits = list(self._matches(fold(text).text))
        if not hits:
            return None
        rule, start, end = max(hits, key=lambda hit: (hit[2], hit[0].rank))
        word = fold(text).text[start:end]
        if not rule.weak:
            return rule, word
        strong = [hit for hit in hits if not hit[0].weak and start - hit[2] <= _NEAR]
        if strong:
            rule, start, _ = max(strong, key=lambda hit: (hit[2], hit[0].rank))
            word = fold(text).text[start:end]
        return rule, word

    def words_in(self, text: str) -> tuple[str, ...]:
        """Strong general labels of a page, for recognising it in later runs."""
        found = (m.group() for m in self.pattern.finditer(fold(text).text))
        return tuple(sorted(set(found)))

    def _merged(self, weak: Label | None, strong: Label) -> Label:
        """A weak label nearer by keeps its word; the purpose comes from the strong one."""
        return strong if weak is None else replace(weak, purpose=strong.purpose, weak=False, service=strong.service)

    def _places(
        self, block: Block, start: int, end: int
    ) -> Iterator[tuple[str, str, LabelRule | None]]:
        before = self._before(block.text, start)
        yield "before", *self._split(self.near(before))
        yield "behind", *self._split(self._behind(block.text, end))
        yield "column", *self._split(self.near(block.column_header))
        yield "row", *self._split(self.near(block.row_header[-_LAST_LINE:]))
        if _leads(block.text[:start]):
            above = block.before.rpartition("\n")[2] or block.before
            yield "above", *self._split(self.near(above[-_LAST_LINE:]))
            yield "heading", *self._split(self.near(block.heading))

    @staticmethod
    def _split(found: tuple[LabelRule, str] | None) -> tuple[str, LabelRule | None]:
        return (found[1], found[0]) if found else ("", None)

    def _before(self, text: str, start: int) -> str:
        """The stretch of text before a number in which its label may stand."""
        window = fold(text[max(0, start - _LIST_REACH) : start]).text
        hits = [m.end() for m in self.pattern.finditer(window)]
        if hits and len(window) - hits[-1] > _REACH:
            gap = window[hits[-1] :]
            return window if _ONLY_NUMBERS.fullmatch(gap) else ""
        sentence = _STOP.split(window)[-1]
        return sentence if self.pattern.search(sentence) else window[-_REACH:] if not sentence.strip() else sentence

    def _behind(self, text: str, end: int) -> tuple[LabelRule, str] | None:
        tail = fold(text[end : end + _BEHIND]).text
        tail = tail.lstrip(" (（[【-:")
        return self.near(_BEHIND_STOP.split(tail)[0])

    def _matches(self, text: str) -> Iterator[tuple[LabelRule, int, int]]:
        for match in self.pattern.finditer(text):
            rule = self.rules[int((match.lastgroup or "g0")[1:])]
            yield rule, match.start(), match.end()


def _leads(text: str) -> bool:
    """Nothing but punctuation stands before the number in its block."""
    return not re.search(r"[^\W\d_]{3,}", text)


def compile_labels(table: Mapping[str, Any]) -> Labels:
    """Compiles the table; one alternation with a named group per row, highest rank first."""
    rows = sorted(table["label"], key=lambda row: -int(row["rank"]))
    groups = [f"(?P<g{i}>{'|'.join(row['words'])})" for i, row in enumerate(rows)]
    rules = tuple(
        LabelRule(
            Purpose(row["purpose"]), row["rank"], row.get("weak", False), row.get("service", True)
        )
        for row in rows
    )
    return Labels(re.compile("|".join(groups), re.IGNORECASE), rules)
