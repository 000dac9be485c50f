"""Blocks: the pieces of a page a number is read in, with headings, rows and columns.

Only lines that pass the gate become blocks; everything else of a page costs one search.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import accumulate, pairwise
from urllib.parse import urljoin

from pipelines.layout import Html, Layout, Span, read_html
from pipelines.model import Block
from pipelines.numbering.find import GATE, next_digits
from pipelines.pipe_tables import pipe_spans
from pipelines.vocabulary import Carrier

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "dt")
_CELLS = ("td", "th")
_APART = re.compile(r" {2,}")
_NUMBERED = re.compile(
    r"\s*(?:\*\s)?(?:第[一二三四五六七八九十]{1,3}[条章节部]|[（(]?[一二三四五六七八九十]{1,3}[)）、.．：:]|\d{1,2}(?:\.\d{1,2})*[、.．\s)）:：]|[（(]\d{1,2}[)）]|#{1,6}\s)"
)
_HEADING_LENGTH = 40
_BROKEN = re.compile(r"\d\s?[-\u2010-\u2015\uff0d]\s*$")
_GOES_ON = re.compile(r"\s*\d{3}")
_BREAK = 8  # characters at the end of a line
_ROW_CELLS = 6  # cells to the left that are kept, besides the first
_ROW_LENGTH = 160
_BEFORE_LENGTH = 200
_BEFORE_LINES = 5
_AFTER_LINES = 2
_AFTER_LENGTH = 120
_LOOK_BACK = 120  # lines


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page: absolute URL and what it is called."""

    url: str
    text: str


