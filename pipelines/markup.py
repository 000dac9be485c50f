"""What a reader of HTML gives, whichever engine reads: layout text, links, scripts, pictures."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import field
from functools import lru_cache
from itertools import islice, takewhile
from operator import itemgetter
from typing import NamedTuple, Protocol

from pipelines.frozen import dataclass

Span = tuple[int, int, str]
#: Text that is struck out: no longer so (HTML standard, 4.5.5 and 4.7.2).
STRUCK = ("s", "del", "strike")
#: Elements whose place in the text is marked.
MARKED = ("h1", "h2", "h3", "h4", "h5", "h6", "table", "dt", *STRUCK)
#: The same, of which a page may have thousands, and only one with a number in a table is asked.
CELLS = ("td", "th")
#: Attributes that name the file of an image; lazy loaders leave a placeholder in src.
IMAGE_SOURCES = ("data-original", "data-src", "src")
_FEWEST_DIGITS = 5
_SHORTEST = 3
_DIGITS = re.compile(r"\d")
CLIMB = 4  # ancestors of an image that are asked for text
_ZERO = r"0(?:\.0*)?(?:[a-z%]+)?\s*(?:;|!|$)"
_HIDING = re.compile(
    rf"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*{_ZERO}"
    # Moved out of the window. Less is how blocks are centred; a text is indented by far less.
    r"|(?:left|right|top|bottom)\s*:\s*-(?:\d{4,}|\d{2,}\s*r?em)|text-indent\s*:\s*-\d{3,}"
    r"|clip\s*:\s*rect\(\s*[01]|clip-path\s*:\s*inset\(\s*(?:50|100)%",
    re.I,
)
_NO_COLOUR = re.compile(
    r"(?<![-\w])color\s*:\s*(?:transparent|rgba\([^)]*,\s*0(?:\.0*)?\s*\))", re.I
)
_NO_OPACITY = re.compile(rf"(?<![-\w])opacity\s*:\s*{_ZERO}", re.I)
_NO_HEIGHT = re.compile(rf"(?<![-\w])(?:max-)?height\s*:\s*{_ZERO}", re.I)
_CUT_OFF = re.compile(r"overflow\s*:\s*hidden", re.I)
_COLOUR = re.compile(r"(?<![-\w])(background(?:-color)?|color)\s*:\s*([^;!]+)", re.I)
_WHITE_AND_BLACK = {"white": "#ffffff", "black": "#000000"}
_COMES_IN = re.compile(r"transform|transition|animation|will-change", re.I)
_CUT_OUT = re.compile(r"background-clip\s*:\s*text", re.I)


@dataclass(frozen=True, slots=True)
class Layout:
    """Text as a reader sees it: a line per block or table row, with marked spans.

    Attributes:
        cells: Gives the spans of table cells.
        reaching: Gives the cells of rows above that reach into a row (`merged_cells.reaching`).
    """

    text: str
    spans: tuple[Span, ...]
    cells: Callable[[], Sequence[Span]] = field(default=tuple, compare=False)
    reaching: Callable[[], Mapping[int, tuple[Span, ...]]] = field(default=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link as written, with its text."""

    href: str
    text: str
    around: str  # text of the closest block that holds it


def apart(spans: Iterable[Span]) -> list[tuple[int, int]]:
    """What spans cover, in order, each place once: one may hold another."""
    covered: list[tuple[int, int]] = []
    for low, high, _ in sorted(spans):
        if covered and low <= covered[-1][1]:
            covered[-1] = (covered[-1][0], max(high, covered[-1][1]))
        else:
            covered.append((low, high))
    return covered


def parts_within(
    covered: Sequence[tuple[int, int]], start: int, end: int
) -> tuple[tuple[int, int], ...]:
    """The parts of `text[start:end]` that `apart` tells of, counted from its start."""
    first = bisect_right(covered, start, key=itemgetter(1))
    held = takewhile(lambda part: part[0] < end, islice(covered, first, None))
    return tuple((max(low - start, 0), high - start) for low, high in held)


