"""`verify` finds what was done by hand to a data directory, and repairs nothing."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from run_examples import RUN, facts_of, published_run, staged_run
from test_history import hotline, publish_days, run_id_of

from outputs.history import events_file, index_file
from outputs.manifest import read_manifest
from outputs.publish import quarantine, seal
from outputs.run_directory import DataDirectory, RunDirectory
from outputs.schema import CHANGES, HOTLINES
from outputs.snapshot import write_table
from outputs.table_files import read_table
from outputs.verify import Verified, verify
from pipelines.vocabulary import RunResult

REFUSED = run_id_of(9)
SECOND, LAST = run_id_of(1), run_id_of(2)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three published runs and a refused one."""
    data = tmp_path_factory.mktemp("sound")
    publish_days(data, [{"95001": "", "95002": ""}, {"95001": "24/7"}, {"95001": "24/7"}])
    quarantine(data, staged_run(data, REFUSED, LAST, RunResult.QUARANTINED))
    return data


@pytest.fixture
def data(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "data", symlinks=True))


def run_at(data: Path, run_id: str) -> RunDirectory:
    return DataDirectory(data).run(run_id)


def contents(data: Path) -> dict[str, bytes]:
    files = (p for p in data.rglob("*") if p.is_file() and not p.is_symlink())
    return {p.relative_to(data).as_posix(): p.read_bytes() for p in files}


def codes(found: Verified) -> set[str]:
    return {damage.code for damage in found.damages}


def test_sound_data_has_no_damage(data: Path) -> None:
    before = contents(data)
    seen: list[str] = []
    found = verify(data, seen.append)
    assert found.damages == ()
    assert (found.runs, found.files > 100) == (4, True)
    assert seen == sorted([RUN, SECOND, LAST, REFUSED])
    assert contents(data) == before
    assert verify(data / "nothing") == Verified(0, 0, ())


def test_a_captured_run_is_no_damage(data: Path) -> None:
    DataDirectory(data).stage(run_id_of(20))
    assert verify(data) == replace(verify(data), damages=(), unfinished=(run_id_of(20),))


# --- damage done by hand -------------------------------------------------------------------

Harm = Callable[[Path], object]
HARMS: dict[str, tuple[str, Harm]] = {}


def harm(code: str) -> Callable[[Harm], Harm]:
    def note(function: Harm) -> Harm:
        HARMS[function.__name__] = (code, function)
        return function

    return note


