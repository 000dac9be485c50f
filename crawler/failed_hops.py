"""Where a request of a page failed that was sent on: at which address of its way.

Playwright tells it from two events of the browser for each hop. Where they come in the other
order, as they may on a busy machine, it blames the address that sent the request on. The browser
itself numbers its requests, so its own events leave no doubt. Needs the extra `browser`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as BrowserError


class FailedHops:
    """The ways of a page's requests, by the browser's own numbers for them."""

    def __init__(self) -> None:
        self._session: CDPSession | None = None
        self._ways: dict[str, list[str]] = {}  # request id → its addresses so far
        self._ends: dict[str, set[str]] = {}  # address → where ways that led over it failed

    async def listen(self, page: Page) -> None:
        """Hear of the requests of a page, from now on."""
        self._ways.clear()
        self._ends.clear()
        session = await page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", self.sent)
        session.on("Network.loadingFailed", self.failed)
        await session.send("Network.enable")
        self._session = session

    def sent(self, event: Mapping[str, Any]) -> None:
        """A request leaves, or is sent on; then it keeps its number."""
        way = self._ways.setdefault(event["requestId"], [])
        way.append(event["request"]["url"])

    def failed(self, event: Mapping[str, Any]) -> None:
        """A request failed at the last address of its way."""
        way = self._ways.pop(event["requestId"], [])
        if not event.get("blockedReason"):  # we refused it before it left
            for url in way:
                self._ends.setdefault(url, set()).add(way[-1])

    async def ends(self, url: str) -> set[str]:
        """Tell where the requests failed that were first sent to a URL, or led over it.

        A request that the page itself did not make (a worker's, a frame's) failed where it is
        said to have failed.
        """
        if self._session is not None:
            with suppress(BrowserError):  # the page is gone: what it told is all there is
                # The answer comes after all that the browser told before.
                await self._session.send("Runtime.evaluate", {"expression": "0"})
        return self.known_ends(url)

    def known_ends(self, url: str) -> set[str]:
        """The same, as far as it was told until now."""
        bare = url.partition("#")[0]
        return self._ends.get(bare) or {bare}
