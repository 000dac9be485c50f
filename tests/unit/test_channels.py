"""Channels: each reader by what pages print, whose they are, and what a silent page keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipelines.channels.standing import channels_of_brand
from pipelines.model import Brand, Channel, Fact, Page, Visit
from pipelines.presence import Answer
from pipelines.process import process_page
from pipelines.rules import load_rules
from pipelines.vocabulary import ChannelKind, Grade, Outcome, SourceKind
from tests.unit.brand_story import DAY_ONE, Story, brand, page

HOST = "www.shilipay.test"
BRAND = Brand(
    "shilipay",
    "示例支付",
    "CN",
    domains=(Fact("shilipay.test", Grade.A, "invented"),),
    entity=Fact("示例支付有限公司", Grade.A, "invented"),
)
SHARED = replace(BRAND, domains=(), hosts=(Fact(HOST, Grade.A, "invented"),))


def read(body: str, of: Brand | None = BRAND, kind: str = "text/html") -> tuple[Channel, ...]:
    document = Page(f"https://{HOST}/contact", body.encode(), content_type=kind, brand=of)
    return process_page(document, load_rules()).channels


def values(body: str, kind: ChannelKind, of: Brand | None = BRAND) -> list[str]:
    return [channel.value for channel in read(body, of) if channel.kind is kind]


@pytest.mark.parametrize(
    "printed",
    [
        "客服邮箱：kefu@shilipay.test",
        "Ｅ-mail：ｋｅｆｕ＠ｓｈｉｌｉｐａｙ．ｔｅｓｔ",
        "邮箱：kefu[at]shilipay.test",
        "邮箱：kefu（at）shilipay.test",
        "邮箱：kefu【AT】shilipay.test",
        "邮箱：kefu (at) shilipay (dot) test",
        "E-mail: kefu at shilipay dot test",
        "邮箱：kefu#shilipay.test（请将#换成@）",
        "邮箱：kefu @shilipay.test",
        "发邮件至KEFU@SHILIPAY.TEST与我们联系",
    ],
)
def test_spellings_of_an_address(printed: str) -> None:
    assert values(f"<p>{printed}</p>", ChannelKind.EMAIL) == ["kefu@shilipay.test"]


@pytest.mark.parametrize(
    "printed",
    [
        "客服邮箱：2960401314@qq.com",
        "联系人张三先生 邮箱：zhangsan@shilipay.test",
        "招聘邮箱：hr@shilipay.test",
        "媒体采访请发邮件至 press@shilipay.test",
        "邮箱格式为 name@shilipay.test",
        "请填写邮箱 name@example.com",
        "<span style='display:none'>客服邮箱：kefu@shilipay.test</span>",
        "版本 5#shilipay.test",
    ],
)
def test_no_mailbox_for_users(printed: str) -> None:
    assert values(f"<p>{printed}</p>", ChannelKind.EMAIL) == []


def test_a_foreign_domain_needs_a_label() -> None:
    assert values("<p>客服邮箱：pay@group.example.org</p>", ChannelKind.EMAIL) != []
    assert values("<p>模板由 pay@group.example.org 制作</p>", ChannelKind.EMAIL) == []


def test_a_host_on_a_shared_domain_lends_no_address() -> None:
    """www.host gives host; another company's host on the same domain gives nothing."""
    body = "<p>shop@{}</p>"
    assert values(body.format("shilipay.test"), ChannelKind.EMAIL, SHARED) != []
    assert values(body.format("other.shilipay.test"), ChannelKind.EMAIL, SHARED) == []


def test_vendors_in_a_table_are_not_the_brand() -> None:
    rows = "".join(
        f"<tr><td>推送 SDK {n}</td><td>示例技术有限公司</td><td>邮箱：dpo@sdk{n}.com</td></tr>"
        for n in "ab"
    )
    table = f"<h2>第三方 SDK 目录</h2><table><tr><th>SDK 名称</th></tr>{rows}</table>"
    own = "<h2>联系我们</h2><p>客服邮箱：kefu@shilipay.test</p>"
    assert values(table + own, ChannelKind.EMAIL) == ["kefu@shilipay.test"]


def test_a_mailbox_beside_somebody_elses_number() -> None:
    body = (
        "<p>短信服务由示例通信有限公司提供，其服务电话：400-820-3005，联系邮箱：dpo@vendor.com</p>"
    )
    assert values(body, ChannelKind.EMAIL) == []


