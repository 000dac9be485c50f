"""The HTML engine, behind one function: markup in, layout text with marked spans out.

turbohtml gives WHATWG trees and layout-aware text (inline joined, blocks and cells apart) at
the cost of the parse (engines.md 2; `docs/decisions/0003-reading.md`). Nothing else in the
project imports it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import islice

import turbohtml

Span = tuple[int, int, str]
_OPTIONS = turbohtml.PlainText(layout="strict", images=False)
_MARKED = {tag: [tag] for tag in ("h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "table", "dt")}
_SOURCES = ("data-original", "data-src", "src")  # lazy loaders leave a placeholder in src
_CLIMB = 4  # ancestors of an image that are asked for text
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:\.0*)?(?:[a-z%]+)?\s*(?:;|!|$)",
    re.I,
)
_MAY_HIDE = '[hidden],[style*="display" i],[style*="visibility" i],[style*="font-size" i]'

# domain.md S10, by the words of class and id: what visitors write below a page of the brand.
_BY_USERS = ("comment", "comments", "commentlist", "bbs", "forum", "ugc", "guestbook", "reply")
_USERS = ",".join(f'[class*="{word}" i],[id*="{word}" i]' for word in _BY_USERS)
# What all pages of a site share. A class name is where most sites say so.
_BOILERPLATE_LENGTH = 20_000
_BOILERPLATE = (
    'footer,nav,[role="contentinfo" i],[class*="footer" i],[id*="footer" i],[class*="copyright" i]'
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Text as a reader sees it: a line per block or table row, with marked spans."""

    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link as written, with its text."""

    href: str
    text: str
    around: str  # text of the closest block that holds it


@dataclass(frozen=True, slots=True)
class Image:
    """An image as written, with the text around it."""

    source: str
    words: str  # alternative text and title
    around: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class Html:
    """A parsed page; the tree stays inside this module."""

    tree: turbohtml.Document
    visible: Layout
    hidden: tuple[Layout, ...]
    title: str
    language: str
    by_users: tuple[Layout, ...] = ()

    def anchors(self, selector: str = "a[href]") -> Iterator[Anchor]:
        """Links in document order."""
        for element in self.tree.select(selector):
            block = element.closest("p,li,dd,td,div,section,footer,address")
            around = block.text if block is not None else element.text
            yield Anchor(element.attr("href") or "", _squeeze(element.text), _squeeze(around)[:400])

    def links(self) -> Iterator[tuple[str, str]]:
        """Address and text of each link, without what stands around it."""
        for element in self.tree.select("a[href]"):
            yield element.attr("href") or "", _squeeze(element.text)

    def scripts(self, selector: str) -> Iterator[tuple[str, str]]:
        """Id and content of script elements."""
        for element in self.tree.select(selector):
            yield element.attr("id") or "", element.text

    def script_addresses(self) -> Iterator[str]:
        """Addresses of script elements, as written."""
        for element in self.tree.select("script[src]"):
            address = element.attr("src")
            if isinstance(address, str):
                yield address

    def attributes(
        self, names: Collection[str], wanted: Callable[[str], object]
    ) -> Iterator[tuple[str, str, str]]:
        """Name and wanted value of attributes, with the text of the block around their element."""
        selector = ",".join(f"[{name}]" for name in sorted(names))
        for element in self.tree.select(selector):
            for name, value in element.attrs.items():
                if name in names and isinstance(value, str) and wanted(value):
                    block = element.closest("p,li,dd,td,div,section,footer")
                    around = _squeeze(block.text)[:200] if block is not None else ""
                    yield f"{element.tag}[{name}]", value, around

    def pictures(self, limit: int) -> Iterator[Image]:
        """The first images of the page, in document order."""
        for element in islice(self.tree.select("img"), limit):
            sources = (element.attr(name) or "" for name in _SOURCES)
            yield Image(
                source=next((s for s in sources if s and not s.startswith("data:")), ""),
                words=_squeeze(f"{element.attr('alt') or ''} {element.attr('title') or ''}"),
                around=_around(element),
                width=element.attr("width") or "",
                height=element.attr("height") or "",
            )

    def boilerplate(self) -> str:
        """Text of footers and navigation, where the page says that it has such."""
        found: list[str] = []
        for element in self.tree.select(_BOILERPLATE):
            if element.tag not in ("html", "body"):
                found.append(_squeeze(element.text))
            # They may be nested as deep as a page likes, each with the text of all within.
            if sum(map(len, found)) > _BOILERPLATE_LENGTH:
                break
        return " ".join(found)

    def items(self, selector: str) -> Iterator[tuple[str, str]]:
        """`content` attribute (or text) of elements, with the text of the item they belong to."""
        for element in self.tree.select(selector):
            scope = element.closest("[itemscope]")
            around = _squeeze(scope.text)[:200] if scope is not None else ""
            yield element.attr("content") or _squeeze(element.text), around


def read_html(markup: str) -> Html:
    """Parses markup; never raises on markup, however broken."""
    tree = turbohtml.parse(markup, positions=False)
    title = tree.select_one("title")
    root = tree.select_one("html")
    language = root.attr("lang") if root is not None else ""
    hidden = tuple(_take_hidden(tree))
    users = tuple(_take_users(tree))
    text, spans = tree.to_annotated_text(_MARKED, _OPTIONS)
    return Html(
        tree,
        Layout(text, tuple(spans)),
        hidden,
        _squeeze(title.text) if title else "",
        language if isinstance(language, str) else "",
        users,
    )


def _take_hidden(tree: turbohtml.Document) -> Iterator[Layout]:
    """Lifts hidden elements out of the tree, so that the visible text is what is seen."""
    for element in tree.select(_MAY_HIDE):
        if element.tag in ("html", "body", "script", "style") or not _is_hidden(element):
            continue
        text, spans = element.to_annotated_text(_MARKED, _OPTIONS)
        if text.strip():
            yield Layout(text, tuple(spans))
        element.decompose()


def _is_hidden(element: turbohtml.Element) -> bool:
    return element.attr("hidden") is not None or bool(_HIDING.search(element.attr("style") or ""))


def _take_users(tree: turbohtml.Document) -> Iterator[Layout]:
    """Lifts what visitors wrote out of the tree: it is never the brand's word."""
    for element in tree.select(_USERS):
        words = re.split(r"[\s_-]+", f"{element.attr('class') or ''} {element.attr('id') or ''}")
        if element.tag in ("html", "body", "main") or not {w.lower() for w in words} & {*_BY_USERS}:
            continue
        text, spans = element.to_annotated_text(_MARKED, _OPTIONS)
        if text.strip():
            yield Layout(text, tuple(spans))
        element.decompose()


def _around(element: turbohtml.Element) -> str:
    """Text of the nearest ancestor that has any: a cell may hold the image and nothing else."""
    for above in islice(element.ancestors, _CLIMB):
        if not isinstance(above, turbohtml.Element) or above.tag == "body":
            break
        if text := _squeeze(above.text):
            return text
    return ""


def _squeeze(text: str) -> str:
    return " ".join(text.split())
