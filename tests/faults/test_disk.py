"""A disk that is full, broken or read-only; files that somebody changed; readers meanwhile."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from outputs import history_writing
from outputs.compare import file_state_hash
from outputs.lock import hold_lock
from outputs.manifest import read_manifest
from outputs.publish import publish, repair
from outputs.run_directory import DataDirectory, DataDirectoryError, RunDirectory, latest_run
from outputs.verify import verify
from tests.faults.checked import Checked
from tests.faults.scenarios import (
    FIRST,
    LATER,
    SCENARIOS,
    SECOND,
    newest,
    publish_days,
    rows_of_day,
    run_id_of,
    stage,
    under_lock,
)
from tests.faults.stopping import Fault, fails_at, full_from, in_child, linked_copy, none, quick
from tests.unit.run_examples import NOW, staged_run

__all__ = ["quick"]  # the fixture is used by its name only

TRIED: dict[str, int] = {}
NOBODY = 65534
FILLED = ("first run", "second run", "accept", "prune", "reject")


@pytest.fixture(autouse=True)
def _early_checkpoint(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_writing, "CHECKPOINT", 2)


def faults_of(kind: str, steps: tuple[str, ...]) -> Iterator[tuple[int, Fault]]:
    for number, step in enumerate(steps):
        if kind == "full" and step in ("write", "mkdir", "symlink"):
            yield number, full_from(number)
        # Making a directory that is there already may fail as it likes; flushing of the many
        # files of a run is one and the same step, so some of them stand for all.
        if kind == "broken" and step != "mkdir" and (step != "fsync" or not number % 6):
            yield number, fails_at(number, errno.EIO)


@pytest.mark.parametrize(
    ("kind", "name"), [*(("full", name) for name in FILLED), ("broken", "second run")]
)
def test_a_step_fails(kind: str, name: str, tmp_path: Path) -> None:
    """The error is passed on, and the state is one that a kill might have left."""
    scenario, base = SCENARIOS[name], tmp_path / "base"
    base.mkdir()
    scenario.prepare(base)
    work, checked = under_lock(scenario.act), Checked(scenario, base)
    counted = in_child(work, linked_copy(base, tmp_path / "count"), none)
    tried = list(faults_of(kind, counted.steps))
    for point, fault in tried:
        data = linked_copy(base, tmp_path / "data")
        ended = in_child(work, data, fault)
        where = f"{point} {counted.steps[point]}"
        assert ended.error.startswith("OSError: [Errno "), f"{where}: {ended.error or 'no error'}"
        if kind == "full":
            assert list(data.rglob(".*.tmp")) == [], f"{where}: half a file takes up room"
        checked.check(data, where)
        shutil.rmtree(data)
    assert checked.failures == []
    TRIED[f"{kind} {name}"] = len(tried)


def test_how_many_steps_failed(counted: Callable[[str], None]) -> None:
    if not TRIED:
        pytest.skip("counts need the tests above in the same process")
    full = sum(number for name, number in TRIED.items() if name.startswith("full"))
    broken = sum(number for name, number in TRIED.items() if name.startswith("broken"))
    assert full > 30
    counted(f"disk full at {full} writes, an input/output error at {broken} steps")


def test_a_directory_that_may_not_be_written() -> None:
    """Nothing is changed, readers read on, and the error names the directory."""
    place = Path(tempfile.mkdtemp(prefix="hotlines-readonly-"))
    try:
        data = place / "data"
        data.mkdir()
        SCENARIOS["second run"].prepare(data)
        for path in [place, *place.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o555 if path.is_dir() else 0o444)
        place.chmod(0o755)
        work = under_lock(SCENARIOS["second run"].act)
        ended = in_child(work, data, none, user=NOBODY if os.getuid() == 0 else 0)
        assert ended.error.startswith("PermissionError: [Errno 13]"), ended.error
        assert str(data) in ended.error.partition("\n")[0]
        read = in_child(lambda d: check_whole(d, (FIRST,)), data, none, user=NOBODY)
        assert read.error == ""
        assert newest(data) == FIRST
        assert verify(data).damages == ()
    finally:
        for path in [place, *place.rglob("*")]:
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)
        shutil.rmtree(place)


# --- readers ----------------------------------------------------------------------------------


def check_whole(data: Path, allowed: tuple[str, ...]) -> str:
    """Opens the latest run by link and by latest.json: each names one whole run."""
    linked = RunDirectory((data / "latest").resolve())
    pointer = json.loads((data / "latest.json").read_text(encoding="utf-8"))
    for run in (linked, DataDirectory(data).run(pointer["run_id"])):
        facts = read_manifest(run).facts
        assert run.run_id == facts.run_id
        assert run.run_id in allowed
        assert file_state_hash(run.table("hotlines")) == facts.state_hash
    named = read_manifest(DataDirectory(data).run(pointer["run_id"]))
    assert pointer["state_hash"] == named.facts.state_hash
    assert pointer["counts"] == named.counts
    return linked.run_id


def test_a_reader_never_sees_a_mixture(
    tmp_path: Path, counted: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process reads as fast as it can while 100 runs are published."""
    monkeypatch.setattr(history_writing, "CHECKPOINT", 16)
    data, runs = tmp_path / "data", tuple(run_id_of(day) for day in range(101))
    publish_days(data, 1)
    source, sink = os.pipe()
    reader = os.fork()
    if reader == 0:
        seen: list[str] = []
        code = 1
        try:
            while newest(data) != runs[-1]:
                seen.append(check_whole(data, runs))
            assert seen == sorted(seen), "a reader never goes back in time"
            os.write(sink, f"{len(seen)} {len(set(seen))}".encode())
            code = 0
        finally:
            os._exit(code)
    os.close(sink)
    for day in range(1, 101):
        publish(data, stage(data, day, runs[day - 1]))
    said = os.read(source, 100)
    os.close(source)
    assert os.waitpid(reader, 0)[1] == 0
    looked, different = map(int, said.split())
    assert different > 1
    counted(f"a reader looked {looked} times during 100 publications, saw {different} runs")


