"""Take few rows out of a large file, a column of a row group at a time.

Every column that is wanted has to be decoded where rows are spread evenly, but only the rows that
are wanted leave it: memory holds one column of one row group, and what was taken.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from outputs.cells import from_numbers, python_values
from outputs.schema import SchemaError, Table
from outputs.snapshot import ARROW_TYPES
from outputs.table_files import TableReader

Numbers = npt.NDArray[np.int64]  # places of rows in their file
Keys = list[tuple[Any, ...]]

_SMALL = 4_096  # rows of a group that is read at once


class UnsortedError(SchemaError):
    """A file is not in key order, or holds a key twice."""


def ends_of(reader: TableReader) -> list[int]:
    """Number of the row behind each row group."""
    metadata = reader.file.metadata
    return list(accumulate(metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)))


class LateRows:
    """The rows of a file at places that are named in file order, taken group by group.

    Attributes:
        held: How many rows are taken and not yet given away.
    """

    def __init__(self, path: Path, columns: Sequence[str] | None) -> None:
        self._reader = TableReader(path, columns=columns, coded=True)
        self._ends = ends_of(self._reader)
        self._group = 0
        self._waiting: list[Numbers] = []
        self._taken = completed(self._reader, {}, 0)
        self._order = KeyOrder(path, self._reader.table)

    def __enter__(self) -> LateRows:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.__exit__()

    @property
    def held(self) -> int:
        """How many rows are taken and not yet given away."""
        return int(self._taken.num_rows)

    def want(self, places: Numbers, reached: int) -> None:
        """Adds places; no later one will lie before row `reached`."""
        self._waiting.append(places)
        done = bisect_right(self._ends, reached)
        if done > self._group:
            self._take_groups(done)

    def give(self, count: int) -> tuple[pa.RecordBatch, Keys]:
        """The next rows and their keys.

        Raises:
            UnsortedError: A key does not come after the one before it.
        """
        batch, self._taken = self._taken.slice(0, count), self._taken.slice(count)
        return batch, self._order.checked(batch)

    def _take_groups(self, done: int) -> None:
        places = np.concatenate(self._waiting)
        parts = [self._taken]
        for group in range(self._group, done):
            inside = int(np.searchsorted(places, self._ends[group]))
            if inside:
                parts.append(self._from_group(group, places[:inside]))
                places = places[inside:]
        self._group, self._waiting = done, [places]
        self._taken = pa.concat_batches(parts)

    def _from_group(self, group: int, places: Numbers) -> pa.RecordBatch:
        start = self._ends[group - 1] if group else 0
        return taken(self._reader, group, from_numbers(places - start))


class RowsById:
    """The rows of a file that have these ids, which are asked for in file order."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._path = path
        self._reader = TableReader(path, columns=columns, coded=True)
        self._group = 0
        self._ids: pa.Array | None = None  # of the group

    def __enter__(self) -> RowsById:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.__exit__()

    def take(self, ids: pa.Array) -> pa.RecordBatch:
        """A row for each id.

        Raises:
            SchemaError: The file does not hold all of them in this order.
        """
        parts = [completed(self._reader, {}, 0)]
        while len(ids) and self._group < self._reader.file.num_row_groups:
            if self._ids is None:
                self._ids = taken(self._reader, self._group, None, ["id"])["id"]
            wanted = ids.slice(0, len(self._ids))
            places = pc.indices_nonzero(pc.is_in(self._ids, wanted)).cast(pa.int64())
            if not self._ids.take(places).equals(ids.slice(0, len(places))):
                break
            if len(places):
                parts.append(taken(self._reader, self._group, places))
            ids = ids.slice(len(places))
            if len(ids):
                self._group, self._ids = self._group + 1, None
        if len(ids):
            raise SchemaError(
                f"{self._path} does not hold {ids[0]} and the changed rows behind it in key order; "
                "compare the run with its SHA256SUMS"
            )
        return pa.concat_batches(parts)


class KeyOrder:
    """Sees to it that the rows of a file come in key order."""

    def __init__(self, path: Path, table: Table) -> None:
        self._path, self._table = path, table
        self._last: tuple[Any, ...] | None = None

    def checked(self, batch: pa.RecordBatch) -> Keys:
        """Keys of the next rows.

        Raises:
            UnsortedError: A key does not come after the one before it.
        """
        columns = (python_values(batch.column(name)) for name in self._table.key)
        keys = list(zip(*columns, strict=True))
        last = self._last
        for key in keys:
            if last is not None and key <= last:
                raise UnsortedError(
                    f"{self._path}: row {key} does not come after {last}; the file was not "
                    "written by outputs.snapshot, write it anew with `hotlines replay`"
                )
            last = key
        self._last = last
        return keys


def taken(
    reader: TableReader, group: int, places: pa.Array | None, columns: Sequence[str] | None = None
) -> pa.RecordBatch:
    """Rows of a group, all for no places; large groups are read a column at a time."""
    names = list(reader.names if columns is None else columns)
    rows = reader.file.metadata.row_group(group).num_rows
    found: dict[str, pa.ChunkedArray] = {}
    for bunch in [names] if rows <= _SMALL else [[name] for name in names]:
        table = reader.file.read_row_group(group, columns=bunch, use_threads=False)
        found |= {n: table[n] if places is None else table[n].take(places) for n in bunch}
    return completed(reader, found, rows if places is None else len(places))


def completed(
    reader: TableReader, columns: dict[str, pa.ChunkedArray], rows: int
) -> pa.RecordBatch:
    """All columns that are wanted, each of today's type; null where the file has none."""
    arrays = []
    for column in reader.wanted:
        kind, held = ARROW_TYPES[column.type], columns.get(column.name)
        arrays.append(pa.nulls(rows, kind) if held is None else _plain(held, kind))
    return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in reader.wanted])


def whole(reader: TableReader, batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch of a file with all columns that are wanted, each of today's type."""
    held = {name: pa.chunked_array([batch[name]]) for name in batch.schema.names}
    return completed(reader, held, batch.num_rows)


def _plain(column: pa.ChunkedArray, kind: pa.DataType) -> pa.Array:
    array = column.combine_chunks()
    return array if array.type == kind else array.cast(kind)
