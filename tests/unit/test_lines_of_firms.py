"""Lines of firms, by every label that pages give them: none is the declared brand's.

The product of names and labels, with the truth known. It found what no labelled page had shown:
招商银行客户服务中心电话：95555 on a page of a wallet was that wallet's hotline.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest

from pipelines.brand import Brand
from pipelines.vocabulary import Owner
from tests.unit.declared_pages import ALIPAY, JKOPAY, OCTOPUS, found

_TABLE = tomllib.loads(
    (Path(__file__).parents[1] / "statements" / "lines_of_firms.toml").read_text("utf-8")
)
FIRMS, LABELS, FORMS = _TABLE["firms"], _TABLE["labels"], _TABLE["forms"]
ELSEWHERE = _TABLE["traditional"]
OWN = ("支付宝", "本公司", "我们", "")
SHORT = (
    "招商银行",
    "顺丰",
    "易宝支付",
    "南航",
    "美团",
    "微信支付",
    "中国移动",
    "连连支付有限公司",
    "杭州地铁",
)
_SPOKEN_OF = (
    "请联系招商银行或客服热线95188",
    "手机银行客服热线：95188",
    "招商银行卡用户请拨打客服热线95188",
    "招商银行信用卡还款失败，请拨打客服热线95188",
    "使用美团支付时遇到问题，请拨打客服热线95188",
    "华为手机用户请在设置中开启，客服电话95188",
    "小米手机用户客服热线95188",
    "百度搜索支付宝，客服热线：95188",
)
OTHERS = ("微信支付", "财付通", "拉卡拉", "PayPal", "云闪付")


def is_ours(sentence: str, firm: str) -> bool:
    """Whether the line of a firm, told in a sentence or a piece of markup, is the brand's."""
    text = sentence.format(firm=firm, number="400-673-8764")
    markup = f"<p>{text}</p>" if "<br" in text and not text.startswith("<") else text
    return any(item.owner is Owner.SELF for item in found(markup, ALIPAY, OTHERS).values())


def statements(firms: list[str], labels: list[str], forms: list[str], number: str) -> Iterator[str]:
    """Every firm with every label; the forms take turns."""
    turn = cycle(forms)
    for firm in firms:
        for label in labels:
            yield next(turn).format(firm=firm, label=label, number=number)
        next(turn)


@pytest.mark.parametrize("firm", FIRMS)
def test_no_line_of_a_firm_is_the_brands(firm: str) -> None:
    for text in statements([firm], LABELS, FORMS, "400-673-8764"):
        evidence = found(text, ALIPAY, OTHERS).get("4006738764")
        assert evidence is not None, text
        assert evidence.owner is not Owner.SELF, text


@pytest.mark.parametrize("form", _TABLE["lists"])
def test_in_a_list_the_line_of_a_firm_is_its_own_and_ours_is_ours(form: str) -> None:
    for firm in (*FIRMS, "支付宝"):
        (evidence,) = found(form.format(firm=firm, number="400-673-8764"), ALIPAY, OTHERS).values()
        assert (evidence.owner is Owner.SELF) is (firm == "支付宝"), firm


@pytest.mark.parametrize(
    ("brand", "firms", "number"),
    [(JKOPAY, ELSEWHERE["taiwan"], "0800-017-888"), (OCTOPUS, ELSEWHERE["hong_kong"], "2233 3000")],
    ids=["TW", "HK"],
)
def test_no_line_of_a_firm_is_the_brands_elsewhere(
    brand: Brand, firms: list[str], number: str
) -> None:
    for text in statements(firms, ELSEWHERE["labels"], ELSEWHERE["forms"], number):
        (evidence,) = found(text, brand, ()).values()
        assert evidence.owner is not Owner.SELF, text


@pytest.mark.parametrize("name", OWN)
def test_our_own_line_is_ours_by_every_label(name: str) -> None:
    for text in statements([name], LABELS, FORMS, "400-673-8764"):
        evidence = found(text, ALIPAY, OTHERS).get("4006738764")
        assert evidence is not None, text
        assert evidence.owner is Owner.SELF, text


@pytest.mark.parametrize("sentence", _TABLE["sentences"])
def test_no_sentence_makes_a_line_of_a_firm_the_brands(sentence: str) -> None:
    for firm in SHORT:
        assert not is_ours(sentence, firm), firm


@pytest.mark.xfail(strict=True, reason="known wrong")
@pytest.mark.parametrize("sentence", _TABLE["known_wrong"])
def test_known_wrong(sentence: str) -> None:
    assert not is_ours(sentence, "顺丰")


@pytest.mark.parametrize("text", [*_SPOKEN_OF, *_TABLE["ours"]])
def test_a_firm_that_a_sentence_only_speaks_of(text: str) -> None:
    assert any(item.owner is Owner.SELF for item in found(text, ALIPAY, OTHERS).values())
