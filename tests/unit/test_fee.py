"""Fees as stated: every row of domain.md E4."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.rules import load_rules

FEES = load_rules().fees


def wrong(*values: object, why: str) -> Any:
    return pytest.param(*values, marks=pytest.mark.xfail(reason=why, strict=True))


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
KNOWN = {
    "免费": "a bare 免费 is not read",
    "话费由当地运营商收取": "话费由…收取 is not in the table",
    "国际话费自付": "自付 is not in the table",
    "Rp 300/menit": "the currency stands before the amount",
    "per minute charges apply": "a charge without an amount",
}


@pytest.mark.parametrize(
    ("words", "fee"),
    [wrong(*row, why=KNOWN[row[0]]) if row[0] in KNOWN else row for row in ROWS],
)
def test_rows_of_the_reference(words: str, fee: str) -> None:
    assert FEES.stated(words).partition(":")[0] == fee


@pytest.mark.parametrize("words", ["", "联系我们", "免费注册", "免费试用会员", "不免费电话"])
def test_what_says_nothing_of_a_call(words: str) -> None:
    assert FEES.stated(words) == ""


def test_a_statement_quotes_the_page() -> None:
    assert FEES.stated("400-820-8820（仅收市话费）") == "local: 仅收市话费"


def test_a_rate_is_quoted() -> None:
    assert "1.000đ/phút" in FEES.stated("1900 545441 (1.000đ/phút)")


def test_free_of_long_distance_is_never_free() -> None:
    assert not FEES.stated("全国免长途费服务热线").startswith("free")


@pytest.mark.parametrize("words", ["仅限固话拨打", "限市話", "手機請加撥02"])
def test_who_may_call_is_not_a_fee(words: str) -> None:
    assert FEES.stated(words) == ""
