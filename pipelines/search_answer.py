"""What a search engine answers: the JSON of SearXNG, of which nothing is believed.

An answer is untrusted twice, by the engine and by every page it lists. It says where somebody
says something, and nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from pipelines.decode import decode
from pipelines.ground import host_of
from pipelines.json_value import json_value

MAX_RESULTS = 30  # of one answer: what lies further down, hardly anybody reads
MAX_URL = 2000
_MAX_TEXT = 1000  # characters of a title or a snippet


@dataclass(frozen=True, slots=True)
class Found:
    """One result: where, and the words the engine shows for it."""

    url: str
    title: str
    snippet: str

    @property
    def text(self) -> str:
        """Title and snippet, each a line."""
        return "\n".join(filter(None, (self.title, self.snippet)))


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """The results that can be used, and why there are none, or fewer ("" if all is well)."""

    results: tuple[Found, ...] = ()
    problem: str = ""
    unusable: int = 0  # results whose address is none that may be asked
    left_out: int = 0  # results beyond MAX_RESULTS


def read_answer(body: bytes, content_type: str = "") -> SearchAnswer:
    """Read an answer; whatever it is, this does not raise.

    >>> read_answer(b"<html>").problem
    'the answer is no JSON; SearXNG gives it where `formats` in its settings has json'
    """
    try:
        document = json_value(decode(body, content_type, "").text)
    except (ValueError, RecursionError):
        hint = "SearXNG gives it where `formats` in its settings has json"
        return SearchAnswer(problem=f"the answer is no JSON; {hint}")
    listed = document.get("results") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        return SearchAnswer(problem="the answer is JSON without a list `results`")
    usable = {found.url: found for found in reversed(tuple(_results(listed)))}
    unusable = sum(_found(entry) is None for entry in listed[:MAX_RESULTS])
    results = tuple(reversed(usable.values()))
    return SearchAnswer(results, "", unusable, max(0, len(listed) - MAX_RESULTS))


def _results(listed: list[object]) -> Iterator[Found]:
    for entry in islice(listed, MAX_RESULTS):
        if (found := _found(entry)) is not None:
            yield found


def _found(entry: object) -> Found | None:
    if not isinstance(entry, dict):
        return None
    url = result_url(entry.get("url"))
    return Found(url, _text(entry.get("title")), _text(entry.get("content"))) if url else None


def result_url(value: object) -> str:
    """An address that may be asked, without its fragment; "" for anything else.

    Only names of hosts: an address of digits is nobody's page, and may be a neighbour's.

    >>> result_url("HTTPS://Farm.example/a#b"), result_url("http://10.0.0.8/"), result_url("file:///")
    ('https://farm.example/a', '', '')
    """
    if not isinstance(value, str) or len(value) > MAX_URL or not value.isprintable():
        return ""
    url = value.strip().partition("#")[0]
    host = host_of(url)
    if host is None:
        return ""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if "@" in parts.netloc:
        return ""  # credentials of a stranger
    netloc = host if port is None else f"{host}:{port}"
    return parts._replace(netloc=netloc, path=parts.path or "/").geturl()


def _text(value: object) -> str:
    return " ".join(value[:_MAX_TEXT].split()) if isinstance(value, str) else ""
