"""The corpus: strings by origin, each with what a careful person reads.

Cases are data (`tests/corpus/*.toml`). What is known to be read wrongly carries `xfail` with the
reason; it is strict, so a case that is mended must lose its mark.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipelines.brand import Brand
from pipelines.model import Evidence, Page
from pipelines.process import process_page
from pipelines.rules import load_rules

FILES = sorted((Path(__file__).parents[1] / "corpus").glob("*.toml"))
KEY = ("number", "class", "extension", "menu", "area")
SAID = ("label", "purpose", "owner", "is_hotline", "hours")


def _cases(file: Path) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = tomllib.loads(file.read_text(encoding="utf-8"))["case"]
    return cases


def _param(file: Path, case: dict[str, Any]) -> Any:
    marks = [pytest.mark.xfail(reason=case["xfail"], strict=True)] if "xfail" in case else []
    country = f" ({case['country']})" if "country" in case else ""
    return pytest.param(
        case, id=f"{file.stem}: {case.get('text', case.get('html'))}{country}", marks=marks
    )


CASES = [_param(file, case) for file in FILES for case in _cases(file)]


def _wanted(item: dict[str, Any]) -> tuple[object, ...]:
    return (
        item["number"],
        item["class"],
        item.get("extension", ""),
        tuple(item.get("menu", ())),
        item.get("area", ""),
    )


def _read(item: Evidence) -> tuple[object, ...]:
    return (item.number, item.number_class.value, item.extension, item.menu, item.area)


def _brand(name: str, *aliases: str) -> Brand:
    return Brand("declared", name, "CN", aliases=aliases)


def _evidence(case: dict[str, Any]) -> tuple[Evidence, ...]:
    body = case["html"] if "html" in case else case["text"]
    page = Page(
        url="case",
        body=body.encode(),
        content_type="text/html" if "html" in case else "text/plain",
        brand=_brand(*case["brand"]) if "brand" in case else None,
        country=case.get("country", ""),
        others=tuple(case.get("others", ())),
    )
    return process_page(page, load_rules()).evidence


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    evidence = _evidence(case)
    read = {_read(item): item for item in reversed(evidence)}
    in_order = list(dict.fromkeys(_read(item) for item in evidence))
    assert in_order == [_wanted(item) for item in case["expected"]]
    for item in case["expected"]:
        said = {name: getattr(read[_wanted(item)], name) for name in SAID if name in item}
        assert said == {name: item[name] for name in said}
    for found in evidence:
        assert found.context[found.start : found.end] == found.raw


def test_the_corpus_is_large_and_each_case_says_where_it_comes_from() -> None:
    cases = [case for file in FILES for case in _cases(file)]
    assert len(cases) >= 350
    assert all(case["source"] for case in cases)
    assert all(set(item) <= {*KEY, *SAID} for case in cases for item in case["expected"])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_case_stands_twice_in_a_file(file: Path) -> None:
    said = [(c.get("text"), c.get("html"), c.get("country")) for c in _cases(file)]
    assert len(said) == len(set(said))
