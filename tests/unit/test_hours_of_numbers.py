"""Which hours are those of a number: statements with a number in them, read as pages."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.unit.declared_pages import NUMBERS, of_a_wallet

_FILE = Path(__file__).parents[1] / "statements" / "hours_of_numbers.toml"
_TABLE = tomllib.loads(_FILE.read_text("utf-8"))


def _hours(country: str, text: str) -> str:
    """Hours of the number that stands for `{N}`; two spaces in a line make it a row of cells."""
    number = NUMBERS[country]
    lines = text.replace("{N}", number).split("\n")
    body = "".join(_row(line) if "  " in line else f"<p>{line}</p>" for line in lines)
    digits = "".join(filter(str.isdigit, number))[-8:]
    found = of_a_wallet(body, country).evidence
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
