"""Hashes over content columns, and the pairs of rows in which two snapshots differ.

What a pair means is for `pipelines/diff.py` to say. The encoding is that of
`outputs/canonical.py`: a row is an object of its content columns without those that are null,
so that a new nullable column (a minor version) leaves the hash of older rows as it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from outputs.canonical import canonical_json, digest_of
from outputs.rows import Row, key_of
from outputs.schema import SchemaError, Table
from outputs.snapshot import read_batches, table_of


def content_of(table: Table, row: Mapping[str, object]) -> Row:
    """The content columns of a row that are not null."""
    return _content(table.content, row)


def row_hash(table: Table, row: Mapping[str, object]) -> str:
    """Hash over the content of a row: 32 hex digits (16 bytes of a sha256)."""
    return digest_of(content_of(table, row)).hex()


def state_hash(table: Table, rows: Iterable[Mapping[str, object]]) -> str:
    """Hash over keys and content of all rows, in whatever order they come."""
    return _hash_lines(sorted(_lines(table, rows)))


def file_state_hash(path: Path) -> str:
    """`state_hash` of a table file, read batch by batch."""
    return _hash_lines(_lines(table_of(path), _sorted_rows(path)))


def pairs(before: Path | None, after: Path) -> Iterator[tuple[Row | None, Row | None]]:
    """Rows whose content differs between two files of one table, in key order.

    Both files are sorted by key, so one pass over each is enough and memory holds two batches.

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
    old = _sorted_rows(before) if before is not None else iter(())
    new = _sorted_rows(after)
    for left, right in _merged(table, old, new):
        if left is None or right is None or _content(names, left) != _content(names, right):
            yield left, right


def _content(names: tuple[str, ...], row: Mapping[str, object]) -> Row:
    return {name: row[name] for name in names if row[name] is not None}


def _lines(
    table: Table, rows: Iterable[Mapping[str, object]]
) -> Iterator[tuple[tuple[Any, ...], str]]:
    names = table.content
    for row in rows:
        yield key_of(table, row), digest_of(_content(names, row)).hex()


def _merged(
    table: Table, old: Iterator[Row], new: Iterator[Row]
) -> Iterator[tuple[Row | None, Row | None]]:
    left, right = next(old, None), next(new, None)
    while left is not None and right is not None:
        left_key, right_key = key_of(table, left), key_of(table, right)
        if left_key < right_key:
            yield left, None
            left = next(old, None)
        elif right_key < left_key:
            yield None, right
            right = next(new, None)
        else:
            yield left, right
            left, right = next(old, None), next(new, None)
    yield from ((row, None) for row in chain([left] if left else [], old))
    yield from ((None, row) for row in chain([right] if right else [], new))


def _sorted_rows(path: Path) -> Iterator[Row]:
    table = table_of(path)
    last: tuple[Any, ...] | None = None
    for row in chain.from_iterable(read_batches(path)):
        key = key_of(table, row)
        if last is not None and key <= last:
            raise SchemaError(
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
