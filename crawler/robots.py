"""robots.txt (RFC 9309): the decision and the line that made it, kept per request.

Scrapy's own middleware allows everything when robots.txt answers 500 or not at all; the RFC
says the opposite, and the operator wants to know which line forbade a page.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from crawler.pace import FLOOR, PaceMiddleware
from crawler.policy import retry_after
from pipelines.inflate import BadEncoding, TooLarge, inflate

DECISION = "hotlines_robots"  # key of Request.meta
SKIP = "hotlines_skip_robots"
MAX_REDIRECTS = 5  # RFC 9309 section 2.3.1.2
MAX_BYTES = 500 * 1024  # section 2.5
MAX_CRAWL_DELAY = 30.0  # seconds; longer ones would be a refusal in disguise
_TRIES = 3
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a URL may be asked: a word of the data contract, and the line that decided."""

    allowed: bool
    word: str
    rule: str = ""


NO_ROBOTS = Decision(allowed=True, word="no_robots")


class RobotsRefused(IgnoreRequest):
    """robots.txt forbids the request."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        self.detail = f"robots.txt: {decision.rule or 'forbidden'}"
        super().__init__(self.detail)


class RobotsUnreachable(IgnoreRequest):
    """robots.txt could not be had, which forbids everything (RFC 9309 section 2.3.1.4)."""

    def __init__(
        self,
        url: str,
        detail: str,
        *,
        status: int = 0,
        cause: Exception | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{url}: {detail}")
        self.url = url
        self.detail = f"{detail}; that forbids everything (RFC 9309)"
        self.status = status
        self.cause = cause
        self.retry_after = retry_after


class RobotsFile:
    """A parsed robots.txt, seen by one user agent."""

    def __init__(self, text: str, agent: str) -> None:
        self._lines = [line.partition("#")[0].strip() for line in text.splitlines()]
        self._agent = agent
        self._parsed = Protego.parse(text)

    @property
    def crawl_delay(self) -> float:
        """Seconds between requests that the file asks of us, capped."""
        return min(self._parsed.crawl_delay(self._agent) or 0.0, MAX_CRAWL_DELAY)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """Sitemaps named for the whole site."""
        return tuple(self._parsed.sitemaps)

    def decide(self, url: str) -> Decision:
        """Decide about a URL.

        >>> RobotsFile("User-agent: *\\nDisallow: /a\\nDisallow: /a/b", "x").decide("http://h/a/b")
        Decision(allowed=False, word='disallowed', rule='Disallow: /a/b')
        """
        allowed = self._parsed.can_fetch(url, self._agent)
        return Decision(allowed, "allowed" if allowed else "disallowed", self._rule(url, allowed))

    def _rule(self, url: str, allowed: bool) -> str:
        # Protego says what it decided but not by which line. A line decided if it is of our
        # group, matches, says what was decided, and is the longest such.
        word = "allow" if allowed else "disallow"
        matching = [
            (len(value), -place, self._lines[place])
            for place, (name, value) in enumerate(map(_directive, self._lines))
            if name == word and value and self._forbids(place, value, url)
        ]
        return max(matching)[2] if matching else ""

    def _forbids(self, place: int, value: str, url: str) -> bool:
        alone = Protego.parse(f"User-agent: *\nDisallow: {value}")
        if alone.can_fetch(url, self._agent):
            return False
        # The whole file with all rules emptied but this one keeps the groups as they are.
        lines = [
            f"Disallow: {value}" if i == place else _emptied(line)
            for i, line in enumerate(self._lines)
        ]
        return not Protego.parse("\n".join(lines)).can_fetch(url, self._agent)


def _directive(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()


def _emptied(line: str) -> str:
    return "Disallow:" if _directive(line)[0] in ("allow", "disallow") else line


def origin_of(url: str) -> str:
    """Scheme, host and port: robots.txt holds for these."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


@dataclass(slots=True)
class _Origin:
    lock: asyncio.Lock
    file: RobotsFile | None = None
    failure: RobotsUnreachable | None = None
    known: bool = False
    tries: int = 0


