"""Numbers of one line, told apart by where one calls from: what is said of one holds for all.

The statements were written before the rule, after pages of public repositories had shown it.
"""

from __future__ import annotations

import pytest

from tests.unit.declared_pages import of_a_wallet

DAY = "24/7"
OFFICE = "Mo-Fr 09:00-18:00"


@pytest.mark.parametrize(
    ("text", "country", "hours"),
    [
        ("A 24-hour helpline on 0333 123 1812 from the UK or from outside the UK +44 207 201 0526",
         "GB", [DAY, DAY]),
        ("Ring 6123 4567 (or +65 6123 4568 if you are calling from overseas). Open 24 hours a day.",
         "SG", [DAY, DAY]),
        ("Customer care 24 hours: 1800 222 1111 / +65 6123 4567 (overseas)", "SG", [DAY, DAY]),
        ("客服热线（7×24小时）：境内95188，境外+86-571-88156688", "CN", [DAY, DAY]),
        ("请拨打24小时客服热线400-810-1234或0571-88156688", "CN", [DAY, DAY]),
        # of other lines it says nothing
        ("个人客服：95188，商户客服：400-810-1234（周一至周五9:00-18:00）", "CN", ["", OFFICE]),
        ("Lost cards (24 hours): 6123 4567. General enquiries: 6123 4568", "SG", [DAY, ""]),
        ("24小时客服热线95188。投诉电话：0571-88156688", "CN", [DAY, ""]),
    ],
)  # fmt: skip
def test_hours_of_numbers_for_the_same_callers(text: str, country: str, hours: list[str]) -> None:
    assert [item.hours for item in of_a_wallet(text, country).evidence] == hours


@pytest.mark.parametrize(
    ("text", "country", "offered"),
    [
        ("Remittance Hotline: 1522-0767/ Philippines: 02-3409-1125/ Nepal: 02-3409-1126",
         "KR", [True] * 3),
        ("Hotline: Singapore 6123 4567 | Malaysia +60 3-5022 3888 | Hong Kong +852 2266 2222",
         "SG", [True] * 3),
        ("客服热线：中国大陆 400-810-1234、香港 +852 2266 2222、澳门 +853 2878 1234", "CN",
         [True] * 3),
        ("Hotline: 6123 4567; Fax: 6123 4568; Malaysia office: +60 3-5022 3888", "SG",
         [True, False, False]),
    ],
)  # fmt: skip
def test_a_line_for_each_country(text: str, country: str, offered: list[bool]) -> None:
    assert [item.is_hotline for item in of_a_wallet(text, country).evidence] == offered
