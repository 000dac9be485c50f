"""Which numbers a person asks about: any spelling, a `tel:` link, a sentence out of a message.

The same search as for pages; only a label is not asked for, since whoever asks says that it is a
telephone number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.blocks import Piece
from pipelines.extract.tel_links import dialled
from pipelines.findings import IDD, Findings, Refusal, search
from pipelines.model import Block, Number
from pipelines.numbering.fold import fold
from pipelines.rules import Rules

_LINK = re.compile(r"(?:tel|callto):[^\s\"'<>，。]+", re.I)
_DIGITS = re.compile(r"[\d\s+().·-]+")
_CONTEXT = re.compile(r";phone-context=\+86(\d{2,3})\b", re.I)
_COUNTRY_WITHOUT_SIGN = re.compile(r"86\d{5,11}")
# 4OO-666-OOO1: letters that look like digits hide a number from filters.
_LOOKALIKE = re.compile(r"(?<![A-Za-z\d])[\dOoIl](?:[ -]?[\dOoIl]){5,13}(?![A-Za-z])")
_SURE = 3  # digits that tell that letters among them stand for digits
_AS_DIGITS = str.maketrans("OoIl", "0011")
# Digits of a message that are no telephone number, by what stands beside them: nobody dials those.
_NO_PHONE = frozenset(
    {"money", "amount", "unit", "section_sign", "masked"}
    | {"date", "time", "ip", "url", "mail", "uuid", "licence_mark"}
)
_AMOUNT = re.compile(r"(?:\.\d+)?\s?(?:元|万|亿|%|分|美元|港元|RMB|USD|CNY)")
_FEWEST, _MOST = 7, 13  # digits of what somebody may dial, though it has no number's shape


@dataclass(frozen=True, slots=True)
class Asked:
    """A number that is asked about.

    Attributes:
        number: None if its digits are no number.
        refused: Id of the rule that refused them, or "".
    """

    raw: str
    number: Number | None
    refused: str = ""


def asked_about(text: str, country: str, rules: Rules) -> tuple[Asked, ...]:
    """The numbers in what a person wrote, each once, and digits that somebody may take for one.

    Args:
        country: Whose number plan short forms belong to.
    """
    readable = _LOOKALIKE.sub(_as_digits, text)
    findings = _searched(_LINK.sub(_spelled, readable), country, rules)
    bare = fold(readable).text.strip()
    if not findings.candidates and _DIGITS.fullmatch(bare):
        # On a page 95 007 may be two numbers; who types nothing else means one.
        digits = re.sub(r"[^\d+]", "", bare)
        sign = "+" if _COUNTRY_WITHOUT_SIGN.fullmatch(digits) else ""
        findings = _searched(f"{sign}{digits}", country, rules)
    found = tuple(_once(_numbers(findings, country, rules)))
    if found:
        raws = {item.raw for item in found}
        others = (_refused(refusal) for refusal in findings.refusals if _may_be_dialled(refusal))
        return (*found, *(item for item in others if item.raw not in raws))
    whole = bare if _DIGITS.fullmatch(bare) else ""
    return tuple(_refused(refusal, whole) for refusal in findings.refusals)


def _as_digits(match: re.Match[str]) -> str:
    is_number = sum(map(str.isdigit, match[0])) >= _SURE
    return match[0].translate(_AS_DIGITS) if is_number else match[0]


def _numbers(findings: Findings, country: str, rules: Rules) -> Iterator[Asked]:
    """Numbers as a page would have them, then those that only the words beside them refuse.

    微信同号13912345678 offers no telephone number on a page, and is one to whoever asks.
    """
    for candidate in findings.candidates:
        yield Asked(candidate.number.mention.raw.strip(), candidate.number)
    for refusal in findings.refusals:
        if refusal.rule not in _NO_PHONE and _count(refusal) >= _FEWEST:
            for candidate in _searched(refusal.raw.strip(), country, rules).candidates:
                yield Asked(refusal.raw.strip(), candidate.number)


def _once(asked: Iterable[Asked]) -> Iterator[Asked]:
    seen: set[tuple[str, str, str]] = set()
    for item in asked:
        number = item.number
        key = (number.number, number.area, number.extension) if number else (item.raw, "", "")
        if key not in seen:
            seen.add(key)
            yield item


def _may_be_dialled(refusal: Refusal) -> bool:
    is_amount = _AMOUNT.match(refusal.piece.text, refusal.end) is not None
    is_other = refusal.rule in _NO_PHONE or is_amount
    return not is_other and _FEWEST <= _count(refusal) <= _MOST


def _count(refusal: Refusal) -> int:
    return sum(char.isdigit() for char in refusal.raw)


def _refused(refusal: Refusal, whole: str = "") -> Asked:
    return Asked(whole or refusal.raw.strip(), None, _rule(refusal.raw, refusal.rule))


def _searched(text: str, country: str, rules: Rules) -> Findings:
    return search([Piece.of(Block(text, "question"))], country, rules)


def _spelled(link: re.Match[str]) -> str:
    """A `tel:` link as it would be written, with the area that its context names."""
    area = _CONTEXT.search(link.group())
    return f" {f'0{area[1]}-' if area else ''}{dialled(link.group())} "


def _rule(raw: str, rule: str) -> str:
    """00 or + before a short code is told apart: it is how calls pretend to be a brand's."""
    return "idd_prefix" if IDD.fullmatch(re.sub(r"[ -]", "", raw.strip())) else rule
