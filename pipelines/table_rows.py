"""Tables of a layout: which cells a line has, and what stands beside and above each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import dropwhile, pairwise, takewhile
from operator import itemgetter
from typing import NamedTuple

from pipelines.layout import CELLS, Layout, Span
from pipelines.model import Cells
from pipelines.numbering.digits import GATE, may_hold
from pipelines.pipe_tables import pipe_spans

_ROW_CELLS = 6  # cells to each side that are kept, besides the first
_ROW_LENGTH = 160
_HEAD, _CELL = 60, 120  # characters
_SEVERAL, _PAIR, _ROWS_BELOW = 2, 2, 3
_TITLES = 2  # lines of a table above its head
_Line = tuple[int, int]


class Place(NamedTuple):
    """Where in a table a text stands.

    Attributes:
        row_header: Cells left of it in its row.
        column_header: The first cell of its column, if it reads like a header.
        left: The same cells, each with the header of its column, if the table has a head.
        right: Those right of it; of numbers side by side also those below it, with their labels.
    """

    row_header: str
    column_header: str
    left: Cells = ()
    right: Cells = ()


NOWHERE = Place("", "")


class Tables:
    """The tables of a layout; lines are entered in order."""

    def __init__(self, layout: Layout) -> None:
        self.text = layout.text
        self.opened: list[Span] = []  # tables that the line entered last lies in or holds
        self._drawn = pipe_spans(self.text) if "|" in self.text else ()
        self._tables = sorted([s for s in (*layout.spans, *self._drawn) if s[2] == "table"])
        self._layout = layout
        self._next = 0
        self._row_cache: tuple[int, list[Span], list[int]] = (-1, [], [])
        self._heads_cache: tuple[int, Span | None, Sequence[str]] = (-1, None, ())
        self._heads: dict[Span, tuple[_Line, dict[int, str]]] = {}

    # What only pages need that have a number in a table.

    @cached_property
    def cells(self) -> list[Span]:
        drawn = [span for span in self._drawn if span[2] in CELLS]
        return sorted(_innermost([*self._layout.cells(), *drawn]))

    @cached_property
    def reaching(self) -> Mapping[int, tuple[Span, ...]]:
        return self._layout.reaching()

    @cached_property
    def cell_starts(self) -> list[int]:
        return [cell[0] for cell in self.cells]

    def enter(self, start: int, end: int) -> None:
        """Keeps the tables that a line lies in or holds."""
        if not self._tables:
            return
        first = self._next
        self._next = bisect_right(self._tables, end, first, key=itemgetter(0))
        entered = self._tables[first : self._next]
        self.opened = [table for table in (*self.opened, *entered) if table[1] > start]

    def around(self, place: int) -> list[Span]:
        """Tables of the line entered last that hold a place."""
        return [table for table in self.opened if table[0] <= place < table[1]]

    def pieces(self, start: int, stop: int, end: int) -> Iterator[tuple[int, int]]:
        """Innermost cells and what stands between them; a nested table is one line of text."""
        for low, high, _ in self._cells_of(start, stop):
            if start < low:
                yield start, low
            yield low, high
            start = high
        if start < end:
            yield start, end

    def place(self, line: _Line, start: int, around: Sequence[Span]) -> Place:
        """What stands beside and above a place, by its line and the tables around it."""
        row, starts = self._row(line)
        at = bisect_right(starts, start) - 1
        is_nested = len(around) > 1
        header = self._row_header(row, at, start, is_nested=is_nested)
        if is_nested or at < 0:
            return Place(header, "")
        heads = self._heads_over(line, around[0])
        column = heads[at] if at < len(heads) else ""
        below = self._below(line, at, around[0])
        left, right = self._beside(row, at, heads)
        return Place(header, "" if GATE.search(column) else column, left, (*right, *below))

    def _row_header(self, row: Sequence[Span], at: int, start: int, *, is_nested: bool) -> str:
        first = max(at - (1 if is_nested else _ROW_CELLS), 0)
        beside = row[first : max(at, 0)]
        if first and not is_nested:
            beside = [row[0], *beside]
        left = " | ".join(map(self._said, beside))
        own = self.text[row[at][0] : start].strip() if at >= 0 else ""
        return (f"{left} | {own}" if own else left)[-_ROW_LENGTH:]

    def _heads_over(self, line: _Line, table: Span) -> Sequence[str]:
        """The heads of the columns of a line's cells; [] for the head itself."""
        if self._heads_cache[:2] != (line[0], table):  # a row may have thousands of cells
            self._heads_cache = (line[0], table, self._read_heads(line, table))
        return self._heads_cache[2]

    def _read_heads(self, line: _Line, table: Span) -> Sequence[str]:
        if table not in self._heads:
            self._heads[table] = self._head_of(table)
        head, heads = self._heads[table]
        if head[0] >= line[0]:
            return []
        places = [cell[0] - line[0] for cell in self._row(line)[0]]
        # The fast engine prints columns below each other, and a cell without text leaves a gap.
        in_columns = heads.keys() <= set(places) or set(places) <= heads.keys()
        return [heads.get(place, "") for place in places] if in_columns else list(heads.values())

    def _head_of(self, table: Span) -> tuple[_Line, dict[int, str]]:
        """The first line of a table that has several cells, and those by their places in it."""
        line = line_around(self.text, table[0])
        for _ in range(_TITLES):
            if line[1] >= table[1] or len(self._cells_of(*line)) >= _SEVERAL:
                break
            line = line_around(self.text, line[1] + 1)
        return line, {c[0] - line[0]: self._said(c)[:_HEAD] for c in self._cells_of(*line)}

    def _beside(self, row: Sequence[Span], at: int, heads: Sequence[str]) -> tuple[Cells, Cells]:
        """The cells left and right of one, if each has a head."""
        low, high = max(at - _ROW_CELLS, 0), at + 1 + _ROW_CELLS
        if len(heads) != len(row) or any(map(GATE.search, heads[low:high])):
            return (), ()
        said = (self._said(cell)[:_CELL] for cell in row[low:high])
        cells = tuple(zip(heads[low:high], said, strict=True))
        return cells[: at - low], cells[at - low + 1 :]

    def _below(self, line: _Line, at: int, table: Span) -> Iterator[tuple[str, str]]:
        """Label and text of the cells below one, where they may be of several numbers.

        Numbers side by side: 热线 | 95188 | 400-… / 时间 | 24小时 | 9:00-18:00, or a label before
        each of them; and below each other: 境内 | 95188 / 境外 | +86… / 时间 | 24小时.
        """
        row = self._row(line)[0]
        side_by_side = sum(map(self._has_number, row[: 2 * _ROW_CELLS])) >= _SEVERAL
        if not at or not (side_by_side or len(row) == _PAIR):
            return
        label = 0 if self._has_number(row[at - 1]) else at - 1
        rows = self._rows_below(line, len(row), table)
        if not side_by_side:  # what stands between two numbers is of the first
            rows = dropwhile(lambda cells: self._has_number(cells[at]), rows)
        for cells in takewhile(lambda cells: not self._has_number(cells[at]), rows):
            yield self._said(cells[label])[:_HEAD], self._said(cells[at])[:_CELL]

    def _rows_below(self, line: _Line, width: int, table: Span) -> Iterator[Sequence[Span]]:
        """The next rows of a table, as long as they have as many cells."""
        low = line[1] + 1
        for _ in range(_ROWS_BELOW):
            start, end = line_around(self.text, low)
            cells = self._cells_of(start, end) if low < table[1] else []
            if len(cells) != width:
                return
            yield cells
            low = end + 1

    def _has_number(self, cell: Span) -> bool:
        return may_hold(self._said(cell)[:_CELL])

    def _row(self, line: _Line) -> tuple[list[Span], list[int]]:
        """Innermost cells of one line, and before them those that reach into it from above."""
        if self._row_cache[0] != line[0]:
            own = self._cells_of(*line)
            row = [*(self.reaching.get(own[0][0], ()) if own else ()), *own]
            self._row_cache = (line[0], row, [cell[0] for cell in row])
        return self._row_cache[1:]

    def _cells_of(self, start: int, end: int) -> list[Span]:
        low = bisect_right(self.cell_starts, start - 1)
        high = bisect_right(self.cell_starts, end)
        return [cell for cell in self.cells[low:high] if cell[1] <= end]

    def _said(self, cell: Span) -> str:
        return self.text[cell[0] : cell[1]].strip()


def line_around(text: str, place: int) -> tuple[int, int]:
    """Where the printed line of a place starts and ends."""
    end = text.find("\n", place)
    return text.rfind("\n", 0, place) + 1, end if end >= 0 else len(text)


def _innermost(cells: list[Span]) -> list[Span]:
    """Cells that hold no other cell; spans of cells nest and never cross."""
    ordered = sorted(cells, key=lambda cell: (cell[0], -cell[1]))
    kept = [cell for cell, after in pairwise(ordered) if after[0] >= cell[1]]
    return kept + ordered[-1:]
