"""Fixtures of all rooms."""

from __future__ import annotations

import pytest

from pipelines import layout


@pytest.fixture(params=["turbohtml", "soup"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Runs a test once with each reader of HTML; both pass the same tests."""
    if request.param == "soup":
        monkeypatch.setattr(layout, "_engine", layout.read_tolerantly)
    name: str = request.param
    return name
