"""Hours, fees, labels, owners: the tables of domain.md E1 to E4 as tests."""

from __future__ import annotations

import pytest

from pipelines.model import Page, PageReading
from pipelines.process import process_page
from pipelines.rules import load_rules

RULES = load_rules()

HOURS = [
    ("7×24小时", "24/7"),
    ("7*24小时", "24/7"),
    ("7X24", "24/7"),
    ("24小时", "24/7"),
    ("全天候", "24/7"),
    ("24/7", "24/7"),
    ("每天9:00-21:00", "Mo-Su 09:00-21:00"),
    ("每日 9:00 - 21:00", "Mo-Su 09:00-21:00"),
    ("周一至周日 9:00--18:00", "Mo-Su 09:00-18:00"),
    ("周一至周日早9点-晚18点", "Mo-Su 09:00-18:00"),
    ("上午9時至晚上10時", "Mo-Su 09:00-22:00"),
    ("工作日 9:00-18:00", "Mo-Fr 09:00-18:00; PH off"),
    ("工作日9：00—18：00", "Mo-Fr 09:00-18:00; PH off"),
    ("周一至周五 09:00 - 17:30（法定节假日除外）", "Mo-Fr 09:00-17:30; PH off"),
    (
        "周一到周五(法定节假日除外) 上午9:00~12:00 下午13:00~18:00",
        "Mo-Fr 09:00-12:00,13:00-18:00; PH off",
    ),
    ("周一到周日 9:00-21:00，法定节假日除外", "Mo-Su 09:00-21:00; PH off"),
    ("8:00-18:00，节假日照常", "Mo-Su,PH 08:00-18:00"),
    ("周一至周六 8:30-17:30", "Mo-Sa 08:30-17:30"),
    ("週一至週五 09:00-18:00，週六 09:00-12:00", "Mo-Fr 09:00-18:00; Sa 09:00-12:00"),
    ("早8点至次日凌晨2点", "Mo-Su 08:00-02:00"),
    ("8:00-次日2:00", "Mo-Su 08:00-02:00"),
    ("9:00-24:00", "Mo-Su 09:00-24:00"),
    (
        "工作日9:00-21:00，周末及节假日10:00-18:00",
        "Mo-Fr 09:00-21:00; Sa,Su,PH 10:00-18:00",
    ),
    ("Mon–Fri 9am–6pm (excl. public holidays)", "Mo-Fr 09:00-18:00; PH off"),
    ("8:00am – 8:00pm daily", "Mo-Su 08:00-20:00"),
    ("Setiap hari 08.00–22.00 WIB", "Mo-Su 08:00-22:00"),
    ("工作时间", ""),
]
FEES = [
    ("免费电话", "free"),
    ("免付費", "free"),
    ("toll-free", "free"),
    ("免长途费", "shared"),
    ("仅收市话费", "local"),
    ("以运营商收费为准", "normal"),
    ("国际长途", "international"),
    ("1.000đ/phút", "premium"),
    ("联系我们", ""),
]
PURPOSES = [
    ("客服热线", "general"),
    ("全国统一客服热线", "general"),
    ("客戶服務熱線", "general"),
    ("Customer service hotline", "general"),
    ("人工服务", "human_agent"),
    ("投诉电话", "complaint"),
    ("申訴專線", "complaint"),
    ("消费者权益保护热线", "consumer_protection"),
    ("盗刷紧急冻结专线", "fraud_security"),
    ("反詐騙專線", "fraud_security"),
    ("紧急挂失电话", "loss_report"),
    ("商户服务热线", "merchant"),
    ("特店客服", "merchant"),
    ("海外用户客服热线", "overseas"),
    ("贵宾专线", "vip"),
    ("公司总机", "corporate_switchboard"),
    ("传真", "fax"),
    ("媒体垂询", "media"),
    ("投资者关系热线", "investor"),
    ("招聘热线", "hr"),
    ("个人信息保护专线", "legal_privacy"),
    ("未成年人投诉专线", "legal_privacy"),
]


def read(text: str, kind: str = "text/plain") -> PageReading:
    return process_page(Page(url="case", body=text.encode(), content_type=kind), RULES)


