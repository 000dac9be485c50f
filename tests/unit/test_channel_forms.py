"""Channels and traps, each as a page prints it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipelines.vocabulary import ChannelKind
from tests.unit.test_channels import values

_FILE = Path(__file__).parents[1] / "statements" / "channels.toml"
TABLE = tomllib.loads(_FILE.read_text("utf-8"))
FORMS = [(t.get("kind", name), *row) for name, t in TABLE.items() for row in t["rows"]]


@pytest.mark.parametrize(("kind", "printed", "expected"), FORMS)
def test_what_a_page_offers(kind: str, printed: str, expected: list[str]) -> None:
    body = f"<h1>联系我们</h1><div>{printed}</div>"
    assert values(body, ChannelKind(kind)) == expected
