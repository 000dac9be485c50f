"""The independent and tolerant engine: BeautifulSoup on html.parser.

Slower by a factor of twenty and built on nothing that turbohtml is built on. Every walk is
iterative and every text around a link is bounded, so nesting and size cost linear time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from pipelines.markup import (
    BOILERPLATE,
    CLIMB,
    ICONS,
    IMAGE_SOURCES,
    Anchor,
    Image,
    Layout,
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
from pipelines.soup_text import UNSEEN, layout_of
from pipelines.soup_tree import tree_of

_AROUND = ("p", "li", "dd", "td", "div", "section", "footer", "address")
_BOUND = 400  # nodes below an element that are asked for text
_FEW = 20  # the same, once many elements were asked
_MANY = 2000
_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class SoupHtml:
    """A page read by BeautifulSoup."""

    tree: BeautifulSoup
    visible: Layout
    hidden: tuple[Layout, ...]
    title: str
    language: str
    by_users: tuple[Layout, ...]
    fallback: str
    _blocks: dict[int, Tag | None] = field(default_factory=dict)
    _texts: dict[int, str] = field(default_factory=dict)

    def anchors(self, selector: str = "a[href]") -> Iterator[Anchor]:
        """Links in document order."""
        for element in self.tree.select(selector):
            block = self._block(element) or element
            yield Anchor(_value(element, "href"), self._text(element), self._text(block)[:400])

    def links(self) -> Iterator[tuple[str, str]]:
        """Address and text of each link, without what stands around it."""
        for element in self.tree.select("a[href]"):
            yield _value(element, "href"), self._text(element)

    def written_to(self) -> Iterator[tuple[str, str]]:
        """Address ("" where the page says none) and text of each form with a field for words."""
        for element in self.tree.select("textarea"):
            form = next((e for e in _upwards(element) if "action" in e.attrs), None)
            if form is not None:
                yield _value(form, "action"), self._text(form)

    def script_addresses(self) -> Iterator[str]:
        """Addresses of script elements, as written."""
        for element in self.tree.select("script[src]"):
            yield _value(element, "src")

    def boilerplate(self) -> str:
        """Text of footers and navigation, where the page says that it has such."""
        found = (e for e in self.tree.select(BOILERPLATE) if e.name not in ("html", "body"))
        return joined(self._text(element) for element in found)

    def scripts(self, selector: str) -> Iterator[str]:
        """Content of script elements."""
        for element in self.tree.select(selector):
            yield "".join(map(str, element.contents))

    def attributes(
        self, names: Set[str], wanted: Callable[[str], object]
    ) -> Iterator[tuple[str, str, str]]:
        """Name and wanted value of attributes, with the text of the block around their element."""
        for element in self.tree.find_all(True):
            for name in sorted(names & element.attrs.keys()):
                value = element.attrs[name]
                counts = counts_on(element.name, name)
                if counts and isinstance(value, str) and wanted(value):
                    block = self._block(element)
                    around = self._text(block)[:200] if block is not None else ""
                    yield f"{element.name}[{name}]", value, around

    def pictures(self, limit: int) -> Iterator[Image]:
        """The first images of the page, in document order."""
        for element in self.tree.find_all("img", limit=limit):
            sources = (_value(element, name) for name in IMAGE_SOURCES)
            yield Image(
                source=next((s for s in sources if s and not s.startswith("data:")), ""),
                words=squeeze(f"{_value(element, 'alt')} {_value(element, 'title')}"),
                around=partial(self._beside, element),
                width=_value(element, "width"),
                height=_value(element, "height"),
            )

    def items(self, selector: str) -> Iterator[tuple[str, str]]:
        """`content` attribute (or text) of elements, with the text of the item they belong to."""
        for element in self.tree.select(selector):
            scope = next((e for e in _upwards(element) if "itemscope" in e.attrs), None)
            around = self._text(scope)[:200] if scope is not None else ""
            yield _value(element, "content") or self._text(element), around

    def properties(self, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        """The same of elements that microdata call by one of some names."""
        return self.items(with_properties(names))

    def _block(self, element: Tag) -> Tag | None:
        """The closest block; remembered for all elements on the way, so depth is paid once."""
        passed: list[Tag] = []
        found: Tag | None = None
        for above in _upwards(element, limit=None):
            if id(above) in self._blocks:
                found = self._blocks[id(above)]
                break
            passed.append(above)
            if above.name in _AROUND:
                found = above
                break
        self._blocks.update((id(tag), found) for tag in passed)
        return found

    def _text(self, element: Tag) -> str:
        """The beginning of an element's text."""
        if id(element) not in self._texts:
            bound = _BOUND if len(self._texts) < _MANY else _FEW
            self._texts[id(element)] = _beginning(element, bound)
        return self._texts[id(element)]

    def _beside(self, element: Tag) -> str:
        """Text of the nearest ancestor that has any: a cell may hold the image and nothing else."""
        for above in islice(element.parents, CLIMB):
            if above.name in ("body", self.tree.name):
                break
            if text := self._text(above):
                return text
        return ""


