"""What one page in the browser leaves behind for the next."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from crawling import brand
from scrapy import Request

from crawler.filtering_proxy import FilteringProxy
from crawler.page_guard import PageGuard
from crawler.rendering import require_browser
from tests.browsers import needs_browser

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Route

    from crawler.page_visit import PageVisit

pytestmark = needs_browser
URL = "http://www.falls.test/contact"


async def _nowhere(_host: str, _port: int) -> tuple[tuple[()], str]:
    return (), "nothing is asked in this test"


def _visit(proxy: FilteringProxy) -> PageVisit:
    from crawler.page_visit import PageVisit

    return PageVisit(PageGuard(brand("falls", URL), URL, 1024), proxy, 60.0)


async def _opened(browser: Browser, visit: PageVisit) -> Page:
    from playwright.async_api import Page

    page = await (await browser.new_context()).new_page()
    opens = visit.meta("hotlines")["playwright_page_init_callback"]
    async with visit.clock:
        await opens(page, Request(URL))
    assert isinstance(page, Page)
    return page


async def _falls(browser: Browser, visit: PageVisit, *, late: bool) -> None:
    """A page is left while a handler decides on its request, or after that handler failed."""
    from playwright.async_api import Error

    asked, decides, failed = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def fails(_route: Route) -> None:
        asked.set()
        await decides.wait()
        failed.set()
        raise Error("the page is gone")

    page = await _opened(browser, visit)
    await page.route("**", fails)
    going = asyncio.ensure_future(page.goto(URL))
    await asked.wait()
    if late:
        await visit.leave()
    decides.set()
    await failed.wait()
    await asyncio.sleep(0)  # for Playwright to hear of it
    if not late:
        await visit.leave()
    with suppress(Error):
        await going


@pytest.mark.parametrize("late", [False, True])
def test_what_a_page_fails_at_is_not_raised_in_the_next(late: bool) -> None:
    async def run() -> str:
        from playwright.async_api import async_playwright

        proxy = FilteringProxy(_nowhere)
        async with async_playwright() as driver:
            browser = await driver.chromium.launch(
                executable_path=str(require_browser()), chromium_sandbox=False
            )
            await _falls(browser, _visit(proxy), late=late)
            page = await _opened(browser, _visit(proxy))
            url = page.url
            await browser.close()
        await proxy.close()
        return url

    assert asyncio.run(asyncio.wait_for(run(), 120)) == "about:blank"
