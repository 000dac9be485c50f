"""Service hours: page words to OSM `opening_hours`, validated before they are believed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, takewhile
from typing import Any

import opening_hours

from pipelines.context.columns import ColumnRules, compile_columns
from pipelines.context.statements import BULLETS, title_of
from pipelines.context.timetable import Times, TimetableRules, compile_timetable
from pipelines.frozen import dataclass
from pipelines.model import Block
from pipelines.numbering.fold import fold, fold_part
from pipelines.word_patterns import Words, compile_words, literals

# Digits of a number; 0900-1800 are times. The engine looks for a digit by itself, so that what
# has to be asked of the first is asked behind it, looking back.
_TIMES = r"[01]\d[0-5]\d\s?(?:hrs?)?\s?-\s?[012]\d[0-5]\d(?!\d)"
_NUMBER = re.compile(
    rf"\d(?<!\d\d)(?<!\d:\d)(?<=(?!{_TIMES})\d)"
    r"(?:(?<=(?=(?:\d[ ()-]*+){6})\d)[\d ()-]{5,}\d|(?<=9)[56]\d{3,4}|(?<=1)[012]\d{3})(?![\d:])"
)
_ALSO = re.compile(r"(?:\s?(?:/|、|或者?|和|及)\s?[(\d][\d ()-]{5,}\d(?![\d:]))+")
_LOOK_BACK = 300  # characters before a number in which another one takes its hours
_REACH = 90  # characters behind (or before) a number in which its hours may stand
_REST = 60  # and the end of the sentence: one that is cut loses days
_ENDS = re.compile(r"[。；;\n]|(?<=[a-z])\.(?= )")
_WORD_ENDS = re.compile(r"\s|$")
_BEFORE = 200  # the same before it, where times stand there: a statement that is cut loses days
_TIME = re.compile(r"\d\s?[:.点點时時h]")
_ABOVE = 5  # lines above a number that are asked for another one
_LABEL = 12  # characters of a line that only names a line
_SENTENCES = re.compile(r"[;。\n]|(?<=[a-z])\. |, (?=전화|電話|tel|phone)", re.I)
_CHANNEL = 12  # characters between the words for a channel and its hours
_CLAUSES = re.compile("[;；。]")
_PHRASES = re.compile(r"[,，、。;:|/()\n]|\s{2}")
_STOPS = re.compile(r"[。;](?!$)|(?<=[a-z])\. (?=[A-Z])")
_CALLED = 32  # characters of what a line is called
# Without one of these, or words for all day, no text says when a line is staffed.
_MAY_SAY = re.compile("[0-9０-９点點]|[时時][间間至到]")


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours as printed and in OSM syntax; `approx` where OSM cannot say what the page says."""

    raw: str = ""
    osm: str = ""
    approx: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class HoursRules:
    """The compiled table `hours.toml`."""

    always: Words
    timetable: TimetableRules
    machine: Words
    person: Words
    unstated: Words
    above: Words
    others: Words  # channels beside the telephone
    elsewhere: Words  # the same, where a sentence tells their hours
    fields: re.Pattern[str]  # lines between a number and its hours that have none
    shops: re.Pattern[str]  # behind an address, the hours of a shop
    columns: ColumnRules
    called: Words  # a telephone line
    called_says: re.Pattern[str]  # one of these is in the name of one for day and night

    def of(self, block: Block, start: int, end: int) -> Hours:
        """Hours of the number at a place: behind it, else before it if they lead the block.

        They belong to the nearest number before them (domain.md E3), so the search stops at
        the next number, and looks before only where no number stands there.
        """
        texts = chain(self._texts(block, start, end), self._above(block, start))
        return self._best(t for t in texts if t and (_MAY_SAY.search(t) or self.always.search(t)))

    def begins(self, line: str) -> bool:
        """Whether a line begins with the words for hours: 服务时间：…"""
        return self.above.match(line) is not None

    def _texts(self, block: Block, start: int, end: int) -> Iterator[str]:
        """Where the hours of a number may stand, nearest first."""
        tail = _behind(block.text, end)
        tail = tail[end_of_list(tail) :]
        near = upto_number(tail)
        if called := self._all_day(block.text[max(0, start - _REACH) : start]):
            yield _CLAUSES.split(near)[0]
            yield called
        yield near
        if block.left or block.right:
            yield self.columns.said(block, lambda text: _read(self, text).osm)
        if near == tail and len(block.text) <= end + _REACH:
            below = self._until_others(_lines_without_number(fold(block.after).text))
            if block.table:
                yield f"{tail}\n{_own_row(below)}"
            yield f"{tail}\n{below}"
            yield self._behind_fields(block)
        if not _follows_number(block, start):
            yield self._of_telephone(_before(block.text, start))
            yield _left(block.row_header)
        elif _CLAUSES.search(before := block.text[max(0, start - _REACH) : start]):
            yield _own_clause(fold(before).text)
        yield self._all_day(block.before)
        yield self._all_day(title_of(block.heading))

    def _until_others(self, below: str) -> str:
        """The lines below a number up to one about what is no telephone: 网点营业时间：…"""
        if not self.elsewhere.search(below):  # as below most numbers
            return below
        lines = below.split("\n")
        return "\n".join(takewhile(lambda line: not self._is_others(line), lines))

    def _behind_fields(self, block: Block) -> str:
        """The hours below lines that have none of their own: 邮箱：…, 地址：…"""
        below = (block.after if block.table else block.below).lstrip()
        if not self.fields.match(below):  # as below most numbers
            return ""
        said = [line for line in fold(below).text.split("\n") if line.strip()]
        fields = list(takewhile(self._is_field, said))
        rest = said[len(fields) :]
        if not fields or not rest or not self.above.match(rest[0].strip()):
            return ""
        is_shop = "址" in fields[-1] and self.shops.search(rest[0])
        return "" if is_shop else "\n".join(rest[:2])

    def _is_field(self, line: str) -> bool:
        return self.fields.match(line) is not None and not self.above.match(line.strip())

    def _is_others(self, line: str) -> bool:
        is_machine = self.machine.search(line, 0, _LABEL)  # which answers the telephone, too
        return not is_machine and self.elsewhere.search(line, 0, _LABEL) is not None

    def _all_day(self, before: str) -> str:
        """The words that call a number the line for day and night, where they end a text."""
        end = before[-_CALLED:]
        if self.called_says.search(end) is None:  # as before most numbers
            return ""
        called = _PHRASES.split(fold(end).text.rstrip(" :(\n"))[-1]
        said = self.always.search(called)
        return called if said and self.called.search(called, said.end()) else ""

    def _of_telephone(self, before: str) -> str:
        """The text before a number without the sentences that tell hours of something else."""
        if not self.elsewhere.search(before):  # as before most numbers
            return before
        *earlier, last = _SENTENCES.split(before)
        kept = [sentence for sentence in earlier if not self.elsewhere.search(sentence)]
        return before if len(kept) == len(earlier) else "; ".join([*kept, last])

    def _above(self, block: Block, start: int) -> Iterator[str]:
        """Lines above that say that they tell hours, if none before them has a number."""
        above = _without_label(block.before).rstrip()
        said = [line for line in above.split("\n") if line.strip()][-_ABOVE:]
        if said and (always := self._ends_all_day(said[-1])):
            yield always
        head = self._head_of_hours(said)
        if head is None:  # as on most pages: nothing else is asked of them
            return
        lines = [fold(line).text for line in said]
        taken = any(map(_NUMBER.search, lines)) or _follows_number(block, start)
        others = any(map(self.others.search, lines[max(0, head - 1) : head + 2]))
        if not taken and not others:
            yield "\n".join(lines[head:])

    def _ends_all_day(self, line: str) -> str:
        """The words for day and night that end the line above a list: … Services 24/7:"""
        line = fold(line).text.rstrip() if line.rstrip().endswith((":", "：")) else ""
        said = list(self.always.finditer(line)) if line else []
        return said[-1].group() if said and not line[said[-1].end() :].strip(" :)") else ""

    def _head_of_hours(self, lines: Sequence[str]) -> int | None:
        """Which line says that it tells hours, or that the lines below it do."""
        heads = (n for n in range(len(lines) - 1, -1, -1) if self._is_head(lines[n]))
        if (place := next(heads, None)) is None:  # as above most numbers
            return None
        below = (fold(line).text for line in lines[place + 1 :])
        tell = all(map(self.timetable.tells_when, below))
        return place if tell else None

    def _is_head(self, line: str) -> bool:
        return self.above.match(f"{line.strip(BULLETS)}:") is not None

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
        always = self.always.search(flat)
        times = self.timetable.read(flat)
        if times is None:
            return self._always(flat, always) if always else self._unstated(flat)
        if always and (both := self._both(flat, always.start(), times)):
            return Hours(flat[: times.end].strip()[-120:], both)
        raw = flat[times.start : times.end].strip()[:120]
        approx = "PH" in times.osm or "Mo-Fr" in times.osm
        return Hours(raw, times.osm, approx) if is_valid(times.osm) else Hours(raw)

    def _always(self, text: str, said: re.Match[str]) -> Hours:
        """All day, but for days that the words behind it shut: 7×24小时，节假日除外."""
        days, end = self.timetable.shut_behind(text, said.end())
        osm = f"24/7; {days} off" if days else "24/7"
        return Hours(text[said.start() : end].strip(), osm)

    def _unstated(self, text: str) -> Hours:
        """Words that speak of hours and name none: 正常工作时间."""
        match = self.unstated.search(text)
        return Hours(match.group()) if match else Hours()

    def _both(self, text: str, always: int, times: Times) -> str:
        """Hours of a machine that answers all day and of people who do not, or ""."""
        machine = self.machine.search(text, max(0, always - _CHANNEL), always)
        person = self.person.search(text, max(0, times.first - _CHANNEL), times.first)
        if machine is None or person is None:
            return ""
        both = f'24/7 "{machine.group()}" || {times.osm} "{person.group()}"'
        return both if is_valid(both) else ""


