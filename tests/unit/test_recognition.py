"""Is this still the page that it was? Pages as sites serve them, through the real reader.

A page carries two numbers for three runs; then its site does something to it, four runs long.
What a person would call the same page may lose a number; what they would not, may not.
"""

from __future__ import annotations

import pytest
from brand_story import CONTACT, DAY_ONE, Story, brand

from pipelines.model import CaptureRef, Page, Visit
from pipelines.process import process_page
from pipelines.recognition import is_new_look, recognised
from pipelines.rules import load_rules
from pipelines.vocabulary import Outcome, Presence, SourceKind

RULES = load_rules()
HOME = "https://www.demo.example/"
FRAME = """<!doctype html><html><head><meta charset=utf-8><title>{title}</title></head><body>
<div class=top><a href=/>首页</a><a href=/help>帮助中心</a><a href=/contact>联系我们</a></div>
{main}
<div class="{foot}"><p>客服热线：95001</p><p>示例支付有限公司 版权所有</p></div></body></html>"""
CONTACTS = """<h1>联系我们</h1><div><h2>电话服务</h2>
<p>客服热线：95001（7×24小时）</p><p>商户服务热线：400-812-3123</p>
<p>服务时间：每日9:00-21:00</p><p>客服邮箱：kefu@demo.example</p></div>"""
NEWS = (
    "<h1>新闻动态</h1><ul>" + "<li>示例支付携手商户开展惠民活动，共建支付新生态</li>" * 8 + "</ul>"
)
HOLLOW = "<h1>联系我们</h1><div><h2>电话服务</h2></div><p>感谢您对示例支付的关注与支持。</p>"
ENGLISH = """<h1>Contact us</h1><div><h2>By phone</h2><p>Customer service hotline: 95001 (24/7)</p>
<p>Merchants are asked to write to us; we reply within two working days of the week.</p></div>"""
LOGIN = "<h1>联系我们</h1><p>请先登录</p><p>客服热线：95001（7×24小时）</p><p>服务时间：每日</p>"
MISSING = "<h1>联系我们</h1><p>您访问的页面不存在</p><p>客服热线：95001</p><p>客服邮箱</p>"
FIREWALL = "<h1>联系我们</h1><p>您的访问被拦截，请完成滑块验证</p><p>客服热线：95001 客服邮箱</p>"
REBUILT = """<main><h1>服务与支持</h1><section><h3>致电我们</h3><dl><dt>客服热线</dt>
<dd>95001</dd><dt>商户服务热线</dt><dd>400-812-3123</dd></dl><p>服务时间：每日</p></section></main>"""
ONE_LESS = CONTACTS.replace("<p>商户服务热线：400-812-3123</p>", "")
MERCHANT = "demo/4008123123"


def served(
    url: str, main: str, *, title: str = "示例支付", foot: str = "foot", kind: str = "text/html"
) -> Visit:
    """A visit that answers with a page of the site; what it says is read, not asserted."""
    body = (
        main if kind != "text/html" else FRAME.format(title=title, main=main, foot=foot)
    ).encode()
    capture = CaptureRef("run", "captures/x.warc.gz", 0, f"sha256:{hash(body)}")
    made = Page(url, body, url, kind, SourceKind.CONTACT, brand(CONTACT), capture=capture)
    reading = process_page(made, RULES)
    return Visit(
        url, url, SourceKind.CONTACT, Outcome.OK, declared=True, tls_ok=True, on_ground=True,
        revisit=False, fetched_at=DAY_ONE, reading=reading, capture=capture,
    )  # fmt: skip


def told(*visits: Visit, then: Visit, runs: int = 4) -> Story:
    story = Story(brand(CONTACT, HOME))
    for _ in range(3):
        story.run(*visits)
    assert {h.id: h.presence for h in story.history.hotlines}[MERCHANT] is Presence.OBSERVED
    for _ in range(runs):
        story.run(then, *(v for v in visits if v.url != then.url))
    return story


@pytest.mark.parametrize("foot", ["foot", "footer"])
@pytest.mark.parametrize(
    ("main", "title"),
    [
        (NEWS, "示例支付"),
        (NEWS, "新闻动态"),
        (HOLLOW, "示例支付"),
        (ENGLISH, "示例支付"),
        (ENGLISH, "Demo Pay"),
        ("", "示例支付"),
        (LOGIN, "示例支付"),
        (MISSING, "示例支付"),
        (FIREWALL, "示例支付"),
        (CONTACTS, "404 页面不存在"),
    ],
    ids=["news", "news with its title", "contact block gone, headings stay", "english",
         "english with its title", "only the footer", "login wall", "soft 404", "firewall",
         "an error page that kept all but the number"],
)  # fmt: skip
def test_what_is_no_longer_the_page_removes_nothing(main: str, title: str, foot: str) -> None:
    main = main.replace("<p>商户服务热线：400-812-3123</p>", "")
    before = served(CONTACT, CONTACTS, foot=foot)
    story = told(before, then=served(CONTACT, main, title=title, foot=foot))
    assert story.removed == []
    row = next(h for h in story.history.hotlines if h.id == MERCHANT)
    assert row.presence is Presence.NOT_OBSERVED
    assert not row.presence_reason.startswith("absent")
    healed = story.run(before)
    assert {h.presence for h in healed.hotlines} == {Presence.OBSERVED}


@pytest.mark.parametrize("foot", ["foot", "footer"])
def test_the_same_page_without_a_number_removes_it(foot: str) -> None:
    before = served(CONTACT, CONTACTS, foot=foot)
    story = told(before, then=served(CONTACT, ONE_LESS, foot=foot), runs=2)
    assert story.removed == ["4008123123 gone_from_pages"]