@pytest.mark.parametrize(
    ("printed", "path"),
    [
        ("进入“我的-客服中心”", "我的 > 客服中心"),
        ("【我的】->【设置】->【帮助与反馈】", "我的 > 设置 > 帮助与反馈"),
        ("打开App，我的→设置→帮助与反馈→我要反馈", "我的 > 设置 > 帮助与反馈 > 我要反馈"),
        ("我的 > 设置 > 意见反馈", "我的 > 设置 > 意见反馈"),
        ("请点击我的/设置/意见反馈提交", "我的 > 设置 > 意见反馈"),
        ("在【我的】【帮助与客服】中联系", "我的 > 帮助与客服"),
        ("“我的”——“设置”——“投诉与建议”", "我的 > 设置 > 投诉与建议"),
        ("可在我的-帮助与反馈-我要反馈里联系客服并提交", "我的 > 帮助与反馈 > 我要反馈"),
        ("App首页>>右上角>>在线客服", "首页 > 右上角 > 在线客服"),
        ("我的－设置－紧急挂失", "我的 > 设置 > 紧急挂失"),
        ("选择我的-帮助/反馈", "我的 > 帮助/反馈"),
    ],
)
def test_paths_in_the_app(printed: str, path: str) -> None:
    [channel] = [c for c in read(f"<p>{printed}。</p>") if c.kind is ChannelKind.IN_APP]
    assert (channel.value, channel.steps) == (path, tuple(path.split(" > ")))


@pytest.mark.parametrize(
    "printed",
    [
        "您可以在“我的-设置-支付密码”中修改",
        "当前位置：首页 > 帮助中心 > 联系我们",
        "帮助/反馈/投诉",
        "我们-客服",
    ],
)
def test_no_path_to_a_person(printed: str) -> None:
    assert values(f"<p>{printed}。</p>", ChannelKind.IN_APP) == []


@pytest.mark.parametrize(
    ("printed", "address"),
    [
        ("邮寄地址：浙江省杭州市星光路18号示例大厦 邮编：310000 电话：95007",
         "浙江省杭州市星光路18号示例大厦, 310000"),
        ("地址为：北京市海淀区学院路甲5号2幢，联系电话：95007", "北京市海淀区学院路甲5号2幢"),
        ("您也可以寄到如下地址：<br><br>广东省深圳市南山区海天二路33号 数据部（收）",
         "广东省深圳市南山区海天二路33号 数据部(收)"),
        ("来信请寄：广东省示例市海岸路 505 号　邮政编码 510000",
         "广东省示例市海岸路 505 号, 510000"),
    ],
)  # fmt: skip
def test_postal_addresses(printed: str, address: str) -> None:
    assert values(f"<p>{printed}</p>", ChannelKind.POSTAL) == [address]


@pytest.mark.parametrize(
    "printed",
    [
        "注册地址：上海市浦东新区江东路1666号4幢",
        "收货地址：上海市浦东新区江东路1666号4幢",
        "我们会收集IP地址：上海市浦东新区江东路1666号4幢",
        "<table><tr><th>网点</th><th>地址</th></tr><tr><td>示例分公司</td><td>东路2号</td></tr></table>",
    ],
)
def test_no_place_for_letters(printed: str) -> None:
    assert values(f"<p>{printed}</p>", ChannelKind.POSTAL) == []


def test_social_accounts_as_named_by_the_page() -> None:
    body = "<p>微信公众号：shilipay　新浪微博：@示例支付官方</p><p>关注“示例支付服务”微信公众号</p>"
    found = values(body, ChannelKind.SOCIAL)
    assert found == ["微信公众号：shilipay", "微博：示例支付官方", "微信公众号：示例支付服务"]
    signed_in = "<p>您可以使用第三方账号登录（微博：昵称头像）</p>"
    assert values(signed_in, ChannelKind.SOCIAL) == []


def test_chat_by_words_and_by_link() -> None:
    said = "<p>您可以通过在线客服与我们联系。</p>"
    assert values(said, ChannelKind.CHAT) == ["在线客服"]
    collected = "<p>使用在线客服时，我们会收集您的聊天记录。</p>"
    assert values(collected, ChannelKind.CHAT) == []
    link = (
        '<p>需要人工时</p><a href="/chat">在线客服</a><a href="https://vendor.com/c">在线客服</a>'
    )
    assert values(link, ChannelKind.CHAT) == [f"https://{HOST}/chat"]


def test_a_messenger_whose_number_ends_like_a_short_code_of_others() -> None:
    said = "<p>WhatsApp客服：+86 13800138110</p><p>报警电话：110</p>"
    assert values(said, ChannelKind.CHAT) == ["WhatsApp：+86 13800138110"]


def test_forms_on_declared_ground_only() -> None:
    own, foreign = '<a href="/form">意见反馈</a>', '<a href="https://evil.com/form">投诉</a>'
    links = f'{own}{foreign}<a href="/n">投诉案</a>'
    assert values(links, ChannelKind.FORM) == [f"https://{HOST}/form"]


