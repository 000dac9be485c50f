"""Days and times as pages print them: two tables whose answers are older than the reader."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.context.hours import is_valid
from pipelines.model import Block
from pipelines.rules import load_rules

_TABLE = tomllib.loads((Path(__file__).parents[1] / "statements" / "hours.toml").read_text("utf-8"))
ROWS = [tuple(row) for part in _TABLE.values() for row in part["rows"]]
RULES = load_rules().hours


@pytest.mark.parametrize(("words", "osm"), ROWS)
def test_hours_as_pages_print_them(words: str, osm: str) -> None:
    read = RULES.read(words).osm
    # `~`: what a machine does besides is printed in the page's own words.
    assert osm.removeprefix("~") in read if osm.startswith("~") else read == osm


@pytest.mark.parametrize(
    ("words", "osm"),
    [
        # In the wild, on pages that nobody had labelled.
        ("週一~週五 9:00~ 18:00 (中午12點~1點休息)", "Mo-Fr 09:00-12:00,13:00-18:00"),
        ("9:00~12:00,13:30~18:00(工作日)", "Mo-Fr 09:00-12:00,13:30-18:00; PH off"),
        ("平日 9:00-22:30、週日13:30-18:00", "Mo-Fr 09:00-22:30; Su 13:30-18:00"),
        (
            "평일 09:00 ~ 18:00 (주말, 공휴일 제외) 점심시간 : 12:00 ~ 13:00",
            "Mo-Fr 09:00-12:00,13:00-18:00; Sa,Su,PH off",
        ),
        # Languages of the countries in the list of brands.
        ("월~금 09:00~18:00", "Mo-Fr 09:00-18:00"),
        ("오전 9시 ~ 오후 6시", "Mo-Su 09:00-18:00"),
        ("月～金 9:00～18:00（土日祝除く）", "Mo-Fr 09:00-18:00; Sa,Su,PH off"),
        ("Thứ Hai đến Thứ Sáu: 8h00 - 17h30", "Mo-Fr 08:00-17:30"),
        ("Senin - Jumat 08.00 - 17.00 WIB", "Mo-Fr 08:00-17:00"),
        ("จันทร์-ศุกร์ 9.00-18.00 น.", "Mo-Fr 09:00-18:00"),
        ("1-5pm", "Mo-Su 13:00-17:00"),
        ("9-6pm", "Mo-Su 09:00-18:00"),
        ("晚上8点-凌晨2点", "Mo-Su 20:00-02:00"),
        ("5月6日9:00-5月8日18:00", ""),
        ("1h-2h内到账", ""),
        ("手续费0900-1800元", ""),
        ("午前9時～午後5時 土曜・日曜・祝日も受付中", "Mo-Su,PH 09:00-17:00"),
        ("7X24小时,节假日除外", "24/7; PH off"),
        ("24小时服务，周末及法定节假日除外", "24/7; Sa,Su,PH off"),
        ("24小时，节假日无休", "24/7"),
        ("24小时受理，24小时内回复，节假日顺延", "24/7"),
    ],
)
def test_other_ways_to_print_them(words: str, osm: str) -> None:
    assert RULES.read(words).osm == osm


def test_a_pause_that_lies_in_no_hours_is_not_guessed_at() -> None:
    read = RULES.read("9:00-12:00，19:00-20:00除外")
    assert (read.osm, read.raw) == ("", "9:00-12:00,19:00-20:00除外")


@given(st.lists(st.sampled_from([words for words, _ in ROWS]), max_size=3).map(" ".join))
def test_what_is_read_is_osm_or_nothing(words: str) -> None:
    osm = RULES.read(words).osm
    assert not osm or is_valid(osm)


def _beneath(*lines: str) -> str:
    block = Block("客服热线：95188", "line 9", before="\n".join(lines))
    return RULES.of(block, 5, 10).osm


@pytest.mark.parametrize(
    "lines",
    [
        ("联系我们", "服务时间：9:00-18:00"),
        ("人工服务时间：9:00-18:00",),
        ("受理时间为9:00-18:00",),
        ("受付時間 9:00-18:00",),
        ("服务时间：9:00-18:00", "客服热线"),
        ("상담시간 09:00~18:00",),
        ("เวลาทำการ 9:00-18:00 น.",),
        ("Jam operasional 09:00 - 18:00",),
    ],
)
def test_hours_above_the_numbers(lines: tuple[str, ...]) -> None:
    assert _beneath(*lines) == "Mo-Su 09:00-18:00"


@pytest.mark.parametrize(
    "lines",
    [
        ("投诉电话：95017", "服务时间：9:00-18:00"),
        ("投诉电话：95017", "（境外请拨区号）", "服务时间：9:00-18:00"),
        ("在线客服", "服务时间：9:00-18:00"),
        ("在线客服", "服务时间：9:00-18:00", "客服热线"),
        ("投诉电话：95017", "服务时间：9:00-18:00", "客服热线"),
        ("活动时间：9:00-18:00",),
        ("9:00-18:00",),
    ],
)
def test_hours_above_that_are_anothers(lines: tuple[str, ...]) -> None:
    assert _beneath(*lines) == ""
