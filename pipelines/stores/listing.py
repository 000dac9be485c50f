"""The listing of an app: its developer, and the links by which it sends people for help."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.ground import host_of

if TYPE_CHECKING:
    from pipelines.layout import Html

_APPS = frozenset(("SoftwareApplication", "MobileApplication", "WebApplication"))
_MAKERS = ("author", "publisher", "provider", "creator")
_LD = 'script[type="application/ld+json" i]'
_DEEP = 10_000  # values of one document that are looked at


@dataclass(frozen=True, slots=True)
class Listing:
    """What a listing says of who made the app; "" and () where it says nothing, or two things."""

    developer: str = ""
    support: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Store:
    """One app store: where its listings lie, and what their data call the developer."""

    id: str
    hosts: frozenset[str]
    app: re.Pattern[str]
    developer: tuple[str, ...]
    support: tuple[str, ...]

    def app_of(self, url: str) -> str:
        """The app that an address lists; "" if it lists none."""
        found = self.app.search(url)
        return next((group for group in found.groups() if group), "") if found else ""


@dataclass(frozen=True, slots=True)
class StoreRules:
    """All stores that can be read."""

    stores: tuple[Store, ...] = ()
    links: tuple[re.Pattern[str], ...] = ()

    def of(self, url: str) -> Store | None:
        """The store on whose host an address lies."""
        host = host_of(url)
        return next((store for store in self.stores if host in store.hosts), None)

    def entry(self, url: str) -> tuple[str, str]:
        """Store and app of an address, ("", "") if it is no listing that we know."""
        store = self.of(url)
        app = store.app_of(url) if store else ""
        return (store.id, app) if store and app else ("", "")


def compile_stores(table: Mapping[str, Any]) -> StoreRules:
    """Compiles the table."""
    stores = (
        Store(
            row["id"],
            frozenset(row["hosts"]),
            re.compile(row["app"], re.ASCII),
            tuple(row["developer"]),
            tuple(row["support"]),
        )
        for row in table["store"]
    )
    return StoreRules(tuple(stores), tuple(re.compile(row["words"]) for row in table["link"]))


def listing_of_json(document: object, url: str, rules: StoreRules) -> Listing:
    """The listing in the data of a store."""
    store = rules.of(url)
    if store is None:
        return Listing()
    found = _under(document, {*store.developer, *store.support})
    makers = dict.fromkeys(value for key, value in found if key in store.developer)
    sites = dict.fromkeys(value for key, value in found if key in store.support)
    return Listing(next(iter(makers)) if len(makers) == 1 else "", tuple(sites))


def listing_of_html(html: Html, rules: StoreRules) -> Listing:
    """The listing on a store's page: its JSON-LD, and its links to the developer."""
    makers: dict[str, None] = {}
    sites: dict[str, None] = {}
    for _, text in html.scripts(_LD):
        with suppress(ValueError, RecursionError):
            for app in _apps(json.loads(text, strict=False)):
                for maker in _makers(app):
                    makers |= {str(maker.get("name") or ""): None}
                    sites |= {str(maker.get("url") or ""): None}
    links = (
        link.href
        for link in html.anchors("a[href]")
        if any(words.search(link.text) for words in rules.links)
    )
    sites |= dict.fromkeys(links)
    named = [name.strip() for name in makers if name.strip()]
    web = tuple(url for url in sites if url.startswith(("http://", "https://")))
    return Listing(named[0] if len(named) == 1 else "", web)


def _apps(document: object) -> Iterator[Mapping[str, Any]]:
    for value in _walk(document):
        kinds = value.get("@type")
        if _APPS & set(kinds if isinstance(kinds, list) else [kinds] if kinds else []):
            yield value


def _makers(app: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Who made the app, by the first property that says it."""
    said = next((app[key] for key in _MAKERS if app.get(key)), None)
    for maker in said if isinstance(said, list) else [said]:
        if isinstance(maker, dict):
            yield maker
        elif isinstance(maker, str):
            yield {"name": maker}


def _under(document: object, keys: set[str]) -> Sequence[tuple[str, str]]:
    return [
        (key, value[key].strip())
        for value in _walk(document)
        for key in sorted(keys & value.keys())
        if isinstance(value[key], str) and value[key].strip()
    ]


def _walk(document: object) -> Iterator[Mapping[str, Any]]:
    waiting, seen = [document], 0
    while waiting and seen < _DEEP:
        value, seen = waiting.pop(), seen + 1
        if isinstance(value, dict):
            yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
