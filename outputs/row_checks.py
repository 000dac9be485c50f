"""Refuse rows that do not fit their table, naming table, column and row.

Only what Arrow itself would let pass is checked here: it takes 1.5 for an integer, bytes for
text, a string for a list of strings, a time without a zone, and knows no closed sets.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NoReturn, cast

from outputs.rows import Row
from outputs.schema import Column, SchemaError, Table, Type

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


def check_columns(table: Table, row: Row) -> None:
    """Refuse a row with other columns than the table's, or with a null in its key."""
    if row.keys() != set(table.names):
        missing = sorted(set(table.names) - row.keys())
        unknown = sorted(row.keys() - set(table.names))
        raise SchemaError(
            f"table {table.name}: row {shown(table, row)} lacks columns {missing} and has "
            f"unknown columns {unknown}; build rows with outputs.rows.rows_of"
        )
    for name in table.key:
        column = table.column(name)
        if not isinstance(row[name], _PYTHON[column.type]):
            _refuse(table, column, row, f"is {row[name]!r}, not {column.type.value}")


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
            problem = "is null" if value is None else f"is {value!r}, not {column.type.value}"
            _refuse(table, column, row, problem)
        if column.type is Type.TIMESTAMP and isinstance(value, datetime) and value.tzinfo is None:
            _refuse(table, column, row, f"is {value.isoformat()} without a time zone")
        if column.type.is_list and value is not None:
            _check_elements(table, column, row, value)


def _check_elements(table: Table, column: Column, row: Row, value: object) -> None:
    element = str if column.type is Type.STRINGS else int
    for each in cast("list[object]", value):
        if not isinstance(each, element) or isinstance(each, bool):
            _refuse(table, column, row, f"holds {each!r}, not {element.__name__}")


def check_enum(table: Table, column: Column, rows: Sequence[Row]) -> None:
    """Refuse a value outside the closed set of its column."""
    known = frozenset(column.enum)
    for row in rows:
        value = row[column.name]
        for each in cast("list[object]", value) if column.type.is_list else [value]:
            if each is not None and each not in known:
                _refuse(table, column, row, f"is {each!r}, not one of {', '.join(column.enum)}")


def _refuse(table: Table, column: Column, row: Row, problem: str) -> NoReturn:
    raise SchemaError(
        f"table {table.name}, column {column.name}, row {shown(table, row)}: value {problem}; "
        "correct the stage that produced it, or outputs/tables/ if the contract changed"
    )


def shown(table: Table, row: Row) -> str:
    """The key of a row, for messages."""
    return "/".join(str(row.get(name)) for name in table.key)
