"""Write and read one table of a run as Parquet.

Equal rows give equal bytes: rows sorted by key, nothing of clock or machine in the file. The
writer's name (`created_by`) is pyarrow's and changes with its version, which the dependency
digest of the manifest covers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NoReturn

import pyarrow as pa
import pyarrow.parquet as pq

from outputs.cells import python_values
from outputs.durable import replacing
from outputs.row_checks import check_columns, check_enum, check_values, refuse_encoding
from outputs.row_hash import ROW_HASH, hasher
from outputs.rows import Row, key_of
from outputs.schema import (
    SCHEMA_VERSION,
    Column,
    RowError,
    Table,
    Type,
)

ROW_GROUP = 122_880  # engines.md, 4 Snapshots: measured
BATCH = 8_192  # rows that are held as Python values at a time; divides ROW_GROUP
ARROW_TYPES = {
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
        pa.field(c.name, ARROW_TYPES[c.type], nullable=c.nullable, metadata=_field_metadata(c))
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
            self._check_keys((key_of(self._table, row),))
            self._pending.append(row)
            self.rows += 1
            if len(self._pending) == BATCH:
                self._convert()

    def write_columns(self, batch: pa.RecordBatch) -> None:
        """Add rows that come in key order as columns of the table's types.

        Only nulls and the order are checked: values are those of whoever builds columns.
        """
        self._convert()
        for column in self._table.columns:
            if batch[column.name].null_count and not column.nullable:
                raise RowError(self._table, {}, column.name, "not null", "a value is null")
        part = pa.Table.from_batches([batch]).cast(self._schema)
        self._check_keys(zip(*(python_values(batch[n]) for n in self._table.key), strict=True))
        self.rows += part.num_rows
        self._group.append(part)
        self._write_groups(ROW_GROUP)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        with self._stack:
            try:
                if error is not None:
                    raise error
                self._convert()
                self._write_groups(1)
                self._file.close()
            except BaseException:
                # Else pyarrow writes a footer when the object is collected, into a closed file.
                self._file.is_open = False
                raise

    def _convert(self) -> None:
        """Arrow holds a row in a tenth of what Python needs for it."""
        if self._pending:
            batch = batch_of_rows(self._table, self._pending)
            self._group.append(pa.Table.from_batches([batch]))
            self._pending = []
        self._write_groups(ROW_GROUP)

    def _write_groups(self, size: int) -> None:
        """Writes what is there in groups, until less than `size` is left."""
        while sum(part.num_rows for part in self._group) >= size:
            held = pa.concat_tables(self._group)
            self._group = [held.slice(ROW_GROUP)] if held.num_rows > ROW_GROUP else []
            columns = held.slice(0, ROW_GROUP).columns
            del held  # so that the parts of a column go as soon as they are put together
            whole = [columns.pop(0).combine_chunks() for _ in self._schema]
            self._file.write_table(pa.Table.from_arrays(whole, schema=self._schema))

    def _check_keys(self, keys: Iterable[tuple[Any, ...]]) -> None:
        last = self._last
        for key in keys:
            if last is not None and key <= last:
                self._refuse(key, last)
            last = key
        self._last = last

    def _refuse(self, key: tuple[Any, ...], last: tuple[Any, ...]) -> NoReturn:
        twice, row = key == last, dict(zip(self._table.key, key, strict=True))
        what = "is there twice" if twice else f"comes after {'/'.join(map(str, last))}"
        rule = "distinct keys" if twice else "batches must be written in key order"
        raise RowError(self._table, row, "/".join(self._table.key), rule, f"it {what}")


def parquet_writer(sink: Path | IO[bytes], table: Table) -> pq.ParquetWriter:
    """pyarrow's writer with the settings of our files."""
    schema = arrow_schema(table)
    # A dictionary of values that are all different would be built only to be thrown away.
    coded = [c for c in table.columns if not c.distinct and c.type is not Type.DIGEST]
    return pq.ParquetWriter(
        sink,
        schema,
        compression="zstd",
        compression_level=3,
        use_dictionary=[f"{c.name}.list.element" if c.type.is_list else c.name for c in coded],
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


def batch_of_rows(table: Table, rows: list[Row]) -> pa.RecordBatch:
    """Rows as columns, each value checked; fills in the row hash.

    Raises:
        SchemaError: A value does not fit its column.
    """
    hash_of, arrays = hasher(table), []
    for column in table.columns:
        if column.name == ROW_HASH:  # the last one: all it covers was checked before
            for row in rows:
                row[ROW_HASH] = hash_of(row)
        arrays.append(_array(table, column, rows))
    return pa.RecordBatch.from_arrays(arrays, schema=arrow_schema(table))


def _array(table: Table, column: Column, rows: list[Row]) -> pa.Array:
    values = [row[column.name] for row in rows]
    check_values(table, column, rows, values)
    if column.enum:
        check_enum(table, column, rows)
    if column.type is Type.DIGEST:
        values = [None if value is None else bytes.fromhex(str(value)) for value in values]
    try:
        return pa.array(values, type=ARROW_TYPES[column.type])
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError, OverflowError) as error:
        refuse_encoding(table, column, rows, error)
