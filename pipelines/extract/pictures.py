"""Images of a page in which a number may stand: small ones whose surroundings speak of a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from pipelines.extract.image_file import is_small
from pipelines.layout import Html, Image, read_html
from pipelines.numbering.digits import GATE
from pipelines.vocabulary import SourceKind

#: Kinds of pages on which a number may stand only in an image.
SHOWING_KINDS = frozenset((SourceKind.CONTACT, SourceKind.HELP, SourceKind.COMPLAINT))
MAX_PICTURES = 5  # of one page
_EXAMINED = 60  # images of one page that are looked at
_AROUND = 60  # characters; a longer block speaks of more than its image
_CALLED = 80
_SUFFIX = re.compile(r"\.(?:png|jpe?g|gif|webp|bmp)$", re.I)
_WORDS = re.compile(
    r"电话|電話|热线|熱線|客服|致电|拨打|(?<![a-z])(?:tel|call|phone|telephone)(?![a-z])"
    r"|hotline|contact|customer.?service",
    re.I,
)
_NAMES = re.compile(
    r"电话|热线|客服|(?<![a-z])(?:tel|phone|dianhua|rexian|kefu|lianxi)(?![a-z])|hotline|contact"
    r"|(?<!\d)(?:400|800|95\d{3}|tel\d)",
    re.I,
)
_SIZE = re.compile(r"\s*(\d{1,6})(?:\.\d*)?\s*(?:px)?\s*$")


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that may hold a number: absolute URL, and what the page says of it."""

    url: str
    called: str


def is_picture(url: str) -> bool:
    """Whether the path of a URL ends like an image that is read.

    >>> is_picture("https://a.example/img/tel.PNG?v=2"), is_picture("https://a.example/tel")
    (True, False)
    """
    return bool(_SUFFIX.search(url.partition("?")[0]))


def pictures_in(markup: str, base_url: str) -> tuple[Picture, ...]:
    """Images of a page in which a number may stand; those whose own words say so first."""
    return pictures_of(read_html(markup), base_url) if "<img" in markup.lower() else ()


def pictures_of(html: Html, base_url: str) -> tuple[Picture, ...]:
    """The same for a page that is parsed already."""
    found: dict[str, tuple[int, Picture]] = {}
    for image in filter(_may_show, html.pictures(_EXAMINED)):
        if url := _absolute(image.source, base_url):
            for rank, called in _judged(image, url):
                found.setdefault(url, (rank, Picture(url, called)))
    best = sorted(found.values(), key=lambda entry: entry[0])
    return tuple(picture for _, picture in best[:MAX_PICTURES])


def _may_show(image: Image) -> bool:
    return is_picture(image.source.partition("#")[0].strip()) and _may_be_small(image)


def _judged(image: Image, url: str) -> Iterator[tuple[int, str]]:
    """How clearly an image shows a number, 0 the most, and what it is called."""
    around = _beside(image)
    name = unquote(urlsplit(url).path.rpartition("/")[2])
    said = ((image.words, _WORDS), (name, _NAMES), (around, _WORDS))
    for rank, (words, pattern) in enumerate(said):
        if pattern.search(words):
            yield rank, _called(image.words, around)
            return


def _beside(image: Image) -> str:
    """Text around an image; with a number in it, the image is that number's icon."""
    around = image.around()
    return "" if len(around) > _AROUND or GATE.search(around) else around


def _absolute(source: str, base_url: str) -> str:
    """The address of an image; "" if none can be asked for it."""
    try:
        url = urljoin(base_url, source.strip()).partition("#")[0]
        return url if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:  # brackets that are no IPv6 address
        return ""


def _called(words: str, around: str) -> str:
    """The words that label a bare number: those of the image, else those around it."""
    return words[:_CALLED] if _WORDS.search(words) else (around or words)[:_CALLED]


def _may_be_small(image: Image) -> bool:
    sides = (_SIZE.match(image.width), _SIZE.match(image.height))
    width, height = (int(side[1]) if side else 0 for side in sides)
    return is_small(width, height)
