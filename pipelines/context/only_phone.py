"""The only phone of a contact page: whoever wants to reach the firm calls its switchboard."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipelines.context.address_data import is_shown
from pipelines.context.labels import Labels
from pipelines.model import Block, Evidence
from pipelines.numbering.find import WITHOUT_CODE
from pipelines.vocabulary import NumberClass, Owner, Purpose

RULE = "only_phone"
_BRACKET = re.compile(r"\s?[（(]([^（）()]{2,12})[）)]")  # 总机：…（媒体采访）
_FEW = 2  # more switchboards are a list of offices
_NOT_TO_CALL = ("branch_office", f"plan:{WITHOUT_CODE}", "retired_by_page")


def offered_alone(
    evidence: Sequence[Evidence], blocks: Sequence[Block], labels: Labels
) -> tuple[Evidence, ...]:
    """Offers the switchboard of a page that has no other number of its publisher to offer.

    Six of the pages that blind readers labelled print a switchboard and nothing else; of each
    they said that it is what a customer would call.

    Args:
        evidence: All numbers of the page.
        blocks: Where each of them stands.
        labels: Words for what a number is for: that of the press office is no switchboard.
    """
    if any(item.is_hotline for item in evidence):
        return tuple(evidence)
    boards = {
        item.number
        for item, block in zip(evidence, blocks, strict=True)
        if _is_board(item) and not _is_for_few(item, block, labels)
    }
    if not 0 < len(boards) <= _FEW:
        return tuple(evidence)
    return tuple(_offered(item) if item.number in boards else item for item in evidence)


def _offered(item: Evidence) -> Evidence:
    return replace(item, is_hotline=True, rules=(*item.rules, RULE)) if _is_board(item) else item


def _is_board(item: Evidence) -> bool:
    is_ours = item.owner is Owner.SELF and item.purpose is Purpose.CORPORATE_SWITCHBOARD
    mobile = item.number_class is NumberClass.MOBILE
    return is_shown(item) and is_ours and not mobile and not any(map(_is_against, item.rules))


def _is_against(rule: str) -> bool:
    return rule.startswith(_NOT_TO_CALL)


def _is_for_few(item: Evidence, block: Block, labels: Labels) -> bool:
    """The words around a switchboard name an office that serves no user: 媒体联系 总机：…"""
    line = item.context[: item.start].rpartition("\n")[2]
    bracket = _BRACKET.match(item.context, item.end)
    above, behind = block.before.rpartition("\n")[2], bracket[1] if bracket else ""
    said = (line, above, behind, block.heading, block.row_header, block.column_header)
    purposes = {rule.purpose for text in said for rule in labels.all_in(text) if not rule.service}
    return bool(purposes - {Purpose.CORPORATE_SWITCHBOARD})
