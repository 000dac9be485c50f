"""What to ask a search endpoint about a brand, and which of its results to read."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from urllib.parse import urlencode, urlsplit

from crawler.frontier import Asking
from crawler.plan import ConfigurationError
from outputs.fetches import Fetch
from pipelines.ground import host_of, on_ground, registrable_domain
from pipelines.model import Brand
from pipelines.search_answer import SearchAnswer
from pipelines.vocabulary import SourceKind

MAX_PAGES = 5  # of results; further down stands what nobody reads
MAX_PER_DOMAIN = 2  # pages of one registrable domain that are read for one brand


@dataclass(frozen=True, slots=True)
class _Query:
    words: str
    name: str
    countries: tuple[str, ...]


def endpoint_url(text: str) -> str:
    """The address that queries are sent to, or what is wrong with it.

    >>> endpoint_url("http://127.0.0.1:8888"), endpoint_url("https://searx.example.org/search")
    ('http://127.0.0.1:8888/search', 'https://searx.example.org/search')
    """
    wanted = f"--search-endpoint {text!r}: "
    advice = "write the address of a SearXNG, for example https://searx.example.org/search"
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise ConfigurationError(f"{wanted}{error}; {advice}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ConfigurationError(f"{wanted}this is no http or https address; {advice}")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ConfigurationError(
            f"{wanted}the address is kept in the captures, so it may hold no password and no "
            f"query; {advice}"
        )
    return parts._replace(path=parts.path if len(parts.path) > 1 else "/search").geturl()


def query_askings(brand: Brand, endpoint: str, pages: int) -> Iterator[Asking]:
    """The queries about one brand, page after page of results."""
    names = {"zh": brand.name_zh, "zh_hant": brand.name_zh_hant, "en": brand.name_en}
    asked = dict.fromkeys(
        query.words.replace("{name}", name)
        for query in _queries()
        if (name := names[query.name]) and (not query.countries or brand.country in query.countries)
    )
    for words in asked:
        for number in range(1, min(pages, MAX_PAGES) + 1):
            page = {"pageno": number} if number > 1 else {}
            url = f"{endpoint}?{urlencode({'q': words, 'format': 'json', **page})}"
            yield Asking(brand, url, SourceKind.SEARCH, False, url, link_text=words)


def result_askings(
    brand: Brand, answers: Iterable[tuple[Fetch, SearchAnswer]], limit: int
) -> tuple[Asking, ...]:
    """The results that are read: the first ones, of many domains, and nobody's own ground.

    Pages on declared ground are proposals for a person; the official spider reads what is known.
    """
    chosen: dict[str, Asking] = {}
    per_domain: Counter[str] = Counter()
    declared = {source.url for source in brand.sources}
    for fetch, answer in answers:
        for found in answer.results:
            host = host_of(found.url) or ""
            domain = registrable_domain(host) or host
            known = found.url in chosen or found.url in declared or on_ground(found.url, brand)
            if known or per_domain[domain] >= MAX_PER_DOMAIN or len(chosen) >= limit:
                continue
            per_domain[domain] += 1
            chosen[found.url] = Asking(
                brand,
                found.url,
                SourceKind.LEAD,
                False,
                found.url,
                depth=1,
                link_text=found.title[:200],
                referrer=fetch.url,
            )
    return tuple(chosen.values())


@cache
def _queries() -> tuple[_Query, ...]:
    text = resources.files("crawler").joinpath("queries.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["query"]
    return tuple(_Query(r["query"], r["name"], tuple(r.get("country", ()))) for r in rows)
