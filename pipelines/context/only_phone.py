"""The only phone of a contact page: whoever wants to reach the firm calls its switchboard."""

from __future__ import annotations

from dataclasses import replace

from pipelines.model import Evidence
from pipelines.vocabulary import Carrier, NumberClass, Owner, Purpose

RULE = "only_phone"
_FEW = 2  # more switchboards are a list of offices


def offered_alone(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Offers the switchboard of a page that has no other number of its publisher to offer.

    Six of the pages that blind readers labelled print a switchboard and nothing else; of each
    they said that it is what a customer would call.
    """
    if any(item.is_hotline for item in evidence):
        return evidence
    boards = {item.number for item in evidence if _is_board(item)}
    if not 0 < len(boards) <= _FEW:
        return evidence
    return tuple(
        replace(item, is_hotline=True, rules=(*item.rules, RULE)) if _is_board(item) else item
        for item in evidence
    )


def _is_board(item: Evidence) -> bool:
    shown = item.carrier is Carrier.TEXT and not item.hidden
    is_ours = item.owner is Owner.SELF and item.purpose is Purpose.CORPORATE_SWITCHBOARD
    elsewhere = "branch_office" in item.rules or item.number_class is NumberClass.MOBILE
    return shown and is_ours and not elsewhere
