"""Numbers of other countries: libphonenumber's metadata, and a table of what it does not know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

STATE = "state"  # note of numbers of an authority
_NOT_DIGIT = re.compile(r"\D")
_NEIGHBOUR = re.compile(r"\(?(?:00)?(85[23]|886)(?:\)|[ -])[ -]*")


@dataclass(frozen=True, slots=True)
class _Row:
    country: str
    digits: re.Pattern[str]
    result: str  # the note of a short number, or what a spelling became


@dataclass(frozen=True, slots=True)
class _Grouping:
    countries: tuple[str, ...]
    digits: re.Pattern[str]  # with their separators


@dataclass(frozen=True, slots=True)
class Foreign:
    """The compiled table `foreign.toml`."""

    short: tuple[_Row, ...]
    renumbered: tuple[_Row, ...]
    grouped: tuple[_Grouping, ...]
    authorities: frozenset[str]  # numbers in E.164

    def is_grouped(self, written: str, region: str) -> bool:
        """Whether nothing but a telephone number is printed so in a region: 6713 9400 in SG."""
        return any(region in g.countries and g.digits.fullmatch(written) for g in self.grouped)

    def number(self, written: str, region: str) -> str | None:
        """The number outside the mainland that is written here, or None if there is none.

        Args:
            written: The digits with their separators, perhaps with + and a country code.
            region: ISO 3166 country of the page or brand; decides what a bare number means.

        Returns:
            E.164, or the bare digits of a short hotline of the region (1240 in Thailand).
        """
        digits = _NOT_DIGIT.sub("", written)
        if self.note(digits, region) and "+" not in written:
            return digits
        for row in self.renumbered:
            if row.country == region and (match := row.digits.fullmatch(digits)):
                return match.expand(row.result)
        neighbour = _NEIGHBOUR.match(written)
        text = f"+{neighbour[1]}{written[neighbour.end() :]}" if neighbour else written
        return _e164(text, region)

    def note(self, digits: str, region: str) -> str:
        """The note of a short number, or ""."""
        rows = (r for r in self.short if r.country == region and r.digits.fullmatch(digits))
        return next((row.result for row in rows), "")

    def kind(self, number: str, region: str) -> str:
        """Finer class of a foreign number: `fixed_line`, `toll_free`, `short`, `state`, …"""
        if number in self.authorities:
            return STATE
        return _kind(number) if number.startswith("+") else self.note(number, region)


def compile_foreign(table: Mapping[str, Any]) -> Foreign:
    """Compiles the table."""

    def rows(key: str, result: str) -> tuple[_Row, ...]:
        return tuple(
            _Row(row["country"], re.compile(row["digits"]), row[result]) for row in table[key]
        )

    grouped = tuple(
        _Grouping(tuple(row["countries"]), re.compile(row["digits"])) for row in table["grouped"]
    )
    authorities = frozenset(number for row in table["authority"] for number in row["numbers"])
    return Foreign(rows("short", "note"), rows("renumbered", "becomes"), grouped, authorities)


#: Kinds of numbers that are given to lines for callers, not to desks and persons.
OF_CALLERS = frozenset(("toll_free", "shared_cost", "uan"))


def is_region(code: str) -> bool:
    """Whether two letters are a country or region that has a number plan.

    >>> is_region("HK"), is_region("XX")
    (True, False)
    """
    return code in phonenumbers.SUPPORTED_REGIONS


@lru_cache(maxsize=8192)
def _e164(text: str, region: str) -> str | None:
    try:
        parsed = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    if parsed.country_code == 86 or not phonenumbers.is_valid_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, PhoneNumberFormat.E164))


@lru_cache(maxsize=8192)
def _kind(number: str) -> str:
    kind = phonenumbers.number_type(phonenumbers.parse(number, None))
    return str(PhoneNumberType.to_string(kind)).lower()
