"""The fast engine: turbohtml.

It gives WHATWG trees and layout-aware text (inline joined, blocks and cells apart) at the cost of
the parse (engines.md 2; `docs/decisions/0003-reading.md`). Nothing else in the project imports it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import islice

import turbohtml

from pipelines.markup import (
    BOILERPLATE,
    BY_USERS,
    CLIMB,
    IMAGE_SOURCES,
    MARKED,
    MAY_HIDE,
    Anchor,
    Image,
    Layout,
    hides,
    is_by_users,
    is_for_few,
    joined,
    squeeze,
)

_OPTIONS = turbohtml.PlainText(layout="strict", images=False)
_MARKED = {tag: [tag] for tag in MARKED}
#: Blocks that turbohtml 1.15 takes for inline text: what follows would be glued to them.
_TAKEN_FOR_INLINE = frozenset(("form", "center", "fieldset", "legend", "option", "dialog"))
_USERS = ",".join(f'[class*="{word}" i],[id*="{word}" i]' for word in BY_USERS)
_TO_MEND = ",".join((MAY_HIDE, *sorted(_TAKEN_FOR_INLINE)))


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

    def scripts(self, selector: str) -> Iterator[tuple[str, str]]:
        """Id and content of script elements."""
        for element in self.tree.select(selector):
            yield element.attr("id") or "", element.text

    def attributes(
        self, names: Collection[str], wanted: Callable[[str], object]
    ) -> Iterator[tuple[str, str, str]]:
        """Name and wanted value of attributes, with the text of the block around their element."""
        selector = ",".join(f"[{name}]" for name in sorted(names))
        for element in self.tree.select(selector):
            for name, value in element.attrs.items():
                if name in names and isinstance(value, str) and wanted(value):
                    block = element.closest("p,li,dd,td,div,section,footer")
                    around = squeeze(block.text)[:200] if block is not None else ""
                    yield f"{element.tag}[{name}]", value, around

    def pictures(self, limit: int) -> Iterator[Image]:
        """The first images of the page, in document order."""
        for element in islice(self.tree.select("img"), limit):
            sources = (element.attr(name) or "" for name in IMAGE_SOURCES)
            yield Image(
                source=next((s for s in sources if s and not s.startswith("data:")), ""),
                words=squeeze(f"{element.attr('alt') or ''} {element.attr('title') or ''}"),
                around=_around(element),
                width=element.attr("width") or "",
                height=element.attr("height") or "",
            )

    def items(self, selector: str) -> Iterator[tuple[str, str]]:
        """`content` attribute (or text) of elements, with the text of the item they belong to."""
        for element in self.tree.select(selector):
            scope = element.closest("[itemscope]")
            around = squeeze(scope.text)[:200] if scope is not None else ""
            yield element.attr("content") or squeeze(element.text), around


def read_fast(markup: str) -> TurboHtml:
    """Parses markup as browsers do."""
    tree = turbohtml.parse(markup, positions=False)
    title = tree.select_one("title")
    root = tree.select_one("html")
    language = root.attr("lang") if root is not None else ""
    hidden = tuple(_take_hidden(tree))
    users = tuple(_take_users(tree))
    text, spans = tree.to_annotated_text(_MARKED, _OPTIONS)
    return TurboHtml(
        tree,
        Layout(text, tuple(spans)),
        hidden,
        squeeze(title.text) if title else "",
        language if isinstance(language, str) else "",
        users,
    )


def _take_hidden(tree: turbohtml.Document) -> Iterator[Layout]:
    """Lifts hidden elements out of the tree, so that the visible text is what is seen.

    On the way, as one search is cheaper than two, it makes blocks of what is taken for inline.
    """
    for element in tree.select(_TO_MEND):
        if element.tag in _TAKEN_FOR_INLINE:
            element.tag = "div"
        if element.tag in ("html", "body", "script", "style") or not _is_hidden(element):
            continue
        text, spans = element.to_annotated_text(_MARKED, _OPTIONS)
        if text.strip():
            yield Layout(text, tuple(spans))
        element.decompose()


def _take_users(tree: turbohtml.Document) -> Iterator[Layout]:
    """Lifts what visitors wrote out of the tree."""
    for element in tree.select(_USERS):
        called = f"{element.attr('class') or ''} {element.attr('id') or ''}"
        if element.tag in ("html", "body", "main") or not is_by_users(called):
            continue
        text, spans = element.to_annotated_text(_MARKED, _OPTIONS)
        if text.strip():
            yield Layout(text, tuple(spans))
        element.decompose()


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
