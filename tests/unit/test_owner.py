"""Whose number it is: words near it, companies, headings, tables, classes of the state."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.context.publisher import Publisher
from pipelines.model import Block
from pipelines.rules import load_rules
from pipelines.vocabulary import NumberClass, Owner, Purpose

OWNERS = load_rules().owners
NUMBER = "400-820-8820"
US = Publisher(("示例支付有限公司",), certain=True)


def owner_of(
    text: str,
    publisher: Publisher = US,
    number: str = NUMBER,
    number_class: NumberClass = NumberClass.SHARED_400,
    purpose: Purpose = Purpose.GENERAL,
    listed: bool = False,
    **block: Any,
) -> str:
    place = Block(text=text, path="line 1", **block)
    owner, _ = OWNERS.owner_of(
        place,
        (text.index(number), text.index(number) + len(number)),
        number_class,
        purpose,
        publisher,
        listed=listed,
    )
    return owner.value


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        (f"客服热线：{NUMBER}", "self"),
        (f"您可以通过以下方式联系我们：客服电话{NUMBER}", "self"),
        (f"如您对本政策有任何疑问，请致电{NUMBER}", "self"),
        (f"如需帮助，请拨打我司客服热线{NUMBER}", "self"),
        (f"Contact us at {NUMBER}", "self"),
        (f"示例支付有限公司客服电话：{NUMBER}", "self"),
        (f"违法和不良信息举报电话：{NUMBER}", "self"),
        (f"示例统计科技有限公司 客服电话：{NUMBER}", "third_party"),
        (f"由示例保险股份有限公司提供服务，客服电话：{NUMBER}", "third_party"),
        (f"SDK名称：示例统计 联系电话：{NUMBER}", "third_party"),
        (f"第三方服务商联系电话：{NUMBER}", "third_party"),
        (f"合作伙伴客服电话：{NUMBER}", "third_party"),
        (f"您的发卡银行客服热线：{NUMBER}", "third_party"),
        (f"开户行客服热线：{NUMBER}", "third_party"),
        (f"示例银行客服热线：{NUMBER}", "third_party"),
        (f"客服：示例银行{NUMBER}", "third_party"),
        (f"该公司的客服电话为{NUMBER}", "third_party"),
        (f"向互联网信息办公室举报：{NUMBER}", "regulator"),
        (f"市场监督管理局投诉电话：{NUMBER}", "regulator"),
        (f"中国人民银行投诉热线：{NUMBER}", "regulator"),
        (f"消费者协会电话：{NUMBER}", "regulator"),
        (f"通信管理局：{NUMBER}", "regulator"),
    ],
)
def test_words_before_a_number(text: str, owner: str) -> None:
    assert owner_of(text) == owner


@pytest.mark.parametrize(
    ("number", "number_class"),
    [
        ("12363", NumberClass.PUBLIC_SERVICE),
        ("12378", NumberClass.PUBLIC_SERVICE),
        ("96110", NumberClass.PUBLIC_SERVICE),
        ("110", NumberClass.EMERGENCY),
    ],
)
def test_numbers_of_the_state_are_never_the_brands(number: str, number_class: NumberClass) -> None:
    text = f"我们的客服投诉热线：{number}"
    assert owner_of(text, number=number, number_class=number_class) == "regulator"


def test_a_regulators_label_decides() -> None:
    assert owner_of(f"电话：{NUMBER}", purpose=Purpose.REGULATOR) == "regulator"


def test_the_nearest_words_win() -> None:
    text = f"第三方合作伙伴由示例统计有限公司提供。如有疑问请联系我们：{NUMBER}"
    assert owner_of(text) == "self"
    text = f"联系我们请见首页。示例统计有限公司客服电话：{NUMBER}"
    assert owner_of(text) == "third_party"


@pytest.mark.parametrize(
    ("block", "owner"),
    [
        ({"heading": "第三方SDK目录"}, "third_party"),
        ({"heading": "合作机构"}, "third_party"),
        ({"heading": "如何联系我们"}, "self"),
        ({"column_header": "第三方名称"}, "third_party"),
        ({"column_header": "第三方联系方式"}, "third_party"),
        ({"heading": "合作机构客服电话"}, "third_party"),
        ({"row_header": "示例统计科技有限公司"}, "third_party"),
        ({"row_header": "示例支付有限公司"}, "self"),
        ({"before": "示例统计科技有限公司"}, "third_party"),
        ({"heading": "服务说明"}, "self"),
    ],
)
def test_what_stands_around_a_block(block: dict[str, str], owner: str) -> None:
    assert owner_of(f"联系电话：{NUMBER}", **block) == owner


def test_a_list_of_other_peoples_numbers() -> None:
    assert owner_of(f"客服电话：{NUMBER}", listed=True) == "third_party"


def test_every_decision_names_its_rule() -> None:
    for text in (f"客服热线：{NUMBER}", f"第三方服务商电话：{NUMBER}", f"工信部：{NUMBER}"):
        block = Block(text=text, path="line 1")
        span = (text.index(NUMBER), len(text))
        owner, rule = OWNERS.owner_of(block, span, NumberClass.SHARED_400, Purpose.GENERAL, US)
        assert rule.startswith("owner:")
        assert owner in Owner


@pytest.mark.parametrize(
    ("text", "branch"),
    [
        (f"北京分公司：{NUMBER}", True),
        (f"杭州营业厅电话：{NUMBER}", True),
        (f"示例门店：{NUMBER}", True),
        (f"客服热线：{NUMBER}", False),
        (f"全国统一客服：{NUMBER}", False),
    ],
)
def test_branch_offices(text: str, branch: bool) -> None:
    assert OWNERS.is_branch(Block(text=text, path="line 1"), text.index(NUMBER)) is branch


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("北京", True),
        ("杭州市", True),
        ("华东区", True),
        ("上海分公司", True),
        ("示例统计", False),
        ("微信支付", False),
    ],
)
def test_places(name: str, place: bool) -> None:
    assert OWNERS.is_place(name) is place


# --- names of other brands ----------------------------------------------------------------------

OTHERS = Publisher(("示例支付有限公司",), certain=True, others=("别家钱包", "另家支付"))


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        (f"请拨打别家钱包客服热线{NUMBER}", "third_party"),
        (f"别家钱包的官方24小时人工客服电话：{NUMBER}", "third_party"),
        (f"别家钱包商户服务热线：{NUMBER}", "third_party"),
        (f"别家钱包：{NUMBER}", "third_party"),
        (f"别家钱包 {NUMBER}", "third_party"),
        (f"支持用别家钱包付款，客服热线：{NUMBER}", "self"),
        (f"别家钱包用户请拨打客服热线：{NUMBER}", "self"),
        (f"别家钱包客服热线请见其官网。客服热线：{NUMBER}", "self"),
        (f"别家钱包客服热线请见其官网，我们的客服热线：{NUMBER}", "self"),
        (f"别家钱包香港客服热线：{NUMBER}", "self"),
        (f"客服热线：{NUMBER}（别家钱包客服热线请见其官网）", "self"),
    ],
)
def test_another_brand_s_name_beside_its_phone(text: str, owner: str) -> None:
    assert owner_of(text, OTHERS) == owner


@pytest.mark.parametrize(
    ("block", "owner"),
    [
        ({"heading": "别家钱包"}, "third_party"),
        ({"heading": "合作说明 / 另家支付客服"}, "third_party"),
        ({"heading": "别家钱包接入指南"}, "self"),
        ({"row_header": "别家钱包 | 扫码"}, "third_party"),
        ({"before": "别家钱包"}, "third_party"),
        ({"before": "支付方式\n别家钱包\n另家支付"}, "self"),  # a list heads nothing
    ],
)
def test_another_brand_s_name_above_a_phone(block: dict[str, str], owner: str) -> None:
    assert owner_of(f"服务电话：{NUMBER}", OTHERS, **block) == owner
