"""Links of a document: anchors of HTML, addresses in JSON."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from urllib.parse import urljoin

from pipelines.blocks import Link, links_of
from pipelines.json_value import json_value
from pipelines.media import Media

MAX_LINKS = 5000  # of one document
_MAX_NAME = 200  # characters of what a link is called
_ADDRESS_KEYS = frozenset({"url", "href", "link", "path"})
_NAME_KEYS = ("title", "name", "text", "label")


def links_in(media: Media | None, text: str, base_url: str) -> tuple[Link, ...]:
    """Links that a document shows, absolute, in its order."""
    if media is Media.HTML:
        return links_of(text, base_url)[:MAX_LINKS]
    if media is Media.JSON:
        try:
            document = json_value(text)
        except (ValueError, RecursionError):
            return ()  # whether it is readable at all is decided by process_page
        return tuple(islice(_json_links(document, base_url), MAX_LINKS))
    return ()


def _json_links(document: object, base_url: str) -> Iterator[Link]:
    waiting: list[object] = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, dict):
            names = (name for key in _NAME_KEYS if isinstance(name := value.get(key), str))
            called = next(filter(None, names), "")[:_MAX_NAME]
            yield from _addresses(value, called, base_url)
            waiting.extend(reversed(list(value.values())))


def _addresses(value: dict[str, object], name: str, base_url: str) -> Iterator[Link]:
    for key, address in value.items():
        if key.lower() not in _ADDRESS_KEYS or not isinstance(address, str):
            continue
        if address.startswith(("/", "http://", "https://")):
            with suppress(ValueError):  # brackets that are no IPv6 address
                yield Link(urljoin(base_url, address), name)
