"""Candidates in the text of a block: where numbers stand, and what was refused and why.

The gate (`digits.py`) has said that digits may be a number; here each run of digits is cut at
its separators, longest first, until the plan knows the piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from pipelines.frozen import dataclass
from pipelines.numbering.fold import Folded, fold
from pipelines.numbering.foreign import OF_CALLERS
from pipelines.numbering.plan import Plan, PlanEntry
from pipelines.numbering.steps import (
    alternative_after,
    dash_after,
    expand_range,
    keys_after,
    pause_after,
    range_after,
    steps_after,
)
from pipelines.numbering.veto import Vetoes

# It begins with a set, so that the engine skips all other characters; what may stand before a run
# is looked at where there is one.
_RUN = re.compile(r"[0-9](?:[ ()·.\-]{0,4}\d){2,23}")
_OPENING = re.compile(r"(?:\+\s?\(?|\(\s?\+?)$")
_LONGEST_OPENING = 3
_GROUP_END = re.compile(r"\d(?!\d)")
_NEXT_START = re.compile(r"(?<=[ )(])[(+]?(?=\d)|\((?=\d)|(?<=--)(?=\d)")
_COUNTRY = re.compile(r"\s*(?:\(\s*)?(?:\+\s?\(?(?:00)?|00)86(?!\d{0,4}$)\)?[ \-]*(?:\(0\))?[ \-]*")
_BARE_86 = re.compile(
    r"(?:\(86\)[ \-]*|86[ \-]+)(?:\(0\))?(?=\(?\d)|86(?=1[3-9]\d{9}$|0\d{9,11}$|400\d{7}$)"
)
_FOREIGN = re.compile(r"\s*(?:\(\s*)?(?:\+\s?\(?|00)(?!(?:00)?86)\d")
# 852-2929 3888 on a mainland page
_NEIGHBOUR = re.compile(r"(?:00)?(?:85[23]|886)[ -]|\((?:00)?(?:85[23]|886)\)")
# Groups as in North America; the same digits in other groups are a mobile (1-888-221-1161).
_NORTH_AMERICAN = re.compile(
    r"\(?1\)?[ .\-]\(?[2-9]\d\d\)?[ .\-]?[2-9]\d\d[ .\-]\d{4}|\([2-9]\d\d\) ?[2-9]\d\d-\d{4}"
)
# No number has a bracket behind its first five digits: 04345(207) 624-8527 is a postcode and one.
_GLUED = re.compile(r"\d{5,}\(")
# 03-5022 3888 (24 hours): what an open bracket begins is not of the number.
_UNCLOSED = re.compile(r"\d[^)]*\([^)]*$")
# Begins like nothing but a number of the mainland in national form, and has no bracket.
_MAINLAND = re.compile(r"(?:[2-79]|0(?:10|[2-9])|8(?!5|6|86))[\d .·\-]+$")
# A trunk zero and a separator behind its area, or the area in brackets: (03)577-1388, 02-27017063;
# or the code of Hong Kong, Macau or Taiwan in brackets.
_FORMATTED = re.compile(
    r"\((?:00)?(?:85[23]|886)\) ?\d|\(0\d{1,3}\)[ .]?\d{3}|0\d{1,3}[ -]\d{3,4}[ -]?\d{3,4}"
)
_LONGEST_PART = 3  # digits of a short code that is written in parts
_CODE_HEAD = re.compile(r"9[56]\d?")
_IN_A_ROW = re.compile(r"\d[ -]9[56]\d?[ -]\d")  # 800 967 215: groups of something longer
_NOT_DIGIT, _GROUP = re.compile(r"\D"), re.compile(r"\d+")
_TRUNK_MOBILE = re.compile(r"01[3-9]\d{9}")
_AREA = re.compile(r"0(?:10|2[0-57-9]|[3-9]\d\d)")
_WHOLE = re.compile(r"1[3-9]\d{9}|[48]00\d{7}|1010\d{4}")
_BEHIND_AREA = re.compile(r"(?:10|2[0-57-9]|[3-9]\d\d)(?:[2-8]\d{6,7}$|9[56]\d{3,4}$|1[02]\d{3}$)")
_JOINED = re.compile(r"[.\-]\d")
# Behind the first group of a long number that came to nothing, its other groups are no numbers.
_TORN = re.compile(r"(?:400|800)[ .\-]+\d")
#: A national number of another country on a page of the mainland: not for its callers.
WITHOUT_CODE = "foreign_without_code"
_FOREIGN_RULE = {False: "foreign", True: "foreign_short"}
_SHARED = 300  # characters of a text that is remembered
_LONGEST_DASH_MENU = 2
_LONGEST_DASH_EXTENSION = 6


# Classes whose second number may be written by its last digits only: 010-65558888/5566.
_SHARES_DIGITS = frozenset(("landline", "shared400", "free800", "area_short"))


@dataclass(frozen=True, slots=True)
class Found:
    """Digits at a place of a block's text that the plan knows.

    Attributes:
        digits: National form, digits only (trunk zero kept); with + for a foreign number.
        steps: Menu keys or extension digits behind it, in order.
        stop: Where the number itself ends, if steps follow it.
        inherited: The area or the leading digits come from the number before (…/5566).
    """

    start: int
    end: int
    digits: str
    entry: PlanEntry | None
    steps: tuple[str, ...] = ()
    stop: int | None = None
    inherited: bool = False
    note: str = ""  # finer class of a foreign number; others have it in their entry
    needs_label: bool = False
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A run of digits that is not a number, with the rule that decided."""

    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class Finder:
    """Searches text for the numbers of one country."""

    plan: Plan
    vetoes: Vetoes
    country: str = "CN"

    def hits(self, text: str) -> Iterable[Found | Refused]:
        """Numbers and refusals in reading order; spans are offsets in `text` itself."""
        return _remembered(self, text) if len(text) <= _SHARED else self._hits(text)

    def _hits(self, text: str) -> Iterator[Found | Refused]:
        folded = fold(text)
        line = folded.text.replace("\n", " ")  # only where a number is broken over two lines
        found = self._scan(self.vetoes.masked(line))
        yield from found if folded.origin is None else (_unfolded(hit, folded) for hit in found)

    def _scan(self, text: str) -> Iterator[Found | Refused]:
        position = 0
        while match := _RUN.search(text, position):
            first = match.start()
            opening = _OPENING.search(text, max(position, first - _LONGEST_OPENING), first)
            begin = opening.start() if opening else first
            hits = self._read_run(text, begin, match.end())
            yield from hits
            position = max(hits[-1].end, begin + 1)

    def _read_run(self, text: str, begin: int, end: int) -> list[Found | Refused]:
        """Reads one run of digits; the last hit ends where the search goes on."""
        for start in self._starts(text, begin, end):
            if _TORN.match(text, begin, start):
                break
            hit = self._longest(text, start, end)
            if isinstance(hit, Refused):
                return [hit]
            if hit is not None:
                return list(self._with_tail(text, hit))
        return [Refused(begin, end, "unknown_shape")]

    def _starts(self, text: str, begin: int, end: int) -> list[int]:
        inner = [m.start() + begin for m in _NEXT_START.finditer(text[begin:end])]
        return [begin, *(i for i in inner if i > begin)]

    def _longest(self, text: str, start: int, end: int) -> Found | Refused | None:
        run = text[start:end]
        refused: Refused | None = None
        for stop in reversed([m.end() for m in _GROUP_END.finditer(run)]):
            hit = self._classify(run[:stop], start)
            if hit and hit.entry is None and _JOINED.match(run, stop):
                continue  # a piece of a number that goes on: (+632) 845-77|-88
            checked = self._checked(text, hit) if hit else None
            if isinstance(checked, Refused) and checked.rule == "more_digits":
                refused = checked  # a shorter piece may still be a number
            elif checked is not None:
                return checked
        return refused

    def _classify(self, piece: str, start: int) -> Found | None:
        if self.country == "CN" and _MAINLAND.match(piece):
            return self._planned(piece, start, _NOT_DIGIT.sub("", piece))
        if _GLUED.match(piece) or ("(" in piece and _UNCLOSED.search(piece)):
            return None
        abroad = _FOREIGN.match(piece) is not None
        if self.country == "CN" and _NORTH_AMERICAN.fullmatch(piece):
            coded = piece.lstrip("(").startswith("1")
            written = f"+{piece}" if coded else f"+1{piece}"
            hit = self._foreign(written, start, start + len(piece), abroad=True)
            return hit if coded or hit is None else replace(hit, rule=WITHOUT_CODE)
        if self.country != "CN" or abroad or _NEIGHBOUR.match(piece):
            foreign = self._foreign(piece, start, start + len(piece), abroad=abroad)
            if foreign or abroad:
                return foreign
        return self._planned(piece, start, national_digits(piece))

    def _planned(self, piece: str, start: int, digits: str) -> Found | None:
        entry = self.plan.classify(digits)
        if entry is None or (entry.solid and not _is_solid(piece)):
            return None
        if entry.folded and self.country != "CN":  # 038-955437 is a number of Thailand
            return None
        begin = start + (
            len(piece) - len(piece.lstrip("( ")) if piece.count("(") != piece.count(")") else 0
        )
        return Found(
            begin, start + len(piece), digits, entry, needs_label=entry.needs_label, rule=entry.note
        )

    def _foreign(self, written: str, start: int, end: int, *, abroad: bool) -> Found | None:
        if written.count("(") > written.count(")"):  # the whole number stands in brackets
            start += len(written) - len(written.lstrip("( "))
            written = written.lstrip("( ")
        number = self.plan.abroad.number(written, self.country)
        if number is None or written.count("(") > written.count(")"):
            return None
        kind = self.plan.abroad.kind(number, self.country)
        is_told = number in self.plan.abroad.authorities or kind in OF_CALLERS
        formatted = self._is_formatted(written) or (is_told and len(_GROUP.findall(written)) > 2)
        return Found(
            start,
            end,
            number,
            None,
            note=kind,
            needs_label=not (abroad or formatted),
            rule=_FOREIGN_RULE[not number.startswith("+")],
        )

    def _is_formatted(self, written: str) -> bool:
        """Nothing but a telephone number is grouped so."""
        at_home = self.country == "US" and _NORTH_AMERICAN.fullmatch(written)
        if at_home or _FORMATTED.match(written):
            return True
        return self.plan.abroad.is_grouped(written.strip(), self.country)

    def _checked(self, text: str, hit: Found) -> Found | Refused:
        entry = hit.entry
        veto = self.vetoes.veto(text, hit.start, hit.end, _scopes(entry))
        if veto:
            return Refused(hit.start, hit.end, veto)
        if entry is not None and entry.number_class is None and not entry.folded:
            return Refused(hit.start, hit.end, entry.note)
        if entry is not None and entry.solid and _IN_A_ROW.match(text, hit.start - 2):
            return Refused(hit.start, hit.end, "unknown_shape")
        return hit

    def _with_tail(self, text: str, hit: Found) -> Iterator[Found]:
        """The number with its steps, then the alternatives that inherit from it."""
        steps, end = _steps_behind(text, hit)
        whole = replace(hit, end=end, steps=steps, stop=hit.end) if steps else hit
        yield whole
        yield from self._alternatives(text, whole)

    def _alternatives(self, text: str, first: Found) -> Iterator[Found]:
        if first.entry is None or first.entry.note not in _SHARES_DIGITS:
            return
        last = first
        if ranged := range_after(text, last.end):
            for digits in expand_range(first.digits, ranged[0]):
                last = replace(first, digits=digits, end=ranged[1], steps=(), inherited=True)
                yield replace(last, rule="range")
        exchange = first.digits[len(_area_of(first.digits)) :][:1]
        while more := alternative_after(text, last.end, exchange):
            inherited = self._inherit(first, last, more[0])
            if inherited is None:
                return
            last = replace(inherited, start=more[1], end=more[2], inherited=True)
            yield last

    def _inherit(self, first: Found, last: Found, digits: str) -> Found | None:
        """A tail as a number of its own: same area, same length, or the last four digits."""
        if last.steps and len(digits) == len(last.steps[-1]):
            return replace(first, steps=(digits,), rule="second_extension")
        area = _area_of(first.digits)
        if _AREA.fullmatch(digits):  # 800-820-8788或021: another number begins
            return None
        local = first.digits[len(area) :]
        if first.entry is None or first.entry.note in ("shared400", "free800"):
            whole = first.digits[: -len(digits)] + digits if len(digits) in (3, 4) else ""
        elif len(digits) == len(local):
            whole = area + digits
        else:
            whole = first.digits[: -len(digits)] + digits if len(digits) in (1, 2, 3, 4) else ""
        entry = self.plan.classify(whole) if whole else None
        if entry is None or entry != first.entry:
            return None
        return replace(first, digits=whole, steps=(), rule="alternative")


