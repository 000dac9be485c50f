"""The official spider: contact, help, complaint and policy pages on declared ground.

Each brand asks one document after the other, so that the next one is always the best of all
that is known by then, and a slow host holds up nobody but its own brand.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, field, replace
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.answers import Answer, answer_of
from crawler.discovery import links_in
from crawler.failures import Setback, endpoint_of, setback_of
from crawler.frontier import Asking, Frontier
from crawler.live import Item, items_of, live_arguments
from crawler.outcomes import ADVICE
from crawler.pace import FLOOR, PaceMiddleware
from crawler.plan import CrawlPlan, identity
from crawler.policy import retry_after
from crawler.reception import Verdict, follow, judge
from crawler.recording import Recorder
from crawler.rendering import NOTE, RENDERED
from crawler.resuming import take_up
from crawler.robots import DECISION, Decision, origin_of
from crawler.shells import Shells
from crawler.sitemaps import sitemap_links
from outputs.captures import Pointer
from pipelines.decode import decode
from pipelines.extract.pictures import SHOWING_KINDS, pictures_in
from pipelines.media import Media, media_of
from pipelines.model import Brand
from pipelines.vocabulary import Outcome

_ASKING = "hotlines_asking"  # key of Request.meta
_FEW = 3  # candidates; with fewer the sitemap is asked for help
_UNREACHED = (Outcome.DNS, Outcome.REFUSED, Outcome.TIMEOUT, Outcome.CONNECTION_LOST)


@dataclass(slots=True)
class Trail:
    """Where the crawl of one brand stands."""

    frontier: Frontier
    pending: Asking | None = None
    kept: tuple[Answer, Pointer | None] | None = None  # its present answer
    origins: list[str] = field(default_factory=list)  # that answered well
    sitemap_read: bool = False


@dataclass(frozen=True, slots=True)
class _Step:
    """What follows an answer: the same document again, or nothing; and items to show."""

    asking: Asking | None = None
    items: tuple[Item, ...] = ()


class OfficialSpider(Spider):
    """Fetch the official documents of brands.

    `hotlines crawl` passes a plan and a recorder. `scrapy crawl official -a brand=ID[,ID]`
    makes its own plan from the registry, keeps nothing, and shows what the pages say.
    """

    name = "official"
    frontier_type: type[Frontier] = Frontier
    follows_links = True

    def __init__(self, *, plan: CrawlPlan, recorder: Recorder, live: bool = False) -> None:
        super().__init__()
        self._plan = plan
        self._recorder = recorder
        self._live = live
        brands = sorted(plan.brands, key=lambda brand: brand.id)
        self._trails = {brand.id: self._trail_of(brand) for brand in brands}
        self._gave_up: set[str] = set()  # hosts that do not answer: no retries for later pages

    def _trail_of(self, brand: Brand) -> Trail:
        frontier = self.frontier_type(brand, self._plan.ledger)
        return Trail(frontier, origins=list(map(origin_of, take_up(frontier, self._plan))))

    @classmethod
    def from_crawler(
        cls,
        crawler: Crawler,
        *,
        plan: CrawlPlan | None = None,
        recorder: Recorder | None = None,
        brand: str = "",
    ) -> Self:
        """Called by Scrapy; without a plan, one is made for the live view."""
        live = plan is None or recorder is None
        if plan is None or recorder is None:
            plan, recorder = live_arguments(crawler.settings, brand)
        headers = crawler.settings["DEFAULT_REQUEST_HEADERS"]
        for name, value in identity(plan.contact).items():
            headers.set(name, value, priority="spider")
        return super().from_crawler(crawler, plan=plan, recorder=recorder, live=live)

    async def start(self) -> AsyncIterator[Any]:
        """Called by Scrapy: the first request of each brand."""
        for trail in self._trails.values():
            if (request := await self._advance(trail)) is not None:
                yield request

    def parse(self, response: Response) -> list[Item]:
        """Read a saved page (`scrapy check`, `scrapy parse`).

        @page tests/crawl/pages/contact.html 95003 +8657126880000
        @returns items 4 4
        @scrapes number number_class context url
        """
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        return list(
            items_of(
                response.body, url=response.url, final_url=response.url, content_type=content_type
            )
        )

    async def on_response(self, response: Response) -> AsyncIterator[Any]:
        """Called by Scrapy with each answer."""
        asking: Asking = response.meta[_ASKING]
        async for output in self._after(asking, self._received(asking, response)):
            yield output

    async def on_failure(self, failure: Failure) -> AsyncIterator[Any]:
        """Called by Scrapy when there is no answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        asking: Asking = request.meta[_ASKING]
        assert failure.value is not None
        robots: Decision | None = request.meta.get(DECISION)
        async for output in self._after(asking, self._missed(asking, failure.value, robots)):
            yield output

    def closed(self, reason: str) -> None:
        """Called by Scrapy at the end: nothing that was due stays without a line."""
        for trail in self._trails.values():
            left = (trail.pending, *trail.frontier.drain())
            trail.pending = None
            for asking in filter(None, left):
                detail = f"the crawl ended ({reason}) before this was answered"
                self._recorder.not_asked(asking, Outcome.INTERRUPTED, detail)

    # --- one step of one brand -----------------------------------------------------------------

    async def _after(self, asking: Asking, step: Awaitable[_Step]) -> AsyncIterator[Any]:
        trail = self._trails[asking.brand.id]
        try:
            done = await step
        except Exception as error:  # the one place where our own faults end, and are told
            self.logger.exception("callback error of %s at %s", asking.brand.id, asking.asked)
            self._tell_fault(trail, asking, f"{type(error).__name__}: {error}"[:500])
            done = _Step()
        for item in done.items:
            yield item
        trail.pending = None
        if done.asking is not None and self.crawler.crawling:
            yield self._request(trail, done.asking)
        elif done.asking is not None:
            trail.pending = done.asking  # `closed` writes its line
        elif (request := await self._advance(trail)) is not None:
            yield request

    def _tell_fault(self, trail: Trail, asking: Asking, words: str) -> None:
        if trail.kept is None:
            self._recorder.failed(asking, Setback(Outcome.CALLBACK_ERROR, words))
            return
        answer, pointer = trail.kept
        verdict = Verdict(Outcome.CALLBACK_ERROR, words)
        self._recorder.answered(asking, answer, verdict, (pointer, False))

    async def _advance(self, trail: Trail) -> Request | None:
        while self.crawler.crawling:
            asking = trail.frontier.take()
            few = self.follows_links and trail.frontier.found < _FEW
            if asking is None and not trail.sitemap_read and few:
                trail.sitemap_read = True
                found = await sitemap_links(self.crawler, trail.frontier.brand, trail.origins)
                trail.frontier.add(found, 0, "sitemap")
                asking = trail.frontier.take()
            if asking is None:
                self._leave_out(trail)
                return None
            if not self._is_held_back(asking):
                return self._request(trail, replace(asking, begun=time.monotonic()))
        return None

    def _leave_out(self, trail: Trail) -> None:
        limit = trail.frontier.brand.limits.pages
        for asking in trail.frontier.drain():
            detail = f"the budget of {limit} pages was used up before"
            self._recorder.not_asked(asking, Outcome.BUDGET, detail)

    def _is_held_back(self, asking: Asking) -> bool:
        wait = self._pace.remaining(endpoint_of(asking.asked)[0])
        if wait <= self._patience:
            return False
        detail = f"not asked: the host wants to be left alone for {wait:.0f} s more"
        self._recorder.not_asked(asking, Outcome.RATE_LIMITED, detail)
        return True

    def _request(self, trail: Trail, asking: Asking) -> Request:
        headers = {}
        known = asking.known
        if known is not None and (
            known.capture is None or self._recorder.archive.record(known.capture) is None
        ):
            asking = replace(asking, known=None)  # a 304 would leave us with nothing to read
        if known is not None and asking.conditional:
            headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        trail.pending, trail.kept = asking, None
        return Request(
            asking.asked + (asking.fragment if asking.rendered else ""),
            callback=self.on_response,
            errback=self.on_failure,
            headers={name: value for name, value in headers.items() if value},
            meta={
                _ASKING: asking,
                FLOOR: asking.brand.limits.delay,
                RENDERED: asking.brand if asking.rendered else None,
            },
            dont_filter=True,
        )

    # --- an answer, or none ----------------------------------------------------------------------

    async def _received(self, asking: Asking, response: Response) -> _Step:
        answer = answer_of(response)
        verdict = judge(answer, asking, self.settings.getint("DOWNLOAD_MAXSIZE"))
        if asking.rendered:
            if answer.url != asking.asked:  # where its scripts led
                asking = asking.hop(answer.url, "rendered")
            verdict = replace(verdict, detail=verdict.detail or str(response.meta.get(NOTE, "")))
        kept = self._recorder.keep(answer, asking, verdict)
        self._trails[asking.brand.id].kept = answer, kept[0]
        if verdict.target:
            onward = follow(asking, verdict)
            if isinstance(onward, Asking):
                return _Step(onward)
            verdict = onward
        wait = retry_after(answer.header("Retry-After"), answer.fetched_at)
        if self._may_retry(asking, verdict.outcome, wait):
            return _Step(asking.again(str(answer.status)))
        items: tuple[Item, ...] = ()
        if verdict.outcome.good:
            self._discover(asking, verdict)
            items = self._show(asking, answer, verdict)
        self._recorder.answered(asking, answer, verdict, kept)
        if verdict.outcome.good and self.follows_links:
            await self._look_behind(asking, verdict, answer.header("Content-Type"))
        return _Step(items=items)

    async def _missed(self, asking: Asking, error: BaseException, robots: Decision | None) -> _Step:
        setback = await setback_of(error, asking.asked)
        if robots and not setback.robots:
            setback = replace(setback, robots=robots.word, robots_rule=robots.rule)
        if self._may_retry(asking, setback.outcome, setback.retry_after):
            return _Step(asking.again(str(setback.outcome)))
        if setback.outcome in _UNREACHED and not asking.rendered:
            self._gave_up.add(endpoint_of(asking.asked)[0])
        self._recorder.failed(asking, setback)
        return _Step()

    def _may_retry(self, asking: Asking, outcome: Outcome, wait: float | None) -> bool:
        """Whether to ask again; the host is left alone for as long as it wants, in any case."""
        host = endpoint_of(asking.asked)[0]
        if wait and outcome in (Outcome.RATE_LIMITED, Outcome.HTTP_5XX, Outcome.ROBOTS):
            self._pace.hold(host, wait)
        tries = 0 if asking.rendered else ADVICE[outcome].retries  # a browser costs too much
        left = asking.tries < tries and host not in self._gave_up
        if not left or not self.crawler.crawling or self._pace.remaining(host) > self._patience:
            return False
        if not wait:
            self._pace.hold(host, self.settings.getfloat("HOTLINES_RETRY_DELAY") * 3**asking.tries)
        return True

    def _discover(self, asking: Asking, verdict: Verdict) -> None:
        trail = self._trails[asking.brand.id]
        trail.frontier.saw(asking.asked)
        if asking.picture or not self.follows_links:
            return
        if (origin := origin_of(asking.asked)) not in trail.origins:
            trail.origins.append(origin)
        media, text = verdict.media, verdict.text
        if verdict.outcome is Outcome.NOT_MODIFIED and asking.known and asking.known.capture:
            body, content_type = self._recorder.archive.body(asking.known.capture)
            media = media_of(body, content_type, asking.asked)
            text = decode(body, content_type, asking.brand.country).text
        trail.frontier.add(links_in(media, text, asking.asked), asking.depth, asking.asked)
        shows = media is Media.HTML and asking.kind in SHOWING_KINDS
        if shows and self.settings.getbool("HOTLINES_OCR"):
            trail.frontier.add_pictures(pictures_in(text, asking.asked), asking)

    async def _look_behind(self, asking: Asking, verdict: Verdict, content_type: str) -> None:
        """Of a page that shows nothing, find its data, or have a browser asked for it."""
        body = verdict.body
        if verdict.outcome is Outcome.NOT_MODIFIED and asking.known and asking.known.capture:
            body, content_type = self._recorder.archive.body(asking.known.capture)
        frontier = self._trails[asking.brand.id].frontier
        await Shells(self.crawler, self._recorder).look(frontier, asking, body, content_type)

    def _show(self, asking: Asking, answer: Answer, verdict: Verdict) -> tuple[Item, ...]:
        if not self._live or asking.picture or verdict.outcome is not Outcome.OK:
            return ()  # images are read in a process of their own, with limits
        return items_of(
            verdict.body,
            url=asking.url,
            final_url=asking.asked,
            content_type=answer.header("Content-Type"),
            kind=asking.kind,
            brand=asking.brand,
        )

    @property
    def _pace(self) -> PaceMiddleware:
        pace = self.crawler.get_downloader_middleware(PaceMiddleware)
        assert pace is not None, "DOWNLOADER_MIDDLEWARES must keep crawler.pace.PaceMiddleware"
        return pace

    @property
    def _patience(self) -> float:
        return self.settings.getfloat("HOTLINES_RETRY_AFTER_MAX")


def asking_of(response: Response | Failure | None) -> Asking | None:
    """The document that a response or failure belongs to."""
    request = getattr(response, "request", None)
    asking = request.meta.get(_ASKING) if isinstance(request, Request) else None
    return asking if isinstance(asking, Asking) else None
