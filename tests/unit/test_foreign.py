"""Numbers outside the mainland: domain.md B4, by the region of the page or brand."""

from __future__ import annotations

import pytest

from pipelines.rules import load_rules

ABROAD = load_rules().plan.abroad

ROWS = [
    ("2929 3888", "HK", "+85229293888"),
    ("+852 2929 3888", "CN", "+85229293888"),
    ("00852 2929 3888", "CN", "+85229293888"),
    ("852-2929 3888", "CN", "+85229293888"),
    ("(852) 2929 3888", "HK", "+85229293888"),
    ("800 938 228", "HK", "+852800938228"),
    ("3002 2200", "HK", "+85230022200"),
    ("2872 7688", "MO", "+85328727688"),
    ("853-2872 7688", "CN", "+85328727688"),
    ("(02)412-8880", "TW", "+88624128880"),
    ("02-2653-6000", "TW", "+886226536000"),
    ("+886-2-2653-6000", "CN", "+886226536000"),
    ("+886 (0)2 2653 6000", "CN", "+886226536000"),
    ("0800-080-123", "TW", "+886800080123"),
    ("6570 6570", "SG", "+6565706570"),
    ("1800 568 4567", "SG", "+6518005684567"),
    ("1300 88 2525", "MY", "+601300882525"),
    ("02-793-3999", "TH", "+6627933999"),
    ("1240", "TH", "1240"),
    ("2882", "PH", "2882"),
    ("412-8880", "TW", "4128880"),
    ("165", "TW", "165"),
    ("(+632) 845-77-88", "PH", "+63288457788"),
    ("14045", "ID", "14045"),
    ("(02) 8845 7788", "PH", "+63288457788"),
    ("1500696", "ID", "+621500696"),
    ("1900 5454 41", "VN", "+841900545441"),
    ("0120-4456-456", "IN", "+911204456456"),
    ("1-888-221-1161", "US", "+18882211161"),
    ("1588-1234", "KR", "+8215881234"),
    ("0120-123-456", "JP", "+81120123456"),
]
NONE = [
    ("95188", "HK"),
    ("2929 388", "HK"),
    ("1240", "SG"),
    ("2026", "HK"),
    ("12345678901234567890", "US"),
    ("", "HK"),
    ("+86 400 820 8820", "HK"),
    ("+86 10 5881 2888", "TW"),
    ("+0123456", "US"),
]


@pytest.mark.parametrize(("written", "region", "number"), ROWS)
def test_numbers_of_the_reference(written: str, region: str, number: str) -> None:
    assert ABROAD.number(written, region) == number


@pytest.mark.parametrize(("written", "region"), NONE)
def test_what_is_no_number_there(written: str, region: str) -> None:
    assert ABROAD.number(written, region) is None


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("+85229293888", "fixed_line"),
        ("+852800938228", "toll_free"),
        ("+841900545441", "premium_rate"),
        ("+85230022200", "uan"),
        ("1240", "short"),
    ],
)
def test_finer_class(number: str, kind: str) -> None:
    assert ABROAD.kind(number, "TH") == kind


def test_numbers_of_an_authority_are_told_apart() -> None:
    assert ABROAD.kind("165", "TW") == "state"
    assert ABROAD.kind("4128880", "TW") == "short"
