"""Is this URL on ground that the registry declares for a brand?

Only the host is evidence (domain.md D1, D3): a page inherits the trust of the name it was
served under, so this module compares whole names and never substrings. It is stricter than a
browser: a URL that two readers could take for two different hosts is not a host at all.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum, auto
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pipelines.brand import Brand, Fact
from pipelines.vocabulary import Grade

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

# RFC 3986 appendix B, http and https only. `urlsplit` is not used on purpose: it drops tabs and
# newlines and reads `https://a\@b` as host b, where a browser reads host a.
_URL = re.compile(r"(?i:https?)://(?P<authority>[^/?#]*)(?P<path>[^?#]*)", re.ASCII)
_AUTHORITY = re.compile(
    r"(?:[^\\\s\x00-\x20\x7f]*@)?(?P<host>[^\\\s\x00-\x20\x7f@:\[\]%]+)(?::\d*)?"
)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# WHATWG URL, "ends in a number": browsers read such a host as an IPv4 address.
_NUMERIC_LABEL = re.compile(r"\d+|0x[0-9a-f]*")

# domain.md S10: on an official host, these are what users write. Whole host labels and whole
# path segments only ("ask" must not veto "task").
_USER_CONTENT = frozenset(
    (
        "ask",
        "bbs",
        "comment",
        "comments",
        "community",
        "forum",
        "forums",
        "review",
        "reviews",
        "ugc",
    )
)
# UTS 39, "highly restrictive": scripts that one label may mix with Latin.
_MIXABLE = frozenset(("LATIN", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"))


class Ground(StrEnum):
    """How a URL stands to the hosts that a brand declares."""

    DOMAIN = auto()
    HOST = auto()
    TLD = auto()
    VETOED = auto()
    FOREIGN = auto()
    NOT_A_HOST = auto()

    @property
    def declared(self) -> bool:
        """Whether what the page says may count as the brand's own word."""
        return self in (Ground.DOMAIN, Ground.HOST, Ground.TLD)


@cache
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList  # parsing the bundled list takes 0.1 s

    return PublicSuffixList()


def ascii_host(name: str) -> str | None:
    """Give a host name as it goes over the wire, or None if it is not a plain host name.

    Addresses, dots too many, empty labels and names that change when mapped (full-width letters,
    ß) are None: what has to be mapped to be read, two readers may map differently.

    >>> ascii_host("Pay.Example.COM.")
    'pay.example.com'
    >>> ascii_host("127.0.0.1") is None
    True
    """
    name = name.lower().removesuffix(".")
    if not 0 < len(name) <= 253:
        return None
    if not name.isascii():
        encoded = _encode(name)
        if encoded is None:
            return None
        name = encoded
    labels = name.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or _NUMERIC_LABEL.fullmatch(labels[-1]):
        return None
    return name


def _encode(name: str) -> str | None:
    try:
        encoded = name.encode("idna")
        return encoded.decode("ascii") if encoded.decode("idna") == name else None
    except UnicodeError:
        return None


def mixes_scripts(host: str) -> bool:
    """Tell whether a label of a host mixes alphabets, as look-alikes do (`xn--` is decoded).

    >>> mixes_scripts("xn--lipay-2ve.com"), mixes_scripts("alipay.com")
    (True, False)
    """
    try:
        labels = host.encode("ascii").decode("idna") if host.isascii() else host
    except UnicodeError:
        return True  # nothing that punycode could have produced: nobody's honest name
    return any(_mixed(label) for label in labels.split("."))


def _mixed(label: str) -> bool:
    scripts = {unicodedata.name(char, "UNNAMED").split()[0] for char in label if char.isalpha()}
    return len(scripts) > 1 and not scripts <= _MIXABLE


