"""Scrapy's download handler for rendered pages: scrapy-playwright behind our proxy.

Needs the extra `browser`; only `hotlines crawl --render` loads it. Requests without `RENDERED` in
their meta go on as in any crawl, and the browser starts with the first that has it.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

from playwright.async_api import Browser
from playwright.async_api import Error as BrowserError
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response
from scrapy.settings import BaseSettings
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from scrapy_playwright.provider import PlaywrightBrowserProvider

from crawler.filtering_proxy import FilteringProxy
from crawler.page_guard import PageGuard
from crawler.page_visit import PageVisit
from crawler.rendering import NOTE, RENDERED, require_browser
from crawler.resolver import Endpoint, installed_resolver
from crawler.robots import RobotsMiddleware
from outputs.captures import RENDERED_TYPE

# Read in the process that the demo and the tests start for the sample web: fingerprints of the
# keys of its hosts, as its certificate authority is in SSL_CERT_FILE for Scrapy.
_TRUST_VARIABLE = "HOTLINES_BROWSER_SPKI"
_ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--mute-audio",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # else around the proxy
    "--proxy-bypass-list=<-loopback>",  # else loopback addresses go around it
)


class LateProvider(PlaywrightBrowserProvider):  # type: ignore[misc]
    """Starts nothing with the crawl: most crawls come across no page for a browser."""

    async def start(self) -> None:
        """Called by the handler when the engine starts."""

    async def launch_browser(self) -> Browser:
        """Called by the handler before the first page, and after a crash."""
        if self.browser_type is None:
            await super().start()
        browser: Browser = await super().launch_browser()
        return browser


class BrowserHandler(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """Renders one page at a time, each in a context of its own that is thrown away."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._ours = crawler
        self._proxy = FilteringProxy(_addresses)
        self._turn = asyncio.Lock()
        self.config.target_closed_max_retries = 1  # a page that ends the browser may do so again
        self.config.navigation_timeout_ms = 0  # none: the clock of the visit is the limit
        self.config.launch_options = _launch_options(crawler.settings, self._proxy.port)

    async def download_request(self, request: Request) -> Response:
        """Called by Scrapy."""
        brand = request.meta.get(RENDERED)
        if brand is None:
            plain: Response = await super().download_request(request)
            return plain
        settings = self._ours.settings
        async with self._turn:
            await self._proxy.start()
            limit = 2 * settings.getint("DOWNLOAD_MAXSIZE")
            guard = PageGuard(brand, request.url, limit, self._robots_word)
            visit = PageVisit(guard, self._proxy, settings.getfloat("HOTLINES_RENDER_TIMEOUT"))
            try:
                return await self._render(request, visit)
            finally:
                self._proxy.hang_up()
                await visit.leave()

    async def close(self) -> None:
        """Called by Scrapy at the end."""
        await self._proxy.close()
        await super().close()

    async def _render(self, request: Request, visit: PageVisit) -> Response:
        agent = (request.headers.get("User-Agent") or b"").decode("latin-1")
        request.meta.update(visit.meta(agent))
        try:
            async with visit.clock:
                shown = await super().download_request(request)
        except TimeoutError as error:
            raise visit.timed_out() from error
        except BrowserError as error:
            raise visit.broke(error, request.url) from error
        visit.check(shown.url)
        said = (f"Chromium {self.browser.version}", visit.guard.summary)
        request.meta[NOTE] = "; ".join(filter(None, said))
        return HtmlResponse(
            shown.url.partition("#")[0],
            status=shown.status,
            headers={"Content-Type": RENDERED_TYPE},
            body=shown.body.decode(shown.encoding).encode("utf-8", "replace"),
            encoding="utf-8",
            request=request,
        )

    async def _robots_word(self, url: str) -> str:
        robots = self._ours.get_downloader_middleware(RobotsMiddleware)
        return await robots.word_against(url) if robots else ""


def _launch_options(settings: BaseSettings, port: int) -> dict[str, Any]:
    arguments = [*_ARGUMENTS]
    if trusted := os.environ.get(_TRUST_VARIABLE):
        arguments.append(f"--ignore-certificate-errors-spki-list={trusted}")
    return {
        "executable_path": str(require_browser(settings.get("HOTLINES_CHROMIUM") or "")),
        "headless": True,
        "args": arguments,
        "proxy": {"server": f"http://127.0.0.1:{port}"},
        "chromium_sandbox": os.geteuid() != 0,  # Chromium has none for root
        "handle_sigint": False,  # a signal ends the crawl politely, and with it the browser
        "handle_sigterm": False,
        "handle_sighup": False,
        "timeout": 60000,
    }


async def _addresses(host: str, port: int) -> tuple[tuple[Endpoint, ...], str]:
    resolver = installed_resolver()
    found = await resolver.addresses(host, port)
    reason = resolver.refused.get((host, port)) or "the name has no address"
    return found, "" if found else reason
