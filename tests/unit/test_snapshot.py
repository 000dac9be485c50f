"""Parquet files: what is refused, what is kept, and how other tools read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from run_examples import HOTLINE, LANDLINE, NOW, SOURCE, VALUES

from outputs import snapshot, table_files
from outputs.row_hash import row_hash
from outputs.rows import Row, from_row, row_of, rows_of
from outputs.schema import HOTLINES, SOURCES, TABLES, SchemaError, Table
from outputs.snapshot import TableWriter, write_table
from outputs.table_files import read_table
from pipelines.model import Hotline

ROWS = rows_of(HOTLINES, [HOTLINE, LANDLINE])


def hotline_rows(count: int) -> list[Row]:
    return [row_of(HOTLINES, replace(HOTLINE, number=f"{n:06}")) for n in range(count)]


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_written_rows_are_read_back(table: Table, tmp_path: Path) -> None:
    extra = {"run_id": "r"} if table.name == "changes" else None
    rows = rows_of(table, VALUES[table.name], extra)
    path = tmp_path / "t.parquet"
    assert write_table(path, table, rows) == len(rows)
    for row in rows if "row_hash" in table.names else ():
        row["row_hash"] = row_hash(table, row)
    assert read_table(path) == rows
    assert [p.name for p in tmp_path.iterdir()] == ["t.parquet"]


def test_values_travel_through_the_file(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    write_table(path, HOTLINES, ROWS)
    assert [from_row(Hotline, row) for row in read_table(path)] == [LANDLINE, HOTLINE]


def test_empty_table_has_its_schema(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    write_table(path, HOTLINES, [])
    assert pq.read_schema(path).names == list(HOTLINES.names)
    assert read_table(path) == []
    assert pd.read_parquet(path).empty


def test_equal_rows_give_equal_bytes_in_any_order(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    write_table(one, HOTLINES, ROWS)
    write_table(two, HOTLINES, reversed(ROWS))
    assert one.read_bytes() == two.read_bytes()


def test_batches_do_not_change_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "ROW_GROUP", 3)
    rows = hotline_rows(8)
    write_table(tmp_path / "whole", HOTLINES, rows)
    with TableWriter(tmp_path / "parts", HOTLINES) as writer:
        writer.write(rows[:4])
        writer.write([])
        writer.write(rows[4:])
    assert (tmp_path / "parts").read_bytes() == (tmp_path / "whole").read_bytes()
    metadata = pq.read_metadata(tmp_path / "whole")
    assert [metadata.row_group(n).num_rows for n in range(3)] == [3, 3, 2]


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("tel_uri", None, "column tel_uri, row demo/95188//: value is null"),
        ("number_class", "short_97", "column number_class, .* 'short_97', not one of short_95"),
        ("purposes", ["general", "x"], "column purposes, .* 'x', not one of general"),
        ("purposes", "general", "column purposes, .* 'general', not list<string>"),
        ("labels", [None], "column labels, .* holds None, not str"),
        ("evidence_count", 1.5, "column evidence_count, .* 1.5, not int64"),
        ("evidence_count", True, "column evidence_count, .* True, not int64"),
        ("evidence_count", 2**70, "column evidence_count, row demo/95188//: .*too"),
        ("e164", b"+86", "column e164, .* b'\\+86', not string"),
        ("display", "\ud800", "column display, row demo/95188//: .*surrogates"),
        ("last_seen", NOW.replace(tzinfo=None), "column last_seen, .* without a time zone"),
        ("number", None, "column number, row demo/None//: value is None, not string"),
    ],
)
def test_wrong_cell_is_named(column: str, value: object, message: str, tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    path.write_text("before")
    with pytest.raises(SchemaError, match=message):
        write_table(path, HOTLINES, [{**ROWS[1], column: value}])
    assert path.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["t.parquet"]


def test_wrong_columns_are_named(tmp_path: Path) -> None:
    row = {k: v for k, v in ROWS[0].items() if k != "hours"}
    with pytest.raises(SchemaError, match=r"lacks columns \['hours'\] .* unknown columns \['x'\]"):
        write_table(tmp_path / "t", HOTLINES, [{**row, "x": 1}])


def test_equal_keys_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=r"row demo/95188//: it is there twice"):
        write_table(tmp_path / "t", HOTLINES, [ROWS[1], ROWS[1]])


def test_batches_out_of_order_are_refused(tmp_path: Path) -> None:
    def write() -> None:
        with TableWriter(tmp_path / "t", HOTLINES) as writer:
            writer.write([ROWS[1]])
            writer.write([ROWS[0]])

    with pytest.raises(SchemaError, match="it comes after demo/95188//"):
        write()
    assert not list(tmp_path.iterdir())


def test_file_of_another_major_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    write_table(path, HOTLINES, ROWS)
    table = pq.read_table(path)
    newer = {**table.schema.metadata, b"schema_version": b"2.0.0"}
    pq.write_table(table.replace_schema_metadata(newer), path)
    with pytest.raises(SchemaError, match=r"schema version 2.0.0, this program reads 1\."):
        read_table(path)


def test_other_minor_versions_are_read(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    write_table(path, SOURCES, rows_of(SOURCES, [SOURCE]))
    table = pq.read_table(path).drop_columns(["last_changed"])
    table = table.append_column("later", pa.array(["x"]))
    pq.write_table(table, path)
    row = read_table(path)[0]
    assert row["last_changed"] is None
    assert row.keys() == set(SOURCES.names)


def test_strange_files_are_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1]}), tmp_path / "other.parquet")
    with pytest.raises(SchemaError, match="no table of ours"):
        read_table(tmp_path / "other.parquet")
    (tmp_path / "torn.parquet").write_bytes(b"PAR1 torn")
    with pytest.raises(SchemaError, match=r"torn\.parquet cannot be read as Parquet"):
        read_table(tmp_path / "torn.parquet")


def test_chosen_columns_only(tmp_path: Path) -> None:
    write_table(tmp_path / "t", HOTLINES, ROWS)
    assert read_table(tmp_path / "t", columns=["id", "first_seen"])[0] == {
        "id": "demo/+8657126888888",
        "first_seen": NOW,
    }


# --- other readers ------------------------------------------------------------------------


@pytest.fixture
def hotlines_file(tmp_path: Path) -> Path:
    path = tmp_path / "hotlines.parquet"
    write_table(path, HOTLINES, ROWS)
    return path


def test_pandas_reads_types(hotlines_file: Path) -> None:
    frame = pd.read_parquet(hotlines_file)
    assert str(frame["number"].dtype) == "str"
    assert str(frame["tel_uri"].dtype) == "str"
    assert str(frame["first_seen"].dtype) == "datetime64[us, UTC]"
    assert str(frame["staffed_24h"].dtype) == "bool"
    assert str(frame["evidence_count"].dtype) == "int64"
    assert frame["number"].tolist() == ["+8657126888888", "95188"]
    assert list(frame["purposes"][0]) == ["general", "complaint"]
    assert pd.isna(frame["e164"][1])


def test_polars_reads_types(hotlines_file: Path) -> None:
    schema = pl.read_parquet(hotlines_file).schema
    assert schema["number"] == pl.String
    assert schema["tel_uri"] == pl.String
    assert schema["first_seen"] == pl.Datetime("us", "UTC")
    assert schema["purposes"] == pl.List(pl.String)
    assert schema["staffed_24h"] == pl.Boolean


def test_duckdb_reads_types(hotlines_file: Path) -> None:
    relation = duckdb.sql(f"select * from '{hotlines_file}'")
    types = dict(zip(relation.columns, map(str, relation.types), strict=True))
    assert types["number"] == types["tel_uri"] == "VARCHAR"
    assert types["first_seen"] == "TIMESTAMP WITH TIME ZONE"
    assert types["purposes"] == "VARCHAR[]"
    assert types["evidence_count"] == "BIGINT"
    found = duckdb.sql(f"select number from '{hotlines_file}' where list_contains(purposes, 'vip')")
    assert found.fetchall() == []


def test_times_come_back_in_utc(hotlines_file: Path) -> None:
    seen = read_table(hotlines_file)[0]["first_seen"]
    assert isinstance(seen, datetime)
    assert seen == NOW
    assert seen.isoformat() == NOW.isoformat()


def test_dictionaries_where_values_repeat_and_only_there(tmp_path: Path) -> None:
    """A list column is named by its leaf: by its own name pyarrow takes it, and does nothing."""
    write_table(tmp_path / "t", HOTLINES, hotline_rows(3))
    group = pq.read_metadata(tmp_path / "t").row_group(0)
    chunks = [group.column(n) for n in range(group.num_columns)]
    coded = {c.path_in_schema.split(".")[0] for c in chunks if c.has_dictionary_page}
    texts = {c.path_in_schema.split(".")[0] for c in chunks if c.physical_type == "BYTE_ARRAY"}
    distinct = {column.name for column in HOTLINES.columns if column.distinct}
    assert {"number", "id"} <= distinct
    assert {"labels", "brand_id"} <= coded
    assert coded & texts == texts - distinct


def test_columns_of_few_values_are_read_as_they_are_stored(tmp_path: Path) -> None:
    write_table(tmp_path / "t", HOTLINES, hotline_rows(3))
    with table_files.TableReader(tmp_path / "t", coded=True) as reader:
        (batch,) = reader.batches([0])
        assert pa.types.is_dictionary(batch["brand_id"].type)
        assert pa.types.is_dictionary(batch["labels"].type.value_type)
        assert batch["number"].type == pa.string()
        assert reader.rows(batch) == read_table(tmp_path / "t")