def host_of(url: str) -> str | None:
    """Give the host of an absolute http(s) URL, or None if there is none beyond doubt.

    >>> host_of("https://alipay.com@Example.org:8443/x")
    'example.org'
    """
    found = _URL.match(url)
    authority = found and _AUTHORITY.fullmatch(found["authority"])
    return ascii_host(authority["host"]) if authority else None


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str | None:
    """Give the part of a host that somebody registered, by the public suffix list.

    >>> registrable_domain("a.b.example.co.uk"), registrable_domain("co.uk")
    ('example.co.uk', None)
    """
    name = ascii_host(host)
    return _suffixes().privatesuffix(name) if name else None


def is_public_suffix(host: str) -> bool:
    """Tell whether strangers can register names directly under this one.

    >>> is_public_suffix("github.io"), is_public_suffix("example.io")
    (True, False)
    """
    name = ascii_host(host)
    return name is not None and _suffixes().is_public(name)


def ground_of(url: str, brand: Brand) -> Ground:
    """Tell how a URL stands to the ground declared for a brand; never raises."""
    host = host_of(url)
    if host is None:
        return Ground.NOT_A_HOST
    ground = _declared(host, brand)
    if ground.declared and _is_vetoed(host, url, brand):
        return Ground.VETOED
    return ground


def on_ground(url: str, brand: Brand) -> bool:
    """Tell whether a URL lies on declared ground, outside vetoed paths."""
    return ground_of(url, brand).declared


def ground_grade(url: str, brand: Brand) -> Grade | None:
    """How well it is founded that a URL lies on the brand's ground; None if it does not.

    The best of the facts that cover it counts: a host from memory below a proven domain is proven.
    """
    host = host_of(url)
    if host is None or _is_vetoed(host, url, brand):
        return None
    return min((fact.grade for _, fact in _covering(host, brand)), default=None)


def _declared(host: str, brand: Brand) -> Ground:
    return next((ground for ground, _ in _covering(host, brand)), Ground.FOREIGN)


def _covering(host: str, brand: Brand) -> Iterator[tuple[Ground, Fact]]:
    """The facts that declare a host the brand's, the narrowest first."""
    domain = registrable_domain(host)
    parent, _, tld = host.rpartition(".")
    for ground, name, facts in (
        (Ground.HOST, host, brand.hosts),
        (Ground.DOMAIN, domain, brand.domains),
        (Ground.TLD, tld if parent else None, brand.tlds),
    ):
        if name:
            yield from ((ground, fact) for fact in facts if name == ascii_host(fact.value))


def _is_vetoed(host: str, url: str, brand: Brand) -> bool:
    found = _URL.match(url)
    paths = path_forms(found["path"] if found else "")
    if not _USER_CONTENT.isdisjoint(host.split(".")):
        return True
    if any(not _USER_CONTENT.isdisjoint(path.split("/")) for path in paths):
        return True
    return any(_under(host, paths, fact.value) for fact in brand.veto_paths)


def _under(host: str, paths: frozenset[str], veto: str) -> bool:
    veto_host, _, prefix = veto.partition("/")
    name = ascii_host(veto_host)
    if name is None or not (host == name or host.endswith("." + name)):
        return False
    start = "/" + unquote(prefix).casefold()  # "forum" also vetoes forum.php and forum-1-1.html
    return any(path.startswith(start) for path in paths)


def path_forms(path: str) -> frozenset[str]:
    """Give the forms a server may read a path as, each ending in a slash.

    A veto holds if any of them is vetoed: as written, and percent-decoded with and without its
    dot segments resolved; always folded in case, since many servers ignore it.

    >>> sorted(path_forms("/Help/..%2FForum"))
    ['/forum/', '/help/..%2fforum/', '/help/../forum/']
    """
    decoded = path
    for _ in range(3):  # once per layer of proxies that may decode again
        decoded = unquote(decoded)
    decoded = re.sub(r"/{2,}", "/", "/" + decoded.replace("\\", "/"))
    forms = (path or "/", decoded, posixpath.normpath(decoded))
    return frozenset(form.casefold().rstrip("/") + "/" for form in forms)