def test_a_rebuilt_page_keeps_its_numbers_and_is_known_by_its_new_look() -> None:
    rebuilt = served(CONTACT, REBUILT, title="服务与支持")
    story = told(served(CONTACT, CONTACTS), then=rebuilt, runs=2)
    assert {h.presence for h in story.history.hotlines} == {Presence.OBSERVED}
    assert story.history.sources[0].outcome is Outcome.OK
    less = REBUILT.replace("<dt>商户服务热线</dt><dd>400-812-3123</dd>", "")
    for _ in range(2):
        story.run(served(CONTACT, less, title="服务与支持"))
    assert story.removed == ["4008123123 gone_from_pages"]


def test_one_of_twelve_numbers_left_is_a_torso_however_long_it_stays() -> None:
    """Other pages keep the brand above half of its numbers, so that the gate sees nothing."""
    lines = [f"<p>{name}服务热线：400-812-3{i:03}</p>" for i, name in enumerate(NAMES)]
    rest = [f"<p>{name}投诉热线：400-813-3{i:03}</p>" for i, name in enumerate(NAMES)]
    other = served(HOME, f"<h1>投诉</h1>{''.join(rest)}", title="投诉")
    whole = served(CONTACT, CONTACTS + "".join(lines), title="联系")
    torso = served(CONTACT, CONTACTS.replace("<p>商户服务热线：400-812-3123</p>", ""), title="联系")
    story = told(other, whole, then=torso, runs=6)
    assert story.removed == []


NAMES = (
    "商户",
    "个人",
    "境外",
    "理财",
    "保险",
    "信贷",
    "企业",
    "贵宾",
    "挂失",
    "安全",
    "收单",
    "跨境",
)


def test_a_page_whose_error_words_were_always_there_is_no_error() -> None:
    always = CONTACTS + "<p>登录后查看更多联系方式</p>"
    story = told(served(CONTACT, always), then=served(CONTACT, always.replace(
        "<p>商户服务热线：400-812-3123</p>", "")), runs=2)  # fmt: skip
    assert story.removed == ["4008123123 gone_from_pages"]


def test_numbers_without_a_label_count_as_a_contact_block_too() -> None:
    bare = '<h1>联系我们</h1><p><a href="tel:4008123123">400-812-3123</a></p>'
    story = told(
        served(CONTACT, bare), then=served(CONTACT, "<h1>联系我们</h1>" + "<p>欢迎光临</p>")
    )
    assert story.removed == []


class TestJson:
    kind = "application/json"
    full = '{"code":0,"data":{"list":[{"title":"客服热线","phone":"95001"},'
    full += '{"title":"商户服务热线","phone":"400-812-3123"}],"time":20261122}}'

    def test_an_error_envelope_removes_nothing(self) -> None:
        error = served(CONTACT, '{"code":500,"message":"系统繁忙"}', kind=self.kind)
        assert told(served(CONTACT, self.full, kind=self.kind), then=error).removed == []

    def test_other_digits_are_not_another_document(self) -> None:
        less = '{"code":0,"data":{"list":[{"title":"客服热线","phone":"95001"}],"time":20261123}}'
        then = served(CONTACT, less, kind=self.kind)
        story = told(served(CONTACT, self.full, kind=self.kind), then=then, runs=2)
        assert story.removed == ["4008123123 gone_from_pages"]


def test_a_date_in_the_title_is_no_other_page() -> None:
    before, after = (
        set(served(CONTACT, CONTACTS, title=f"联系我们 2026-11-{day}").reading.marks)  # type: ignore[union-attr]
        for day in (22, 23)
    )
    assert before == after


def test_marks_stay_few_and_keep_the_labels() -> None:
    many = CONTACTS + "".join(f"<h2>标题{chr(0x4E00 + i)}</h2>" for i in range(500))
    reading = served(CONTACT, many).reading
    assert reading is not None
    assert len(reading.marks) <= 60
    assert {"label:客服热线", "label:商户服务热线", "language:han"} <= set(reading.marks)


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        ((), (), True),
        ((), ("label:a",), True),
        (("label:a", "t"), ("label:a", "t"), True),
        (("label:a", "label:b", "t"), ("label:b", "t"), True),
        (("label:a", "label:b", "label:c", "t"), ("label:b", "t"), False),
        (("label:a", "t"), ("foot:a", "t"), False),
        (("foot:a", "t"), ("foot:a", "t"), True),
        (("label:a", "t"), ("t",), False),
        (("label:a", "t"), ("label:c", "t"), False),
        (("label:a", "t", "u"), ("label:a", "t"), True),
        (("label:a", "t", "u", "v"), ("label:a", "t"), False),
        (("label:a", "word:x", "word:y", "word:z"), ("label:a", "word:x"), False),
        (("label:a", "language:han"), ("label:a", "language:latin"), False),
        (("label:a", "language:han"), ("label:a",), True),
        (("t", "u"), ("x", "u"), True),
        (("t", "u"), (), False),
    ],
)
def test_recognised(before: tuple[str, ...], now: tuple[str, ...], same: bool) -> None:
    assert recognised(before, now) is same


@pytest.mark.parametrize(
    ("before", "now", "rebuilt"),
    [
        (("label:a",), ("label:b",), True),
        (("label:a", "label:b", "label:c"), ("label:x",), False),
        (("label:a",), ("foot:a",), False),
        (("foot:a",), ("foot:b",), True),
        (("label:a", "language:han"), ("label:b", "language:latin"), False),
        (("label:a",), ("label:b", "state:login_wall"), False),
        (("label:a", "state:login_wall"), ("label:b", "state:login_wall"), True),
    ],
)
def test_is_new_look(before: tuple[str, ...], now: tuple[str, ...], rebuilt: bool) -> None:
    assert is_new_look(before, now) is rebuilt
