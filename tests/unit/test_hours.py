"""Service hours: every row of domain.md E3, and whose hours they are."""

from __future__ import annotations

import pytest

from pipelines.context.hours import is_valid
from pipelines.model import Block
from pipelines.rules import load_rules

RULES = load_rules().hours


ROWS = [
    *[
        (words, "24/7")
        for words in (
            "7×24小时",
            "7*24小时",
            "7X24",
            "7x24h",
            "24小时",
            "全天候",
            "全年无休 7×24",
            "24/7",
            "24 hours",
        )
    ],
    ("周一至周日 00:00-24:00", "24/7"),
    ("每天9:00-21:00", "Mo-Su 09:00-21:00"),
    ("每日 9:00 - 21:00", "Mo-Su 09:00-21:00"),
    ("周一至周日 9:00--18:00", "Mo-Su 09:00-18:00"),
    ("周一至周日早9点-晚18点", "Mo-Su 09:00-18:00"),
    ("上午9時至晚上10時", "Mo-Su 09:00-22:00"),
    ("工作日 9:00-18:00", "Mo-Fr 09:00-18:00; PH off"),
    ("工作日9：00—18：00", "Mo-Fr 09:00-18:00; PH off"),
    ("周一至周五 09:00 - 17:30（法定节假日除外）", "Mo-Fr 09:00-17:30; PH off"),
    (
        "周一到周五(法定节假日除外) 上午9:00~12:00 下午13:00~18:00",
        "Mo-Fr 09:00-12:00,13:00-18:00; PH off",
    ),
    ("周一到周日 9:00-21:00，法定节假日除外", "Mo-Su 09:00-21:00; PH off"),
    ("8:00-18:00，节假日照常", "Mo-Su,PH 08:00-18:00"),
    ("周一至周六 8:30-17:30", "Mo-Sa 08:30-17:30"),
    ("週一至週五 09:00-18:00，週六 09:00-12:00", "Mo-Fr 09:00-18:00; Sa 09:00-12:00"),
    ("週一至週五 9:00–17:00 (週六/日及國定假日休息)", "Mo-Fr 09:00-17:00; Sa,Su,PH off"),
    ("早8点至次日凌晨2点", "Mo-Su 08:00-02:00"),
    ("8:00-次日2:00", "Mo-Su 08:00-02:00"),
    ("9:00-24:00", "Mo-Su 09:00-24:00"),
    ("工作日9:00-21:00，周末及节假日10:00-18:00", "Mo-Fr 09:00-21:00; Sa,Su,PH 10:00-18:00"),
    ("自助语音24小时，人工9:00-21:00", '24/7 "自助语音" || Mo-Su 09:00-21:00 "人工"'),
    ("Mon–Fri 9am–6pm (excl. public holidays)", "Mo-Fr 09:00-18:00; PH off"),
    ("8:00am – 8:00pm (ET) daily", "Mo-Su 08:00-20:00"),
    ("Setiap hari 08.00–22.00 WIB", "Mo-Su 08:00-22:00"),
    ("工作时间", ""),
    ("正常工作时间", ""),
]


@pytest.mark.parametrize(("words", "osm"), ROWS)
def test_rows_of_the_reference(words: str, osm: str) -> None:
    assert RULES.read(words).osm == osm


RIGHT_SIDES = sorted({row[1] for row in ROWS if type(row) is tuple and row[1]})


@pytest.mark.parametrize("osm", RIGHT_SIDES)
def test_what_is_read_is_valid_osm(osm: str) -> None:
    assert is_valid(osm)


@pytest.mark.parametrize("osm", ["", "9点到5点", "Mo-Fr 9-25", "工作日"])
def test_what_is_no_osm_is_not_believed(osm: str) -> None:
    assert not is_valid(osm)


def test_words_without_times_are_kept_as_they_stand() -> None:
    assert RULES.read("工作时间").raw == "工作时间"


