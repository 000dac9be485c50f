"""What follows a number: extensions, menu keys, alternatives, ranges."""

from __future__ import annotations

import pytest

from pipelines.numbering.steps import (
    MAX_RANGE,
    alternative_after,
    dash_after,
    expand_range,
    range_after,
    steps_after,
)


@pytest.mark.parametrize(
    ("tail", "steps"),
    [
        ("转2", ("2",)),
        (" 转 8001", ("8001",)),
        ("轉8001", ("8001",)),
        ("转接8001", ("8001",)),
        ("转5转2", ("5", "2")),
        ("转1再按2", ("1", "2")),
        ("分机8012", ("8012",)),
        ("分机号8012", ("8012",)),
        ("分機8012", ("8012",)),
        ("内线8012", ("8012",)),
        ("#123", ("123",)),
        (" ext. 8012", ("8012",)),
        (" ext 8012", ("8012",)),
        (" extension 8012", ("8012",)),
        ("x8012", ("8012",)),
        ("按3", ("3",)),
        ("按3键", ("3",)),
        ("接8012", ("8012",)),
        ("，转2", ("2",)),
        ("(转2)", ("2",)),
        ("后按2号键", ("2",)),
        ("转", ()),
        ("转人工", ()),
        ("转9:00", ()),
        ("，9:00-21:00", ()),
        ("", ()),
        (" 2", ()),
    ],
)
def test_steps_in_words(tail: str, steps: tuple[str, ...]) -> None:
    assert steps_after("95188" + tail, 5)[0] == steps


def test_steps_end_where_their_words_end() -> None:
    text = "95188转2，投诉"
    assert steps_after(text, 5) == (("2",), 7)
    assert steps_after("95188，投诉", 5) == ((), 5)


@pytest.mark.parametrize(
    ("tail", "longest", "digits"),
    [
        ("-3", 2, "3"),
        (" - 3", 2, "3"),
        ("-8012", 5, "8012"),
        ("-8012", 2, ""),
        ("-86018", 5, "86018"),
        ("-9:00", 5, ""),
        ("-21-3", 5, ""),
        ("-", 5, ""),
        ("3", 5, ""),
    ],
)
def test_digits_behind_a_dash(tail: str, longest: int, digits: str) -> None:
    text = "95188" + tail
    found, end = dash_after(text, 5, longest)
    assert found == digits
    assert end == (len(text) if digits else 5)


@pytest.mark.parametrize(
    ("tail", "digits"),
    [
        ("/5566", "5566"),
        ("、65558889", "65558889"),
        ("，5566", "5566"),
        ("或5566", "5566"),
        ("和 5566", "5566"),
        (" or 5566", "5566"),
        ("/9:00", None),
        ("/2026-11-22", None),
        ("。5566", None),
        ("", None),
    ],
)
def test_alternatives(tail: str, digits: str | None) -> None:
    found = alternative_after("010-65558888" + tail, 12, "6")
    assert (found[0] if found else None) == digits


@pytest.mark.parametrize(
    ("tail", "last"), [("~9", "9"), ("至9", "9"), (" ~ 89", "89"), ("~9:00", None), ("-9", None)]
)
def test_ranges(tail: str, last: str | None) -> None:
    found = range_after("021-51088880" + tail, 12)
    assert (found[0] if found else None) == last


@pytest.mark.parametrize(
    ("first", "last", "numbers"),
    [
        ("51088880", "2", ("51088881", "51088882")),
        ("51088888", "91", ("51088889", "51088890", "51088891")),
        ("51088880", "0", ()),
        ("51088885", "2", ()),
    ],
)
def test_numbers_of_a_range(first: str, last: str, numbers: tuple[str, ...]) -> None:
    assert expand_range(first, last) == numbers


def test_a_range_that_is_too_long_is_none() -> None:
    assert len(expand_range("51088800", f"{MAX_RANGE:02d}")) == MAX_RANGE
    assert expand_range("51088800", f"{MAX_RANGE + 1:02d}") == ()
