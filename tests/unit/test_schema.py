"""The tables, what derives from them, and rows to and from them."""

from __future__ import annotations

import dataclasses
import filecmp
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from run_examples import (
    BRAND,
    CAPTURE,
    CHANGE,
    CHANNEL,
    EVIDENCE,
    FETCH,
    HOTLINE,
    ISSUE,
    NOW,
    SOURCE,
    VALUES,
    published_run,
)

from outputs import schema
from outputs.canonical import canonical_json, document_json, time_from_text, time_text
from outputs.columns import Role
from outputs.describe import datapackage, json_schema, write_docs
from outputs.manifest import list_files, read_manifest
from outputs.parent_rows import ParentRows, brand_ids, history_in, history_of
from outputs.rows import (
    evidence_id,
    from_row,
    hotline_from_row,
    json_row,
    row_of,
    rows_of,
    source_state_from_row,
)
from outputs.run_directory import RunDirectory
from outputs.schema import SCHEMA_VERSION, TABLES, SchemaError, Table, content_columns, table_named
from outputs.snapshot import arrow_schema
from pipelines.diff import OBSERVATION
from pipelines.model import BrandHistory, BrandRow, CaptureRef, Hotline, SourceState

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = {
    "hotlines": HOTLINE,
    "evidence": EVIDENCE,
    "captures": FETCH,
    "brands": BRAND,
    "sources": SOURCE,
    "channels": CHANNEL,
    "changes": CHANGE,
    "issues": ISSUE,
}
ADDED = {
    "evidence": {"evidence_id"},
    "captures": {"attempt", "charset"},
    "changes": {"run_id"},
    "hotlines": {"row_hash"},
}


def test_every_table_of_the_contract_is_there() -> None:
    names = [table.name for table in TABLES]
    assert names == [
        "hotlines", "evidence", "captures", "brands", "sources", "channels", "claims",
        "changes", "issues",
    ]  # fmt: skip


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_table_is_well_formed(table: Table) -> None:
    assert len(set(table.names)) == len(table.names)
    assert all(table.column(name).role is Role.KEY for name in table.key)
    assert not any(table.column(name).nullable for name in table.key)
    for column in table.columns:
        assert column.zh
        assert column.en
        assert column.about_zh.endswith("。")
        assert column.about.endswith(".")


@pytest.mark.parametrize("name", EXAMPLES)
def test_columns_equal_attributes(name: str) -> None:
    fields = {f.name for f in dataclasses.fields(EXAMPLES[name])}
    if "capture" in fields:
        fields -= {"capture"}
        fields |= {"capture_run", "capture_file", "capture_offset", "capture_digest"}
    assert set(table_named(name).names) == fields | ADDED.get(name, set())


def test_text_columns_come_first_in_hotlines() -> None:
    assert schema.HOTLINES.names[:4] == ("id", "brand_id", "tel_uri", "number")


def test_content_is_what_the_diff_compares() -> None:
    beside = set(schema.HOTLINES.names) - set(content_columns("hotlines"))
    assert beside == OBSERVATION | ADDED["hotlines"]


def test_unknown_table_is_named() -> None:
    with pytest.raises(SchemaError, match="no table 'hotline'; choose one of: hotlines, evidence"):
        table_named("hotline")


def test_generated_documentation_is_up_to_date(tmp_path: Path) -> None:
    for path in write_docs(tmp_path):
        kept = DOCS / path.relative_to(tmp_path)
        assert filecmp.cmp(path, kept, shallow=False), f"run `make docs`: {kept.name} is old"
    assert {p.name for p in (DOCS / "schema").iterdir()} == {
        p.name for p in (tmp_path / "schema").iterdir()
    }


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_json_schema_accepts_rows_and_refuses_others(table: Table) -> None:
    described = json_schema(table)
    jsonschema.Draft202012Validator.check_schema(described)
    validator = jsonschema.Draft202012Validator(described)
    extra = {"run_id": "r"} if table.name == "changes" else None
    for row in rows_of(table, VALUES[table.name], extra):
        document = {**json_row(table, row), "schema_version": SCHEMA_VERSION}
        validator.validate(json.loads(json.dumps(document)))
        assert list(validator.iter_errors({**document, "surprise": 1}))
        del document[table.key[0]]
        assert list(validator.iter_errors(document))


