"""One crawl: a plan in, captures and a log of fetches out.

Blocking, and once per process: Twisted's reactor does not start twice.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from crawler.plan import ConfigurationError, CrawlPlan, CrawlSummary, require_contact, software
from crawler.policy import parse_resolve
from crawler.recording import Archive, Recorder
from crawler.rendering import BROWSER_HANDLER, require_browser
from crawler.settings import DOWNLOAD_HANDLERS
from crawler.spiders.official import OfficialSpider, asking_of
from crawler.spiders.store import StoreSpider, listed
from outputs.captures import CAPTURES, CaptureWriter, Fetch

__all__ = ["ConfigurationError", "CrawlPlan", "CrawlSummary", "crawl"]

_log = logging.getLogger(__name__)

_BROWSER: dict[str, Any] = {
    "DOWNLOAD_HANDLERS": {
        **DOWNLOAD_HANDLERS,
        "http": BROWSER_HANDLER,
        "https": BROWSER_HANDLER,
    },
    "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": 0,  # HOTLINES_RENDER_TIMEOUT is the limit
    "PLAYWRIGHT_BROWSER_PROVIDER": "crawler.browser.LateProvider",
}
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def crawl(plan: CrawlPlan, on_fetch: Callable[[Fetch], None] | None = None) -> CrawlSummary:
    """Crawl brands; returns when all is fetched, or after SIGINT or SIGTERM.

    The first signal ends the crawl politely: what is under way is finished, what was due gets
    its line `interrupted`. A second one ends it at once.

    Args:
        plan: What to crawl.
        on_fetch: Called after each line that was written.

    Raises:
        ConfigurationError: The plan cannot be carried out; nothing was written.
    """
    require_contact(plan.contact)
    parse_resolve(plan.resolve)
    if plan.render:
        require_browser(str(plan.settings.get("HOTLINES_CHROMIUM", "")))
    process = AsyncCrawlerProcess(_settings(plan))
    # What these warn of (too large, broken off) is the outcome of a fetch, with its advice.
    for name in ("scrapy.core.downloader.handlers", "scrapy-playwright"):
        logging.getLogger(name).setLevel(logging.ERROR)
    crawlers = [process.create_crawler(OfficialSpider)]
    crawlers += [process.create_crawler(StoreSpider)] if listed(plan) else []
    writer = CaptureWriter(
        plan.run_directory / CAPTURES,
        run_id=plan.run_id,
        prefix=plan.file_prefix,
        software=software(),
    )
    with writer:
        recorder = Recorder(plan.run_id, Archive(plan.earlier_runs), writer, on_fetch)
        for crawler in crawlers:
            _note_faults(crawler, recorder)
        with _ended_by_signals(process, crawlers) as caught:
            endings = _in_turn(process, crawlers, plan, recorder, caught)
            process.start(install_signal_handlers=False)
        for ending in endings:
            if ending.done() and not ending.cancelled() and (error := ending.exception()):
                raise error
        for crawler in crawlers:
            if isinstance(crawler.spider, OfficialSpider):
                crawler.spider.closed("interrupted")  # after a second signal Scrapy says nothing
    if recorder.listener_error is not None:
        raise recorder.listener_error
    return CrawlSummary(
        fetches=recorder.fetches,
        good=recorder.good,
        brands_with_errors=tuple(sorted(recorder.broken_brands)),
        interrupted=caught.number != 0,
        signal=caught.number,
    )


def _in_turn(
    process: AsyncCrawlerProcess,
    crawlers: Sequence[Crawler],
    plan: CrawlPlan,
    recorder: Recorder,
    caught: _Caught,
) -> list[asyncio.Task[None]]:
    """Start the first spider, and each other when the one before has ended.

    One after the other, because each has a pace of its own: together they could ask one host
    twice as often as it was promised.
    """
    endings: list[asyncio.Task[None]] = []
    waiting = list(crawlers)

    def start(before: asyncio.Task[None] | None = None) -> None:
        failed = before is not None and (before.cancelled() or before.exception() is not None)
        if not waiting or caught.number or failed:
            return
        ending = process.crawl(waiting.pop(0), plan=plan, recorder=recorder)
        # Called before the process sees that nothing is active any more, and stops.
        ending.add_done_callback(start)
        endings.append(ending)

    start()
    return endings


def _settings(plan: CrawlPlan) -> Settings:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    ours: dict[str, Any] = {
        "HOTLINES_RESOLVE": list(plan.resolve),
        "HOTLINES_ALLOW_PRIVATE": plan.allow_private,
        "HOTLINES_OCR": plan.ocr,
        **(_BROWSER if plan.render else {}),
        "DOWNLOAD_TIMEOUT": plan.timeout,
        "ITEM_PIPELINES": {},
        "LOG_LEVEL": "WARNING",
    }
    if plan.delay is not None:
        ours |= {"DOWNLOAD_DELAY": plan.delay, "AUTOTHROTTLE_START_DELAY": plan.delay}
    settings.setdict({**ours, **plan.settings}, priority="cmdline")
    return settings


def _note_faults(crawler: Crawler, recorder: Recorder) -> None:
    """Faults outside a callback's own boundary make their brand unhealthy too."""

    def note(response: Response | Failure | None) -> None:
        asking = asking_of(response)
        recorder.broken_brands.add(asking.brand.id if asking else "")

    crawler.signals.connect(note, signal=signals.spider_error, weak=False)


_GRACE = 0.5  # seconds between the end of the spider and that of the reactor


@dataclass(slots=True)
class _Caught:
    number: int = 0


def _halt() -> None:
    from twisted.internet import reactor
    from twisted.internet.error import ReactorNotRunning

    with suppress(ReactorNotRunning):
        running: Any = reactor  # a zope interface, which mypy reads as a class
        running.stop()


@contextmanager
def _ended_by_signals(
    process: AsyncCrawlerProcess, crawlers: Sequence[Crawler]
) -> Iterator[_Caught]:
    """Scrapy has handlers of its own, but they do not tell which signal it was."""
    caught = _Caught()
    loop = asyncio.get_event_loop()

    def end(number: int) -> None:
        if caught.number:
            _halt()
            return
        caught.number = number
        _log.warning(
            "%s: finishing what is under way; send it again to stop at once",
            signal.Signals(number).name,
        )
        tasks.append(loop.create_task(process.stop()))

    def closed() -> None:
        # A signal that comes while the spider opens would leave the reactor running for ever.
        if caught.number:
            loop.call_later(_GRACE, _halt)

    for crawler in crawlers:
        crawler.signals.connect(closed, signal=signals.spider_closed, weak=False)
    tasks: list[asyncio.Task[None]] = []  # kept, or the loop might drop it
    for number in _SIGNALS:
        loop.add_signal_handler(number, end, number)
    try:
        yield caught
    finally:
        if not loop.is_closed():
            for number in _SIGNALS:
                loop.remove_signal_handler(number)
