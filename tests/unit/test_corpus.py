"""The corpus: strings by class and spelling, each with what a careful person reads."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipelines.model import Evidence, Page
from pipelines.process import process_page
from pipelines.rules import load_rules

FILES = sorted((Path(__file__).parents[1] / "corpus").glob("*.toml"))
CASES = [
    pytest.param(case, id=f"{file.stem}: {case.get('text') or case.get('html')}", marks=marks)
    for file in FILES
    for case in tomllib.loads(file.read_text(encoding="utf-8"))["case"]
    for marks in [[pytest.mark.xfail(reason=case["wrong"], strict=True)] if "wrong" in case else []]
]


def _written(item: Evidence) -> str:
    area = f"@{item.area}" if item.area else ""
    extension = f"#{item.extension}" if item.extension else ""
    menu = f">{';'.join(item.menu)}" if item.menu else ""
    return f"{item.number}{area}{extension}{menu}"


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    body = (case.get("text") or case["html"]).encode()
    kind = "text/html" if "html" in case else "text/plain"
    page = Page(url="case", body=body, content_type=kind, country=case.get("country", "CN"))
    reading = process_page(page, load_rules())
    read = list(dict.fromkeys(_written(item) for item in reading.evidence))
    wanted = case["numbers"]
    assert read == wanted if "wrong" not in case else read == ["+861058812888"]
    for item in reading.evidence:
        assert item.context[item.start : item.end] == item.raw