def links_of(markup: str, base_url: str) -> tuple[Link, ...]:
    """All http(s) links of a page in document order, absolute, without fragment."""
    found = []
    for anchor in read_html(markup).anchors():
        try:
            url = urljoin(base_url, anchor.href.strip())
        except ValueError:  # brackets that are no IPv6 address
            continue
        if url.startswith(("http://", "https://")):
            found.append(Link(url.partition("#")[0], anchor.text))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that may hold a number. Where it stands is worked out only if it does.

    Attributes:
        placed: Gives the block: the same text with its place in the page.
    """

    text: str
    placed: Callable[[], Block]

    @classmethod
    def of(cls, block: Block) -> Piece:
        """A piece whose block is known already."""
        return cls(block.text, lambda: block)


def text_pieces(text: str, carrier: Carrier = Carrier.TEXT) -> Iterator[Piece]:
    """Pieces of plain text: a line each."""
    yield from layout_pieces(Layout(text, ()), carrier=carrier)


def html_pieces(html: Html) -> Iterator[Piece]:
    """Pieces of a page: what is seen first, then what visitors wrote, then what is hidden."""
    yield from layout_pieces(html.visible)
    for layout in html.by_users:
        yield from (Piece(p.text, partial(_by_users, p)) for p in layout_pieces(layout))
    for layout in html.hidden:
        yield from layout_pieces(layout, hidden=True)


def _by_users(piece: Piece) -> Block:
    return replace(piece.placed(), by_users=True)


def layout_pieces(
    layout: Layout, *, carrier: Carrier = Carrier.TEXT, hidden: bool = False
) -> Iterator[Piece]:
    """Pieces of the lines that may hold a number."""
    first = next_digits(layout.text, 0, len(layout.text))
    if first < 0:
        return
    reader = _Lines(layout)
    for index in reader.gated(first):
        for start, end in reader.pieces(index):
            if next_digits(layout.text, start, end) >= 0:
                around = reader.tables_around(start)
                placed = partial(reader.block, index, start, end, around, carrier, hidden)
                yield Piece(layout.text[start:end], placed)


def block_reader(layout: Layout) -> Callable[[int], tuple[Block, int]]:
    """Gives the block around a place of the text, and where in the block the place is.

    Ask for places in ascending order.
    """
    reader = _Lines(layout)
    held: tuple[int, list[tuple[int, int]]] = (-1, [])
    index = counted = 0

    def block_at(place: int) -> tuple[Block, int]:
        nonlocal held, index, counted
        index += layout.text.count("\n", counted, place)
        counted = place
        if held[0] != index:  # a row may have thousands of cells, and a place in each
            held = (index, list(reader.pieces(index)))
        start, end = held[1][max(0, bisect_right(held[1], (place, len(reader.text) + 1)) - 1)]
        around = reader.tables_around(start)
        block = reader.block(index, start, end, around, Carrier.TEXT, hidden=False)
        return block, max(0, place - start)

    return block_at


class _Lines:
    """Lines of a layout, with what stands above and beside each."""

    def __init__(self, layout: Layout) -> None:
        self.text = layout.text
        self.lines = self.text.split("\n")
        self.lengths = list(accumulate(map(len, self.lines), initial=0))  # without line ends
        self.first_lines: dict[Span, int] = {}  # of tables
        self.numbered: dict[int, bool] = {}  # lines asked about so far
        drawn = pipe_spans(self.text) if "|" in self.text else ()
        self.spans = (*layout.spans, *drawn)
        self.tables = sorted(s for s in self.spans if s[2] == "table")
        self._open: list[Span] = []
        self._next_table = 0
        self._row_cache: tuple[int, list[Span], list[int]] = (-1, [], [])

    # What only pages need that have a number, or one in a table.

    @cached_property
    def cells(self) -> list[Span]:
        return sorted(_innermost([s for s in self.spans if s[2] in _CELLS]))

    @cached_property
    def cell_starts(self) -> list[int]:
        return [cell[0] for cell in self.cells]

    @cached_property
    def headings(self) -> list[Span]:
        return sorted(s for s in self.spans if s[2] in _HEADINGS)

    @cached_property
    def heading_starts(self) -> list[int]:
        return [heading[0] for heading in self.headings]

    def gated(self, place: int) -> Iterator[int]:
        """Indexes of lines with enough digits, each once, from the first such place on."""
        index = counted = 0
        while place >= 0:
            index += self.text.count("\n", counted, place)
            counted = place
            yield index
            last = self._last(index)
            place = next_digits(self.text, self._end(last) + 1, len(self.text))

    def pieces(self, index: int) -> Iterator[tuple[int, int]]:
        """The visual blocks of a line: the whole of it, or the cells of a table row."""
        start, end = self._start(index), self._end(self._last(index))
        self._enter(start, end)
        if not self._open:
            yield start, end
            return
        for low, high in self._cell_pieces(index, start, end):
            start = low
            for match in _APART.finditer(self.text, low, high):
                yield start, match.start()
                start = match.end()
            yield start, high

    def _cell_pieces(self, index: int, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Innermost cells and what stands between them; a nested table is one line of text."""
        for low, high, _ in self._cells_of(index):
            if start < low:
                yield start, low
            yield low, high
            start = high
        if start < end:
            yield start, end

    def tables_around(self, start: int) -> list[Span]:
        """Tables of the line entered last that hold a place."""
        return [table for table in self._open if table[0] <= start < table[1]]

    def block(
        self, index: int, start: int, end: int, around: list[Span], carrier: Carrier, hidden: bool
    ) -> Block:
        """The block of one piece of a line."""
        row, column = self._headers(index, start, around) if around else ("", "")
        return Block(
            text=self.text[start:end],
            path=self._path(index, start),
            carrier=carrier,
            heading=self._heading(index, start),
            row_header=row,
            column_header=column,
            table=f"table {max(around)[0]}" if around else "",
            hidden=hidden,
            before=self._before(index, start),
            after=self._after(index, end),
        )

    def _last(self, index: int) -> int:
        """The line in which a number that is broken behind its dash ends: 010-⏎58812888."""
        following = self.lines[index + 1 : index + 2]
        broken = following and _BROKEN.search(self.lines[index][-_BREAK:])
        return index + 1 if broken and _GOES_ON.match(following[0]) else index

    def _start(self, index: int) -> int:
        return self.lengths[index] + index

    def _end(self, index: int) -> int:
        return self.lengths[index + 1] + index

    def _line(self, index: int) -> str:
        return self.lines[index]

    def _enter(self, start: int, end: int) -> None:
        """Keeps the tables that a line lies in or holds; lines come in order."""
        self._open = [table for table in self._open if table[1] > start]
        while self._next_table < len(self.tables) and self.tables[self._next_table][0] <= end:
            table = self.tables[self._next_table]
            self._open += [table] if table[1] > start else []
            self._next_table += 1

    def _path(self, index: int, start: int) -> str:
        inside = start - self._start(index)
        return f"line {index + 1}" if not inside else f"line {index + 1}, column {inside + 1}"

    def _before(self, index: int, start: int) -> str:
        """Text straight above: earlier pieces of the row, then earlier lines."""
        line = max(self._start(index), start - _BEFORE_LENGTH)
        parts = [self.text[line:start].strip()]
        for above in range(index - 1, max(-1, index - 1 - 2 * _BEFORE_LINES), -1):
            parts.append(self._line(above)[-_BEFORE_LENGTH:].strip())
            if sum(map(len, parts)) > _BEFORE_LENGTH:
                break
        return "\n".join(reversed([part for part in parts if part]))[-_BEFORE_LENGTH:]

    def _after(self, index: int, end: int) -> str:
        """Text straight below: the rest of the row, then the next two lines that say something."""
        rest = min(self._end(index), end + 2 * _AFTER_LENGTH)
        parts = [self.text[end:rest].strip()]
        below = self.lines[index + 1 : index + 5]
        parts += [line[: 2 * _AFTER_LENGTH].strip() for line in below]
        return "\n".join([part for part in parts if part][:_AFTER_LINES])[:_AFTER_LENGTH]

    def _heading(self, index: int, start: int) -> str:
        """Nearest heading above, by its tag or because it is a short numbered line."""
        tagged = bisect_right(self.heading_starts, start) - 1
        limit = self.headings[tagged] if tagged >= 0 else None
        trail: list[str] = []
        for line in range(index - 1, max(-1, index - _LOOK_BACK), -1):
            if len(trail) == 2 or (limit is not None and self._start(line) <= limit[0]):
                break
            if self._is_numbered(line):
                trail.insert(0, self.lines[line].strip())
        if limit is not None and len(trail) < 2 and self._is_near(limit, index):
            trail.insert(0, self.text[limit[0] : limit[1]].strip())
        return " / ".join(trail)[:120]

    def _is_numbered(self, line: int) -> bool:
        """Whether a line is short and begins with a number, as headings of policies do."""
        if line not in self.numbered:
            text = self.lines[line]
            short = 0 < len(text) <= _HEADING_LENGTH
            self.numbered[line] = short and _NUMBERED.match(text) is not None
        return self.numbered[line]

    def _is_near(self, heading: Span, index: int) -> bool:
        return heading[0] >= self._start(max(index - _LOOK_BACK + 1, 0))

    def _headers(self, index: int, start: int, around: list[Span]) -> tuple[str, str]:
        """Cells left of a place in its row, and the first cell of its column."""
        row, starts = self._row(index)
        place = bisect_right(starts, start) - 1
        first = max(place - (1 if len(around) > 1 else _ROW_CELLS), 0)
        beside = row[first : max(place, 0)]
        if first and len(around) == 1:
            beside = [row[0], *beside]
        left = " | ".join(self.text[a:b].strip() for a, b, _ in beside)
        own = self.text[row[place][0] : start].strip() if place >= 0 else ""
        left = f"{left} | {own}" if own else left
        return left[-_ROW_LENGTH:], "" if len(around) > 1 else self._column(around[0], index, place)

    def _column(self, table: Span, index: int, place: int) -> str:
        """The first cell of a column, if it reads like a header and not like a value."""
        first = self.first_lines.get(table, -1)
        if first < 0:
            first = self.first_lines[table] = self.text.count("\n", 0, table[0])
        head = self._cells_of(first) if first < index else []
        if not 0 <= place < len(head):
            return ""
        text = self.text[head[place][0] : head[place][1]].strip()
        return "" if GATE.search(text) else text[:60]

    def _row(self, index: int) -> tuple[list[Span], list[int]]:
        """Innermost cells of one line, left to right, and where they start."""
        if self._row_cache[0] != index:
            row = self._cells_of(index)
            self._row_cache = (index, row, [cell[0] for cell in row])
        return self._row_cache[1:]

    def _cells_of(self, index: int) -> list[Span]:
        start, end = self._start(index), self._end(index)
        low = bisect_right(self.cell_starts, start - 1)
        high = bisect_right(self.cell_starts, end)
        return [cell for cell in self.cells[low:high] if cell[1] <= end]


def _innermost(cells: list[Span]) -> list[Span]:
    """Cells that hold no other cell; spans of cells nest and never cross."""
    ordered = sorted(cells, key=lambda cell: (cell[0], -cell[1]))
    kept = [cell for cell, after in pairwise(ordered) if after[0] >= cell[1]]
    return kept + ordered[-1:]
