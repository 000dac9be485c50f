"""Three days of the sample web and a fourth that changes nothing, through the real program."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest

from crawler.sampleweb.expected import Expected, load_expected
from crawler.sampleweb.server import SampleWeb
from outputs.captures import body_of, read_record
from outputs.run_directory import RunDirectory, latest_run
from outputs.snapshot import read_table
from tests.e2e.sample_runs import ROOT, crawl, hotlines

DAYS = (1, 2, 3)


@dataclass(frozen=True)
class Story:
    """Four runs over one data directory, and what the server was asked."""

    data_dir: Path
    runs: tuple[RunDirectory, ...]
    asked: frozenset[tuple[str, str]]

    def rows(self, day: int, table: str = "hotlines") -> list[dict[str, object]]:
        return read_table(self.runs[day - 1].table(table))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    data_dir = tmp_path_factory.mktemp("three-days") / "data"
    runs = []
    with SampleWeb() as web:
        for day in (*DAYS, 3):
            web.day = day
            assert crawl(web, data_dir) == 0
            run = latest_run(data_dir)
            assert run is not None
            runs.append(run)
        asked = frozenset((request.host, request.path) for request in web.requests)
    return Story(data_dir, tuple(runs), asked)


@pytest.fixture(scope="module")
def expected() -> Expected:
    return load_expected()


def _numbers(rows: list[dict[str, object]]) -> set[tuple[str, str]]:
    return {(str(row["brand_id"]), str(row["number"])) for row in rows}


@pytest.mark.parametrize("day", DAYS)
def test_rows_of_a_day_are_the_truth(story: Story, expected: Expected, day: int) -> None:
    assert _numbers(story.rows(day)) == set(expected.rows(day))


@pytest.mark.parametrize("day", DAYS)
def test_what_cannot_be_read_is_kept_as_not_observed(
    story: Story, expected: Expected, day: int
) -> None:
    rows = {(row["brand_id"], row["number"]): row for row in story.rows(day)}
    readable = set(expected.readable(day))
    for key, row in rows.items():
        wanted = "observed" if key in readable else "not_observed"
        assert (key, row["presence"]) == (key, wanted)
        assert bool(row["presence_reason"]) == (wanted == "not_observed")
        if wanted == "not_observed":
            assert row["last_seen"] < row["last_checked"] or row["last_seen"] < _started(story, day)


def _started(story: Story, day: int) -> object:
    text = json.loads(story.runs[day - 1].manifest.read_text())["started"]
    return pd.Timestamp(text)


@pytest.mark.parametrize("day", DAYS)
def test_classes_and_purposes(story: Story, expected: Expected, day: int) -> None:
    rows = {(row["brand_id"], row["number"]): row for row in story.rows(day)}
    for hotline in expected.hotlines:
        row = rows.get((hotline.brand, hotline.number))
        if row is not None:
            assert row["number_class"] == hotline.number_class, hotline
            assert hotline.purpose in row["purposes"], hotline  # type: ignore[operator]


def test_no_trap_is_a_hotline(story: Story, expected: Expected) -> None:
    for day in DAYS:
        read = _numbers(story.rows(day))
        caught = {(t.brand, t.number) for t in expected.traps if t.number and day in t.days}
        assert caught & read == set()


def test_removals_carry_their_reason(story: Story, expected: Expected) -> None:
    wanted = {
        (h.brand, h.number, h.removed_on): h.reason for h in expected.hotlines if h.removed_on
    }
    found = {
        (row["brand_id"], row["number"], day): row["reason"]
        for day in DAYS
        for row in story.rows(day, "changes")
        if row["op"] == "DEL"
    }
    assert found == wanted


@pytest.mark.parametrize("day", DAYS)
def test_fetch_outcomes(story: Story, expected: Expected, day: int) -> None:
    rows = {(row["brand_id"], row["url"]): row for row in story.rows(day, "captures")}
    for fetch in expected.fetches:
        outcome = rows[(fetch.brand, fetch.url)]["outcome"]
        assert outcome in (fetch.outcomes[day - 1], fetch.reading or None), (day, fetch)


def test_what_must_not_be_asked_was_not(story: Story, expected: Expected) -> None:
    assert story.asked & {tuple(pair) for pair in expected.unasked} == set()


def test_an_unchanged_web_changes_nothing(story: Story) -> None:
    before, after = (json.loads(run.manifest.read_text()) for run in story.runs[-2:])
    assert after["counts"]["changes"] == 0
    assert after["state_hash"] == before["state_hash"]
    assert story.runs[-1].table("changes").exists()
    fetches = read_table(story.runs[-1].table("captures"))
    unchanged = [row for row in fetches if row["outcome"] == "not_modified"]
    assert unchanged, "some pages answer 304"
    carried = {row["url"] for row in unchanged}
    evidence = [r for r in read_table(story.runs[-1].table("evidence")) if r["url"] in carried]
    assert evidence
    assert all(row["capture_run"] < story.runs[-1].run_id for row in evidence)


def test_replay_gives_the_same_bytes_without_network(story: Story, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import socket\n"
        "def refuse(*a, **k): raise OSError('the network is cut off')\n"
        "socket.socket.connect = refuse\nsocket.getaddrinfo = refuse\n"
    )
    env = {"PYTHONPATH": f"{tmp_path}:{ROOT}"}
    done = hotlines(
        "replay", story.runs[2].run_id, "--check", "--data-dir", str(story.data_dir), env=env
    )
    assert done.returncode == 0, done.stderr
    assert "all bytes identical" in done.stdout


def test_replay_names_the_file_that_differs(story: Story, tmp_path: Path) -> None:
    copy = tmp_path / "data"
    shutil.copytree(story.data_dir, copy, symlinks=True)
    path = copy / "runs" / story.runs[3].run_id / "exports" / "hotlines.csv"
    path.write_bytes(path.read_bytes() + b"x")
    done = hotlines("replay", "latest", "--check", "--data-dir", str(copy))
    assert done.returncode == 3
    assert "exports/hotlines.csv" in done.stderr


def test_warcio_accepts_every_capture_file(story: Story) -> None:
    files = [str(file) for run in story.runs for file in run.captures.glob("*.warc.gz")]
    assert files
    done = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", *files], capture_output=True
    )
    assert done.returncode == 0, done.stdout


def test_pandas(story: Story) -> None:
    table = pd.read_parquet(story.data_dir / "latest" / "hotlines.parquet")
    assert isinstance(table["number"].dtype, pd.StringDtype)
    assert isinstance(table["tel_uri"].dtype, pd.StringDtype)
    assert str(table["first_seen"].dtype) == "datetime64[us, UTC]"
    assert table["landline_only"].dtype == bool
    assert table["tel_uri"].str.startswith("tel:").all()


def test_polars(story: Story) -> None:
    table = pl.read_parquet(story.data_dir / "latest" / "hotlines.parquet")
    assert table.schema["number"] == pl.String
    assert table.schema["purposes"] == pl.List(pl.String)
    assert table.schema["last_seen"] == pl.Datetime("us", "UTC")


def test_duckdb(story: Story) -> None:
    path = story.data_dir / "latest" / "hotlines.parquet"
    found = duckdb.sql(f"select number, evidence_count, first_seen from '{path}'")
    assert [str(kind) for kind in found.types] == ["VARCHAR", "BIGINT", "TIMESTAMP WITH TIME ZONE"]
    numbers = duckdb.sql(f"select number from '{path}'").fetchall()
    assert all(isinstance(number, str) for (number,) in numbers)


def test_csv_keeps_numbers_as_text(story: Story) -> None:
    path = story.data_dir / "latest" / "exports" / "hotlines.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(path)
    assert table["tel_uri"].str.startswith("tel:").all()


FIELDS = (
    "raw",
    "number",
    "number_class",
    "extension",
    "label",
    "carrier",
    "context",
    "start",
    "end",
)


def test_extract_reads_what_process_read(story: Story, tmp_path: Path) -> None:
    """The same bodies as files give the same mentions (purpose and owner may know the brand)."""
    run = story.runs[0]
    compared = 0
    for row in read_table(run.table("captures")):
        if row["outcome"] != "ok" or row["body_run"] != run.run_id:
            continue
        body = body_of(read_record(run.path / str(row["body_file"]), int(str(row["body_offset"]))))
        path = tmp_path / f"page{compared}{_suffix(str(row['content_type']))}"
        path.write_bytes(body)
        done = hotlines("extract", str(path), "--format", "jsonl")
        read = [json.loads(line) for line in done.stdout.splitlines()]
        stored = [r for r in read_table(run.table("evidence")) if r["url"] == row["url"]]
        assert _facts(read) == _facts(stored), row["url"]
        compared += 1
        if compared == 8:
            return


def _suffix(content_type: str) -> str:
    kinds = {"application/json": ".json", "application/pdf": ".pdf", "text/plain": ".txt"}
    return kinds.get(content_type.partition(";")[0], ".html")


def _facts(rows: list[dict[str, object]]) -> list[tuple[str, ...]]:
    return sorted(tuple(str(row[field]) for field in FIELDS) for row in rows)


def test_show_prints_the_capture_and_the_body(story: Story) -> None:
    row = next(r for r in story.rows(3) if r["presence"] == "observed")
    base = ["--data-dir", str(story.data_dir), "--run", story.runs[2].run_id]
    shown = hotlines("show", str(row["id"]), *base)
    assert shown.returncode == 0, shown.stderr
    assert "capture" in shown.stdout
    assert "status: 200" in shown.stdout
    document = json.loads(hotlines("show", str(row["id"]), "--json", *base).stdout)
    assert document["hotline"]["id"] == row["id"]
    body = hotlines("show", str(row["id"]), "--raw", *base).stdout
    assert body


def test_looking_verbs_speak_json(story: Story) -> None:
    base = ["--data-dir", str(story.data_dir)]
    diff = json.loads(hotlines("diff", story.runs[1].run_id, "--json", *base).stdout)
    assert {change["op"] for change in diff["changes"]} == {"ADD", "MOD"}
    status = json.loads(hotlines("status", "--json", *base).stdout)
    assert status["latest"] == story.runs[-1].run_id
    assert pd.Timestamp(status["started"]).tzinfo in (UTC, pd.Timestamp(status["started"]).tz)
    path = hotlines("path", "hotlines", *base).stdout.strip()
    assert Path(path).is_file()
