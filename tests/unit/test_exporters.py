"""CSV and JSON Lines."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pandas as pd
import pytest
from run_examples import HOTLINE, LANDLINE, RUN, write_tables

from outputs.describe import json_schema
from outputs.exporters import CSV, EXPORTED, EXPORTERS, JSON_LINES, export_tables
from outputs.exporters.csv_file import header, join_list
from outputs.rows import rows_of
from outputs.run_directory import RunDirectory
from outputs.schema import HOTLINES, SCHEMA_VERSION
from outputs.table_files import read_table
from pipelines.model import Hotline


def csv_of(path: Path, *values: Hotline) -> list[dict[str, str]]:
    CSV.write(path, HOTLINES, rows_of(HOTLINES, values))
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    found = RunDirectory(tmp_path / RUN)
    found.path.mkdir()
    write_tables(found)
    export_tables(found)
    return found


def test_every_exporter_writes_every_table(run: RunDirectory) -> None:
    names = {f"{t.name}{e.suffix}" for t in EXPORTED for e in EXPORTERS}
    assert {path.name for path in run.exports.iterdir()} == names
    assert {"hotlines.csv", "changes.jsonl", "issues.csv"} <= names


def test_csv_has_bom_header_and_crlf(tmp_path: Path) -> None:
    csv_of(tmp_path / "t.csv", HOTLINE)
    data = (tmp_path / "t.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfid,brand_id,tel_uri,number,")
    assert data.count(b"\r\n") == data.count(b"\n") == 2
    assert header(HOTLINES)[-1] == "schema_version"


def test_csv_cells(tmp_path: Path) -> None:
    row = csv_of(tmp_path / "t.csv", HOTLINE)[0]
    assert row["purposes"] == "general;complaint"
    assert row["first_seen"] == "2026-11-22T21:15:00Z"
    assert row["staffed_24h"] == "true"
    assert row["e164"] == ""
    assert row["labels"] == "客服热线"
    assert row["schema_version"] == SCHEMA_VERSION


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_guards_text_of_others(start: str, tmp_path: Path) -> None:
    evil = start + "HYPERLINK(0)"
    value = replace(HOTLINE, evidence_text=evil, labels=(evil,), fee_stated=evil)
    row = csv_of(tmp_path / "t.csv", value)[0]
    for column in ("evidence_text", "labels", "fee_stated"):
        assert row[column] == "'" + evil


def test_csv_leaves_our_own_forms_alone(tmp_path: Path) -> None:
    row = csv_of(tmp_path / "t.csv", LANDLINE)[0]
    assert row["number"] == row["e164"] == "+8657126888888"
    assert row["id"] == "demo/+8657126888888"
    assert row["display"] == "'+86 571-2688-8888"


def test_every_open_text_column_that_others_write_is_marked() -> None:
    ours = {
        "id", "brand_id", "tel_uri", "number", "area", "extension", "e164", "dial_domestic",
        "dial_abroad", "numbering_note", "hours", "hours_tz", "presence_reason",
        "verdict_reasons", "evidence_url", "carried_by", "run_id", "replaces", "replaced_by",
    }  # fmt: skip
    open_text = {c.name for c in HOTLINES.columns if not c.enum and "string" in c.type.value}
    assert {c.name for c in HOTLINES.columns if c.foreign_text} == open_text - ours


def test_csv_in_pandas_keeps_text(tmp_path: Path) -> None:
    csv_of(tmp_path / "t.csv", HOTLINE, LANDLINE)
    frame = pd.read_csv(tmp_path / "t.csv")
    assert str(frame["tel_uri"].dtype) == "str"
    assert frame["tel_uri"][1] == "tel:95188;phone-context=+86"
    typed = pd.read_csv(tmp_path / "t.csv", dtype={"number": str})
    assert typed["number"].tolist() == ["+8657126888888", "95188"]


def test_list_cells_can_be_split_again() -> None:
    assert join_list([]) == ""
    assert join_list(["a;b", "c\\d"]) == "a\\;b;c\\\\d"


def test_json_lines_hold_the_rows(run: RunDirectory) -> None:
    lines = (run.exports / "hotlines.jsonl").read_text(encoding="utf-8").splitlines()
    rows = read_table(run.table("hotlines"))
    assert len(lines) == len(rows)
    first = json.loads(lines[0])
    assert list(first) == [*HOTLINES.names, "schema_version"]
    assert first["purposes"] == ["general", "complaint"]
    assert "客服热线" in lines[0]


def test_json_lines_fit_their_schema(run: RunDirectory) -> None:
    for table in EXPORTED:
        validator = jsonschema.Draft202012Validator(json_schema(table))
        text = (run.exports / f"{table.name}{JSON_LINES.suffix}").read_text(encoding="utf-8")
        for line in text.splitlines():
            validator.validate(json.loads(line))


def test_change_feed_holds_objects(run: RunDirectory) -> None:
    change = json.loads((run.exports / "changes.jsonl").read_text(encoding="utf-8"))
    assert change["after"] == {"hours": "24/7"}


def test_exports_are_reproducible(run: RunDirectory) -> None:
    before = {path: path.read_bytes() for path in run.exports.iterdir()}
    export_tables(run)
    assert before == {path: path.read_bytes() for path in run.exports.iterdir()}
