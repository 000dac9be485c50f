"""What a page is besides its numbers: shell, soft 404, login wall; its date; its marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines.layout import Html
from pipelines.numbering.fold import fold_part
from pipelines.vocabulary import Outcome

_HEADINGS = ("h1", "h2", "h3", "h4")
_HEAD_LENGTH = 3000  # characters in which a page states its own date
_MAX_MARKS = 60
_SENTENCE = 40


@dataclass(frozen=True, slots=True)
class StateRules:
    """The compiled table `page_states.toml`."""

    soft_404: tuple[int, re.Pattern[str]]
    login_wall: tuple[int, re.Pattern[str]]
    script_shell: tuple[int, re.Pattern[str]]
    retired: re.Pattern[str]
    dated: re.Pattern[str]

    def outcome(self, text: str, title: str, *, has_scripts: bool) -> Outcome:
        """`OK`, or why a 200 answer is no good answer. Call only if no number was read."""
        words = " ".join(text.split())
        if self._says(self.soft_404, words, title):
            return Outcome.SOFT_404
        if self._says(self.login_wall, words, title):
            return Outcome.LOGIN_WALL
        if len(words) <= self.script_shell[0]:
            shell = has_scripts or self.script_shell[1].search(words)
            return Outcome.SCRIPT_SHELL if shell else self._little(words)
        return Outcome.OK

    def date_of(self, text: str) -> str:
        """The date a page states for itself, ISO, or ""."""
        match = self.dated.search(text, 0, _HEAD_LENGTH)
        if match is None:
            return ""
        try:
            return date(int(match[1]), int(match[2]), int(match[3] or 1)).isoformat()
        except ValueError:  # 2026-02-31
            return ""

    def is_retired(self, text: str, end: int) -> bool:
        """The words straight behind a number say that it is out of use."""
        return bool(self.retired.match(fold_part(text, end, end + _SENTENCE)))

    @staticmethod
    def _little(words: str) -> Outcome:
        return Outcome.OK if words else Outcome.EMPTY

    @staticmethod
    def _says(rule: tuple[int, re.Pattern[str]], words: str, title: str) -> bool:
        short, pattern = rule
        return bool(pattern.search(title)) or (len(words) <= short and bool(pattern.search(words)))


def compile_states(table: Mapping[str, Any]) -> StateRules:
    """Compiles the table."""

    def rule(name: str) -> tuple[int, re.Pattern[str]]:
        return int(table[name]["short"]), re.compile(table[name]["words"], re.I)

    return StateRules(
        rule("soft_404"),
        rule("login_wall"),
        rule("script_shell"),
        re.compile(table["retired"]["words"]),
        re.compile(table["dated"]["words"]),
    )


def marks_of(html: Html | None, text: str, labels: Iterable[str]) -> tuple[str, ...]:
    """Words by which a page is known again: labels beside numbers, headings, title."""
    # Labels first: they are what recognition rests on, however many headings a page has.
    marks = sorted({f"label:{label}" for label in labels if label})
    if html is not None:
        spans = [s for s in html.visible.spans if s[2] in _HEADINGS]
        headings = {f"heading:{html.visible.text[a:b].strip()[:40]}" for a, b, _ in spans}
        marks += [f"title:{html.title[:60]}", *sorted(headings)]
    else:
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        marks += [f"heading:{line[:40]}" for line in lines[:5]]
    return tuple(sorted(set(marks[:_MAX_MARKS])))
