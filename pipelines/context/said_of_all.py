"""Statements about several numbers at once: 以上热线均7×24小时服务, both lines are free."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pipelines.frozen import dataclass
from pipelines.model import Block
from pipelines.numbering.fold import fold
from pipelines.word_patterns import Words, compile_words

_NUMBER = re.compile(r"\d(?:[ -]?\d){4,}")
_BEHIND = 200  # characters of the block
_SENTENCES = re.compile(r"[。\n]|;(?=\s?(?:拨打|撥打|境外|海外|其中|[48]00|如))|(?<=[a-z])\. ")


@dataclass(frozen=True, slots=True, eq=False)
class _Statements:
    """How sentences name several numbers."""

    says: Words  # one of these is in each
    words: Words

    def of(self, text: str) -> Sequence[str]:
        """The sentences of a text that do."""
        if self.says.search(text) is None:  # as beside most numbers
            return ()
        return [sentence for sentence in _sentences(text) if self.words.search(sentence)]


@dataclass(frozen=True, slots=True, eq=False)
class SaidOfAll:
    """The compiled table `said_of_all.toml`."""

    below: _Statements
    above: _Statements
    together: re.Pattern[str]  # between two numbers of one line

    def said(self, block: Block, end: int, heads: Callable[[str], object]) -> Iterator[str]:
        """The statements that hold for a number among others, the nearest first.

        Args:
            end: Where the number ends in the block.
            heads: Whether a line straight below a table begins as statements about all of it do.
        """
        if block.table and heads(first := block.below.partition("\n")[0].strip()):
            yield from _sentences(first)
        yield from self.below.of(f"{block.text[end : end + _BEHIND]}\n{block.below}")
        yield from reversed(self.above.of(block.before))


def _sentences(text: str) -> list[str]:
    """Sentences without a number of their own: what one says there is of that one."""
    said = (sentence.strip() for sentence in _SENTENCES.split(fold(text).text))
    return [sentence for sentence in said if sentence and not _NUMBER.search(sentence)]


def compile_said_of_all(table: Mapping[str, Any]) -> SaidOfAll:
    """Compiles the table."""
    rows = (table[name] for name in ("below", "above"))
    below, above = (
        _Statements(compile_words("|".join(row["says"])), compile_words(row["words"], re.I))
        for row in rows
    )
    return SaidOfAll(below, above, re.compile(table["together"]["words"], re.I))
