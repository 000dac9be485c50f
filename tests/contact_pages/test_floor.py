"""What is read of written contact pages may only become better.

Raise `floor.json` when the figures rise. Lower it only in a commit of its own that says why.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.contact_pages.score import SETS, pages, score, week

FLOOR = json.loads((Path(__file__).parent / "floor.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", SETS)
def test_not_below_the_floor(name: str) -> None:
    figures = score(name).figures()
    below = {
        key: (figures[key], least) for key, least in FLOOR[name].items() if figures[key] < least
    }
    assert below == {}, "(measured, floor)"


@pytest.mark.parametrize("name", SETS)
def test_each_page_has_its_truth(name: str) -> None:
    told = [row["page"] for row in pages(name)]
    assert told == sorted(path.name for path in (Path(__file__).parent / name).glob("[0-9]*"))


@pytest.mark.parametrize(
    ("osm", "days"),
    [
        ("", ()),
        ("24/7", (("Mo", "00:00-24:00"),)),
        ("Mo 09:00-18:00; 2026 Feb 16-18 off", (("Mo", "09:00-18:00"),)),
    ],
)
def test_a_week(osm: str, days: tuple[tuple[str, str], ...]) -> None:
    assert week(osm)[:1] == days
