"""Sitemaps: a help where the pages of a brand link to few others. They are no documents of it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from itertools import islice

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.sitemap import Sitemap

from crawler.answers import Answer, answer_of
from crawler.pace import FLOOR
from crawler.robots import RobotsMiddleware
from pipelines.blocks import Link
from pipelines.ground import on_ground
from pipelines.inflate import BadEncoding, TooLarge, inflate
from pipelines.model import Brand

MAX_FILES = 3  # per brand
MAX_ENTRIES = 5000  # per file
_GZIP = b"\x1f\x8b"

_log = logging.getLogger(__name__)


async def sitemap_links(crawler: Crawler, brand: Brand, origins: Iterable[str]) -> list[Link]:
    """Pages that the sitemaps of a brand's hosts list; those robots.txt names, or the usual."""
    robots = crawler.get_downloader_middleware(RobotsMiddleware)
    waiting: list[str] = []
    for origin in origins:
        waiting += (robots.sitemaps(origin) if robots else ()) or (f"{origin}/sitemap.xml",)
    links: list[Link] = []
    for _ in range(MAX_FILES):
        if not waiting:
            break
        place = waiting.pop(0)
        if on_ground(place, brand):
            pages, further = read_sitemap(await _fetch(crawler, place, brand))
            links += pages
            waiting += further
    return links


async def ask_beside(crawler: Crawler, url: str, brand: Brand) -> Answer | None:
    """Ask for something that is no document of the brand, or not yet; None without an answer.

    robots.txt and the host's turn are kept as for any page; redirects are not followed.
    """
    ask = Request(url, callback=NO_CALLBACK, dont_filter=True, meta={FLOOR: brand.limits.delay})
    try:
        return answer_of(await crawler.engine.download_async(ask))
    except Exception as error:  # whatever it is, the crawl goes on without this help
        _log.info("%s: %s", url, error)
        return None


async def _fetch(crawler: Crawler, url: str, brand: Brand) -> bytes:
    answer = await ask_beside(crawler, url, brand)
    if answer is None or answer.status != 200:
        return b""
    limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")
    try:
        body = inflate(answer.payload, answer.header("Content-Encoding"), limit)
        return inflate(body, "gzip", limit) if body.startswith(_GZIP) else body
    except (BadEncoding, TooLarge) as error:
        _log.info("sitemap %s: %s", url, error)
        return b""


def read_sitemap(body: bytes) -> tuple[list[Link], Sequence[str]]:
    """Pages that a sitemap lists, and further sitemaps; nothing if it is none.

    >>> read_sitemap(b"<urlset><url><loc>http://a.example/contact</loc></url></urlset>")
    ([Link(url='http://a.example/contact', text='')], ())
    """
    if not body:
        return [], ()
    try:
        sitemap = Sitemap(body)
        places = [str(entry["loc"]).strip() for entry in islice(sitemap, MAX_ENTRIES)]
    except (SyntaxError, StopIteration):  # lxml's XMLSyntaxError is a SyntaxError
        return [], ()
    if sitemap.type == "sitemapindex":
        return [], places
    return [Link(place, "") for place in places], ()
