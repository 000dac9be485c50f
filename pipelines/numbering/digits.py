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
_BETWEEN, _ANY = rb"[^02\n]{1,3}", rb"[02]"
_APART = _ANY.join([_BETWEEN] * 4) + _ANY
# A price is told by its shape alone, so the engine passes it.
_PRICE = _ANY + rb"{0,4}[.,]" + _ANY + rb"{1,2}(?!" + _ANY + rb"|" + _BETWEEN + _ANY + rb")"
#: Digits are zeros here, and only a two is a two: an engine looks for one byte.
_FLAT = bytes.maketrans(b"13456789", b"0" * 8)
_GATE_0 = re.compile(
    rb"0(?:(?<!" + _ANY + rb"0)(?=" + _ANY * 2 + rb")|(?=" + _APART + rb"))(?!" + _PRICE + rb")"
)
# Most digits of most pages are of years and dates, which begin with a two. The engine passes them,
# too, in the text itself.
_NEAR = rb"(?![0-9]|[^0-9\n]{1,3}[0-9])"
_YEAR = (
    rb"0[0-4][0-9](?: ?[-./] ?[0-9]{1,2}(?: ?[-./] ?[0-9]{1,2})?"
    rb"(?:[ T]{1,2}[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?)?" + _NEAR
)
_GATE_2 = re.compile(
    rb"2(?:(?<![0-9]2)(?=[0-9][0-9])(?!"
    + _YEAR
    + rb")|(?="
    + _APART.replace(b"02", b"0-9")
    + rb"))(?!"
    + _PRICE.replace(b"02", b"0-9")
    + rb")"
)

_idle_at = _IDLE.match  # asked often


class Digits:
    """A text, and where its digits may be a number."""

    __slots__ = ("_flat", "_held", "_plain", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        narrow = text.translate(_NARROW) if any(d in text for d in _FULL_WIDTH) else text
        self._plain = narrow.encode("ascii", "replace")  # a byte a character
        self._flat = self._plain.translate(_FLAT)
        self._held = [(0, -2), (0, -2)]  # for each gate: from where it was asked, and its answer

    def next(self, start: int, end: int) -> int:
        """Where digits stand in `text[start:end]` that may be a number; -1 if nowhere."""
        if end < len(self._text):
            zero = self._search(_GATE_0, self._flat, start, end)
            two = self._search(_GATE_2, self._plain, start, end)
        else:
            zero, two = self._held_or_next(0, start), self._held_or_next(1, start)
        return max(zero, two) if min(zero, two) < 0 else min(zero, two)

    def _held_or_next(self, gate: int, start: int) -> int:
        """The next place of one gate; asked in ascending order, the text is searched once."""
        asked, place = self._held[gate]
        if not (asked <= start <= place or (asked <= start and place == -1)):
            pattern, text = ((_GATE_0, self._flat), (_GATE_2, self._plain))[gate]
            place = self._search(pattern, text, start, len(self._text))
            self._held[gate] = (start, place)
        return place

    def _search(self, gate: re.Pattern[bytes], flat: bytes, start: int, end: int) -> int:
        search, text = gate.search, self._text
        while match := search(flat, start, end):
            place = match.start()
            idle = _idle_at(text, place, end)
            if idle is None:
                return place
            start = idle.end()
        return -1


def may_hold(text: str) -> bool:
    """Whether a short text may hold a number."""
    return Digits(text).next(0, len(text)) >= 0
