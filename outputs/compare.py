"""Hashes over the content of tables, and the pairs of rows in which two snapshots differ.

What a pair means is for `pipelines/diff.py` to say; where the differing rows lie, for
`outputs/differing.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa

from outputs.canonical import canonical_json
from outputs.cells import data_of, hex_texts, joined, json_texts, text
from outputs.late_rows import UnsortedError
from outputs.paired import paired, rows_of
from outputs.row_hash import ROW_HASH, hasher
from outputs.rows import Row, key_of
from outputs.schema import SchemaError, Table
from outputs.table_files import TableReader, read_batches, schema_of, table_of


def state_hash(table: Table, rows: Iterable[Mapping[str, object]]) -> str:
    """Hash over keys and content of all rows, in whatever order they come."""
    return _hash_lines(sorted(_lines(table, rows)))


def state_hash_in_order(table: Table, rows: Iterable[Mapping[str, object]]) -> str:
    """`state_hash` of rows that come in key order, holding one of them."""
    return _hash_lines(_lines(table, rows))


def file_state_hash(path: Path) -> str:
    """`state_hash` of a table file, from the row hashes that its writer computed."""
    table = table_of(path)
    if ROW_HASH not in schema_of(path).names:
        return recomputed_state_hash(path)
    digest = hashlib.sha256()
    with TableReader(path, columns=(*table.key, ROW_HASH)) as reader:
        for batch in reader.batches(range(reader.file.num_row_groups)):
            if batch.column(ROW_HASH).null_count:
                return recomputed_state_hash(path)
            digest.update(_lines_of(table, batch))
    return "sha256:" + digest.hexdigest()


def _lines_of(table: Table, batch: pa.RecordBatch) -> memoryview:
    """What `_hash_lines` hashes, of many rows at once."""
    cells = [json_texts(batch.column(name)) for name in table.key]
    parts = [part for cell in cells for part in (cell, text(","))]
    lines = joined(text("["), *parts, json_texts(hex_texts(batch.column(ROW_HASH))), text("]\n"))
    return data_of(lines)


def recomputed_state_hash(path: Path) -> str:
    """`state_hash` of a table file from its content, whatever hashes stand in it.

    Raises:
        SchemaError: The file is not sorted, or a row hash in it is not that of its row.
    """
    table = table_of(path)
    hash_of = hasher(table)

    def lines() -> Iterator[tuple[tuple[Any, ...], str]]:
        for row in _sorted_rows(path):
            computed = hash_of(row)
            if row.get(ROW_HASH) not in (None, computed):
                raise SchemaError(
                    f"{path}: the row hash of {key_of(table, row)} is not that of its content; "
                    "compare the run with its SHA256SUMS"
                )
            yield key_of(table, row), computed

    return _hash_lines(lines())


def pairs(before: Path | None, after: Path) -> Iterator[tuple[Row | None, Row | None]]:
    """Rows whose content differs between two files of one table, in key order.

    Memory holds a window of each file, however large they are and however much differs.

    Args:
        before: The parent's file; None on a first run, when every row is new.

    Yields:
        (row before, row after); None on the side that has no row with that key.

    Raises:
        SchemaError: A file is not sorted, of another table or of another major version.
    """
    table = table_of(after)
    if before is not None and table_of(before) is not table:
        raise SchemaError(f"{before} holds table {table_of(before).name}, {after} {table.name}")
    names = table.content
    for window in paired(before, after):
        for left, right in rows_of(window):
            # A newer minor version may have hashed columns that we do not know.
            if left is None or right is None or any(left[n] != right[n] for n in names):
                yield left, right


def _lines(
    table: Table, rows: Iterable[Mapping[str, object]]
) -> Iterator[tuple[tuple[Any, ...], str]]:
    hash_of = hasher(table)
    for row in rows:
        yield key_of(table, row), hash_of(row)


def _sorted_rows(path: Path) -> Iterator[Row]:
    table = table_of(path)
    last: tuple[Any, ...] | None = None
    for row in chain.from_iterable(read_batches(path)):
        key = key_of(table, row)
        if last is not None and key <= last:
            raise UnsortedError(
                f"{path}: row {key} does not come after {last}; the file was not written by "
                "outputs.snapshot, write it anew with `hotlines replay`"
            )
        last = key
        yield row


def _hash_lines(lines: Iterable[tuple[tuple[Any, ...], str]]) -> str:
    digest = hashlib.sha256()
    for key, content in lines:
        digest.update(canonical_json([*key, content]).encode() + b"\n")
    return "sha256:" + digest.hexdigest()
