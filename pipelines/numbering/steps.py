"""What follows a number: extensions, menu keys, alternatives and ranges."""

from __future__ import annotations

import re

_STEP_WORD = (
    r"(?:(?:转接?|轉接?|接|拨|撥|按)?(?:分机号?|分機號?|内[线線]|內線)"
    r"|转接?|轉接?|接|按|#|ext(?:ension)?\.?|x|loc(?:al)?\.?"
    r"|내선(?:\s?번호)?|(?:กด)?ต่อ|ekst(?:ensi)?\.?|samb(?:ungan)?\.?|nhánh|máy lẻ|số lẻ)"
)
# What a caller hears or does first: 接通后按2, 根据语音提示按3, 人工服务请按0.
_LEAD = (
    r"(?:(?:接通|进入|進入|拨通|撥通|听到?|聽到?|根据|按照?|依)?(?:语音|語音)?(?:提示音?)?(?:之?后|以后|之?後)?[,，]?\s*+"
    r"(?:转?人工(?:服务|客服|坐席)?)?[,，]?\s*+(?:请|請|再|可)?)"
)
_OPENS, _CLOSES = r"[\"“‘「【\[]", r"[\"”’」】\]]"
_KEY = rf"\s*+:?\s*+(?:\"?\d{{1,6}}(?![\d:])|{_OPENS}\s?\d{{1,6}}\s?{_CLOSES})(?:\s*+号?键)?"
# One key or two: 选择1, 再拨2; not 选择1年期, nor 加拨02, which is dialled before a number.
_CHOICE_WORD = r"(?:选择?|選擇?|(?<!加)[拨撥]|→)"
_CHOICE = (
    rf"{_CHOICE_WORD}\s*+(?:\d{{1,2}}(?!\d)|{_OPENS}\s?\d{{1,2}}\s?{_CLOSES})(?:\s*+号?键)?"
    r"(?=\s*+(?:[,，。;；)、|]|$|[转轉进進人])|\s)"
)
# press 2, option 3, press 1 then 3; not press 1 for English, where another key follows.
_PRESS = (
    r"(?:(?:and|then|please)\s++)*(?:(?:press|select|choose)\s++(?:option\s++|key\s++)?|option\s++)"
)
_ENGLISH = rf"(?:{_PRESS}\"?\d{{1,2}}(?!\d)\"?(?!\s*+for\b)|then\s++\d{{1,2}}(?=\s*+(?:[,.;)]|$)))"
_STEPS = re.compile(
    rf"\s*+[,，(]?\s*+{_LEAD}(?:(?:再|后|後|并|然后|,|，)?\s*+"
    rf"(?:{_STEP_WORD}{_KEY}|{_CHOICE}|{_ENGLISH})[\")]?\s*+)+(?![.:点：]?\d)",
    re.I,
)
_ONE_STEP = re.compile(
    rf"(?:{_STEP_WORD}|{_CHOICE_WORD}|{_PRESS}|then)\s*+:?\s*+{_OPENS}?\s?(\d{{1,6}})(?!\d)", re.I
)
_KEYS = re.compile(r"\s?((?:-\d){2,4})(?![\d:]|\s?-\s?\d)")
_DASH = re.compile(r"\s?-\s?(\d{1,6})(?![\d:]|\s?-\s?\d)")
_MORE = re.compile(
    r"\s*(?:/|\\|、|,|，|;|或|和|及|or)\s*(\d{1,8})"
    r"(?![\d:]|\s?[-.]\s?\d| \d{3}|\s?[个個日天小分次年月工点點时時楼层位項项家])"
)
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


def keys_after(text: str, end: int) -> tuple[tuple[str, ...], int]:
    """Menu keys behind a short code, each behind a dash (95188-1-2)."""
    match = _KEYS.match(text, end)
    return (tuple(match[1][1:].split("-")), match.end()) if match else ((), end)


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
