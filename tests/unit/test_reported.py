"""Numbers in the articles of reporters, by a table older than the rule."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipelines.brand import Brand
from tests.unit.declared_pages import found

_FILE = Path(__file__).parents[1] / "statements" / "reported.toml"
_BRAND = Brand("demo", "示例钱包", "CN", aliases=("示例支付有限公司", "示例支付"))


@pytest.mark.parametrize(
    ("said", "owner"), tomllib.loads(_FILE.read_text("utf-8"))["reported"]["rows"]
)
def test_whose_the_numbers_of_an_article_are(said: str, owner: str) -> None:
    body = "".join(f"<p>{line}</p>" for line in said.split("\n"))
    assert [str(item.owner) for item in found(body, _BRAND, ()).values()] == [owner]
