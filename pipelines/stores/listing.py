"""The listing of an app: its developer, and the links by which it sends people for help."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.ground import host_of
from pipelines.json_value import tolerant_json

if TYPE_CHECKING:
    from pipelines.layout import Html

_APPS = frozenset(("SoftwareApplication", "MobileApplication", "WebApplication"))
_MAKERS = ("author", "publisher", "provider", "creator")
_LD = 'script[type="application/ld+json" i]'
_DEEP = 10_000  # values of one document that are looked at
MAX_SITES = 10  # addresses of one listing that a person should hear of


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
    sites = (value for key, value in found if key in store.support)
    return _listing(makers, sites)


def listing_of_html(html: Html, rules: StoreRules) -> Listing:
    """The listing on a store's page: its JSON-LD, and its links to the developer."""
    makers: list[str] = []
    sites: list[str] = []
    for text in html.scripts(_LD):
        for app in _apps(tolerant_json(text)):
            for maker in _makers(app):
                makers.append(_text(maker.get("name")))
                sites.append(_text(maker.get("url")))
    links = (
        link.href
        for link in html.anchors("a[href]")
        if any(words.search(link.text) for words in rules.links)
    )
    return _listing(filter(None, makers), (*sites, *links))


def _listing(makers: Iterable[str], sites: Iterable[str]) -> Listing:
    named = tuple(dict.fromkeys(makers))
    web = dict.fromkeys(url for url in sites if url.startswith(("http://", "https://")))
    return Listing(named[0] if len(named) == 1 else "", tuple(web)[:MAX_SITES])


def _apps(document: object) -> Iterator[Mapping[str, Any]]:
    for value in _walk(document):
        kinds = value.get("@type")
        if any(_text(kind) in _APPS for kind in (kinds if isinstance(kinds, list) else [kinds])):
            yield value


def _makers(app: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Who made the app, by the first property that says it."""
    said = next((app[key] for key in _MAKERS if app.get(key)), None)
    for maker in said if isinstance(said, list) else [said]:
        if isinstance(maker, dict):
            yield maker
        elif isinstance(maker, str):
            yield {"name": maker}


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _under(document: object, keys: set[str]) -> Sequence[tuple[str, str]]:
    return [
        (key, said)
        for value in _walk(document)
        for key in sorted(keys & value.keys())
        if (said := _text(value[key]))
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
