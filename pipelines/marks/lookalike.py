"""Hosts that look like a brand's and are not: a pure function from a host to findings.

Only the registry says whose a host is; likeness never makes one official, and a host that looks
like nothing known is not the brand's either. Findings tell a person what was attempted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto

from pipelines.ground import Ground, ascii_host, ground_of, mixes_scripts, registrable_domain
from pipelines.model import Brand

_SHORT = 4  # shorter words stand in too many honest names
_INSIDE = 6  # shorter words must be a whole part of a label


class Likeness(StrEnum):
    """How a host imitates a brand's."""

    MIXED_SCRIPT = auto()
    CONFUSABLE = auto()
    DECLARED_AS_LABELS = auto()
    BRAND_WORD = auto()
    ONE_LETTER_OFF = auto()


@dataclass(frozen=True, slots=True)
class LookAlike:
    """One thing that makes a host look like the brand's."""

    likeness: Likeness
    imitates: str


def look_alikes(
    host: str, brand: Brand, confusables: Mapping[str, str] | None = None
) -> tuple[LookAlike, ...]:
    """What makes a host look like the brand's; nothing for the brand's own.

    Args:
        host: As written, or as it goes over the wire (`xn--`).
        confusables: Character → the plain one it is taken for.

    >>> from pipelines.model import Fact
    >>> from pipelines.vocabulary import Grade
    >>> own = (Fact("alipay.com", Grade.B, "V2"),)
    >>> brand = Brand("alipay", "支付宝", "CN", domains=own)
    >>> [str(found.likeness) for found in look_alikes("alipay.com.kefu.cn", brand)]
    ['declared_as_labels', 'brand_word']
    """
    wire = ascii_host(host)
    if wire is not None and ground_of(f"https://{wire}/", brand) is not Ground.FOREIGN:
        return ()
    seen = _decoded(wire or host.lower())
    found = (
        *_mixed(seen),
        *_confused(seen, brand, confusables or {}),
        *_as_labels(seen, brand),
        *_words_in(seen, brand),
        *_near(seen, brand),
    )
    return tuple(dict.fromkeys(found))


def _decoded(host: str) -> str:
    try:
        return host.encode("ascii").decode("idna") if "xn--" in host else host
    except UnicodeError:
        return host


def _declared(brand: Brand) -> tuple[str, ...]:
    return tuple(_decoded(fact.value) for fact in (*brand.domains, *brand.hosts))


def _main(host: str) -> str:
    """The label that somebody registered, without its suffix."""
    wire = ascii_host(host)
    domain = registrable_domain(wire) if wire else None
    return _decoded((domain or wire or host).partition(".")[0])


def _mixed(host: str) -> Iterator[LookAlike]:
    if mixes_scripts(host):
        yield LookAlike(Likeness.MIXED_SCRIPT, host)


def _skeleton(text: str, confusables: Mapping[str, str]) -> str:
    plain = "".join(confusables.get(char, char) for char in text.casefold())
    return plain.replace("rn", "m").replace("vv", "w")


def _confused(host: str, brand: Brand, confusables: Mapping[str, str]) -> Iterator[LookAlike]:
    """The same name to the eye: 0 for o, Cyrillic а for a, rn for m."""
    shape, label = _skeleton(host, confusables), _skeleton(_main(host), confusables)
    for name in _declared(brand):
        plain, main = _skeleton(name, confusables), _main(name)
        whole = shape == plain or shape.endswith("." + plain)
        if (whole and not host.endswith(name)) or (
            label == _skeleton(main, confusables) and _main(host) != main
        ):
            yield LookAlike(Likeness.CONFUSABLE, name)


def _as_labels(host: str, brand: Brand) -> Iterator[LookAlike]:
    """The brand's name in front of a stranger's: alipay.com.example.cn, alipay-com.example.cn."""
    for name in _declared(brand):
        if f".{name}." in f".{host}" or f".{name.replace('.', '-')}" in f".{host}":
            yield LookAlike(Likeness.DECLARED_AS_LABELS, name)


def brand_words(brand: Brand) -> frozenset[str]:
    """The names of a brand as one finds them in addresses, without blanks and signs."""
    names = (brand.id, brand.name_zh, brand.name_zh_hant or "", brand.name_en or "", *brand.aliases)
    said = {re.sub(r"[\W_]+", "", name).casefold() for name in names}
    return frozenset(said | {_main(name).casefold() for name in _declared(brand)}) - {""}


def _words_in(host: str, brand: Brand) -> Iterator[LookAlike]:
    parts = re.split(r"[.\-_]", host)
    for word in sorted(brand_words(brand)):
        if not word.isascii():
            inside = word in host
        elif len(word) < _SHORT:
            inside = False
        else:
            inside = word in parts or (len(word) >= _INSIDE and any(word in p for p in parts))
        if inside:
            yield LookAlike(Likeness.BRAND_WORD, word)


def _near(host: str, brand: Brand) -> Iterator[LookAlike]:
    label = _main(host)
    for name in _declared(brand):
        main = _main(name)
        if len(main) >= _INSIDE and label != main and _one_off(label, main):
            yield LookAlike(Likeness.ONE_LETTER_OFF, name)


def _one_off(one: str, other: str) -> bool:
    """One letter more, less or different, or two neighbours swapped."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    swapped = len(a) > 1 and len(b) > 1 and a[:2] == b[1::-1] and a[2:] == b[2:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or swapped
