"""Saved pages of invented brands: one assertion for every field of every page.

A case is a directory: the document as bytes, `meta.json` (what is known of it before it is read)
and `expected.json` (what a careful person reads; null: the field is not judged).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipelines.brand import Brand
from pipelines.layout import read_html, read_tolerantly
from pipelines.model import Evidence, Page, PageReading
from pipelines.process import process_page
from pipelines.rules import load_rules
from pipelines.vocabulary import SourceKind

CASES = sorted(path.parent for path in Path(__file__).parent.glob("*/meta.json"))
FIELDS: dict[str, Callable[[Evidence], object]] = {
    "number": lambda item: item.number,
    "class": lambda item: item.number_class.value,
    "area": lambda item: item.area,
    "extension": lambda item: item.extension,
    "menu": lambda item: list(item.menu),
    "label": lambda item: item.label,
    "purpose": lambda item: item.purpose.value,
    "owner": lambda item: item.owner.value,
    "is_hotline": lambda item: item.is_hotline,
    "hours": lambda item: item.hours,
    "fee_stated": lambda item: item.fee_stated.partition(":")[0],
    "carrier": lambda item: item.carrier.value,
    "hidden": lambda item: item.hidden,
}
ENGINES = {"turbohtml": read_html, "soup": read_tolerantly}
OF_THE_PAGE = ("outcome", "issues", "dated", "charset", "charset_guessed")


@cache
def meta(case: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((case / "meta.json").read_text(encoding="utf-8"))
    return content


@cache
def expected(case: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    return content


@cache
def reading(case: Path, engine: str = "turbohtml") -> PageReading:
    known = meta(case)
    brand = known.get("brand")
    page = Page(
        url=known["url"],
        body=(case / known["file"]).read_bytes(),
        content_type=known["content_type"],
        kind=SourceKind(known["kind"]),
        country=known["country"],
        brand=Brand(country=known["country"], **brand) if brand else None,
    )
    return process_page(page, load_rules(), ENGINES[engine])


def mentions(case: Path) -> dict[str, Evidence]:
    """The first mention of each number."""
    first: dict[str, Evidence] = {}
    for item in reading(case).evidence:
        first.setdefault(item.number, item)
    return first


def _params() -> list[Any]:
    return [
        pytest.param(
            case,
            field,
            id=f"{case.name}: {field}",
            marks=[pytest.mark.xfail(reason=why, strict=True)]
            if (why := meta(case).get("xfail", {}).get(field))
            else [],
        )
        for case in CASES
        for field in FIELDS
    ]


@pytest.mark.parametrize(("case", "field"), _params())
def test_field(case: Path, field: str) -> None:
    read = mentions(case)
    wanted = expected(case)["numbers"]
    if field == "number":
        assert list(read) == [item["number"] for item in wanted]
        return
    judged = {i["number"]: i[field] for i in wanted if i[field] is not None}
    assert {n: FIELDS[field](read[n]) for n in judged if n in read} == {
        n: value for n, value in judged.items() if n in read
    }


@pytest.mark.parametrize("field", OF_THE_PAGE)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_said_of_the_page(case: Path, field: str) -> None:
    result = reading(case)
    read = {
        "outcome": result.outcome.value,
        "issues": [issue.code for issue in result.issues],
        "dated": result.dated,
        "charset": result.charset,
        "charset_guessed": result.charset_guessed,
    }
    wanted = {"charset": "utf-8", "charset_guessed": False, "dated": "", **expected(case)}
    assert read[field] == wanted[field]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_readers_read_the_same(case: Path) -> None:
    both = [
        [{name: of(item) for name, of in FIELDS.items()} for item in reading(case, e).evidence]
        for e in ENGINES
    ]
    assert both[0] == both[1]
    assert reading(case, "turbohtml").outcome is reading(case, "soup").outcome


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_mention_quotes_its_page(case: Path) -> None:
    for item in reading(case).evidence:
        assert item.context[item.start : item.end] == item.raw
        assert item.url == meta(case)["url"]


def test_there_are_pages_enough() -> None:
    assert len(CASES) >= 8
