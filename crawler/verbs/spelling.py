"""A number that a person names on the command line, in any spelling that `check` knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """What a text names: a number, or the brand and number of an id.

    Attributes:
        brand: None where the text is no id.
        numbers: As tables write them.
        digits: As they are written: short numbers of other countries are none of the mainland's.
    """

    brand: str | None
    numbers: frozenset[str]
    digits: str

    def is_number_of(self, row: Mapping[str, object]) -> bool:
        """Whether a row of a table has the number."""
        is_written = bool(self.digits) and str(row["number"]).lstrip("+") == self.digits
        return row["number"] in self.numbers or is_written

    def is_brand_of(self, row: Mapping[str, object]) -> bool:
        """Whether a row of a table is of the brand, if one is named."""
        return self.brand in (None, row["brand_id"])


def named_by(wanted: str) -> Named:
    """What a text names."""
    from pipelines.asking import asked_about
    from pipelines.rules import load_rules

    head, slash, rest = wanted.partition("/")
    text = rest or wanted
    asked = asked_about(text, "CN", load_rules())
    numbers = frozenset(item.number.number for item in asked if item.number is not None)
    return Named(head if slash else None, numbers, "".join(filter(str.isdigit, text)))
