"""Whose a number is, and whether users are served on it: texts of pages of one publisher."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipelines.brand import Brand
from tests.unit.declared_pages import found

_FILE = Path(__file__).parents[1] / "statements" / "whose_line.toml"
_TABLE = tomllib.loads(_FILE.read_text("utf-8"))
_NUMBERS = {
    "95": ("95188", "95188"),
    "400": ("400-810-1234", "4008101234"),
    "landline": ("0755-83765566", "+8675583765566"),
    "mobile": ("13823057416", "+8613823057416"),
}
_BRAND = Brand(
    id="demo", name_zh="示例钱包", country="CN", aliases=("示例支付", "示例支付有限公司")
)


def _told(text: str, kind: str) -> tuple[str, bool]:
    """Owner and hotline of the number that stands for `{N}`; "" if nothing is kept of it."""
    printed, number = _NUMBERS[kind]
    body = "".join(f"<p>{line}</p>" for line in text.replace("{N}", printed).split("\n"))
    kept = found(body, _BRAND, ()).get(number)
    return (str(kept.owner), kept.is_hotline) if kept else ("", False)


@pytest.mark.parametrize(("text", "kind", "owner", "hotline"), _TABLE["read"]["rows"])
def test_whose_line(text: str, kind: str, owner: str, *, hotline: bool) -> None:
    assert _told(text, kind) == (owner, hotline)


@pytest.mark.xfail(strict=True, reason="known wrong")
@pytest.mark.parametrize(("text", "kind", "owner", "hotline"), _TABLE["known_wrong"]["rows"])
def test_lines_that_are_read_wrong(text: str, kind: str, owner: str, *, hotline: bool) -> None:
    assert _told(text, kind) == (owner, hotline)
