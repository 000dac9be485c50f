"""Days and times of day as pages print them, to OSM `opening_hours`.

Days stand before their times, or behind them where the first times have none before them. Words
beside days or times shut or open them: 节假日除外, 周末照常, 午休12:00-13:00.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, pairwise, zip_longest
from typing import Any

from pipelines.context.clock import ClockRules, Range, compile_clock
from pipelines.word_patterns import Words, compile_words

Days = frozenset[str]
_WEEK = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_EVERY_DAY, _NO_DAYS = frozenset(_WEEK), frozenset[str]()
_ZH = dict(zip("一二三四五六日天1234567", (*_WEEK, "Su", *_WEEK), strict=True))
_CALLED = "每?(?:周|週|星期|礼拜|禮拜)"
_DAYS_ZH = re.compile(
    rf"{_CALLED}[一二三四五六日天1-7](?:(?:\s?[-~至到]\s?(?:{_CALLED})?[一二三四五六日天1-7])"
    rf"|(?:(?:\s?[、/]\s?(?:{_CALLED})?|{_CALLED})[一二三四五六日天]|(?<=六)[日天])+)?(?![点點时時])"
)
# 一至六 10:00: in Hong Kong and Macau without the word for week.
_BARE_ZH = re.compile(r"(?<![\w第])[一二三四五]\s?[-~至到]\s?[二三四五六日](?=\s?(?:\d|上午|早))")
# 由原 9:00-17:30 延长为 8:00-20:00: what was, and is no more.
_FORMER = re.compile(
    r"[由从]原?[来本]?的?[\s\d:点时~至到-]{5,20}(?:延长|延長|调整|調整|变更|變更|改|提前|推迟)[为為至到]"
)
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
_BETWEEN = re.compile(r"\b(between [^,;\n]{1,16}?) and ", re.I)
_STRONG = re.compile(r"\s*(?:[、/&+·]|和|以?及|与|與|或|and|or|dan|và|และ|및|と)\s*", re.I)
_WEAK = re.compile(r"\s*,?\s*(?:and)?\s*", re.I)
_PARTS = re.compile(r"[),;、/。]")
_FEW = 2  # days that a list names one by one: a comma goes on with it
_BESIDE = 6  # characters between times and the days behind them
_LEAD = 14  # characters before days in which a word may shut or open them


@dataclass(frozen=True, slots=True)
class _Days:
    """Days that a text names, with their place."""

    start: int
    end: int
    days: Days
    is_workday: bool = False


@dataclass(frozen=True, slots=True)
class Times:
    """What a text says of when; offsets of the folded text."""

    osm: str
    start: int
    end: int
    first: int  # where the first times stand


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
        known = zip(_WEEK, self.names, strict=True)
        return next(day for day, names in known if names.fullmatch(name))


@dataclass(frozen=True, slots=True)
class Beside:
    """Words before and behind days or times that say the same of them."""

    before: re.Pattern[str]
    behind: re.Pattern[str]

    def says(self, text: str, start: int, end: int) -> bool:
        """Whether one of them stands straight beside a place."""
        if self.behind.match(text, end):
            return True
        return self.before.search(text[max(0, start - _LEAD) : start]) is not None


@dataclass(frozen=True, slots=True)
class TimetableRules:
    """The rows of `hours.toml` that days and times are read by."""

    clock: ClockRules
    weeks: tuple[WeekWords, ...]
    days: tuple[DayWords, ...]
    all_year: Words
    season: Words
    zone: Words
    shut: Beside
    opened: Beside
    breaks: Beside

    def read(self, text: str) -> Times | None:
        """The days and times of a folded text.

        Returns:
            None if it names no times; `osm` is "" if what it says has no place in a timetable.
        """
        text = _between(_blanked(_FORMER, _blanked(self.zone, text)))
        found = list(self.clock.ranges_of(text))
        named = list(_joined(text, _apart(self._named(text)))) if found else []
        ranges = [r for r in found if self._is_of_day(text, r, named)]
        if not ranges:
            return None
        places: list[_Days | Range] = [*named, *ranges]
        osm = "" if self._is_seasonal(text, ranges) else self._osm(text, named, ranges)
        return Times(osm, min(p.start for p in places), self._end(text, places), ranges[0].start)

    def _is_seasonal(self, text: str, ranges: Iterable[Range]) -> bool:
        return any(self.season.search(text, max(0, r.start - _LEAD), r.start) for r in ranges)

    def shut_behind(self, text: str, place: int) -> tuple[str, int]:
        """Days that the words behind a place shut, in OSM syntax, and where those words end."""
        near = (d for d in self._named(text) if 0 <= d.start - place <= _BESIDE)
        shut = [d for d in _joined(text, _apart(near)) if self.shut.says(text, d.start, d.end)]
        return (_list(shut[0].days), self._end(text, shut[:1])) if shut else ("", place)

    def _osm(self, text: str, named: Sequence[_Days], ranges: Sequence[Range]) -> str:
        shut = [d for d in named if self.shut.says(text, d.start, d.end)]
        opened = [d for d in named if d not in shut and self.opened.says(text, d.start, d.end)]
        plain = [d for d in named if d not in shut and d not in opened]
        pauses = [r for r in ranges if self.breaks.says(text, r.start, r.end)]
        table = _table(text, [r for r in ranges if r not in pauses], plain)
        more = _union(d.days for d in opened)
        if self.all_year.search(text):
            more |= _EVERY_DAY | {"PH"}
        table = _opened(_with_pauses(table, pauses), more)
        return _printed(table, self._off(shut, table, plain)) if table else ""

    def _is_of_day(self, text: str, found: Range, named: Sequence[_Days]) -> bool:
        """Four digits are a time beside days, or with a unit."""
        gaps = (gap for d in named for gap in (found.start - d.end, d.start - found.end))
        return not self.clock.is_bare(text, found) or any(0 <= gap <= _BESIDE for gap in gaps)

    def _named(self, text: str) -> Iterator[_Days]:
        yield from _days_of_month(text)
        for match in chain(_DAYS_ZH.finditer(text), _BARE_ZH.finditer(text)):
            yield _Days(*match.span(), _days_zh(match[0]))
        for week in self.weeks:
            for match in week.pattern.finditer(text):
                yield _Days(*match.span(), week.days(match))
        for row in self.days:
            for match in row.pattern.finditer(text):
                yield _Days(*match.span(), row.days, row.is_workday)

    def _off(self, shut: Sequence[_Days], table: _Table, plain: Sequence[_Days]) -> Days:
        """Days without service: named so, or holidays where workdays are all there is."""
        off = _union(d.days for d in shut)
        if len(table) == 1 and any(d.is_workday for d in plain):
            off |= {"PH"}
        return off - {"PH"} if "PH" in _union(table) else off

    def _end(self, text: str, places: Sequence[_Days | Range]) -> int:
        """Where the statement ends, with the words that shut its last days."""
        last = max(place.end for place in places)
        behind = self.shut.behind.match(text, last) or self.opened.behind.match(text, last)
        return behind.end() if behind else last


_Table = dict[Days, list[Range]]


def _apart(found: Iterable[_Days]) -> list[_Days]:
    """Days in order of the text; of two that overlap the longer."""
    kept: list[_Days] = []
    for days in sorted(found, key=lambda d: (d.start, -d.end)):
        if not kept or days.start >= kept[-1].end:
            kept.append(days)
        elif days.end > kept[-1].end:
            kept[-1] = days
    return kept


def _joined(text: str, named: Iterable[_Days]) -> Iterator[_Days]:
    """Days that one list names are one: 周六、周日及法定节假日."""
    last: _Days | None = None
    for days in named:
        if last is None:
            last = days
        elif _go_together(text[last.end : days.start], last, days):
            is_workday = last.is_workday or days.is_workday
            last = _Days(last.start, days.end, last.days | days.days, is_workday)
        else:
            yield last
            last = days
    if last is not None:
        yield last


def _go_together(between: str, first: _Days, second: _Days) -> bool:
    if _STRONG.fullmatch(between):
        return True
    few = len(first.days) <= _FEW and len(second.days) == 1
    return (few or first.days == second.days) and _WEAK.fullmatch(between) is not None


def _table(text: str, ranges: Sequence[Range], named: Sequence[_Days]) -> _Table:
    """The ranges of each set of days, in order of the text."""
    given: dict[Range, Days] = {}
    waiting, leading = list[Range](), _NO_DAYS
    all_behind = _take_turns(ranges, named)
    for place, after in _turns(ranges, named):
        if isinstance(place, Range):
            waiting.append(place)
            continue
        behind = waiting and not leading
        behind = behind and (all_behind or _is_behind(text, waiting[-1], place, after))
        given |= dict.fromkeys(waiting, place.days if behind else leading or _EVERY_DAY)
        waiting, leading = [], _NO_DAYS if behind else place.days
    given |= dict.fromkeys(waiting, leading or _EVERY_DAY)
    return {d: [r for r in ranges if given[r] == d] for d in dict.fromkeys(given.values())}


def _turns(
    ranges: Sequence[Range], named: Sequence[_Days]
) -> Iterator[tuple[Range | _Days, Range | _Days | None]]:
    """Times and days as they follow each other, each with what comes after it."""
    places: list[Range | _Days] = sorted([*ranges, *named], key=lambda place: place.start)
    return zip_longest(places, places[1:])


def _take_turns(ranges: Sequence[Range], named: Sequence[_Days]) -> bool:
    """Each of several times has its days behind it: 8am-8pm weekdays and 9am-5pm at weekends."""
    pairs = list(zip(ranges, named, strict=False))
    ordered = all(r.end <= d.start for r, d in pairs)
    ordered = ordered and all(d.end <= r.start for (_, d), (r, _) in pairwise(pairs))
    return len(ranges) == len(named) > 1 and ordered


def _is_behind(text: str, times: Range, days: _Days, after: _Days | Range | None) -> bool:
    """Whether days that stand behind times are theirs, and not of the times that follow."""
    gap = text[times.end : days.start].strip(" \0")
    if len(gap) > _BESIDE or not isinstance(after, Range):
        return len(gap) <= _BESIDE
    parted = _PARTS.search(text[days.end : after.start]) is not None
    return parted and not _PARTS.search(gap)


def _with_pauses(table: _Table, pauses: Sequence[Range]) -> _Table:
    """The table without pauses; empty if one lies in no range."""
    for said in pauses:
        meant = (said, *said.later())
        held = (p for p in meant if any(r.holds(p) for ranges in table.values() for r in ranges))
        if (pause := next(held, None)) is None:
            return {}
        table = {d: [p for r in ranges for p in _parted(r, pause)] for d, ranges in table.items()}
    return table


def _parted(whole: Range, pause: Range) -> list[Range]:
    if not whole.holds(pause):
        return [whole]
    first = Range(whole.start, whole.end, whole.opens, pause.opens)
    return [first, Range(whole.start, whole.end, pause.closes, whole.closes)]


def _opened(table: _Table, more: Days) -> _Table:
    """The table with days that are open like the others; of several rules like the last."""
    more -= _union(table)
    if not more or not table:
        return table
    *earlier, (days, ranges) = table.items()
    return {**dict(earlier), days | more: ranges}


def _printed(table: _Table, off: Days) -> str:
    rules = [
        f"{_list(days)} {','.join(dict.fromkeys(map(str, ranges)))}"
        for days, ranges in table.items()
    ]
    if rules == ["Mo-Su 00:00-24:00"]:
        return "24/7"
    return "; ".join([*rules, f"{_list(off)} off"] if off else rules)


def _list(days: Days) -> str:
    """Mo-Fr, Sa,Su and PH: three days in a row and more are a range."""
    grouped = groupby(_WEEK, key=days.__contains__)
    runs = [list(run) for is_open, run in grouped if is_open]
    told = [f"{run[0]}-{run[-1]}" if len(run) > _FEW else ",".join(run) for run in runs]
    counted = sorted(day for day in days if "[" in day)
    return ",".join([*told, *counted, *(["PH"] if "PH" in days else [])])


def _union(sets: Iterable[Days]) -> Days:
    return _NO_DAYS.union(*sets)


def _blanked(pattern: Words | re.Pattern[str], text: str) -> str:
    """A text of equal length without what a pattern matches."""
    return pattern.sub(lambda match: "\0" * len(match[0]), text)


def _between(text: str) -> str:
    """Between 9am and 5pm is 9am till 5pm."""
    if "etween" not in text:
        return text
    return _BETWEEN.sub(lambda m: f"{m[1]} till", text)


def _days_of_month(text: str) -> Iterator[_Days]:
    """每月第一个周日, 2nd and 4th Saturdays: days of some weeks of a month."""
    for match in _NTH_ZH.finditer(text) if "第" in text else ():
        weeks = ",".join(str(_COUNTED.index(char) + 1) for char in match[1] if char in _COUNTED)
        yield _Days(*match.span(), frozenset((f"{_ZH[match[2]]}[{weeks}]",)))
    for match in _NTH.finditer(text) if _ENDS.search(text) else ():
        weeks = ",".join(_ORDINALS[word.lower()] for word in _ORDINAL.findall(match[1]))
        yield _Days(*match.span(), frozenset((f"{match[2][:2].title()}[{weeks}]",)))


def _days_zh(words: str) -> Days:
    named = [_ZH[char] for char in words if char in _ZH]
    return _from_to(named[0], named[1]) if re.search("[-~至到]", words) else frozenset(named)


def _from_to(first: str, last: str) -> Days:
    low, high = _WEEK.index(first), _WEEK.index(last)
    return frozenset(_WEEK[low : high + 1] if low <= high else _WEEK[low:] + _WEEK[: high + 1])


def days_of(osm: str) -> Days:
    """The days of a list in OSM syntax: Mo-Fr,PH."""
    parts = (part.partition("-") for part in osm.split(","))
    return _union(_from_to(a, b) if b else frozenset((a,)) for a, _, b in parts)


def compile_timetable(table: Mapping[str, Any]) -> TimetableRules:
    """Compiles the rows of `hours.toml` that days and times are read by."""
    return TimetableRules(
        compile_clock(table["clock"]),
        tuple(map(_week, table["week"])),
        tuple(
            DayWords(days_of(row["osm"]), compile_words(row["words"], re.I), "workday" in row)
            for row in table["days"]
        ),
        compile_words(table["all_year"]["words"], re.I),
        compile_words(table["season"]["words"], re.I),
        compile_words(table["zone"]["words"], re.I),
        *(_beside(table[name]) for name in ("shut", "opened", "break")),
    )


def _week(row: Mapping[str, Any]) -> WeekWords:
    """Short names count as the ends of a range only.

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


def _beside(row: Mapping[str, str]) -> Beside:
    return Beside(
        re.compile(f"(?:{row['before']})$", re.I), re.compile(f"(?:{row['behind']})", re.I)
    )
