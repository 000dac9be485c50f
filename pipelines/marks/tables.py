"""The compiled tables of this room: provinces, confusables, shapes, registers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.context.firms import NO_FIRMS, Firms
from pipelines.marks.forum import ForumRules, compile_forums
from pipelines.model import Evidence
from pipelines.registers.register import Registers
from pipelines.stores.listing import StoreRules

_ON = ("number", "raw", "note")
_VOICES_ON = ("near", "title", "context", "warning")
_BETWEEN = re.compile(r"[\s()（）.·-]")


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape of a number that is a veto, or a doubt."""

    id: str
    on: str
    pattern: re.Pattern[str]
    veto: bool
    lifted: bool = False  # by a register entry that gives the code to the brand

    def fits(self, evidence: Evidence) -> bool:
        """Whether the number, as published or as printed, has this shape."""
        if self.on == "raw":
            return self.pattern.search(_BETWEEN.sub("", evidence.raw)) is not None
        said = evidence.number if self.on == "number" else evidence.numbering_note
        return self.pattern.fullmatch(said) is not None


@dataclass(frozen=True, slots=True)
class Voice:
    """Words that tell in whose name a page elsewhere speaks."""

    id: str
    on: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class MarkRules:
    """What marks, hosts, shapes, registers and listings are compared with."""

    provinces: Mapping[str, str] = field(default_factory=dict)
    confusables: Mapping[str, str] = field(default_factory=dict)
    shapes: tuple[Shape, ...] = ()
    registers: Registers = field(default_factory=Registers)
    forums: ForumRules | None = None
    firms: Firms = NO_FIRMS
    voices: tuple[Voice, ...] = ()
    stores: StoreRules = field(default_factory=StoreRules)

    def voices_in(self, text: str, on: str) -> tuple[str, ...]:
        """Ids of the voices that speak in a text of this kind."""
        return tuple(v.id for v in self.voices if v.on == on and v.pattern.search(text))


#: For callers that hold no tables: nothing is known, so nothing is doubted or confirmed.
NO_MARKS = MarkRules()


def compile_marks(
    provinces: Mapping[str, Any],
    confusables: Mapping[str, Any],
    shapes: Mapping[str, Any],
    forums: Mapping[str, Any],
    voices: Mapping[str, Any],
    registers: Registers,
    firms: Firms,
    stores: StoreRules,
) -> MarkRules:
    """Compiles the tables; an unknown word in them is an error, not a default."""
    return MarkRules(
        provinces={row["letter"]: row["code"] for row in provinces["province"]},
        confusables={
            char: row["plain"] for row in confusables["confusable"] for char in row["characters"]
        },
        shapes=tuple(_shape(row) for row in shapes["shape"]),
        registers=registers,
        forums=compile_forums(forums),
        firms=firms,
        voices=tuple(_voice(row) for row in voices["voice"]),
        stores=stores,
    )


def _voice(row: Mapping[str, Any]) -> Voice:
    if row["on"] not in _VOICES_ON:
        raise ValueError(f"voices.toml: {row['id']}: on = {row['on']!r}")
    return Voice(row["id"], row["on"], re.compile(row["words"], re.IGNORECASE))


def _shape(row: Mapping[str, Any]) -> Shape:
    if row["on"] not in _ON or row["weight"] not in ("veto", "doubt"):
        raise ValueError(
            f"shapes.toml: {row['id']}: on = {row['on']!r}, weight = {row['weight']!r}"
        )
    lifted = row.get("lifted", "")
    if lifted not in ("", "register"):
        raise ValueError(f"shapes.toml: {row['id']}: lifted by {lifted!r}")
    veto = row["weight"] == "veto"
    return Shape(row["id"], row["on"], re.compile(row["words"]), veto, bool(lifted))
