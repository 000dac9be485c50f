"""What is asked elsewhere, and what is not; no request is made here."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib import resources
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from crawling import brand
from twisted.internet.address import IPv4Address

from crawler.frontier import Asking
from crawler.lead_spider import LeadFrontier
from crawler.plan import ConfigurationError
from crawler.reception import Verdict, follow
from crawler.registry import load_brands
from crawler.resolver import GuardedResolver, _Guard
from crawler.searching import (
    MAX_PAGES,
    MAX_PER_DOMAIN,
    endpoint_url,
    query_askings,
    result_askings,
)
from crawler.verbs.crawl_options import endpoint_of
from crawler.verbs.running import CrawlOptions
from outputs.fetches import Fetch
from pipelines.search_answer import Found, SearchAnswer
from pipelines.vocabulary import Outcome, SourceKind
from tests.unit.run_examples import FETCH

ENDPOINT = "http://sousuo.test/search"
DEMO = replace(brand("demo"), name_en="Demo Pay")


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://127.0.0.1:8888", "http://127.0.0.1:8888/search"),
        ("http://[::1]:8888/", "http://[::1]:8888/search"),
        ("https://searx.example.org/find", "https://searx.example.org/find"),
    ],
)
def test_an_endpoint(text: str, url: str) -> None:
    assert endpoint_url(text) == url


@pytest.mark.parametrize(
    "text",
    ["", "searx.example.org", "ftp://searx.example.org", "https://", "https://a:b@searx.example.org",
     "https://searx.example.org/?q=1", "https://searx.example.org:port/", "https://[::1/"],
)  # fmt: skip
def test_what_is_no_endpoint_is_told(text: str) -> None:
    with pytest.raises(ConfigurationError, match="write the address of a SearXNG"):
        endpoint_url(text)


@pytest.mark.parametrize(
    ("leads", "option", "variable", "asked"),
    [
        (False, None, "http://a.test", ""),  # the variable says where, not whether
        (True, None, "http://a.test", "http://a.test/search"),
        (True, None, "", ""),
        (False, "http://b.test", "http://a.test", "http://b.test/search"),
    ],
)
def test_when_a_search_is_asked(
    leads: bool, option: str | None, variable: str, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINES_SEARCH_ENDPOINT", variable)
    options = CrawlOptions(Path(), leads=leads, search_endpoint=option)
    assert endpoint_of(options) == asked


def test_every_query_has_its_source() -> None:
    text = resources.files("crawler").joinpath("queries.toml").read_text(encoding="utf-8")
    for row in tomllib.loads(text)["query"]:
        assert row["source"]
        assert "{name}" in row["query"]
        assert row["name"] in ("zh", "zh_hant", "en")


def test_every_brand_is_asked_about_in_a_few_queries() -> None:
    for known in load_brands():
        askings = list(query_askings(known, ENDPOINT, 1))
        assert 1 <= len(askings) <= 4
        assert len({asking.url for asking in askings}) == len(askings)
        assert {asking.kind for asking in askings} == {SourceKind.SEARCH}


def test_pages_of_results_are_limited() -> None:
    urls = [asking.url for asking in query_askings(DEMO, ENDPOINT, 99)]
    queries = [parse_qs(urlsplit(url).query) for url in urls]
    assert {query["format"][0] for query in queries} == {"json"}
    of_first = [query.get("pageno", ["1"])[0] for query in queries if query["q"] == queries[0]["q"]]
    assert of_first == [str(number) for number in range(1, MAX_PAGES + 1)]
    assert queries[0]["q"] == ["示例demo 客服电话"]


def _answered(*urls: str) -> tuple[Fetch, SearchAnswer]:
    results = tuple(Found(url, "示例demo", "") for url in urls)
    return replace(FETCH, url=ENDPOINT, kind=SourceKind.SEARCH), SearchAnswer(results)


def test_results_that_are_read() -> None:
    same = [f"https://a.farm.test/{i}" for i in range(5)]
    first = _answered("https://www.demo.test/help", *same)
    askings = result_askings(DEMO, [first, _answered(same[0], "https://b.test/")], 9)
    assert [asking.url for asking in askings] == [*same[:MAX_PER_DOMAIN], "https://b.test/"]
    assert {(a.kind, a.declared, a.link_text) for a in askings} == {
        (SourceKind.LEAD, False, "示例demo")
    }
    assert len(result_askings(DEMO, [_answered(*same, "https://b.test/")], 2)) == 2


def test_what_is_asked_elsewhere_keeps_its_order_and_takes_no_links() -> None:
    askings = [_asking(SourceKind.LEAD, f"http://n{i}.test/") for i in range(3)]
    frontier = LeadFrontier(DEMO, askings)
    assert [asking.url for asking in iter(frontier.take, None)] == [a.url for a in askings]
    assert frontier.drain() == ()


def _asking(kind: SourceKind, url: str) -> Asking:
    return Asking(DEMO, url, kind, False, url)


@pytest.mark.parametrize(
    ("kind", "target", "followed"),
    [
        (SourceKind.SEARCH, "http://sousuo.test/other", True),
        (SourceKind.SEARCH, "http://elsewhere.test/search", False),
        (SourceKind.SEARCH, "https://sousuo.test/search", False),
        (SourceKind.LEAD, "https://elsewhere.test/", True),
        (SourceKind.LEAD, "http://127.0.0.1/", False),
        (SourceKind.LEAD, "http://x@elsewhere.test/", False),
        (SourceKind.LEAD, "file:///etc/passwd", False),
        (SourceKind.SOCIAL, "https://elsewhere.test/", True),
        (SourceKind.SOCIAL, "weixin://dl/business", False),
        (SourceKind.CONTACT, "https://elsewhere.test/", False),
    ],
)
def test_where_a_redirect_may_lead(kind: SourceKind, target: str, followed: bool) -> None:
    onward = follow(_asking(kind, ENDPOINT), Verdict(Outcome.OK, target=target, note="302"))
    assert isinstance(onward, Asking) is followed
    if isinstance(onward, Verdict):
        assert onward.outcome is Outcome.REDIRECT_OFF_GROUND


class _Receiver:
    def __init__(self) -> None:
        self.got: list[str] = []

    def addressResolved(self, address: IPv4Address) -> None:  # noqa: N802
        self.got.append(address.host)


class _Reactor:
    nameResolver = None  # noqa: N815


def test_only_the_named_endpoint_may_lie_at_home() -> None:
    resolver = GuardedResolver(_Reactor(), {}, allow_private=False)  # type: ignore[arg-type]
    resolver.permitted = frozenset({("sousuo.test", 8888)})
    for endpoint, seen in (
        (("sousuo.test", 8888), 1),
        (("sousuo.test", 80), 0),
        (("a.test", 8888), 0),
    ):
        receiver = _Receiver()
        _Guard(resolver, endpoint, receiver).addressResolved(IPv4Address("TCP", "10.0.0.8", 8888))
        assert len(receiver.got) == seen
