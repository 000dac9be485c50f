"""What a page is besides its numbers: shell, soft 404, wall of a login or firewall; its date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines.model import Block
from pipelines.numbering.fold import fold_part
from pipelines.vocabulary import Outcome
from pipelines.word_patterns import Words, compile_words

_HEAD_LENGTH = 3000  # characters in which a page states its own date
_LEAD = 8  # characters of the words that lead to it
_SENTENCE = 120
_CLAUSE, _NEXT, _CLAUSE_ENDS = 24, 70, re.compile(r"[,，。;；\n]")
_LITTLE = 1000  # characters: more than the longest page that is judged by its words
_TEMPORARY = re.compile(r"至|期间|时段|~|～")
_TO_COME = re.compile(r"将|即将|[于自]")
_DAY = re.compile(r"(20\d\d)\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})")
_SINCE = re.compile(rf"[自从從于於]\s*{_DAY.pattern}[^,。;]{{0,10}}[起始]")  # 自…日0时起，由原…


@dataclass(frozen=True, slots=True)
class StateRules:
    """The compiled table `page_states.toml`."""

    soft_404: tuple[int, Words]
    blocked: tuple[int, Words]
    login_wall: tuple[int, Words]
    script_shell: tuple[int, Words]
    retired: re.Pattern[str]
    outbound: Words
    outbound_before: re.Pattern[str]
    outbound_next: re.Pattern[str]
    old: Mapping[str, re.Pattern[str]]
    dated: re.Pattern[str]  # leads to the day that a page states for itself
    days: tuple[re.Pattern[str], ...]  # each begins with a literal, and is found at once
    contact: re.Pattern[str]

    def outcome(self, text: str, title: str, *, has_scripts: bool) -> Outcome:
        """`OK`, or why a 200 answer is no good answer. Call only if no number was read."""
        words = _words_of_little(text)
        if not (said := self.said(words, title)).good:
            return said
        if len(words) <= self.script_shell[0]:
            shell = has_scripts or self.script_shell[1].search(words)
            return Outcome.SCRIPT_SHELL if shell else self._little(words)
        return Outcome.OK

    def said(self, text: str, title: str) -> Outcome:
        """What the page's own words say it is instead of the page asked for; else `OK`."""
        words = _words_of_little(text)
        for outcome, rule in (
            (Outcome.SOFT_404, self.soft_404),
            (Outcome.BLOCKED, self.blocked),
            (Outcome.LOGIN_WALL, self.login_wall),
        ):
            if self._says(rule, words, title):
                return outcome
        return Outcome.OK

    def date_of(self, text: str) -> str:
        """The date a page states for itself, ISO, or ""."""
        stated = filter(None, (self._stated(text, days) for days in self.days))
        return _iso(min(stated, key=re.Match.start, default=None))

    def _stated(self, text: str, days: re.Pattern[str]) -> re.Match[str] | None:
        """The first of some days that the words for a page's own date lead to."""
        found = days.finditer(text, 0, _HEAD_LENGTH)
        return next((day for day in found if self._is_led_to(text[: day.start()])), None)

    def _is_led_to(self, before: str) -> bool:
        """The words may stand in the cell of a table, far off: 生效日期：     2024-01-02."""
        said = before.rstrip()
        said = said[:-1].rstrip() if said.endswith((":", "：")) else said
        return self.dated.search(said, max(0, len(said) - _LEAD)) is not None

    def retired_from(self, text: str, end: int) -> str | None:
        """Since when a number is out of use, by the words straight behind it, or a day before.

        Returns:
            The day, ISO; "" if it already is; None if it is in use: nothing is said, it stops
            for some hours only, or on a day to come that the page does not fully tell.
        """
        match = self.retired.match(fold_part(text, end, end + _SENTENCE))
        if match is None or _TEMPORARY.search(match[0]):
            return None
        before = fold_part(text, max(0, end - _SENTENCE), end)
        if (day := _DAY.search(match[0]) or _SINCE.search(before)) is None:
            return None if _TO_COME.search(match[0]) else ""
        return _iso(day) or None

    def replaced_from(self, block: Block, start: int, end: int) -> str | None:
        """Since when a number is out of use that its page calls the old one; as `retired_from`."""
        before = fold_part(block.text, max(0, start - _CLAUSE), start)
        if not (
            self.old["before"].search(before) or self.old["column"].search(block.column_header)
        ):
            return None
        behind = fold_part(block.text, end, end + _NEXT)
        if self.old["goes_on"].search(behind):
            return _iso(_DAY.search(behind)) or None
        around = f"{block.before}\n{fold_part(block.text, max(0, start - _NEXT), start)}\n{behind}"
        return _iso(_DAY.search(around))

    def only_calls(self, text: str, start: int, end: int) -> bool:
        """Whether what stands around a number says that nobody answers on it.

        That is the words before it, the clause behind it, or the next sentence, of "this number".
        """
        if self.outbound_before.search(fold_part(text, max(0, start - _CLAUSE), start)):
            return True
        behind = fold_part(text, end, end + _NEXT)
        clause = _CLAUSE_ENDS.split(behind[:_CLAUSE], maxsplit=1)[0]
        return bool(self.outbound.search(clause) or self.outbound_next.search(behind))

    @staticmethod
    def _little(words: str) -> Outcome:
        return Outcome.OK if words else Outcome.EMPTY

    @staticmethod
    def _says(rule: tuple[int, Words], words: str, title: str) -> bool:
        short, pattern = rule
        return bool(pattern.search(title)) or (len(words) <= short and bool(pattern.search(words)))


def _iso(day: re.Match[str] | None) -> str:
    """A day, or the first of a month, ISO; "" for none, and for 2026-02-31."""
    if day is None:
        return ""
    try:
        return date(int(day[1]), int(day[2]), int(day[3] or 1)).isoformat()
    except ValueError:
        return ""


def _words_of_little(text: str) -> str:
    """The words of a text, or as many as tell that it is no short one."""
    head = text[: 2 * _LITTLE].split()
    return " ".join(head if sum(map(len, head)) > _LITTLE else text.split())


def _spellings(words: Iterable[str]) -> Iterator[str]:
    """In every case that pages use: a pattern without case cannot be looked for quickly."""
    for word in words:
        yield from map(re.escape, (word, word.capitalize(), word.title(), word.upper()))


def compile_states(table: Mapping[str, Any]) -> StateRules:
    """Compiles the table."""
    dated = table["dated"]

    def rule(name: str) -> tuple[int, Words]:
        return int(table[name]["short"]), compile_words(table[name]["words"], re.I)

    return StateRules(
        rule("soft_404"),
        rule("blocked"),
        rule("login_wall"),
        rule("script_shell"),
        re.compile(table["retired"]["words"]),
        compile_words(table["outbound"]["words"], re.I),
        re.compile(table["outbound"]["before"]),
        re.compile(table["outbound"]["next"]),
        {part: re.compile(table["old"][part], re.I) for part in ("before", "column", "goes_on")},
        re.compile(dated["before"]),
        tuple(re.compile(dated["day"].replace("YEARS", years)) for years in dated["years"]),
        re.compile("|".join(dict.fromkeys(_spellings(table["contact"]["plain"])))),
    )
