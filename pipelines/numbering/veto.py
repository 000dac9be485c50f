"""What stands beside digits that are not a telephone number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from pipelines.model import Block
from pipelines.numbering.fold import fold
from pipelines.word_patterns import Words, compile_words

_WORD = re.compile(r"[^\W\d_]{2,}")
_LEAD = 60  # a number further in does not lead its block
_WINDOW = 28  # characters before the digits that a veto word may span


@dataclass(frozen=True, slots=True)
class Veto:
    """One rule: words straight before or behind the digits."""

    id: str
    scope: str  # all, solid, or the finer class it is for
    pattern: Words
    brackets: bool = True  # also for digits that an opening bracket begins


class Mask(NamedTuple):
    """Strings that hold no number, and what each of them has: few lines have it."""

    sign: re.Pattern[str]
    words: str


@dataclass(frozen=True, slots=True, eq=False)
class Vetoes:
    """The compiled table `context/vetoes.toml`."""

    before: tuple[Veto, ...]
    after: tuple[Veto, ...]
    any_after: Words  # all of them
    masks: tuple[Mask, ...]

    def masked(self, text: str) -> str:
        """Text of equal length with addresses, dates, times and marks blanked out."""
        told = [mask.words for mask in self.masks if mask.sign.search(text)]
        if not told:  # as around most numbers
            return text
        return _any_of(*told).sub(lambda m: "\0" * len(m.group()), text)

    def veto(self, text: str, start: int, end: int, scopes: frozenset[str]) -> str:
        """The id of the rule that refuses `text[start:end]`, or ""."""
        before = text[max(0, start - _WINDOW) : start]
        if refused := _refused(self, before, scopes, text[start] == "("):
            return refused
        if not self.any_after.match(text, end):  # as behind most numbers
            return ""
        rules = (rule for rule in self.after if rule.scope in scopes)
        return next((rule.id for rule in rules if rule.pattern.match(text, end)), "")

    def veto_beside(self, block: Block, start: int) -> str:
        """The rule that refuses digits which lead their block, by what stands left or above.

        客服QQ in one cell and the number in the next are one statement.
        """
        if start > _LEAD or _WORD.search(block.text, 0, start):
            return ""
        lines = block.before.rsplit("\n", 1)[-1]
        left = block.row_header.rpartition("|")[2]
        if "、" in left:  # MAC、IMEI: a list is another column's value, and labels nothing
            return ""
        beside = left or lines
        flat = fold(beside.strip()[-_WINDOW:]).text
        rules = (r for r in self.before if r.id == "not_phone_label")
        return next((r.id for r in rules if r.pattern.search(flat)), "")


@lru_cache(maxsize=256)
def _any_of(*masks: str) -> Words:
    """Masks in one; most characters of a text begin none, and are asked nothing else."""
    return compile_words("|".join(f"(?:{words})" for words in masks), re.IGNORECASE)


@lru_cache(maxsize=2048)
def _refused(vetoes: Vetoes, before: str, scopes: frozenset[str], in_bracket: bool) -> str:
    """The rule that refuses digits by the words before them; much the same on many pages."""
    rules = (r for r in vetoes.before if r.scope in scopes and (r.brackets or not in_bracket))
    return next((rule.id for rule in rules if rule.pattern.search(before)), "")


def compile_vetoes(table: Mapping[str, Any]) -> Vetoes:
    """Compiles the table; `before` words are anchored at the end of what precedes."""
    return Vetoes(
        before=tuple(_veto(row, "(?:{})$") for row in table["before"]),
        after=tuple(_veto(row, "(?:{})") for row in table["after"]),
        any_after=compile_words("|".join(row["words"] for row in table["after"]), re.IGNORECASE),
        masks=tuple(Mask(re.compile(row["sign"]), row["words"]) for row in table["mask"]),
    )


def _veto(row: Mapping[str, Any], form: str) -> Veto:
    pattern = compile_words(form.format(row["words"]), re.IGNORECASE)
    return Veto(row["id"], row["scope"], pattern, row.get("brackets", True))
