"""What follows a number: extensions, menu keys, alternatives and ranges."""

from __future__ import annotations

import re

_STEP_WORD = (
    r"(?:(?:转接?|轉接?|接|拨|撥|按)?(?:分机号?|分機號?|内线|內線)"
    r"|转接?|轉接?|接|按|#|ext(?:ension)?\.?|x)"
)
_STEPS = re.compile(
    rf"\s*+[,，(]?\s*+(?:(?:再|后|後|并|然后|,|，)?\s*+{_STEP_WORD}\s*[:]?\s*\"?(\d{{1,6}})(?![\d:])(?:\s*号?键)?[\")]?\s*)+"
    r"(?![.:点：]?\d)",
    re.I,
)
_ONE_STEP = re.compile(rf"{_STEP_WORD}\s*[:]?\s*\"?(\d{{1,6}})(?!\d)", re.I)
_DASH = re.compile(r"\s?-\s?(\d{1,6})(?![\d:]|\s?-\s?\d)")
_MORE = re.compile(r"\s*(?:/|、|,|，|;|或|和|及|or)\s*(\d{1,8})(?![\d:]|\s?[-.]\s?\d| \d{3})")
# Two numbers of one area with nothing but space or a bar between them; a date is none.
_SPACED = re.compile(
    r"(?: {1,3}| ?\| ?)((?!20[0-4]\d(?:0[1-9]|1[0-2])[0-3]\d(?!\d))[2-8]\d{6,7})"
    r"(?![\d:.元号-]| (?!1[3-9]\d{9}(?!\d)|[2-8]\d{6,7}(?!\d))\d)"
)
_PAUSE = re.compile(r",(\d{1,6})(?![\d,:]|\s?-\s?\d)")
_TILDE = re.compile(r"\s?[~至]\s?(\d{1,4})(?![\d:])")
MAX_RANGE = 20


def steps_after(text: str, end: int) -> tuple[tuple[str, ...], int]:
    """Extension or menu digits in words (转2转5) behind a number, and where they end."""
    match = _STEPS.match(text, end)
    if match is None:
        return (), end
    stop = match.start() + len(match.group().rstrip(" ,，"))
    return tuple(_ONE_STEP.findall(match.group())), stop


def dash_after(text: str, end: int, longest: int) -> tuple[str, int]:
    """Digits behind a dash (95188-3, 83765566-8012), at most `longest` of them."""
    match = _DASH.match(text, end)
    if match is None or len(match[1]) > longest:
        return "", end
    return match[1], match.end()


def pause_after(text: str, start: int, end: int) -> tuple[str, int]:
    """Digits behind a comma of a dial string (4008861382,2580): the phone waits, then dials."""
    match = _PAUSE.match(text, end) if text[start:end].isdigit() else None
    return (match[1], match.end()) if match else ("", end)


def alternative_after(text: str, end: int, exchange: str) -> tuple[str, int, int] | None:
    """Digits behind a slash, comma, 或 or space (010-65558888/5566) with their span.

    Args:
        exchange: First digit behind the area code. Behind a mere space only a number of the same
            exchange is one: other digits there are codes of places and filings.
    """
    match = _MORE.match(text, end)
    if match is None:
        match = _SPACED.match(text, end)
        if match is None or match[1][0] != exchange:
            return None
    return match[1], match.start(1), match.end(1)


def range_after(text: str, end: int) -> tuple[str, int] | None:
    """The last digits of a range (021-51088880~8) and where they end."""
    match = _TILDE.match(text, end)
    return (match[1], match.end(1)) if match else None


def expand_range(first: str, last: str) -> tuple[str, ...]:
    """All numbers from `first` to the one that ends with `last`, first left out.

    >>> expand_range("51088880", "2")
    ('51088881', '51088882')
    """
    stem, low = first[: -len(last)], first[-len(last) :]
    if not low < last or int(last) - int(low) > MAX_RANGE:
        return ()
    return tuple(f"{stem}{n:0{len(last)}d}" for n in range(int(low) + 1, int(last) + 1))
