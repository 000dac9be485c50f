"""Which address failed, of those a request was sent on to, in whichever order it is told."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pipelines.model import Brand, Fact
from pipelines.vocabulary import Grade, Outcome
from tests.browsers import needs_browser

pytestmark = needs_browser

BRAND = Brand(
    id="pay",
    name_zh="示例",
    country="CN",
    domains=(Fact("pay.test", Grade.D, "invented for a test"),),
)
PAGE = "http://www.pay.test/contact"
HOP = "http://www.pay.test/hop"
OWN = "http://api.pay.test/data"
FOREIGN = "http://www.foreign.test/x"


def sent(number: str, *urls: str) -> list[tuple[str, dict[str, Any]]]:
    return [("sent", {"requestId": number, "request": {"url": url}}) for url in urls]


def failed(number: str, **more: str) -> list[tuple[str, dict[str, Any]]]:
    return [("failed", {"requestId": number, "errorText": "net::ERR_FAILED", **more})]


def told(hops: Any, events: list[tuple[str, dict[str, Any]]]) -> None:
    for name, event in events:
        getattr(hops, name)(event)


def judged(events: list[tuple[str, dict[str, Any]]], blamed: str = HOP) -> Any:
    """What a visit comes to when one address is blamed for a failure, and the browser's words."""
    from crawler.filtering_proxy import FilteringProxy
    from crawler.page_guard import PageGuard
    from crawler.page_visit import PageVisit

    async def nowhere(host: str, port: int) -> tuple[tuple[tuple[str, int], ...], str]:
        return (), "no address"

    async def judge() -> PageVisit:
        proxy = FilteringProxy(nowhere)
        guard = PageGuard(BRAND, PAGE, 1000)
        guard.host_refusal("www.foreign.test", 80)  # as the proxy asked
        visit = PageVisit(guard, proxy, 1.0)
        told(visit._hops, events)
        visit._doubtful.append((blamed, "net::ERR_FAILED"))
        await visit._judge_failed()
        await proxy.close()
        return visit

    return asyncio.run(judge())


@pytest.mark.parametrize(
    "events",
    [
        sent("1", HOP, FOREIGN) + failed("1"),
        sent("1", HOP, OWN, FOREIGN) + failed("1"),
        sent("1", HOP, FOREIGN) + sent("2", OWN) + failed("1"),
    ],
)
def test_sent_on_to_where_we_refuse_it_is_no_failed_part(events: list[Any]) -> None:
    visit = judged(events)
    visit.check(PAGE)
    assert visit.guard.refused == {"www.foreign.test": "not declared ground"}


@pytest.mark.parametrize(
    ("events", "end"),
    [
        (sent("1", HOP) + failed("1"), HOP),
        (sent("1", HOP, OWN) + failed("1"), OWN),
        (sent("1", HOP) + sent("2", HOP, FOREIGN) + failed("2") + failed("1"), HOP),
        (sent("1", HOP, FOREIGN), HOP),  # of that the browser said no failure: not ours to guess
        ([], HOP),
    ],
)
def test_a_part_that_failed_on_declared_ground_is_one(events: list[Any], end: str) -> None:
    from crawler.outcomes import RenderingError

    with pytest.raises(RenderingError) as raised:
        judged(events).check(PAGE)
    assert raised.value.outcome is Outcome.CONNECTION_LOST
    assert f"a part did not load: {end}: net::ERR_FAILED" in raised.value.detail


def test_a_failure_nobody_judged_is_a_failed_part() -> None:
    from crawler.outcomes import RenderingError

    visit = judged([])
    visit._failed = None
    visit._doubtful.append((HOP, "net::ERR_TIMED_OUT"))
    with pytest.raises(RenderingError) as raised:
        visit.check(PAGE)
    assert raised.value.outcome is Outcome.TIMEOUT


def test_what_we_refused_before_it_left_did_not_fail() -> None:
    from crawler.failed_hops import FailedHops

    hops = FailedHops()
    told(hops, sent("1", HOP, OWN) + failed("1", blockedReason="inspector"))
    assert hops.known_ends(HOP) == {HOP}
    told(hops, sent("2", HOP, OWN) + failed("2"))
    assert hops.known_ends(HOP + "#part") == {OWN}