@lru_cache(maxsize=1024)
def _remembered(finder: Finder, text: str) -> tuple[Found | Refused, ...]:
    """The pages of a site share their head and foot: what stands there is searched once."""
    return tuple(finder._hits(text))


def _steps_behind(text: str, hit: Found) -> tuple[tuple[str, ...], int]:
    """Menu keys or extension digits behind a number, in words or behind dashes, and their end."""
    steps, end = steps_after(text, hit.end)
    if steps or hit.entry is None:
        return steps, end
    if hit.entry.menu:
        steps, end = keys_after(text, hit.end)
        if steps:
            return steps, end
    longest = _LONGEST_DASH_MENU if hit.entry.menu else _LONGEST_DASH_EXTENSION
    step, end = dash_after(text, hit.end, longest)
    if not step and hit.entry.note == "shared400":
        step, end = pause_after(text, hit.start, hit.end)
    return ((step,) if step else ()), end


def _unfolded(hit: Found | Refused, folded: Folded) -> Found | Refused:
    """The hit at its place in the text as it was printed."""
    start, end = folded.span(hit.start, hit.end)
    if isinstance(hit, Refused) or hit.stop is None:
        return replace(hit, start=start, end=end)
    return replace(hit, start=start, end=end, stop=folded.span(hit.start, hit.stop)[1])