class RobotsMiddleware:
    """Ask robots.txt of an origin once, before its first page; refuse what it forbids."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured("ROBOTSTXT_OBEY is off: every fetch will say `not_asked`")
        self._crawler = crawler
        self._agent = str(crawler.settings["ROBOTSTXT_USER_AGENT"])
        self._limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._origins: dict[str, _Origin] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Called by Scrapy."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Called by Scrapy for each request; leaves the decision in its meta."""
        if request.meta.get(SKIP) or urlparse_cached(request).scheme not in ("http", "https"):
            return
        robots = await self._robots(request)
        decision = robots.decide(request.url) if robots else NO_ROBOTS
        request.meta[DECISION] = decision
        if not decision.allowed:
            raise RobotsRefused(decision)

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """Sitemaps that the robots.txt of a URL's origin names, if it was asked."""
        origin = self._origins.get(origin_of(url))
        return origin.file.sitemaps if origin and origin.file else ()

    async def word_against(self, url: str) -> str:
        """Say which rule forbids a URL that a rendered page asks for, or ""."""
        # A slot of its own: the page holds that of its host until it is done.
        request = Request(url, meta={"download_slot": f"robots of {origin_of(url)}"})
        try:
            robots = await self._robots(request)
        except RobotsUnreachable as failure:
            return failure.detail
        decision = robots.decide(url) if robots else NO_ROBOTS
        return "" if decision.allowed else f"robots.txt: {decision.rule or 'forbidden'}"

    async def _robots(self, request: Request) -> RobotsFile | None:
        url = origin_of(request.url)
        origin = self._origins.setdefault(url, _Origin(asyncio.Lock()))
        async with origin.lock:
            if not origin.known:
                await self._ask(origin, url, request)
        if origin.failure is not None:
            raise origin.failure
        return origin.file

    async def _ask(self, origin: _Origin, url: str, request: Request) -> None:
        origin.tries += 1
        origin.failure = None
        try:
            origin.file = await self._fetch(url + "/robots.txt", request)
            origin.known = True
        except RobotsUnreachable as failure:
            # Asked again with the page's own retries, then taken as said for this run.
            origin.failure = failure
            origin.known = origin.tries >= _TRIES
            return
        if origin.file and origin.file.crawl_delay:
            pace = self._crawler.get_downloader_middleware(PaceMiddleware)
            assert pace is not None
            pace.slow_down(urlsplit(url).hostname or "", origin.file.crawl_delay)

    async def _fetch(self, url: str, request: Request) -> RobotsFile | None:
        asked = url
        for _ in range(MAX_REDIRECTS + 1):
            response = await self._download(asked, request)
            target = response.headers.get("Location", b"")
            if response.status not in _REDIRECTS or not target:
                return self._read(asked, response)
            asked = urljoin(asked, target.decode("latin-1"))
            if urlsplit(asked).scheme not in ("http", "https"):
                raise RobotsUnreachable(url, f"robots.txt redirects to {asked!r}")
        return None  # more redirects than that: the RFC lets us take it as not there

    async def _download(self, url: str, request: Request) -> Response:
        ask = Request(
            url,
            callback=NO_CALLBACK,
            meta={
                SKIP: True,
                FLOOR: request.meta.get(FLOOR),
                "download_slot": request.meta.get("download_slot"),
            },
            dont_filter=True,
        )
        try:
            return await self._crawler.engine.download_async(ask)
        except Exception as error:
            raise RobotsUnreachable(url, "robots.txt did not answer", cause=error) from error

    def _read(self, url: str, response: Response) -> RobotsFile | None:
        status = response.status
        if status == 429 or status >= 500 or 300 <= status < 400:
            wait = retry_after(_header(response, "Retry-After"), datetime.now(UTC))
            detail = f"robots.txt answered {status}"
            raise RobotsUnreachable(url, detail, status=status, retry_after=wait)
        if status >= 400:
            return None
        try:
            body = inflate(response.body, _header(response, "Content-Encoding"), self._limit)
        except (BadEncoding, TooLarge) as error:
            raise RobotsUnreachable(url, f"robots.txt is unreadable: {error}") from error
        return RobotsFile(body[:MAX_BYTES].decode("utf-8-sig", "replace"), self._agent)


def _header(response: Response, name: str) -> str:
    return b", ".join(response.headers.getlist(name)).decode("latin-1")
