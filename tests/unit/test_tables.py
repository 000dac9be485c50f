"""Tables: what a number is for, when it is staffed and what it costs stands in other cells."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipelines.vocabulary import SourceKind
from tests.unit.declared_pages import of_a_wallet, table

_FILE = Path(__file__).parents[1] / "statements" / "tables.toml"
TABLE = tomllib.loads(_FILE.read_text("utf-8"))


def _told(rows: str, country: str = "CN") -> list[list[str]]:
    found = of_a_wallet(f"<h1>帮助</h1>{table(rows)}", country, SourceKind.HELP).evidence
    return [[e.number, str(e.purpose), e.hours, e.fee_stated.partition(":")[0]] for e in found]


@pytest.mark.parametrize(("rows", "expected"), [*TABLE["zh"]["rows"], *TABLE["other"]["rows"]])
def test_what_the_cells_of_a_row_say(rows: str, expected: list[Any]) -> None:
    assert _told(rows) == expected


@pytest.mark.parametrize(
    ("country", "rows", "expected"),
    [
        *(("CN", *row) for row in TABLE["columns"]["rows"]),
        *(("CN", *row) for row in TABLE["numbers_side_by_side"]["rows"]),
        *TABLE["columns_abroad"]["rows"],
    ],
)
def test_hours_in_columns_are_of_the_days_of_their_heads(
    country: str, rows: str, expected: list[Any]
) -> None:
    assert _told(rows, country) == expected
