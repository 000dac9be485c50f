"""Registers as values: who holds a code or a licence, and how well that is founded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.context.publisher import core
from pipelines.model import Brand
from pipelines.vocabulary import Grade

#: What `registry import` may refresh; the name is the file name.
REGISTERS = ("codes_95", "pbc_payment", "hkma_svf", "fsc_epayment", "mas_payment")
CODES = "codes_95"
KINDS = ("code", "licence", "name")

_HEAD = ("title", "regulator", "kind", "pattern", "as_of", "source")
_ENTRY = ("id", "holder", "grade", "source")
_DATE = re.compile(r"\d{4}(?:-\d\d){0,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a register; `brand` is the id in our registry, where it is known."""

    id: str
    holder: str
    grade: Grade
    source: str
    brand: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """One snapshot of a register, with the day it shows."""

    name: str
    title: str
    regulator: str
    kind: str
    pattern: str
    as_of: str
    source: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Registers:
    """All registers, ready to be asked."""

    codes: Mapping[str, Entry] = field(default_factory=dict)
    licences: Mapping[str, Entry] = field(default_factory=dict)

    def licence(self, number: str) -> Entry | None:
        """Who holds a licence."""
        return self.licences.get(number)

    def code_of(self, number: str) -> Entry | None:
        """Who holds a service code, or the code of which it is an extension."""
        ends = (len(number), 6, 5) if number.startswith("95") else ()
        return next((e for end in ends if (e := self.codes.get(number[:end]))), None)

    def confirms(self, number: str, brand: Brand) -> bool:
        """Whether the regulator itself assigned the code to the brand: level T5."""
        entry = self.codes.get(number)
        return entry is not None and entry.grade is Grade.A and _by_entity(entry, brand)

    def assigned_to_other(self, number: str, brand: Brand) -> Entry | None:
        """The entry that gives a number to somebody who is neither the brand nor its group."""
        entry = self.code_of(number)
        if entry is None or entry.grade is Grade.D or holds(entry, brand):
            return None
        return entry


def holds(entry: Entry, brand: Brand) -> bool:
    """Whether the brand, or a brand it is related to, is the holder of an entry."""
    kin = {fact.value for fact in brand.related if fact.grade is not Grade.D}
    if entry.brand:
        return entry.brand == brand.id or entry.brand in kin
    names = (*brand.names, *(fact.value for fact in brand.former_entities))
    return any(core(name) in core(entry.holder) for name in names)


def _by_entity(entry: Entry, brand: Brand) -> bool:
    """The legal holder is the brand's entity, by a fact that is more than somebody's memory."""
    entities = (*((brand.entity,) if brand.entity else ()), *brand.former_entities)
    known = {core(fact.value) for fact in entities if fact.grade is not Grade.D}
    return core(entry.holder) in known


def compile_register(name: str, table: Mapping[str, Any]) -> Register:
    """Compiles one table; `register_problems` has checked it."""
    head = table["register"]
    entries = tuple(
        Entry(row["id"], row["holder"], Grade(row["grade"]), row["source"], row.get("brand", ""))
        for row in table.get("entry", ())
    )
    said = {key: str(head[key]) for key in _HEAD}
    return Register(name=name, entries=entries, **said)


def compile_registers(tables: Mapping[str, Mapping[str, Any]]) -> Registers:
    """Compiles all registers by name."""
    registers = [compile_register(name, table) for name, table in tables.items()]
    codes = {e.id: e for r in registers if r.kind == "code" for e in r.entries}
    licences = {e.id: e for r in registers if r.kind == "licence" for e in r.entries}
    return Registers(codes, licences)


def register_problems(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with a table: place and message."""
    head = table.get("register", {})
    for key in _HEAD:
        if not isinstance(head.get(key), str) or not head[key]:
            yield f"register.{key}", "missing: a register says what it is, of which day, from where"
    if head.get("kind") not in KINDS:
        yield "register.kind", f"must be one of {', '.join(KINDS)}"
    if not _DATE.fullmatch(str(head.get("as_of", ""))):
        yield "register.as_of", "no date: write 2026, 2026-11 or 2026-11-25"
    try:
        form = re.compile(str(head.get("pattern", "")))
    except re.error as error:
        yield "register.pattern", f"no regular expression: {error}"
        return
    seen: set[str] = set()
    for index, row in enumerate(table.get("entry", ()), start=1):
        yield from ((f"entry {index}", what) for what in _entry_problems(row, form, seen))


def _entry_problems(row: Mapping[str, Any], form: re.Pattern[str], seen: set[str]) -> Iterator[str]:
    missing = [key for key in _ENTRY if not isinstance(row.get(key), str) or not row[key].strip()]
    if missing:
        yield f"missing: {', '.join(missing)}"
        return
    if unknown := sorted(set(row) - {*_ENTRY, "brand"}):
        yield f"unknown key: {', '.join(unknown)}"
    if row["grade"] not in tuple(Grade):
        yield f"{row['grade']!r} is no grade"
    if not form.fullmatch(row["id"]):
        yield f"{row['id']!r} does not fit the pattern {form.pattern}"
    if row["id"] in seen:
        yield f"{row['id']!r} stands twice"
    seen.add(row["id"])
