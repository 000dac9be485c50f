"""Folding: one spelling for the characters that numbers are written with, offsets kept."""

from __future__ import annotations

import re
from functools import lru_cache

from pipelines.frozen import dataclass

_ZERO_WIDTH = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d\u2500\ufe63\u2043"
_SPACES = (
    "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t"
)
_SHORT = 2000  # characters of a block that is kept folded; longer ones are folded in parts
_PLAIN = {
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys(_SPACES, " "),
    **dict.fromkeys("・•", "·"),
    **dict.fromkeys("∶︰﹕", ":"),
    **dict.fromkeys("～〜", "~"),
    "〔": "[",
    "〕": "]",
}
_LONG = "ー"  # a dash beside a digit only: フリーダイヤル：0120ー262ー633
# The commonest are replaced at once, one by one; of the others a text has few, and each is asked
# for: faster than `str.translate`, in parts, since each of them costs memory until it is done.
_COMMON = "，：（）；\u3000"
_SPELLED = re.compile(f"[{re.escape(''.join(_PLAIN))}{_LONG}]")
_DIGIT = re.compile("[0-9０-９]")


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; `origin[i]` is where folded character i stands in the original."""

    text: str
    origin: tuple[int, ...] | None  # None: same offsets

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original span of a folded one, with nothing of its neighbours."""
        if self.origin is None:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1


def fold(text: str) -> Folded:
    """Maps full-width forms, dashes and spaces to ASCII and drops zero-width characters.

    >>> fold("４００－1").text
    '400-1'
    """
    return _fold_short(text) if len(text) <= _SHORT else _fold(text)


def fold_part(text: str, start: int, end: int) -> str:
    """`fold(text[start:end]).text`, for the many parts of one block: it is folded once."""
    whole = _fold_short(text) if len(text) <= _SHORT else None
    if whole is None or whole.origin is not None:
        return fold(text[start:end]).text
    return whole.text[start:end]


def _fold(text: str) -> Folded:
    if text.isascii() and "\t" not in text:
        return Folded(text, None)
    folded = "".join([_plain(text[i : i + _SHORT]) for i in range(0, len(text), _SHORT)])
    if not _ZERO_WIDTH.search(folded):
        return Folded(folded, None)
    kept = tuple(i for i, char in enumerate(folded) if not _ZERO_WIDTH.match(char))
    return Folded("".join(folded[i] for i in kept), kept)


def _plain(text: str) -> str:
    for char in _COMMON:
        text = text.replace(char, _PLAIN[char])
    return _SPELLED.sub(_replaced, text)


def _replaced(match: re.Match[str]) -> str:
    if match[0] != _LONG:
        return _PLAIN[match[0]]
    beside = match.string[max(0, match.start() - 1) : match.end() + 1]
    return "-" if _DIGIT.search(beside) else _LONG


_fold_short = lru_cache(maxsize=64)(_fold)
