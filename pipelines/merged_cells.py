"""Cells that reach over several rows of a table: what stands beside the rows below the first."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple

from pipelines.markup import Span

#: Attributes that say over how many rows and columns a cell reaches.
REACHES = ("rowspan", "colspan")
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
    """A cell of a row above, and into how many rows more it reaches."""

    span: Span
    rows: int
    across: int


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
    found: dict[int, tuple[Span, ...]] = {}
    above: dict[Hashable, dict[int, _Above]] = {}
    for own in rows.values():
        over = above.get(own[0].table, {})
        if leading := _leading(over):
            found[own[0].span[0]] = leading
        above[own[0].table] = _below(own, over)
    return found


def _leading(over: Mapping[int, _Above]) -> tuple[Span, ...]:
    said, column = list[Span](), 0
    while column in over:
        said.append(over[column].span)
        column += over[column].across
    return tuple(said)


def _below(own: Iterable[Cell], over: Mapping[int, _Above]) -> dict[int, _Above]:
    """What reaches into the row below, by its column."""
    into = {n: one._replace(rows=one.rows - 1) for n, one in over.items() if one.rows > 1}
    column = 0
    for cell in own:
        while column in over:
            column += over[column].across
        if cell.down > 1:
            into[column] = _Above(cell.span, cell.down - 1, cell.across)
        column += cell.across
    return into