@pytest.mark.parametrize(("words", "osm"), HOURS)
def test_hours(words: str, osm: str) -> None:
    [item] = read(f"客服热线：95188（{words}）").evidence
    assert item.hours == osm


@pytest.mark.parametrize(("words", "fee"), FEES)
def test_fee(words: str, fee: str) -> None:
    [item] = read(f"客服热线：95188（{words}）").evidence
    assert item.fee_stated.partition(":")[0] == fee


@pytest.mark.parametrize(("label", "purpose"), PURPOSES)
def test_purpose(label: str, purpose: str) -> None:
    [item] = read(f"{label}：400-820-8820").evidence
    assert item.purpose.value == purpose


@pytest.mark.parametrize(
    "label", ["传真", "招聘热线", "媒体垂询", "投资者关系", "公司总机", "招标采购"]
)
def test_lines_that_serve_no_user_are_no_hotlines(label: str) -> None:
    item, _ = read(f"{label}：010-58812888\n客服热线：400-820-8820").evidence
    assert not item.is_hotline


def test_the_only_phone_of_a_page_is_what_its_customers_call() -> None:
    [item] = read("公司总机：010-58812888").evidence
    assert item.is_hotline
    assert "only_phone" in item.rules


@pytest.mark.parametrize(
    "text",
    [
        "总机：010-58812888\n总机：021-58812888\n总机：0571-28090163",  # a list of offices
        "招聘热线：010-58812888",
        "示范支行 总机：010-58812888",
        "媒体联系\n总机：010-58812888",
        "总机：(202) 555-0143",
    ],
)
def test_other_phones_are_no_hotlines_even_alone(text: str) -> None:
    assert not any(item.is_hotline for item in read(text).evidence)


def test_hours_belong_to_the_nearest_number_before_them() -> None:
    text = "客服热线：95188（9:00-21:00），商户热线：400-820-8820（工作日9:00-18:00）"
    hours = {item.number: item.hours for item in read(text).evidence}
    assert hours == {"95188": "Mo-Su 09:00-21:00", "4008208820": "Mo-Fr 09:00-18:00; PH off"}


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("如有疑问，请致电我们的客服热线400-820-8820", "self"),
        ("您也可以拨打12378投诉", "regulator"),
        ("第三方SDK名称：某某统计\n联系电话：010-58812888", "third_party"),
        ("保险服务由示例保险经纪有限公司提供，其客服电话：400-820-8820", "third_party"),
        (
            "本政策由示例支付有限公司（以下简称“我们”）制定。\n示例银行客服电话：95599",
            "third_party",
        ),
        ("违法和不良信息举报电话：010-58812888", "self"),
    ],
)
def test_owner(text: str, owner: str) -> None:
    assert [item.owner.value for item in read(text).evidence] == [owner]


def test_a_table_of_other_peoples_numbers_is_a_directory() -> None:
    rows = "".join(
        f"<tr><td>{name}</td><td>举报电话：{number}</td></tr>"
        for name, number in (
            ("甲应用市场", "400-820-8820"),
            ("乙游戏中心", "400-820-8821"),
            ("丙软件商店", "400-820-8822"),
            ("丁下载助手", "400-820-8823"),
        )
    )
    items = read(f"<table><tr><th>平台</th><th>方式</th></tr>{rows}</table>", "text/html").evidence
    assert len(items) == 4
    assert {item.owner.value for item in items} == {"third_party"}


def test_branches_are_the_publishers_own_but_no_hotlines() -> None:
    text = "北京分公司：010-58812888\n上海分公司：021-58812888"
    items = read(text).evidence
    assert [(i.owner.value, i.is_hotline) for i in items] == [("self", False)] * 2


def test_a_code_of_the_whole_firm_is_no_branchs() -> None:
    items = read("北京分公司：010-58812888\n客服热线：95188\n地址：北京市西城区").evidence
    assert [(i.number, i.is_hotline) for i in items] == [("+861058812888", False), ("95188", True)]


