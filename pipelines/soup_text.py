"""Layout text of a BeautifulSoup tree: inline joined; blocks, rows, cells and `<br>` apart.

The conventions are those of turbohtml's strict layout: a row is a line, cells stand two spaces
apart, whatever is inside a cell is one line, white space is collapsed (never U+00A0 or U+3000).
"""

from __future__ import annotations

import re
from functools import partial

from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from pipelines.markup import CELLS, LIST_PARTS, LISTS, MARKED, Layout, Span
from pipelines.merged_cells import REACHES, Cell, reach_of, reaching

#: Elements whose text is not part of the page.
UNSEEN = frozenset(
    (
        "script",
        "style",
        "template",
        "title",
        "noembed",
        "noframes",
        "datalist",
        "rp",
        "meta",
        "link",
    )
)
_BLOCK_TAGS = """
    address article aside blockquote body caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main
    menu nav noscript ol optgroup option p plaintext pre search section summary table ul xmp
"""
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_KEPT = frozenset(("pre", "listing", "xmp", "plaintext"))
_CELLS = frozenset(("td", "th"))
_SPACE = re.compile(r"[ \t\n\r\f]+")
_RANK = {"": 0, " ": 1, "  ": 2, "\n": 3, "\n\n": 4}


def layout_of(root: Tag) -> Layout:
    """The text of an element and the places of its headings, cells and tables."""
    writer = _Writer()
    node: PageElement | None = root
    while node is not None:
        if isinstance(node, Tag):
            writer.enter(node)
            below = node.contents[0] if node.contents and node.name not in UNSEEN else None
            if below is not None:
                node = below
                continue
            writer.leave(node)
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            writer.write(node)
        node = _next(node, root, writer)
    spans = sorted(writer.spans)
    cells = [span for span in spans if span[2] in CELLS]
    others = tuple(span for span in spans if span[2] not in CELLS)
    merged = partial(reaching, sorted(writer.cells, key=lambda cell: cell.span[0]))
    return Layout("".join(writer.parts), others, partial(tuple, cells), merged)


def _next(node: PageElement, root: Tag, writer: _Writer) -> PageElement | None:
    """What follows a node that is done; leaves the elements that end there."""
    here: PageElement | None = node
    while here is not None and here is not root:
        if here.next_sibling is not None:
            return here.next_sibling
        here = here.parent
        if isinstance(here, Tag):
            writer.leave(here)
    return None


class _Writer:
    """Text written so far, and the gap that is due before more of it."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.spans: list[Span] = []
        self.cells: list[Cell] = []
        self._length = 0
        self._gap = ""
        self._cells = 0
        self._kept = 0
        self._open: list[tuple[Tag, int]] = []  # marked elements, with the place they start from
        self._starts: dict[int, int] = {}  # end of the text, and where what followed begins
        self._counts: dict[int, int] = {}  # items of ordered lists
        self._blocks: dict[int, bool] = {}  # lists that are more than their items

    def enter(self, tag: Tag) -> None:
        """The start of an element."""
        name = tag.name
        if name == "br":
            self._break()
        self._apart(name)
        if (name in MARKED or name in CELLS) and not self._cells:
            self._open.append((tag, self._length))
        if name == "li":
            self._bullet(tag)
        self._cells += name in _CELLS
        self._kept += name in _KEPT

    def leave(self, tag: Tag) -> None:
        """The end of an element."""
        name = tag.name
        self._cells -= name in _CELLS
        self._kept -= name in _KEPT
        if self._open and self._open[-1][0] is tag:
            self._close(name)
        if name == "caption":
            self._begin_table_here()
        self._apart(name)

    def write(self, text: str) -> None:
        """Text of a node, collapsed as a browser does."""
        if self._kept and not self._cells:
            self._write_kept(text)
            return
        flat = _SPACE.sub(" ", text)
        words = flat.strip(" ")
        if flat.startswith(" "):
            self._due(" ")
        if words:
            self._put(words)
            if flat.endswith(" "):
                self._due(" ")

    def _write_kept(self, text: str) -> None:
        for index, line in enumerate(text.replace("\r\n", "\n").split("\n")):
            if index:
                self._break()
            if line:
                self._put(line)

    def _put(self, words: str) -> None:
        gap = self._gap if self._length else ""
        self.parts += (gap, words)
        self._starts[self._length] = self._length + len(gap)
        self._length += len(gap) + len(words)
        self._gap = ""

    def _close(self, name: str) -> None:
        tag, begun = self._open.pop()
        if self._length > begun:
            span = (self._starts[begun], self._length, name)
            self.spans.append(span)
            if name in CELLS:
                down, across = (reach_of(str(tag.get(reach) or "")) for reach in REACHES)
                table = tag.find_parent("table")
                self.cells.append(Cell(id(table), id(tag.parent), span, down, across))

    def _begin_table_here(self) -> None:
        """A caption is no row: the table begins behind it."""
        tag, begun = self._open[-1] if self._open else (None, 0)
        if tag is not None and tag.name == "table" and not self._has_cells(begun):
            self._open[-1] = (tag, self._length)

    def _has_cells(self, begun: int) -> bool:
        return bool(self.spans) and self.spans[-1][0] >= begun

    def _apart(self, name: str) -> None:
        """The gap at the start and the end of an element."""
        if name in _BLOCKS:
            self._part("\n\n")
        elif name == "tr":
            self._part("\n")
        elif name in _CELLS:
            self._part("  ")

    def _break(self) -> None:
        self._due(" " if self._cells else "\n\n" if self._gap == "\n" else "\n")

    def _part(self, gap: str) -> None:
        self._due("  " if self._cells else gap)

    def _due(self, gap: str) -> None:
        if _RANK[gap] > _RANK[self._gap]:
            self._gap = gap

    def _is_block(self, above: Tag) -> bool:
        """A list with more in it than items is read as a block, here and by the fast reader."""
        if id(above) not in self._blocks:
            self._blocks[id(above)] = not all(map(_is_item, above.children))
        return self._blocks[id(above)]

    def _bullet(self, tag: Tag) -> None:
        above = tag.parent
        if above is None or above.name not in LISTS or self._is_block(above):
            return
        if above.name != "ol":
            self._put("*")
            self._due(" ")
            return
        self._counts[id(above)] = count = self._counts.get(id(above), 0) + 1
        self._put(f"{count}.")
        self._due(" ")


def _is_item(child: PageElement) -> bool:
    if isinstance(child, Tag):
        return child.name in LIST_PARTS
    is_text = isinstance(child, NavigableString) and not isinstance(child, PreformattedString)
    return not is_text or not str(child).strip(" \t\r\n")  # as normalize-space() of XPath has it
