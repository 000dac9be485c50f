"""Numbers of other countries, decided by libphonenumber's metadata."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

# Short hotlines that the metadata does not know (domain.md B4, brands.csv): with a label only.
SHORT_HOTLINES = {"TH": re.compile(r"1[1-9]\d\d"), "PH": re.compile(r"2\d{3}|8\d{3}")}
_PREMIUM = {PhoneNumberType.PREMIUM_RATE}


@lru_cache(maxsize=8192)
def foreign_number(written: str, region: str) -> str | None:
    """E.164 of a number outside the mainland, or None if the metadata refuses it.

    Args:
        written: The digits with their separators, perhaps with + and a country code.
        region: ISO 3166 country of the page or brand; decides what a bare number means.
    """
    try:
        parsed = phonenumbers.parse(written, region)
    except NumberParseException:
        return None
    if parsed.country_code == 86 or not phonenumbers.is_valid_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, PhoneNumberFormat.E164))


@lru_cache(maxsize=8192)
def foreign_kind(e164: str) -> str:
    """Finer class of a foreign number: `fixed_line`, `toll_free`, `premium_rate`, …"""
    kind = phonenumbers.number_type(phonenumbers.parse(e164, None))
    return str(PhoneNumberType.to_string(kind)).lower()
