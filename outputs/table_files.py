"""Table files, read: whole, batch by batch, or by row group; of older and newer minor versions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from outputs.cells import json_values, python_values
from outputs.rows import Row
from outputs.schema import (
    SchemaError,
    Table,
    check_version,
    table_named,
)
from outputs.snapshot import BATCH

_DICTIONARY = 1 << 20


class NoTableError(FileNotFoundError):
    """A table is not where it should be; the message says what may have become of it."""

    def __init__(self, path: Path) -> None:
        run, table = path.parent, path.stem
        if (run / "pruned.json").exists():
            told = "it was pruned, and of its tables only `changes` is kept; name a later run"
        else:
            told = (
                "a row that broke the schema leaves a run without tables (then its manifest.json "
                "says so), else the file was lost: `hotlines verify` lists what is missing, "
                "restore it from a copy"
            )
        super().__init__(f"run {run.name} has no table {table}: {told}")


def read_batches(
    path: Path,
    *,
    columns: Sequence[str] | None = None,
    where: Mapping[str, Collection[str]] | None = None,
    at_once: int | None = None,
) -> Iterator[list[Row]]:
    """Rows of a table file in key order, batch by batch.

    A column that an older minor version did not have is filled with None; columns of a newer
    one are left out.

    Args:
        where: Give only rows whose columns have one of these values.
        at_once: Rows of a batch, at most.

    Raises:
        SchemaError: The file is of another major version, or is no table of ours.
    """
    with TableReader(path, columns=columns) as reader:
        chosen = {name: pa.array(sorted(v), pa.string()) for name, v in (where or {}).items()}
        for batch in reader.batches(range(reader.file.num_row_groups), at_once):
            for name, values in chosen.items():
                batch = batch.filter(pc.is_in(batch[name], values))  # noqa: PLW2901
            yield reader.rows(batch)


class TableReader:
    """An open table file: its batches as Arrow holds them, and their rows as we do.

    Args:
        coded: Give columns of few values as Arrow's dictionaries, which costs a tenth.

    Raises:
        SchemaError: The file is of another major version, or is no table of ours.
    """

    def __init__(
        self, path: Path, *, columns: Sequence[str] | None = None, coded: bool = False
    ) -> None:
        self.file = _opened(path, coded=coded)
        try:
            self.table = _table_in(path, self.file.schema_arrow)
        except SchemaError:
            self.file.close()
            raise
        held = set(self.file.schema_arrow.names)
        self.wanted = [c for c in self.table.columns if columns is None or c.name in columns]
        self.names = tuple(c.name for c in self.wanted if c.name in held)
        self._missing = {c.name: None for c in self.wanted if c.name not in held}

    def __enter__(self) -> TableReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def batches(
        self, groups: Iterable[int], at_once: int | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Batches of these row groups, in file order."""
        # One group at a time: asked for all of them, pyarrow keeps what it has read of each.
        for group in groups:
            yield from self.file.iter_batches(
                batch_size=at_once or BATCH, row_groups=[group], columns=list(self.names)
            )

    def rows(self, batch: pa.RecordBatch) -> list[Row]:
        """Rows of a batch; a column that an older minor version did not have is None."""
        if not batch.num_columns:
            return [dict(self._missing) for _ in range(batch.num_rows)]
        rows = rows_in(batch)
        if self._missing:
            for row in rows:
                row.update(self._missing)
        return rows


def rows_in(batch: pa.RecordBatch) -> list[Row]:
    """Rows of a batch that has all the columns they need."""
    names, columns = batch.schema.names, map(python_values, batch.columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def json_rows_in(batch: pa.RecordBatch) -> list[Row]:
    """The same in JSON-ready values: times as text."""
    names, columns = batch.schema.names, map(json_values, batch.columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def read_table(path: Path, *, columns: Sequence[str] | None = None) -> list[Row]:
    """All rows of a table file, in key order."""
    return list(chain.from_iterable(read_batches(path, columns=columns)))


def count_rows(path: Path) -> int:
    """Number of rows of a table file, from its footer."""
    with _opened(path, coded=False) as file:
        return int(file.metadata.num_rows)


def table_of(path: Path) -> Table:
    """Which table a Parquet file holds."""
    return _table_in(path, schema_of(path))


def schema_of(path: Path) -> pa.Schema:
    """Arrow schema of a Parquet file."""
    with _opened(path, coded=False) as file:
        return file.schema_arrow


def _opened(path: Path, *, coded: bool) -> pq.ParquetFile:
    try:
        columns = _of_few_values(pq.read_metadata(path)) if coded else None
        return pq.ParquetFile(path, read_dictionary=columns)
    except FileNotFoundError as error:
        raise NoTableError(path) from error
    except pa.ArrowInvalid as error:
        raise SchemaError(
            f"{path} cannot be read as Parquet ({error}); "
            "`hotlines verify` tells what else is damaged; restore the file from a copy"
        ) from error


def _of_few_values(metadata: pq.FileMetaData) -> list[str]:
    """Text columns whose dictionary holds all values, so that no chunk has to be coded anew."""
    groups = [metadata.row_group(n) for n in range(metadata.num_row_groups)]
    found = []
    for n in range(metadata.num_columns):
        chunks = [group.column(n) for group in groups]
        # pyarrow gives a dictionary up when it reaches a megabyte, and says nowhere that it did.
        if all(
            chunk.physical_type == "BYTE_ARRAY"
            and chunk.has_dictionary_page
            and chunk.total_uncompressed_size < _DICTIONARY
            for chunk in chunks
        ):
            found += [chunk.path_in_schema for chunk in chunks[:1]]
    return found


def _table_in(path: Path, schema: pa.Schema) -> Table:
    metadata = schema.metadata or {}
    name = metadata.get(b"table", b"").decode()
    if not name:
        raise SchemaError(f"{path} is Parquet, but no table of ours: it names no table")
    check_version(metadata.get(b"schema_version", b"").decode(), str(path))
    return table_named(name)