@lru_cache(maxsize=512)
def _read(rules: HoursRules, text: str) -> Hours:
    """The pages of a site share their foot: what stands there is read once."""
    return rules.read(text)


def _before(text: str, start: int) -> str:
    """The text before a number, all of the statement where it tells times."""
    before = fold_part(text, max(0, start - _REACH), start)
    if start <= _REACH or not _TIME.search(before):
        return before
    return fold_part(text, max(0, start - _BEFORE), start)


def _behind(text: str, end: int) -> str:
    """The text behind a number, to the end of the sentence that its last words stand in."""
    reach = end + _REACH
    stop = _ENDS.search(text, reach - 1, reach + _REST)
    if stop is None and len(text) <= reach + _REST:
        return fold_part(text, end, len(text))
    if stop is None and text.isascii():  # 2:00 p.m. is cut to two in the night
        stop = _WORD_ENDS.search(text, reach)
    return fold_part(text, end, stop.end() if stop else reach)  # with the point of p.m.


def _without_label(before: str) -> str:
    """The lines above a number, but for a short one: 服务时间：9:00-18:00 / 客服热线 / 95188."""
    above = before.rstrip()
    rest, _, last = above.rpartition("\n")
    is_label = len(last) <= _LABEL and last.strip(" :：").isalpha()
    return rest.rstrip() if rest and is_label else above


