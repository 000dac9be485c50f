"""Service hours: page words to OSM `opening_hours`, validated before they are believed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import opening_hours

from pipelines.model import Block
from pipelines.numbering.fold import fold, fold_part
from pipelines.word_patterns import compile_words

_DAY = {
    "一": "Mo",
    "二": "Tu",
    "三": "We",
    "四": "Th",
    "五": "Fr",
    "六": "Sa",
    "日": "Su",
    "天": "Su",
}
_EN = {"mon": "Mo", "tue": "Tu", "wed": "We", "thu": "Th", "fri": "Fr", "sat": "Sa", "sun": "Su"}
_PART = r"(?:上午|早上|早晨|早|下午|晚上|晚|中午|凌晨|次日凌晨|次日|翌日|am|pm)"
_TIME = (
    rf"({_PART})?\s?(\d{{1,2}})\s?(?:[:.点點时時]\s?(半|\d{{2}})?(?:分)?)?\s?(am|pm|a\.m\.|p\.m\.)?"
)
_TO = r"\s?(?:-{1,2}|~|至|到|to)\s?"
_RANGE = re.compile(rf"(?<![\d\-]){_TIME}{_TO}{_TIME}(?![\d\-])", re.I)
_DAYS_ZH = re.compile(
    r"(?:周|週|星期|礼拜)([一二三四五六日天])(?:\s?(?:-|~|至|到|、)\s?(?:周|週|星期|礼拜)?([一二三四五六日天]))?"
)
_DAYS_EN = re.compile(
    r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*(?:\s?(?:-|to|through)\s?(mon|tue|wed|thu|fri|sat|sun)[a-z]*)?",
    re.I,
)
_NUMBER = re.compile(r"(?<!\d)(?<!\d:)(?:\d[\d ()-]{5,}\d|9[56]\d{3,4}|1[012]\d{3})(?![\d:])")
_LOOK_BACK = 300  # characters before a number in which another one takes its hours
_REACH = 90  # characters behind (or before) a number in which its hours may stand
_CHANNEL = 12  # characters between the words for a channel and its hours
# Without one of these no text says when a line is staffed.
_MAY_SAY = re.compile("[0-9０-９]|时间|時間|全天|ตลอด")
# A time of day as both ends of a range are written; the search for ranges is dear.
_CLOCK = re.compile(r"\d\s?(?:[:.点點时時]|[ap]\.?m)", re.I)
_LATE = ("下午", "晚上", "晚", "pm")
_NEXT = ("次日", "次日凌晨", "翌日", "凌晨")


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours as printed and in OSM syntax; `approx` where OSM cannot say what the page says."""

    raw: str = ""
    osm: str = ""
    approx: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class HoursRules:
    """The compiled table `hours.toml`."""

    always: re.Pattern[str]
    days: tuple[tuple[str, re.Pattern[str]], ...]
    off: re.Pattern[str]
    rest: re.Pattern[str]
    holidays: re.Pattern[str]
    machine: re.Pattern[str]
    person: re.Pattern[str]
    unstated: re.Pattern[str]

    def of(self, block: Block, start: int, end: int) -> Hours:
        """Hours of the number at a place: behind it, else before it if they lead the block.

        They belong to the nearest number before them (domain.md E3), so the search stops at
        the next number, and looks before only where no number stands there.
        """
        return self._best(text for text in _texts(block, start, end) if _MAY_SAY.search(text))

    def _best(self, texts: Iterable[str]) -> Hours:
        """The first hours that OSM can say, else the first that are printed."""
        printed = Hours()
        for text in texts:
            hours = _read(self, text)
            if hours.osm:
                return hours
            printed = printed if printed.raw else hours
        return printed

    def read(self, text: str) -> Hours:
        """Hours in a piece of text that belongs to one number; empty where it has none."""
        flat = fold(text).text.replace("\n", " ")
        ranges = [m for m in _RANGE.finditer(flat) if _is_clock(m)] if _CLOCK.search(flat) else []
        always = self.always.search(flat)
        if not ranges:
            return Hours(always.group().strip(), "24/7") if always else self._unstated(flat)
        spans = self._day_spans(flat)
        osm = self._osm(flat, ranges, spans)
        if always and (both := self._both(flat, always.start(), ranges[0].start(), osm)):
            return Hours(flat[: ranges[-1].end()].strip()[-120:], both)
        starts = [m.start() for m in ranges] + [start for start, _, _ in spans]
        ends = [m.end() for m in ranges] + [m.end() for m in self.off.finditer(flat)]
        raw = flat[min(starts) : max(ends)].strip()[:120]
        return Hours(raw, osm, "PH" in osm or "Mo-Fr" in osm) if is_valid(osm) else Hours(raw)

    def _unstated(self, text: str) -> Hours:
        """Words that speak of hours and name none: 正常工作时间."""
        match = self.unstated.search(text)
        return Hours(match.group()) if match else Hours()

    def _both(self, text: str, always: int, timed: int, osm: str) -> str:
        """Hours of a machine that answers all day and of people who do not, or ""."""
        machine = self.machine.search(text, max(0, always - _CHANNEL), always)
        person = self.person.search(text, max(0, timed - _CHANNEL), timed)
        if machine is None or person is None:
            return ""
        both = f'24/7 "{machine.group()}" || {osm} "{person.group()}"'
        return both if is_valid(both) else ""

    def _osm(
        self, text: str, ranges: list[re.Match[str]], spans: list[tuple[int, int, str]]
    ) -> str:
        grouped: dict[str, list[str]] = {}
        for match in ranges:
            days = [osm for start, _, osm in spans if start < match.start()]
            after = [osm for start, _, osm in spans if match.end() <= start <= match.end() + 6]
            day = days[-1] if days else after[0] if after else "Mo-Su"
            grouped.setdefault(day, []).append(_span_of(match))
        if self.holidays.search(text) and "Mo-Su" in grouped:
            grouped = {("Mo-Su,PH" if d == "Mo-Su" else d): t for d, t in grouped.items()}
        rules = [f"{day} {','.join(dict.fromkeys(times))}" for day, times in grouped.items()]
        if rules == ["Mo-Su 00:00-24:00"]:
            return "24/7"
        off = self.off.search(text) or (len(grouped) == 1 and "工作日" in text)
        free = ["PH"] if off else []
        if rest := self.rest.search(text):
            free = ["Sa,Su" if re.search("[日天末/]", rest.group()[1:]) else "Sa", *free]
        return "; ".join([*rules, f"{','.join(free)} off"] if free else rules)

    def _day_spans(self, text: str) -> list[tuple[int, int, str]]:
        found = [(m.start(), m.end(), _zh_days(m)) for m in _DAYS_ZH.finditer(text)]
        found += [(m.start(), m.end(), _en_days(m)) for m in _DAYS_EN.finditer(text)]
        off = [m.span() for p in (self.off, self.rest) for m in p.finditer(text)]
        found = [span for span in found if not any(a <= span[0] < b for a, b in off)]
        for osm, pattern in self.days:
            for match in pattern.finditer(text):
                inside = any(a <= match.start() < b for a, b in off)
                taken = any(a <= match.start() < b for a, b, _ in found)
                if not inside and not taken:
                    found.append((match.start(), match.end(), osm))
        return sorted(found)


