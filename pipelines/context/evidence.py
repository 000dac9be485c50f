"""From a number to evidence: the context readers, one after the other."""

from __future__ import annotations

from pipelines.context.labels import Label
from pipelines.model import Block, Evidence, Number, Page
from pipelines.numbering.fold import fold
from pipelines.rules import Rules
from pipelines.vocabulary import Carrier, NumberClass, Owner, Purpose

_WINDOW = 80  # characters of context on each side
_PHONE_CARRIERS = (Carrier.TEL_LINK, Carrier.JSON_LD, Carrier.MICRODATA)
_NOT_SERVICE = (
    Purpose.FAX,
    Purpose.SMS,
    Purpose.HR,
    Purpose.MEDIA,
    Purpose.INVESTOR,
    Purpose.REGULATOR,
    Purpose.PARTNER_BANK,
    Purpose.CORPORATE_SWITCHBOARD,
)
_NEVER_SERVICE = (
    NumberClass.SMS,
    NumberClass.EMERGENCY,
    NumberClass.PUBLIC_SERVICE,
)


def evidence_of(
    number: Number, page: Page, rules: Rules, *, needs_label: bool
) -> Evidence | None:
    """Evidence with label, purpose, owner, hours and fee; None if digits lack their label."""
    mention = number.mention
    block = mention.block
    label = rules.labels.of(block, mention.start, mention.end)
    if label is None and block.carrier in _PHONE_CARRIERS:
        label = Label(block.column_header, Purpose.GENERAL, "carrier", weak=True)
    if label is None and needs_label:
        return None
    owner, owner_rule = rules.owners.owner_of(
        block, mention.start, number.number_class, label.purpose if label else Purpose.UNKNOWN
    )
    purpose = _purpose(label, owner)
    branch = rules.owners.is_branch(block, mention.start)
    retired = rules.states.is_retired(block.text, mention.start, mention.end)
    served = (
        owner is Owner.SELF
        and label is not None
        and purpose not in _NOT_SERVICE
        and number.number_class not in _NEVER_SERVICE
        and not branch
        and not retired
    )
    hours = rules.hours.read(_own_text(block, mention.start, mention.end))
    low = max(0, mention.start - _WINDOW)
    return Evidence(
        brand_id=page.brand.id if page.brand else "",
        number=number.number,
        area=number.area,
        extension=number.extension,
        menu=number.menu,
        number_class=number.number_class,
        numbering_note=number.note,
        display=number.display,
        printed_abroad=number.printed_abroad,
        url=page.url,
        final_url=page.final_url or page.url,
        source_kind=page.kind,
        carrier=block.carrier,
        raw=mention.raw,
        context=block.text[low : mention.end + _WINDOW],
        start=mention.start - low,
        end=mention.end - low,
        block_path=block.path,
        link_text=block.column_header if block.carrier is Carrier.TEL_LINK else "",
        hidden=block.hidden,
        label=label.word if label else "",
        purpose=purpose,
        owner=owner,
        is_hotline=served,
        hours_raw=hours.raw,
        hours=hours.osm,
        hours_approx=hours.approx,
        fee_stated=rules.fees.stated(_own_text(block, mention.start, mention.end, before=20)),
        rules=_decided(number, label, owner_rule, branch=branch, retired=retired),
        capture=page.capture,
        rules_digest=rules.digest,
    )


def _purpose(label: Label | None, owner: Owner) -> Purpose:
    if label is None:
        return Purpose.UNKNOWN
    if label.purpose is Purpose.UNKNOWN and owner is Owner.SELF:
        return Purpose.GENERAL
    return label.purpose


def _decided(
    number: Number, label: Label | None, owner_rule: str, *, branch: bool, retired: bool
) -> tuple[str, ...]:
    rules = [number.rule, f"label:{label.place}" if label else "label:none", owner_rule]
    if branch:
        rules.append("branch_office")
    if retired:
        rules.append("retired_by_page")
    return tuple(rules)


def _own_text(block: Block, start: int, end: int, before: int = 0) -> str:
    """The stretch of a block that belongs to one number: up to the next number."""
    head = fold(block.text[max(0, start - 60) : start]).text if not before else ""
    tail = block.text[end : end + 90]
    if before:
        return block.text[max(0, start - before) : end] + tail
    return f"{tail}\n{block.after}" if not _is_hours_first(head) else f"{head}\n{tail}"


def _is_hours_first(head: str) -> bool:
    """Hours stand before the number: 每天9:00-18:00拨打…"""
    return ":" in head and any(char.isdigit() for char in head)
