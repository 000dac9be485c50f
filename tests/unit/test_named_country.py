"""Numbers of other countries, told by the row or label that names the country."""

from __future__ import annotations

import pytest

from pipelines.vocabulary import SourceKind
from tests.unit.declared_pages import of_a_wallet


def _table(*rows: tuple[str, str], head: tuple[str, str] = ("国家/地区", "服务热线")) -> str:
    cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in (head, *rows))
    return "<h2>客服热线</h2><table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def _numbers(markup: str, country: str = "CN") -> list[str]:
    return [item.number for item in of_a_wallet(markup, country, SourceKind.HELP).evidence]


@pytest.mark.parametrize(
    ("country", "where", "printed", "number"),
    [
        ("CN", "香港", "800 967 215", "+852800967215"),
        ("CN", "中国澳门", "0800 719", "+8530800719"),
        ("CN", "韩国", "001 800 2400 3215", "+80024003215"),
        ("CN", "日本", "0120-983-160", "+81120983160"),
        ("CN", "美国、加拿大", "+1 855 731 3160", "+18557313160"),
        ("HK", "From the UK", "0800 123 4567", "+448001234567"),
        ("HK", "USA", "1-800-555-0199", "+18005550199"),
        ("SG", "Malaysia", "1-300-88-1234", "+601300881234"),
    ],
)
def test_a_row_names_the_country(country: str, where: str, printed: str, number: str) -> None:
    assert _numbers(_table((where, printed)), country) == [number]


def test_a_label_names_the_country() -> None:
    markup = "<h2>客服热线</h2><p>香港：2345 6789</p><p>日本：0120-983-160</p>"
    assert _numbers(markup) == ["+85223456789", "+81120983160"]


@pytest.mark.parametrize(
    ("where", "printed"),
    [("其他地区", "800 967 215"), ("单号", "2345 6789"), ("香港交易编号", "88 967 215 33")],
)
def test_digits_that_no_country_has_are_none(where: str, printed: str) -> None:
    assert _numbers(_table((where, printed))) == []


def test_a_number_of_home_stays_one() -> None:
    assert _numbers(_table(("香港用户", "400-820-8820"))) == ["4008208820"]
