"""Hours and costs that a page tells once for several numbers."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipelines.vocabulary import SourceKind
from tests.unit.declared_pages import of_a_wallet

_FILE = Path(__file__).parents[1] / "statements" / "said_of_all.toml"
TABLE = tomllib.loads(_FILE.read_text("utf-8"))


@pytest.mark.parametrize(
    ("country", "markup", "expected"), [*TABLE["below"]["rows"], *TABLE["above"]["rows"]]
)
def test_what_is_said_once_holds_for_each(country: str, markup: str, expected: list[Any]) -> None:
    found = of_a_wallet(markup, country, SourceKind.HELP).evidence
    told = [[e.number, e.hours, e.fee_stated.partition(":")[0]] for e in found]
    assert told == expected
