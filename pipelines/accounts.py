"""Is this page of an account that a brand declared, or of one that poses as it?

A social network is one host for everybody, so here, and only here, the path decides. It decides
little: what an account says is a claim, whoever owns it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.ground import host_of, path_forms, registrable_domain
from pipelines.marks.lookalike import brand_words
from pipelines.model import Brand
from pipelines.vocabulary import SourceKind

_SHORT = 4  # shorter words stand in too many honest names


def of_declared_account(url: str, brand: Brand) -> bool:
    """Whether a URL is a declared account of the brand, or lies below it.

    >>> from pipelines.model import Source
    >>> from pipelines.vocabulary import Grade
    >>> at = "https://social.example/pay"
    >>> brand = Brand("p", "付", "CN", sources=(Source(SourceKind.SOCIAL, at, Grade.B, "x"),))
    >>> [of_declared_account(at + end, brand) for end in ("", "/post/1", "-kefu")]
    [True, True, False]
    """
    host, path = host_of(url), _path(url)
    return any(
        host == own_host and path.startswith(own_path) for own_host, own_path in _declared(brand)
    )


def poses_as_account(url: str, brand: Brand) -> bool:
    """Whether a URL is another account where the brand has one, and carries its name."""
    if of_declared_account(url, brand):
        return False
    domain = _domain(host_of(url) or "")
    if all(_domain(host) != domain for host, _ in _declared(brand)):
        return False
    words = (word for word in brand_words(brand) if len(word) >= _SHORT or not word.isascii())
    return any(word in form for word in words for form in path_forms(_path(url)))


def _declared(brand: Brand) -> Iterator[tuple[str, str]]:
    """Host and path of the accounts; a host alone names nobody's account."""
    for source in brand.sources:
        if source.kind is SourceKind.SOCIAL and _path(source.url) != "/":
            yield host_of(source.url) or "", _path(source.url)


def _path(url: str) -> str:
    """The path with a slash at its end, without query and fragment."""
    rest = url.partition("://")[2].partition("?")[0].partition("#")[0]
    return f"/{rest.partition('/')[2]}".rstrip("/") + "/"


def _domain(host: str) -> str:
    return registrable_domain(host) or host
