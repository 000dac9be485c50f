"""Ranges of times of day: 9:00-18:00, 上午9点半至下午6点, 9am to 6pm, 早上九点到晚上六点."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_COUNT = "一二三四五六七八九十"
_HOUR = rf"\d{{1,2}}|[{_COUNT}两兩]{{1,3}}(?=\s?[点點时時])|midnight|noon"
_MINUTES = rf"半|반|\d{{2}}|[{_COUNT}]{{1,3}}(?=分)"
_MARK = r"[:.点點时時시]|h(?![a-zà-ỹ])|giờ"
# 0900-1800; so are parts of numbers written: it counts beside days, or with its unit only.
_FOUR = r"([01]\d|2[0-4])([0-5]\d)"
_UNIT = r"\s?(?:hours|hrs?|h)?"
# The search for ranges is dear: this is what both ends of one are written with.
_CLOCK = re.compile(
    rf"[\d{_COUNT}]\s?(?:{_MARK}|[ap]\.?m|[a-zà-ỹ]{{4}}|in the |at n)|[ap]m\s?\d|早\d", re.I
)
_NAMED = {"midnight": 24, "noon": 12}
_LATE = ("late", "night")
_AT_TWELVE = {"early": 0, "night": 24, "midnight": 24}
_MORNING = 7  # o'clock: nobody opens earlier in 1-5pm


@dataclass(frozen=True, slots=True)
class Range:
    """Times of day at which something opens and closes, with their place in the text."""

    start: int
    end: int
    opens: str
    closes: str

    def __str__(self) -> str:
        return f"{self.opens}-{self.closes}"

    def holds(self, other: Range) -> bool:
        """Whether another range lies inside this one."""
        return self.opens < other.opens < other.closes < self.closes

    def later(self) -> Iterator[Range]:
        """What else may be meant by hours of half a day: 12:00-1:00, lunch 1-2."""
        opens, closes = (f"{int(t[:2]) + 12:02d}{t[2:]}" for t in (self.opens, self.closes))
        yield Range(self.start, self.end, self.opens, closes)
        yield Range(self.start, self.end, opens, closes)


@dataclass(frozen=True, slots=True)
class _Time:
    """One end of a range; `half` is what is said of the day beside it."""

    half: str
    hour: int
    minutes: str

    def clock(self, *, is_late: bool) -> str:
        hour = self.hour + 12 if is_late and self.hour < 12 else self.hour
        if hour == 12:
            hour = _AT_TWELVE.get(self.half, 12)
        return f"{hour:02d}:{self.minutes}"


@dataclass(frozen=True, slots=True)
class ClockRules:
    """The compiled row `clock` of `hours.toml`."""

    range: re.Pattern[str]
    four_digits: re.Pattern[str]
    halves: Mapping[str, str]  # word, in small letters → the kind of its row
    written: re.Pattern[str]

    def ranges_of(self, text: str) -> list[Range]:
        """The ranges of times of day in a folded text, in its order."""
        found = [self._range(m) for m in self.range.finditer(text)] if _CLOCK.search(text) else []
        four = [
            Range(m.start(), m.end(), f"{m[1]}:{m[2]}", f"{m[3]}:{m[4]}")
            for m in self.four_digits.finditer(text)
        ]
        return sorted([*filter(None, found), *four], key=lambda one: one.start)

    def is_bare(self, text: str, found: Range) -> bool:
        """Whether a range is eight digits without a word that they are hours."""
        match = self.four_digits.match(text, found.start, found.end)
        return match is not None and not match[5].strip()

    def _range(self, match: re.Match[str]) -> Range | None:
        """Both ends are times of day and at least one is written as one (9:00, 9点, 9am)."""
        opens, closes = self._time(match, 1), self._time(match, 5)
        if not self.written.search(match[0]) or opens.hour > 24 or closes.hour > 30:
            return None
        is_late = opens.half in _LATE
        if not opens.half and match[8] and closes.half in _LATE and closes.hour < 12:  # 1-5pm
            is_late = opens.hour < min(closes.hour, _MORNING)
        first = opens.clock(is_late=is_late).replace("24:00", "00:00")
        last = closes.clock(is_late=closes.half in _LATE or _is_late_too(opens, closes, first))
        if last == "00:00" and closes.half != "next":
            last = "24:00"
        return Range(match.start(), match.end(), first, last)

    def _time(self, match: re.Match[str], group: int) -> _Time:
        before, hour, minutes, behind = (match[group + place] or "" for place in range(4))
        return _Time(
            self.halves.get((behind or before).lower().replace(".", ""), ""),
            _counted(hour.lower()),
            "30" if minutes in ("半", "반") else f"{_counted(minutes or '0'):02d}",
        )


def _is_late_too(opens: _Time, closes: _Time, first: str) -> bool:
    """下午2:00-6:00: both are in the afternoon; 晚上8点-2点 is not."""
    by_day = opens.half in (*_LATE, "noon") and not closes.half
    return by_day and f"{closes.hour + 12:02d}:{closes.minutes}" > first


def _counted(words: str) -> int:
    """An hour or minutes: 21, 二十一."""
    if words.isdigit() or words in _NAMED:
        return _NAMED.get(words) or int(words)
    tens, ten, ones = words.replace("两", "二").replace("兩", "二").rpartition("十")
    one = _COUNT.find(ones) + 1 if ones else 0
    return (10 * (_COUNT.find(tens) + 1 if tens else 1) if ten else 0) + one


def compile_clock(row: Mapping[str, Any]) -> ClockRules:
    """Compiles the row.

    >>> clock = compile_clock({"to": "-", "early": ["上午"], "late": ["下午"]})
    >>> [str(r) for r in clock.ranges_of("上午9点-12点，下午2:00-6:00")]
    ['09:00-12:00', '14:00-18:00']
    """
    kinds = ("early", "late", "night", "noon", "midnight", "next")
    halves = {word: kind for kind in kinds for word in row.get(kind, ())}
    words = "|".join(sorted(map(re.escape, halves), key=len, reverse=True))
    half = rf"(?<![a-zà-ỹ])(?:{words}|[ap]\.m\.)(?![a-zà-ỹ])"
    time = rf"({half})?\s?({_HOUR})\s?(?:(?:{_MARK})\s?({_MINUTES})?(?:[分분]|正|整)?)?\s?({half})?"
    to = rf"\s?(?:{row['to']})\s?"
    return ClockRules(
        re.compile(rf"(?<![\d\-]){time}{to}{time}(?![\d\-]|:\d|[年月日号號]|(?<![:.]\d\d)/)", re.I),
        re.compile(rf"(?<![\d-]){_FOUR}{_UNIT}{to}{_FOUR}({_UNIT})(?![\d-])", re.I),
        halves,
        re.compile(
            rf"[:点點时時시]|\d\d\.\d\d|\dh\d\d|\d\s?giờ|\d\s?(?:{half})|(?:{half})\s?\d", re.I
        ),
    )
