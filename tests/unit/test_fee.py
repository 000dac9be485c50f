"""Fees as stated: every row of domain.md E4."""

from __future__ import annotations

import pytest

from pipelines.rules import load_rules
from tests.unit.declared_pages import of_a_wallet

FEES = load_rules().fees


ROWS = [
    ("免费", "free"),
    ("免费电话", "free"),
    ("全国免费热线", "free"),
    ("免付费", "free"),
    ("免付費", "free"),
    ("toll-free", "free"),
    ("Toll free", "free"),
    ("免拨打费", "free"),
    ("免长途费", "shared"),
    ("免长途话费", "shared"),
    ("免长途通话费", "shared"),
    ("(免)长途通话费", "shared"),
    ("市话费", "local"),
    ("仅收市话费", "local"),
    ("按当地市话收费", "local"),
    ("按当地市话标准计费", "local"),
    ("（市话）", "local"),
    ("市话收费", "local"),
    ("本地通话费", "local"),
    ("按运营商标准收费", "normal"),
    ("以运营商收费为准", "normal"),
    ("正常通话费", "normal"),
    ("话费由当地运营商收取", "normal"),
    ("不收取额外费用", "normal"),
    ("国际长途", "international"),
    ("国际漫游费", "international"),
    ("International rates apply", "international"),
    ("国际话费自付", "international"),
    ("0.5元/分钟", "premium"),
    ("1.000đ/phút", "premium"),
    ("Rp 300/menit", "premium"),
    ("3 ฿/นาที", "premium"),
    ("per minute charges apply", "premium"),
]


@pytest.mark.parametrize(("words", "fee"), ROWS)
def test_rows_of_the_reference(words: str, fee: str) -> None:
    assert FEES.stated(words).partition(":")[0] == fee


@pytest.mark.parametrize(
    "words", ["", "联系我们", "免费注册", "免费试用会员", "不免费电话", "城市话题", "本市话务台"]
)
def test_what_says_nothing_of_a_call(words: str) -> None:
    assert FEES.stated(words) == ""


def test_a_statement_quotes_the_page() -> None:
    assert FEES.stated("400-820-8820（仅收市话费）") == "local: 仅收市话费"


def test_a_rate_is_quoted() -> None:
    assert "1.000đ/phút" in FEES.stated("1900 545441 (1.000đ/phút)")


def test_free_of_long_distance_is_never_free() -> None:
    assert not FEES.stated("全国免长途费服务热线").startswith("free")


@pytest.mark.parametrize("words", ["仅限固话拨打", "限市話", "仅限市话拨打", "手機請加撥02"])
def test_who_may_call_is_not_a_fee(words: str) -> None:
    assert FEES.stated(words) == ""


@pytest.mark.parametrize(
    ("body", "fee"),
    [
        ("<h3>400-820-8820</h3><p>客服热线</p><p>免长途费</p>", "shared"),
        ("<p>全国免费热线</p><p>800-820-8820</p>", "free"),
        ("<p>客服热线：400-820-8820</p><p>投诉免费电话：800-820-8820</p>", ""),
        ("<p>免费电话</p><p>客服热线：400-820-8820</p>", ""),
    ],
)
def test_costs_in_lines_above_and_below(body: str, fee: str) -> None:
    found = of_a_wallet(body, "CN").evidence[0]
    assert found.fee_stated.partition(":")[0] == fee
