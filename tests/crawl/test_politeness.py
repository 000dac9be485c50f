"""Who asks, how often, and what robots.txt and Retry-After change."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import Story
from crawling import CONTACT, DRIVER, environment, options
from scrapy import Request

from crawler import pace as pace_module
from crawler.pace import FLOOR, PaceMiddleware, Stopped
from crawler.plan import ConfigurationError, identity, require_contact
from crawler.policy import retry_after
from crawler.robots import MAX_CRAWL_DELAY, Decision, RobotsFile
from tests import warm


def test_one_identity_for_pages_robots_and_sitemaps(story: Story) -> None:
    agents = {request.headers["User-Agent"] for request in story.web.seen}
    assert len(agents) == 1
    assert agents.pop().endswith(f"(+{CONTACT})")
    assert {request.headers.get("From") for request in story.web.seen} == {CONTACT}
    assert {r.headers["Accept-Encoding"] for r in story.web.seen} == {"gzip, deflate"}
    assert not any("Referer" in request.headers for request in story.web.seen)


def test_robots_txt_is_asked_once_per_host_and_before_its_pages(story: Story) -> None:
    for host in ("www.gzip.test", "www.blocked.test", "www.http.test"):
        asked = story.web.asked(host)
        assert asked.count("/robots.txt") <= 1
        assert asked[:1] in ([], ["/robots.txt"])


def test_validators_are_sent_only_where_a_body_is_held(story: Story) -> None:
    conditional = [r for r in story.web.seen if "If-None-Match" in r.headers]
    assert [(r.host, r.path) for r in conditional] == [("www.ok.test", "/contact")]


def test_a_crawl_without_contact_refuses_to_start(story: Story, tmp_path: Path) -> None:
    given = options(story.web, tmp_path / "run", (), contact="")
    env = environment(story.web)
    done = warm.run(str(DRIVER), (), environment=env, given=json.dumps(given))
    assert done.returncode == 2
    assert "HOTLINES_CONTACT" in done.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("contact", ["", "nobody", "me@here", "ftp://x.example", "客服@例.cn"])
def test_what_is_no_contact(contact: str) -> None:
    with pytest.raises(ConfigurationError, match="--contact"):
        require_contact(contact)


def test_a_web_page_as_contact_is_not_sent_as_from() -> None:
    headers = identity("https://example.org/bot")
    assert "From" not in headers
    assert headers["User-Agent"].endswith("(+https://example.org/bot)")


NOW = datetime(2026, 11, 22, 21, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        ("Sun, 22 Nov 2026 21:01:00 GMT", 60.0),
        ("Sun, 22 Nov 2026 20:00:00 GMT", 0.0),
        ("9" * 40, 1e8),
        ("soon", None),
        ("-1", None),
        ("", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


# --- robots.txt ----

ROBOTS = """
User-agent: other
Disallow: /

User-agent: hotlines   # us
User-agent: friend
Disallow: /help
Allow: /help/contact
Disallow: /*.json$
Crawl-delay: 7

User-agent: *
Disallow: /all
Sitemap: https://a.example/map.xml
"""


@pytest.mark.parametrize(
    ("path", "decision"),
    [
        ("/", Decision(True, "allowed", "")),
        ("/help/faq", Decision(False, "disallowed", "Disallow: /help")),
        ("/help/contact", Decision(True, "allowed", "Allow: /help/contact")),
        ("/api/faq.json", Decision(False, "disallowed", "Disallow: /*.json$")),
        ("/all", Decision(True, "allowed", "")),  # another group's rule
    ],
)
def test_robots_decisions_name_their_line(path: str, decision: Decision) -> None:
    assert RobotsFile(ROBOTS, "hotlines").decide(f"https://a.example{path}") == decision


def test_robots_extras() -> None:
    file = RobotsFile(ROBOTS, "hotlines")
    assert file.crawl_delay == 7.0
    assert file.sitemaps == ("https://a.example/map.xml",)
    assert RobotsFile(ROBOTS, "stranger").decide("https://a.example/all").rule == "Disallow: /all"
    slow = RobotsFile("User-agent: *\nCrawl-delay: 86400", "hotlines")
    assert slow.crawl_delay == MAX_CRAWL_DELAY


# --- pace, with a clock of its own ----


class _Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(pace_module.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(pace_module.asyncio, "sleep", self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.now += seconds


def _ask(pace: PaceMiddleware, clock: _Clock, url: str, floor: float | None = None) -> float:
    asyncio.run(pace.process_request(Request(url, meta={FLOOR: floor})))
    return round(clock.now - 1000.0, 3)


def _pace(crawling: bool = True) -> PaceMiddleware:
    crawler: Any = SimpleNamespace(crawling=crawling)
    return PaceMiddleware(crawler)


def test_a_brands_delay_spaces_requests_to_one_host(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, pace = _Clock(monkeypatch), _pace()
    waits = [_ask(pace, clock, "http://a.example/", 3.0) for _ in range(3)]
    assert waits == [0.0, 3.0, 6.0]
    assert _ask(pace, clock, "http://b.example/", 3.0) == 6.0


def test_crawl_delay_is_a_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, pace = _Clock(monkeypatch), _pace()
    pace.slow_down("a.example", 10.0)
    assert [_ask(pace, clock, "http://a.example/", 3.0) for _ in range(2)] == [0.0, 10.0]


def test_retry_after_holds_the_host_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, pace = _Clock(monkeypatch), _pace()
    pace.hold("a.example", 60.0)
    assert pace.remaining("a.example") == 60.0
    assert _ask(pace, clock, "http://b.example/") == 0.0
    assert _ask(pace, clock, "http://a.example/") == 60.0
    assert pace.remaining("a.example") == 0.0


def test_a_stopped_crawl_asks_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, pace = _Clock(monkeypatch), _pace(crawling=False)
    pace.hold("a.example", 60.0)
    with pytest.raises(Stopped):
        _ask(pace, clock, "http://a.example/")
    assert clock.now == 1000.0
