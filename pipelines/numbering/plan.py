"""The number plan as a compiled table: digits in, class out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.numbering.foreign import Foreign, compile_foreign
from pipelines.vocabulary import NumberClass

AREA = r"(?:10|2[0-57-9]|[3-9]\d\d)"
_FOLDED = re.compile(rf"0({AREA})(\d+)")


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """One row of the plan; `number_class` is None for shapes that are never a number."""

    note: str
    number_class: NumberClass | None
    folded: bool
    solid: bool
    needs_label: bool
    menu: bool
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The plan of one country with its lists of assigned codes."""

    entries: tuple[PlanEntry, ...]
    pattern: re.Pattern[str]  # all of them, each a group `r<index>`
    assigned: Mapping[str, str]
    abroad: Foreign

    def classify(self, digits: str) -> PlanEntry | None:
        """The first entry whose pattern matches all of `digits` (national form, no +86)."""
        match = self.pattern.fullmatch(digits)
        if match is None or match.lastgroup is None:
            return None
        entry = self.entries[int(match.lastgroup[1:])]
        return entry if self._is_assigned(entry, digits) else None

    def _is_assigned(self, entry: PlanEntry, digits: str) -> bool:
        """Lists decide only 12xxx; 100xx is a list within its pattern."""
        return entry.note != "public12" or digits[:5] in self.assigned


def compile_plan(
    plan: Mapping[str, Any], assigned: Mapping[str, Any], foreign: Mapping[str, Any]
) -> Plan:
    """Compiles the tables `plan.toml`, `assigned.toml` and `foreign.toml`."""
    rows = _rows(plan, "mainland")
    entries = tuple(_entry(row) for row in rows)
    pattern = "|".join(f"(?P<r{place}>{row['digits']})" for place, row in enumerate(rows))
    owners = {row["number"]: row["owner"] for row in _rows(assigned, "code")}
    return Plan(entries, re.compile(pattern), owners, compile_foreign(foreign))


def _rows(table: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    rows: Sequence[Mapping[str, Any]] = table[key]
    return rows


def _entry(row: Mapping[str, Any]) -> PlanEntry:
    folded = row["class"] == "folded"
    real = not folded and row["class"] != "none"
    return PlanEntry(
        note=row["note"],
        number_class=NumberClass(row["class"]) if real else None,
        folded=folded,
        solid=row["written"] == "solid",
        needs_label=row["needs"] == "label",
        menu=row["menu"],
        why=row.get("why", ""),
    )


def unfold(digits: str) -> tuple[str, str]:
    """Splits an area code from the short code behind it.

    >>> unfold("01012321")
    ('010', '12321')
    """
    match = _FOLDED.fullmatch(digits)
    if match is None:
        raise ValueError(f"{digits!r} has no area code before a short code")
    return "0" + match[1], match[2]
