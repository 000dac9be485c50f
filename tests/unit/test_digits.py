"""The gate: digits that may be a number, against a plain search of the same text."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.numbering.digits import _IDLE, GATE, Digits, may_hold

_D = "[0-9０-９]"
_PRICE = re.compile(rf"{_D}{{1,5}}[.,]{_D}{{1,2}}(?!{_D}|[^0-9０-９\n]{{1,3}}{_D})")
_DATE = re.compile(
    rf"{_D}{{4}}(?:-{_D}{{2}}-|/{_D}{{2}}/|\\.{_D}{{2}}\\.){_D}{{2}}"
    rf"(?:[ T]{{1,2}}{_D}{{2}}:{_D}{{2}}(?::{_D}{{2}})?)?+(?!{_D}|[^0-9０-９\n]{{1,3}}{_D})"
)
_AT_END = re.compile(rf"{_D}{{4}}-{_D}{{2}}-{_D}{{2}}(?=\n)")
PARTS = (
    *("2024-05-12", "2024-05-12\n", "8888/12/34 10:30", "1999.12.31"),
    *("2024", "1999", "20", "-05", "-1", ".", "/12", " 9:30", "年", "3月", "8日", "388.00", "12,5"),
    *(
        "95188",
        "0571-",
        "110",
        "400",
        "5",
        " ",
        "\n",
        "\t",
        "５",
        "２０２４",
        "人",
        "客服",
        "\ud800",
    ),
)


def searched(text: str, start: int, end: int) -> int:
    """What `Digits.next` says, by plain expressions alone."""
    text = _AT_END.sub(lambda date: "日" * len(date.group()), text)
    while match := GATE.search(text, start, end):
        price = _PRICE.match(text, match.start(), end) or _DATE.match(text, match.start(), end)
        idle = price or _IDLE.match(text, match.start(), end)
        if idle is None:
            return match.start()
        start = idle.end()
    return -1


def drawn(data: st.DataObject, text: str) -> int:
    """A place that is not inside a run of digits: nobody asks there."""
    place = data.draw(st.integers(0, len(text)))
    while 0 < place < len(text) and text[place - 1].isdigit() and text[place].isdigit():
        place -= 1
    return place


@given(
    st.text(alphabet="0129５９-. :年月日人,T\n\t客服😀\ud800", max_size=60)
    | st.lists(st.sampled_from(PARTS), max_size=14).map("".join),
    st.data(),
)
@example("2021-03-04 9:00 客服95188", None)
@example("９５１８８", None)
@example("1 2 3 4 567", None)
@example("2024 95188", None)
def test_finds_what_a_plain_search_finds(text: str, data: st.DataObject | None) -> None:
    start, end = sorted((drawn(data, text), drawn(data, text))) if data else (0, len(text))
    assert Digits(text).next(start, end) == searched(text, start, end)


@given(st.lists(st.sampled_from(PARTS), max_size=20).map("".join), st.data())
def test_asked_in_any_order_it_says_the_same(text: str, data: st.DataObject) -> None:
    digits = Digits(text)
    for _ in range(5):
        place = drawn(data, text)
        assert digits.next(place, len(text)) == searched(text, place, len(text))


@given(st.lists(st.sampled_from(PARTS), max_size=20).map("".join))
def test_asked_again_and_again_it_gives_each_place_once(text: str) -> None:
    digits, place, found = Digits(text), 0, []
    while (place := digits.next(place, len(text))) >= 0:
        found.append(place)
        place += 1
        while place < len(text) and text[place].isdigit():
            place += 1
    assert found == sorted(set(found))
    assert found == [p for p in found if searched(text, p, len(text)) == p]


@pytest.mark.parametrize(
    "text",
    [
        "2021-03-04 12:30",
        "新闻2021-03-04\n下一条",
        "2021/03/04",
        "￥1234.56",
        "1234人已阅读",
        "版权所有 2026",
        "第 3 章",
    ],
)
def test_dates_prices_and_counts_hold_no_number(text: str) -> None:
    assert not may_hold(text)


@pytest.mark.parametrize(
    "text", ["95188", "9 5 1 8 8", "９５１８８", "2021-03-04 12:30 95188", "021-03-04 56"]
)
def test_digits_of_numbers_pass(text: str) -> None:
    assert may_hold(text)
