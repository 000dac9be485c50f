"""Write and read one table of a run as Parquet.

Equal rows give equal bytes: rows sorted by key, nothing of clock or machine in the file. The
writer's name (`created_by`) is pyarrow's and changes with its version, which the dependency
digest of the manifest covers.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from outputs.durable import replacing
from outputs.row_checks import check_columns, check_enum, check_values, refuse_encoding
from outputs.row_hash import ROW_HASH, hasher
from outputs.rows import Row, key_of
from outputs.schema import (
    SCHEMA_VERSION,
    Column,
    RowError,
    SchemaError,
    Table,
    Type,
    check_version,
    table_named,
)

ROW_GROUP = 122_880  # engines.md, 4 Snapshots: measured
_BATCH = 8_192  # rows that are held as Python values at a time; divides ROW_GROUP
_ARROW = {
    Type.STRING: pa.string(),
    Type.JSON: pa.string(),
    Type.BOOL: pa.bool_(),
    Type.INT64: pa.int64(),
    Type.FLOAT64: pa.float64(),
    Type.TIMESTAMP: pa.timestamp("us", "UTC"),
    Type.STRINGS: pa.list_(pa.field("element", pa.string(), nullable=False)),
    Type.INTS: pa.list_(pa.field("element", pa.int64(), nullable=False)),
    Type.DIGEST: pa.binary(16),
}


def arrow_schema(table: Table) -> pa.Schema:
    """Arrow schema of a table, with titles and descriptions as metadata."""
    fields = [
        pa.field(c.name, _ARROW[c.type], nullable=c.nullable, metadata=_field_metadata(c))
        for c in table.columns
    ]
    return pa.schema(
        fields,
        metadata={
            "schema_version": SCHEMA_VERSION,
            "table": table.name,
            "title_zh": table.title_zh,
            "title_en": table.title_en,
            "description_zh": table.about_zh,
            "description": table.about,
            "key": ";".join(table.key),
        },
    )


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


class TableWriter:
    """Writes one table, brand by brand, without holding it in memory.

    Each batch is sorted by key and must lie behind the one before it. The file appears under
    its name, complete and on disk, when the writer closes without an error; else not at all.
    """

    def __init__(self, path: Path, table: Table) -> None:
        self.path = path
        self.rows = 0
        self._table = table
        self._schema = arrow_schema(table)
        self._hash = hasher(table)
        self._stack = ExitStack()
        self._pending: list[Row] = []
        self._group: list[pa.Table] = []
        self._last: tuple[Any, ...] | None = None
        self._file: Any = None

    def __enter__(self) -> TableWriter:
        with ExitStack() as stack:
            self._file = parquet_writer(stack.enter_context(replacing(self.path)), self._table)
            self._stack = stack.pop_all()
        return self

    def write(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Add rows, which may come in any order among themselves."""
        batch = [dict(row) for row in rows]
        for row in batch:
            check_columns(self._table, row)
        self.write_sorted(sorted(batch, key=lambda row: key_of(self._table, row)))

    def write_sorted(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Add rows that come in key order, however many; few are held at a time."""
        for given in rows:
            row = dict(given)
            check_columns(self._table, row)
            self._check_order(row)
            self._pending.append(row)
            self.rows += 1
            if len(self._pending) == _BATCH:
                self._convert()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        with self._stack:
            try:
                if error is not None:
                    raise error
                self._convert()
                self._write_group()
                self._file.close()
            except BaseException:
                # Else pyarrow writes a footer when the object is collected, into a closed file.
                self._file.is_open = False
                raise

    def _convert(self) -> None:
        """Arrow holds a row in a tenth of what Python needs for it."""
        if self._pending:
            arrays = []
            for column in self._table.columns:
                if column.name == ROW_HASH:  # the last one: all it covers was checked before
                    for row in self._pending:
                        row[ROW_HASH] = self._hash(row)
                arrays.append(_array(self._table, column, self._pending))
            self._group.append(pa.Table.from_arrays(arrays, schema=self._schema))
            self._pending = []
        if sum(part.num_rows for part in self._group) >= ROW_GROUP:
            self._write_group()

    def _write_group(self) -> None:
        if self._group:
            group = pa.concat_tables(self._group).combine_chunks()
            self._file.write_table(group, row_group_size=ROW_GROUP)
            self._group = []

    def _check_order(self, row: Row) -> None:
        key = key_of(self._table, row)
        if self._last is not None and key <= self._last:
            twice = key == self._last
            what = "is there twice" if twice else f"comes after {'/'.join(map(str, self._last))}"
            rule = "distinct keys" if twice else "batches must be written in key order"
            raise RowError(self._table, row, "/".join(self._table.key), rule, f"it {what}")
        self._last = key


def parquet_writer(sink: Path | IO[bytes], table: Table) -> pq.ParquetWriter:
    """pyarrow's writer with the settings of our files."""
    schema = arrow_schema(table)
    # A dictionary of values that are all different would be built only to be thrown away.
    hashes = {column.name for column in table.columns if column.type is Type.DIGEST}
    return pq.ParquetWriter(
        sink,
        schema,
        compression="zstd",
        compression_level=3,
        use_dictionary=[c.name for c in table.columns if c.name not in hashes] if hashes else True,
        sorting_columns=pq.SortingColumn.from_ordering(
            schema, [(name, "ascending") for name in table.key]
        ),
    )


def write_table(path: Path, table: Table, rows: Iterable[Mapping[str, object]]) -> int:
    """Write all rows of a table; returns how many there were."""
    with TableWriter(path, table) as writer:
        writer.write(rows)
    return writer.rows


def write_sorted_table(path: Path, table: Table, rows: Iterable[Mapping[str, object]]) -> int:
    """Write rows that come in key order, holding few of them; returns how many there were."""
    with TableWriter(path, table) as writer:
        writer.write_sorted(rows)
    return writer.rows


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

    Raises:
        SchemaError: The file is of another major version, or is no table of ours.
    """

    def __init__(self, path: Path, *, columns: Sequence[str] | None = None) -> None:
        self.file = _opened(path)
        try:
            self.table = _table_in(path, self.file.schema_arrow)
        except SchemaError:
            self.file.close()
            raise
        held = set(self.file.schema_arrow.names)
        wanted = [c for c in self.table.columns if columns is None or c.name in columns]
        self.names = tuple(c.name for c in wanted if c.name in held)
        self._missing = {c.name: None for c in wanted if c.name not in held}
        self._read = {
            c.name: _READERS[c.type] for c in wanted if c.name in held and c.type in _READERS
        }

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
                batch_size=at_once or _BATCH, row_groups=[group], columns=list(self.names)
            )

    def rows(self, batch: pa.RecordBatch) -> list[Row]:
        """Rows of a batch; a column that an older minor version did not have is None."""
        rows: list[Row] = batch.to_pylist()
        for row in rows:
            for name, read in self._read.items():
                if row[name] is not None:
                    row[name] = read(row[name])
            row.update(self._missing)
        return rows


def read_table(path: Path, *, columns: Sequence[str] | None = None) -> list[Row]:
    """All rows of a table file, in key order."""
    return list(itertools.chain.from_iterable(read_batches(path, columns=columns)))


def count_rows(path: Path) -> int:
    """Number of rows of a table file, from its footer."""
    with _opened(path) as file:
        return int(file.metadata.num_rows)


def table_of(path: Path) -> Table:
    """Which table a Parquet file holds."""
    return _table_in(path, schema_of(path))


def schema_of(path: Path) -> pa.Schema:
    """Arrow schema of a Parquet file."""
    with _opened(path) as file:
        return file.schema_arrow


# --- writing ------------------------------------------------------------------------------


def _field_metadata(column: Column) -> dict[str, str]:
    metadata = {
        "title_zh": column.zh,
        "title_en": column.en,
        "description_zh": column.about_zh,
        "description": column.about,
        "role": column.role.value,
    }
    if column.enum:
        metadata["enum"] = ";".join(column.enum)
    return metadata


def _array(table: Table, column: Column, rows: list[Row]) -> pa.Array:
    values = [row[column.name] for row in rows]
    check_values(table, column, rows, values)
    if column.enum:
        check_enum(table, column, rows)
    if column.type is Type.DIGEST:
        values = [None if value is None else bytes.fromhex(str(value)) for value in values]
    try:
        return pa.array(values, type=_ARROW[column.type])
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError, OverflowError) as error:
        refuse_encoding(table, column, rows, error)


# --- reading ------------------------------------------------------------------------------


def _opened(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except FileNotFoundError as error:
        raise NoTableError(path) from error
    except pa.ArrowInvalid as error:
        raise SchemaError(
            f"{path} cannot be read as Parquet ({error}); "
            "`hotlines verify` tells what else is damaged; restore the file from a copy"
        ) from error


def _table_in(path: Path, schema: pa.Schema) -> Table:
    metadata = schema.metadata or {}
    name = metadata.get(b"table", b"").decode()
    if not name:
        raise SchemaError(f"{path} is Parquet, but no table of ours: it names no table")
    check_version(metadata.get(b"schema_version", b"").decode(), str(path))
    return table_named(name)


def _in_utc(moment: object) -> object:
    return cast("datetime", moment).astimezone(UTC)


def _hex(digest: object) -> object:
    return cast("bytes", digest).hex()


_READERS: Mapping[Type, Callable[[object], object]] = {
    Type.TIMESTAMP: _in_utc,
    Type.DIGEST: _hex,
}