class Image(NamedTuple):
    """An image as written; `around` gives the text around it, which few images are asked for."""

    source: str
    words: str  # alternative text and title
    around: Callable[[], str]
    width: str
    height: str


#: Attributes that the standard gives to some elements only (HTML, 4.8.4.4).
TAGS_WITH = {"alt": ("area", "img", "input")}
#: Attributes of which a page often has none: whether it has one of them is asked once.
RARE = ("title", "aria-label", "itemprop")
#: domain.md S10, by the words of class and id: what visitors write below a page of the brand.
BY_USERS = ("comment", "comments", "commentlist", "bbs", "forum", "ugc", "guestbook", "reply")
_BY_USERS = re.compile(rf"(?<![^\s_-])(?:{'|'.join(BY_USERS)})(?![^\s_-])", re.I)
LISTS = ("ul", "ol", "menu")
#: What may stand in a list: one with anything else in it is read as a block.
LIST_PARTS = ("li", *LISTS, "script", "style", "template")
#: Elements that icons are made of, whose class may name one.
ICONS = ("i", "span")
ICON_CLASSES = ("phone", "tel", "call", "dianhua", "fax")
#: A font draws the icon, so that nothing of it is in the text; a reader sees it all the same.
PHONE_SIGN = "☎"
FAX_SIGN = "📠"
_FAX_ICON = re.compile(r"(?<![A-Za-z])(?:ico(?:n)?)?[_-]?fax(?![a-z])", re.I)
_PHONE_ICON = re.compile(
    r"(?<![A-Za-z])(?:ico(?:n)?)?[_-]?(?:tele?phone|tel|(?:ear)?phone\d?|hotline|call|dianhua)(?![a-z])",
    re.I,
)
#: What all pages of a site share. A class name is where most sites say so.
BOILERPLATE = (
    'footer,nav,[role="contentinfo" i],[class*="footer" i],[id*="footer" i],[class*="copyright" i]'
)
BOILERPLATE_LENGTH = 20_000  # characters; nested footers repeat their text


