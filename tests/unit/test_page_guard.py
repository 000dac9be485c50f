"""What a rendered page may ask for."""

from __future__ import annotations

import asyncio

import pytest

from crawler.page_guard import MAX_REQUESTS, PageGuard, is_local
from pipelines.model import Brand, Fact
from pipelines.vocabulary import Grade

BRAND = Brand(
    id="pay",
    name_zh="示例",
    country="CN",
    domains=(Fact("pay.test", Grade.D, "invented for a test"),),
    veto_paths=(Fact("www.pay.test/club", Grade.D, "invented for a test"),),
)
PAGE = "https://www.pay.test/contact"


def guard(**changes: object) -> PageGuard:
    given = {"brand": BRAND, "url": PAGE, "max_bytes": 1000, **changes}
    return PageGuard(**given)  # type: ignore[arg-type]


def refusal(of: PageGuard, url: str, method: str = "GET", kind: str = "fetch") -> str:
    return asyncio.run(of.refusal(url, method, kind))


@pytest.mark.parametrize(
    ("url", "method", "kind", "reason"),
    [
        ("https://api.pay.test/x", "GET", "fetch", ""),
        ("https://www.pay.test/app.js", "GET", "script", ""),
        ("https://www.pay.test/x", "HEAD", "xhr", ""),
        ("https://pay.test.evil.test/x", "GET", "fetch", "not declared ground"),
        ("https://cdn.test/vue.js", "GET", "script", "not declared ground"),
        ("http://127.0.0.1/x", "GET", "fetch", "not declared ground"),
        ("http://[::1]/x", "GET", "fetch", "not declared ground"),
        ("file:///etc/passwd", "GET", "fetch", "not declared ground"),
        ("https://www.pay.test/club/1", "GET", "fetch", "not declared ground"),
        ("https://www.pay.test/forum/1", "GET", "document", "not declared ground"),
        ("https://www.pay.test/x", "POST", "fetch", "method POST"),
        ("https://www.pay.test:22/x", "GET", "fetch", "port 22"),
        ("https://www.pay.test/x.png", "GET", "image", "kind image"),
        ("https://www.pay.test/x.css", "GET", "stylesheet", "kind stylesheet"),
        ("https://www.pay.test/x.mp4", "GET", "media", "kind media"),
        ("https://www.pay.test/x.woff", "GET", "font", "kind font"),
        ("https://www.pay.test/x", "GET", "ping", "kind ping"),
    ],
)
def test_only_what_a_text_needs_from_declared_ground(
    url: str, method: str, kind: str, reason: str
) -> None:
    assert refusal(guard(), url, method, kind) == reason


def test_the_port_of_the_page_is_open() -> None:
    own = guard(url="https://www.pay.test:8443/contact")
    assert refusal(own, "https://www.pay.test:8443/x") == ""
    assert own.host_refusal("www.pay.test", 8443) == ""
    assert guard().host_refusal("www.pay.test", 8443) == "port 8443"


def test_robots_txt_is_asked_last() -> None:
    asked: list[str] = []

    async def robots(url: str) -> str:
        asked.append(url)
        return "robots.txt: Disallow: /x"

    own = guard(robots=robots)
    assert refusal(own, "https://cdn.test/x") == "not declared ground"
    assert refusal(own, "https://www.pay.test/x") == "robots.txt: Disallow: /x"
    assert asked == ["https://www.pay.test/x"]
    assert own.summary == (
        "refused: cdn.test (not declared ground), www.pay.test (robots.txt: Disallow: /x)"
    )


def test_a_page_has_a_budget_of_requests() -> None:
    own = guard()
    said = [refusal(own, f"https://www.pay.test/{i}") for i in range(MAX_REQUESTS + 1)]
    assert said[:-1] == [""] * MAX_REQUESTS
    assert said[-1] == own.exceeded == f"more than {MAX_REQUESTS} requests"
    assert own.host_refusal("www.pay.test", 443) == own.exceeded


def test_a_page_has_a_budget_of_bytes() -> None:
    own = guard()
    assert own.spend(999)
    assert own.spend(1)
    assert not own.spend(1)
    assert own.exceeded == "more than 1000 bytes"


def test_the_summary_names_few_hosts_and_no_pictures() -> None:
    own = guard()
    for number in range(8):
        refusal(own, f"https://cdn{number}.test/x.js", kind="script")
    refusal(own, "https://pics.test/x.png", kind="image")
    assert own.summary.count("(not declared ground)") == 5
    assert own.summary.endswith(" and 3 more")
    assert guard().summary == ""


def test_what_needs_no_network_is_local() -> None:
    assert [is_local(u) for u in ("data:,x", "blob:https://a/1", "about:blank", "https://a/")] == [
        True,
        True,
        True,
        False,
    ]
