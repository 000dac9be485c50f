"""Tables and lists of other people's numbers: stores, partners, vendors, one per row.

Seen from the publisher such a list is a directory. Its rows differ in whose number they give,
not in what the number is for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from pipelines.context.labels import Labels
from pipelines.context.owner import OwnerRules
from pipelines.model import Block, Number

_ROWS = 4  # fewer rows may well be one publisher's lines
_SHARE = 0.75
_NAME = re.compile(r"[\s*•·\d.、()（）-]*([^\s:：,，。;；|/()（）\d][^:：,，。;；|]{1,19})")
_LINE = re.compile(r"\d+")
_GAP = 4  # lines between two rows of one list


def directories(numbers: Iterable[Number], labels: Labels, owners: OwnerRules) -> frozenset[str]:
    """Numbers that stand in a list whose rows each name somebody else.

    Args:
        numbers: All numbers of a page.
        labels: Words that say what a number is for; such a row is the publisher's own line.
        owners: Words of branches and regions; such a row is the publisher's own office.
    """
    listed: set[str] = set()
    for rows in _lists(numbers):
        names = {number.number: _name(number.mention.block, labels) for number in rows}
        foreign = {name for name in names.values() if name and not owners.is_place(name)}
        if len(names) >= _ROWS and len(foreign) >= _SHARE * len(names):
            listed |= names.keys()
    return frozenset(listed)


def _lists(numbers: Iterable[Number]) -> Iterator[list[Number]]:
    """Numbers of one table, or of lines that follow each other."""
    ordered = [n for n in numbers if n.mention.block.path.startswith("line")]
    for table, group in groupby(ordered, key=lambda number: number.mention.block.table):
        if table:
            yield list(group)
            continue
        run: list[Number] = []
        for number in group:
            if run and _line(number) - _line(run[-1]) > _GAP:
                yield run
                run = []
            run.append(number)
        yield run


def _line(number: Number) -> int:
    match = _LINE.search(number.mention.block.path)
    return int(match.group()) if match else 0


def _name(block: Block, labels: Labels) -> str:
    """What a row is called: its first cell, or the words that lead up to its label."""
    text = block.row_header.partition("|")[0] if block.table else block.text
    match = _NAME.match(text)
    if match is None:
        return ""
    label = labels.pattern.search(match[1])
    name = match[1][: label.start()] if label else match[1]
    return name.strip() if len(name.strip()) >= 2 and not labels.pattern.match(match[1]) else ""
