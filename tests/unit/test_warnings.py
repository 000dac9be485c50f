"""A page that warns of a number does not offer it; the true number beside it is offered."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipelines.brand import Brand
from pipelines.vocabulary import Owner
from tests.unit.declared_pages import ALIPAY, JKOPAY, found

_FILE = Path(__file__).parents[1] / "statements" / "warnings.toml"
TABLE = tomllib.loads(_FILE.read_text("utf-8"))
DASH = Brand("dash", "Dash", "SG", name_en="Dash")
OF = {
    "zh": ALIPAY,
    "more": ALIPAY,
    "messages": ALIPAY,
    "heads": ALIPAY,
    "review": ALIPAY,
    "review_en": DASH,
    "hant": JKOPAY,
    "en": DASH,
    "en_said_otherwise": DASH,
    "ja": Brand("paypay", "PayPay", "JP", name_en="PayPay"),
    "ko": Brand("kakaopay", "KakaoPay", "KR", name_en="KakaoPay"),
    "th": Brand("truemoney", "TrueMoney", "TH", name_en="TrueMoney"),
    "vi": Brand("momo", "MoMo", "VN", name_en="MoMo"),
    "id": Brand("dana", "DANA", "ID", name_en="DANA"),
}
ROWS = [(script, *row) for script, table in TABLE.items() for row in table["rows"]]


@pytest.mark.parametrize(("script", "printed", "warned", "offered"), ROWS)
def test_warnings(script: str, printed: str, warned: list[str], offered: list[str]) -> None:
    read = found(f"<p>联系我们</p><div>{printed}</div>", OF[script], ())
    assert [n for n, e in read.items() if e.is_hotline] == offered
    for number in warned:  # or it is not read at all
        assert number not in read or read[number].owner is not Owner.SELF
