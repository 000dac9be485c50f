"""What a reader of HTML gives, whichever engine reads: layout text, links, scripts, pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
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


#: domain.md S10, by the words of class and id: what visitors write below a page of the brand.
BY_USERS = ("comment", "comments", "commentlist", "bbs", "forum", "ugc", "guestbook", "reply")
#: What all pages of a site share. A class name is where most sites say so.
BOILERPLATE = (
    'footer,nav,[role="contentinfo" i],[class*="footer" i],[id*="footer" i],[class*="copyright" i]'
)
BOILERPLATE_LENGTH = 20_000  # characters; nested footers repeat their text


class Html(Protocol):
    """A parsed page; its tree stays inside the engine.

    Attributes:
        hidden: Elements that a reader does not see, each apart.
        by_users: What visitors wrote, each apart: it is never the brand's word.
        fallback: Why the fast engine did not read this page; "" if it did.
    """

    @property
    def visible(self) -> Layout: ...
    @property
    def hidden(self) -> tuple[Layout, ...]: ...
    @property
    def by_users(self) -> tuple[Layout, ...]: ...
    @property
    def title(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def fallback(self) -> str: ...

    def anchors(self, selector: str = "a[href]") -> Iterator[Anchor]:
        """Links in document order."""

    def links(self) -> Iterator[tuple[str, str]]:
        """Address and text of each link, without what stands around it."""

    def scripts(self, selector: str) -> Iterator[tuple[str, str]]:
        """Id and content of script elements."""

    def script_addresses(self) -> Iterator[str]:
        """Addresses of script elements, as written."""

    def boilerplate(self) -> str:
        """Text of footers and navigation, where the page says that it has such."""

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


def is_by_users(called: str) -> bool:
    """Whether the class and id of an element say that visitors wrote it.

    >>> is_by_users("comment-list"), is_by_users("commentary")
    (True, False)
    """
    return any(word in BY_USERS for word in re.split(r"[\s_-]+", called.lower()))


def joined(texts: Iterable[str]) -> str:
    """Texts of boilerplate, up to a length: they may be nested as deep as a page likes."""
    found: list[str] = []
    for text in texts:
        found.append(text)
        if sum(map(len, found)) > BOILERPLATE_LENGTH:
            break
    return " ".join(found)


def squeeze(text: str) -> str:
    """Text with every run of white space as one space."""
    return " ".join(text.split())
