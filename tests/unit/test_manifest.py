"""manifest.json and SHA256SUMS."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from run_examples import NOW, RUN, facts_of, published_run, staged_run

from outputs.manifest import ManifestError, read_manifest, verify_files
from outputs.publish import seal
from outputs.run_directory import DataDirectory, RunDirectory
from outputs.schema import SCHEMA_VERSION
from pipelines.vocabulary import RunResult


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    return published_run(tmp_path)


def test_manifest_says_what_the_run_is(run: RunDirectory) -> None:
    document = json.loads(run.manifest.read_text(encoding="utf-8"))
    assert document["schema_version"] == SCHEMA_VERSION
    assert document["run_id"] == RUN
    assert document["result"] == "published"
    assert document["started"] == "2026-11-22T21:15:00Z"
    assert document["parent"] is None
    assert document["unhealthy_brands"] == ["other"]
    assert document["counts"]["hotlines"] == 2
    assert document["counts"]["claims"] == 0
    assert document["state_hash"].startswith("sha256:")
    assert list(document["digests"]) == ["code", "rules"]


def test_manifest_lists_every_file(run: RunDirectory) -> None:
    files = {entry.path: entry for entry in read_manifest(run).files}
    on_disk = {p.relative_to(run.path).as_posix() for p in run.path.rglob("*") if p.is_file()}
    assert on_disk - files.keys() == {"manifest.json", "SHA256SUMS", "run.log"}
    table = files["hotlines.parquet"]
    assert (table.rows, table.schema_version) == (2, SCHEMA_VERSION)
    assert table.media_type == "application/vnd.apache.parquet"
    assert files["exports/hotlines.csv"].rows == files["exports/hotlines.jsonl"].rows == 2
    assert files["captures/fetches.jsonl"].schema_version is None
    assert list(files) == sorted(files)


def test_manifest_round_trip(run: RunDirectory) -> None:
    manifest = read_manifest(run)
    assert manifest.to_json() == run.manifest.read_text(encoding="utf-8")
    assert manifest.facts.started == NOW
    assert manifest.facts.result is RunResult.PUBLISHED


def test_sealing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    run = staged_run(tmp_path)
    names = (run.manifest, run.sums, run.datapackage)
    before = [path.read_bytes() for path in names]
    seal(run, facts_of(run, None, RunResult.PUBLISHED))
    assert [path.read_bytes() for path in names] == before


def test_sha256sum_accepts_the_run(run: RunDirectory) -> None:
    done = subprocess.run(
        ["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=run.path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "manifest.json: OK" in done.stdout
    assert "hotlines.parquet: OK" in done.stdout


def test_whole_run_has_no_problems(run: RunDirectory) -> None:
    with run.log.open("a") as log:
        log.write("later\n")
    assert verify_files(run) == ()


def test_problems_are_named(run: RunDirectory) -> None:
    run.table("brands").unlink()
    with run.table("hotlines").open("ab") as file:
        file.write(b"x")
    (run.path / "extra.txt").touch()
    run.manifest.write_text(run.manifest.read_text() + "\n")
    found = {(problem.path, problem.code) for problem in verify_files(run)}
    assert found == {
        ("brands.parquet", "missing"),
        ("hotlines.parquet", "damaged"),
        ("extra.txt", "unlisted"),
        ("manifest.json", "damaged"),
    }
    run.sums.unlink()
    assert ("manifest.json", "unlisted") in {(p.path, p.code) for p in verify_files(run)}


def test_unreadable_manifests_are_told(tmp_path: Path) -> None:
    run = DataDirectory(tmp_path).stage(RUN)
    with pytest.raises(ManifestError, match=f"never finished; `hotlines process {RUN}`"):
        read_manifest(run)
    for text in ("{", "[]", json.dumps({"schema_version": "1.0.0"})):
        run.manifest.write_text(text)
        with pytest.raises(ManifestError, match=r"manifest\.json is damaged"):
            read_manifest(run)
    run.manifest.write_text(json.dumps({"schema_version": "2.1.0"}))
    with pytest.raises(ManifestError, match=r"schema version 2\.1\.0"):
        read_manifest(run)


def test_unknown_kind_of_file_is_told(tmp_path: Path) -> None:
    run = staged_run(tmp_path)
    (run.path / "x.exe").touch()
    with pytest.raises(ManifestError, match=r"no known media type; add '\.exe'"):
        seal(run, facts_of(run, None, RunResult.PUBLISHED))