def read_soup(markup: str, fallback: str = "") -> SoupHtml:
    """Parses markup with BeautifulSoup; never raises on markup, however broken."""
    tree = tree_of(markup)
    title, root = tree.select_one("title"), tree.select_one("html")
    _show_icons(tree)
    hidden = tuple(_take(tree, _is_hidden))
    users = tuple(_take(tree, _is_by_users))
    return SoupHtml(
        tree,
        layout_of(tree),
        hidden,
        _beginning(title) if title else "",
        _value(root, "lang") if root else "",
        users,
        fallback,
    )


def _show_icons(tree: BeautifulSoup) -> None:
    """Writes a sign where an icon of a telephone or fax is drawn."""
    for element in tree.find_all(ICONS, class_=True):
        if sign := icon_sign(_value(element, "class"), _beginning(element)):
            element.string = sign


def _take(tree: BeautifulSoup, wanted: Callable[[Tag], bool]) -> Iterator[Layout]:
    """Lifts elements out of the tree, so that what is left is what the brand shows."""
    for element in _outermost(tree, wanted):
        layout = layout_of(element)
        if may_hold_number(layout.text):
            yield layout
        element.extract()


def _outermost(tree: BeautifulSoup, wanted: Callable[[Tag], bool]) -> list[Tag]:
    found: list[Tag] = []
    node: PageElement | None = tree.contents[0] if tree.contents else None
    while node is not None:
        if isinstance(node, Tag) and wanted(node):
            found.append(node)
            node = _after(node)
        else:
            node = node.next_element
    return found


def _after(element: Tag) -> PageElement | None:
    """What follows an element and all it holds."""
    above: Tag | None = element
    while above is not None and above.next_sibling is None:
        above = above.parent
    return above.next_sibling if above is not None else None


def _is_hidden(element: Tag) -> bool:
    if element.name in ("html", "body", "script", "style"):
        return False
    if element.name == "noscript":
        return is_for_few(_beginning(element))
    return "hidden" in element.attrs or hides(_value(element, "style"))


def _is_by_users(element: Tag) -> bool:
    if element.name in ("html", "body", "main"):
        return False
    classes = element.get("class") or ""
    called = " ".join(classes) if isinstance(classes, list) else str(classes)
    return is_by_users(f"{called} {_value(element, 'id')}")


def _value(element: Tag, name: str) -> str:
    value = element.get(name)
    return value if isinstance(value, str) else ""


def _upwards(element: Tag, limit: int | None = 200) -> Iterator[Tag]:
    yield element
    yield from islice(element.parents, limit)


def _beginning(element: Tag, bound: int = _BOUND) -> str:
    """The text of an element, up to a bound on nodes and length."""
    parts: list[str] = []
    length = 0
    waiting: list[PageElement] = [element]
    while waiting and bound and length <= _LENGTH:
        bound -= 1
        node = waiting.pop()
        if isinstance(node, Tag):
            if node is element or node.name not in UNSEEN:
                waiting.extend(reversed(node.contents))
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            parts.append(node)
            length += len(node)
    return squeeze("".join(parts)[: 2 * _LENGTH])
