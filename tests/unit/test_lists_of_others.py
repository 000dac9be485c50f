"""Lists of other firms' numbers, and of the publisher's own, by a table older than the rules."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipelines.brand import Brand
from tests.unit.declared_pages import found, table

_FILE = Path(__file__).parents[1] / "statements" / "lists_of_others.toml"
_BRAND = Brand("demo", "示例钱包", "CN", aliases=("示例支付有限公司", "示例卡", "示例支付", "示例"))


@pytest.mark.parametrize(
    ("said", "owner"), tomllib.loads(_FILE.read_text("utf-8"))["lists"]["rows"]
)
def test_whose_the_numbers_of_a_list_are(said: str, owner: str) -> None:
    body = f"<h1>帮助</h1>{table(said)}" if "|" in said else said
    numbers = found(body, _BRAND, ())
    assert {str(item.owner) for item in numbers.values()} == {owner}
    assert len(numbers) >= 4


@pytest.mark.parametrize(
    ("body", "owners"),
    [
        (("<h2>合作伙伴</h2><h3>蓝鲸配送</h3><p>客服电话：400-810-1234</p><h3>海豚充电</h3>"
         "<p>客服电话：400-810-1235</p><h2>联系我们</h2><p>客服电话：95188</p>"),
         ["third_party", "third_party", "self"]),
        ("<h2>合作廠商 (Vendors)</h2><h3>保潔</h3><p>電話 400-810-1234</p>", ["third_party"]),
        (("<h2>Our partners</h2><h3>Blue Wing</h3><p>Hotline: 400-810-1234</p>"
         "<h2>Help</h2><h3>Cards</h3><p>Hotline: 400-810-1235</p>"), ["third_party", "self"]),
        # the title of the page, and headings that name nobody
        ("<h1>第三方支付服务协议</h1><h2>一、总则</h2><p>客服电话：400-810-1234</p>", ["self"]),
        ("<h2>合作机构名单</h2><h3>一、出资方</h3><h3>三、说明</h3><p>投诉电话：400-810-1234</p>",
         ["self"]),
        ("<h2>投诉渠道</h2><h3>公司客服</h3><p>电话：95188</p>", ["self"]),
    ],
)  # fmt: skip
def test_whose_the_numbers_of_a_section_are(body: str, owners: list[str]) -> None:
    read = [str(item.owner) for item in found(body, _BRAND, ()).values()]
    assert read[::-1] == owners


def test_sentences_below_a_list_are_no_rows_of_it() -> None:
    body = """合作机构查询电话一览：
    甲信衡 0592-5527140
    乙诺德 0731-84480263
    丙和顺 0755-84480263
    丁中诚 021-84480263
    拿不准？打这个号码问一问：客服热线 400-810-1234
    协商还款，请拨打 400-810-1235
    """
    owners = {number: str(item.owner) for number, item in found(body, _BRAND, ()).items()}
    assert owners.pop("4008101234") == owners.pop("4008101235") == "self"
    assert set(owners.values()) == {"third_party"}
