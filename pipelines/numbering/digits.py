"""The gate: where a text has digits that may be a number at all.

Most of a page has none, so this decides what reading costs. The search runs over the text in
ASCII with every digit as a zero: an engine looks for one byte several times faster than for a
set of characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_D, _GAP = "[0-9０-９]", r"[^0-9０-９\n]{1,3}"
GATE = re.compile(f"{_D}{_D}{_D}|{_D}{_GAP}{_D}{_GAP}{_D}{_GAP}{_D}{_GAP}{_D}")
_UNITS = "人次元个個篇条年天分秒%件"
# Dates, years, prices and counts: most digits of a page, never a number and never worth a block.
_IDLE = re.compile(
    rf"(?:[0-9]{{1,4}}+(?=[{_UNITS}])"
    r"|(?:19[4-9]\d|20[0-4]\d)(?:\s?[-./年]\s?\d{1,2}(?:\s?[-./月]\s?\d{1,2}日?)?"
    r"(?:[ T]{1,2}\d{1,2}:\d\d(?::\d\d)?)?)?)"
    r"(?![^0-9０-９\n]{0,3}+[0-9０-９])",
    re.ASCII,
)
_COUNTED = frozenset(f"{unit}\n" for unit in _UNITS)  # ends a line that is idle
_LONGEST_COUNT = 4  # digits
_FULL_WIDTH = "０１２３４５６７８９"
_IN_NUMBERS = "０１２５８９"  # of 3, 4, 6 and 7 alone nobody's number is made
_NARROW = str.maketrans(_FULL_WIDTH, "0" * len(_FULL_WIDTH))
#: Every digit is a zero here: an engine looks for one byte.
_FLAT = bytes.maketrans(b"123456789", b"0" * 9)
#: What most dates of a page are: the end of a line in a list of news. They go before the search.
_DATE_ENDS, _GONE = b"0000-00-00\n", b"??????????\n"
_ALONE = rb"(?![^0\n]{0,3}+0)"
# A price and a whole date are told by their shapes alone: of eight digits in groups of four, two
# and two no plan makes a number. Of digits that stand together only the first is a place.
_PRICE = rb"0{0,2}[.,]0{1,2}" + _ALONE
_DATE = rb"(?:0|(?<=0000))(?:-00-00|/00/00|\.00\.00)(?:[ T]{1,2}00:00(?::00)?)?+" + _ALONE
_SPACED = b"0".join([rb"[^0\n]{1,3}+"] * 4)
_PLACE = re.compile(rb"0(?:00(?!" + _DATE + b"|" + _PRICE + rb")0*+|(?=" + _SPACED + b"0))")


class Digits:
    """A text, and where its digits may be a number."""

    __slots__ = ("_asked", "_flat", "_place", "_places", "_text")

    def __init__(self, text: str) -> None:
        narrow = text.translate(_NARROW) if any(map(text.__contains__, _IN_NUMBERS)) else text
        flat = narrow.encode("ascii", "replace").translate(_FLAT)  # a byte a character
        self._flat = flat.replace(_DATE_ENDS, _GONE)
        self._text = text
        # To the end of the text it is asked line after line: each digit is looked at once.
        self._places: Iterator[int] = iter(())
        self._asked, self._place = len(text) + 1, -1

    def next(self, start: int, end: int) -> int:
        """Where digits stand in `text[start:end]` that may be a number; -1 if nowhere."""
        if end < len(self._text):
            return next(self._found(start, end), -1)
        if start < self._asked:
            self._places = self._found(start, end)
            self._place = next(self._places, -1)
        while 0 <= self._place < start:
            self._place = next(self._places, -1)
        self._asked = start
        return self._place

    def _found(self, start: int, end: int) -> Iterator[int]:
        text = self._text
        for match in _PLACE.finditer(self._flat, start, end):
            place, stop = match.span()
            if text[stop : stop + 2] in _COUNTED and stop - place <= _LONGEST_COUNT:
                continue
            if _IDLE.match(text, place, end) is None:
                yield place


def may_hold(text: str) -> bool:
    """Whether a short text may hold a number; in most of them are too few digits."""
    return GATE.search(text) is not None and Digits(text).next(0, len(text)) >= 0
