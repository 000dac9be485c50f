"""Addresses of data that the scripts of a page load: what a shell may hold its number in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urljoin, urlsplit

from pipelines.layout import read_html

_SCANNED = 2 * 2**20  # characters of code
# A whole string literal: what is put together from pieces is not guessed at.
_LITERAL = re.compile(
    r"""(["'`])((?:https?:)?/{1,2}[^\s"'`<>{}$\\]{2,300})\1(?!\s*(?:\+|\.concat))"""
)
_DATA = re.compile(r"\.json(?:$|\?)|/(?:api|ajax|gateway|openapi|rest|h5api)(?:/|$)", re.I)
# Addresses that do something, or answer only to somebody who is known.
_ACTION = re.compile(
    r"log-?(?:in|out)|sign|regist|pay|order|submit|upload|delete|update|save|send|verif|captcha"
    r"|token|auth|track|collect|report|manifest\.json|package\.json",
    re.I,
)
_TELLS = re.compile(r"contact|kefu|hotline|phone|tel|service|help|faq|about|config|footer", re.I)


def scripts_of(markup: str, base_url: str) -> tuple[str, tuple[str, ...]]:
    """The code within a page, and the addresses of its scripts, the last ones first.

    Pages load libraries first, and their own code at the end.
    """
    html = read_html(markup)
    code = "\n".join(html.scripts("script:not([src])"))
    sources = [_absolute(base_url, address) for address in html.script_addresses()]
    return code, tuple(dict.fromkeys(source for source in reversed(sources) if source))


def data_calls(code: str, base_url: str) -> tuple[str, ...]:
    """Absolute addresses of data that code names as a whole, the most telling ones first.

    >>> data_calls('fetch("/api/contact.json").then(show)', "https://a.example/app/")
    ('https://a.example/api/contact.json',)
    >>> data_calls('fetch("/api/" + name + ".json")', "https://a.example/app/")
    ()
    """
    found = dict.fromkeys(_calls(code[:_SCANNED], base_url))
    return tuple(sorted(found, key=lambda url: not _TELLS.search(urlsplit(url).path)))


def _calls(code: str, base_url: str) -> Iterator[str]:
    for match in _LITERAL.finditer(code):
        url = _absolute(base_url, match[2]) if _DATA.search(match[2]) else None
        if url and not _ACTION.search(urlsplit(url).path):
            yield url


def _absolute(base_url: str, address: str) -> str | None:
    with suppress(ValueError):  # brackets that are no IPv6 address
        url = urljoin(base_url, address.strip()).partition("#")[0]
        if urlsplit(url).scheme in ("http", "https"):
            return url
    return None
