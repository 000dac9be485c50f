"""Blocks: the pieces of a page a number is read in, with headings, rows and columns.

Only lines that pass the gate become blocks; everything else of a page costs one search.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from operator import itemgetter
from typing import NamedTuple
from urllib.parse import urljoin

from pipelines.frozen import dataclass
from pipelines.layout import Html, Layout, Span, read_html
from pipelines.markup import STRUCK, apart, parts_within
from pipelines.model import Block
from pipelines.numbering.digits import Digits
from pipelines.table_rows import NOWHERE, Tables, line_around
from pipelines.vocabulary import Carrier

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "dt"))
_START = itemgetter(0)
_APART = re.compile("  +")
_HEADING_LENGTH = 40
# A short line that begins with its number; it starts with a literal, so lines are passed quickly.
_NUMBERED = re.compile(
    "\n(?=[ \t\xa0\u2002\u2003\u3000*０１２３４５６７８９第一二三四五六七八九十（(#0123456789])"
    r"(?=[^\S\n]*+(?:\*[^\S\n])?(?:第[一二三四五六七八九十]{1,3}[条章节部]"
    r"|[（(]?[一二三四五六七八九十]{1,3}[)）、.．：:]|\d{1,2}(?:\.\d{1,2})*(?:[、.．)）]|[:：](?!\d)|[^\S\n])"
    r"|[（(]\d{1,2}[)）]|#{1,6}[^\S\n]))"
    rf"([^\n]{{1,{_HEADING_LENGTH}}})(?![^\n])"
)
_BROKEN = re.compile(r"\d\s?[-\u2010-\u2015\uff0d]\s*$")
_GOES_ON = re.compile(r"\s*\d{3}")
_BREAK = 8  # characters at the end of a line
_BEFORE_LENGTH = 200
_BEFORE_LINES = 5
_AFTER_LINES = 2
_AFTER_LENGTH = 120
_BELOW_LENGTH = 320
_BELOW = 4  # lines below that are looked at, with empty ones
_LOOK_BACK = 120  # lines
_SECTIONS = 40  # headings above one
_FAR = 20_000  # characters
_NEAR = 100  # characters a line, tried first: most lines are short


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
    reader = _Lines(layout)
    for line in reader.gated():
        for start, end in reader.pieces(line):
            is_whole = end - start == line.end - line.start  # the gate has seen it
            if is_whole or reader.digits.next(start, end) >= 0:
                around = reader.tables.around(start)
                placed = partial(reader.block, line, start, end, around, carrier, hidden)
                yield Piece(layout.text[start:end], placed)


def block_reader(layout: Layout) -> Callable[[int], tuple[Block, int]]:
    """Gives the block around a place of the text, and where in the block the place is.

    Ask for places in ascending order.
    """
    reader = _Lines(layout)
    line, held = _FIRST, list[tuple[int, int]]()

    def block_at(place: int) -> tuple[Block, int]:
        nonlocal held, line
        if not held or place > line.end:  # a row may have thousands of cells, a place in each
            line = reader.line_at(place, line)
            held = list(reader.pieces(line))
        start, end = held[max(0, bisect_right(held, (place, len(reader.text) + 1)) - 1)]
        around = reader.tables.around(start)
        block = reader.block(line, start, end, around, Carrier.TEXT, hidden=False)
        return block, max(0, place - start)

    return block_at


class _Line(NamedTuple):
    """A line of a layout; a number that is broken behind its dash makes two lines one.

    Attributes:
        stop: Where the first of them ends; `end` is where the last does.
    """

    ordinal: int
    start: int
    stop: int
    end: int


_FIRST = _Line(0, 0, 0, 0)


class _Lines:
    """Lines of a layout, with what stands above and beside each."""

    def __init__(self, layout: Layout) -> None:
        self.text = layout.text
        self.digits = Digits(self.text)
        self.headings = sorted([span for span in layout.spans if span[2] in _HEADINGS])
        self._struck = apart(span for span in layout.spans if span[2] in STRUCK)
        self.tables = Tables(layout)
        self._above_cache: tuple[int, list[str]] = (-1, [])
        self._numbered_cache: tuple[int, int, tuple[bool, list[str]]] = (-1, -1, (False, []))
        self._searched: tuple[int, int, list[tuple[int, str]]] = (0, 0, [])

    def gated(self) -> Iterator[_Line]:
        """Lines with enough digits, each once."""
        line = _FIRST
        place = self.digits.next(0, len(self.text))
        while place >= 0:
            line = self.line_at(place, line)
            yield line
            place = self.digits.next(line.end + 1, len(self.text))

    def line_at(self, place: int, earlier: _Line) -> _Line:
        """The line of a place, counted on from an earlier one."""
        ordinal = earlier.ordinal + self.text.count("\n", earlier.start, place)
        start, stop = line_around(self.text, place)
        end = stop
        if _BROKEN.search(self.text, max(start, stop - _BREAK), stop):
            below = line_around(self.text, stop + 1)[1]
            end = below if _GOES_ON.match(self.text, stop + 1, below) else stop
        return _Line(ordinal, start, stop, end)

    def pieces(self, line: _Line) -> Iterator[tuple[int, int]]:
        """The visual blocks of a line: the whole of it, or the cells of a table row."""
        self.tables.enter(line.start, line.end)
        if not self.tables.opened:
            yield line.start, line.end
            return
        for low, high in self.tables.pieces(line.start, line.stop, line.end):
            start = low
            for match in _APART.finditer(self.text, low, high):
                yield start, match.start()
                start = match.end()
            yield start, high

    def block(
        self, line: _Line, start: int, end: int, around: list[Span], carrier: Carrier, hidden: bool
    ) -> Block:
        """The block of one piece of a line."""
        place = self.tables.place((line.start, line.stop), start, around) if around else NOWHERE
        return Block(
            text=self.text[start:end],
            path=_path(line, start),
            carrier=carrier,
            heading=self._heading(line, start),
            section=self._section(start),
            row_header=place.row_header,
            column_header=place.column_header,
            table=f"table {max(around)[0]}" if around else "",
            left=place.left,
            right=place.right,
            hidden=hidden,
            struck=parts_within(self._struck, start, end),
            before=self._before(line, start),
            after=self._after(line, end),
            below=self._below(around[0][1] if around else line.end),
        )

    def _above(self, line: _Line) -> list[str]:
        """The lines straight above a line, nearest first."""
        if self._above_cache[0] != line.start:  # a line may hold thousands of numbers
            lines = self._lines_above(line, 0, 2 * _BEFORE_LINES) if line.start else []
            self._above_cache = (line.start, lines[: -2 * _BEFORE_LINES - 1 : -1])
        return self._above_cache[1]

    def _lines_above(self, line: _Line, top: int, wanted: int) -> list[str]:
        """Text above a line down from a place: the wanted lines, behind what is above them."""
        end = max(0, line.start - 1)
        near = self.text[max(top, end - _NEAR * wanted, 0) : end]
        lines = near.rsplit("\n", wanted)
        if len(near) < _NEAR * wanted or len(lines) > wanted:
            return lines
        return self.text[max(top, line.start - _FAR, 0) : end].rsplit("\n", wanted)

    def _before(self, line: _Line, start: int) -> str:
        """Text straight above: earlier pieces of the row, then earlier lines."""
        before = self.text[max(line.start, start - _BEFORE_LENGTH) : start].strip()
        for text in self._above(line):
            if part := text[-_BEFORE_LENGTH:].strip():
                before = f"{part}\n{before}" if before else part
            if len(before) > _BEFORE_LENGTH:
                break
        return before[-_BEFORE_LENGTH:]

    def _after(self, line: _Line, end: int) -> str:
        """Text straight below: the rest of the row, then the next two lines that say something."""
        parts = [self.text[end : min(line.end, end + 2 * _AFTER_LENGTH)].strip()]
        low = line.stop + 1
        for _ in range(_BELOW):
            if low > len(self.text):
                break
            high = line_around(self.text, low)[1]
            parts.append(self.text[low : min(high, low + 2 * _AFTER_LENGTH)].strip())
            low = high + 1
        return "\n".join([part for part in parts if part][:_AFTER_LINES])[:_AFTER_LENGTH]

    def _below(self, end: int) -> str:
        """Text below a place up to the next heading, where it is near."""
        following = bisect_right(self.headings, end, key=_START)
        stop = self.headings[following][0] if following < len(self.headings) else len(self.text)
        return self.text[end : min(stop, end + _BELOW_LENGTH)].lstrip()

    def _heading(self, line: _Line, start: int) -> str:
        """Nearest heading above, by its tag or because it is a short numbered line."""
        tagged = self._tagged(start)
        limit = self.headings[tagged] if tagged >= 0 else None
        is_near, numbered = self._numbered_above(line, limit[0] if limit else -1)
        head = [self.text[limit[0] : limit[1]].strip()] if limit and is_near else []
        trail = [*head, *numbered][-2:]
        return " / ".join(trail)[:120]

    def _tagged(self, start: int) -> int:
        """Which heading is the nearest above a place; -1 for none."""
        return bisect_right(self.headings, start, key=_START) - 1

    def _section(self, start: int) -> str:
        """The heading that the nearest one stands under, if the page has such; no title."""
        tagged = self._tagged(start)
        rank = self.headings[tagged][2] if tagged > 0 else "h1"
        if rank in ("h1", "h2"):  # over which stands the title at most
            return ""
        above = reversed(self.headings[max(0, tagged - _SECTIONS) : tagged])
        over = next((h for h in above if h[2] < rank and h[2] != "dt"), None)
        return self.text[over[0] : over[1]].strip() if over and over[2] != "h1" else ""

    def _numbered_above(self, line: _Line, top: int) -> tuple[bool, list[str]]:
        """Whether a place above is near, and the two nearest numbered lines below it."""
        if top >= line.start:
            return True, []
        if self._numbered_cache[:2] != (line.start, top):
            first, *lines = self._lines_above(line, max(top, 0), _LOOK_BACK - 1)
            end = line.start - 1
            low = end - len(lines) - sum(map(len, lines))  # where the first line ends
            is_cut = len(lines) == _LOOK_BACK - 1
            is_near = not is_cut and low - len(first) == top
            last = self._numbered(low, end) if end > 0 else []
            # The first line counts, unless it is the heading itself or too far above.
            if len(last) < 2 and not (is_near or is_cut):
                last = [*_NUMBERED.findall(f"\n{first}"), *last]
            self._numbered_cache = (line.start, top, (is_near, [words.strip() for words in last]))
        return self._numbered_cache[2]

    def _numbered(self, low: int, high: int) -> list[str]:
        """The two nearest numbered lines of a stretch; what was searched before is remembered."""
        begin, stop, found = self._searched
        if not begin <= low <= stop <= high:
            begin, stop, found = low, low, []
        found += [(m.start(), m[1]) for m in _NUMBERED.finditer(self.text, stop, high)]
        self._searched = (begin, high, found)
        return [words for place, words in found[-2:] if place >= low]


def _path(line: _Line, start: int) -> str:
    inside = start - line.start
    return f"line {line.ordinal + 1}" + (f", column {inside + 1}" if inside else "")
