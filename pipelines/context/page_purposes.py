"""What a page as a whole tells of the lines that its words only call general."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelines.context.purposes import PurposeRules
from pipelines.model import Evidence
from pipelines.vocabulary import Carrier, Owner, Purpose

_TITLE = 60  # characters
_IN_TABLE = {"label:column", "label:row"}  # a row says itself what it is for
_ABROAD = ("+", "00")


def with_page_purposes(
    evidence: tuple[Evidence, ...], title: str, purposes: PurposeRules
) -> tuple[Evidence, ...]:
    """Evidence with the purposes that a page tells of its general lines by other means than words.

    All lines of a page for merchants serve those, and what a page on lost cards calls no more than
    a telephone is where one reports them. Where a page prints one of its lines as it is dialled at
    home, the one with a country code is for callers from abroad.

    Args:
        title: Of the document, or "".
        purposes: Words of titles, and of labels that say hardly anything.
    """
    general = [item for item in evidence if _is_general(item)]
    if not general:
        return evidence
    if purposes.for_merchants.search(title[:_TITLE]):
        return _told(evidence, general, Purpose.MERCHANT, "purpose:page_for_merchants")
    if purposes.tells_of_loss(title[:_TITLE]):
        bare = [i for i in general if purposes.is_bare(i.label) and not _IN_TABLE & set(i.rules)]
        evidence = _told(evidence, bare, Purpose.LOSS_REPORT, "purpose:page_on_loss")
        general = [item for item in evidence if _is_general(item)]
    at_home = {item.number for item in general if not _is_for_abroad(item)}
    if not at_home:
        return evidence
    abroad = [item for item in general if _is_for_abroad(item) and item.number not in at_home]
    return _told(evidence, abroad, Purpose.OVERSEAS, "purpose:country_code")


def _is_general(item: Evidence) -> bool:
    return item.is_hotline and item.owner is Owner.SELF and item.purpose is Purpose.GENERAL


def _is_for_abroad(item: Evidence) -> bool:
    if item.carrier is not Carrier.TEXT or item.numbering_note == "mobile":
        return False  # a mobile is printed so for messengers
    return item.raw.startswith(_ABROAD)  # (+632) 8426-5500 is how some print all of theirs


def _told(
    evidence: Sequence[Evidence], lines: Sequence[Evidence], purpose: Purpose, rule: str
) -> tuple[Evidence, ...]:
    return tuple(
        replace(item, purpose=purpose, rules=(*item.rules, rule)) if item in lines else item
        for item in evidence
    )
