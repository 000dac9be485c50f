"""Numbers of other countries, decided by libphonenumber's metadata."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

# Short hotlines that the metadata does not know (domain.md B4, brands.csv): with a label only.
SHORT_HOTLINES = {"TH": re.compile(r"1[1-9]\d\d"), "PH": re.compile(r"2\d{3}|8\d{3}")}
_NEIGHBOUR = re.compile(r"\(?(?:00)?(85[23]|886)\)?[ -]")


@lru_cache(maxsize=8192)
def foreign_number(written: str, region: str) -> str | None:
    """The number outside the mainland that is written here, or None if there is none.

    Args:
        written: The digits with their separators, perhaps with + and a country code.
        region: ISO 3166 country of the page or brand; decides what a bare number means.

    Returns:
        E.164, or the bare digits of a short hotline of the region (1240 in Thailand).
    """
    short = SHORT_HOTLINES.get(region)
    if short and short.fullmatch(written.strip()):
        return written.strip()
    neighbour = _NEIGHBOUR.match(written)
    text = f"+{neighbour[1]}{written[neighbour.end() :]}" if neighbour else written
    try:
        parsed = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    if parsed.country_code == 86 or not phonenumbers.is_valid_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, PhoneNumberFormat.E164))


@lru_cache(maxsize=8192)
def foreign_kind(number: str) -> str:
    """Finer class of a foreign number: `fixed_line`, `toll_free`, `short`, …"""
    if not number.startswith("+"):
        return "short"
    kind = phonenumbers.number_type(phonenumbers.parse(number, None))
    return str(PhoneNumberType.to_string(kind)).lower()
