"""Refuse rows that do not fit their table, naming table, column and row.

Only what Arrow itself would let pass is checked here: it takes 1.5 for an integer, bytes for
text, a string for a list of strings, a time without a zone, and knows no closed sets.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NoReturn, cast

from outputs.canonical import canonical_json
from outputs.schema import Column, RowError, Table, Type

if TYPE_CHECKING:
    from outputs.rows import Row

_PYTHON: dict[Type, tuple[type, ...]] = {
    Type.STRING: (str,),
    Type.JSON: (str,),
    Type.BOOL: (bool,),
    Type.INT64: (int,),
    Type.FLOAT64: (float, int),
    Type.TIMESTAMP: (datetime,),
    Type.STRINGS: (list, tuple),
    Type.INTS: (list, tuple),
    Type.DIGEST: (str,),
}

_INT64 = 2**63


def check_columns(table: Table, row: Row) -> None:
    """Refuse a row with other columns than the table's, or with a null in its key."""
    if row.keys() != set(table.names):
        missing = sorted(set(table.names) - row.keys())
        unknown = sorted(row.keys() - set(table.names))
        problem = f"it lacks columns {missing} and has unknown columns {unknown}"
        raise RowError(table, row, ", ".join(missing + unknown), "columns of the table", problem)
    for name in table.key:
        column = table.column(name)
        if not isinstance(row[name], _PYTHON[column.type]):
            problem = f"value is {row[name]!r}, not {column.type.value}"
            raise RowError(table, row, name, "key is never null", problem)


def check_values(
    table: Table, column: Column, rows: Sequence[Row], values: Sequence[object]
) -> None:
    """Refuse a value of another type than its column's, a null, a time without a zone."""
    allowed = _PYTHON[column.type] + ((type(None),) if column.nullable else ())
    kinds = set(map(type, values))
    wrong = {kind for kind in kinds if not issubclass(kind, allowed)}
    if column.type in (Type.INT64, Type.FLOAT64) and bool in kinds:
        wrong.add(bool)
    for row, value in zip(rows, values, strict=True):
        if type(value) in wrong:
            _refuse_type(table, column, row, value)
        if column.type is Type.TIMESTAMP and isinstance(value, datetime) and value.tzinfo is None:
            problem = f"value is {value.isoformat()} without a time zone"
            raise RowError(table, row, column.name, "time with its zone", problem)
        if column.type.is_list and value is not None:
            _check_elements(table, column, row, value)


def _refuse_type(table: Table, column: Column, row: Row, value: object) -> NoReturn:
    if value is None:
        raise RowError(table, row, column.name, "not null", "value is null")
    problem = f"value is {value!r}, not {column.type.value}"
    raise RowError(table, row, column.name, f"type {column.type.value}", problem)


def _check_elements(table: Table, column: Column, row: Row, value: object) -> None:
    element = str if column.type is Type.STRINGS else int
    for each in cast("list[object]", value):
        if not isinstance(each, element) or isinstance(each, bool):
            problem = f"value holds {each!r}, not {element.__name__}"
            raise RowError(table, row, column.name, f"list of {element.__name__}", problem)


def check_enum(table: Table, column: Column, rows: Sequence[Row]) -> None:
    """Refuse a value outside the closed set of its column."""
    known = frozenset(column.enum)
    for row in rows:
        value = row[column.name]
        for each in cast("list[object]", value) if column.type.is_list else [value]:
            if each is not None and each not in known:
                problem = f"value is {each!r}, not one of {', '.join(column.enum)}"
                raise RowError(table, row, column.name, "closed set", problem)


def refuse_encoding(
    table: Table, column: Column, rows: Sequence[Row], error: Exception
) -> NoReturn:
    """Name the first row whose value Arrow does not take; `error` says it of them together."""
    for row in rows:
        value = row[column.name]
        if not is_encodable(value):
            raise RowError(table, row, column.name, "text in UTF-8", f"value {error}") from error
        if isinstance(value, int) and abs(value) >= _INT64:
            raise RowError(table, row, column.name, "64 bits", f"value {error}") from error
    raise RowError(table, {}, column.name, f"type {column.type.value}", str(error)) from error


def is_encodable(value: object) -> bool:
    """Whether a value has a canonical encoding; half of a surrogate pair has none."""
    try:
        canonical_json(value).encode()
    except (TypeError, ValueError):
        return False
    return True