def edit(path: Path, **values: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


@harm("file")
def one_wrong_byte_in_a_table(data: Path) -> None:  # case 18
    path = run_at(data, SECOND).table("evidence")
    body = bytearray(path.read_bytes())
    body[len(body) // 3] ^= 1
    path.write_bytes(body)


@harm("file")
def a_table_cut_off(data: Path) -> None:
    path = run_at(data, SECOND).table("hotlines")
    path.write_bytes(path.read_bytes()[:-100])


@harm("file")
def an_export_deleted(data: Path) -> None:
    (run_at(data, SECOND).exports / "hotlines.csv").unlink()


@harm("file")
def a_file_added(data: Path) -> None:
    (run_at(data, SECOND).exports / "more.csv").write_text("id\n")


@harm("file")
def a_capture_altered(data: Path) -> None:
    (run_at(data, RUN).captures / "demo-00000.warc.gz").write_bytes(b"other")


@harm("file")
def the_checksums_edited(data: Path) -> None:
    path = run_at(data, SECOND).sums
    path.write_text(path.read_text().replace("  hotlines.parquet", "  hotline.parquet"))


@harm("file")
def the_manifest_edited(data: Path) -> None:
    edit(run_at(data, SECOND).manifest, unhealthy_brands=[])


@harm("manifest")
def the_manifest_gone(data: Path) -> None:
    run_at(data, SECOND).manifest.unlink()


@harm("file")
def a_refused_run_altered(data: Path) -> None:
    (data / "quarantine" / REFUSED / "registry.json").write_text("{}")


@harm("state")
def rows_altered_and_the_run_sealed_again(data: Path) -> None:
    run = run_at(data, LAST)
    rows = read_table(run.table("hotlines"))
    write_table(run.table("hotlines"), HOTLINES, [{**row, "hours": ""} for row in rows])
    seal(run, read_manifest(run).facts)


@harm("chain")
def rows_and_state_hash_forged(data: Path) -> None:
    run = run_at(data, LAST)
    rows = read_table(run.table("hotlines"))
    write_table(run.table("hotlines"), HOTLINES, [{**row, "hours": ""} for row in rows])
    seal(run, facts_of(run, SECOND, RunResult.PUBLISHED))


@harm("chain")
def changes_forged(data: Path) -> None:
    run = run_at(data, SECOND)
    rows = read_table(run.table("changes"))
    write_table(run.table("changes"), CHANGES, rows[:-1])
    seal(run, read_manifest(run).facts)


@harm("chain")
def the_chain_forked(data: Path) -> None:
    other = data.parent / "other"
    shutil.copytree(data, other, symlinks=True)
    shutil.rmtree(run_at(other, LAST).path)
    stranger = staged_run(other, run_id_of(3), SECOND, hotlines=(hotline("95001", "24/7"),))
    shutil.copytree(stranger.path, run_at(data, run_id_of(3)).path)


@harm("schema")
def a_column_of_another_type_sealed(data: Path) -> None:
    run = run_at(data, SECOND)
    table = pq.read_table(run.table("brands"))
    place = table.schema.get_field_index("pages_tried")
    field = table.schema.field(place).with_type(pa.string())
    cast = table.set_column(place, field, table["pages_tried"].cast(pa.string()))
    pq.write_table(cast, run.table("brands"))
    seal(run, read_manifest(run).facts)


@harm("rows")
def rows_dropped_and_digests_forged(data: Path) -> None:
    run = run_at(data, SECOND)
    document = json.loads(run.manifest.read_text())
    document["counts"]["issues"] = 7
    run.manifest.write_text(json.dumps(document))


@harm("pointer")
def latest_json_gone(data: Path) -> None:
    (data / "latest.json").unlink()


@harm("pointer")
def latest_json_names_an_older_run(data: Path) -> None:
    edit(data / "latest.json", run_id=SECOND)


@harm("pointer")
def the_counts_in_latest_json_edited(data: Path) -> None:
    edit(data / "latest.json", counts={"hotlines": 99})


@harm("index")
def a_value_of_the_index_deleted(data: Path) -> None:
    document = json.loads((data / "index.json").read_text())
    del document["runs"][1]["state_hash"]
    (data / "index.json").write_text(json.dumps(document))


@harm("index")
def the_index_torn(data: Path) -> None:
    path = data / "index.json"
    path.write_bytes(path.read_bytes()[:-40])


@harm("index")
def the_index_deleted(data: Path) -> None:
    (data / "index.json").unlink()


@harm("leftover")
def half_a_file_of_a_dead_writer(data: Path) -> None:
    (run_at(data, SECOND).path / ".pruned.json.tmp").write_text('{"schema_')


@harm("pointer")
def latest_json_torn(data: Path) -> None:
    (data / "latest.json").write_text('{"schema_')


@harm("pointer")
def the_link_leads_elsewhere(data: Path) -> None:
    (data / "latest").unlink()
    os.symlink(f"runs/{SECOND}", data / "latest")


@harm("index")
def a_line_of_the_index_edited(data: Path) -> None:
    path = data / "index.json"
    path.write_text(path.read_text().replace('"quarantined"', '"published"'))


@harm("run_missing")
def a_run_deleted(data: Path) -> None:
    shutil.rmtree(run_at(data, LAST).path)


@harm("capture_missing")
def a_capture_that_later_runs_read_deleted(data: Path) -> None:
    (run_at(data, RUN).captures / "demo-00000.warc.gz").unlink()


@harm("history")
def a_file_of_the_history_altered(data: Path) -> None:
    path = events_file(DataDirectory(data), SECOND)
    path.write_bytes(path.read_bytes() + b"\0")


@harm("history")
def a_file_of_the_history_deleted(data: Path) -> None:
    events_file(DataDirectory(data), SECOND).unlink()


@harm("history")
def the_history_shortened(data: Path) -> None:
    path = index_file(DataDirectory(data))
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "runs": document["runs"][:-1]}))


@harm("history")
def versions_forged(data: Path) -> None:
    import hashlib

    from outputs.schema import HISTORY

    path, index = events_file(DataDirectory(data), SECOND), index_file(DataDirectory(data))
    rows = read_table(path)
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    write_table(path, HISTORY, [{**row, "reason": "forged"} for row in rows])
    after = hashlib.sha256(path.read_bytes()).hexdigest()
    index.write_text(index.read_text().replace(before, after))


@pytest.mark.parametrize("name", HARMS)
def test_damage_is_found_and_left_as_it_is(name: str, data: Path) -> None:
    code, do_harm = HARMS[name]
    do_harm(data)
    before = contents(data)
    found = verify(data)
    assert code in codes(found), found.damages
    assert all(damage.message for damage in found.damages)
    assert contents(data) == before


def test_how_many_kinds(counted: Callable[[str], None]) -> None:
    assert len(HARMS) >= 10
    counted(f"verify: {len(HARMS)} kinds of damage by hand, each found")


def test_a_damaged_file_is_named_with_its_run(data: Path) -> None:
    one_wrong_byte_in_a_table(data)
    damages = verify(data).damages
    assert {(d.run_id, d.path) for d in damages} == {(SECOND, "evidence.parquet")}
    assert "restore it from a copy" in next(d.message for d in damages if d.code == "file")


def test_the_first_run_alone_is_sound(tmp_path: Path) -> None:
    published_run(tmp_path)
    assert verify(tmp_path).damages == ()
