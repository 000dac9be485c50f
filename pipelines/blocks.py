"""Blocks: the pieces of a page a number is read in, with headings, rows and columns.

Only lines that pass the gate become blocks; everything else of a page costs one search.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from urllib.parse import urljoin

from pipelines.layout import Html, Layout, Span, read_html
from pipelines.model import Block
from pipelines.numbering.find import GATE
from pipelines.pipe_tables import pipe_spans
from pipelines.vocabulary import Carrier

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "dt")
_CELLS = ("td", "th")
_APART = re.compile(r" {2,}")
_NUMBERED = re.compile(
    r"\s*(?:\*\s)?(?:第[一二三四五六七八九十]{1,3}[条章节部]|[（(]?[一二三四五六七八九十]{1,3}[)）、.．：:]|\d{1,2}(?:\.\d{1,2})*[、.．\s)）:：]|[（(]\d{1,2}[)）]|#{1,6}\s)"
)
_HEADING_LENGTH = 40
_ROW_CELLS = 6  # cells to the left that are kept, besides the first
_ROW_LENGTH = 160
_BEFORE_LENGTH = 200
_BEFORE_LINES = 5
_AFTER_LINES = 2
_AFTER_LENGTH = 120
_LONG = 2000
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


def text_blocks(text: str, carrier: Carrier = Carrier.TEXT) -> Iterator[Block]:
    """Blocks of plain text: a line each."""
    yield from layout_blocks(Layout(text, ()), carrier=carrier)


def html_blocks(html: Html) -> Iterator[Block]:
    """Blocks of a page: what is seen first, then what is hidden."""
    yield from layout_blocks(html.visible)
    for layout in html.hidden:
        yield from layout_blocks(layout, hidden=True)


def layout_blocks(
    layout: Layout, *, carrier: Carrier = Carrier.TEXT, hidden: bool = False
) -> Iterator[Block]:
    """Blocks of the lines that may hold a number."""
    reader = _Lines(layout)
    for index in reader.gated():
        for start, end in reader.pieces(index):
            if GATE.search(layout.text, start, end):
                yield reader.block(index, start, end, carrier, hidden=hidden)


def block_reader(layout: Layout) -> Callable[[int], tuple[Block, int]]:
    """Gives the block around a place of the text, and where in the block the place is.

    Ask for places in ascending order.
    """
    reader = _Lines(layout)

    held: tuple[int, list[tuple[int, int]]] = (-1, [])

    def block_at(place: int) -> tuple[Block, int]:
        nonlocal held
        index = bisect_right(reader.starts, place) - 1
        if held[0] != index:  # a row may have thousands of cells, and a place in each
            held = (index, list(reader.pieces(index)))
        start, end = held[1][max(0, bisect_right(held[1], (place, len(reader.text) + 1)) - 1)]
        block = reader.block(index, start, end, Carrier.TEXT, hidden=False)
        return block, max(0, place - start)

    return block_at


class _Lines:
    """Lines of a layout, with what stands above and beside each."""

    def __init__(self, layout: Layout) -> None:
        self.text = layout.text
        self.starts, drawn = (_divided_once if len(self.text) > _LONG else _divided)(self.text)
        spans = (*layout.spans, *drawn)
        self.cells = sorted(_innermost([s for s in spans if s[2] in _CELLS]))
        self.cell_starts = [cell[0] for cell in self.cells]
        self.tables = sorted(s for s in spans if s[2] == "table")
        self._open: list[Span] = []
        self._next_table = 0
        self._row_cache: tuple[int, list[Span], list[int]] = (-1, [], [])
        self.headings = sorted(s for s in layout.spans if s[2] in _HEADINGS)
        self.heading_starts = [heading[0] for heading in self.headings]

    def gated(self) -> Iterator[int]:
        """Indexes of lines with enough digits, each once."""
        last = -1
        position = 0
        while match := GATE.search(self.text, position):
            index = bisect_right(self.starts, match.start()) - 1
            position = self._end(index) + 1
            if index != last:
                yield (last := index)

    def pieces(self, index: int) -> Iterator[tuple[int, int]]:
        """The visual blocks of a line: the whole of it, or the cells of a table row."""
        start, end = self.starts[index], self._end(index)
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

    def block(self, index: int, start: int, end: int, carrier: Carrier, *, hidden: bool) -> Block:
        around = [table for table in self._open if table[0] <= start < table[1]]
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

    def _end(self, index: int) -> int:
        return self.starts[index + 1] - 1 if index + 1 < len(self.starts) else len(self.text)

    def _line(self, index: int) -> str:
        return self.text[self.starts[index] : self._end(index)]

    def _enter(self, start: int, end: int) -> None:
        """Keeps the tables that a line lies in or holds; lines come in order."""
        self._open = [table for table in self._open if table[1] > start]
        while self._next_table < len(self.tables) and self.tables[self._next_table][0] <= end:
            table = self.tables[self._next_table]
            self._open += [table] if table[1] > start else []
            self._next_table += 1

    def _path(self, index: int, start: int) -> str:
        inside = start - self.starts[index]
        return f"line {index + 1}" if not inside else f"line {index + 1}, column {inside + 1}"

    def _before(self, index: int, start: int) -> str:
        """Text straight above: earlier pieces of the row, then earlier lines."""
        line = max(self.starts[index], start - _BEFORE_LENGTH)
        parts = [self.text[line:start].strip()]
        for above in range(index - 1, max(-1, index - 1 - 2 * _BEFORE_LINES), -1):
            parts.append(self._line(above)[-_BEFORE_LENGTH:].strip())
            if sum(map(len, parts)) > _BEFORE_LENGTH:
                break
        return "\n".join(reversed([part for part in parts if part]))[-_BEFORE_LENGTH:]

    def _after(self, index: int, end: int) -> str:
        """Text straight below: the rest of the row, then the next two lines that say something."""
        parts = [self.text[end : self._end(index)].strip()]
        below = range(index + 1, min(index + 5, len(self.starts)))
        parts += [self._line(line).strip() for line in below]
        return "\n".join([part for part in parts if part][:_AFTER_LINES])[:_AFTER_LENGTH]

    def _heading(self, index: int, start: int) -> str:
        """Nearest heading above, by its tag or because it is a short numbered line."""
        tagged = bisect_right(self.heading_starts, start) - 1
        limit = self.headings[tagged] if tagged >= 0 else None
        trail: list[str] = []
        for above in range(index, max(-1, index - _LOOK_BACK), -1):
            if limit is not None and self.starts[above] <= limit[0]:
                trail.append(self.text[limit[0] : limit[1]].strip())
                break
            line = self._line(above).strip()
            if above < index and len(line) <= _HEADING_LENGTH and _NUMBERED.match(line):
                trail.append(line)
                if len(trail) == 2:
                    break
        return " / ".join(reversed(trail))[:120]

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
        first = bisect_right(self.starts, table[0]) - 1
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
        start, end = self.starts[index], self._end(index)
        low = bisect_right(self.cell_starts, start - 1)
        high = bisect_right(self.cell_starts, end)
        return [cell for cell in self.cells[low:high] if cell[1] <= end]


def _divided(text: str) -> tuple[tuple[int, ...], tuple[Span, ...]]:
    """Where lines start, and the tables drawn with pipes."""
    starts = (0, *(match.end() for match in re.finditer("\n", text)))
    return starts, tuple(pipe_spans(text)) if "|" in text else ()


#: A page is read for its numbers, then for its channels; short texts between are not kept.
_divided_once = lru_cache(maxsize=2)(_divided)


def _innermost(cells: list[Span]) -> list[Span]:
    """Cells that hold no other cell; spans of cells nest and never cross."""
    ordered = sorted(cells, key=lambda cell: (cell[0], -cell[1]))
    kept = [cell for cell, after in pairwise(ordered) if after[0] >= cell[1]]
    return kept + ordered[-1:]
