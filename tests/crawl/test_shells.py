"""Data that a page without text names in its code: asked plainly, kept if it has a number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from crawling import Crawled, brand, run_crawl
from hostile_web import HostileWeb, Reply, Route, Visit, page, redirect, says

from outputs.captures import body_of, read_record
from pipelines.model import CrawlLimits
from pipelines.vocabulary import Outcome

JSON = "application/json; charset=utf-8"
OFFER = '{"tel": "客服热线：95003"}'.encode()
ALONE = CrawlLimits(pages=1, depth=1, delay=0.0)


def shell(code: str = "", *sources: str) -> bytes:
    scripts = "".join(f"<script src={source}></script>" for source in sources)
    return f"<!doctype html><div id=app></div><script>{code}</script>{scripts}".encode()


def data(body: bytes = OFFER) -> Route:
    return says(Reply(body, content_type=JSON))


def _tagged(visit: Visit) -> Reply:
    if visit.header("If-None-Match") == '"v1"':
        return Reply(status=304)
    return Reply(shell('get("/api/contact")'), headers=(("ETag", '"v1"'),))


SCRIPT = "text/javascript"
CALLS = 'get("/api/banner"); get("/api/config"); get("/api/contact"); get("/api/more")'
ROUTES: dict[str, Route] = {
    "www.inline.test/contact": _tagged,
    "www.inline.test/api/contact": data(),
    "www.beside.test/contact": says(Reply(shell("", "/lib.js", "/vendor.js", "/app.js"))),
    "www.beside.test/app.js": says(Reply(b'get("/api/contact")', content_type=SCRIPT)),
    "www.beside.test/vendor.js": says(Reply(b"nothing()", content_type=SCRIPT)),
    "www.beside.test/api/contact": data(),
    "www.none.test/contact": says(Reply(shell(CALLS))),
    "www.none.test/api/config": data(b'{"a": 1}'),
    "www.none.test/api/contact": says(Reply(b"oops", 500)),
    "www.none.test/api/banner": data(),
    "www.html.test/contact": says(Reply(shell('get("/api/a"); get("/api/b")'))),
    "www.html.test/api/a": says(Reply(page())),
    "www.html.test/api/b": redirect("/api/c"),
    "www.html.test/api/c": data(),
    "www.away.test/contact": says(
        Reply(shell('get("http://api.foreign.test/api/contact")', "//api.foreign.test/app.js"))
    ),
    "api.foreign.test/api/contact": data(),
    "api.foreign.test/app.js": says(Reply(b'get("/api/contact")', content_type=SCRIPT)),
    "www.closed.test/robots.txt": says(Reply(b"User-agent: *\nDisallow: /api/")),
    "www.closed.test/contact": says(Reply(shell('get("/api/contact")'))),
    "www.closed.test/api/contact": data(),
    "www.plain.test/contact": says(Reply(page(extra='<script>get("/api/contact")</script>'))),
    "www.plain.test/api/contact": data(),
}
NAMES = ("inline", "beside", "none", "html", "away", "closed", "plain")
BRANDS = tuple(brand(name, f"http://www.{name}.test/contact", limits=ALONE) for name in NAMES)


@dataclass(frozen=True, slots=True)
class Looked:
    """The same web crawled twice."""

    web: HostileWeb
    first: Crawled
    second: Crawled
    asked_first: tuple[str, ...]  # of www.inline.test


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looked]:
    runs = tmp_path_factory.mktemp("runs")
    with HostileWeb(tmp_path_factory.mktemp("web"), routes=dict(ROUTES)) as web:
        first = run_crawl(web, runs / "r1", BRANDS)
        asked = tuple(web.asked("www.inline.test"))
        limits = CrawlLimits(pages=2, depth=1, delay=0.0)
        again = brand("inline", "http://www.inline.test/contact", limits=limits)
        second = run_crawl(web, runs / "r2", (again,), after="r1")
        yield Looked(web, first, second, asked)


@pytest.mark.parametrize("name", ["inline", "beside"])
def test_data_with_a_number_is_a_document(looked: Looked, name: str) -> None:
    shown, found = looked.first.of(name)
    assert (shown.url, found.url) == (
        f"http://www.{name}.test/contact",
        f"http://www.{name}.test/api/contact",
    )
    assert (found.outcome, found.declared, found.kind) == (Outcome.OK, False, shown.kind)
    assert (found.referrer, found.rendered) == (shown.url, False)
    assert body_of(read_record(looked.first.run / found.file, found.offset)) == OFFER


def test_scripts_are_read_from_the_last_and_two_at_most(looked: Looked) -> None:
    scripts = [path for path in looked.web.asked("www.beside.test") if path.endswith(".js")]
    assert scripts == ["/app.js", "/vendor.js"]


def test_two_addresses_are_tried_and_leave_no_line_without_a_number(looked: Looked) -> None:
    asked = [path for path in looked.web.asked("www.none.test") if path.startswith("/api")]
    assert asked == ["/api/config", "/api/contact"]
    assert [fetch.url for fetch in looked.first.of("none")] == ["http://www.none.test/contact"]


def test_only_json_is_data_and_redirects_are_not_followed(looked: Looked) -> None:
    assert "/api/c" not in looked.web.asked("www.html.test")
    assert [fetch.url for fetch in looked.first.of("html")] == ["http://www.html.test/contact"]


def test_other_ground_and_robots_txt_are_respected(looked: Looked) -> None:
    assert looked.web.asked("api.foreign.test") == []
    assert "/api/contact" not in looked.web.asked("www.closed.test")


def test_a_page_that_shows_its_number_is_not_looked_behind(looked: Looked) -> None:
    assert "/api/contact" not in looked.web.asked("www.plain.test")


def test_the_next_run_asks_for_the_data_as_for_any_document(looked: Looked) -> None:
    shown, found = looked.second.of("inline")
    assert shown.outcome is Outcome.NOT_MODIFIED
    assert (found.url, found.revisit) == ("http://www.inline.test/api/contact", True)
    later = looked.web.asked("www.inline.test")[len(looked.asked_first) :]
    assert later.count("/api/contact") == 1
