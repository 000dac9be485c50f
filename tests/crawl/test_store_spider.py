"""Listings and partners' pages on servers of their own: asked last, alone, and as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from crawling import Crawled, brand, run_crawl
from hostile_web import HostileWeb, Reply, Route, page, redirect, says

from crawler.sampleweb.certificates import Certificate
from outputs.captures import body_of, read_record
from pipelines.model import Source
from pipelines.vocabulary import Grade, Outcome, SourceKind

LISTING = "https://apps.apple.com/cn/app/demo/id1234567890"
LOOKUP = "https://itunes.apple.com/lookup?id=1234567890"
MOVED = "https://play.google.com/store/apps/details?id=example.moved"
AWAY = "https://play.google.com/store/apps/details?id=example.away"
FORBIDDEN = "https://app.mi.com/details?id=example.demo"
PARTNER = "https://www.partner.test/wallets/demo"
KINDS = {PARTNER: SourceKind.PARTNER}
APP = {"@type": "SoftwareApplication", "author": {"name": "示例有限公司"}}
SHOWN = (
    "<!doctype html><meta charset=utf-8><title>App</title><p>客服热线：95003</p>"
    f'<script type="application/ld+json">{json.dumps(APP, ensure_ascii=False)}</script>'
    '<a href="/cn/contact">联系我们</a><a href="https://www.demo.test/help">帮助中心</a>'
).encode()
DATA = json.dumps({"results": [{"sellerName": "示例有限公司"}]}, ensure_ascii=False).encode()
ROUTES: dict[str, Route] = {
    "www.demo.test/contact": says(Reply(page())),
    "apps.apple.com/cn/app/demo/id1234567890": says(Reply(SHOWN)),
    "itunes.apple.com/lookup?id=1234567890": says(Reply(DATA, content_type="text/javascript")),
    "play.google.com/store/apps/details?id=example.moved": redirect(
        "https://play.google.com/store/apps/details?id=example.moved&hl=zh"
    ),
    "play.google.com/store/apps/details?id=example.moved&hl=zh": says(Reply(SHOWN)),
    "play.google.com/store/apps/details?id=example.away": redirect("https://www.demo.test/contact"),
    "app.mi.com/robots.txt": says(Reply(b"User-agent: *\nDisallow: /", 200, "text/plain")),
    "www.partner.test/wallets/demo": says(Reply(page(number="95003"))),
}
HOSTS = (
    "www.demo.test",
    "apps.apple.com",
    "itunes.apple.com",
    "play.google.com",
    "app.mi.com",
    "www.partner.test",
)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[HostileWeb, Crawled]]:
    web = HostileWeb(
        tmp_path_factory.mktemp("stores"),
        certificates=dict.fromkeys(HOSTS, Certificate.GOOD),
        routes=dict(ROUTES),
    )
    demo = brand("demo", "https://www.demo.test/contact")
    listed = tuple(
        Source(KINDS.get(url, SourceKind.APP_STORE), url, Grade.C, "invented")
        for url in (LISTING, LOOKUP, MOVED, AWAY, FORBIDDEN, PARTNER)
    )
    with web:
        run = tmp_path_factory.mktemp("runs") / "20261122T211500Z-abc"
        run.mkdir()
        of = replace(demo, sources=(*demo.sources, *listed))
        yield web, run_crawl(web, run, [of])


def test_every_listing_is_kept_as_it_came(crawled: tuple[HostileWeb, Crawled]) -> None:
    kept = {f.url: f for f in crawled[1].fetches}
    for url, body in ((LISTING, SHOWN), (LOOKUP, DATA), (PARTNER, page(number="95003"))):
        fetch = kept[url]
        record = read_record(Path(crawled[1].run) / fetch.body_file, fetch.body_offset)
        assert body_of(record) == body
        assert (fetch.outcome, fetch.tls_ok, fetch.on_ground) == (Outcome.OK, True, False)
        assert fetch.declared
        assert fetch.robots == "no_robots"
    assert [kept[url].kind for url in (LISTING, PARTNER)] == ["app_store", "partner"]


def test_redirects_stay_on_the_site_that_was_declared(crawled: tuple[HostileWeb, Crawled]) -> None:
    kept = {f.url: f for f in crawled[1].fetches}
    assert kept[MOVED].outcome is Outcome.OK
    assert kept[MOVED].final_url.endswith("&hl=zh")
    assert kept[AWAY].outcome is Outcome.REDIRECT_OFF_GROUND


def test_robots_holds_for_stores(crawled: tuple[HostileWeb, Crawled]) -> None:
    kept = {f.url: f for f in crawled[1].fetches}
    assert kept[FORBIDDEN].outcome is Outcome.ROBOTS


def test_no_link_is_followed_and_stores_are_asked_last(
    crawled: tuple[HostileWeb, Crawled],
) -> None:
    seen = [(s.host, s.path) for s in crawled[0].seen if s.path != "/robots.txt"]
    stores = [place for place in seen if place[0] not in ("www.demo.test", "demo.test")]
    assert len(stores) == 6
    assert seen[-6:] == stores
    assert ("www.demo.test", "/help") not in seen
    assert not any("sitemap" in path for host, path in seen if host != "www.demo.test")
