"""Which of a page's links lead to contact, help, complaint and policy pages, and how surely."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources
from urllib.parse import unquote, urlsplit

from w3lib.url import canonicalize_url

from pipelines.vocabulary import SourceKind

_DATE = re.compile(r"/(19|20)\d\d[-/]?\d{1,2}(?!\d)")
MAX_URL = 2000  # characters; longer ones are generated, and Scrapy drops them without a word


@dataclass(frozen=True, slots=True)
class Ranked:
    """What a link seems to lead to; `weight` orders candidates, and 0 is never reached."""

    kind: SourceKind
    weight: int
    source: str


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: SourceKind | None  # None: a veto
    weight: int
    text: re.Pattern[str] | None
    url: re.Pattern[str] | None
    source: str


def canonical(url: str) -> str:
    """The URL under which the source ledger knows a document: no fragment, sorted query.

    >>> canonical("HTTP://Pay.example:80/a?b=2&a=1#top")
    'http://pay.example/a?a=1&b=2'
    """
    found: str = canonicalize_url(url.strip())
    parts = urlsplit(found)
    default = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    netloc = parts.netloc.removesuffix(default) if default else parts.netloc
    return parts._replace(netloc=netloc, path=parts.path or "/").geturl()


def same_document(url: str) -> str:
    """A key that a document keeps over http and https, and with or without a final slash."""
    return url.partition("://")[2].rstrip("/")


def pattern_of(url: str) -> str:
    """What a URL has in common with its siblings: calendars and id spaces share one pattern.

    >>> pattern_of("https://a.example/cal/2026/11?day=3")
    'a.example/cal/#/#?day'
    """
    parts = urlsplit(url)
    keys = sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair})
    shape = re.sub(r"\d+", "#", parts.netloc + parts.path)
    return shape + ("?" + "&".join(keys) if keys else "")


def is_endless(url: str) -> bool:
    """Whether a URL looks like one of a row without end: a query, or a date in its path.

    >>> is_endless("https://a.example/cal?m=1"), is_endless("https://a.example/faq/12.html")
    (True, False)
    """
    parts = urlsplit(url)
    return bool(parts.query or _DATE.search(parts.path))


def rank(url: str, text: str = "") -> Ranked | None:
    """Rank a link by its text and its URL; None if it is vetoed or says nothing.

    >>> rank("https://a.example/x/9.html", "联系我们").kind.value
    'contact'
    >>> rank("https://a.example/login?next=/contact", "联系我们") is None
    True
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > MAX_URL:
        return None
    place = unquote(parts.hostname + parts.path).lower()
    words = "".join(unicodedata.normalize("NFKC", text).lower().split())
    rules = _rules()
    if any(_found(rule.url, place) or _found(rule.text, words) for rule in rules if not rule.kind):
        return None
    hits = [hit for rule in rules if rule.kind and (hit := _hit(rule, rule.kind, place, words))]
    return max(hits, key=lambda hit: hit.weight, default=None)


def _hit(rule: _Rule, kind: SourceKind, place: str, words: str) -> Ranked | None:
    by_text, by_url = _found(rule.text, words), _found(rule.url, place)
    if not (by_text or by_url):
        return None
    # What a link is called is said to readers; a URL is a habit of programmers. Text first.
    return Ranked(kind, rule.weight * 10 + 5 * by_text + 2 * by_url, rule.source)


def _found(pattern: re.Pattern[str] | None, value: str) -> bool:
    return pattern is not None and pattern.search(value) is not None


@cache
def _rules() -> tuple[_Rule, ...]:
    table = tomllib.loads(resources.files("crawler").joinpath("links.toml").read_text("utf-8"))
    kept = [_rule(entry, SourceKind(entry["kind"])) for entry in table["rule"]]
    return (*kept, *(_rule(entry, None) for entry in table["veto"]))


def _rule(entry: dict[str, object], kind: SourceKind | None) -> _Rule:
    weight = entry.get("weight", 0)
    assert isinstance(weight, int)
    return _Rule(kind, weight, _any_of(entry["text"]), _any_of(entry["url"]), str(entry["source"]))


def _any_of(patterns: object) -> re.Pattern[str] | None:
    assert isinstance(patterns, list)
    return re.compile("|".join(f"(?:{p})" for p in patterns)) if patterns else None
