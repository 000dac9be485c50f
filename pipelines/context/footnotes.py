"""Footnotes: what a mark behind a number points to, at the beginning of a line below.

089 2019 0193* … * Toll-free from national landlines.
"""

from __future__ import annotations

import re

from pipelines.model import Block

_MARK = re.compile(r"\s?(\*{1,3}|[¹²³⁴⁵†‡※]|[①-⑨]|[（(]?注\d?[)）]?)(?![\w*])")
_LINE = r"^\s*{}[\s:：]*(\S.*)"
_NOTE = re.compile(r"\s*(?:[¹²³⁴⁵†‡]|[①-⑨])")  # a star may be an item of a list, ※ a remark
_REACH = 120  # characters of a note


def note_of(block: Block, end: int) -> str:
    """The footnote of a number that ends at a place of a block; "" if it has none."""
    mark = _MARK.match(block.text, end)
    if mark is None:  # as behind most numbers
        return ""
    line = re.compile(_LINE.format(re.escape(mark[1])), re.M)
    found = line.search(f"{block.text[mark.end() :]}\n{block.after}\n{block.below}")
    return found[1][:_REACH] if found else ""


def is_note(line: str) -> bool:
    """Whether a line is the note of numbers that have its mark, and of no other."""
    return _NOTE.match(line) is not None