def test_arrow_schema_says_what_columns_mean() -> None:
    arrow = arrow_schema(schema.HOTLINES)
    assert arrow.metadata[b"schema_version"] == SCHEMA_VERSION.encode()
    field = arrow.field("presence")
    assert field.metadata[b"title_zh"] == "在场状态".encode()
    assert field.metadata[b"enum"] == b"observed;not_observed;removed"
    assert not field.nullable
    assert arrow.field("e164").nullable


def test_datapackage_lists_tables_and_exports(tmp_path: Path) -> None:
    run = published_run(tmp_path)
    package = json.loads(run.datapackage.read_text())
    assert package["run_id"] == run.run_id
    resources = {resource["name"]: resource for resource in package["resources"]}
    assert len(resources) == len(package["resources"])
    assert {t.name for t in TABLES} <= resources.keys()
    assert {"hotlines-csv", "hotlines-jsonl"} <= resources.keys()
    for resource in resources.values():
        path = run.path / resource["path"]
        assert path.stat().st_size == resource["bytes"]
        fields = [field["name"] for field in resource["schema"]["fields"]]
        assert set(resource["schema"]["primaryKey"]) <= set(fields)
    purposes = next(
        f for f in resources["hotlines-csv"]["schema"]["fields"] if f["name"] == "purposes"
    )
    assert (purposes["type"], purposes["delimiter"]) == ("list", ";")


def test_a_schema_that_is_written_once_is_the_same_text(tmp_path: Path) -> None:
    run = published_run(tmp_path)
    facts = read_manifest(run).facts
    files = tuple(entry for entry in list_files(run) if entry.path != run.datapackage.name)
    assert len(files) > len(TABLES)
    written = run.datapackage.read_text(encoding="utf-8")
    assert written == document_json(datapackage(facts, files))
    assert written.count('"primaryKey"') > len(TABLES)


def test_datapackage_lists_only_tables(tmp_path: Path) -> None:
    (tmp_path / "registry.json").write_text("{}")
    assert datapackage(None, list_files(RunDirectory(tmp_path)))["resources"] == []


# --- rows ---------------------------------------------------------------------------------

_TEXT = st.text(max_size=8)
_TEXTS = st.lists(_TEXT, max_size=3).map(tuple)
_TIMES = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
_CAPTURES = st.none() | st.builds(CaptureRef)


@settings(max_examples=40, deadline=None)
@given(
    st.builds(Hotline, first_seen=_TIMES, last_seen=_TIMES, last_checked=_TIMES, last_change=_TIMES)
)
def test_hotline_round_trip(value: object) -> None:
    assert hotline_from_row(row_of(schema.HOTLINES, value)) == value


@settings(max_examples=40, deadline=None)
@given(
    st.builds(
        SourceState,
        last_tried=_TIMES,
        last_good=st.none() | _TIMES,
        last_changed=st.none() | _TIMES,
        marks=_TEXTS,
        etag=_TEXT,
        capture=_CAPTURES,
    )
)
def test_source_state_round_trip(value: object) -> None:
    assert source_state_from_row(row_of(schema.SOURCES, value)) == value


@settings(max_examples=40, deadline=None)
@given(st.builds(BrandRow, last_observed=st.none() | _TIMES))
def test_brand_round_trip(value: object) -> None:
    assert from_row(BrandRow, row_of(schema.BRANDS, value)) == value


def test_row_holds_plain_values() -> None:
    row = row_of(schema.HOTLINES, HOTLINE)
    assert row["purposes"] == ["general", "complaint"]
    assert type(row["number_class"]) is str
    assert [type(v) for v in row["purposes"]] == [str, str]