def _follows_number(block: Block, start: int) -> bool:
    return bool(_NUMBER.search(fold_part(block.text, max(0, start - _LOOK_BACK), start)))


def end_of_list(text: str) -> int:
    """Where the other numbers end that are given together with one: 400-…/021-…（10:00-22:00）."""
    match = _ALSO.match(text)
    return match.end() if match else 0


def upto_number(text: str) -> str:
    """The text up to the first telephone number in it, or to the sentence that leads to that."""
    match = _NUMBER.search(text)
    if match is None:
        return text
    leads = [stop.end() for stop in _STOPS.finditer(text, 0, match.start())]
    return text[: leads[-1] if leads else match.start()]


def _own_clause(before: str) -> str:
    """The clause of a number, where it begins behind the number before it."""
    *earlier, own = _CLAUSES.split(before)
    return own if earlier and not _NUMBER.search(own) else ""


def _own_row(text: str) -> str:
    """The first of some lines and what is no other row of cells: 24小时 / 在线客服  9:00-21:00."""
    first, *others = text.split("\n")
    return "\n".join([first, *takewhile(lambda line: "  " not in line, others)])


def _left(row_header: str) -> str:
    """The cell left of a number that is the first one of its row."""
    return "" if _NUMBER.search(row_header) else row_header.rpartition("|")[2].strip()


def _lines_without_number(text: str) -> str:
    lines = text.split("\n")
    stop = next((i for i, line in enumerate(lines) if _NUMBER.search(line)), len(lines))
    return "\n".join(lines[:stop])


def compile_hours(table: Mapping[str, Any]) -> HoursRules:
    """Compiles the table."""
    return HoursRules(
        compile_words(table["always"]["words"], re.I),
        compile_timetable(table),
        compile_words(table["channels"]["machine"]),
        compile_words(table["channels"]["person"]),
        compile_words(table["unstated"]["words"]),
        compile_words(table["above"]["words"], re.I),
        compile_words(table["above"]["channels"], re.I),
        compile_words(table["elsewhere"]["words"], re.I),
        re.compile(table["fields"]["words"], re.I),
        re.compile(table["fields"]["shops"]),
        compile_columns(table["columns"]),
        compile_words(table["called"]["words"], re.I),
        re.compile(literals(table["called"]["says"])),
    )


@lru_cache(maxsize=1024)
def is_valid(osm: str) -> bool:
    """Whether an expression is OSM opening_hours."""
    return bool(osm) and bool(opening_hours.validate(osm))
