"""Marks in the footer of a page: filings, licences and credit codes, with what is wrong in each.

Form is all that can be told offline, so a mark without flaws proves nothing (domain.md D2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto

from pipelines.ground import host_of
from pipelines.numbering.fold import fold

# What each mark has, as it may be printed: full-width, with a space or an invisible sign between.
_PROBE = re.compile(r"[备備](?=案?\W{0,2}\d)|公网安|信用代|Z2\d{4}|Ｚ[2２]")
_AROUND = 60  # characters on each side of a probe: more than the longest mark has
# The letter of the province is looked for behind the word: most characters may be one.
_LETTER = r"(?:(?<=(?P<letter>[\u4e00-\u9fff]){0})|(?<=(?P<apart>[\u4e00-\u9fff])\s{0}))"
_ICP = re.compile(rf"ICP{_LETTER.format('ICP')}\s?备(?:案)?\s?(?P<digits>\d{{6,12}})\s?号")
_POLICE = re.compile(rf"公网安备{_LETTER.format('公网安备')}\s?(?:第\s?)?(?P<digits>\d{{10,18}})")
_PBC = re.compile(r"Z2(?<![0-9A-Za-z]Z2)\d{4}(?P<province>\d\d)\d{6}(?!\d)", re.ASCII)
_USCC = re.compile(r"信用代[码碼][^0-9A-Za-z\n]{0,8}(?P<code>[0-9A-Z]{18})(?![0-9A-Za-z])")
_LINK_CODE = re.compile(r"[?&](?:record)?code=(\d+)", re.ASCII)
_LINK_HOSTS = {
    "icp": ("beian.miit.gov.cn", "www.miitbeian.gov.cn", "www.beian.miit.gov.cn"),
    "police": ("beian.mps.gov.cn", "www.beian.gov.cn", "beian.gov.cn"),
}
# GB 32100: the characters of a credit code and the weights of its first seventeen.
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


class MarkKind(StrEnum):
    """Which register a mark is a number of."""

    ICP = auto()
    POLICE = auto()
    PBC = auto()
    USCC = auto()


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark as printed; `value` is the same for every way of printing it."""

    kind: MarkKind
    value: str
    flaws: tuple[str, ...] = ()


def marks_in(
    text: str, provinces: Mapping[str, str], links: Iterable[tuple[str, str]] = ()
) -> tuple[Mark, ...]:
    """All marks of a page, each once, in order.

    Args:
        text: Visible text.
        provinces: Letter of a province → the first two digits of its GB/T 2260 code.
        links: Text and address of the links of the page.

    >>> marks_in("沪公网安备 11010102000001号", {"沪": "31"})[0].flaws
    ('province',)
    """
    parts = [fold(text[start:end]).text for start, end in _around_probes(text)]
    if not parts:
        return ()
    found: dict[Mark, None] = dict.fromkeys(_printed("\n".join(parts), provinces))
    linked = tuple(_link_flaws(links))
    return tuple(
        Mark(m.kind, m.value, (*m.flaws, *(f for k, v, f in linked if (k, v) == (m.kind, m.value))))
        for m in found
    )


def _around_probes(text: str) -> list[tuple[int, int]]:
    """The parts of a text that may hold a mark; folding all of a footer would cost more."""
    parts: list[tuple[int, int]] = []
    for found in _PROBE.finditer(text):
        start, end = max(0, found.start() - _AROUND), found.end() + _AROUND
        if parts and start <= parts[-1][1]:
            start = parts.pop()[0]
        parts.append((start, end))
    return parts


def _printed(text: str, provinces: Mapping[str, str]) -> Iterator[Mark]:
    for found in _ICP.finditer(text):
        flaws = _icp_flaws(_letter(found), found["digits"], provinces)
        yield Mark(MarkKind.ICP, icp_value(_letter(found), found["digits"]), flaws)
    for found in _POLICE.finditer(text):
        yield Mark(MarkKind.POLICE, found["digits"], _police_flaws(found, provinces))
    for found in _PBC.finditer(text):
        known = found["province"] in provinces.values()
        yield Mark(MarkKind.PBC, found.group(), () if known else ("province",))
    for found in _USCC.finditer(text):
        flaws = () if credit_code_holds(found["code"]) else ("check_digit",)
        yield Mark(MarkKind.USCC, found["code"], flaws)


def _letter(found: re.Match[str]) -> str:
    return found["letter"] or found["apart"]


def icp_value(letter: str, digits: str) -> str:
    """A filing without its site number: what all sites of one company share."""
    return f"{letter}ICP备{digits}号"


def _icp_flaws(letter: str, digits: str, provinces: Mapping[str, str]) -> tuple[str, ...]:
    checks = (
        ("province", letter not in provinces),
        ("length", len(digits) not in (8, 10)),
        ("year", len(digits) == 10 and not re.match(r"20[2-9]\d", digits)),
    )
    return tuple(flaw for flaw, wrong in checks if wrong)


def _police_flaws(found: re.Match[str], provinces: Mapping[str, str]) -> tuple[str, ...]:
    digits = found["digits"]
    checks = (
        ("province", provinces.get(_letter(found)) != digits[:2]),
        ("length", not 13 <= len(digits) <= 15),
    )
    return tuple(flaw for flaw, wrong in checks if wrong)


def _link_flaws(links: Iterable[tuple[str, str]]) -> Iterator[tuple[MarkKind, str, str]]:
    """What the links behind marks give away: another code, or another place than the register."""
    for words, address in links:
        text = fold(words).text
        kinds = ((MarkKind.ICP, _ICP), (MarkKind.POLICE, _POLICE))
        for kind, found in ((k, p.search(text)) for k, p in kinds):
            if found is None:
                continue
            code = _LINK_CODE.search(address)
            digits = found["digits"]
            value = icp_value(_letter(found), digits) if kind is MarkKind.ICP else digits
            if kind is MarkKind.POLICE and code and code[1] != digits:
                yield kind, value, "link_code"
            if (host_of(address) or "") not in _LINK_HOSTS[kind]:
                yield kind, value, "link_host"


def credit_code_holds(code: str) -> bool:
    """Whether the check character of a 统一社会信用代码 is right (GB 32100).

    A few early real codes fail, so a failure is a weak sign.

    >>> credit_code_holds("91310000736239890T"), credit_code_holds("91310000736239891T")
    (True, False)
    """
    if len(code) != 18 or not set(code) <= set(_ALPHABET):
        return False
    pairs = zip(code, _WEIGHTS, strict=False)  # the eighteenth is what they add up to
    total = sum(_ALPHABET.index(char) * weight for char, weight in pairs)
    return _ALPHABET[(31 - total % 31) % 31] == code[17]
