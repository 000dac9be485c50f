"""Pages that need a browser, rendered by a real one: what it may ask, and how it may fail."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest
from crawling import Crawled, brand, run_crawl
from hostile_web import HostileWeb, Reply, Route, Seen, Visit, redirect, says

from crawler.sampleweb.certificates import Certificate
from outputs.captures import body_of, read_record
from pipelines.model import CrawlLimits
from pipelines.vocabulary import Outcome
from tests.browsers import needs_browser

pytestmark = needs_browser

LIMIT = 64 * 1024  # DOWNLOAD_MAXSIZE of these crawls
ALONE = CrawlLimits(pages=5, depth=1, delay=0.0)
TALK = "本页面由脚本生成，内容来自服务器。如有疑问，请在工作时间拨打热线，客服人员会为您解答。"
SHOW = f"""
const show = text => {{
  document.body.innerHTML = `<h1>联系我们</h1><p>客服热线：${{text}}</p><p>{TALK}{TALK}{TALK}</p>`;
}};
const load = address => fetch(address).then(answer => answer.text());
"""


def shell(script: str, head: str = "") -> bytes:
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">{head}<title>示例</title>'
        f"</head><body><div id=app></div><script>{SHOW}{script}</script></body></html>"
    ).encode()


def shows(script: str, head: str = "") -> Route:
    return says(Reply(shell(script, head)))


NUMBER = says(Reply(b"95003", content_type="text/plain"))

# Everything that a page may not have, tried before it asks for its number.
STRAYS = """
const swallow = () => 0;
fetch("http://www.foreign.test/" + "x").catch(swallow);
fetch("http://127.0.0.1:%d/" + "secret").catch(swallow);
fetch("http://localhost:%d/" + "secret").catch(swallow);
for (let i = 0; i < 20; i++) fetch("/hop" + "ping?" + i).catch(swallow);
fetch("/save", {method: "POST", body: "x"}).catch(swallow);
new WebSocket("ws://www.strays.test/socket");
new Image().src = "/picture.png";
window.open("/popup");
navigator.sendBeacon("/beacon", "x");
navigator.serviceWorker && navigator.serviceWorker.register("/worker.js").catch(swallow);
load("/da" + "ta").then(show);
"""


def _strays(visit: Visit) -> Reply:
    port = int(visit.web.resolve[0].rpartition(":")[2])
    return Reply(shell(STRAYS % (port, port)))


WAITS_FOR_STYLE = """
document.cookie = "seen=1";
localStorage.setItem("seen", "1");
const style = document.createElement("link");
style.rel = "stylesheet"; style.href = "/late.css";
style.onload = () => load("/da" + "ta").then(show);
document.head.append(style);
"""
TELLS_STORE = """
const kept = document.cookie + String(localStorage.getItem("seen"));
load("/da" + "ta").then(text => show(text + " (" + kept + ")"));
"""
ROUTES: dict[str, Route] = {
    "www.joined.test/contact": shows(WAITS_FOR_STYLE, "<link rel=stylesheet href=/app.css>"),
    "www.joined.test/second": shows(TELLS_STORE),
    "www.joined.test/data": NUMBER,
    "www.strays.test/contact": _strays,
    "www.strays.test/data": NUMBER,
    # Often, since the browser tells of a hop in two events whose order is a matter of chance.
    **{f"www.strays.test/hopping?{i}": redirect("http://www.foreign.test/y") for i in range(20)},
    "www.strays.test/popup": NUMBER,
    "www.foreign.test/x": NUMBER,
    "www.foreign.test/y": NUMBER,
    "www.shut.test/robots.txt": says(Reply(b"User-agent: *\nDisallow: /data")),
    "www.shut.test/contact": shows('load("/da" + "ta").then(show);'),
    "www.shut.test/data": NUMBER,
    "www.fails.test/contact": shows('show("95003"); load("/da" + "ta");'),
    "www.fails.test/data": says(Reply(b"oops", 500)),
    "www.leaves.test/contact": shows('location.href = "http://www.foreign.test/x";'),
    "www.moves.test/contact": shows('setTimeout(() => { location.href = "/kefu"; }, 1);'),
    "www.moves.test/kefu": shows('load("/da" + "ta").then(show);'),
    "www.moves.test/data": NUMBER,
    "www.routed.test/contact": shows(
        'load("/da" + "ta").then(text => show(location.hash + " " + text));'
    ),
    "www.routed.test/data": NUMBER,
    "www.grows.test/contact": shows('show("95003" + " x".repeat(1e6));'),
    "www.heavy.test/contact": shows('load("/b" + "ig").then(text => show(text.slice(0, 5)));'),
    "www.heavy.test/big": says(Reply(b"95003" + b" " * 4 * LIMIT, content_type="text/plain")),
    "www.named.test/contact": shows('load("/api/contact.json").then(show);'),
    "www.named.test/api/contact.json": says(
        Reply('{"tel": "客服热线：95003"}'.encode(), content_type="application/json")
    ),
    "www.wrong.test/contact": shows('load("/api/contact.json"); load("/da" + "ta").then(show);'),
    "www.wrong.test/api/contact.json": says(Reply(b'{"a": 1}', content_type="application/json")),
    "www.wrong.test/data": NUMBER,
}
NAMES = ("strays", "shut", "fails", "leaves", "moves", "grows", "heavy", "named", "wrong")
BRANDS = (
    brand("joined", "http://www.joined.test/contact", "http://www.joined.test/second"),
    brand("routed", "http://www.routed.test/contact#/kefu"),
    *(brand(name, f"http://www.{name}.test/contact", limits=ALONE) for name in NAMES),
)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileWeb]:
    with HostileWeb(tmp_path_factory.mktemp("web"), routes=dict(ROUTES)) as own:
        yield own


@pytest.fixture(scope="module")
def rendered(web: HostileWeb, tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """One crawl of all pages; its limits are for a machine that does much else."""
    settings = {"DOWNLOAD_MAXSIZE": LIMIT, "HOTLINES_RENDER_TIMEOUT": 300}
    run = tmp_path_factory.mktemp("runs") / "r1"
    return run_crawl(web, run, BRANDS, settings=settings, render=True)


def header(seen: Seen, name: str) -> str:
    return next((v for key, v in seen.headers.items() if key.lower() == name.lower()), "")


def text_of(crawled: Crawled, name: str, path: str = "contact") -> str:
    [fetch] = [f for f in crawled.of(name) if f.rendered and f.url.endswith(path)]
    record = read_record(crawled.run / fetch.body_file, fetch.body_offset)
    assert record.warc_type == "resource"
    return body_of(record).decode()


def last(crawled: Crawled, name: str) -> tuple[bool, Outcome, str]:
    fetch = crawled.of(name)[-1]
    return fetch.rendered, fetch.outcome, fetch.detail


def test_the_document_of_the_browser_is_a_capture_of_its_own(rendered: Crawled) -> None:
    plain, shown = [f for f in rendered.of("joined") if f.url.endswith("contact")]
    assert (plain.rendered, plain.outcome) == (False, Outcome.OK)
    assert (shown.rendered, shown.outcome, shown.revisit) == (True, Outcome.OK, False)
    assert (shown.etag, shown.last_modified) == ("", "")
    assert "95003" not in body_of(read_record(rendered.run / plain.file, plain.offset)).decode()
    assert "客服热线：95003" in text_of(rendered, "joined")


def test_a_style_sheet_is_not_asked_but_whoever_waits_for_it_goes_on(
    rendered: Crawled, web: HostileWeb
) -> None:
    assert not [path for path in web.asked("www.joined.test") if path.endswith(".css")]


def test_nothing_is_kept_from_one_page_to_the_next(rendered: Crawled, web: HostileWeb) -> None:
    assert "95003 (null)" in text_of(rendered, "joined", "second")
    cookies = [header(seen, "Cookie") for seen in web.seen if seen.host == "www.joined.test"]
    assert cookies.count("seen=1") == 1  # the page that set it loads its data
    assert set(cookies) == {"", "seen=1"}


def test_the_browser_says_who_asks(rendered: Crawled, web: HostileWeb) -> None:
    agents = {header(seen, "User-Agent") for seen in web.seen}
    assert len(agents) == 1
    assert agents.pop().startswith("hotlines/")


def test_a_page_asks_on_declared_ground_only(rendered: Crawled, web: HostileWeb) -> None:
    assert web.asked("www.foreign.test") == []
    assert web.asked("127.0.0.1") == web.asked("localhost") == []
    rest = {"/robots.txt", "/contact", "/hopping", "/data", "/sitemap.xml"}
    asked = web.asked("www.strays.test")
    assert {path.partition("?")[0] for path in asked} <= rest
    assert len({path for path in asked if path.startswith("/hopping")}) == 20
    assert last(rendered, "strays")[:2] == (True, Outcome.OK)
    assert "客服热线：95003" in text_of(rendered, "strays")
    detail = last(rendered, "strays")[2]
    for refused in ("www.foreign.test (not declared", "http://127.0.0.1:", "localhost (not"):
        assert refused in detail
    assert "www.strays.test (method POST)" in detail


def test_a_page_may_lead_on_over_declared_ground_but_not_off_it(rendered: Crawled) -> None:
    moved, left = rendered.of("moves")[-1], rendered.of("leaves")[-1]
    assert (moved.url, moved.final_url) == (
        "http://www.moves.test/contact",
        "http://www.moves.test/kefu",
    )
    assert "客服热线：95003" in text_of(rendered, "moves")
    assert (left.rendered, left.outcome) == (True, Outcome.REDIRECT_OFF_GROUND)
    assert left.body_file == ""
    assert "www.foreign.test (not declared ground)" in left.detail


def test_robots_txt_binds_what_a_page_loads(rendered: Crawled, web: HostileWeb) -> None:
    assert "/data" not in web.asked("www.shut.test")
    assert "www.shut.test (robots.txt: Disallow: /data)" in last(rendered, "shut")[2]


def test_a_part_that_fails_makes_no_good_answer(rendered: Crawled) -> None:
    assert last(rendered, "fails")[:2] == (True, Outcome.HTTP_5XX)
    assert "http://www.fails.test/data answered 500" in last(rendered, "fails")[2]


def test_a_page_that_loads_too_much_is_cut(rendered: Crawled) -> None:
    assert last(rendered, "heavy")[:2] == (True, Outcome.TOO_LARGE)
    assert f"more than {2 * LIMIT} bytes" in last(rendered, "heavy")[2]


def test_a_route_in_the_fragment_is_shown(rendered: Crawled) -> None:
    assert "#/kefu 95003" in text_of(rendered, "routed")
    urls = {(fetch.url, fetch.final_url) for fetch in rendered.of("routed")}
    assert urls == {("http://www.routed.test/contact", "http://www.routed.test/contact")}


def test_a_document_that_grows_without_end_is_not_kept(rendered: Crawled) -> None:
    assert last(rendered, "grows")[:2] == (True, Outcome.TOO_LARGE)


def test_data_that_the_page_names_needs_no_browser(rendered: Crawled) -> None:
    page, data = rendered.of("named")
    assert (page.rendered, data.rendered) == (False, False)
    assert data.url == "http://www.named.test/api/contact.json"
    assert (data.declared, data.referrer) == (False, page.url)
    assert "95003" in body_of(read_record(rendered.run / data.file, data.offset)).decode()


def test_data_without_a_number_is_no_document(rendered: Crawled) -> None:
    assert {fetch.url for fetch in rendered.of("wrong")} == {"http://www.wrong.test/contact"}
    assert "客服热线：95003" in text_of(rendered, "wrong")


def test_without_the_option_no_browser_starts(web: HostileWeb, tmp_path: Path) -> None:
    crawled = run_crawl(web, tmp_path / "r1", BRANDS[:1])
    assert [fetch.rendered for fetch in crawled.fetches] == [False, False]


# --- a browser that fails -----------------------------------------------------------------------


def _never(visit: Visit) -> Reply:
    visit.web.release.wait(60)
    return Reply(b"late")


def _kills(visit: Visit) -> Reply:
    """The browser dies while it waits for this answer."""
    mark = f"HOTLINES_TEST_MARK={os.environ['HOTLINES_TEST_MARK']}".encode()
    for process in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            ours = mark in (process / "environ").read_bytes().split(b"\0")
            if ours and b"--headless" in words and not any(b"--type=" in w for w in words):
                os.kill(int(process.name), signal.SIGKILL)
    return Reply(b"late")


FAILING: dict[str, Route] = {
    "www.loops.test/contact": shows("while (true) {}"),
    "www.waits.test/contact": shows('load("/da" + "ta").then(show);'),
    "www.waits.test/data": _never,
    "www.kills.test/contact": shows('load("/da" + "ta").then(show);'),
    "www.kills.test/data": _kills,
    "www.sealed.test/contact": shows('load("/da" + "ta").then(show);'),
    "www.after.test/contact": shows('load("/da" + "ta").then(show);'),
    "www.after.test/data": NUMBER,
}


def _crawl_failing(directory: Path, names: tuple[str, ...], settings: dict[str, object]) -> Crawled:
    schemes = {"sealed": "https"}
    brands = tuple(
        brand(n, f"{schemes.get(n, 'http')}://www.{n}.test/contact", limits=ALONE) for n in names
    )
    (directory / "web").mkdir()
    certificates = {"www.sealed.test": Certificate.GOOD}
    with HostileWeb(directory / "web", certificates, routes=dict(FAILING)) as web:
        return run_crawl(web, directory / "runs" / "r1", brands, settings=settings, render=True)


def test_a_page_that_never_ends_is_a_timeout(tmp_path: Path) -> None:
    crawled = _crawl_failing(tmp_path, ("loops", "waits"), {"HOTLINES_RENDER_TIMEOUT": 2})
    assert last(crawled, "loops")[:2] == (True, Outcome.TIMEOUT)
    assert last(crawled, "waits")[:2] == (True, Outcome.TIMEOUT)
    assert "waiting for http://www.waits.test/data" in last(crawled, "waits")[2]


def test_a_browser_that_dies_loses_one_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINES_TEST_MARK", uuid4().hex)
    names = ("after", "kills", "sealed")
    crawled = _crawl_failing(tmp_path, names, {"HOTLINES_RENDER_TIMEOUT": 300})
    assert last(crawled, "kills")[:2] == (True, Outcome.CONNECTION_LOST)
    assert "the browser failed" in last(crawled, "kills")[2]
    assert last(crawled, "after")[:2] == (True, Outcome.OK)
    # Scrapy was told of the web's own authority, the browser was not: it verifies for itself.
    plain, shown = crawled.of("sealed")
    assert (plain.outcome, plain.tls_ok) == (Outcome.OK, True)
    assert (shown.rendered, shown.outcome) == (True, Outcome.TLS_CHAIN), shown.detail
    assert "ERR_CERT_AUTHORITY_INVALID" in shown.detail


def test_a_browser_that_does_not_start_loses_no_page(tmp_path: Path) -> None:
    crawled = _crawl_failing(tmp_path, ("after",), {"HOTLINES_CHROMIUM": "/bin/false"})
    plain, shown = crawled.of("after")
    assert (plain.rendered, plain.outcome) == (False, Outcome.OK)
    assert (shown.rendered, shown.outcome) == (True, Outcome.CONNECTION_LOST)
    assert "the browser failed" in shown.detail
