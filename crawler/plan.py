"""What one crawl is asked to do, and what it answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from outputs.fetches import Fetch
from pipelines.model import Brand, SourceState

_EMAIL = re.compile(r"[^@\s<>()]+@[^@\s<>()]+\.[^@\s<>().]+")
_WEB_PAGE = re.compile(r"https?://[^\s()]+\.[^\s()]+")


class ConfigurationError(Exception):
    """The operator has to change something before the crawl can start."""


@dataclass(frozen=True, slots=True)
class CrawlPlan:
    """What to crawl, where to put it, and how gently.

    Attributes:
        run_directory: WARC files and `fetches.jsonl` go to `run_directory/"captures"`.
        ledger: (brand id, canonical URL) → what earlier runs hold of that document.
        runs_directory: Where earlier runs lie, whose bodies are read again for their links when
            a server answers 304; by default the parent of `run_directory`.
        ocr: Fetch the images in which a number may stand.
        leads: Read social accounts, too, and ask the search endpoint if there is one.
        search_endpoint: A SearXNG-compatible endpoint, as `endpoint_url` gives it back; "" for
            none.
        render: Let a browser read the pages that show nothing without one.
        prefix: Start of the WARC file names; by default the brand's id, or `official`.
        done: What an earlier, killed go of the same run has captured; it is not asked again.
        settings: Scrapy settings that override ours, e.g. `{"ROBOTSTXT_OBEY": False}` for a
            host of one's own.
    """

    run_id: str
    run_directory: Path
    brands: tuple[Brand, ...]
    ledger: Mapping[tuple[str, str], SourceState]
    contact: str
    resolve: tuple[str, ...] = ()
    allow_private: bool = False
    delay: float | None = None
    timeout: float = 30.0
    settings: Mapping[str, object] = field(default_factory=dict)
    runs_directory: Path | None = None
    done: tuple[Fetch, ...] = ()
    prefix: str = ""
    ocr: bool = False
    render: bool = False
    leads: bool = False
    search_endpoint: str = ""

    @property
    def file_prefix(self) -> str:
        """Start of the WARC file names."""
        if self.prefix:
            return self.prefix
        return self.brands[0].id if len(self.brands) == 1 else "official"

    @property
    def earlier_runs(self) -> Path:
        """The directory that holds a directory per run."""
        return self.runs_directory or self.run_directory.parent


@dataclass(frozen=True, slots=True)
class CrawlSummary:
    """How a crawl ended.

    Attributes:
        signal: Number of the signal that interrupted it, or 0.
        leads: Fetches of pages elsewhere; not among `fetches`.
    """

    fetches: int
    good: int
    brands_with_errors: tuple[str, ...]
    interrupted: bool
    signal: int = 0
    leads: int = 0


def software() -> str:
    """Name and version, as it stands in the User-Agent and in the captures."""
    try:
        return f"hotlines/{metadata.version('hotlines')}"
    except metadata.PackageNotFoundError:
        return "hotlines/0"  # a checkout that was never installed (`scrapy crawl` works there)


def require_contact(contact: str | None) -> str:
    """Give a usable contact address back, or say what to do.

    >>> require_contact("ops@example.org")
    'ops@example.org'
    """
    value = (contact or "").strip()
    if not value.isascii() or not (_EMAIL.fullmatch(value) or _WEB_PAGE.fullmatch(value)):
        raise ConfigurationError(
            "no contact address for the User-Agent"
            + (f": {value!r} is neither an e-mail address nor a web page" if value else "")
            + ". Servers must be able to reach whoever crawls them: pass --contact you@your.org "
            "or set HOTLINES_CONTACT."
        )
    return value


def identity(contact: str) -> dict[str, str]:
    """Headers that say who asks: one identity for pages, robots.txt and sitemaps.

    >>> identity("ops@example.org")["From"]
    'ops@example.org'
    """
    headers = {"User-Agent": f"{software()} (+{contact})"}
    if "@" in contact and "://" not in contact:
        headers["From"] = contact  # RFC 9110 section 10.1.2
    return headers
