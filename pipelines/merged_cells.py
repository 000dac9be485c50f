"""Cells that reach over several rows of a table: what stands beside the rows below the first."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import NamedTuple

from pipelines.markup import Span

#: Attributes that say over how many rows and columns a cell reaches.
REACHES = ("rowspan", "colspan")
_COLUMNS = 40  # of a table; cells further right are not looked at
_COUNT = re.compile(r"\s*(\d{1,4})")


class Cell(NamedTuple):
    """A cell of a table, in document order.

    Attributes:
        table: Which table and which row it is of.
        down: Over how many rows and columns it reaches.
    """

    table: Hashable
    row: Hashable
    span: Span
    down: int
    across: int


class _Above(NamedTuple):
    """A cell of a row above, and the last row that it reaches into."""

    span: Span
    last: int
    across: int


class _Table:
    """A table, row by row."""

    def __init__(self) -> None:
        self._row = -1
        self._above: dict[int, _Above] = {}

    def next_row(self, own: Iterable[Cell]) -> tuple[Span, ...]:
        """The cells that reach into the next row and stand before its first own one."""
        self._row += 1
        leading = tuple(self._above[column].span for column in self._reached_from(0))
        column = 0
        for cell in own:
            for reached in self._reached_from(column):
                column = reached + self._above[reached].across
            if column >= _COLUMNS:
                break
            if cell.down > 1:
                self._above[column] = _Above(cell.span, self._row + cell.down - 1, cell.across)
            column += cell.across
        return leading

    def _reached_from(self, column: int) -> Iterator[int]:
        while column < _COLUMNS and (above := self._above.get(column)) is not None:
            if above.last < self._row:
                return
            yield column
            column += above.across


def reach_of(attribute: str | None) -> int:
    """Over how many rows or columns a cell reaches, by its attribute.

    >>> reach_of("2"), reach_of(None), reach_of("0"), reach_of("two")
    (2, 1, 1, 1)
    """
    told = _COUNT.match(attribute or "")
    return max(1, int(told[1])) if told else 1


def reaching(cells: Iterable[Cell]) -> Mapping[int, tuple[Span, ...]]:
    """The cells from above that stand before the first own cell of a row, by where that begins."""
    rows: dict[Hashable, list[Cell]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(cell)
    tables: defaultdict[Hashable, _Table] = defaultdict(_Table)
    told = ((own[0].span[0], tables[own[0].table].next_row(own)) for own in rows.values())
    return {start: leading for start, leading in told if leading}
