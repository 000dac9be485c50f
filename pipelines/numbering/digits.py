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
#: Digits are zeros here, and only a two is a two: an engine looks for one byte.
_FLAT = bytes.maketrans(b"13456789", b"0" * 8)


def _near(digit: bytes, between: bytes) -> bytes:
    """No digit straight behind, nor within three characters."""
    return b"(?!" + digit + b"|" + between + digit + b")"


def _gate(first: bytes, digits: bytes, passed: bytes = b"") -> re.Pattern[bytes]:
    """Digits that begin with one of them; a price is told by its shape alone, and passed.

    Args:
        first: The digit that the engine looks for.
        digits: All that are digits, as members of a set.
        passed: What else is passed where three digits stand together.
    """
    digit, between = b"[" + digits + b"]", b"[^" + digits + rb"\n]{1,3}"
    together = b"(?<!" + digit + first + b")(?=" + digit * 2 + b")" + passed
    apart = b"(?=" + digit.join([between] * 4) + digit + b")"
    price = digit + rb"{0,4}[.,]" + digit + b"{1,2}" + _near(digit, between)
    return re.compile(first + b"(?:" + together + b"|" + apart + b")(?!" + price + b")")


# Most digits of most pages are of years and dates, which begin with a two. The engine passes them,
# too, in the text itself.
_YEAR = (
    rb"(?!0[0-4][0-9](?: ?[-./] ?[0-9]{1,2}(?: ?[-./] ?[0-9]{1,2})?"
    rb"(?:[ T]{1,2}[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?)?"
    + _near(b"[0-9]", rb"[^0-9\n]{1,3}")
    + b")"
)
_GATE_0, _GATE_2 = _gate(b"0", b"02"), _gate(b"2", b"0-9", _YEAR)


class _Gate:
    """One gate over a text: asked in ascending order up to the end, it is searched once."""

    __slots__ = ("_asked", "_flat", "_place", "_search", "_text")

    def __init__(self, pattern: re.Pattern[bytes], flat: bytes, text: str) -> None:
        self._search, self._flat, self._text = pattern.search, flat, text
        self._asked, self._place = len(text) + 1, -1  # from where it was asked, and its answer

    def next(self, start: int, end: int) -> int:
        """The next place in `text[start:end]`, -1 if there is none."""
        if end < len(self._text):
            return self._found(start, end)
        if start < self._asked or 0 <= self._place < start:
            self._asked, self._place = start, self._found(start, end)
        return self._place

    def _found(self, start: int, end: int) -> int:
        search, flat, text = self._search, self._flat, self._text
        while match := search(flat, start, end):
            place = match.start()
            idle = _IDLE.match(text, place, end)
            if idle is None:
                return place
            start = idle.end()
        return -1


class Digits:
    """A text, and where its digits may be a number."""

    __slots__ = ("_two", "_zero")

    def __init__(self, text: str) -> None:
        narrow = text.translate(_NARROW) if any(d in text for d in _FULL_WIDTH) else text
        plain = narrow.encode("ascii", "replace")  # a byte a character
        self._zero = _Gate(_GATE_0, plain.translate(_FLAT), text)
        self._two = _Gate(_GATE_2, plain, text)

    def next(self, start: int, end: int) -> int:
        """Where digits stand in `text[start:end]` that may be a number; -1 if nowhere."""
        zero, two = self._zero.next(start, end), self._two.next(start, end)
        return two if zero < 0 or 0 <= two < zero else zero


def may_hold(text: str) -> bool:
    """Whether a short text may hold a number."""
    return Digits(text).next(0, len(text)) >= 0
