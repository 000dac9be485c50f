"""Menu keys that a sentence tells further behind a number: 听到欢迎语后按2, press * and then 1."""

from __future__ import annotations

import re
from itertools import pairwise

from pipelines.word_patterns import compile_words

_MAY_TELL = compile_words(
    "按|[选選]|กด|를|을|번|[」』]|press|option|then|tekan|pilih|bấm|nhấn|ấn|nhánh|pindutin", re.I
)
_REACH = 80  # characters behind a number
_OPENS, _CLOSES = r"[\"“‘「『【\[(]?\s?", r"\s?[\"”’」』】\])]?"
_KEY = r"[0-9*#＊＃]{1,2}(?![\d:.,]\d|\d)"
# A word that says to press, then a key; not 按8折, 按3个工作日, 选1年期, press 1 for English.
_PRESS = (
    r"(?<![0-9])按(?:下)?|[选選](?:择|擇)?|กด(?:หมายเลข)?"
    r"|\b(?:press(?:ing)?(?: option| key)?|option|then(?: press)?|tekan(?: angka| tombol)?"
    r"|pilih(?: menu| angka)?|(?:bấm|nhấn|ấn)(?: phím| số)*|nhánh(?: số)?|pindutin ang)"
)
_IS_KEY = r"(?!\s?[年月日天折%个元倍笔次期万位成]|\s?(?:for|untuk|para sa|if)\b)"
# A key, then the word: 「9」を押して, 2번을 누르고.
_PRESSED = r"(?:番(?!号)|번|キー)?\s?(?:を押|を選|をプッシュ|을 누르|을 눌러|을 선택|(?<=번)\))"
_KEYS = re.compile(
    rf"(?:{_PRESS})\s*{_OPENS}(?P<before>{_KEY}){_CLOSES}{_IS_KEY}(?:\s?(?:号|號|番)?(?:键|鍵|キー)?)"
    rf"|{_OPENS}(?P<behind>{_KEY}){_CLOSES}\s?{_PRESSED}"
    rf"|(?:(?<=다시 )|(?<=→ )|(?<=→))(?P<again>{_KEY})번|(?P<first>{_KEY})[」』](?=、続いて)",
    re.I,
)
# What makes of two keys one after the other; without it they are of two lines: 个人按1，企业按2.
_THEN = re.compile(
    r"再|后|後|接着|続いて|다시|แล้ว|\b(?:then|followed by|lalu|kemudian|tapos|sau đó|rồi)\b|^\W*$",
    re.I,
)
_IN_TURN = re.compile("依次(?:按|选择?)(?:下)?\\s?((?:[0-9*#]\\s?[、,，]\\s?)+[0-9*#])(?!\\d)")
_UNTOLD = re.compile("[语語][言种種]|language|bahasa|언어|言語", re.I)  # its key is not told
_OTHER_NUMBER = re.compile(r"\d[\d -]{4,}\d")
# A line that tells the next step: 2. Select option 2; 按0转人工.
_STEP = re.compile(
    r"\s*(?:[*•·-]|[（(]?\d{1,2}[.、)）])?\s*(?:then,? |接着|再|然后|请|請)?"
    r"(?:select|press|choose|dial|直[拨撥]|[拨撥]|按|[选選])",
    re.I,
)
_WIDE = str.maketrans("＊＃", "*#")


def _one_by_one(match: re.Match[str]) -> str:
    """依次按2、1 as 按2再按1."""
    return "再".join(f"按{key}" for key in re.findall("[0-9*#]", match[1]))


def keys_told(text: str, end: int) -> tuple[str, ...]:
    """Keys to press, in order; none where different keys are for different callers.

    Args:
        text: The block of a number.
        end: Where the number ends.
    """
    behind = _IN_TURN.sub(_one_by_one, text[end : end + _REACH])
    if not _MAY_TELL.search(behind):  # as behind most numbers
        return ()
    if other := _OTHER_NUMBER.search(behind):
        behind = behind[: other.start()]
    found = list(_KEYS.finditer(behind))
    if not all(_follows(behind, one, other) for one, other in pairwise(found)):
        return ()
    keys = tuple(key for match in found for key in _keys(match))
    is_whole = any(map(str.isdigit, keys)) and not _UNTOLD.search(behind, 0, found[-1].start())
    return keys if is_whole else ()


def keys_of_step(line: str) -> tuple[str, ...]:
    """Keys that the line below a number tells, if it is the next step and has no number.

    >>> keys_of_step("2. Select option 2 on your keypad"), keys_of_step("2. 转人工 0571-88156688")
    (('2',), ())
    """
    is_step = _STEP.match(line) is not None and not _OTHER_NUMBER.search(line)
    return keys_told(line, 0) if is_step else ()


def _follows(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    """One key is pressed after another: a word between them says so, or begins the second."""
    between = text[one.end() : other.start()]
    return _THEN.search(between) is not None or other[0].casefold().startswith("then")


def _keys(match: re.Match[str]) -> tuple[str, ...]:
    told = next(filter(None, match.groups())).translate(_WIDE)
    return (told,) if told.isdigit() else tuple(told)