def test_who_made_a_page_has_not_the_number_below_its_marks() -> None:
    foot = "<p>京ICP备1号 版权所有：某某网 制作维护：示例科技有限公司</p><p>客服热线：95188</p>"
    assert [i.owner.value for i in read(foot, "text/html").evidence] == ["self"]


def test_a_firm_above_a_heading_has_not_the_number_below_it() -> None:
    page = (
        "<ul><h3>产业</h3><li>示例体育有限公司</li></ul>"
        "<ul><h3>联系我们</h3><li>客服热线：95188</li></ul>"
    )
    assert [i.owner.value for i in read(page, "text/html").evidence] == ["self"]


def test_text_and_tel_link_that_disagree_are_one_hotline_and_an_issue() -> None:
    page = "<p>客服热线：<a href='tel:95017'>95188</a></p>"
    reading = read(page, "text/html")
    assert [i.number for i in reading.evidence if i.is_hotline] == ["95188"]
    assert [issue.code for issue in reading.issues] == ["tel_link_differs"]


def test_words_that_retire_a_number() -> None:
    items = read("原客服热线95188已停用，请拨打客服热线95199").evidence
    assert [(i.number, i.is_hotline) for i in items] == [("95188", False), ("95199", True)]


def test_a_misprint_is_an_issue_and_no_number() -> None:
    reading = read("客服电话：400-599688")
    assert reading.evidence == ()
    assert [issue.code for issue in reading.issues] == ["misprinted_number"]


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("<title>404</title><p>页面不存在</p>", "soft_404"),
        ("<p>请先登录后查看</p>", "login_wall"),
        ("<div id=app></div><script>start()</script>", "script_shell"),
        ("", "empty"),
        ("<p>关于我们：本公司成立于杭州。" + "我们提供支付服务。" * 20 + "</p>", "ok"),
    ],
)
def test_pages_that_answer_and_say_nothing(body: str, outcome: str) -> None:
    assert read(body, "text/html").outcome.value == outcome


CITIES = [("北京", "010-58812888"), ("上海", "021-58812888"), ("杭州", "0571-28090163")]
OFFICES = "".join(f"{city}\n地址：示例路1号\n邮编：100000\n电话：{n}\n\n" for city, n in CITIES)


def test_a_list_from_city_to_city_is_of_offices() -> None:
    items = read(f"{OFFICES}苏州\n电话：0512-85550928\n").evidence
    assert len(items) == 4
    assert [(i.owner.value, i.is_hotline) for i in items] == [("self", False)] * 4


def test_the_head_office_of_the_list_is_a_hotline() -> None:
    items = read(f"{OFFICES}集团总部\n电话：020-37276591\n").evidence
    assert [i.is_hotline for i in items] == [False, False, False, True]


def test_hotlines_of_several_cities_are_hotlines() -> None:
    text = OFFICES.replace("电话：", "客服热线：") + "苏州\n客服热线：0512-85550928\n"
    assert [i.is_hotline for i in read(text).evidence] == [True] * 4


def test_a_bank_named_after_its_city_is_no_office_of_the_publisher() -> None:
    banks = {"北京银行": "95526", "上海银行": "95594", "招商银行": "95555", "兴业银行": "95561"}
    rows = "".join(f"<tr><td>{bank}</td><td>{code}</td></tr>" for bank, code in banks.items())
    page = f"<table><tr><th>银行</th><th>客服热线</th></tr>{rows}</table>"
    items = read(page, "text/html").evidence
    assert [(i.owner.value, i.purpose.value) for i in items] == [
        ("third_party", "partner_bank")
    ] * 4


def test_outlets_that_are_named_above_their_lines() -> None:
    outlets = ("示例一店", "示例大厦", "示例酒店", "示例商场")
    text = "".join(
        f"{name}\n地址：示例路{i}号\n电话：010-5881288{i}\n\n" for i, name in enumerate(outlets)
    )
    assert {i.owner.value for i in read(text).evidence} == {"third_party"}


def test_an_authoritys_number_has_its_purpose() -> None:
    [item] = read("投诉热线：12315").evidence
    assert (item.owner.value, item.purpose.value) == ("regulator", "regulator")
