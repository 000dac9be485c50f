"""The row hash: one short value that is equal where the content of two rows is (decision 0009).

The encoding is that of `outputs/canonical.py`: a row is an object of its content columns without
those that are null, so that a new nullable column (a minor version) leaves the hash of older
rows as it was. Tables with a column `row_hash` carry it; whoever writes the table fills it in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from outputs.canonical import digest_of
from outputs.rows import Row
from outputs.schema import Table

ROW_HASH = "row_hash"


def content_of(table: Table, row: Mapping[str, object]) -> Row:
    """The content columns of a row that are not null."""
    return {name: row[name] for name in table.content if row[name] is not None}


def hasher(table: Table) -> Callable[[Mapping[str, object]], str]:
    """`row_hash` for many rows of one table."""
    names = table.content

    def of(row: Mapping[str, object]) -> str:
        return digest_of({name: row[name] for name in names if row[name] is not None}).hex()

    return of


def row_hash(table: Table, row: Mapping[str, object]) -> str:
    """Hash over the content of a row: 32 hex digits (16 bytes of a sha256)."""
    return hasher(table)(row)
