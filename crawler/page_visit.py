"""One page in the browser: let in what the guard admits, wait until it is done, tell what failed.

Needs the extra `browser`.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any
from uuid import uuid4

from playwright.async_api import Error as BrowserError
from playwright.async_api import Page, Route, WebSocketRoute
from playwright.async_api import Request as Asked
from playwright.async_api import Response as Got
from scrapy import Request
from scrapy_playwright.page import PageMethod

from crawler.failed_hops import FailedHops
from crawler.failures import endpoint_of
from crawler.filtering_proxy import FilteringProxy
from crawler.live import reading_rules
from crawler.outcomes import RenderingError
from crawler.page_guard import PageGuard, is_local
from crawler.resolver import installed_resolver
from pipelines.vocabulary import Outcome

_START_SECONDS = 60.0  # of the browser itself; not the page's time
_CLOSE_SECONDS = 5.0
_QUIET = 0.5  # seconds without a request of the page under way
_PATIENCE = 3.0  # seconds that a page which is quiet and shows nothing may take for its timers
_STEP = 0.1
_SHOWN = "() => document.body ? document.body.innerText.trim().length : 0"
_MARKUP = "() => document.documentElement ? document.documentElement.outerHTML.length : 0"
_GIVEN_UP = re.compile(r"ERR_ABORTED|BLOCKED_BY_CLIENT")  # by the page itself, or by us
_OF_ERROR = (
    (re.compile(r"ERR_CERT_DATE_INVALID"), Outcome.TLS_EXPIRED),
    (re.compile(r"ERR_CERT_COMMON_NAME_INVALID"), Outcome.TLS_NAME),
    (re.compile(r"ERR_CERT_|ERR_SSL_"), Outcome.TLS_CHAIN),
    (re.compile(r"Timeout|ERR_(?:CONNECTION_)?TIMED_OUT"), Outcome.TIMEOUT),
)


class PageVisit:
    """What happens to one request for a rendered page."""

    def __init__(self, guard: PageGuard, proxy: FilteringProxy, seconds: float) -> None:
        self.guard = guard
        self._proxy = proxy
        self._seconds = seconds
        self._clock = asyncio.timeout(_START_SECONDS)
        self._page: Page | None = None
        self._under_way: set[Asked] = set()
        self._hops = FailedHops()
        self._doubtful: list[tuple[str, str]] = []  # failed, with the reason; where, is not known
        self._failed: RenderingError | None = None
        self._fault = ""
        self._gone = asyncio.Event()

    @property
    def clock(self) -> asyncio.Timeout:
        """The time limit: first for the browser to start, then for the page."""
        return self._clock

    def meta(self, user_agent: str) -> dict[str, Any]:
        """What scrapy-playwright reads in the meta of the request."""
        return {
            "playwright": True,
            "autothrottle_dont_adjust_delay": True,  # it is the browser that takes its time
            "playwright_context": uuid4().hex,  # no cookie, cache or storage outlives the page
            "playwright_context_kwargs": {
                "service_workers": "block",
                "accept_downloads": False,
                "locale": "zh-CN",
                "user_agent": user_agent,
            },
            "playwright_page_goto_kwargs": {"wait_until": "domcontentloaded"},
            "playwright_page_init_callback": self._open,
            "playwright_page_methods": [PageMethod(self._settle)],
        }

    async def _open(self, page: Page, _request: Request) -> None:
        """Called before the page is loaded; the proxy lets nothing pass before its end."""
        if self._page is not None:  # it went down with its browser
            await _surely(self._page.unroute_all(behavior="ignoreErrors"))
        self._page = page
        self._under_way.clear()
        self._doubtful.clear()
        self._gone.clear()
        try:
            await self._watch(page)
        except Exception as error:  # scrapy-playwright would only log it
            self._fault = f"{type(error).__name__}: {error}"
            raise
        self._clock.reschedule(asyncio.get_running_loop().time() + self._seconds)
        self._proxy.guard = self.guard

    async def _watch(self, page: Page) -> None:
        await self._hops.listen(page)
        await page.route("**", self._decide)  # before the handler's own, which sends the headers
        # Windows that the page opens have neither of the two.
        await page.context.route("**", _refuse)
        await page.context.route_web_socket("**", _refuse_socket)
        page.context.on("page", _close_popup)
        page.on("close", self._end)
        page.on("crash", self._end)
        page.on("request", self._noted)
        page.on("response", self._answered)
        page.on("requestfinished", self._finished)
        page.on("requestfailed", self._broken)

    async def _decide(self, route: Route, asked: Asked) -> None:
        if asked.resource_type == "stylesheet":
            # Scripts wait for the style sheets they ask for, and give up without them.
            await route.fulfill(status=200, content_type="text/css", body="")
            return
        try:
            reason = await self._reason(asked)
        except ValueError:  # a URL that is none
            reason = "no URL"
        if reason:
            self._under_way.discard(asked)
            await route.abort("blockedbyclient")
        else:
            await route.fallback()

    async def _reason(self, asked: Asked) -> str:
        if is_local(asked.url):
            return ""
        return await self.guard.refusal(asked.url, asked.method, asked.resource_type)

    def _noted(self, asked: Asked) -> None:
        if not is_local(asked.url) and not self.guard.reason_against(
            asked.url, asked.method, asked.resource_type
        ):
            self._under_way.add(asked)

    def _end(self, _page: Page) -> None:
        self._gone.set()

    def _finished(self, asked: Asked) -> None:
        self._under_way.discard(asked)

    def _answered(self, got: Got) -> None:
        main = got.request.is_navigation_request() and got.frame.parent_frame is None
        if main:  # its status is judged like that of any page
            return
        if got.status == 429 or got.status >= 500:
            outcome = Outcome.RATE_LIMITED if got.status == 429 else Outcome.HTTP_5XX
            self._fail(outcome, f"{got.url[:200]} answered {got.status}")

    def _broken(self, asked: Asked) -> None:
        admitted = asked in self._under_way
        self._under_way.discard(asked)
        why = asked.failure or ""
        host = endpoint_of(asked.url)[0]
        if asked.redirected_from and host in self.guard.kept_out:
            self.guard.note(host, self.guard.kept_out[host])
        elif admitted and not _GIVEN_UP.search(why):
            self._doubtful.append((asked.url, why))

    async def _judge_failed(self) -> None:
        """A request that was sent on to where we refuse it is no failed part of the page."""
        while self._doubtful:
            url, why = self._doubtful[0]
            ends = await self._hops.ends(url)
            del self._doubtful[0]  # not before: `check` must not miss it
            self._judge(url, why, ends)

    def _judge(self, url: str, why: str, ends: set[str]) -> None:
        for end in sorted(ends):
            host = endpoint_of(end)[0]
            refused = self.guard.kept_out.get(host) or self.guard.reason_against(end, "GET")
            if refused and end != url.partition("#")[0]:
                self.guard.note(host, refused)
            else:
                self._fail(_outcome_of(why), f"{end[:200]}: {why}")

    def _fail(self, outcome: Outcome, detail: str) -> None:
        # A part that did not come may be the one with the number: no good answer.
        self._failed = self._failed or self._failure(outcome, f"a part did not load: {detail}")

    def _failure(self, outcome: Outcome, detail: str) -> RenderingError:
        told = (detail, self.guard.exceeded, self.guard.summary)
        return RenderingError(outcome, "; ".join(filter(None, told))[:1000])

    async def _settle(self, page: Page) -> None:
        """Return when nothing is under way, and the page shows something or had time to."""
        shell = reading_rules().states.script_shell[0]
        begun = quiet_since = time.monotonic()
        while not self._gone.is_set():
            await self._judge_failed()
            if self.guard.exceeded or self._failed:
                return  # `check` says what it came to
            now = time.monotonic()
            if self._under_way:
                quiet_since = now
            quiet = now - quiet_since
            patient = now - begun < _PATIENCE
            if quiet >= _QUIET and (not patient or await _measure(page, _SHOWN) > shell):
                break
            await asyncio.sleep(_STEP)
        if self._gone.is_set():
            raise BrowserError("it ended while the page was loading")
        if _is_of_web(page.url) and await _measure(page, _MARKUP) > self.guard.max_bytes:
            raise self._failure(Outcome.TOO_LARGE, "the document grew beyond what is kept")

    def check(self, url: str) -> None:
        """Raise if the document at the end is another, or may be less than it would be."""
        if not _is_of_web(url):
            # The browser's own error page stands in the place of what it was refused.
            raise self._failure(Outcome.REDIRECT_OFF_GROUND, "the page leads elsewhere")
        if self.guard.exceeded:
            raise self._failure(Outcome.TOO_LARGE, "the page wants more than it may load")
        for url, why in self._doubtful:  # it failed after `_settle`, and cannot be asked about
            self._judge(url, why, self._hops.known_ends(url))
        if self._failed is not None:
            raise self._failed

    def timed_out(self) -> RenderingError:
        """The page took too long, or the browser to start."""
        waiting = next((f"waiting for {asked.url[:200]}" for asked in self._under_way), "")
        what = "was not done" if self._page else "had no browser"
        limit = self._seconds if self._page else _START_SECONDS
        return self._failure(
            Outcome.TIMEOUT, f"the page {what} after {limit:.0f} s {waiting}".rstrip()
        )

    def broke(self, error: BrowserError, url: str) -> RenderingError:
        """The browser says that it failed."""
        if self._fault:
            return self._failure(Outcome.CALLBACK_ERROR, self._fault)
        if private := installed_resolver().refused.get(endpoint_of(url)):
            return self._failure(Outcome.PRIVATE_ADDRESS, private)
        if self.guard.exceeded:
            return self._failure(Outcome.TOO_LARGE, "the page wants more than it may load")
        words = error.message.partition("\nCall log")[0].strip()
        return self._failure(_outcome_of(words), f"the browser failed: {words[:300]}")

    async def leave(self) -> None:
        """Throw the page away with all it stored, and what its handlers still come to.

        A request that is being decided on when the page ends fails in its handler, and Playwright
        raises that failure at the next call of anybody: in a page of another brand.
        """
        if self._page is None:
            return
        page, context = self._page, self._page.context
        for end in (page.unroute_all, context.unroute_all):
            await _surely(end(behavior="ignoreErrors"))
        await _surely(context.close())


def _is_of_web(url: str) -> bool:
    return url.startswith(("http://", "https://"))


def _outcome_of(words: str) -> Outcome:
    return next((o for pattern, o in _OF_ERROR if pattern.search(words)), Outcome.CONNECTION_LOST)


async def _surely(call: Coroutine[Any, Any, None]) -> None:
    """Wait for what a browser that is gone need not answer."""
    with suppress(BrowserError, TimeoutError):
        await asyncio.wait_for(call, _CLOSE_SECONDS)


async def _measure(page: Page, expression: str) -> int:
    try:
        return int(await page.evaluate(expression))
    except BrowserError:
        return 0  # on its way to another document; that it is gone is told by an event


async def _refuse(route: Route) -> None:
    await route.abort("blockedbyclient")


async def _refuse_socket(socket: WebSocketRoute) -> None:
    await socket.close()


async def _close_popup(page: Page) -> None:
    with suppress(BrowserError):
        await page.close()
