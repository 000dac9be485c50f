"""Columns of hours: a row says when, and the heads of its columns say on which days."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import dropwhile, takewhile

from pipelines.frozen import dataclass
from pipelines.model import Block, Cells
from pipelines.numbering.digits import may_hold
from pipelines.word_patterns import Words, compile_words


@dataclass(frozen=True, slots=True, eq=False)
class ColumnRules:
    """The table `columns` of `hours.toml`."""

    plain: re.Pattern[str]  # heads that say no more than that hours stand below
    period: Words  # days of one year: 春节期间
    usual: re.Pattern[str]  # beside such a column, 平日 is every other day
    without: re.Pattern[str]  # cells that say that there is no service
    others: Words  # columns of what is no telephone

    def said(self, block: Block, tells: Callable[[str], object]) -> str:
        """What the columns of a number's row say of when, as one line; "" if nothing.

        Those right of the number count up to the next number's, else those left of it.

        Args:
            tells: Whether a text names times.
        """
        behind = dropwhile(_has_number, block.right)  # of numbers side by side the hours are one's
        right = self._line(list(takewhile(lambda cell: not _has_number(cell), behind)), tells)
        return right or self._left(block.left, tells)

    def _left(self, cells: Cells, tells: Callable[[str], object]) -> str:
        return "" if any(map(_has_number, cells)) else self._line(cells, tells)

    def _line(self, cells: Sequence[tuple[str, str]], tells: Callable[[str], object]) -> str:
        ours = [(head, value) for head, value in cells if not self.others.search(head)]
        kept = [(head, value) for head, value in ours if not self.period.search(head)]
        if not any(tells(value) for _, value in kept):
            return ""
        of_a_year = len(kept) < len(ours)
        told = [cell for cell in kept if tells(cell[1]) or self.without.fullmatch(cell[1])]
        return "; ".join(self._words(told, of_a_year=of_a_year))

    def _words(self, cells: Iterable[tuple[str, str]], *, of_a_year: bool) -> Iterable[str]:
        for head, value in cells:
            days = self.plain.sub("", self.usual.sub("", head) if of_a_year else head)
            yield f"{days} {'休息' if self.without.fullmatch(value) else value}".strip()


def _has_number(cell: tuple[str, str]) -> bool:
    return may_hold(cell[1])


def compile_columns(table: Mapping[str, str]) -> ColumnRules:
    """Compiles the table."""
    return ColumnRules(
        re.compile(table["plain"], re.I),
        compile_words(table["period"], re.I),
        re.compile(table["usual"], re.I),
        re.compile(table["without"], re.I),
        compile_words(table["others"], re.I),
    )
