"""What an answer means, without a network."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest
from crawling import brand

from crawler.answers import Answer
from crawler.blocked import blocking_vendor
from crawler.discovery import links_in
from crawler.frontier import Asking
from crawler.reception import MAX_HOPS, Verdict, follow, judge
from crawler.robots import NO_ROBOTS
from crawler.sitemaps import read_sitemap
from pipelines.blocks import Link
from pipelines.media import Media
from pipelines.vocabulary import Outcome, SourceKind

URL = "https://www.a.test/contact"
LIMIT = 10_000
ASKING = Asking(brand("a", URL), URL, SourceKind.CONTACT, True, URL)


def _answer(payload: bytes, status: int = 200, **headers: str) -> Answer:
    pairs = {"content-type": "text/html", **{k.replace("_", "-"): v for k, v in headers.items()}}
    return Answer(
        url=URL,
        status=status,
        headers=tuple((name.encode(), value.encode()) for name, value in pairs.items()),
        payload=payload,
        fetched_at=datetime(2026, 11, 22, tzinfo=UTC),
        ip="",
        tls_ok=True,
        tls_issuer="",
        tls_fingerprint="",
        robots=NO_ROBOTS,
    )


def _refresh(content: str) -> bytes:
    return f'<html><meta http-equiv="Refresh" content="{content}"><p>x</p></html>'.encode()


@pytest.mark.parametrize(
    ("content", "target"),
    [
        ("0;url=/new", "https://www.a.test/new"),
        ("3; URL='http://other.test/'", "http://other.test/"),
        ("300;url=/new", ""),  # reloads a page that is meant to be read
        ("5", ""),
        ("0;url=/contact", ""),
        ("0;url=http://www.a.test/contact/", ""),
        ("0;url=#top", ""),
    ],
)
def test_meta_refresh(content: str, target: str) -> None:
    assert judge(_answer(_refresh(content)), ASKING, LIMIT).target == target


def test_a_page_in_gbk_is_read_before_it_is_judged() -> None:
    body = "<html><title>安全验证</title><p>请完成验证</p></html>".encode("gbk")
    verdict = judge(_answer(body), ASKING, LIMIT)
    assert (verdict.outcome, verdict.detail) == (Outcome.BLOCKED, "status 200, captcha")


@pytest.mark.parametrize(
    ("status", "headers", "text", "vendor"),
    [
        (405, {}, "<a href='https://errors.aliyun.com/'>", "阿里云盾 (Alibaba Cloud)"),
        (200, {}, f"<script>var arg1='{'A1' * 20}';</script>", "阿里云盾 (Alibaba Cloud)"),
        (521, {"Set-Cookie": "__jsluid_s=1"}, "", "加速乐 (Jiasule)"),
        (200, {"Set-Cookie": "__jsluid_s=1"}, "<p>客服</p>", ""),
        (200, {"Server": "cloudflare"}, "<p>客服</p>", ""),
        (404, {"Server": "AkamaiGHost"}, "", ""),
        (403, {"Server": "Yunjiasu"}, "", "百度云加速 (Yunjiasu)"),
    ],
)
def test_firewalls(status: int, headers: dict[str, str], text: str, vendor: str) -> None:
    assert blocking_vendor(status, list(headers.items()), text) == vendor


@pytest.mark.parametrize(
    ("content_type", "body", "outcome"),
    [
        ("", b"<p>x</p>", Outcome.OK),
        ("application/octet-stream", b"%PDF-1.7\n\0\0", Outcome.OK),
        ("application/octet-stream", b"\0\1\2", Outcome.UNSUPPORTED_TYPE),
        ("image/svg+xml", b"<svg/>", Outcome.UNSUPPORTED_TYPE),
        ("video/mp4", b"x", Outcome.UNSUPPORTED_TYPE),
        ("application/zip", b"PK\3\4\0", Outcome.UNSUPPORTED_TYPE),
        ("text/html", "\ufeff客服".encode("utf-16-le"), Outcome.OK),
        ("text/xml", b"<a/>", Outcome.OK),
        ("text/html", b"", Outcome.OK),  # whether it is EMPTY is decided by reading
    ],
)
def test_types(content_type: str, body: bytes, outcome: Outcome) -> None:
    assert judge(_answer(body, content_type=content_type), ASKING, LIMIT).outcome is outcome


def test_a_bomb_is_too_large_even_on_an_error_page() -> None:
    bomb = gzip.compress(b"0" * (LIMIT + 1))
    assert judge(_answer(bomb, content_encoding="gzip"), ASKING, LIMIT).outcome is Outcome.TOO_LARGE
    missing = judge(_answer(bomb, 404, content_encoding="gzip"), ASKING, LIMIT)
    assert missing.outcome is Outcome.HTTP_404


@pytest.mark.parametrize("location", ["", "http://[::1", "http://a.test:port/"])
def test_a_location_that_is_no_url(location: str) -> None:
    verdict = judge(_answer(b"", 302, location=location), ASKING, LIMIT)
    assert verdict.outcome is Outcome.REDIRECT_LOOP
    assert not verdict.target


@pytest.mark.parametrize(
    ("target", "outcome"),
    [
        ("https://www.a.test.evil.test/", Outcome.REDIRECT_OFF_GROUND),
        ("https://www.a.test@evil.test/", Outcome.REDIRECT_OFF_GROUND),
        ("http://10.0.0.1/", Outcome.REDIRECT_OFF_GROUND),
        ("ftp://www.a.test/", Outcome.REDIRECT_OFF_GROUND),
        ("https://bbs.a.test/", Outcome.REDIRECT_OFF_GROUND),
        (URL, Outcome.REDIRECT_LOOP),
    ],
)
def test_each_hop_is_checked(target: str, outcome: Outcome) -> None:
    onward = follow(ASKING, Verdict(Outcome.OK, target=target, note="302"))
    assert isinstance(onward, Verdict)
    assert onward.outcome is outcome


def test_five_hops_and_no_more() -> None:
    asking: Asking | Verdict = ASKING
    for step in range(MAX_HOPS):
        assert isinstance(asking, Asking)
        onward = Verdict(Outcome.OK, target=f"https://www.a.test/{step}", note="302")
        asking = follow(asking, onward)
    assert isinstance(asking, Asking)
    one_more = follow(asking, Verdict(Outcome.OK, target="https://www.a.test/x", note="302"))
    assert isinstance(one_more, Verdict)
    assert one_more.outcome is Outcome.REDIRECT_LOOP


def test_links_in_json_carry_their_names() -> None:
    text = '{"items": [{"title": "联系客服", "url": "/kefu"}, {"href": "http://[", "id": "/no"}]}'
    assert links_in(Media.JSON, text, URL) == (Link("https://www.a.test/kefu", "联系客服"),)
    assert links_in(Media.JSON, "{broken", URL) == ()
    assert links_in(Media.PDF, "", URL) == ()


def test_sitemaps() -> None:
    index = (
        b"<sitemapindex><sitemap><loc> https://www.a.test/s1.xml </loc></sitemap></sitemapindex>"
    )
    assert read_sitemap(index) == ([], ["https://www.a.test/s1.xml"])
    assert read_sitemap(b"<html>not a sitemap</html>") == ([], ())
    assert read_sitemap(b"\0\1\2") == ([], ())
    external = (
        b'<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        b"<urlset><url><loc>&x;</loc></url></urlset>"
    )
    assert all("root:" not in link.url for link in read_sitemap(external)[0])


def test_names_of_links_in_data_are_short_whole_text() -> None:
    """They are kept in the captures, and no table holds half a surrogate pair."""
    half = json.dumps([{"title": "联系客服\ud83d", "url": "/contact"}])
    [link] = links_in(Media.JSON, half, "https://a.test/menu.json")
    assert (link.url, link.text) == ("https://a.test/contact", "联系客服\ufffd")
    odd = json.dumps([{"title": {"zh": "x" * 999}, "name": "名" * 999, "url": "/kefu"}])
    [link] = links_in(Media.JSON, odd, "https://a.test/menu.json")
    assert link.text == "名" * 200