@lru_cache(maxsize=512)
def _read(rules: HoursRules, text: str) -> Hours:
    """The pages of a site share their foot: what stands there is read once."""
    return rules.read(text)


def _texts(block: Block, start: int, end: int) -> Iterator[str]:
    """Where the hours of a number may stand, nearest first."""
    tail = fold_part(block.text, end, end + _REACH)
    near = _upto_number(tail)
    yield near
    if near == tail and len(block.text) <= end + _REACH:
        yield f"{tail}\n{_lines_without_number(fold(block.after).text)}"
    if not _NUMBER.search(fold_part(block.text, max(0, start - _LOOK_BACK), start)):
        yield fold_part(block.text, max(0, start - _REACH), start)


def _upto_number(text: str) -> str:
    match = _NUMBER.search(text)
    return text[: match.start()] if match else text


def _lines_without_number(text: str) -> str:
    lines = text.split("\n")
    stop = next((i for i, line in enumerate(lines) if _NUMBER.search(line)), len(lines))
    return "\n".join(lines[:stop])


def compile_hours(table: Mapping[str, Any]) -> HoursRules:
    """Compiles the table."""
    return HoursRules(
        compile_words(table["always"]["words"], re.I),
        tuple((row["osm"], compile_words(row["words"], re.I)) for row in table["days"]),
        compile_words(table["off"]["words"], re.I),
        compile_words(table["rest"]["words"]),
        compile_words(table["holidays"]["words"]),
        compile_words(table["channels"]["machine"]),
        compile_words(table["channels"]["person"]),
        compile_words(table["unstated"]["words"]),
    )


@lru_cache(maxsize=1024)
def is_valid(osm: str) -> bool:
    """Whether an expression is OSM opening_hours."""
    return bool(osm) and bool(opening_hours.validate(osm))


def _is_clock(match: re.Match[str]) -> bool:
    """Both ends are times of day and at least one is written as one (9:00, 9点, 9am)."""
    hours = int(match[2]), int(match[6])
    written = re.search(r"[:点點时時]|[ap]\.?m|\d\d\.\d\d", match.group(), re.I)
    return bool(written) and hours[0] <= 24 and hours[1] <= 30


def _span_of(match: re.Match[str]) -> str:
    start = _clock(match[1], match[2], match[3], match[4], after="")
    end = _clock(match[5], match[6], match[7], match[8], after=start)
    return f"{start}-{end}"


def _clock(part: str | None, hour: str, minute: str | None, suffix: str | None, after: str) -> str:
    value = int(hour)
    half = (part or "").lower(), (suffix or "").replace(".", "").lower()
    if value < 12 and ("pm" in half or half[0] in _LATE):
        value += 12
    minutes = "30" if minute == "半" else minute or "00"
    clock = f"{value:02d}:{minutes}"
    return "24:00" if after and clock == "00:00" and half[0] not in _NEXT else clock


def _zh_days(match: re.Match[str]) -> str:
    first = _DAY[match[1]]
    return f"{first}-{_DAY[match[2]]}" if match[2] and _DAY[match[2]] != first else first


def _en_days(match: re.Match[str]) -> str:
    first = _EN[match[1].lower()]
    return f"{first}-{_EN[match[2].lower()]}" if match[2] else first
