"""Which document is asked next: ranking, budget, what earlier runs hold, what has no end."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from crawling import brand

from crawler.frontier import MAX_PER_ENDLESS, MAX_PER_PATTERN, Frontier
from crawler.links import canonical, pattern_of, rank
from pipelines.blocks import Link
from pipelines.model import Brand, CaptureRef, CrawlLimits, SourceState
from pipelines.vocabulary import Outcome, SourceKind

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HOME = "https://www.a.test/"


def test_a_rendering_comes_right_after_its_page_beside_the_budget() -> None:
    limits = CrawlLimits(pages=2)
    frontier = Frontier(brand("a", HOME, HOME + "contact", limits=limits), {})
    home = frontier.take()
    assert home is not None
    frontier.render(home)
    shown, contact = frontier.take(), frontier.take()
    assert shown is not None
    assert contact is not None
    assert (shown.asked, shown.rendered, shown.known) == (HOME, True, None)
    assert (contact.asked, contact.rendered) == (HOME + "contact", False)
    assert frontier.take() is None


@pytest.mark.parametrize(
    ("url", "text", "kind"),
    [
        ("https://a.test/x/1.html", "联系我们", "contact"),
        ("https://a.test/x/1.html", " 聯 絡 我 們 ", "contact"),
        ("https://a.test/x/1.html", "Ｃｏｎｔａｃｔ　Ｕｓ", "contact"),
        ("https://a.test/lianxi.html", "", "contact"),
        ("https://kefu.a.test/", "", "contact"),
        ("https://a.test/p?id=3", "客服热线", "contact"),
        ("https://a.test/hc/zh-cn", "", "help"),
        ("https://help.a.test/", "", "help"),
        ("https://a.test/x", "消费者权益保护", "complaint"),
        ("https://a.test/x", "隐私权政策", "policy"),
        ("https://a.test/x", "用户服务协议", "agreement"),
        ("https://a.test/x", "关于我们", "about"),
        ("https://a.test/merchant", "", "help"),
    ],
)
def test_links_are_recognised(url: str, text: str, kind: str) -> None:
    found = rank(url, text)
    assert found is not None
    assert found.kind == kind
    assert found.source


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://a.test/x", "首页"),
        ("https://a.test/login?back=/contact", "联系我们"),
        ("https://bbs.a.test/contact", "联系我们"),
        ("https://a.test/contact", "社区"),
        ("https://a.test/news/contact.html", ""),
        ("https://a.test/help/app.apk", "帮助中心"),
        ("https://a.test/contacts-of-artists", ""),
        ("weixin://contact", "联系我们"),
        ("https://a.test/contact?" + "x" * 3000, "联系我们"),
    ],
)
def test_links_that_lead_nowhere(url: str, text: str) -> None:
    assert rank(url, text) is None


def test_contact_goes_before_help_before_policy_before_about() -> None:
    texts = ("关于我们", "隐私政策", "联系我们", "帮助中心", "商户服务")
    weights = {text: (rank("https://a.test/x", text) or pytest.fail(text)).weight for text in texts}
    ordered = sorted(texts, key=lambda text: -weights[text])
    assert ordered == ["联系我们", "帮助中心", "隐私政策", "关于我们", "商户服务"]


def _urls(frontier: Frontier) -> list[str]:
    found = []
    while (asking := frontier.take()) is not None:
        found.append(asking.url)
    return found


def _brand(*urls: str, pages: int = 30, depth: int = 2) -> Brand:
    return brand("a", *(urls or (HOME,)), limits=CrawlLimits(pages=pages, depth=depth))


def test_declared_sources_go_first_then_the_best_links() -> None:
    frontier = Frontier(_brand(HOME, "https://www.a.test/policy"), {})
    frontier.add(
        (
            Link("https://www.a.test/about", "关于我们"),
            Link("https://www.a.test/c#top", "联系我们"),
            Link("https://www.a.test/policy/", "隐私政策"),
            Link("http://www.a.test/c", "联系我们"),
        ),
        0,
        HOME,
    )
    assert _urls(frontier) == [
        HOME,
        "https://www.a.test/policy",
        "https://www.a.test/c",
        "https://www.a.test/about",
    ]


def test_links_off_the_declared_ground_are_no_candidates() -> None:
    frontier = Frontier(_brand(), {})
    for url in ("https://a.test.evil.test/contact", "https://www.a-pay.test/contact"):
        frontier.add((Link(url, "联系我们"),), 0, HOME)
    assert frontier.found == 0


def test_depth_and_budget_end_the_search() -> None:
    frontier = Frontier(_brand(pages=2, depth=1), {})
    frontier.add((Link("https://www.a.test/contact", ""),), 1, HOME)
    assert frontier.found == 0
    links = [Link(f"https://www.a.test/{c}/help", "") for c in "abcdefgh"]
    frontier.add(links, 0, HOME)
    assert len(_urls(frontier)) == 2
    assert len(frontier.drain()) == 3  # named, not all of them


def test_a_calendar_is_tasted_and_left() -> None:
    frontier = Frontier(_brand(pages=100), {})
    frontier.add([Link(f"https://www.a.test/help?d={i}", "") for i in range(50)], 0, HOME)
    frontier.add([Link(f"https://www.a.test/help/2026/{i}", "") for i in range(50)], 0, HOME)
    frontier.add([Link(f"https://www.a.test/faq/{i}.html", "") for i in range(50)], 0, HOME)
    assert len(_urls(frontier)) == 1 + 2 * MAX_PER_ENDLESS + MAX_PER_PATTERN
    assert pattern_of("https://a.test/help/2026/11") == pattern_of("https://a.test/help/2025/1")


def test_without_sources_the_home_pages_are_asked() -> None:
    bare = Brand(id="a", name_zh="示例", country="CN", domains=_brand().domains)
    assert _urls(Frontier(bare, {})) == ["https://www.a.test/"]


def _known(url: str, *, capture: bool = True, declared: bool = False) -> SourceState:
    held = CaptureRef("r1", "captures/a-00000.warc.gz", 0, "sha256:0") if capture else None
    return SourceState(
        brand_id="a",
        url=url,
        kind=SourceKind.HELP,
        declared=declared,
        outcome=Outcome.OK,
        good_streak=1,
        bad_streak=0,
        last_tried=NOW,
        last_good=NOW,
        last_changed=None,
        etag='"1"',
        capture=held,
    )


def test_what_earlier_runs_hold_is_asked_again_and_missed_aloud() -> None:
    states = [
        _known("https://www.a.test/odd/page"),
        _known("https://www.a.test/empty/help", capture=False),
        _known("https://elsewhere.test/help"),
        _known("https://www.a.test/retired", declared=True),
    ]
    ledger = {(state.brand_id, state.url): state for state in states}
    frontier = Frontier(_brand(), ledger)
    frontier.add((Link("https://www.a.test/contact", "联系我们"),), 0, HOME)
    assert _urls(frontier) == [HOME, "https://www.a.test/odd/page", "https://www.a.test/contact"]
    starved = Frontier(_brand(pages=1), ledger)
    assert len(_urls(starved)) == 1
    assert [asking.url for asking in starved.drain()] == ["https://www.a.test/odd/page"]


def test_validators_belong_to_the_address_that_gave_them() -> None:
    state = _known(HOME)
    frontier = Frontier(_brand(), {("a", HOME): state})
    asking = frontier.take()
    assert asking is not None
    assert asking.conditional
    assert not asking.hop("https://www.a.test/other", "302").conditional


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://A.test", "https://a.test/"),
        ("https://a.test:443/?b=1&a=2#x", "https://a.test/?a=2&b=1"),
        ("http://a.test:8080/x", "http://a.test:8080/x"),
        ("https://a.test/帮助", "https://a.test/%E5%B8%AE%E5%8A%A9"),
    ],
)
def test_canonical_urls(url: str, key: str) -> None:
    assert canonical(url) == key
    assert canonical(key) == key
