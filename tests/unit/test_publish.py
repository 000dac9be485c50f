"""Publication: in one piece, at every point where the machine may stop."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from run_examples import RUN, facts_of, published_run, staged_run

from outputs import durable
from outputs.manifest import verify_files
from outputs.publish import PublishError, Repair, publish, quarantine, repair, seal
from outputs.run_directory import latest_run, read_index, resolve_run
from pipelines.vocabulary import RunResult

SECOND = "20261123T211500Z-aaa"


class Killed(BaseException):
    """Stands for SIGKILL: nothing in the code catches it."""


def results(data: Path) -> dict[str, str]:
    return {str(line["run_id"]): str(line["result"]) for line in read_index(data)}


def link_of(data: Path) -> str:
    return os.readlink(data / "latest")


def test_published_run_is_the_latest(tmp_path: Path) -> None:
    run = published_run(tmp_path)
    assert run.path == tmp_path / "runs" / RUN
    assert latest_run(tmp_path) == run
    assert link_of(tmp_path) == f"runs/{RUN}"
    assert (tmp_path / "latest" / "hotlines.parquet").is_file()
    assert results(tmp_path) == {RUN: "published"}
    pointer = json.loads((tmp_path / "latest.json").read_text())
    assert (tmp_path / pointer["manifest"]).is_file()
    assert pointer["schema_version"]
    assert verify_files(run) == ()
    assert not list((tmp_path / "runs").glob(".tmp-*"))


def test_next_run_moves_latest_and_leaves_the_first(tmp_path: Path) -> None:
    first = published_run(tmp_path)
    second = published_run(tmp_path, SECOND, RUN)
    assert latest_run(tmp_path) == second
    assert link_of(tmp_path) == f"runs/{SECOND}"
    assert verify_files(first) == ()
    index = read_index(tmp_path)
    assert [line["parent"] for line in index] == [None, RUN]
    assert index[1]["counts"] == json.loads(second.manifest.read_text())["counts"]


@pytest.mark.parametrize("result", [RunResult.QUARANTINED, RunResult.NOTHING_FETCHED])
def test_refused_run_never_moves_latest(tmp_path: Path, result: RunResult) -> None:
    first = published_run(tmp_path)
    refused = quarantine(tmp_path, staged_run(tmp_path, SECOND, RUN, result))
    assert refused.path == tmp_path / "quarantine" / SECOND
    assert latest_run(tmp_path) == first
    assert link_of(tmp_path) == f"runs/{RUN}"
    assert results(tmp_path) == {RUN: "published", SECOND: result.value}
    assert read_index(tmp_path)[1]["path"] == f"quarantine/{SECOND}"
    assert resolve_run(tmp_path, SECOND) == refused
    assert repair(tmp_path) == Repair()


def test_publish_refuses_what_is_no_healthy_continuation(tmp_path: Path) -> None:
    refused = staged_run(tmp_path, SECOND, None, RunResult.QUARANTINED)
    with pytest.raises(PublishError, match="has result quarantined; only a run with result"):
        publish(tmp_path, refused)
    stranger = staged_run(tmp_path, RUN, parent=SECOND)
    with pytest.raises(PublishError, match=f"continues {SECOND}, but the latest run is none"):
        publish(tmp_path, stranger)
    with pytest.raises(PublishError, match="has result published; seal it"):
        quarantine(tmp_path, stranger)
    stranger.table("claims").unlink()
    seal(stranger, facts_of(stranger, None, RunResult.PUBLISHED))
    with pytest.raises(PublishError, match="lacks tables claims"):
        publish(tmp_path, stranger)
    assert latest_run(tmp_path) is None
    assert read_index(tmp_path) == []


def test_published_runs_are_never_overwritten(tmp_path: Path) -> None:
    published_run(tmp_path)
    again = staged_run(tmp_path, RUN, parent=RUN)
    with pytest.raises(PublishError, match="is there already; runs are never overwritten"):
        publish(tmp_path, again)


def test_repair_of_nothing(tmp_path: Path) -> None:
    assert repair(tmp_path / "none") == Repair()
    published_run(tmp_path)
    assert repair(tmp_path) == Repair()


def test_repair_puts_link_and_index_right(tmp_path: Path) -> None:
    published_run(tmp_path)
    (tmp_path / "latest").unlink()
    (tmp_path / "index.json").unlink()
    assert repair(tmp_path) == Repair(indexed=True, relinked=True)
    assert link_of(tmp_path) == f"runs/{RUN}"
    assert results(tmp_path) == {RUN: "published"}
    assert repair(tmp_path) == Repair()


def test_repair_names_what_it_cannot_read(tmp_path: Path) -> None:
    published_run(tmp_path)
    bad = tmp_path / "runs" / SECOND
    bad.mkdir()
    (bad / "manifest.json").write_text("{")
    unreadable = repair(tmp_path).unreadable
    assert [run_id for run_id, _ in unreadable] == [SECOND]
    assert "is damaged" in unreadable[0][1]


# --- the order of steps (tests/faults kills at each of them) ------------------------------

STEPS = ("fsync", "rename", "replace", "symlink")


def counted(real: Callable[..., object], calls: list[str], kill_at: int | None) -> object:
    def call(*args: object, **kwargs: object) -> object:
        calls.append(real.__name__)
        if kill_at is not None and len(calls) > kill_at:
            raise Killed
        return real(*args, **kwargs)

    return call


def test_order_of_system_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGKILL does not test fsync; the order of calls does (engines.md, 5 Publishing)."""
    run, calls = staged_run(tmp_path), list[str]()
    with monkeypatch.context() as patch:
        for name in STEPS:
            patch.setattr(os, name, counted(getattr(os, name), calls, None))
        publish(tmp_path, run)
    files = sum(1 for _ in (tmp_path / "runs" / RUN).rglob("*")) + 1
    assert calls[:files] == ["fsync"] * files
    assert calls[files:] == [
        "rename", "fsync", "fsync",
        "fsync", "fsync", "replace", "fsync",  # history: its directory, then the events
        "fsync", "replace", "fsync",
        "fsync", "replace", "fsync",
        "fsync", "replace", "fsync",
        "symlink", "replace", "fsync",
    ]  # fmt: skip


def test_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.json"
    durable.replace_text(path, "old")
    monkeypatch.setattr(os, "replace", counted(os.replace, [], 0))
    with pytest.raises(Killed):
        durable.replace_text(path, "new")
    assert path.read_text() == "old"