def test_capture_is_flattened() -> None:
    row = row_of(schema.SOURCES, SOURCE)
    assert row["capture_file"] == CAPTURE.file
    assert row["capture_offset"] == 128
    row = row_of(schema.SOURCES, replace(SOURCE, capture=None))
    assert row["capture_file"] is None
    assert source_state_from_row(row).capture is None


def test_row_refuses_what_is_no_column() -> None:
    with pytest.raises(SchemaError, match="the table has no column surprise"):
        row_of(schema.HOTLINES, HOTLINE, {"surprise": 1})
    with pytest.raises(SchemaError, match=r"table changes, column run_id, .* needs a value"):
        row_of(schema.CHANGES, CHANGE)


def test_change_values_become_json() -> None:
    row = row_of(schema.CHANGES, CHANGE, {"run_id": "r"})
    assert row["after"] == '{"hours":"24/7"}'
    assert json_row(schema.CHANGES, row)["after"] == {"hours": "24/7"}


def test_evidence_id_follows_the_page_not_the_run() -> None:
    elsewhere = replace(CAPTURE, run_id="20261123T211500Z-k3f", offset=9)
    same = replace(EVIDENCE, capture=elsewhere, owner=EVIDENCE.owner, rules=("other",))
    ids = [row_of(schema.EVIDENCE, e)["evidence_id"] for e in (EVIDENCE, same)]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 16
    moved = replace(EVIDENCE, block_path="footer/p")
    assert row_of(schema.EVIDENCE, moved)["evidence_id"] != ids[0]


def test_evidence_id_is_pinned() -> None:
    row = row_of(schema.EVIDENCE, EVIDENCE)
    assert row["evidence_id"] == evidence_id(row) == "30f7ad1ec1faae47"


def test_equal_mentions_get_their_own_ids() -> None:
    rows = rows_of(schema.EVIDENCE, [EVIDENCE, EVIDENCE])
    assert len({row["evidence_id"] for row in rows}) == 2
    again = rows_of(schema.EVIDENCE, [EVIDENCE, EVIDENCE])
    assert rows == again


def test_attempts_are_numbered_by_time() -> None:
    later = replace(FETCH, fetched_at=NOW.replace(hour=23), status=500)
    rows = rows_of(schema.CAPTURES, [later, FETCH])
    assert [(row["attempt"], row["status"]) for row in rows] == [(0, 200), (1, 500)]


def test_equal_channels_collapse_whatever_their_order() -> None:
    other = replace(CHANNEL, context="a")
    assert rows_of(schema.CHANNELS, [CHANNEL, other]) == rows_of(schema.CHANNELS, [other, CHANNEL])
    assert len(rows_of(schema.CHANNELS, [CHANNEL, other])) == 1


def test_history_is_what_the_parent_left(tmp_path: Path) -> None:
    run = published_run(tmp_path)
    rows = ParentRows(run)
    assert history_in(rows.of("a brand before it")) == BrandHistory()
    known = history_in(rows.of("demo"))
    assert known == BrandHistory(
        hotlines=(VALUES["hotlines"][1], HOTLINE),
        sources=(SOURCE,),
        recent_counts=(2,),
        known=True,
        channels=tuple(VALUES["channels"]),
    )
    assert history_in(rows.of("other")) == BrandHistory()
    with pytest.raises(ValueError, match="demo does not come after other"):
        rows.of("demo")
    assert (history_of(run, "demo"), history_of(run, "other")) == (known, BrandHistory())
    assert brand_ids(run) == {"demo"}
    assert history_in(ParentRows(None).of("demo")) == BrandHistory()


def test_time_text() -> None:
    fine = datetime(2026, 1, 2, 3, 4, 5, 60, tzinfo=UTC)
    assert time_text(fine) == "2026-01-02T03:04:05.000060Z"
    assert time_from_text(time_text(fine)) == fine
    with pytest.raises(ValueError, match="no time zone"):
        time_text(datetime(2026, 1, 2))  # noqa: DTZ001
    with pytest.raises(TypeError, match="set has no canonical encoding"):
        canonical_json({1})
