"""What stands where: hosts and broken answers from `site.toml`, pages from `site/`.

Files are plain UTF-8. `<path>`, `<path>.html` or `<path>/index.html` is searched under day3,
day2, day1, from the asked day backwards. A page that does not begin with `<!DOCTYPE` is a
fragment: its first line `<!-- title: … -->` and the rest go into `frame.html` of its host.
`x.pdf.txt` is served as the PDF `x.pdf`. A host may mirror another one, with some words swapped.
The adversary's corner (`corner/`) has hosts, pages and brands of its own on the same web.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum, auto
from pathlib import Path
from string import Template
from typing import Any, Literal

from crawler.sampleweb import answers
from crawler.sampleweb.answers import Answer, Delivery
from crawler.sampleweb.certificates import Certificate
from crawler.sampleweb.pdf import pdf_of
from crawler.sampleweb.search import search_answer

ROOT = Path(__file__).parent
CORNER = ROOT / "corner"
DAYS = (1, 2, 3)
MONTHS_AHEAD = 12
_EDITED = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)  # when the files of day 1 were "edited"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".pdf": "application/pdf",
    ".png": "image/png",
}


class Kind(StrEnum):
    """What a route answers instead of a file."""

    STATUS = auto()
    REDIRECT = auto()
    RATE_LIMITED = auto()  # 429 at the first request of a day, the file afterwards
    HANG = auto()
    CUT = auto()
    EMPTY = auto()
    CALENDAR = auto()
    GZIP_BOMB = auto()
    ENDLESS = auto()
    TRUNCATED_GZIP = auto()
    JPEG = auto()
    BROKEN_PDF = auto()
    SEARCH = auto()


@dataclass(frozen=True, slots=True)
class Host:
    """One name of the web; `listens` is false where the port is closed."""

    name: str
    scheme: Literal["http", "https"] = "https"
    validators: tuple[str, ...] = ()  # "etag", "weak_etag", "modified"
    charset: str = "utf-8"
    content_type: str = ""  # overrides the type of pages, e.g. one without a charset
    certificate: Certificate = Certificate.GOOD
    listens: bool = True
    packed: bool = False  # pages are compressed anew for each request
    cookies: tuple[str, ...] = ()
    mirrors: str = ""  # the host whose pages it copies, if it has none of its own
    swaps: tuple[tuple[str, str], ...] = ()  # what the copy says instead
    root: Path = ROOT / "site"


@dataclass(frozen=True, slots=True)
class Route:
    """An answer that is no file; path `*` stands for all but robots.txt."""

    host: str
    path: str
    kind: Kind
    days: tuple[int, ...] = DAYS
    status: int = 0
    location: str = ""
    retry_after: str = ""
    page: bool = False  # a status with the file as its body

    def covers(self, host: str, path: str, day: int) -> bool:
        """Whether this route decides about a request."""
        everything = self.path == "*" and path != "/robots.txt"
        return host == self.host and day in self.days and (everything or path == self.path)


@dataclass(frozen=True, slots=True)
class Site:
    """All hosts and routes; `answer` is a pure function of them and the files."""

    hosts: dict[str, Host]
    routes: tuple[Route, ...]
    root: Path = ROOT / "site"

    def answer(self, host: str, target: str, day: int, attempt: int) -> Answer:
        """What the host says to the n-th request (from 0) of a day for a target."""
        path, _, query = target.partition("?")
        for route in self.routes:
            if route.covers(host, path, day):
                return self._routed(route, self.hosts[host], path, query, day, attempt)
        return self._page(self.hosts[host], path, day, attempt)

    def _routed(
        self, route: Route, host: Host, path: str, query: str, day: int, attempt: int
    ) -> Answer:
        match route.kind:
            case Kind.STATUS:
                if route.page:
                    return Answer(route.status, self._page(host, path, day, attempt).body)
                return answers.status_page(route.status)
            case Kind.RATE_LIMITED if attempt == 0:
                return answers.status_page(429, (("Retry-After", route.retry_after),))
            case Kind.RATE_LIMITED:
                return self._page(host, path, day, attempt)
            case Kind.REDIRECT:
                return answers.redirect(route.location, route.status or 302)
            case Kind.HANG:
                return Answer(delivery=Delivery.HANG)
            case Kind.CUT:
                return Answer(body=self._page(host, path, day, attempt).body, delivery=Delivery.CUT)
            case Kind.CALENDAR | Kind.SEARCH:
                return self._made_of(route.kind, host, query)
            case Kind.TRUNCATED_GZIP:
                return answers.truncated_gzip(self._page(host, path, day, attempt).body)
        return _special(route.kind)

    def _made_of(self, kind: Kind, host: Host, query: str) -> Answer:
        if kind is Kind.SEARCH:
            return search_answer(query)
        return Answer(body=self._calendar(host, query))

    def _page(self, host: Host, path: str, day: int, attempt: int) -> Answer:
        found = self._file(host, path, day)
        if not found:
            return answers.status_page(404)
        file, since = found
        body, suffix = self._body(host, file)
        headers = tuple(("Set-Cookie", cookie) for cookie in host.cookies)
        content_type = _TYPES[suffix]
        if suffix == ".html":
            content_type = host.content_type or content_type
            if host.packed:
                body, coding = answers.packed_anew(body, attempt + day)
                headers += coding
        if "modified" in host.validators:
            headers += (("Last-Modified", _http_date(since)),)
        return Answer(200, body, content_type, headers)

    def _file(self, host: Host, path: str, day: int) -> tuple[Path, int] | None:
        name = path.strip("/")
        if ".." in name.split("/"):
            return None
        candidates = [f"{name}{suffix}" for suffix in ("", ".html", ".txt") if name]
        candidates.append(f"{name}/index.html".lstrip("/"))
        for since in range(day, 0, -1):
            for candidate in candidates:
                file = _pages(host) / f"day{since}" / candidate
                if file.is_file():
                    return file, since
        return None

    def _body(self, host: Host, file: Path) -> tuple[bytes, str]:
        if file.name.endswith(".pdf.txt"):
            return pdf_of(file.read_text(encoding="utf-8").splitlines()), ".pdf"
        if file.suffix != ".html":
            return file.read_bytes(), file.suffix
        text = file.read_text(encoding="utf-8")
        if not text.startswith("<!DOCTYPE"):
            text = self._framed(host, text)
        for word, other in host.swaps:
            text = text.replace(word, other)
        return text.encode(host.charset), ".html"

    def _framed(self, host: Host, fragment: str) -> str:
        first, _, content = fragment.partition("\n")
        title = first.removeprefix("<!-- title:").removesuffix("-->").strip()
        frame = (_pages(host) / "frame.html").read_text(encoding="utf-8")
        return Template(frame).substitute(title=title, content=content)

    def _calendar(self, host: Host, query: str) -> bytes:
        digits = query.removeprefix("month=")
        month = int(digits) if digits.isdecimal() else 0
        file = _pages(host) / "calendar.html"
        links = "\n".join(
            f'<li><a href="/help/calendar?month={ahead}">第 {ahead} 期帮助中心活动日历</a></li>'
            for ahead in range(month + 1, month + 1 + MONTHS_AHEAD)
        )
        fragment = Template(file.read_text(encoding="utf-8")).substitute(month=month, links=links)
        return self._framed(host, fragment).encode(host.charset)


def load_site(file: Path = ROOT / "site.toml", root: Path = ROOT / "site") -> Site:
    """Reads a table of hosts and routes, by default that of the three days."""
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    hosts = [_host(item, root) for item in data["host"]]
    routes = tuple(_route(item) for item in data["route"])
    return Site({host.name: host for host in hosts}, routes, root)


def load_corner() -> Site:
    """The adversary's corner alone."""
    return load_site(CORNER / "hosts.toml", CORNER / "site")


