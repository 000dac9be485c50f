from __future__ import annotations

import pytest

from pipelines.dialing import FEES, SERVICES, dialing
from pipelines.vocabulary import FeeClass, NumberClass

C, F = NumberClass, FeeClass


@pytest.mark.parametrize(
    ("number", "number_class", "area", "extension", "uri"),
    [
        ("95188", C.SHORT_95, "", "", "tel:95188;phone-context=+86"),
        ("96588", C.SHORT_96, "0551", "", "tel:96588;phone-context=+86551"),
        ("96588", C.SHORT_96, "", "", "tel:96588;phone-context=+86"),
        ("4008123123", C.SHARED_400, "", "", "tel:4008123123;phone-context=+86"),
        ("4008123123", C.SHARED_400, "", "1", "tel:4008123123;ext=1;phone-context=+86"),
        ("+862160727072", C.LANDLINE, "", "3003", "tel:+862160727072;ext=3003"),
        ("+8613800138001", C.MOBILE, "", "", "tel:+8613800138001"),
        ("+85221800000", C.FOREIGN, "", "", "tel:+85221800000"),
    ],
)
def test_tel_uri_is_rfc_3966_and_never_empty(
    number: str, number_class: NumberClass, area: str, extension: str, uri: str
) -> None:
    assert dialing(number, number_class, area, extension, "", "CN").tel_uri == uri


def test_short_hotline_of_another_country_names_that_country() -> None:
    found = dialing("1240", C.FOREIGN, "", "", "", "TH")
    assert (found.tel_uri, found.e164, found.dial_abroad) == (
        "tel:1240;phone-context=+66",
        None,
        None,
    )
    assert found.fee_class is F.UNKNOWN


def test_mainland_codes_stay_mainland_whatever_the_brand() -> None:
    assert dialing("95188", C.SHORT_95, "", "", "", "HK").tel_uri == "tel:95188;phone-context=+86"


@pytest.mark.parametrize(
    ("number", "number_class", "area", "country", "digits"),
    [
        ("+8657126888888", C.LANDLINE, "", "CN", "057126888888"),
        ("+862160727072", C.LANDLINE, "", "CN", "02160727072"),
        ("+8613800138001", C.MOBILE, "", "CN", "13800138001"),
        ("96588", C.SHORT_96, "0551", "CN", "055196588"),
        ("95188", C.SHORT_95, "", "CN", "95188"),
        ("+85221800000", C.FOREIGN, "", "HK", "21800000"),
        ("+85221800000", C.FOREIGN, "", "CN", "0085221800000"),
        ("+886224128880", C.FOREIGN, "", "TW", "0224128880"),
        ("+841900545441", C.FOREIGN, "", "VN", "1900545441"),
    ],
)
def test_dial_domestic(
    number: str, number_class: NumberClass, area: str, country: str, digits: str
) -> None:
    assert dialing(number, number_class, area, "", "", country).dial_domestic == digits


@pytest.mark.parametrize(
    ("number", "number_class", "printed", "country", "abroad"),
    [
        ("+8657126888888", C.LANDLINE, "", "CN", "+8657126888888"),
        ("+8613800138001", C.MOBILE, "", "CN", "+8613800138001"),
        ("+85221800000", C.FOREIGN, "", "CN", "+85221800000"),
        ("95188", C.SHORT_95, "", "CN", None),
        ("95575", C.SHORT_95, "+862095575", "CN", "+862095575"),
        ("12321", C.PUBLIC_SERVICE, "+861012321", "CN", "+861012321"),
        ("4008123123", C.SHARED_400, "", "CN", None),
        ("8008208820", C.TOLLFREE_800, "", "CN", None),
        ("96588", C.SHORT_96, "", "CN", None),
        ("+886800024365", C.FOREIGN, "", "TW", None),
        ("+841900545441", C.FOREIGN, "", "VN", None),
    ],
)
def test_dial_abroad_is_never_synthesised(
    number: str, number_class: NumberClass, printed: str, country: str, abroad: str | None
) -> None:
    area = "0551" if number_class is C.SHORT_96 else ""
    assert dialing(number, number_class, area, "", printed, country).dial_abroad == abroad


@pytest.mark.parametrize(
    ("number", "number_class", "country", "fee"),
    [
        ("4008123123", C.SHARED_400, "CN", F.SHARED),
        ("8008208820", C.TOLLFREE_800, "CN", F.FREE),
        ("10107888", C.UAN_1010, "CN", F.SHARED),
        ("95188", C.SHORT_95, "CN", F.LOCAL),
        ("10086", C.CARRIER, "CN", F.LOCAL),
        ("12315", C.PUBLIC_SERVICE, "CN", F.LOCAL),
        ("110", C.EMERGENCY, "CN", F.FREE),
        ("+8657126888888", C.LANDLINE, "CN", F.NORMAL),
        ("16812345", C.PREMIUM, "CN", F.PREMIUM),
        ("+85221800000", C.FOREIGN, "CN", F.INTERNATIONAL),
        ("+85221800000", C.FOREIGN, "HK", F.NORMAL),
        ("+852800123456", C.FOREIGN, "HK", F.FREE),
        ("+8530800888", C.FOREIGN, "MO", F.FREE),
        ("+886800024365", C.FOREIGN, "TW", F.FREE),
        ("+841900545441", C.FOREIGN, "VN", F.PREMIUM),
        ("1900545441", C.PREMIUM, "VN", F.PREMIUM),
        ("+601300888888", C.FOREIGN, "MY", F.LOCAL),
        ("+6518001234567", C.FOREIGN, "SG", F.FREE),
        ("+911204456456", C.FOREIGN, "IN", F.NORMAL),
        ("+18002255322", C.FOREIGN, "US", F.FREE),
        ("1500696", C.FOREIGN, "ID", F.LOCAL),
    ],
)
def test_fee_by_rule(number: str, number_class: NumberClass, country: str, fee: FeeClass) -> None:
    assert dialing(number, number_class, "", "", "", country).fee_class is fee


def test_a_400_is_never_free_and_an_800_is_for_landlines() -> None:
    assert dialing("4008123123", C.SHARED_400, "", "", "", "CN").fee_class is not F.FREE
    assert dialing("8008208820", C.TOLLFREE_800, "", "", "", "CN").landline_only
    assert not dialing("+886800024365", C.FOREIGN, "", "", "", "TW").landline_only


def test_every_row_has_a_source_and_every_class_a_fee() -> None:
    assert all(row.source for row in (*FEES, *SERVICES))
    assert {row.number_class for row in FEES} | {C.FOREIGN} == set(C)


def test_unknown_country_is_signalled() -> None:
    with pytest.raises(ValueError, match="country 'XX'"):
        dialing("12345", C.CARRIER, "", "", "", "XX")
