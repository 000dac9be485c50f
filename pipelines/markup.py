"""What a reader of HTML gives, whichever engine reads: layout text, links, scripts, pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

Span = tuple[int, int, str]
#: Elements whose place in the text is marked.
MARKED = ("h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "table", "dt")
#: Attributes that name the file of an image; lazy loaders leave a placeholder in src.
IMAGE_SOURCES = ("data-original", "data-src", "src")
CLIMB = 4  # ancestors of an image that are asked for text
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:\.0*)?(?:[a-z%]+)?\s*(?:;|!|$)",
    re.I,
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


class Html(Protocol):
    """A parsed page; its tree stays inside the engine.

    Attributes:
        hidden: Elements that a reader does not see, each apart.
        fallback: Why the fast engine did not read this page; "" if it did.
    """

    @property
    def visible(self) -> Layout: ...
    @property
    def hidden(self) -> tuple[Layout, ...]: ...
    @property
    def title(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def fallback(self) -> str: ...

    def anchors(self, selector: str = "a[href]") -> Iterator[Anchor]:
        """Links in document order."""

    def scripts(self, selector: str) -> Iterator[tuple[str, str]]:
        """Id and content of script elements."""

    def attributes(
        self, names: Collection[str], wanted: Callable[[str], object]
    ) -> Iterator[tuple[str, str, str]]:
        """Name and wanted value of attributes, with the text of the block around their element."""

    def pictures(self, limit: int) -> Iterator[Image]:
        """The first images of the page, in document order."""

    def items(self, selector: str) -> Iterator[tuple[str, str]]:
        """`content` attribute (or text) of elements, with the text of the item they belong to."""


def hides(style: str) -> bool:
    """Whether a style attribute keeps its element from being seen.

    >>> hides("color:red; display : none"), hides("font-size:0.8em")
    (True, False)
    """
    return bool(_HIDING.search(style))


def squeeze(text: str) -> str:
    """Text with every run of white space as one space."""
    return " ".join(text.split())
