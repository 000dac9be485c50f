"""From found digits to a number: canonical form, area, extension or menu, display."""

from __future__ import annotations

import re

from pipelines.model import Block, Mention, Number
from pipelines.numbering.find import WITHOUT_CODE, Found
from pipelines.numbering.fold import fold
from pipelines.numbering.plan import Plan, unfold
from pipelines.vocabulary import NumberClass

_PRESS = re.compile("按|[选選]|press|option|select|choose|then", re.I)
_PUT_THROUGH = re.compile("[转轉]|分机|分機|内线|內線|ext", re.I)
_WORLD = re.compile(r"\s*\(?(?:\+|00)\s?86|\s*86[ -]")


def normalize(found: Found, block: Block, plan: Plan) -> Number | None:
    """The number at a place of a block; None if an area code stands before no real code."""
    mention = Mention(block.text[found.start : found.end], found.start, found.end, block)
    if found.entry is None:
        return _foreign(found, mention)
    if found.entry.folded:
        return _folded(found, mention, plan)
    assert found.entry.number_class is not None
    menu = found.entry.menu or _is_pressed(mention.raw, found)
    return Number(
        mention=mention,
        number=_canonical(found.digits, found.entry.number_class),
        number_class=found.entry.number_class,
        note=found.entry.note,
        extension="" if menu else ";".join(found.steps),
        menu=found.steps if menu else (),
        display=_display(mention.raw, found),
        rule=f"plan:{found.rule}",
    )


def _is_pressed(raw: str, found: Found) -> bool:
    """Whether the steps behind a number are keys of its menu: 400-…按2 is no line of its own."""
    behind = "" if found.stop is None else raw[found.stop - found.start :]
    return _PRESS.search(behind) is not None and _PUT_THROUGH.search(behind) is None


def _canonical(digits: str, number_class: NumberClass) -> str:
    if number_class is NumberClass.LANDLINE:
        return "+86" + digits.removeprefix("0")
    return "+86" + digits if number_class is NumberClass.MOBILE else digits


def _foreign(found: Found, mention: Mention) -> Number:
    menu = _is_pressed(mention.raw, found)
    return Number(
        mention=mention,
        number=found.digits,
        number_class=NumberClass.FOREIGN,
        note=found.note,
        extension="" if menu else ";".join(found.steps),
        menu=found.steps if menu else (),
        display=_display(mention.raw, found),
        rule=f"plan:{WITHOUT_CODE if found.rule == WITHOUT_CODE else 'foreign'}",
    )


def _folded(found: Found, mention: Mention, plan: Plan) -> Number | None:
    area, short = unfold(found.digits)
    entry = plan.classify(short)
    if entry is None or entry.number_class is None:
        return None
    return Number(
        mention=mention,
        number=short,
        number_class=entry.number_class,
        note=entry.note,
        area=area if entry.number_class is NumberClass.SHORT_96 else "",
        menu=found.steps,
        display=_display(mention.raw, found),
        printed_abroad=f"+86{area[1:]}{short}" if _WORLD.match(mention.raw) else "",
        rule="plan:area_short",
    )


def _display(raw: str, found: Found) -> str:
    """The page's own grouping, full-width forms made ASCII, without steps behind it."""
    if found.inherited:
        return found.digits
    itself = raw if found.stop is None else raw[: found.stop - found.start]
    return fold(itself).text.strip()