# --- two at once, the clock, other people's hands ---------------------------------------------


def test_two_at_once(tmp_path: Path) -> None:
    """The second is told who works there; it changes nothing."""
    SCENARIOS["second run"].prepare(tmp_path)
    with hold_lock(tmp_path, started=NOW):
        ended = in_child(under_lock(SCENARIOS["second run"].act), tmp_path, none)
    assert ended.error.startswith("LockHeldError: another run holds ")
    assert f"process {os.getpid()} on " in ended.error
    assert newest(tmp_path) == FIRST
    assert in_child(under_lock(SCENARIOS["second run"].act), tmp_path, none).error == ""
    assert newest(tmp_path) == SECOND


def test_a_clock_that_goes_backwards(tmp_path: Path) -> None:
    """The chain keeps its order, whatever the ids of the runs say."""
    publish_days(tmp_path, 3)
    older = run_id_of(-40)
    run = staged_run(tmp_path, older, run_id_of(2), hotlines=rows_of_day(7), exports=False)
    publish(tmp_path, run)
    assert newest(tmp_path) == older
    assert repair(tmp_path).published == ()
    publish(tmp_path, stage(tmp_path, 9, older))
    assert newest(tmp_path) == run_id_of(9)
    assert verify(tmp_path).damages == ()


@pytest.mark.parametrize("text", ["", "{", '{"schema_version": "1.1.0"}', "null", "\0" * 64])
@pytest.mark.parametrize("name", ["latest.json", "index.json"])
def test_a_torn_pointer_is_named_and_left_alone(tmp_path: Path, name: str, text: str) -> None:
    """By somebody's hand, or a disk that lost what it had said it holds."""
    publish_days(tmp_path, 2)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_text(text)
    with pytest.raises(DataDirectoryError, match=f"{name} is damaged .*move it away"):
        repair(tmp_path)
    assert (tmp_path / name).read_text() == text
    (tmp_path / name).unlink()
    assert repair(tmp_path) != repair(tmp_path)
    assert (tmp_path / name).read_bytes() == whole
    assert verify(tmp_path).damages == ()


def test_a_published_run_that_somebody_changed_is_no_parent(tmp_path: Path) -> None:
    """The proof before publication reads the parent: a changed row does not travel on."""
    publish_days(tmp_path, 1)
    run = latest_run(tmp_path)
    assert run is not None
    waiting = stage(tmp_path, 1, FIRST)
    shutil.copyfile(waiting.table("hotlines"), run.table("hotlines"))
    with pytest.raises(Exception, match=r"is not the file that the manifest"):
        publish(tmp_path, waiting)
    assert newest(tmp_path) == FIRST
    assert {damage.code for damage in verify(tmp_path).damages} >= {"file", "state"}


def test_a_stale_lock_is_told(tmp_path: Path) -> None:
    def dies(data: Path) -> None:
        with hold_lock(data, started=LATER):
            os.kill(os.getpid(), 9)

    assert in_child(dies, tmp_path, none).killed
    with hold_lock(tmp_path, started=LATER) as stale:
        assert stale is not None
        assert stale.alive is False
    with hold_lock(tmp_path, started=LATER) as stale:
        assert stale is None
