"""Which hours are those of a number: statements with a number in them, read as pages."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipelines.model import Page
from pipelines.process import process_page
from pipelines.rules import load_rules

_FILE = Path(__file__).parents[1] / "statements" / "hours_of_numbers.toml"
_TABLE = tomllib.loads(_FILE.read_text("utf-8"))
_NUMBERS = {
    "CN": "0755-83765566",
    "TW": "02-2278-5200",
    "HK": "2266 2222",
    "JP": "03-6743-1234",
    "KR": "02-1234-5678",
    "TH": "02-123-4567",
    "VN": "028 7109 8588",
    "ID": "021-5050 1234",
    "MY": "03-5022 3888",
    "SG": "6123 4567",
    "PH": "(02) 8213-9999",
    "IN": "080-68727374",
}


def _hours(country: str, text: str) -> str:
    """Hours of the number that stands for `{N}`; two spaces in a line make it a row of cells."""
    number = _NUMBERS[country]
    lines = text.replace("{N}", number).split("\n")
    body = "".join(_row(line) if "  " in line else f"<p>{line}</p>" for line in lines)
    kind = "text/html; charset=utf-8"
    page = Page("https://pay.test/", body.encode(), content_type=kind, country=country)
    digits = "".join(filter(str.isdigit, number))[-8:]
    found = process_page(page, load_rules()).evidence
    [hours] = {e.hours for e in found if digits.lstrip("0") in e.number}
    return hours


def _row(line: str) -> str:
    cells = "".join(f"<td>{cell}</td>" for cell in line.split("  "))
    return f"<table><tr>{cells}</tr></table>"


@pytest.mark.parametrize(("country", "text", "osm"), _TABLE["read"]["rows"])
def test_hours_of_a_number(country: str, text: str, osm: str) -> None:
    assert _hours(country, text) == osm


@pytest.mark.xfail(strict=True, reason="known wrong")
@pytest.mark.parametrize(("country", "text", "osm"), _TABLE["known_wrong"]["rows"])
def test_hours_that_are_read_wrong(country: str, text: str, osm: str) -> None:
    assert _hours(country, text) == osm
