"""Days as pages name them: weekdays in Chinese, weeks in other languages, days of some weeks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from pipelines.word_patterns import Words, compile_words

Days = frozenset[str]
WEEK = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
EVERY_DAY, NO_DAYS = frozenset(WEEK), frozenset[str]()
_ZH = dict(zip("一二三四五六日天1234567", (*WEEK, "Su", *WEEK), strict=True))
_CALLED = "每?(?:周|週|星期|礼拜|禮拜)"
_DAYS_ZH = re.compile(
    rf"{_CALLED}[一二三四五六日天1-7](?:(?:\s?[-~至到]\s?(?:{_CALLED})?[一二三四五六日天1-7])"
    rf"|(?:(?:\s?[、/]\s?(?:{_CALLED})?|{_CALLED})[一二三四五六日天]|(?<=六)[日天])+)?(?![点點时時])"
)
# 一至六 10:00: in Hong Kong and Macau without the word for week.
_BARE_ZH = re.compile(r"(?<![\w第])[一二三四五]\s?[-~至到]\s?[二三四五六日](?=\s?(?:\d|上午|早))")
_COUNTED = "一二三四五"  # days of some weeks of a month
_NTH_ZH = re.compile(
    rf"(?:每个?月)?(第[{_COUNTED}](?:个?[、和及]第?[{_COUNTED}])*)个?(?:周|星期)([一二三四五六日天])"
)
_ORDINALS = {
    "1st": "1", "2nd": "2", "3rd": "3", "4th": "4", "5th": "5",
    "first": "1", "second": "2", "third": "3", "fourth": "4", "last": "-1",
}  # fmt: skip
_ORDINAL = re.compile("|".join(_ORDINALS), re.I)
_NTH = re.compile(
    rf"\b((?:(?:{_ORDINAL.pattern})[\s,&/]*(?:and\s)?)+)"
    r"(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:days?)?(?: of (?:the|each|every) month)?",
    re.I,
)
_ENDS = re.compile("[snrtSNRT][tdhTDH][ ,&/]")  # of ordinals, first, 2nd, 4th: most texts have none


@dataclass(frozen=True, slots=True)
class NamedDays:
    """Days that a text names, with their place."""

    start: int
    end: int
    days: Days
    is_workday: bool = False


@dataclass(frozen=True, slots=True)
class DayWords:
    """One row of the table: words for days."""

    days: Days
    pattern: Words
    is_workday: bool


@dataclass(frozen=True, slots=True)
class WeekWords:
    """One row of the table: the names of the days in a language, as words."""

    names: tuple[re.Pattern[str], ...]
    pattern: Words

    def days(self, match: re.Match[str]) -> Days:
        """What a match of the pattern names."""
        first, last, alone = match.groups()
        return frozenset((self._day(alone),)) if alone else _from_to(*map(self._day, (first, last)))

    def _day(self, name: str) -> str:
        known = zip(WEEK, self.names, strict=True)
        return next(day for day, names in known if names.fullmatch(name))


def named_days(text: str) -> Iterator[NamedDays]:
    """Days that a text names in Chinese or counts in a month, whatever the language."""
    yield from _days_of_month(text)
    for match in chain(_DAYS_ZH.finditer(text), _BARE_ZH.finditer(text)):
        yield NamedDays(*match.span(), _days_zh(match[0]))


def _days_of_month(text: str) -> Iterator[NamedDays]:
    """每月第一个周日, 2nd and 4th Saturdays: days of some weeks of a month."""
    for match in _NTH_ZH.finditer(text) if "第" in text else ():
        weeks = ",".join(str(_COUNTED.index(char) + 1) for char in match[1] if char in _COUNTED)
        yield NamedDays(*match.span(), frozenset((f"{_ZH[match[2]]}[{weeks}]",)))
    for match in _NTH.finditer(text) if _ENDS.search(text) else ():
        weeks = ",".join(_ORDINALS[word.lower()] for word in _ORDINAL.findall(match[1]))
        yield NamedDays(*match.span(), frozenset((f"{match[2][:2].title()}[{weeks}]",)))


def _days_zh(words: str) -> Days:
    named = [_ZH[char] for char in words if char in _ZH]
    return _from_to(named[0], named[1]) if re.search("[-~至到]", words) else frozenset(named)


def _from_to(first: str, last: str) -> Days:
    low, high = WEEK.index(first), WEEK.index(last)
    return frozenset(WEEK[low : high + 1] if low <= high else WEEK[low:] + WEEK[: high + 1])


def days_of(osm: str) -> Days:
    """The days of a list in OSM syntax: Mo-Fr,PH."""
    parts = (part.partition("-") for part in osm.split(","))
    return union(_from_to(a, b) if b else frozenset((a,)) for a, _, b in parts)


def union(sets: Iterable[Days]) -> Days:
    """All days of some sets."""
    return NO_DAYS.union(*sets)


def compile_week(row: Mapping[str, Any]) -> WeekWords:
    """Compiles the names of the days in a language; short ones count as ends of a range only.

    `glued` tells of languages that write no spaces: which names need none around them.
    """
    names, glued = row["names"], row.get("glued", "")
    shorts = row.get("short", names)
    either = [f"{name}|{short}" for name, short in zip(names, shorts, strict=True)]
    long, any_name = "|".join(names), "|".join(either)
    begin = rf"(?:(?<!\w)|(?={long}))" if glued else r"(?<!\w)"
    last = rf"({long}|(?:{'|'.join(shorts)})(?!\w))" if glued else rf"({any_name})(?!\w)"
    alone = f"({long})" if glued == "any" else rf"(?<!\w)({long})(?!\w)\.?"
    pattern = rf"{begin}({any_name})\.?\s?(?:{row['to']})\s?{last}|{alone}"
    return WeekWords(tuple(re.compile(name, re.I) for name in either), compile_words(pattern, re.I))
