"""Whose a number is, and whether users are served on it: pages of one publisher per country."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipelines.brand import Brand
from pipelines.model import Page
from pipelines.process import process_page
from pipelines.rules import load_rules

_FILE = Path(__file__).parents[1] / "statements" / "whose_line_abroad.toml"
_TABLE = tomllib.loads(_FILE.read_text("utf-8"))
_KINDS = ("landline", "tollfree", "mobile")


def _told(country: str, text: str, kind: str) -> tuple[str, bool]:
    """Owner and hotline of the number that stands for `{N}`; "" if nothing is kept of it."""
    printed, number = _TABLE["numbers"][country][_KINDS.index(kind)]
    name, *aliases = _TABLE["publishers"][country]
    brand = Brand(id="demo", name_zh=name, country=country, aliases=tuple(aliases))
    body = "".join(f"<p>{line}</p>" for line in text.replace("{N}", printed).split("\n"))
    page = Page("https://www.brand.test/contact", body.encode(), brand=brand, country=country)
    kept = [e for e in process_page(page, load_rules()).evidence if e.number == number]
    return (str(kept[0].owner), any(e.is_hotline for e in kept)) if kept else ("", False)


@pytest.mark.parametrize(("country", "text", "kind", "owner", "hotline"), _TABLE["read"]["rows"])
def test_whose_line_abroad(
    country: str, text: str, kind: str, owner: str, *, hotline: bool
) -> None:
    assert _told(country, text, kind) == (owner, hotline)


@pytest.mark.xfail(strict=True, reason="known wrong")
@pytest.mark.parametrize(
    ("country", "text", "kind", "owner", "hotline"), _TABLE["known_wrong"]["rows"]
)
def test_lines_abroad_that_are_read_wrong(
    country: str, text: str, kind: str, owner: str, *, hotline: bool
) -> None:
    assert _told(country, text, kind) == (owner, hotline)
