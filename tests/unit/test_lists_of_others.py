"""Lists of other firms' numbers, and of the publisher's own, by a table older than the rules."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipelines.brand import Brand
from tests.unit.declared_pages import found
from tests.unit.test_tables import _markup

_FILE = Path(__file__).parents[1] / "statements" / "lists_of_others.toml"
_BRAND = Brand("demo", "示例钱包", "CN", aliases=("示例支付有限公司", "示例卡", "示例支付", "示例"))


@pytest.mark.parametrize(
    ("said", "owner"), tomllib.loads(_FILE.read_text("utf-8"))["lists"]["rows"]
)
def test_whose_the_numbers_of_a_list_are(said: str, owner: str) -> None:
    body = f"<h1>帮助</h1>{_markup(said)}" if "|" in said else said
    numbers = found(body, _BRAND, ())
    assert {str(item.owner) for item in numbers.values()} == {owner}
    assert len(numbers) >= 4
