"""Which brand do the words near a number name?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.model import Brand

_SHORTEST = 2  # a single character is no name


@dataclass(frozen=True, slots=True)
class BrandNames:
    """The names of all brands of the registry, ready to be found in a text."""

    pattern: re.Pattern[str] | None
    owners: dict[str, frozenset[str]]

    @classmethod
    def of(cls, brands: Iterable[Brand]) -> BrandNames:
        """All names of these brands; one name may be that of several."""
        owners: dict[str, set[str]] = {}
        for brand in brands:
            for name in brand.names:
                if len(name) >= _SHORTEST:
                    owners.setdefault(name.casefold(), set()).add(brand.id)
        # Longest first: 支付宝香港 is another brand than 支付宝, and AlipayHK than Alipay.
        words = "|".join(map(_word, sorted(owners, key=lambda name: (-len(name), name))))
        held = {name: frozenset(ids) for name, ids in owners.items()}
        return cls(re.compile(words) if words else None, held)

    def in_text(self, text: str) -> tuple[frozenset[str], ...]:
        """Ids by name, in the order of the names."""
        if self.pattern is None:
            return ()
        return tuple(self.owners[m.group()] for m in self.pattern.finditer(text.casefold()))

    def nearest(self, text: str, start: int, end: int) -> frozenset[str]:
        """Brands that the last name before a place names, else the first one behind it."""
        before = self.in_text(text[:start])
        return before[-1] if before else next(iter(self.in_text(text[end:])), frozenset())


def _word(name: str) -> str:
    """A name as it stands alone: `pay` is not in `payment`; Chinese needs no blanks."""
    ahead = r"(?<![a-z0-9])" if name[0].isascii() and name[0].isalnum() else ""
    behind = r"(?![a-z0-9])" if name[-1].isascii() and name[-1].isalnum() else ""
    return f"{ahead}{re.escape(name)}{behind}"