def load_web() -> Site:
    """All that the sample web serves: the three days and the adversary's corner."""
    days, corner = load_site(), load_corner()
    return Site(days.hosts | corner.hosts, (*days.routes, *corner.routes))


def _pages(host: Host) -> Path:
    return host.root / (host.mirrors or host.name)


def _host(item: dict[str, Any], root: Path) -> Host:
    return Host(
        certificate=Certificate(item.pop("certificate", Certificate.GOOD)),
        validators=tuple(item.pop("validators", ())),
        cookies=tuple(item.pop("cookies", ())),
        swaps=tuple((word, other) for word, other in item.pop("swaps", ())),
        root=root,
        **item,
    )


def _route(item: dict[str, Any]) -> Route:
    return Route(kind=Kind(item.pop("kind")), days=tuple(item.pop("days", DAYS)), **item)


def _special(kind: Kind) -> Answer:
    match kind:
        case Kind.EMPTY:
            return Answer()
        case Kind.GZIP_BOMB:
            return answers.gzip_bomb()
        case Kind.ENDLESS:
            return Answer(delivery=Delivery.STREAM)
        case Kind.JPEG:
            return answers.jpeg()
        case Kind.BROKEN_PDF:
            return answers.broken_pdf()
    raise ValueError(f"site.toml: no answer is known for kind {kind}; add it to site.py")


def _http_date(since: int) -> str:
    moment = _EDITED + timedelta(days=since - 1)
    return moment.strftime("%a, %d %b %Y %H:%M:%S GMT")
