"""Three days of the sample web and a fourth that changes nothing, through the real program."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import pandas as pd
import polars as pl
import pytest

from crawler.sampleweb import server
from crawler.sampleweb.expected import Expected, load_expected
from crawler.sampleweb.server import SampleWeb
from crawler.sampleweb.site import load_site
from outputs.captures import body_of, read_record, records
from outputs.rows import json_row
from outputs.run_directory import RunDirectory, latest_run
from outputs.schema import HOTLINES, TABLES
from outputs.table_files import read_table
from tests.e2e.sample_runs import ROOT, Row, changes_of, cold_hotlines, crawl, hotlines, shimmed
from tests.e2e.sample_runs import demo as run_demo

DAYS = (1, 2, 3)
STATES = {"presence", "presence_reason"}
VERDICTS = {"verdict", "verdict_reasons"}
CUT_OFF = """
import socket
def refuse(*_, **__): raise OSError("the network is cut off")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
"""


@dataclass(frozen=True)
class Story:
    """Four runs over one data directory, and what the server was asked."""

    data_dir: Path
    runs: tuple[RunDirectory, ...]
    asked: frozenset[tuple[str, str]]
    sums: str  # of the first run, before the fourth
    demo: Row

    def rows(self, day: int, table: str = "hotlines") -> list[Row]:
        return read_table(self.runs[day - 1].table(table))

    def by_number(self, day: int) -> dict[tuple[str, str], Row]:
        return {(row["brand_id"], row["number"]): row for row in self.rows(day)}

    def manifest(self, day: int) -> Row:
        return dict(json.loads(self.runs[day - 1].manifest.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """`hotlines demo --json` on a web whose log we can read, then day 3 once more."""
    data_dir = tmp_path_factory.mktemp("three-days") / "data"
    web = SampleWeb()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "SampleWeb", lambda: web)
        demo: Row = json.loads(run_demo(data_dir, "--json").out)
    first = RunDirectory(data_dir / "runs" / demo["runs"][0]["run_id"])
    sums = first.sums.read_text(encoding="utf-8")
    with web:
        assert crawl(web, data_dir) == 0
    runs = [data_dir / "runs" / run["run_id"] for run in demo["runs"]]
    last = latest_run(data_dir)
    assert last is not None
    asked = frozenset((request.host, request.path) for request in web.requests)
    return Story(data_dir, (*map(RunDirectory, runs), last), asked, sums, demo)


@pytest.fixture(scope="module")
def expected() -> Expected:
    return load_expected()


# --- 1. the truth of each day -----------------------------------------------------------------


@pytest.mark.parametrize("day", DAYS)
def test_rows_of_a_day_are_the_truth(story: Story, expected: Expected, day: int) -> None:
    assert set(story.by_number(day)) == expected.rows(day)
    assert len(story.rows(day)) == len(expected.rows(day)), "one row per number"


@pytest.mark.parametrize("day", DAYS)
def test_classes_purposes_and_areas(story: Story, expected: Expected, day: int) -> None:
    rows = story.by_number(day)
    for wanted in expected.hotlines:
        row = rows.get((wanted.brand, wanted.number))
        if row is not None:
            told = (row["number_class"], row["area"], wanted.purpose in row["purposes"])
            assert (wanted, *told) == (wanted, wanted.number_class, wanted.area, True)


@pytest.mark.parametrize("day", DAYS)
def test_what_cannot_be_read_is_kept_as_not_observed(
    story: Story, expected: Expected, day: int
) -> None:
    readable = expected.readable(day)
    started = pd.Timestamp(story.manifest(day)["started"])
    before = story.by_number(day - 1) if day > 1 else {}
    for key, row in story.by_number(day).items():
        wanted = "observed" if key in readable else "not_observed"
        assert (key, row["presence"], bool(row["presence_reason"])) == (
            key,
            wanted,
            wanted == "not_observed",
        )
        assert (row["last_seen"] >= started) is (key in readable), key
        if key not in readable:
            assert row["last_seen"] == before[key]["last_seen"], key
            assert row["first_seen"] == before[key]["first_seen"], key


def test_every_trap_stays_out(story: Story, expected: Expected) -> None:
    for day in DAYS:
        caught = {(t.brand, t.number) for t in expected.traps if t.number and day in t.days}
        assert caught & set(story.by_number(day)) == set()


def test_traps_that_hold_a_number_were_really_read(story: Story, expected: Expected) -> None:
    """A trap proves something only if the page came in: each such page was captured well."""
    for trap in expected.traps:
        if trap.readable:
            day = min(trap.days)
            good = {r["url"] for r in story.rows(day, "captures") if r["body_file"]}
            assert trap.page in good, trap


@pytest.mark.parametrize("day", DAYS[1:])
def test_changes_are_exactly_the_expected_ones(story: Story, expected: Expected, day: int) -> None:
    found = set()
    for row in story.rows(day, "changes"):
        fields = tuple(name for name in row["fields"] if name not in STATES | VERDICTS)
        if row["op"] != "MOD" or fields:
            reason = row["reason"] if row["op"] == "DEL" else ""
            found.add((row["op"], row["brand_id"], row["number"], fields, reason))
    wanted = {
        (c.op, c.brand, c.number, tuple(sorted(c.fields)), c.reason)
        for c in expected.changes
        if c.day == day
    }
    assert found == wanted


@pytest.mark.parametrize("day", DAYS[1:])
def test_changes_of_presence_are_those_between_the_days(
    story: Story, expected: Expected, day: int
) -> None:
    before, now = story.by_number(day - 1), story.by_number(day)
    wanted = {
        key for key in before.keys() & now.keys() if before[key]["presence"] != now[key]["presence"]
    }
    changes = [row for row in story.rows(day, "changes") if row["op"] == "MOD"]
    found = {(r["brand_id"], r["number"]) for r in changes if "presence" in r["fields"]}
    assert found == wanted
    assert not [row for row in changes if set(row["fields"]) <= VERDICTS], "no verdict flickers"


def test_the_source_caused_every_change(story: Story) -> None:
    assert {row["cause"] for day in DAYS for row in story.rows(day, "changes")} == {"source"}
    assert {row["op"] for row in story.rows(1, "changes")} == {"ADD"}
    assert len(story.rows(1, "changes")) == len(story.rows(1))


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


def test_a_broken_host_removes_nothing(story: Story) -> None:
    """On day 2 all of one brand answers 503, and all of another hangs."""
    for brand, reason in (("shilihai", "http_5xx"), ("shiliyun", "timeout")):
        rows = [[row for row in story.rows(day) if row["brand_id"] == brand] for day in DAYS]
        assert (
            {r["id"] for r in rows[0]} == {r["id"] for r in rows[1]} == {r["id"] for r in rows[2]}
        )
        assert {(r["presence"], r["presence_reason"]) for r in rows[1]} == {
            ("not_observed", reason)
        }
        assert {r["presence"] for r in rows[2]} == {"observed"}


def test_a_wall_instead_of_a_page_removes_nothing(story: Story) -> None:
    """On day 2 three pages of a brand are no longer what they were, all with status 200."""
    rows = [{r["number"]: r for r in story.rows(day) if r["brand_id"] == "shilichuan"}
            for day in DAYS]  # fmt: skip
    assert set(rows[0]) == set(rows[1]) == set(rows[2])
    assert {number: row["presence_reason"] for number, row in rows[1].items()} == {
        "952003": "",  # the walls print it
        "+862855501112": "blocked",
        "4000001111": "login_wall",
        "+862855501113": "soft_404",
    }
    assert {row["presence"] for row in rows[2].values()} == {"observed"}
    assert {r["status"] for r in story.rows(2, "captures") if r["brand_id"] == "shilichuan"} == {
        200
    }


def test_a_page_that_moved_leaves_its_numbers_in_peace(story: Story) -> None:
    changed = {row["brand_id"] for day in DAYS[1:] for row in story.rows(day, "changes")}
    assert "shiliyue" not in changed
    moved = [r for r in story.rows(2, "captures") if r["brand_id"] == "shiliyue"]
    assert any(" 301" in hop for row in moved for hop in row["chain"])


@pytest.mark.parametrize("day", DAYS)
def test_fetch_outcomes(story: Story, expected: Expected, day: int) -> None:
    rows = {(row["brand_id"], row["url"]): row["outcome"] for row in story.rows(day, "captures")}
    good = ("ok", "not_modified")
    for fetch in expected.fetches:
        transport = fetch.outcomes[day - 1]
        wanted = fetch.reading if fetch.reading and transport in good else transport
        assert (fetch.url, rows[fetch.brand, fetch.url]) == (fetch.url, wanted)


def test_what_must_not_be_asked_was_not(story: Story, expected: Expected) -> None:
    assert story.asked & set(expected.unasked) == set()
    assert {host for host, _ in story.asked} >= {"www.shiliyan.test", "help.shilidao.test"}


@pytest.mark.parametrize("day", DAYS)
def test_changes_applied_to_a_snapshot_give_the_next(story: Story, day: int) -> None:
    def content(rows: list[Row]) -> dict[str, Row]:
        plain = [json_row(HOTLINES, row) for row in rows]
        return {str(r["id"]): {name: r[name] for name in HOTLINES.content} for r in plain}

    state = content(story.rows(day - 1)) if day > 1 else {}
    for change in changes_of(story.data_dir, story.runs[day - 1].run_id):
        if change["op"] == "DEL":
            del state[change["id"]]
        else:
            state[change["id"]] = {**state.get(change["id"], {}), **change["after"]}
    assert state == content(story.rows(day))


def test_the_demo_tells_its_runs(story: Story, expected: Expected) -> None:
    assert story.demo["schema_version"]
    assert story.demo["data_dir"] == str(story.data_dir)
    counts = [run["counts"] for run in story.demo["runs"]]
    assert [c["hotlines"] for c in counts] == [len(expected.rows(day)) for day in DAYS]
    assert [c["changes"] for c in counts] == [len(story.rows(day, "changes")) for day in DAYS]


# --- published runs ---------------------------------------------------------------------------


def test_published_runs_keep_their_checksums(story: Story) -> None:
    assert story.runs[0].sums.read_text(encoding="utf-8") == story.sums
    for run in story.runs:
        done = subprocess.run(
            ["sha256sum", "--check", "--quiet", "SHA256SUMS"],
            cwd=run.path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        listed = {line.split("  ", 1)[1] for line in run.sums.read_text("utf-8").splitlines()}
        held = {p.relative_to(run.path).as_posix() for p in run.path.rglob("*") if p.is_file()}
        assert held - listed == {"SHA256SUMS", "run.log"}


def test_every_table_is_written_from_the_first_day(story: Story) -> None:
    for run in story.runs:
        names = {path.stem for path in run.path.glob("*.parquet")}
        assert names >= {table.name for table in TABLES}


def test_no_cookie_is_kept(story: Story) -> None:
    for run in story.runs:
        for file in run.captures.glob("*.warc.gz"):
            for _, record in records(file):
                assert not [name for name, _ in record.headers if name.lower() == "set-cookie"]
            assert b"throw-away" not in gzip.decompress(file.read_bytes())


def test_warcio_accepts_every_capture_file(story: Story) -> None:
    files = [str(file) for run in story.runs for file in run.captures.glob("*.warc.gz")]
    assert len(files) >= len(story.runs)
    done = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", *files], capture_output=True
    )
    assert done.returncode == 0, done.stdout


# --- 4. a run over an unchanged web -----------------------------------------------------------


def test_an_unchanged_web_changes_nothing(story: Story) -> None:
    before, after = story.manifest(3), story.manifest(4)
    assert after["counts"]["changes"] == 0
    assert after["state_hash"] == before["state_hash"]
    run = story.runs[3]
    assert run.table("changes").exists()
    assert story.rows(4, "changes") == []
    assert (run.exports / "changes.jsonl").read_bytes() == b""
    header = (run.exports / "changes.csv").read_text("utf-8-sig").splitlines()
    assert len(header) == 1
    assert header[0].startswith("seq,op,id,")


def test_unchanged_pages_count_as_observed(story: Story) -> None:
    run = story.runs[3]
    revisits = [row for row in story.rows(4, "captures") if row["revisit"]]
    assert {row["outcome"] for row in revisits} >= {"ok", "not_modified"}
    assert {row["status"] for row in revisits if row["outcome"] == "not_modified"} == {304}
    assert all(row["body_run"] < run.run_id for row in revisits)
    urls = {row["url"] for row in revisits}
    evidence = [row for row in story.rows(4, "evidence") if row["url"] in urls]
    assert evidence
    assert all(row["capture_run"] < run.run_id for row in evidence)
    captured = {r.run_id for r in story.runs}
    assert {row["capture_run"] for row in evidence} <= captured
    started = pd.Timestamp(story.manifest(4)["started"])
    seen = [row for row in story.rows(4) if {*row["carried_by"]} <= urls]
    assert seen
    assert {row["presence"] for row in seen} == {"observed"}
    assert all(row["last_seen"] >= started for row in seen)


# --- 3. replay --------------------------------------------------------------------------------


def _unshared() -> tuple[str, ...]:
    command = ("unshare", "--net", "--map-root-user")
    if shutil.which(command[0]) is None:
        return ()
    done = subprocess.run([*command, "true"], capture_output=True)
    return command if done.returncode == 0 else ()


@pytest.mark.parametrize("day", [1, 3])
def test_replay_gives_the_same_bytes_without_network(
    story: Story, day: int, tmp_path: Path
) -> None:
    """No way out: connecting raises, and where the system allows it there is no network at all."""
    run_id = story.runs[day - 1].run_id
    place = ["--data-dir", str(story.data_dir)]
    env = shimmed(tmp_path, CUT_OFF)
    done = cold_hotlines("replay", run_id, "--check", *place, env=env, prefix=_unshared())
    assert done.returncode == 0, done.stderr
    assert "all bytes identical" in done.stdout


def _copied(story: Story, tmp_path: Path) -> tuple[Path, RunDirectory]:
    copy = tmp_path / "data"
    shutil.copytree(story.data_dir, copy, symlinks=True)
    return copy, RunDirectory(copy / "runs" / story.runs[3].run_id)


def _flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("name", ["exports/hotlines.csv", "hotlines.parquet"])
def test_replay_names_the_file_that_differs(story: Story, name: str, tmp_path: Path) -> None:
    copy, run = _copied(story, tmp_path)
    _flip(run.path / name, -2)
    done = hotlines("replay", "latest", "--check", "--data-dir", str(copy))
    assert done.returncode == 3, done.stderr
    assert f"differs: {name}\n" in done.stderr
    assert done.stderr.count("differs: ") == 1, "only that file"


def test_replay_of_a_damaged_registry_says_so(story: Story, tmp_path: Path) -> None:
    copy, run = _copied(story, tmp_path)
    _flip(run.registry, -2)
    done = hotlines("replay", "latest", "--check", "--data-dir", str(copy))
    assert done.returncode in (1, 3), done.stderr
    assert "registry.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_replay_notices_a_damaged_capture(story: Story, tmp_path: Path) -> None:
    copy, run = _copied(story, tmp_path)
    [file] = run.captures.glob("*.warc.gz")
    _flip(file, 4)  # the time in the head of the first gzip member: every record still reads
    done = hotlines("replay", "latest", "--check", "--data-dir", str(copy))
    assert done.returncode == 3, done.stderr


def test_replay_names_the_damaged_capture(story: Story, tmp_path: Path) -> None:
    copy, run = _copied(story, tmp_path)
    [file] = run.captures.glob("*.warc.gz")
    _flip(file, 4)
    done = hotlines("replay", "latest", "--check", "--data-dir", str(copy))
    assert f"captures/{file.name}" in done.stderr


# --- 5. one-line loads ------------------------------------------------------------------------


def test_pandas(story: Story) -> None:
    table = pd.read_parquet(story.data_dir / "latest" / "hotlines.parquet")
    for name in ("id", "number", "tel_uri", "display", "number_class"):
        assert isinstance(table[name].dtype, pd.StringDtype), name
    for name in ("first_seen", "last_seen", "last_checked"):
        assert str(table[name].dtype) == "datetime64[us, UTC]", name
    assert table["landline_only"].dtype == bool
    assert table["staffed_24h"].dtype == bool
    assert table["evidence_count"].dtype == "int64"
    assert all(isinstance(text, str) for cell in table["purposes"] for text in cell)
    assert table["tel_uri"].str.startswith("tel:").all()
    assert "95007" in set(table["number"])


def test_polars(story: Story) -> None:
    table = pl.read_parquet(story.data_dir / "latest" / "hotlines.parquet")
    schema = table.schema
    assert {schema[name] for name in ("id", "number", "tel_uri")} == {pl.String}
    assert {schema[name] for name in ("purposes", "labels", "menu_paths")} == {pl.List(pl.String)}
    assert {schema[name] for name in ("first_seen", "last_seen")} == {pl.Datetime("us", "UTC")}
    assert schema["landline_only"] == pl.Boolean
    assert schema["evidence_count"] == pl.Int64


def test_duckdb(story: Story) -> None:
    path = story.data_dir / "latest" / "hotlines.parquet"
    wanted = {
        "number": "VARCHAR",
        "tel_uri": "VARCHAR",
        "purposes": "VARCHAR[]",
        "landline_only": "BOOLEAN",
        "evidence_count": "BIGINT",
        "first_seen": "TIMESTAMP WITH TIME ZONE",
    }
    found = duckdb.sql(f"select {', '.join(wanted)} from '{path}'")
    assert [str(kind) for kind in found.types] == list(wanted.values())
    numbers = duckdb.sql(f"select number from '{path}'").fetchall()
    assert all(isinstance(number, str) for (number,) in numbers)


def test_csv_keeps_numbers_as_text(story: Story) -> None:
    path = story.data_dir / "latest" / "exports" / "hotlines.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows = story.rows(4)
    assert list(table["number"]) == [row["number"] for row in rows]
    assert list(table["tel_uri"]) == [row["tel_uri"] for row in rows]
    assert list(table["purposes"]) == [";".join(row["purposes"]) for row in rows]


# --- 7. extract and process -------------------------------------------------------------------

#: What a mention says whoever published the page. Not compared: `purpose`, `owner`,
#: `is_hotline` and `hours`, for which process knows the brand, the kind of page and its address.
FIELDS = ("raw", "number", "display", "number_class", "area", "extension", "menu", "label",
          "carrier", "context", "start", "end")  # fmt: skip
SUFFIXES = {"application/json": ".json", "application/pdf": ".pdf", "text/plain": ".txt"}


def test_extract_reads_what_process_read(story: Story, tmp_path: Path) -> None:
    """Each good body of the three days, saved as a file, gives the same mentions."""
    stored: dict[str, list[Row]] = {}
    kinds = set()
    for day in DAYS:
        run = story.runs[day - 1]
        evidence = story.rows(day, "evidence")
        for row in story.rows(day, "captures"):
            if row["outcome"] != "ok" or row["body_run"] != run.run_id:
                continue
            body = body_of(read_record(run.path / row["body_file"], row["body_offset"]))
            suffix = SUFFIXES.get(row["content_type"].partition(";")[0], ".html")
            path = tmp_path / f"{run.run_id}-{len(stored)}{suffix}"
            path.write_bytes(body)
            kinds.add(suffix)
            here = (run.run_id, row["body_file"], row["body_offset"])
            stored[str(path)] = [
                e
                for e in evidence
                if (e["capture_run"], e["capture_file"], e["capture_offset"]) == here
            ]
    assert len(stored) >= 25
    assert kinds >= {".html", ".json", ".pdf"}
    done = hotlines("extract", str(tmp_path), "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    read: dict[str, list[Row]] = {path: [] for path in stored}
    for line in done.stdout.splitlines():
        mention = json.loads(line)
        read[mention["document"]].append(mention)
    assert sum(map(len, stored.values())) >= 60
    for path, mentions in read.items():
        assert _facts(mentions) == _facts(stored[path]), path


def _facts(rows: list[Row]) -> list[tuple[str, ...]]:
    return sorted(tuple(str(row[field]) for field in FIELDS) for row in rows)


def test_context_and_offsets_fit(story: Story) -> None:
    for row in story.rows(3, "evidence"):
        assert row["context"][row["start"] : row["end"]] == row["raw"]


# --- 11. looking ------------------------------------------------------------------------------


def _served(url: str, day: int) -> bytes:
    """What the sample web sends at the second request for a URL, its content coding undone."""
    parts = urlsplit(url)
    answer = load_site().answer(parts.hostname or "", parts.path or "/", day, 1)
    packed = dict(answer.headers).get("Content-Encoding") == "gzip"
    return gzip.decompress(answer.body) if packed else answer.body


def test_captures_hold_what_the_server_sent(story: Story) -> None:
    compared = 0
    for row in story.rows(3, "captures"):
        if row["outcome"] in ("ok", "not_modified") and "calendar" not in row["url"]:
            place = story.data_dir / "runs" / row["body_run"] / row["body_file"]
            body = body_of(read_record(place, row["body_offset"]))
            assert body == _served(row["final_url"], 3), row["url"]
            assert row["body_digest"] == f"sha256:{hashlib.sha256(body).hexdigest()}"
            compared += 1
    assert compared >= 25


@pytest.mark.parametrize("brand", ["shiliyue", "shilishan"])
def test_show_raw_is_the_body_the_server_sent(story: Story, brand: str) -> None:
    """One brand writes GBK and never says so, the other packs its pages anew each time."""
    row = next(r for r in story.rows(1) if r["brand_id"] == brand)
    command = [sys.executable, "-m", "crawler.cli", "show", row["id"], "--raw"]
    command += ["--data-dir", str(story.data_dir), "--run", story.runs[0].run_id]
    done = subprocess.run(command, capture_output=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout == _served(row["evidence_url"], 1)


def _shown(story: Story, *more: str) -> tuple[Row, str]:
    row = next(r for r in story.rows(3) if r["id"] == "shilixing/95007")
    place = ["--data-dir", str(story.data_dir), "--run", story.runs[2].run_id]
    done = hotlines("show", row["id"], *more, *place)
    assert done.returncode == 0, done.stderr
    return row, done.stdout


def test_show_prints_the_head_of_the_capture_and_a_quote(story: Story) -> None:
    row, shown = _shown(story)
    for told in ("capture\n", "  status: 200\n", "  url: https://", "  digest: sha256:"):
        assert told in shown
    assert re.search(r"^  headers: Content-Type: text/html", shown, re.M)
    assert re.search(r"^  quote: .*95007", shown, re.M)
    for page in row["carried_by"]:
        assert page in shown


def test_show_speaks_json(story: Story) -> None:
    row, shown = _shown(story, "--json")
    document = json.loads(shown)
    assert document["schema_version"]
    assert document["hotline"]["id"] == row["id"]
    assert document["hotline"]["last_seen"].endswith("Z")
    assert {e["number"] for e in document["evidence"]} == {"95007"}
    assert document["capture"]["status"] == 200
    assert document["capture"]["url"] == row["evidence_url"]
    assert Path(document["capture"]["file"]).is_file()


def test_show_quotes_what_the_row_quotes(story: Story) -> None:
    row, shown = _shown(story, "--json")
    assert json.loads(shown)["capture"]["quote"] == row["evidence_text"]


def test_a_number_that_is_no_hotline_is_shown_with_its_evidence(story: Story) -> None:
    done = hotlines("show", "12378", "--data-dir", str(story.data_dir))
    assert done.returncode == 1
    assert "is no hotline" in done.stderr
    assert "regulator" in done.stdout


def test_diff_speaks_json(story: Story) -> None:
    place = ["--data-dir", str(story.data_dir)]
    document = json.loads(hotlines("diff", story.runs[2].run_id, "--json", *place).stdout)
    assert document["run_id"] == story.runs[2].run_id
    assert document["parent"] == story.runs[1].run_id
    assert [c["seq"] for c in document["changes"]] == [*range(1, len(document["changes"]) + 1)]
    assert {c["op"] for c in document["changes"]} == {"ADD", "MOD", "DEL"}


def test_status_speaks_json(story: Story) -> None:
    done = hotlines("status", "--json", "--data-dir", str(story.data_dir))
    status = json.loads(done.stdout)
    assert status["latest"] == story.runs[-1].run_id
    assert status["started"] == story.manifest(4)["started"]
    assert status["last_run"]["result"] == "published"
    assert status["stale"] is False
    assert status["counts"] == story.manifest(4)["counts"]


def test_path_prints_the_file_of_a_table(story: Story) -> None:
    place = ["--data-dir", str(story.data_dir)]
    done = hotlines("path", "evidence", "--run", story.runs[1].run_id, *place)
    assert done.stdout == f"{story.runs[1].table('evidence')}\n"
    assert hotlines("path", "nonsense", *place).returncode == 2
