"""How fast one host is asked: what Scrapy's slots and AutoThrottle do not know.

Scrapy's slot keeps `DOWNLOAD_DELAY`, AutoThrottle may lengthen it. Neither knows a brand's own
delay, `Crawl-delay` or `Retry-After`; these wait here, the last step before the downloader.
"""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached

FLOOR = "hotlines_floor"  # key of Request.meta: seconds this request keeps to the one before
_SLICE = 0.2  # an interrupted crawl notices within this time


class _Running(Protocol):
    @property
    def crawling(self) -> bool: ...


async def pause(crawler: _Running, seconds: float) -> None:
    """Wait, but no longer than the crawl lasts."""
    end = time.monotonic() + seconds
    while crawler.crawling and (left := end - time.monotonic()) > 0:
        await asyncio.sleep(min(left, _SLICE))


class Stopped(IgnoreRequest):
    """The crawl was stopped while the request waited for its turn."""


class PaceMiddleware:
    """Hold requests back until their host's turn."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._floors: dict[str, float] = {}
        self._next_turn: dict[str, float] = {}
        self._not_before: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PaceMiddleware:
        """Called by Scrapy."""
        return cls(crawler)

    def slow_down(self, host: str, seconds: float) -> None:
        """Keep at least this many seconds between requests to a host (Crawl-delay)."""
        self._floors[host] = max(seconds, self._floors.get(host, 0.0))

    def hold(self, host: str, seconds: float) -> None:
        """Ask nothing of a host for some seconds (Retry-After)."""
        until = time.monotonic() + seconds
        self._not_before[host] = max(until, self._not_before.get(host, 0.0))

    def remaining(self, host: str) -> float:
        """Seconds a host still wants to be left alone."""
        return max(0.0, self._not_before.get(host, 0.0) - time.monotonic())

    async def process_request(self, request: Request) -> None:
        """Called by Scrapy for each request, robots.txt included."""
        host = urlparse_cached(request).hostname or ""
        floor = max(float(request.meta.get(FLOOR) or 0.0), self._floors.get(host, 0.0))
        turn = max(self._next_turn.get(host, 0.0), self._not_before.get(host, 0.0))
        now = time.monotonic()
        # Claimed before waiting, so that two brands on one host line up behind each other.
        self._next_turn[host] = max(now, turn) + floor
        if turn > now:
            await pause(self._crawler, turn - now)
            if not self._crawler.crawling:
                raise Stopped("the crawl was stopped before this was asked")
