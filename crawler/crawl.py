"""One crawl: a plan in, captures and a log of fetches out.

Blocking, and once per process: Twisted's reactor does not start twice.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
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
from crawler.spiders.search import ResultSpider, SearchSpider
from crawler.spiders.social import SocialSpider
from crawler.spiders.store import StoreSpider, listed
from outputs.captures import CAPTURES, FETCHES, LEADS, CaptureWriter, Fetch

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
    with ExitStack() as stack:
        turns = [_Turn(process, *each) for each in _recorders(plan, on_fetch, stack)]
        caught = stack.enter_context(_ended_by_signals(process, turns))
        _in_turn(process, plan, turns, caught)
        process.start(install_signal_handlers=False)
        for turn in turns:
            turn.finish()
    own, *leads = recorders = tuple(dict.fromkeys(turn.recorder for turn in turns))
    broken = {brand_id for recorder in recorders for brand_id in recorder.broken_brands}
    return CrawlSummary(
        fetches=own.fetches,
        good=own.good,
        brands_with_errors=tuple(sorted(broken)),
        interrupted=caught.number != 0,
        signal=caught.number,
        leads=sum(recorder.fetches for recorder in leads),
    )


def _recorders(
    plan: CrawlPlan, on_fetch: Callable[[Fetch], None] | None, stack: ExitStack
) -> Iterator[tuple[type[OfficialSpider], Recorder]]:
    """The spiders of a crawl in their order, each with where its answers go.

    Leads have a log of their own: nothing that is said elsewhere is read as a brand's own page.
    """
    archive = Archive(plan.earlier_runs)

    def recorder(prefix: str, log: str) -> Recorder:
        writer = CaptureWriter(
            plan.run_directory / CAPTURES,
            run_id=plan.run_id,
            prefix=prefix,
            software=software(),
            log=log,
        )
        return Recorder(plan.run_id, archive, stack.enter_context(writer), on_fetch)

    own = recorder(plan.file_prefix, FETCHES)
    yield OfficialSpider, own
    if listed(plan):
        yield StoreSpider, own
    if plan.leads:
        elsewhere = recorder("leads", LEADS)
        yield SocialSpider, elsewhere
        if plan.search_endpoint:
            yield SearchSpider, elsewhere
            yield ResultSpider, elsewhere


class _Turn:
    """One spider of a crawl."""

    def __init__(
        self, process: AsyncCrawlerProcess, spider: type[OfficialSpider], recorder: Recorder
    ) -> None:
        self.crawler = process.create_crawler(spider)
        self.recorder = recorder
        self.ending: asyncio.Task[None] | None = None
        _note_faults(self.crawler, recorder)

    def finish(self) -> None:
        """Say what is left to say, and raise what went wrong."""
        ending = self.ending
        ended = ending is not None and ending.done() and not ending.cancelled()
        if ended and ending is not None and (error := ending.exception()):
            raise error
        if isinstance(self.crawler.spider, OfficialSpider):
            # After a second signal Scrapy does not say it.
            self.crawler.spider.closed("interrupted")
        if self.recorder.listener_error is not None:
            raise self.recorder.listener_error


def _in_turn(
    process: AsyncCrawlerProcess, plan: CrawlPlan, turns: Sequence[_Turn], caught: _Caught
) -> None:
    """Start each spider when the one before it has ended; none after a signal."""
    waiting = iter(turns)

    def begin(before: asyncio.Task[None] | None = None) -> None:
        failed = before is not None and (before.cancelled() or before.exception() is not None)
        turn = None if caught.number or failed else next(waiting, None)
        if turn is not None:
            turn.ending = process.crawl(turn.crawler, plan=plan, recorder=turn.recorder)
            turn.ending.add_done_callback(begin)

    begin()


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
def _ended_by_signals(process: AsyncCrawlerProcess, turns: Iterable[_Turn]) -> Iterator[_Caught]:
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

    for turn in turns:
        turn.crawler.signals.connect(closed, signal=signals.spider_closed, weak=False)
    tasks: list[asyncio.Task[None]] = []  # kept, or the loop might drop it
    for number in _SIGNALS:
        loop.add_signal_handler(number, end, number)
    try:
        yield caught
    finally:
        if not loop.is_closed():
            for number in _SIGNALS:
                loop.remove_signal_handler(number)
