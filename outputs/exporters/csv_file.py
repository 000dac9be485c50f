"""CSV that opens in a spreadsheet: UTF-8 with BOM, RFC 4180 line ends, lists joined by `;`.

A spreadsheet evaluates a cell that begins with `=`, `+`, `-`, `@`, tab or carriage return. Such
a cell gets an apostrophe in front if others wrote its text (a page, a server); cells whose
form is ours (ids, numbers, dates, codes) stay as they are, or `+8657126888888` would no longer
load as what it is. Null and the empty string look alike here; Parquet keeps them apart.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import cast

from outputs.canonical import time_text
from outputs.durable import open_new_text
from outputs.exporters.exporter import Exporter
from outputs.schema import SCHEMA_VERSION, Column, Table

_EVALUATED = ("=", "+", "-", "@", "\t", "\r")


def header(table: Table) -> tuple[str, ...]:
    """Column names of the file."""
    return (*table.names, "schema_version")


def join_list(values: Iterable[object]) -> str:
    r"""A list as one cell; a `;` or `\` inside a value gets a `\` in front.

    >>> join_list(["general", "a;b"])
    'general;a\\;b'
    """
    return ";".join(str(value).replace("\\", "\\\\").replace(";", "\\;") for value in values)


def write_csv(path: Path, table: Table, rows: Iterable[Mapping[str, object]]) -> None:
    """Write one table."""
    with open_new_text(path, encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(header(table))
        for row in rows:
            cells = [_cell(column, row[column.name]) for column in table.columns]
            writer.writerow([*cells, SCHEMA_VERSION])


def _cell(column: Column, value: object) -> str:
    text = _text(value)
    if column.foreign_text and text.startswith(_EVALUATED):
        return "'" + text
    return text


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, list | tuple):
        return join_list(cast("list[object]", value))
    return str(value)


CSV = Exporter("csv", ".csv", "text/csv", write_csv)