def _scopes(entry: PlanEntry | None) -> frozenset[str]:
    """Which veto rules apply to a number of this row of the plan."""
    if entry is None:
        return frozenset(("all",))
    solid = ("solid",) if entry.solid or entry.note == "local_only" else ()
    voice = () if entry.note == "sms106" else ("voice",)
    return frozenset(("all", entry.note, *solid, *voice))


def national_digits(piece: str) -> str:
    """Digits in national form: country code 86 dropped, trunk zero put back.

    >>> national_digits("+86 (0)571-8888 1234")
    '057188881234'
    >>> national_digits("+86-400-123-4568")
    '4001234568'
    """
    match = _COUNTRY.match(piece) or _BARE_86.match(piece)
    if match is None:
        digits = _NOT_DIGIT.sub("", piece)
        # A mobile was dialled with a trunk zero from other areas; pages still print it.
        return digits[1:] if _TRUNK_MOBILE.fullmatch(digits) else digits
    digits = _NOT_DIGIT.sub("", piece[match.end() :]).removeprefix("0")
    whole = _WHOLE.fullmatch(digits)
    area = _BEHIND_AREA.match(digits)
    return "0" + digits if area and not whole else digits


def _is_solid(piece: str) -> bool:
    country = _COUNTRY.match(piece)
    groups = _GROUP.findall(piece, country.end() if country else 0)
    if len(groups) == 1 or all(len(group) == 1 for group in groups):
        return True
    if groups[0] in ("95", "955") and max(map(len, groups)) <= _LONGEST_PART:  # 955 88, 95 06 27
        return True
    # 96 3388, 95-1777, 956-0437: the code is one of the plan, or nothing is found.
    return len(groups) == 2 and _CODE_HEAD.fullmatch(groups[0]) is not None


def _area_of(digits: str) -> str:
    match = _AREA.match(digits)
    return match.group() if match else ""
