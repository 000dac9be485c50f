"""Which numbers a person asks about: any spelling, a `tel:` link, a sentence out of a message.

The same search as for pages; only a label is not asked for, since whoever asks says that it is a
telephone number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.blocks import Piece
from pipelines.extract.tel_links import dialled
from pipelines.findings import IDD, Findings, search
from pipelines.model import Block, Number
from pipelines.numbering.fold import fold
from pipelines.rules import Rules

_LINK = re.compile(r"(?:tel|callto):[^\s\"'<>，。]+", re.I)
_DIGITS = re.compile(r"[\d\s+().·-]+")
_CONTEXT = re.compile(r";phone-context=\+86(\d{2,3})\b", re.I)


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
    """The numbers in what a person wrote, each once; refused digits only where there is none.

    Args:
        country: Whose number plan short forms belong to.
    """
    findings = _searched(_LINK.sub(_spelled, text), country, rules)
    bare = fold(text).text.strip()
    if not findings.candidates and _DIGITS.fullmatch(bare):
        # On a page 95 007 may be two numbers; who types nothing else means one.
        findings = _searched(re.sub(r"[^\d+]", "", bare), country, rules)
    found: dict[tuple[str, str, str], Asked] = {}
    for candidate in findings.candidates:
        number = candidate.number
        key = (number.number, number.area, number.extension)
        found.setdefault(key, Asked(number.mention.raw.strip(), number))
    if found:
        return tuple(found.values())
    refused = findings.refusals
    whole = bare if _DIGITS.fullmatch(bare) else ""
    return tuple(Asked(whole or r.raw.strip(), None, _rule(r.raw, r.rule)) for r in refused)


def _searched(text: str, country: str, rules: Rules) -> Findings:
    return search([Piece.of(Block(text, "question"))], country, rules)


def _spelled(link: re.Match[str]) -> str:
    """A `tel:` link as it would be written, with the area that its context names."""
    area = _CONTEXT.search(link.group())
    return f" {f'0{area[1]}-' if area else ''}{dialled(link.group())} "


def _rule(raw: str, rule: str) -> str:
    """00 or + before a short code is told apart: it is how calls pretend to be a brand's."""
    return "idd_prefix" if IDD.fullmatch(re.sub(r"[ -]", "", raw.strip())) else rule
