"""Lists of lines: 个人业务：95188 tells what a number is for, their head that it is a phone's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from pipelines.context.labels import Label, Labels
from pipelines.context.owner import OwnerRules
from pipelines.context.statements import line_of
from pipelines.model import Block, Mention, Number
from pipelines.numbering.digits import may_hold
from pipelines.vocabulary import Carrier, NumberClass

# A short name, a colon or space, and nothing behind it but other numbers.
_ENTRY = re.compile(
    r"[\s*•·]*(?:[(（]?\d{1,2}[)）.、]\s*)?"
    r"(?:([^\s:：,，。;；|\d][^:：,，。;；|\n\d]{0,13}|[A-Za-z][A-Za-z &/'-]{1,30})[:：]"
    r"|([^\s:：,，。;；|\d]{2,8})[ \xa0])"
    r"[\d\s()（）+\-/、,，;；或和]*"
)
_NAME = re.compile(r"(?:[^:：,，。;；|\n\d]{1,14}|[A-Za-z &/'-]{1,30})[:：]?")
_CELLS = re.compile(r" {2}|[|\t]")
_HEAD = 40  # characters; a longer line heads a list only if it says that one follows
_FOLLOWS = re.compile(r"(?:以下|下列|下述|如下)[^。]{0,24}[:：]?\s*$|[:：]\s*$")
_NOWHERE = -2


class Head(NamedTuple):
    """What the head of a list says of the numbers in it; `others`: they are somebody else's."""

    label: Label
    others: bool


class Heads:
    """Labels that numbers take from the head of the list they stand in.

    Args:
        numbers: All numbers of a page, in reading order.
        labels: Words that say of a line that it is a telephone's.
        owners: Words of places; 北京：010-… is an office.
    """

    def __init__(self, numbers: Sequence[Number], labels: Labels, owners: OwnerRules) -> None:
        self._numbers = numbers
        self._labels, self._owners = labels, owners

    def of(self, mention: Mention) -> Head | None:
        """The head for one number of the page; None where none has a label."""
        return self._found.get(mention)

    @cached_property
    def _found(self) -> Mapping[Mention, Head]:
        found: dict[Mention, Head] = {}
        last, told = _NOWHERE, None
        for number in self._numbers:
            line = line_of(number)
            told = told if 0 <= line - last <= 1 else None  # hidden text begins anew
            last = line
            if not self._is_told_by_head(_entry(number)):
                continue
            told = told or self._head(number.mention.block)
            if told is not None:
                found[number.mention] = told
        return found

    def _head(self, block: Block) -> Head | None:
        """The label in the nearest line above that is no entry, or else in the heading."""
        own = block.row_header.rpartition("|")[2].strip()
        above = (line.strip() for line in reversed(block.before.split("\n")))
        nearest = next((line for line in above if line and line != own and not may_hold(line)), "")
        # The heads of a table's columns tell of others' lines, too.
        if _CELLS.search(nearest) or (block.table and not _FOLLOWS.search(nearest)):
            nearest = ""
        for line, place in ((nearest, "list"), (block.heading, "heading")):
            if label := _labelled(line, self._labels, place):
                return Head(label, self._owners.is_of_others(line))
        return None

    def _is_told_by_head(self, name: str) -> bool:
        if not name or self._labels.near(name):
            return False
        return not self._labels.no_phone.search(name) and not self._owners.is_place(name)


def _entry(number: Number) -> str:
    """What the entry is called that a number stands in; "" if it stands in none."""
    block, start = number.mention.block, number.mention.start
    if block.carrier is not Carrier.TEXT or number.number_class is NumberClass.MOBILE:
        return ""  # with a mobile behind it, 支付宝 is where to pay to
    return _name(block, start)


def _name(block: Block, start: int) -> str:
    if entry := _ENTRY.fullmatch(block.text, 0, start):
        return (entry[1] or entry[2]).strip()
    cell = block.row_header.rpartition("|")[2].strip()
    return cell if block.table and not block.text[:start].strip() and _NAME.fullmatch(cell) else ""


def _labelled(line: str, labels: Labels, place: str) -> Label | None:
    is_head = len(line) <= _HEAD or _FOLLOWS.search(line)
    found = labels.near(line) if line and is_head else None
    if found is None:
        return None
    rule, word = found
    return Label(word, rule.purpose, place, weak=rule.weak, service=rule.service)
