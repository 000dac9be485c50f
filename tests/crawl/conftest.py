"""The hostile web of the crawl tests, crawled twice: most tests only look at what was left."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from crawling import Crawled, brand, run_crawl
from hostile_web import HostileWeb, Reply, Route, Visit, page, redirect, says

from crawler.sampleweb.certificates import Certificate
from pipelines.model import Brand, CrawlLimits

LIMIT = 64 * 1024  # DOWNLOAD_MAXSIZE of these crawls
BROKEN = "这一页弄坏我们自己的代码"
GZIPPED = gzip.compress(page(number="95002"), mtime=0)
DEFLATED = zlib.compress(page(number="95005"))


def _encoded(payload: bytes, coding: str, chunks: int = 0) -> Route:
    return says(Reply(payload, headers=(("Content-Encoding", coding),), chunks=chunks))


def _hangs(visit: Visit) -> Reply:
    visit.web.release.wait(60)
    return Reply(b"late")


def _limited_once(visit: Visit) -> Reply:
    if visit.attempt == 0:
        return Reply(b"slow down", 429, headers=(("Retry-After", "0"),))
    return Reply(page())


def _with_etag(visit: Visit) -> Reply:
    if visit.header("If-None-Match") == '"v1"':
        return Reply(status=304)
    links = (("/about/kefu.html", "客服中心"), ("/help/", "帮助中心"))
    return Reply(page(*links), headers=(("ETag", '"v1"'), ("Set-Cookie", "id=1")))


def _dated(visit: Visit) -> Reply:
    stamp = "Wed, 21 Oct 2026 07:28:00 GMT"
    if visit.header("If-Modified-Since") == stamp:
        return Reply(status=304)
    return Reply(page(), headers=(("Last-Modified", stamp),))


def _compressed_anew(visit: Visit) -> Reply:
    level = 1 if visit.attempt else 9  # other bytes, the same body
    body = gzip.compress(page(number="95008") * 3, compresslevel=level, mtime=visit.attempt)
    return Reply(body, headers=(("Content-Encoding", "gzip"),))


def _calendar(visit: Visit) -> Reply:
    month = int(visit.handler.path.rpartition("=")[2])
    return Reply(page((f"/help/calendar?month={month + 1}", "帮助中心")))


_FOREVER = (("Retry-After", "3600"),)
_SAFEDOG = (("Server", "Safedog/4.0.0"),)
_CLOUDFLARE = (("cf-mitigated", "challenge"),)
_REFRESH = '<meta http-equiv="refresh" content="0; url=/new/contact.html">'
_PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
_TEXT_TYPE = "text/plain; charset=utf-8"

ROUTES: dict[str, Route] = {
    "www.ok.test/robots.txt": says(
        Reply(b"User-agent: *\nAllow: /contact\nDisallow: /about/", 200, _TEXT_TYPE)
    ),
    "www.ok.test/contact": _with_etag,
    "www.ok.test/help/": says(Reply(page(number="95002"))),
    "www.dated.test/contact": _dated,
    "www.same.test/contact": says(Reply(page(number="95007"))),
    "www.anew.test/contact": _compressed_anew,
    "www.secure.test/contact": says(Reply(page(), chunks=3)),
    "www.gzip.test/contact": _encoded(GZIPPED, "gzip"),
    "www.gzip.test/chunked": _encoded(GZIPPED, "gzip", chunks=4),
    "www.gzip.test/deflated": _encoded(DEFLATED, "deflate"),
    "www.types.test/faq.json": says(Reply(b'{"tel": "95003"}', 200, "application/json")),
    "www.types.test/notice.txt": says(Reply("客服 95003".encode(), 200, _TEXT_TYPE)),
    "www.types.test/privacy.pdf": says(Reply(_PDF, 200, "application/pdf")),
    "www.hangs.test/contact": _hangs,
    "expired.tls.test/contact": says(Reply(page())),
    "gone.http.test/410": says(Reply(b"gone", 410)),
    "gone.http.test/400": says(Reply(b"bad", 400)),
    "gone.http.test/500": says(Reply(b"oops", 500)),
    "gone.http.test/304": says(Reply(status=304)),
    "www.limited.test/once": _limited_once,
    "www.limited.test/always": says(Reply(b"no", 429, headers=(("Retry-After", "0"),))),
    "www.forever.test/contact": says(Reply(b"no", 429, headers=_FOREVER)),
    "www.blocked.test/dog": says(Reply(b"<p>blocked</p>", 403, headers=_SAFEDOG)),
    "www.blocked.test/plain": says(Reply(b"<p>blocked</p>", 403)),
    "www.blocked.test/challenge": says(Reply(b"<p>wait</p>", 200, headers=_CLOUDFLARE)),
    "www.cut.test/contact": says(Reply(page(), cut=True)),
    "www.jumps.test/away": redirect("https://www.ok-pay.test/contact"),
    "www.jumps.test/literal": redirect("http://127.0.0.1/contact"),
    "www.jumps.test/app": redirect("weixin://dl/business"),
    "www.jumps.test/circle": redirect("/circle2"),
    "www.jumps.test/circle2": redirect("/circle"),
    "www.jumps.test/1": redirect("/2", 301),
    "www.jumps.test/2": redirect("/3", 307),
    "www.jumps.test/3": redirect("/4", 308),
    "www.jumps.test/4": redirect("/5", 303),
    "www.jumps.test/5": redirect("/6"),
    "www.jumps.test/6": redirect("/7"),
    "www.jumps.test/7": says(Reply(page())),
    "www.jumps.test/nowhere": says(Reply(b"", 302)),
    "www.jumps.test/old": redirect("http://new.jumps.test/old"),
    "new.jumps.test/old": says(Reply(page(extra=_REFRESH))),
    "new.jumps.test/new/contact.html": says(Reply(page())),
    "www.fenced.test/robots.txt": says(
        Reply(b"User-agent: hotlines\nDisallow: /private\n\nUser-agent: *\nDisallow:", 200)
    ),
    "www.fenced.test/private/contact": says(Reply(page())),
    "www.ailing.test/robots.txt": says(Reply(b"oops", 503)),
    "www.ailing.test/contact": says(Reply(page())),
    "www.moved.test/robots.txt": redirect("http://rules.moved.test/robots.txt"),
    "rules.moved.test/robots.txt": says(Reply(b"User-agent: *\nDisallow: /contact")),
    "www.moved.test/contact": says(Reply(page())),
    "www.large.test/plain": says(Reply(b"x" * (LIMIT + 1))),
    "www.large.test/chunked": says(Reply(b"x" * (LIMIT + 1), chunks=9)),
    "www.large.test/bomb": _encoded(gzip.compress(b"0" * (50 * LIMIT), mtime=0), "gzip"),
    "www.coded.test/damaged": _encoded(b"not gzip at all", "gzip"),
    "www.coded.test/unasked": _encoded(b"(\xb5/\xfd", "zstd"),
    "www.types.test/picture": says(Reply(b"\x89PNG\r\n\x1a\n\0\0", 200, "image/png")),
    "www.types.test/blob": says(Reply(b"PK\3\4\0\0", 200, "application/octet-stream")),
    "www.broken.test/contact": says(Reply(page(number=BROKEN))),
    "www.broken.test/help": says(Reply(page())),
    "www.budget.test/": says(
        Reply(page(*((f"/help/{i}.html", "帮助中心") for i in range(9)), number="95000"))
    ),
    "www.endless.test/": says(
        Reply(page(("/help/calendar?month=1", "帮助中心"), ("/kefu", "联系客服")))
    ),
    "www.endless.test/kefu": says(Reply(page())),
    **{f"www.endless.test/help/calendar?month={month}": _calendar for month in range(1, 60)},
    "www.mapped.test/": says(Reply(page(number="95003"))),
    "www.mapped.test/sitemap.xml": says(
        Reply(
            b"<urlset><url><loc>http://www.mapped.test/lianxi.html</loc></url>"
            b"<url><loc>http://elsewhere.test/kefu</loc></url></urlset>",
            200,
            "application/xml",
        )
    ),
    "www.mapped.test/lianxi.html": says(Reply(page())),
}

_PRIVATE_CERTIFICATES = {
    "www.secure.test": Certificate.GOOD,
    "expired.tls.test": Certificate.EXPIRED,
    "name.tls.test": Certificate.WRONG_NAME,
    "chain.tls.test": Certificate.UNKNOWN_CA,
}


def _brand_of(name: str, host: str, *paths: str, limits: CrawlLimits | None = None) -> Brand:
    return brand(name, *(f"http://{host}{path}" for path in paths), limits=limits)


SECOND = (
    brand("ok", "http://www.ok.test/contact"),
    brand("dated", "http://www.dated.test/contact"),
    brand("same", "http://www.same.test/contact"),
    brand("anew", "http://www.anew.test/contact"),
    brand("secure", "https://www.secure.test/contact"),
)
_JUMPS = ("away", "literal", "app", "circle", "1", "2", "nowhere", "old")
BRANDS = (
    *SECOND,
    _brand_of("gzip", "www.gzip.test", "/contact", "/chunked", "/deflated"),
    _brand_of("dns", "www.dns.test", "/contact"),
    _brand_of("refused", "www.refused.test", "/contact"),
    _brand_of("hangs", "www.hangs.test", "/contact", "/later"),
    brand("tls", *(f"https://{kind}.tls.test/contact" for kind in ("expired", "name", "chain"))),
    _brand_of("http", "gone.http.test", "/404", "/410", "/400", "/500", "/304"),
    _brand_of("limited", "www.limited.test", "/once", "/always"),
    _brand_of("forever", "www.forever.test", "/contact", "/help"),
    _brand_of("blocked", "www.blocked.test", "/dog", "/plain", "/challenge"),
    _brand_of("cut", "www.cut.test", "/contact"),
    _brand_of("jumps", "www.jumps.test", *(f"/{path}" for path in _JUMPS)),
    _brand_of("fenced", "www.fenced.test", "/private/contact"),
    _brand_of("ailing", "www.ailing.test", "/contact"),
    _brand_of("moved", "www.moved.test", "/contact"),
    _brand_of("large", "www.large.test", "/plain", "/chunked", "/bomb"),
    _brand_of("coded", "www.coded.test", "/damaged", "/unasked"),
    _brand_of(
        "types", "www.types.test", "/faq.json", "/notice.txt", "/privacy.pdf", "/picture", "/blob"
    ),
    _brand_of("broken", "www.broken.test", "/contact", "/help"),
    _brand_of("budget", "www.budget.test", "/", "/two", limits=CrawlLimits(pages=1)),
    _brand_of("endless", "www.endless.test", "/", limits=CrawlLimits(pages=20, depth=50)),
    _brand_of("mapped", "www.mapped.test", "/"),
)


@dataclass(frozen=True, slots=True)
class Story:
    """The hostile web and two crawls of it."""

    web: HostileWeb
    first: Crawled
    second: Crawled


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    directory: Path = tmp_path_factory.mktemp("hostile")
    web = HostileWeb(
        directory,
        certificates=_PRIVATE_CERTIFICATES,
        routes=dict(ROUTES),
        closed_hosts=["www.refused.test"],
    )
    runs = tmp_path_factory.mktemp("runs")
    with web:
        settings = {"DOWNLOAD_MAXSIZE": LIMIT}
        first = run_crawl(
            web,
            runs / "r1",
            BRANDS,
            settings=settings,
            timeout=1.5,
            **{"break": BROKEN},
        )
        second = run_crawl(web, runs / "r2", SECOND, settings=settings, after="r1")
        yield Story(web, first, second)
