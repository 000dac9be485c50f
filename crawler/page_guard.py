"""What one rendered page may ask for, and what it was refused: the crawl's policy, for a browser.

The browser's requests are asked twice: by their whole URL before they leave the page, and by
host at the proxy, which also sees what a redirect or a stray feature of the browser opens.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from crawler.failures import endpoint_of
from pipelines.ground import host_of, on_ground
from pipelines.model import Brand

MAX_REQUESTS = 100  # of one page
#: All that a text needs. A style sheet is answered with an empty one: pages wait for theirs.
KINDS = frozenset(("document", "script", "xhr", "fetch"))
_METHODS = frozenset(("GET", "HEAD"))  # RFC 9110 section 9.2.1: the others may change something
_LOCAL = frozenset(("about", "blob", "data"))  # opened without a network
_PORTS = frozenset((80, 443))

#: Says why robots.txt refuses a URL, or "".
RobotsWord = Callable[[str], Awaitable[str]]


async def _no_robots(_url: str) -> str:
    return ""


class PageGuard:
    """The policy for one page of one brand, with the books of what it asked.

    Args:
        brand: On whose declared ground the page may ask.
        url: Of the page; its port is open beside the usual ones.
        max_bytes: What it may load, over all its connections.
        robots: Asked last, since it may have to fetch robots.txt of another host.
    """

    def __init__(
        self, brand: Brand, url: str, max_bytes: int, robots: RobotsWord = _no_robots
    ) -> None:
        self._brand = brand
        self._ports = _PORTS | {endpoint_of(url)[1]}
        self._left = max_bytes
        self.max_bytes = max_bytes
        self._robots = robots
        self._requests = 0
        self.refused: dict[str, str] = {}  # host → why a request of the page was refused
        self.kept_out: dict[str, str] = {}  # the same at the proxy, the browser's own included
        self.exceeded = ""

    async def refusal(self, url: str, method: str = "GET", kind: str = "document") -> str:
        """Say why a request of the page may not leave it, or "" if it may."""
        reason = self.reason_against(url, method, kind) or await self._robots(url)
        if reason:
            if kind in KINDS:  # a picture that was left out is no news
                self.note(host_of(url) or url[:60], reason)
            return reason
        self._requests += 1
        if self._requests > MAX_REQUESTS:
            self.exceeded = f"more than {MAX_REQUESTS} requests"
        return self.exceeded

    def reason_against(self, url: str, method: str, kind: str = "document") -> str:
        """Say why a URL is never asked, without robots.txt and budget, or ""."""
        if kind not in KINDS:
            return f"kind {kind}"
        if method not in _METHODS:
            return f"method {method}"
        if not on_ground(url, self._brand):  # nothing but http and https lies on ground
            return "not declared ground"
        return self._port_refusal(endpoint_of(url)[1])

    def _port_refusal(self, port: int) -> str:
        return "" if port in self._ports else f"port {port}"

    def host_refusal(self, host: str, port: int) -> str:
        """Say why the browser may not reach a host at all, or "" if it may."""
        reason = self.exceeded or self._port_refusal(port)
        if not on_ground(f"https://{host}/", self._brand):
            reason = "not declared ground"
        if reason:
            self.kept_out.setdefault(host, reason)
        return reason

    def note(self, host: str, reason: str) -> None:
        """Keep why a host that the page wanted was not asked."""
        self.refused.setdefault(host, reason)

    def spend(self, count: int) -> bool:
        """Count bytes that the page loads; false when it has had enough."""
        self._left -= count
        if self._left < 0:
            self.exceeded = f"more than {self.max_bytes} bytes"
        return self._left >= 0

    @property
    def summary(self) -> str:
        """What the page was refused, for the log: the first few hosts with their reasons."""
        told = [f"{host} ({reason})" for host, reason in list(self.refused.items())[:5]]
        more = len(self.refused) - len(told)
        return "refused: " + ", ".join(told) + (f" and {more} more" if more else "") if told else ""


def is_local(url: str) -> bool:
    """Whether the browser opens a URL without a network."""
    return url.partition(":")[0].lower() in _LOCAL
