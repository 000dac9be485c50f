"""The reader's quality may only rise: a pinned floor over the labelled real documents.

Raise `floor.json` when the figures rise. Lower it only in a commit of its own that says why.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.quality.score import documents_directory, labelled, score

FLOOR = json.loads((Path(__file__).parent / "floor.json").read_text(encoding="utf-8"))


def test_labels_cover_at_least_150_documents_each_once() -> None:
    names = [row["document"] for row in labelled()]
    assert len(names) >= 150
    assert len(names) == len(set(names))


def test_quality_is_not_below_the_floor() -> None:
    if not documents_directory().is_dir():
        pytest.skip(f"no real pages in {documents_directory()}; set HOTLINES_SHARED")
    below = {
        f"{part}.{name}": (value, FLOOR[part][name])
        for part, scored in score().items()
        for name, value in scored.figures().items()
        if value < FLOOR[part].get(name, 0.0)
    }
    assert below == {}, "(measured, floor)"
