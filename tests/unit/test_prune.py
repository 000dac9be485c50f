"""Pruning never takes away what `latest`, history, a waiting run or a chain of changes needs."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from run_examples import (
    EVIDENCE,
    FETCH,
    HOTLINE,
    LANDLINE,
    NOW,
    SOURCE,
    VALUES,
    brand_of,
    changes_between,
    facts_of,
    hotlines_of,
    write_tables,
)

from outputs import history_writing
from outputs.changes import read_changes
from outputs.fetches import fetch_to_line
from outputs.history import as_of
from outputs.history_writing import rebuild
from outputs.manifest import verify_files
from outputs.proof import content_rows
from outputs.prune import PruneError, plan_pruning, prune
from outputs.publish import publish, quarantine, seal
from outputs.references import referred_captures
from outputs.run_directory import DataDirectory, RunDirectory, latest_run, new_run_id
from outputs.schema import HOTLINES
from outputs.verify import verify
from pipelines.diff import applied
from pipelines.model import CaptureRef, Hotline
from pipelines.vocabulary import RunResult

LATER = NOW + timedelta(days=100)


def run_id_of(day: int) -> str:
    return new_run_id(NOW + timedelta(days=day), "k3f")


def built(
    data: Path, day: int, parent: int | None, reads: int, result: RunResult = RunResult.PUBLISHED
) -> RunDirectory:
    """A run with a capture of its own, whose tables read the one of day `reads` again."""
    run = DataDirectory(data).stage(run_id_of(day))
    capture = CaptureRef(run_id_of(reads), "captures/demo-00000.warc.gz", 128, "sha256:00")
    rows: tuple[Hotline, ...] = (replace(HOTLINE, hours=f"{day}"), LANDLINE)[: 1 + day % 2]
    before = hotlines_of(data, run_id_of(parent) if parent is not None else None)
    values = {
        **VALUES,
        "hotlines": rows,
        "brands": (brand_of(rows),),
        "changes": changes_between(before, rows),
        "evidence": (replace(EVIDENCE, capture=capture),),
        "sources": (replace(SOURCE, capture=capture),),
        "captures": (),
    }
    write_tables(run, values)
    run.captures.mkdir()
    (run.captures / "demo-00000.warc.gz").write_bytes(f"day {day}".encode())
    run.registry.write_text("{}")
    facts = facts_of(run, run_id_of(parent) if parent is not None else None, result)
    seal(run, replace(facts, finished=NOW + timedelta(days=day)))
    return run


def history_of(data: Path, days: int, seed: int) -> None:
    """Published runs, each reading captures of any earlier day; a refused one, a waiting one."""
    choose = random.Random(seed)
    for day in range(days):
        publish(data, built(data, day, day - 1 if day else None, choose.randint(0, day)))
    refused = built(data, days, days - 1, choose.randint(0, days), RunResult.QUARANTINED)
    quarantine(data, refused)
    waiting = DataDirectory(data).stage(run_id_of(days + 1))
    waiting.captures.mkdir()
    read = run_id_of(choose.randrange(days))
    (waiting.captures / "fetches.jsonl").write_bytes(fetch_to_line(replace(FETCH, body_run=read)))


def check_nothing_needed_is_gone(data: Path, whole: int, days: int) -> None:
    chain = [DataDirectory(data).run(run_id_of(day)) for day in range(days)]
    assert verify(data).damages == ()
    latest = latest_run(data)
    assert latest == chain[-1]
    for run in chain[-whole:]:
        assert verify_files(run) == ()
        assert not run.pruned.exists()
    kept = [*chain[-whole:], *DataDirectory(data).all_runs()]
    for run in kept:
        for run_id, file in referred_captures(run):
            places = (data / "runs" / run_id, data / "quarantine" / run_id)
            staged = data / "runs" / f".tmp-{run_id}"
            assert any((place / file).is_file() for place in (*places, staged)), (run_id, file)
    # Whoever has the first snapshot catches up by change files alone.
    rows: list[dict[str, object]] = []
    for run in chain:
        rows = list(applied(rows, read_changes(run.table("changes")), key=HOTLINES.key))
        assert rows == list(as_of(data, run.run_id))
    assert rows == list(content_rows(chain[-1].table("hotlines")))
    before = {p.name: p.read_bytes() for p in (data / "history").iterdir()}
    rebuild(DataDirectory(data), chain[-1])
    assert {p.name: p.read_bytes() for p in (data / "history").iterdir()} == before


TRIED: list[int] = []


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    days=st.integers(2, 6),
    keep=st.integers(2, 5),
    older=st.none() | st.integers(0, 8),
    seed=st.integers(0, 99),
)
def test_what_is_needed_stays(
    tmp_path_factory: pytest.TempPathFactory, days: int, keep: int, older: int | None, seed: int
) -> None:
    data = tmp_path_factory.mktemp("pruned")
    limit = NOW + timedelta(days=older) if older is not None else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history_writing, "CHECKPOINT", 3)
        patch.setattr(os, "fsync", lambda descriptor: None)
        history_of(data, days, seed)
        for _ in range(2):
            prune(data, plan_pruning(data, keep=keep, older_than=limit), LATER)
            check_nothing_needed_is_gone(data, min(keep, days), days)
        assert plan_pruning(data, keep=keep, older_than=limit) == ()
        assert len([r for r in DataDirectory(data).all_runs() if r.path.name != r.run_id]) == 1
        publish(data, built(data, days + 9, days - 1, days - 1))
        assert verify(data).damages == ()
    TRIED.append(days)


def test_how_many_were_tried(counted: Callable[[str], None]) -> None:
    if not TRIED:
        pytest.skip("needs the property test in the same process")
    counted(f"prune: {len(TRIED)} random directories, {sum(TRIED)} published runs")


def test_something_is_taken_away_and_noted(tmp_path: Path) -> None:
    for day in range(4):
        publish(tmp_path, built(tmp_path, day, day - 1 if day else None, day))
    plans = plan_pruning(tmp_path, keep=2)
    assert [plan.run.run_id for plan in plans] == [run_id_of(0), run_id_of(1)]
    before = sum(p.stat().st_size for p in tmp_path.rglob("*") if p.is_file())
    prune(tmp_path, plans, LATER)
    run = DataDirectory(tmp_path).run(run_id_of(0))
    left = {p.name for p in run.path.iterdir()}
    assert left == {
        "manifest.json", "SHA256SUMS", "changes.parquet", "registry.json", "pruned.json",
    }  # fmt: skip
    noted = json.loads(run.pruned.read_text())
    assert noted["removed"] == sorted(plans[0].files)
    after = sum(p.stat().st_size for p in tmp_path.rglob("*") if p.is_file())
    assert before - after > 0.9 * sum(plan.bytes for plan in plans) > 0


def test_a_missing_file_that_was_not_pruned_is_damage(tmp_path: Path) -> None:
    for day in range(3):
        publish(tmp_path, built(tmp_path, day, day - 1 if day else None, day))
    prune(tmp_path, plan_pruning(tmp_path, keep=2), LATER)
    assert verify(tmp_path).damages == ()
    DataDirectory(tmp_path).run(run_id_of(0)).table("changes").unlink()
    assert {damage.code for damage in verify(tmp_path).damages} >= {"file"}


def test_captures_of_a_run_outside_the_chain_are_kept(tmp_path: Path) -> None:
    """Somebody pointed latest.json back: the runs behind it are nobody's to destroy."""
    for day in range(3):
        publish(tmp_path, built(tmp_path, day, day - 1 if day else None, day))
    publish(tmp_path, built(tmp_path, 3, 2, 0))
    pointer = tmp_path / "latest.json"
    document = json.loads(pointer.read_text())
    pointer.write_text(json.dumps({**document, "run_id": run_id_of(2)}))
    prune(tmp_path, plan_pruning(tmp_path, keep=2), LATER)
    run = DataDirectory(tmp_path).run(run_id_of(0))
    assert (run.captures / "demo-00000.warc.gz").is_file()


@pytest.mark.parametrize(("keep", "said"), [(None, "say what to keep"), (1, "--keep 1")])
def test_too_little_is_refused(tmp_path: Path, keep: int | None, said: str) -> None:
    with pytest.raises(PruneError, match=said):
        plan_pruning(tmp_path, keep=keep)


def test_nothing_to_prune(tmp_path: Path) -> None:
    assert plan_pruning(tmp_path, keep=2) == ()
