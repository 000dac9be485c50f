"""Days and times of day as pages print them, to OSM `opening_hours`.

Days stand before their times, or behind them where the first times have none before them. Words
beside days or times shut or open them: 节假日除外, 周末照常, 午休12:00-13:00.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise, zip_longest
from typing import Any

from pipelines.context.clock import ClockRules, Range, compile_clock
from pipelines.context.named_days import (
    EVERY_DAY,
    NO_DAYS,
    WEEK,
    Days,
    DayWords,
    NamedDays,
    WeekWords,
    compile_week,
    days_of,
    named_days,
    union,
)
from pipelines.word_patterns import Words, compile_words

# 由原 9:00-17:30 延长为 8:00-20:00: what was, and is no more.
_FORMER = re.compile(
    r"[由从]原?[来本]?的?[\s\d:点时~至到-]{5,20}(?:延长|延長|调整|調整|变更|變更|改|提前|推迟)[为為至到]"
)
_BETWEEN = re.compile(r"\b(between [^,;\n]{1,16}?) and ", re.I)
_STRONG = re.compile(r"\s*(?:[、/&+·]|和|以?及|与|與|或|and|or|dan|và|และ|및|と)\s*", re.I)
_WEAK = re.compile(r"\s*,?\s*(?:and)?\s*", re.I)
_PARTS = re.compile(r"[),;、/。]")
_FEW = 2  # days that a list names one by one: a comma goes on with it
_BESIDE = 6  # characters between times and the days behind them
_LEAD = 14  # characters before days in which a word may shut or open them


@dataclass(frozen=True, slots=True)
class Times:
    """What a text says of when; offsets of the folded text."""

    osm: str
    start: int
    end: int
    first: int  # where the first times stand


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
        places: list[NamedDays | Range] = [*named, *ranges]
        osm = "" if self._is_seasonal(text, ranges) else self._osm(text, named, ranges)
        return Times(osm, min(p.start for p in places), self._end(text, places), ranges[0].start)

    def tells_when(self, text: str) -> bool:
        """Whether a line names days or times."""
        return self.read(text) is not None or any(True for _ in self._named(text))

    def _is_seasonal(self, text: str, ranges: Iterable[Range]) -> bool:
        return any(self.season.search(text, max(0, r.start - _LEAD), r.start) for r in ranges)

    def shut_behind(self, text: str, place: int) -> tuple[str, int]:
        """Days that the words behind a place shut, in OSM syntax, and where those words end."""
        near = (d for d in self._named(text) if 0 <= d.start - place <= _BESIDE)
        shut = [d for d in _joined(text, _apart(near)) if self.shut.says(text, d.start, d.end)]
        return (_list(shut[0].days), self._end(text, shut[:1])) if shut else ("", place)

    def _osm(self, text: str, named: Sequence[NamedDays], ranges: Sequence[Range]) -> str:
        shut = [d for d in named if self.shut.says(text, d.start, d.end)]
        opened = [d for d in named if d not in shut and self.opened.says(text, d.start, d.end)]
        plain = [d for d in named if d not in shut and d not in opened]
        pauses = [r for r in ranges if self.breaks.says(text, r.start, r.end)]
        table = _table(text, [r for r in ranges if r not in pauses], plain)
        more = union(d.days for d in opened)
        if self.all_year.search(text):
            more |= EVERY_DAY | {"PH"}
        table = _opened(_with_pauses(table, pauses), more)
        return _printed(table, self._off(shut, table, plain)) if table else ""

    def _is_of_day(self, text: str, found: Range, named: Sequence[NamedDays]) -> bool:
        """Four digits are a time beside days, or with a unit."""
        gaps = (gap for d in named for gap in (found.start - d.end, d.start - found.end))
        return not self.clock.is_bare(text, found) or any(0 <= gap <= _BESIDE for gap in gaps)

    def _named(self, text: str) -> Iterator[NamedDays]:
        yield from named_days(text)
        for week in self.weeks:
            for match in week.pattern.finditer(text):
                yield NamedDays(*match.span(), week.days(match))
        for row in self.days:
            for match in row.pattern.finditer(text):
                yield NamedDays(*match.span(), row.days, row.is_workday)

    def _off(self, shut: Sequence[NamedDays], table: _Table, plain: Sequence[NamedDays]) -> Days:
        """Days without service: named so, or holidays where workdays are all there is."""
        off = union(d.days for d in shut)
        if len(table) == 1 and any(d.is_workday for d in plain):
            off |= {"PH"}
        return off - {"PH"} if "PH" in union(table) else off

    def _end(self, text: str, places: Sequence[NamedDays | Range]) -> int:
        """Where the statement ends, with the words that shut its last days."""
        last = max(place.end for place in places)
        behind = self.shut.behind.match(text, last) or self.opened.behind.match(text, last)
        return behind.end() if behind else last


_Table = dict[Days, list[Range]]


def _apart(found: Iterable[NamedDays]) -> list[NamedDays]:
    """Days in order of the text; of two that overlap the longer."""
    kept: list[NamedDays] = []
    for days in sorted(found, key=lambda d: (d.start, -d.end)):
        if not kept or days.start >= kept[-1].end:
            kept.append(days)
        elif days.end > kept[-1].end:
            kept[-1] = days
    return kept


def _joined(text: str, named: Iterable[NamedDays]) -> Iterator[NamedDays]:
    """Days that one list names are one: 周六、周日及法定节假日."""
    last: NamedDays | None = None
    for days in named:
        if last is None:
            last = days
        elif _go_together(text[last.end : days.start], last, days):
            is_workday = last.is_workday or days.is_workday
            last = NamedDays(last.start, days.end, last.days | days.days, is_workday)
        else:
            yield last
            last = days
    if last is not None:
        yield last


def _go_together(between: str, first: NamedDays, second: NamedDays) -> bool:
    if _STRONG.fullmatch(between):
        return True
    few = len(first.days) <= _FEW and len(second.days) == 1
    return (few or first.days == second.days) and _WEAK.fullmatch(between) is not None


def _table(text: str, ranges: Sequence[Range], named: Sequence[NamedDays]) -> _Table:
    """The ranges of each set of days, in order of the text."""
    given: dict[Range, Days] = {}
    waiting, leading = list[Range](), NO_DAYS
    all_behind = _take_turns(ranges, named)
    for place, after in _turns(ranges, named):
        if isinstance(place, Range):
            waiting.append(place)
            continue
        behind = waiting and not leading
        behind = behind and (all_behind or _is_behind(text, waiting[-1], place, after))
        given |= dict.fromkeys(waiting, place.days if behind else leading or EVERY_DAY)
        waiting, leading = [], NO_DAYS if behind else place.days
    given |= dict.fromkeys(waiting, leading or EVERY_DAY)
    return {d: [r for r in ranges if given[r] == d] for d in dict.fromkeys(given.values())}


def _turns(
    ranges: Sequence[Range], named: Sequence[NamedDays]
) -> Iterator[tuple[Range | NamedDays, Range | NamedDays | None]]:
    """Times and days as they follow each other, each with what comes after it."""
    places: list[Range | NamedDays] = sorted([*ranges, *named], key=lambda place: place.start)
    return zip_longest(places, places[1:])


def _take_turns(ranges: Sequence[Range], named: Sequence[NamedDays]) -> bool:
    """Each of several times has its days behind it: 8am-8pm weekdays and 9am-5pm at weekends."""
    pairs = list(zip(ranges, named, strict=False))
    ordered = all(r.end <= d.start for r, d in pairs)
    ordered = ordered and all(d.end <= r.start for (_, d), (r, _) in pairwise(pairs))
    return len(ranges) == len(named) > 1 and ordered


def _is_behind(text: str, times: Range, days: NamedDays, after: NamedDays | Range | None) -> bool:
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
    more -= union(table)
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
    grouped = groupby(WEEK, key=days.__contains__)
    runs = [list(run) for is_open, run in grouped if is_open]
    told = [f"{run[0]}-{run[-1]}" if len(run) > _FEW else ",".join(run) for run in runs]
    counted = sorted(day for day in days if "[" in day)
    return ",".join([*told, *counted, *(["PH"] if "PH" in days else [])])


def _blanked(pattern: Words | re.Pattern[str], text: str) -> str:
    """A text of equal length without what a pattern matches."""
    return pattern.sub(lambda match: "\0" * len(match[0]), text)


def _between(text: str) -> str:
    """Between 9am and 5pm is 9am till 5pm."""
    if "etween" not in text:
        return text
    return _BETWEEN.sub(lambda m: f"{m[1]} till", text)


def compile_timetable(table: Mapping[str, Any]) -> TimetableRules:
    """Compiles the rows of `hours.toml` that days and times are read by."""
    return TimetableRules(
        compile_clock(table["clock"]),
        tuple(map(compile_week, table["week"])),
        tuple(
            DayWords(days_of(row["osm"]), compile_words(row["words"], re.I), "workday" in row)
            for row in table["days"]
        ),
        compile_words(table["all_year"]["words"], re.I),
        compile_words(table["season"]["words"], re.I),
        compile_words(table["zone"]["words"], re.I),
        *(_beside(table[name]) for name in ("shut", "opened", "break")),
    )


def _beside(row: Mapping[str, str]) -> Beside:
    return Beside(
        re.compile(f"(?:{row['before']})$", re.I), re.compile(f"(?:{row['behind']})", re.I)
    )