class Html(Protocol):
    """A parsed page; its tree stays inside the engine.

    Attributes:
        hidden: Elements that a reader does not see, each apart, if they may hold a number.
        by_users: What visitors wrote, the same: it is never the brand's word.
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

    def written_to(self) -> Iterator[tuple[str, str]]:
        """Address ("" where the page says none) and text of each form with a field for words."""

    def scripts(self, selector: str) -> Iterator[str]:
        """Content of script elements."""

    def script_addresses(self) -> Iterator[str]:
        """Addresses of script elements, as written."""

    def boilerplate(self) -> str:
        """Text of footers and navigation, where the page says that it has such."""

    def attributes(
        self, names: Set[str], wanted: Callable[[str], object]
    ) -> Iterator[tuple[str, str, str]]:
        """Name and wanted value of attributes, with the text of the block around their element.

        Args:
            wanted: Finds in a line of a text what it finds in the line alone.
        """

    def pictures(self, limit: int) -> Iterator[Image]:
        """The first images of the page, in document order."""

    def items(self, selector: str) -> Iterator[tuple[str, str]]:
        """`content` attribute (or text) of elements, with the text of the item they belong to."""

    def properties(self, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        """The same of elements that microdata call by one of some names."""


@lru_cache(maxsize=1024)  # those of a page are few, and much alike
def hides(style: str) -> bool:
    """Whether a style attribute keeps its element from being seen.

    >>> hides("color:red; display : none"), hides("font-size:0.8em")
    (True, False)
    >>> hides("color:#FFF;background:#ffffff"), hides("opacity:0;transform:translateY(9px)")
    (True, False)
    """
    style = style.lower()
    if not _may_hide(style):
        return False
    if _HIDING.search(style):
        return True
    if _NO_OPACITY.search(style):  # with a movement, it is about to appear
        return not _COMES_IN.search(style)
    if _NO_HEIGHT.search(style) and _CUT_OFF.search(style):
        return True
    if _NO_COLOUR.search(style):  # with a clipped background, its letters are that background
        return not _CUT_OUT.search(style)
    return _is_on_its_own_colour(style)


def _may_hide(style: str) -> bool:
    """What most styles are asked only."""
    return (
        "display" in style
        or "visib" in style
        or "font-size" in style
        or ":-" in style
        or ": -" in style
        or "opacity" in style
        or "clip" in style
        or "transparent" in style
        or "rgba" in style
        or "background" in style
        or "height:0" in style
        or "height: 0" in style
    )


def _is_on_its_own_colour(style: str) -> bool:
    said = {name.lower(): _plain(value) for name, value in _COLOUR.findall(style)}
    behind = said.get("background-color") or said.get("background")
    return bool(behind) and said.get("color") == behind


def _plain(colour: str) -> str:
    """A colour as six digits, where it is one of the spellings that mean the same.

    >>> _plain(" #FFF "), _plain("rgb(255, 255,255)"), _plain("White")
    ('#ffffff', '#ffffff', '#ffffff')
    """
    text = re.sub(r"\s+", "", colour.lower())
    if re.fullmatch(r"#[0-9a-f]{3}", text):
        return "#" + "".join(digit * 2 for digit in text[1:])
    if found := re.fullmatch(r"rgb\((\d{1,3}),(\d{1,3}),(\d{1,3})\)", text):
        return "#" + "".join(f"{int(part):02x}" for part in found.groups())
    return _WHITE_AND_BLACK.get(text, text)


def is_for_few(noscript: str) -> bool:
    """Whether a `noscript` holds digits of a number: next to no reader comes to see them.

    Without digits it stays: that a page wants scripts tells what became of it.

    >>> is_for_few("请启用 JavaScript"), is_for_few("客服热线 400-000-1999")
    (False, True)
    """
    return len(_DIGITS.findall(noscript)) >= _FEWEST_DIGITS


def may_hold_number(text: str) -> bool:
    """Whether a text has the digits of the shortest number, 110; of what is hidden few have.

    >>> may_hold_number("首页 关于我们 2026"), may_hold_number("首页 12 关于我们")
    (True, False)
    """
    return len(_DIGITS.findall(text)) >= _SHORTEST


def is_by_users(called: str) -> bool:
    """Whether the class and id of an element say that visitors wrote it.

    >>> is_by_users("comment-list"), is_by_users("commentary")
    (True, False)
    """
    return _BY_USERS.search(called) is not None


def icon_sign(classes: str, text: str) -> str:
    """The sign that an element draws, if it is the icon of a telephone or fax; else "".

    >>> icon_sign("fa fa-phone", ""), icon_sign("fa fa-headphones", "")
    ('☎', '')
    """
    if text.strip():
        return ""
    if _FAX_ICON.search(classes):
        return FAX_SIGN
    return PHONE_SIGN if _PHONE_ICON.search(classes) else ""


def joined(texts: Iterable[str]) -> str:
    """Texts of boilerplate, up to a length: they may be nested as deep as a page likes."""
    found: list[str] = []
    for text in texts:
        found.append(text)
        if sum(map(len, found)) > BOILERPLATE_LENGTH:
            break
    return " ".join(found)


def counts_on(tag: str, name: str) -> bool:
    """Whether an attribute says something on an element of a tag.

    >>> counts_on("img", "alt"), counts_on("a", "alt"), counts_on("a", "title")
    (True, False, True)
    """
    return name not in TAGS_WITH or tag in TAGS_WITH[name]


def with_properties(names: Iterable[str]) -> str:
    """Selector of the elements that microdata call by one of some names."""
    called = ",".join(f'[itemprop~="{name}" i]' for name in names)
    return f"[itemprop]:is({called})"  # elements without the attribute, next to all, are asked once


def squeeze(text: str) -> str:
    """Text with every run of white space as one space."""
    return " ".join(text.split())
