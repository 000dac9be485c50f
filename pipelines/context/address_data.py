"""Telephones that a page gives with an address: a firm's data, where it has a line for callers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelines.context.labels import Labels
from pipelines.model import Block, Evidence
from pipelines.vocabulary import Carrier, NumberClass, Owner, Purpose

RULE = "beside_address"
_REACH = 160  # characters of a line before a number
_RECORD, _RECORD_LINE = 3, 80  # lines of a record above a number, and characters of each
_GENERAL = (Purpose.GENERAL, Purpose.HUMAN_AGENT)
_OF_DESKS = ("fixed_line", "fixed_line_or_mobile")


def unoffered_beside_address(
    evidence: Sequence[Evidence], blocks: Sequence[Block], labels: Labels
) -> tuple[Evidence, ...]:
    """Takes a bare telephone beside an address for the switchboard, if the page offers a line.

    Of the telephones in imprints and feet (地址…电话…, Registered office … Tel., 주소 … 대표전화)
    blind readers said that they are no hotlines where the page has one.

    Args:
        evidence: All numbers of the page.
        blocks: Where each of them stands.
        labels: Words for a bare telephone, and for an address.
    """
    told = [(e, _is_data(e, block, labels)) for e, block in zip(evidence, blocks, strict=True)]
    bare = {e.number for e, is_data in told if is_data}
    bare -= {e.number for e, is_data in told if is_shown(e) and not is_data}
    if not bare or not any(_is_offered(e) and e.number not in bare for e in evidence):
        return tuple(evidence)
    return tuple(_unoffered(e) if e.number in bare else e for e in evidence)


def is_shown(item: Evidence) -> bool:
    """Whether a number is printed where a reader sees it."""
    return item.carrier is Carrier.TEXT and not item.hidden


def _is_offered(item: Evidence) -> bool:
    is_line = item.number_class is not NumberClass.MOBILE
    return item.is_hotline and is_line and item.purpose in _GENERAL


def _is_data(item: Evidence, block: Block, labels: Labels) -> bool:
    if not item.is_hotline or item.owner is not Owner.SELF or not is_shown(item):
        return False
    is_a_desks = item.number_class is NumberClass.LANDLINE or item.numbering_note in _OF_DESKS
    if not is_a_desks or item.hours or not labels.bare.fullmatch(item.label.strip(" :：")):
        return False
    line = block.text.partition(item.raw)[0][-_REACH:]
    lines = [said for said in block.before.split("\n") if len(said) <= _RECORD_LINE]
    above = "\n".join(lines[-(_RECORD if _has_fax(block, labels) else 1) :])
    return any(map(labels.address.search, (f"{block.row_header} {line}", above)))


def _has_fax(block: Block, labels: Labels) -> bool:
    """With a fax in its line it is a field of a record, whose address may stand further up."""
    return any(rule.purpose is Purpose.FAX for rule in labels.all_in(block.text))


def _unoffered(item: Evidence) -> Evidence:
    purpose = Purpose.CORPORATE_SWITCHBOARD if item.purpose in _GENERAL else item.purpose
    return replace(item, is_hotline=False, purpose=purpose, rules=(*item.rules, RULE))