@pytest.mark.parametrize(
    ("words", "osm"),
    [
        ("周一到周五 早9点到晚6点", "Mo-Fr 09:00-18:00"),
        ("上午9点半至下午5点半", "Mo-Su 09:30-17:30"),
        ("星期一至星期五：9:00-17:00", "Mo-Fr 09:00-17:00"),
        ("９：００－１８：００", "Mo-Su 09:00-18:00"),
        ("8:30-12:00，14:00-17:30", "Mo-Su 08:30-12:00,14:00-17:30"),
        ("Monday to Friday, 9:00 am - 6:00 pm", "Mo-Fr 09:00-18:00"),
        ("下午1点到晚上9点", "Mo-Su 13:00-21:00"),
        ("早8点-晚12点", "Mo-Su 08:00-24:00"),
        ("上午10:00-晚上12:00", "Mo-Su 10:00-24:00"),
        ("晚上12点到早上8点", "Mo-Su 00:00-08:00"),
    ],
)
def test_other_spellings(words: str, osm: str) -> None:
    assert RULES.read(words).osm == osm


@pytest.mark.parametrize(
    "words", ["", "客服热线", "2020-2026", "10-20个工作日", "24小时内回复", "1-3分钟", "第9-12条"]
)
def test_what_is_no_time_of_day(words: str) -> None:
    assert RULES.read(words).osm == ""


def test_raw_quotes_the_page() -> None:
    hours = RULES.read("服务时间：周一至周五 09:00-17:30（法定节假日除外），其余时间请留言")
    assert hours.raw.startswith("周一至周五 09:00-17:30")


def test_holidays_make_hours_approximate() -> None:
    assert RULES.read("工作日9:00-18:00").approx  # OSM knows no make-up workdays
    assert not RULES.read("每天9:00-18:00").approx


def _of(text: str, number: str, after: str = "") -> str:
    start = text.index(number)
    return RULES.of(Block(text=text, path="line 1", after=after), start, start + len(number)).osm


LINE = "4000 960 960（个人/企业）服务时间9:00-21:00 4000 980 980（广告主）服务时间9:00-18:00"


@pytest.mark.parametrize(
    ("text", "number", "osm"),
    [
        (LINE, "4000 960 960", "Mo-Su 09:00-21:00"),
        (LINE, "4000 980 980", "Mo-Su 09:00-18:00"),
        ("服务时间9:00-21:00，客服热线95188", "95188", "Mo-Su 09:00-21:00"),
        ("客服热线95188（9:00-21:00）、投诉电话95017", "95017", ""),
        ("客服热线95188、投诉电话95017（9:00-21:00）", "95188", ""),
        ("400-820-8820（9:00-18:00）", "400-820-8820", "Mo-Su 09:00-18:00"),
        ("客服热线：95188，投诉电话：95017（9:00-21:00）", "95017", "Mo-Su 09:00-21:00"),
        ("客服热线：95188，投诉电话：95017（9:00-21:00）", "95188", ""),
        ("客服：400-820-8820 商户：400-820-8821（9:00-21:00）", "400-820-8820", ""),
        ("投诉电话：95017（9:00-21:00），客服热线：95188", "95188", ""),
        ("客服热线：400-820-8820/021-65461161（9:00-21:00）", "400-820-8820", "Mo-Su 09:00-21:00"),
        ("TEL：400-820-8820、021-65461161 9:00-21:00", "400-820-8820", "Mo-Su 09:00-21:00"),
    ],
)
def test_hours_belong_to_the_nearest_number_before_them(text: str, number: str, osm: str) -> None:
    assert _of(text, number) == osm


def test_hours_in_the_line_below() -> None:
    assert _of("客服热线：95188", "95188", "服务时间：9:00-21:00") == "Mo-Su 09:00-21:00"


def test_hours_below_the_next_number_are_that_numbers() -> None:
    assert _of("客服热线：95188", "95188", "投诉电话：95017\n9:00-21:00") == ""
