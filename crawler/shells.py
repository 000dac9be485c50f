"""Look behind a page that shows nothing: the data its scripts name, asked for as any document.

Cheap before dear: a plain request for data costs a sixtieth of a rendered page.
"""

from __future__ import annotations

from scrapy.crawler import Crawler

from crawler.frontier import Asking, Frontier
from crawler.reception import judge
from crawler.recording import Recorder
from crawler.rendering import BROWSER_HANDLER, is_shell, offers_number
from crawler.sitemaps import ask_beside
from pipelines.decode import decode
from pipelines.extract.data_calls import data_calls, scripts_of
from pipelines.ground import on_ground
from pipelines.inflate import BadEncoding, TooLarge, inflate
from pipelines.media import Media
from pipelines.model import Page
from pipelines.vocabulary import Outcome

MAX_SCRIPTS = 2  # of one page, read for the addresses they name
MAX_CALLS = 2  # of one page: each is a request to somebody's server


class Shells:
    """What the crawl does about pages that show nothing."""

    def __init__(self, crawler: Crawler, recorder: Recorder) -> None:
        self._crawler = crawler
        self._recorder = recorder
        self._limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        handlers = crawler.settings.getdict("DOWNLOAD_HANDLERS")
        self._render = handlers.get("https") == BROWSER_HANDLER

    async def look(self, frontier: Frontier, asking: Asking, body: bytes, kind: str) -> None:
        """Find data behind a page if it is a shell; else have it rendered, if that was asked."""
        if asking.rendered or asking.picture or b"<script" not in body.lower():
            return
        if not is_shell(_page(asking, body, kind)):
            return
        text = decode(body, kind, asking.brand.country).text
        if not await self._found_data(frontier, asking, text) and self._render:
            frontier.render(asking)

    async def _found_data(self, frontier: Frontier, asking: Asking, markup: str) -> bool:
        code, sources = scripts_of(markup, asking.asked)
        calls = self._usable(data_calls(code, asking.asked), asking)
        if not calls:  # then the page's own scripts may name them
            for source in self._usable(sources, asking)[:MAX_SCRIPTS]:
                calls += self._usable(
                    data_calls(await self._script(source, asking), source), asking
                )
        for url in dict.fromkeys(calls[:MAX_CALLS]):
            if await self._holds_number(frontier.beside(url, asking), frontier):
                return True
        return False

    def _usable(self, urls: tuple[str, ...], asking: Asking) -> tuple[str, ...]:
        return tuple(url for url in urls if on_ground(url, asking.brand))

    async def _script(self, url: str, asking: Asking) -> str:
        answer = await ask_beside(self._crawler, url, asking.brand)
        if answer is None or answer.status != 200:
            return ""
        try:
            body = inflate(answer.payload, answer.header("Content-Encoding"), self._limit)
        except (BadEncoding, TooLarge):
            return ""  # a script that is not read names nothing; the page stays a shell
        return decode(body, answer.header("Content-Type"), asking.brand.country).text

    async def _holds_number(self, data: Asking, frontier: Frontier) -> bool:
        """Ask for data; what offers a number is kept as a document, the rest is no document."""
        if data.known is not None and data.known.capture is not None:
            return True  # a document of earlier runs: it is asked in its turn
        answer = await ask_beside(self._crawler, data.asked, data.brand)
        if answer is None:
            return False
        verdict = judge(answer, data, self._limit)
        if verdict.outcome is not Outcome.OK or verdict.media is not Media.JSON:
            return False
        if not offers_number(_page(data, verdict.body, answer.header("Content-Type"))):
            return False
        frontier.saw(data.url)
        kept = self._recorder.keep(answer, data, verdict)
        self._recorder.answered(data, answer, verdict, kept)
        return True


def _page(asking: Asking, body: bytes, content_type: str) -> Page:
    return Page(
        asking.url,
        body,
        asking.asked,
        content_type,
        asking.kind,
        asking.brand,
        asking.brand.country,
        called=asking.link_text,
    )
