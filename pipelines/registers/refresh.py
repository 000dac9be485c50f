"""A register from a downloaded CSV: read strictly, compared with what is held, written anew."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipelines.registers.register import Entry, Register
from pipelines.vocabulary import Grade

# Headings under which regulators' downloads write the two columns that we keep.
_ID = ("id", "code", "number", "licence", "license")
_ID_ZH = ("码号", "号码", "许可证编号", "牌照編號", "機構名稱")
_HOLDER = ("holder", "entity", "name")
_HOLDER_ZH = ("使用单位", "持有单位", "单位名称", "公司名称", "持牌人", "機構名稱")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing wrong with a file: line (from 1), what, and what to do."""

    number: int
    message: str

    def __str__(self) -> str:
        return f"line {self.number}: {self.message}"


class RefusedError(ValueError):
    """The file is not taken over; `lines` holds everything that is wrong with it."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(map(str, lines)))


def read_entries(
    text: str, register: Register, *, source: str, grade: Grade = Grade.A
) -> tuple[Entry, ...]:
    """The entries of a CSV; brands stay attached to the ids under which we know them.

    Args:
        grade: A for a file of the regulator itself, which alone may raise a verdict.

    Raises:
        RefusedError: Anything is wrong: a heading, a cell, a line that stands twice.
    """
    try:
        rows = list(_rows(text))
    except csv.Error as error:
        raise RefusedError([Line(1, f"not CSV: {error}")]) from error
    if not rows:
        raise RefusedError([Line(1, "the file is empty")])
    columns = _columns(rows[0][1])
    brands = {entry.id: entry.brand for entry in register.entries}
    problems: list[Line] = []
    found: dict[str, Entry] = {}
    for number, cells in rows[1:]:
        why = _row_problem(cells, len(rows[0][1]), columns, register, found)
        if why:
            problems.append(Line(number, why))
            continue
        key, holder = (cells[index].strip() for index in columns)
        found[key] = Entry(key, holder, grade, source, brands.get(key, ""))
    if not found and not problems:
        problems.append(Line(2, "no entry below the heading: an empty register is not taken over"))
    if problems:
        raise RefusedError(problems)
    return tuple(found[key] for key in sorted(found))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(text.removeprefix("\ufeff").splitlines(keepends=True), strict=True)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield reader.line_num, cells


def _columns(heading: Sequence[str]) -> tuple[int, int]:
    words = [cell.strip().casefold() for cell in heading]
    places = [
        next((index for name in names if name in words for index in [words.index(name)]), -1)
        for names in (_ID + _ID_ZH, _HOLDER + _HOLDER_ZH)
    ]
    if -1 in places:
        wanted = f"{' or '.join(_ID + _ID_ZH)}; and {' or '.join(_HOLDER + _HOLDER_ZH)}"
        raise RefusedError([Line(1, f"the heading must name the columns {wanted}")])
    return places[0], places[1]


def _row_problem(
    cells: Sequence[str],
    width: int,
    columns: tuple[int, int],
    register: Register,
    found: dict[str, Entry],
) -> str:
    if len(cells) != width:
        return f"{len(cells)} cells, the heading has {width}"
    key, holder = (cells[index].strip() for index in columns)
    if not re.fullmatch(register.pattern, key):
        return f"{key!r} is no entry of {register.name} (pattern {register.pattern})"
    if not holder or not holder.isprintable():
        return f"{key} has no readable holder"
    if key in found:
        return f"{key} stands twice"
    return ""


def difference(held: Register, entries: Sequence[Entry]) -> Iterator[str]:
    """What taking the entries over changes, a line each: + new, - gone, ~ another holder."""
    old = {entry.id: entry for entry in held.entries}
    new = {entry.id: entry for entry in entries}
    for key in sorted({*old, *new}):
        if key not in old:
            yield f"+ {key} {new[key].holder}"
        elif key not in new:
            yield f"- {key} {old[key].holder}"
        elif old[key].holder != new[key].holder:
            yield f"~ {key} {old[key].holder} -> {new[key].holder}"
        elif old[key].grade is not new[key].grade:
            yield f"~ {key} {new[key].holder}: grade {old[key].grade} -> {new[key].grade}"


def refreshed(held: Register, entries: Sequence[Entry], *, as_of: str, source: str) -> Register:
    """The register with the entries of another day."""
    return replace(held, as_of=as_of, source=source, entries=tuple(entries))


def register_toml(register: Register) -> str:
    """The canonical text of a register's file: equal registers, equal bytes."""
    lines = ["# A snapshot of a register; refresh it with `hotlines registry import`, not by hand."]
    lines += ["", "[register]"]
    for key in ("title", "regulator", "kind", "pattern", "as_of", "source"):
        lines.append(f"{key} = {_quoted(getattr(register, key))}")
    for entry in sorted(register.entries, key=lambda entry: entry.id):
        lines += ["", "[[entry]]", f"id = {_quoted(entry.id)}", f"holder = {_quoted(entry.holder)}"]
        lines += [f"brand = {_quoted(entry.brand)}"] if entry.brand else []
        lines += [f"grade = {_quoted(entry.grade)}", f"source = {_quoted(entry.source)}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # A JSON string is a TOML basic string, once DEL is escaped, too.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