def test_steps_of_a_complaint_in_order() -> None:
    body = """<h2>二、投诉处理流程</h2><ol><li>拨打投诉热线登记；</li><li>我们 2 日内联系您；</li>
        <li>15 日内书面答复。</li></ol><h2>产品</h2><ul><li>登录</li><li>注册</li></ul>"""
    [channel] = [c for c in read(body) if c.kind is ChannelKind.COMPLAINT]
    assert channel.steps == ("拨打投诉热线登记", "我们 2 日内联系您", "15 日内书面答复")
    menu = "<h2>投诉与建议</h2><ul><li>首页</li><li>产品</li><li>新闻</li></ul>"
    assert values(menu, ChannelKind.COMPLAINT) == []


def test_regulators_lines_that_a_complaint_may_go_to() -> None:
    body = """<p>对处理结果不满意的，可拨打金融消费权益保护投诉电话 12363、12378 反映。</p>
        <p>紧急情况请拨打报警电话 110。</p>"""
    assert values(body, ChannelKind.REGULATOR) == ["12363", "12378"]


def test_recorded_calls() -> None:
    body = "<p>为提升服务质量，通话可能被录音。</p><p>您与骑手的通话可能会被录音。</p>"
    assert values(body, ChannelKind.RECORDING) == ["为提升服务质量,通话可能被录音"]


def test_what_to_have_ready() -> None:
    body = "<p>致电前请准备好您的注册手机号（如 138****1234）、订单号以及交易金额，以便核实。</p>"
    [channel] = [c for c in read(body) if c.kind is ChannelKind.PREPARE]
    assert channel.steps == ("注册手机号", "订单号", "交易金额")


@pytest.mark.parametrize(
    "printed",
    [
        "致电前请准备好您的银行卡号、密码和短信验证码。",
        "注册时请提供您的姓名、身份证号。",
        "客服热线：95007",
    ],
)
def test_lists_that_are_not_passed_on(printed: str) -> None:
    assert values(f"<p>{printed}</p>", ChannelKind.PREPARE) == []


def test_a_json_help_centre_is_read_as_text() -> None:
    body = '{"a": [{"q": "投诉", "html": "<p>客服邮箱：kefu@shilipay.test</p>"}]}'
    assert [c.value for c in read(body, kind="application/json")] == ["kefu@shilipay.test"]


# --- over runs -------------------------------------------------------------------------------

URL = "https://pay.example/contact"
MAIL = Channel("b", ChannelKind.EMAIL, "kefu@pay.example", "邮箱", URL)


def _answer(outcome: Outcome, *channels: Channel) -> dict[str, Answer]:
    reading = None
    if outcome is Outcome.OK:
        document = Page(URL, "<p>联系我们，客服热线：95007</p>".encode())
        reading = replace(process_page(document, load_rules()), channels=channels)
    visit = Visit(
        URL, URL, SourceKind.CONTACT, outcome, declared=True, tls_ok=True, on_ground=True,
        revisit=False, fetched_at=DAY_ONE, reading=reading,
    )  # fmt: skip
    return {URL: Answer(visit, outcome)}


def _kept(outcome: Outcome, days: int = 1, retired: tuple[str, ...] = ()) -> tuple[Channel, ...]:
    story = Story(brand(URL))
    story.run(page(URL, "95007"))
    [state] = story.history.sources
    now = DAY_ONE + timedelta(days=days)
    return channels_of_brand(_answer(outcome), (MAIL,), {URL: state}, retired, now=now)


def test_a_silent_page_takes_nothing_away() -> None:
    assert _kept(Outcome.TIMEOUT) == (MAIL,)
    assert _kept(Outcome.OK) == (), "it answered, without the address"
    assert _kept(Outcome.HTTP_404) == ()
    assert _kept(Outcome.TIMEOUT, days=91) == ()
    assert _kept(Outcome.TIMEOUT, retired=(URL,)) == ()


def test_a_page_that_proves_nothing_names_no_channel() -> None:
    answer = _answer(Outcome.OK, MAIL)[URL]
    plain = replace(answer, visit=replace(answer.visit, tls_ok=False))
    assert channels_of_brand({URL: answer}, (), {}, (), now=DAY_ONE) == (MAIL,)
    assert channels_of_brand({URL: plain}, (), {}, (), now=DAY_ONE) == ()


def test_a_link_that_is_dead_is_no_form() -> None:
    form = Channel("b", ChannelKind.FORM, "https://pay.example/form", "投诉", URL)
    gone = _answer(Outcome.HTTP_404)[URL]
    answers = {**_answer(Outcome.OK, form, MAIL), form.value: gone}
    assert channels_of_brand(answers, (), {}, (), now=DAY_ONE) == (MAIL,)
