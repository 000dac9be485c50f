"""The fast engine: turbohtml.

It gives WHATWG trees and layout-aware text (inline joined, blocks and cells apart) at the cost of
the parse (engines.md 2; `docs/decisions/0003-reading.md`). Nothing else in the project imports it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from itertools import chain, islice
from typing import cast

import turbohtml

from pipelines.frozen import dataclass
from pipelines.markup import (
    BOILERPLATE,
    BY_USERS,
    CELLS,
    CLIMB,
    ICON_CLASSES,
    ICONS,
    IMAGE_SOURCES,
    LIST_PARTS,
    LISTS,
    MARKED,
    RARE,
    TAGS_WITH,
    Anchor,
    Image,
    Layout,
    Span,
    counts_on,
    hides,
    icon_sign,
    is_by_users,
    is_for_few,
    joined,
    may_hold_number,
    squeeze,
    with_properties,
)
from pipelines.merged_cells import REACHES, Cell, reach_of, reaching


def _any_of(names: Iterable[str]) -> str:
    """The selector of elements with any of some attributes: one search, and not one for each."""
    return f":is({','.join(f'[{name}]' for name in sorted(names))})"


_OPTIONS = turbohtml.PlainText(layout="strict", images=False)
_MARKED = {tag: [tag] for tag in MARKED}
_CELLS = {tag: [tag] for tag in CELLS}
_WHOLE = frozenset(("html", "body", "script", "style"))
#: Blocks that turbohtml 1.15 takes for inline text: what follows would be glued to them.
_TAKEN_FOR_INLINE = frozenset(("form", "center", "fieldset", "legend", "option", "dialog"))
#: Of lists turbohtml 1.15 lays out items and lists alone; what else stands in one would be lost.
_NO_ITEM = [f"{tag}:has(> :not({','.join(LIST_PARTS)}))" for tag in LISTS]
_WORDS_OF_ITS_OWN = turbohtml.XPath("boolean(text()[normalize-space()])")
# Rows are padded to the widest of their table: 100 KB may be 8,000 cells over 8,000 rows.
_MAY_BE_PADDED = 12_000_000  # rows times characters
_MAX_PADDED = 250_000  # rows times cells
_PARTS = [w for w in BY_USERS if not any(o in w for o in BY_USERS if o != w)]  # comments: comment
# A selector compares each part with each place of each value; all values cost less than two parts.
_CLASSES = turbohtml.XPath("descendant::*/@class")
_BY_CLASS = ",".join(f'[class*="{part}" i]' for part in _PARTS)
_USERS = f"[class]:is({_BY_CLASS})"
_NAMED = ",".join(f'[class*="{name}" i]' for name in ICON_CLASSES)
_ICONS = [f"{tag}[class]:is({_NAMED})" for tag in ICONS]  # by tag they are found at once
_RARE, _ANY_RARE = frozenset(RARE), _any_of(RARE)
#: What may be lifted out; tens of thousands may have an id or a style, and next to none matters.
_EITHER = f"[style],[id],noscript,[hidden],{_USERS}"


@dataclass(frozen=True, slots=True)
class TurboHtml:
    """A page read by turbohtml."""

    tree: turbohtml.Document
    visible: Layout
    hidden: tuple[Layout, ...]
    title: str
    language: str
    by_users: tuple[Layout, ...] = ()
    fallback: str = ""
    _has_data: bool = True
    _has_rare: bool = True

    def anchors(self, selector: str = "a[href]") -> Iterator[Anchor]:
        """Links in document order."""
        for element in self.tree.select(selector):
            block = element.closest("p,li,dd,td,div,section,footer,address")
            around = block.text if block is not None else element.text
            yield Anchor(element.attr("href") or "", squeeze(element.text), squeeze(around)[:400])

    def links(self) -> Iterator[tuple[str, str]]:
        """Address and text of each link, without what stands around it."""
        for element in self.tree.select("a[href]"):
            yield element.attr("href") or "", squeeze(element.text)

    def written_to(self) -> Iterator[tuple[str, str]]:
        """Address ("" where the page says none) and text of each form with a field for words."""
        for element in self.tree.select("textarea"):  # a form is a block by now: `_make_blocks`
            form = element.closest("[action]")
            if form is not None:
                yield str(form.attr("action") or ""), squeeze(form.text)

    def script_addresses(self) -> Iterator[str]:
        """Addresses of script elements, as written."""
        for element in self.tree.select("script[src]"):
            address = element.attr("src")
            if isinstance(address, str):
                yield address

    def boilerplate(self) -> str:
        """Text of footers and navigation, where the page says that it has such."""
        found = (e for e in self.tree.select(BOILERPLATE) if e.tag not in ("html", "body"))
        return joined(squeeze(element.text) for element in found)

    def scripts(self, selector: str) -> Iterator[str]:
        """Content of script elements."""
        return (element.text for element in self.tree.select(selector))

    def attributes(
        self, names: Set[str], wanted: Callable[[str], object]
    ) -> Iterator[tuple[str, str, str]]:
        """Name and wanted value of attributes, with the text of the block around their element."""
        asked = sorted(self._of_page(names))
        # Name by name costs little, and most pages have nothing that is wanted.
        holders = {element for name in asked for element in self._holders(name, wanted)}
        for element in self._ordered(asked, holders):
            block = element.closest("p,li,dd,td,div,section,footer")
            around = squeeze(block.text)[:200] if block is not None else ""
            for name in asked:
                value = element.attr(name)
                counts = counts_on(element.tag, name)
                if counts and isinstance(value, str) and wanted(value):
                    yield f"{element.tag}[{name}]", value, around

    def _of_page(self, names: Set[str]) -> Set[str]:
        """Those of some attributes that an element of the page may have."""
        told = names if self._has_rare else names - _RARE
        data = {name for name in names if name.startswith("data-")}
        if self._has_data and self.tree.select_one(_any_of(data)) is not None:
            return told
        return told - data

    def _holders(self, name: str, wanted: Callable[[str], object]) -> Iterator[turbohtml.Element]:
        """Elements with a wanted value of one attribute."""
        elements = [e for selector in _with(name) for e in self.tree.select(selector)]
        return _holding(elements, name, wanted)

    def _ordered(
        self, names: Iterable[str], elements: Set[turbohtml.Element]
    ) -> list[turbohtml.Element]:
        """Elements that have one of some attributes, in document order."""
        if not elements:
            return []
        every = self.tree.select(",".join(chain.from_iterable(map(_with, names))))
        return [element for element in every if element in elements]

    def pictures(self, limit: int) -> Iterator[Image]:
        """The first images of the page, in document order."""
        for element in islice(self.tree.select("img"), limit):
            attr = element.attr
            sources = [attr(name) or "" for name in IMAGE_SOURCES]
            yield Image(
                source=next((s for s in sources if s and not s.startswith("data:")), ""),
                words=squeeze(f"{attr('alt') or ''} {attr('title') or ''}"),
                around=partial(_around, element),
                width=attr("width") or "",
                height=attr("height") or "",
            )

    def items(self, selector: str) -> Iterator[tuple[str, str]]:
        """`content` attribute (or text) of elements, with the text of the item they belong to."""
        for element in self.tree.select(selector):
            scope = element.closest("[itemscope]")
            around = squeeze(scope.text)[:200] if scope is not None else ""
            yield element.attr("content") or squeeze(element.text), around

    def properties(self, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        """The same of elements that microdata call by one of some names."""
        return self.items(with_properties(names)) if self._has_rare else iter(())


def _with(name: str) -> list[str]:
    """Selectors of the elements with an attribute; those of one tag are found at once."""
    return [f"{tag}[{name}]" for tag in TAGS_WITH.get(name, ("",))]


def _holding(
    elements: Sequence[turbohtml.Element], name: str, wanted: Callable[[str], object]
) -> Iterator[turbohtml.Element]:
    """Those with a wanted value of an attribute; all values are asked at once first."""
    values = [element.attr(name) or "" for element in elements]
    if values and wanted("\n".join(values)):
        yield from (e for e, value in zip(elements, values, strict=True) if wanted(value))


def read_fast(markup: str) -> TurboHtml:
    """Parses markup as browsers do.

    Raises:
        ValueError: A table is so wide and so long that its columns would fill the memory.
    """
    tree = turbohtml.parse(markup, positions=False)
    _refuse_padded(tree, len(markup))
    title = tree.select_one("title")
    root = tree.root
    language = root.attr("lang") if root is not None else ""
    has_rare = tree.select_one(_ANY_RARE) is not None
    classes = "\n".join(set(cast("list[str]", _CLASSES(tree)))).lower()
    if any(name in classes for name in ICON_CLASSES):
        _show_icons(tree)
    _make_blocks(tree)
    hidden, users = _taken(tree, may_be_by_users=any(part in classes for part in _PARTS))
    text, spans = tree.to_annotated_text(_MARKED, _OPTIONS)
    return TurboHtml(
        tree,
        Layout(text, tuple(spans), partial(_cells, tree), partial(_reaching, tree)),
        hidden,
        squeeze(title.text) if title else "",
        language if isinstance(language, str) else "",
        users,
        _has_data="data-" in markup,  # younger than tags in capitals
        _has_rare=has_rare,
    )


def _refuse_padded(tree: turbohtml.Document, length: int) -> None:
    """Refuses tables whose rows the engine would pad to the width of the widest."""
    rows = tree.select("tr")
    if len(rows) * length < _MAY_BE_PADDED or len(rows) * _cells_in(tree) <= _MAX_PADDED:
        return  # as of nearly every page
    tables: dict[turbohtml.Element | None, tuple[int, int]] = {}
    for row in rows:
        count, widest = tables.get(table := row.closest("table"), (0, 0))
        tables[table] = (count + 1, max(widest, sum(map(_is_cell, row.children))))
    for count, widest in tables.values():
        if count * widest > _MAX_PADDED:
            raise ValueError(f"a table of {count} rows, the widest of {widest} cells")


def _cells_in(tree: turbohtml.Document) -> int:
    return len(tree.select("td")) + len(tree.select("th"))


def _is_cell(node: turbohtml.Node) -> bool:
    return isinstance(node, turbohtml.Element) and node.tag in _CELLS


def _cells(tree: turbohtml.Document) -> Sequence[Span]:
    return tree.to_annotated_text(_CELLS, _OPTIONS)[1]


def _reaching(tree: turbohtml.Document) -> Mapping[int, tuple[Span, ...]]:
    """Cells that reach into rows below; none where the text does not have each cell as its own."""
    if tree.select_one("td[rowspan],th[rowspan]") is None:
        return {}
    elements, spans = tree.select("td,th"), _cells(tree)
    if len(elements) != len(spans):
        return {}
    return reaching(
        Cell(e.closest("table"), e.parent, span, *(reach_of(e.attr(n)) for n in REACHES))
        for e, span in zip(elements, spans, strict=True)
    )


def _show_icons(tree: turbohtml.Document) -> None:
    """Writes a sign where an icon of a telephone or fax is drawn."""
    for element in chain.from_iterable(map(tree.select, _ICONS)):
        if sign := icon_sign(str(element.attr("class")), element.text):
            element.text = sign


def _make_blocks(tree: turbohtml.Document) -> None:
    """Makes blocks of what would be taken for inline text, or be left out of it."""
    lists = chain.from_iterable(map(tree.select, LISTS))
    others = chain.from_iterable(map(tree.select, chain(_TAKEN_FOR_INLINE, _NO_ITEM)))
    for element in [*others, *filter(_has_words_of_its_own, lists)]:
        element.tag = "div"
    for caption in tree.select("caption"):
        if (table := caption.closest("table")) is not None:
            table.insert_before(caption)
        caption.tag = "div"


def _has_words_of_its_own(element: turbohtml.Element) -> bool:
    return bool(_WORDS_OF_ITS_OWN(element))


def _taken(
    tree: turbohtml.Document, *, may_be_by_users: bool
) -> tuple[tuple[Layout, ...], tuple[Layout, ...]]:
    """Lifts what is hidden and what visitors wrote out of the tree: the rest is the page's word.

    Args:
        may_be_by_users: Some class says so.
    """
    told = _to_lift(tree, may_be_by_users=may_be_by_users)
    found = [element for element in told if element.tag not in _WHOLE]
    gone: set[turbohtml.Element] = set()
    hidden = tuple(_lifted(filter(_is_hidden, found), gone))
    users = (e for e in found if e.tag != "main" and is_by_users(_called(e)))
    return hidden, tuple(_lifted(users, gone))


def _to_lift(tree: turbohtml.Document, *, may_be_by_users: bool) -> list[turbohtml.Element]:
    """What may have to be lifted out, in document order."""
    styled = [e for e in tree.select("[style]") if hides(e.attr("style") or "")]
    named = list(_holding(tree.select("[id]"), "id", is_by_users))
    selectors = ("noscript", "[hidden]", *[_USERS] * may_be_by_users)
    found = [group for group in (styled, named, *map(tree.select, selectors)) if group]
    if len(found) < 2:
        return found[0] if found else []
    wanted = set(chain.from_iterable(found))
    return [element for element in tree.select(_EITHER) if element in wanted]


def _lifted(
    elements: Iterable[turbohtml.Element], gone: set[turbohtml.Element]
) -> Iterator[Layout]:
    """Takes elements out of the tree, those in others with them; gives their text."""
    for element in elements:
        if element in gone:
            continue
        gone.update(element.select(_EITHER))
        if may_hold_number(element.text):
            text, spans = element.to_annotated_text(_MARKED, _OPTIONS)
            _, cells = element.to_annotated_text(_CELLS, _OPTIONS)
            yield Layout(text, tuple(spans), partial(tuple, cells))
        element.decompose()


def _called(element: turbohtml.Element) -> str:
    return f"{element.attr('class') or ''} {element.attr('id') or ''}"


def _is_hidden(element: turbohtml.Element) -> bool:
    if element.tag == "noscript":
        return is_for_few(element.text)
    return element.attr("hidden") is not None or hides(element.attr("style") or "")


def _around(element: turbohtml.Element) -> str:
    """Text of the nearest ancestor that has any: a cell may hold the image and nothing else."""
    for above in islice(element.ancestors, CLIMB):
        if not isinstance(above, turbohtml.Element) or above.tag == "body":
            break
        if text := squeeze(above.text):
            return text
    return ""
