"""The gate: digits that may be a number, against a plain search of the same text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.numbering.digits import _IDLE, GATE, Digits, may_hold


def searched(text: str, start: int, end: int) -> int:
    """What `Digits.next` says, by the expressions alone."""
    while match := GATE.search(text, start, end):
        idle = _IDLE.match(text, match.start(), end)
        if idle is None:
            return match.start()
        start = idle.end()
    return -1


@given(st.text(alphabet="0129５９-. :年月日人,T\n\t客服😀\ud800", max_size=60), st.data())
@example("2021-03-04 9:00 客服95188", None)
@example("９５１８８", None)
@example("1 2 3 4 567", None)
def test_finds_what_a_plain_search_finds(text: str, data: st.DataObject | None) -> None:
    places = st.integers(0, len(text))
    start, end = sorted((data.draw(places), data.draw(places))) if data else (0, len(text))
    assert Digits(text).next(start, end) == searched(text, start, end)


@pytest.mark.parametrize(
    "text", ["2021-03-04 12:30", "￥1234.56", "1234人已阅读", "版权所有 2026", "第 3 章"]
)
def test_dates_prices_and_counts_hold_no_number(text: str) -> None:
    assert not may_hold(text)


@pytest.mark.parametrize("text", ["95188", "9 5 1 8 8", "９５１８８", "2021-03-04 12:30 95188"])
def test_digits_of_numbers_pass(text: str) -> None:
    assert may_hold(text)
