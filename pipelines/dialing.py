"""How a number is dialled, and what the call costs by rule.

The fee tables are data with a source in each row (domain.md A3, A4, B4). Nothing is ever
synthesised: an overseas form exists only where the class of the number is reachable from
abroad or a page prints it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberFormat

from pipelines.vocabulary import FeeClass, NumberClass

# Codes that only mainland China's plan has, whatever the country of the brand that prints them.
_MAINLAND_ONLY = frozenset(
    (NumberClass.SHORT_95, NumberClass.SHORT_96, NumberClass.SHARED_400, NumberClass.UAN_1010)
)


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One row of the table of fees by class, for calls within mainland China."""

    number_class: NumberClass
    fee: FeeClass
    source: str


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """Numbers of a country that do not cost what its ordinary numbers cost.

    `pattern` matches the national number in full, without its trunk zero.
    """

    country: str
    pattern: re.Pattern[str]
    fee: FeeClass
    source: str


FEES: tuple[FeeRow, ...] = (
    FeeRow(NumberClass.EMERGENCY, FeeClass.FREE, "domain.md A1 emergency; LIB, OWN"),
    FeeRow(NumberClass.TOLLFREE_800, FeeClass.FREE, "domain.md A3 rule 2; TF, LIB"),
    FeeRow(NumberClass.SHARED_400, FeeClass.SHARED, "domain.md A3 rules 2 and 3; TF, H400, LIB"),
    FeeRow(NumberClass.UAN_1010, FeeClass.SHARED, "domain.md A3 rule 2; VC"),
    FeeRow(NumberClass.SHORT_95, FeeClass.LOCAL, "domain.md A3 rule 2; XH20, LEN"),
    FeeRow(NumberClass.SHORT_96, FeeClass.LOCAL, "domain.md A3 rule 2; LEN, VC"),
    FeeRow(NumberClass.CARRIER, FeeClass.LOCAL, "domain.md A3 rule 2 (100xx); VC"),
    FeeRow(NumberClass.PUBLIC_SERVICE, FeeClass.LOCAL, "domain.md A3 rule 2 (12xxx); VC, HJ"),
    FeeRow(NumberClass.LANDLINE, FeeClass.NORMAL, "domain.md A3 rule 2; NPT, LIB"),
    FeeRow(NumberClass.MOBILE, FeeClass.NORMAL, "domain.md A3 rule 2; LIB"),
    FeeRow(NumberClass.PREMIUM, FeeClass.PREMIUM, "domain.md A3 rule 2 (16[08], 1259x); LIB, OWN"),
    FeeRow(NumberClass.SMS, FeeClass.UNKNOWN, "domain.md A1 sms106: no voice line"),
)
_FEE_OF_CLASS = {row.number_class: row.fee for row in FEES}


def _service(country: str, pattern: str, fee: FeeClass, source: str) -> ServiceRow:
    return ServiceRow(country, re.compile(pattern), fee, source)


SERVICES: tuple[ServiceRow, ...] = (
    _service("HK", r"800\d{6}", FeeClass.FREE, "domain.md A3 rule 2, B4 HK"),
    _service("HK", r"900\d{8}", FeeClass.PREMIUM, "domain.md A3 rule 2, B4 HK"),
    _service("MO", r"0?800\d{3,4}", FeeClass.FREE, "domain.md A3 rule 2, B4 MO"),
    _service("TW", r"800\d{6}", FeeClass.FREE, "domain.md A3 rule 2, B4 TW (0800)"),
    _service("SG", r"1?800\d{7}", FeeClass.FREE, "domain.md A3 rule 2, B4 SG (1800 + 7 digits)"),
    _service("MY", r"1300\d{6}", FeeClass.LOCAL, "domain.md A3 rule 4: LIB says toll-free"),
    _service("MY", r"1800\d{6}", FeeClass.FREE, "domain.md B4 MY; LIB"),
    _service("TH", r"1800\d{6}", FeeClass.FREE, "domain.md B4 TH; LIB"),
    _service("PH", r"1800\d{5,10}", FeeClass.FREE, "domain.md A3 rule 2, B4 PH"),
    _service("ID", r"1500\d{3}", FeeClass.LOCAL, "domain.md B4 ID; LIB: UAN"),
    _service("ID", r"80[03]\d{5,8}", FeeClass.FREE, "LIB: toll-free"),
    _service("VN", r"1900\d{4,6}", FeeClass.PREMIUM, "domain.md A3 rule 2, B4 VN"),
    _service("VN", r"1800\d{4,6}", FeeClass.FREE, "LIB: toll-free"),
    _service("IN", r"1800\d{4,9}", FeeClass.FREE, "domain.md A3 rule 2, B4 IN"),
    _service("US", r"8(?:00|33|44|55|66|77|88)\d{7}", FeeClass.FREE, "domain.md A3 rule 2, B4 US"),
    _service("KR", r"1[568]\d{6}", FeeClass.LOCAL, "domain.md B4 KR (1588); LIB: shared cost"),
    _service("KR", r"80\d{7}", FeeClass.FREE, "LIB: toll-free"),
    _service("JP", r"120\d{6}|800\d{7}", FeeClass.FREE, "domain.md B4 JP (0120); LIB"),
)


