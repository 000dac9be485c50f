"""Between the values of `pipelines/model.py` and rows of the published tables.

A row is a dict from column name to plain value. Attribute names equal column names; only a
`CaptureRef` is flattened to four columns, and what no attribute says (`evidence_id`, `attempt`,
`run_id` of a change) is added here or given as `extra`.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from outputs.canonical import canonical_json, digest_of, time_text
from outputs.row_checks import is_encodable
from outputs.schema import CAPTURES, EVIDENCE, Column, RowError, Table, Type
from pipelines.model import BrandHistory, BrandRow, CaptureRef, Channel, Hotline, SourceState

Row = dict[str, object]
T = TypeVar("T")

_CAPTURE_COLUMNS = {
    "capture_run": "run_id",
    "capture_file": "file",
    "capture_offset": "offset",
    "capture_digest": "digest",
}
# What makes a mention the same mention in another run: the bytes read and the place in them.
_MENTION = (
    "brand_id", "url", "capture_digest", "carrier", "block_path", "context", "start", "end",
    "raw", "number", "area", "extension", "menu",
)  # fmt: skip


def row_of(table: Table, value: object, extra: Mapping[str, object] | None = None) -> Row:
    """One dataclass instance as a row of `table`.

    Args:
        extra: Columns that the dataclass does not have.

    Raises:
        RowError: An attribute or an extra is no column, or a column gets no value.
    """
    given = {**_attributes(value), **(extra or {})}
    if table is EVIDENCE and "evidence_id" not in given:
        given["evidence_id"] = _checked_id(given, 0)
    if unknown := sorted(given.keys() - set(table.names)):
        names = ", ".join(unknown)
        problem = f"{type(value).__name__} has it, the table has no column {names}"
        raise RowError(table, given, names, "columns of the table", problem)
    return {column.name: _cell(table, column, given) for column in table.columns}


def rows_of(
    table: Table, values: Iterable[object], extra: Mapping[str, object] | None = None
) -> list[Row]:
    """Rows of `table`, in key order, with keys made unique as the table says.

    Give all values of a brand at once: equal mentions and repeated attempts are numbered, and
    rows of tables that collapse (`channels`, `issues`) are merged.
    """
    if table is EVIDENCE:
        rows = _numbered(
            (row_of(table, value, extra) for value in values),
            same=lambda row: tuple(canonical_json(row[name]) for name in _MENTION),
            column="evidence_id",
            value=_checked_id,
        )
    elif table is CAPTURES:
        first = {**(extra or {}), "attempt": 0}
        rows = _numbered(
            sorted((row_of(table, v, first) for v in values), key=_fetched_at),
            same=lambda row: (row["brand_id"], row["url"]),
            column="attempt",
            value=lambda _, n: n,
        )
    else:
        rows = [row_of(table, value, extra) for value in values]
    if table.collapse:
        rows = _collapsed(table, rows)
    return sorted(rows, key=lambda row: key_of(table, row))


def json_row(table: Table, row: Mapping[str, object]) -> Row:
    """A row in JSON-ready values: times as text, JSON columns as objects; keys in file order."""
    return {c.name: _json_value(c.type, row[c.name]) for c in table.columns}


def key_of(table: Table, row: Mapping[str, object]) -> tuple[Any, ...]:
    """Values of the key columns: what files are sorted by."""
    return tuple(row[name] for name in table.key)


def _checked_id(row: Mapping[str, object], occurrence: int) -> str:
    """The id of a mention; text that is no UTF-8 has none, and is named."""
    try:
        return evidence_id(row, occurrence)
    except (TypeError, ValueError) as error:
        name = next((n for n in _MENTION if not is_encodable(row.get(n))), "evidence_id")
        raise RowError(EVIDENCE, row, name, "text in UTF-8", f"value {error}") from error


def evidence_id(row: Mapping[str, object], occurrence: int = 0) -> str:
    """Id of a mention: 16 hex digits, the same while the page is the same.

    Args:
        occurrence: Which of several mentions that are equal in everything the id covers.
    """
    identity: list[object] = [row.get(name) for name in _MENTION]
    return digest_of([*identity, occurrence]).hex()[:16]


def from_row(cls: type[T], row: Mapping[str, object]) -> T:
    """The dataclass instance that `row_of` made this row of (columns beyond it are ignored)."""
    return cls(**{name: read(row) for name, read in _readers(cast("Hashable", cls)).items()})


def hotline_from_row(row: Mapping[str, object]) -> Hotline:
    """A row of `hotlines` as the value that travels along the path."""
    return from_row(Hotline, row)


def source_state_from_row(row: Mapping[str, object]) -> SourceState:
    """A row of `sources` as the ledger line."""
    return from_row(SourceState, row)


def brand_history(
    hotlines: list[Row], sources: list[Row], brands: list[Row], channels: list[Row]
) -> BrandHistory:
    """What rows of one brand tell the next run; `brands` has one row, or none."""
    known = tuple(map(hotline_from_row, hotlines))
    counts = from_row(BrandRow, brands[0]).recent_counts if brands else ()
    # A brand whose first run failed has a row in `brands`, but nothing of it was published.
    published = bool(known or counts)
    named = tuple(from_row(Channel, row) for row in channels)
    states = tuple(map(source_state_from_row, sources))
    return BrandHistory(known, states, counts, published, named)


# --- to a row -----------------------------------------------------------------------------


def _attributes(value: object) -> Row:
    found: Row = {}
    for field in dataclasses.fields(cast("Any", value)):
        held = getattr(value, field.name)
        if field.name == "capture":
            found |= {c: getattr(held, a, None) for c, a in _CAPTURE_COLUMNS.items()}
        else:
            found[field.name] = held
    return found


def _cell(table: Table, column: Column, given: Row) -> object:
    if column.name not in given:
        if column.nullable:
            return None
        problem = "the row needs a value for it, passed as extra"
        raise RowError(table, given, column.name, "not null", problem)
    value = given[column.name]
    if column.type is Type.JSON and not isinstance(value, str):
        return canonical_json(value)
    return _plain(value)


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [_plain(element) for element in value]
    return value


def _json_value(kind: Type, value: object) -> object:
    if isinstance(value, datetime):
        return time_text(value)
    if kind is Type.JSON and isinstance(value, str):
        return json.loads(value)
    return value


def _fetched_at(row: Row) -> datetime:
    return cast("datetime", row["fetched_at"])


def _numbered(
    rows: Iterable[Row],
    *,
    same: Callable[[Row], tuple[object, ...]],
    column: str,
    value: Callable[[Row, int], object],
) -> list[Row]:
    seen: dict[tuple[object, ...], int] = {}
    numbered = []
    for row in rows:
        key = same(row)
        seen[key] = seen.get(key, -1) + 1
        numbered.append({**row, column: value(row, seen[key])})
    return numbered


def _collapsed(table: Table, rows: Iterable[Row]) -> list[Row]:
    # The smallest encoding wins, so that the order in which pages were read decides nothing.
    kept: dict[tuple[Any, ...], Row] = {}
    for row in sorted(rows, key=canonical_json):
        kept.setdefault(key_of(table, row), row)
    return list(kept.values())


# --- from a row ---------------------------------------------------------------------------


@cache
def _readers(cls: Hashable) -> dict[str, Callable[[Mapping[str, object]], object]]:
    hints = get_type_hints(cls)
    fields = dataclasses.fields(cast("Any", cls))
    return {f.name: _reader(f.name, hints[f.name]) for f in fields}


def _reader(name: str, hint: object) -> Callable[[Mapping[str, object]], object]:
    if hint == CaptureRef | None:
        return _capture
    convert = _converter(hint)
    return lambda row: convert(row[name])


def _converter(hint: object) -> Callable[[Any], object]:
    if get_origin(hint) in (Union, UnionType):
        convert = _converter(next(arg for arg in get_args(hint) if arg is not type(None)))
        return lambda value: None if value is None else convert(value)
    if get_origin(hint) is tuple:
        element = _converter(get_args(hint)[0])
        return lambda value: tuple(element(each) for each in value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if hint is datetime:
        return lambda value: value.astimezone(UTC)
    return lambda value: value


def _capture(row: Mapping[str, object]) -> CaptureRef | None:
    if row["capture_file"] is None:
        return None
    values = {a: cast("Any", row[c]) for c, a in _CAPTURE_COLUMNS.items()}
    return CaptureRef(**values)
