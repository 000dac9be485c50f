"""What a call of one number costs, by the words beside it and those said of several at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from pipelines.context.footnotes import is_note
from pipelines.context.hours import end_of_list, upto_number
from pipelines.context.labels import Label
from pipelines.model import Block, Mention
from pipelines.numbering.digits import may_hold
from pipelines.rules import Rules

_FEE_BEFORE = 20
# A number, with the words in brackets behind it that are its own: 400-…（仅收市话费） 投诉：…
_LAST = re.compile(r"\d[\d() -]{4,}\d(?:\s?[(（][^()（）]*[)）])?")
_BRACKETS = " \t\xa0()（）"
_BEHIND = 90
_LOOK_BACK = 60


def costs_of(mention: Mention, label: Label | None, rules: Rules, shared: Sequence[str]) -> str:
    """What the page says a call costs, of a number or else of it and others at once."""
    if said := _own_costs(mention, label, rules):
        return said
    return next(filter(None, map(rules.fees.stated, shared)), "")


def _own_costs(mention: Mention, label: Label | None, rules: Rules) -> str:
    """What the page says a call costs: beside a number, above and below one that ends its line."""
    block, start, end = mention.block, mention.start, mention.end
    said = rules.fees.stated(block.text[_behind_last(block.text, start) : _upto_next(block, end)])
    if said or block.text[end:].strip(_BRACKETS):
        return said
    above, below = block.before.rpartition("\n")[2], block.after
    if not rules.fees.stated(f"{above}\n{below}"):  # as beside most numbers
        return ""
    mine = takewhile(lambda line: not _is_of_next(line, label, rules), below.split("\n"))
    is_mine = _is_its_label(above, label, "above")
    return rules.fees.stated("\n".join([above if is_mine else "", *mine]))


def _behind_last(text: str, start: int) -> int:
    """Where the words before a number begin that are not the number's before it."""
    last = list(_LAST.finditer(text, max(0, start - _LOOK_BACK), start))
    return max(start - _FEE_BEFORE, last[-1].end() if last else 0, 0)


def _upto_next(block: Block, end: int) -> int:
    """Where the words behind a number end: at the next one that is not given together with it."""
    tail = block.text[end : end + _BEHIND]
    begin = end_of_list(tail)
    return end + begin + len(upto_number(tail[begin:]))


def _is_its_label(line: str, label: Label | None, place: str) -> bool:
    return label is not None and label.place == place and label.word in line


def _is_of_next(line: str, label: Label | None, rules: Rules) -> bool:
    """A line below a number is not its own: it has the next one, ends with its label, is a note."""
    if may_hold(line) or is_note(line):
        return True
    found = None if _is_its_label(line, label, "below") else rules.labels.near(line)
    return found is not None and line.rstrip(" :：").endswith(found[1])
