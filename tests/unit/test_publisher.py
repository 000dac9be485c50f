"""Who publishes a page: the company that says we, the declared brand, or the most named one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelines.brand import Brand, Fact, other_names
from pipelines.context.publisher import Publisher, PublisherOf, core, publisher_of
from pipelines.rules import load_rules
from pipelines.vocabulary import Grade

FIRMS = load_rules().owners.firms


def names(text: str) -> list[str]:
    return [name for name, _ in FIRMS.named_in(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("示例支付有限公司", ["示例支付有限公司"]),
        ("由示例科技股份有限公司提供", ["示例科技股份有限公司"]),
        ("示例（北京）科技有限公司与示例保险有限责任公司", None),
        ("联系示例银行客服热线95599", None),
        ("关于我们", []),
        ("本公司", []),
        ("发卡银行客服电话", []),
    ],
)
def test_names_of_companies(text: str, found: list[str] | None) -> None:
    if found is not None:
        assert names(text) == found
    else:
        assert names(text)


def test_each_name_has_the_offset_of_its_end() -> None:
    text = "由示例支付有限公司运营。"
    [(name, end)] = FIRMS.named_in(text)
    assert text[:end].endswith(name)


def test_two_companies_of_a_sentence_are_two() -> None:
    assert names("示例（北京）科技有限公司与示例保险有限责任公司") == [
        "示例（北京）科技有限公司",
        "示例保险有限责任公司",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "示例支付有限公司（以下简称“我们”）尊重您的隐私。示例统计有限公司提供统计。",
        "本政策由示例支付有限公司（下称“本公司”）制定。",
        "示例支付有限公司及其关联公司（以下合称“我们”）",
    ],
)
def test_who_says_we(text: str) -> None:
    publisher = publisher_of(text, None, FIRMS)
    assert publisher.certain
    assert publisher.owns("示例支付有限公司") is True
    assert publisher.owns("别家统计有限公司") is False


def test_the_declared_brand_is_the_publisher() -> None:
    brand = Brand(id="demo", name_zh="示例钱包", country="CN", aliases=("示例付",))
    publisher = publisher_of("别家统计有限公司", brand, FIRMS)
    assert publisher.owns("示例钱包") is True
    assert publisher.owns("示例付科技有限公司") is True
    assert publisher.owns("别家统计有限公司") is False


def test_the_most_named_company_is_a_guess() -> None:
    publisher = publisher_of("示例支付有限公司。示例支付有限公司版权所有。", None, FIRMS)
    assert not publisher.certain
    assert publisher.owns("示例支付有限公司") is True
    assert publisher.owns("别家统计有限公司") is None


def test_a_page_without_companies_has_no_publisher() -> None:
    assert publisher_of("客服热线：95188", None, FIRMS) == Publisher()
    assert Publisher().owns("示例支付有限公司") is None


def test_a_crowd_has_no_publisher() -> None:
    text = "。".join(f"{letter}方科技有限公司" for letter in "甲乙丙丁戊己")
    publisher = publisher_of(text, None, FIRMS)
    assert publisher.crowded
    assert publisher.owns("丙方科技有限公司") is False


def test_spellings_of_one_name() -> None:
    publisher = Publisher(("示例（杭州）支付科技有限公司",), certain=True)
    assert publisher.owns("示例(杭州)支付科技有限公司") is True
    assert core("示例（杭州） 支付") == "示例杭州支付"


@pytest.mark.parametrize(
    ("text", "owned"),
    [
        ("关于积分的疑问，请致电南航客服热线95539。", False),
        ("如绑定失败，请拨打示范财险客服电话4000000000。", False),
        ("南航积分。请致电南航客服热线95539。", True),
    ],
)
def test_a_short_name_that_a_page_does_not_show_is_somebody_else(text: str, owned: bool) -> None:
    publisher = PublisherOf(text, None, FIRMS)
    [(name, _)] = FIRMS.named_in(text)
    assert publisher.owns(name) is owned


def test_words_that_end_like_a_firm_are_none() -> None:
    assert names("如移动支付客服电话") == []


def test_a_short_name_begins_the_full_one() -> None:
    text = "支付宝（中国）网络技术有限公司（以下简称“我们”）。请拨打支付宝客服电话95188"
    assert PublisherOf(text, None, FIRMS).owns("支付宝")


def brand(brand_id: str, name: str, **more: Any) -> Brand:
    return Brand(id=brand_id, name_zh=name, country="CN", **more)


def test_names_of_other_brands_are_those_that_cannot_mean_our_own() -> None:
    kin = (Fact("kin", Grade.D, "invented for a test"),)
    own = brand("own", "示例钱包香港", related=kin)
    company = Fact("示例有限公司", Grade.B, "invented for a test")
    others = (
        own,
        brand("a", "别家钱包", aliases=("别付", "Other Pay")),  # too short, and no Chinese
        brand("b", "示例钱包"),  # part of our own name
        brand("card", "一卡通"),  # a word for the cards of many
        brand("kin", "示例亲戚付"),
        brand("c", "示例钱包澳门"),
    )
    assert other_names(own, others) == ("别家钱包", "示例钱包澳门")
    same = replace(own, entity=company, related=())
    assert other_names(same, (brand("d", "示例同门付", entity=company),)) == ()


def test_a_name_that_begins_another_brands_is_not_that_brand() -> None:
    brand = Brand(id="demo_hk", name_zh="支付宝香港", country="HK")
    assert PublisherOf("", brand, FIRMS).owns("支付宝") is False


@pytest.mark.parametrize(
    ("called", "name", "same"),
    [
        ("连连", "连连支付", True),
        ("银联", "中国银联", True),
        ("支付宝", "支付宝香港", False),
        ("示例", "示例物流", False),
    ],
)
def test_a_wallet_may_leave_out_what_it_is(called: str, name: str, same: bool) -> None:
    brand = Brand(id="demo", name_zh=name, country="CN")
    assert publisher_of("", brand, FIRMS).owns(called) is same


@pytest.mark.parametrize("between", ["", " ", "\n" * 60, "\xa0" * 40, "示例"])
def test_whoever_is_called_to_reach_us_is_us(between: str) -> None:
    text = f"如需帮助请联系我们，服务热线：{between}示例银行客服电话：95188"
    owns = PublisherOf(text, None, FIRMS).owns("示例银行")
    assert owns is (False if between == "示例" else None)