_FREE_WORDS = (
    "免费",
    "免費",
    "免付费",
    "免付費",
    "免拨打费",
    "toll-free",
    "toll free",
    "freephone",
)


@dataclass(frozen=True, slots=True)
class Dialing:
    """How to dial one number.

    Attributes:
        tel_uri: RFC 3966, never null; a number that is no E.164 names its country.
        dial_domestic: Digits to dial within the brand's country, extension left out.
        dial_abroad: Form to dial from other countries, or None.
    """

    tel_uri: str
    e164: str | None
    dial_domestic: str
    dial_abroad: str | None
    fee_class: FeeClass
    landline_only: bool


def dialing(
    number: str,
    number_class: NumberClass,
    area: str,
    extension: str,
    printed_abroad: str,
    country: str,
) -> Dialing:
    """Everything that follows from a number, its class and its country.

    Args:
        number: E.164 with `+`, or the digits that are dialled.
        area: Area code of a province code (`0551`), else "".
        extension: Digits after the connection, else "".
        printed_abroad: Overseas form that a page prints, else "".
        country: ISO 3166 code of the brand's country.

    Raises:
        ValueError: no calling code is known for `country`.

    >>> dialing("96588", NumberClass.SHORT_96, "0551", "", "", "CN").tel_uri
    'tel:96588;phone-context=+86551'
    """
    home = "CN" if number_class in _MAINLAND_ONLY else country
    full = number.startswith("+")
    fee = _fee(number, number_class, home, country)
    return Dialing(
        tel_uri=_tel_uri(number, area, extension, home),
        e164=number if full else None,
        dial_domestic=_domestic(number, country) if full else f"{area}{number}",
        dial_abroad=_abroad(number, fee, home) or printed_abroad or None,
        fee_class=fee,
        landline_only=number_class is NumberClass.TOLLFREE_800 and home == "CN",
    )


def fee_conflict(stated: str, fee_class: FeeClass) -> bool:
    """Whether a page promises a free call where the class says otherwise, or denies it.

    >>> fee_conflict("免费", FeeClass.SHARED), fee_conflict("免长途费", FeeClass.SHARED)
    (True, False)
    """
    words = stated.lower()
    if not words or fee_class is FeeClass.UNKNOWN:
        return False
    if words == FeeClass.FREE.value or any(word in words for word in _FREE_WORDS):
        return fee_class is not FeeClass.FREE
    return words == FeeClass.PREMIUM.value and fee_class is not FeeClass.PREMIUM


def calling_code(country: str) -> int:
    """International calling code of an ISO 3166 country."""
    code = int(phonenumbers.country_code_for_region(country))
    if not code:
        raise ValueError(
            f"no calling code is known for country {country!r}: correct `country` in the brand's "
            "file (ISO 3166-1 alpha-2, capital letters)"
        )
    return code


def _tel_uri(number: str, area: str, extension: str, home: str) -> str:
    # RFC 3966 section 3: ext stands before phone-context.
    ext = f";ext={extension}" if extension else ""
    if number.startswith("+"):
        return f"tel:{number}{ext}"
    return f"tel:{number}{ext};phone-context=+{calling_code(home)}{area.removeprefix('0')}"


def _national(number: str, home: str) -> tuple[int, str]:
    """Calling code and national number (no trunk zero) of either form of a number."""
    if not number.startswith("+"):
        return calling_code(home), number.removeprefix("0")
    parsed = _parsed(number)
    return int(parsed.country_code or 0), phonenumbers.national_significant_number(parsed)


@lru_cache(maxsize=4096)
def _parsed(number: str) -> phonenumbers.PhoneNumber:
    return phonenumbers.parse(number, None)


def _service_fee(number: str, home: str) -> FeeClass | None:
    code, national = _national(number, home)
    for row in SERVICES:
        if calling_code(row.country) == code and row.pattern.fullmatch(national):
            return row.fee
    return None


def _fee(number: str, number_class: NumberClass, home: str, country: str) -> FeeClass:
    if number.startswith("+") and _parsed(number).country_code != calling_code(country):
        return FeeClass.INTERNATIONAL
    # The plan of mainland China decides by class alone; other countries by their own series.
    if home != "CN" and (service := _service_fee(number, home)):
        return service
    if number_class is NumberClass.FOREIGN:
        return FeeClass.NORMAL if number.startswith("+") else FeeClass.UNKNOWN
    return _FEE_OF_CLASS[number_class]


def _domestic(number: str, country: str) -> str:
    parsed = _parsed(number)
    if parsed.country_code != calling_code(country):
        written = phonenumbers.format_out_of_country_calling_number(parsed, country)
    elif country == "CN":
        return _mainland(str(parsed.national_number))
    else:
        written = phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)
    return re.sub(r"\D", "", written)


def _mainland(national: str) -> str:
    # LIB groups landlines by tables that miss new ranges; the trunk zero depends on this alone.
    return national if re.fullmatch(r"1[3-9]\d{9}", national) else f"0{national}"


def _abroad(number: str, fee: FeeClass, home: str) -> str | None:
    """The number itself, if its class is reached from abroad (domain.md A4)."""
    if not number.startswith("+"):
        return None
    service = _service_fee(number, home)
    return None if service is not None or fee is FeeClass.PREMIUM else number
