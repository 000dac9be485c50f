"""Which brand does a person mean who writes its id, its name in any language, or an alias?"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipelines.model import Brand

_NEAR = 0.75  # less is another name: alipay is like shilishan
_SHOWN = 3


class UnknownBrandError(LookupError):
    """No brand has this id or name, or several have it.

    Attributes:
        wanted: What was asked for; "" if nothing was.
        near: Brands that may have been meant, each with its id.
        several: All of `near` are called so.
    """

    def __init__(
        self, message: str, *, wanted: str = "", near: Sequence[str] = (), several: bool = False
    ) -> None:
        super().__init__(message)
        self.wanted, self.near, self.several = wanted, tuple(near), several


def names_of(brands: Iterable[Brand]) -> dict[str, tuple[str, ...]]:
    """The names of each brand, by id; that of its company, which is no wallet's, comes last."""
    return {b.id: tuple(filter(None, _names(b))) for b in brands}


def _names(brand: Brand) -> Iterator[str | None]:
    yield from (brand.name_zh, brand.name_zh_hant, brand.name_en, *brand.aliases)
    yield brand.entity.value if brand.entity else None


def brand_meant(names: Mapping[str, Sequence[str]], wanted: str, where: str) -> str:
    """The id of the brand that is called so.

    Args:
        names: By brand id; the names that stand first are the better known.
        where: What holds these brands, for the message.

    Raises:
        UnknownBrandError: None is called so, or several are; the message suggests some.

    >>> brand_meant({"demo": ("Demo Pay",)}, "ＤＥＭＯ pay", "the registry")
    'demo'
    """
    asked = _folded(wanted)
    if not asked:
        raise UnknownBrandError("name a brand: its id, or its name in any language")
    if wanted.strip() in names:
        return wanted.strip()
    called = {i: [_folded(name) for name in (i, *own)] for i, own in names.items()}
    found = [brand_id for brand_id, own in called.items() if asked in own]
    if len(found) == 1:
        return found[0]
    if found:
        all_ = [_shown(brand_id, names) for brand_id in found]
        said = f"several brands are called {wanted!r}: {', '.join(all_)}; give the id"
        raise UnknownBrandError(said, wanted=wanted, near=all_, several=True)
    near = [_shown(brand_id, names) for brand_id in _near(asked, called)]
    there = f"it has: {', '.join(names) or 'none'}"
    hint = f"did you mean {', '.join(near)}?" if near else there
    raise UnknownBrandError(f"{where} has no brand {wanted!r}; {hint}", wanted=wanted, near=near)


def _folded(name: str) -> str:
    """A name without what people write in different ways: width, case, blanks, hyphens."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in folded if char.isalnum() or char == "+")


def _shown(brand_id: str, names: Mapping[str, Sequence[str]]) -> str:
    own = [name for name in names[brand_id] if name != brand_id][:1]
    return f"{brand_id} ({own[0]})" if own else brand_id


def _near(asked: str, called: Mapping[str, Sequence[str]]) -> list[str]:
    """Brands with a name like the one asked for, the likest first."""
    likeness = {
        brand_id: max(_likeness(asked, name) for name in own) for brand_id, own in called.items()
    }
    best = sorted(likeness, key=lambda brand_id: (-likeness[brand_id], brand_id))
    return [brand_id for brand_id in best if likeness[brand_id] >= _NEAR][:_SHOWN]


def _likeness(asked: str, name: str) -> float:
    if len(asked) > 1 and len(name) > 1 and (asked in name or name in asked):
        return 0.9 + 0.1 * min(len(asked), len(name)) / max(len(asked), len(name))
    return difflib.SequenceMatcher(None, asked, name).ratio()
