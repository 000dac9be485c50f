"""The gate: where a text has digits that may be a number at all.

Most of a page has none, so this decides what reading costs. The search runs over the text in
ASCII with every digit as a zero: an engine looks for one byte several times faster than for a
set of characters.
"""

from __future__ import annotations

import re

_D, _GAP = "[0-9０-９]", r"[^0-9０-９\n]{1,3}"
GATE = re.compile(f"{_D}{_D}{_D}|{_D}{_GAP}{_D}{_GAP}{_D}{_GAP}{_D}{_GAP}{_D}")
# Dates, years, prices and counts: most digits of a page, never a number and never worth a block.
_IDLE = re.compile(
    r"(?:(?:19[4-9]\d|20[0-4]\d)(?:\s?[-./年]\s?\d{1,2}(?:\s?[-./月]\s?\d{1,2}日?)?"
    r"(?:[ T]{1,2}\d{1,2}:\d\d(?::\d\d)?)?)?"
    r"|\d{1,4}(?=[人次元个個篇条年天分秒%件]))"
    r"(?![0-9０-９]|[^0-9０-９\n]{1,3}[0-9０-９])",
    re.ASCII,
)
_FULL_WIDTH = "０１２３４５６７８９"
_NARROW = str.maketrans(_FULL_WIDTH, "0" * len(_FULL_WIDTH))
_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)
_BETWEEN = rb"[^0\n]{1,3}"
# A price is told by its shape alone, so the engine passes it; a date needs its year.
_PRICE = rb"0{0,4}[.,]00?(?!0|" + _BETWEEN + rb"0)"
_FLAT_GATE = re.compile(rb"0(?=00|" + rb"0".join([_BETWEEN] * 4) + rb"0)(?!" + _PRICE + rb")")

_search, _idle_at = _FLAT_GATE.search, _IDLE.match  # asked some hundred times for each page


class Digits:
    """A text, and where its digits may be a number."""

    __slots__ = ("_flat", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        narrow = text.translate(_NARROW) if any(d in text for d in _FULL_WIDTH) else text
        self._flat = narrow.encode("ascii", "replace").translate(_ZEROS)  # a byte a character

    def next(self, start: int, end: int) -> int:
        """Where digits stand in `text[start:end]` that may be a number; -1 if nowhere."""
        flat, text = self._flat, self._text
        while match := _search(flat, start, end):
            place = match.start()
            idle = _idle_at(text, place, end)
            if idle is None:
                return place
            start = idle.end()
        return -1


def may_hold(text: str) -> bool:
    """Whether a short text may hold a number."""
    return Digits(text).next(0, len(text)) >= 0
