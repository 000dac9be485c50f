"""`kill -9` at every step of everything that changes what is published.

Readers see the old run or the new one, whole; what was published before stays as it is; the next
verb puts the rest right. A checkpoint of the history falls into the second run.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from outputs import history_writing
from outputs.manifest import verify_files
from outputs.publish import publish
from outputs.run_directory import DataDirectory
from outputs.verify import verify
from tests.faults.scenarios import NEXT, SCENARIOS, Scenario, newest, rows_of_day, under_lock
from tests.faults.stopping import in_child, kill_at, linked_copy, none, same_files
from tests.unit.run_examples import staged_run

#: What `verify` may say of a data directory in which somebody was killed, before the next verb.
PENDING = {"pointer", "index", "history", "leftover"}
KILLED: dict[str, tuple[int, int]] = {}


@pytest.fixture(autouse=True)
def _early_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_writing, "CHECKPOINT", 2)


class Checked:
    """Checks a scenario's states; one that was checked before is not checked again."""

    def __init__(self, scenario: Scenario, base: Path) -> None:
        self.scenario = scenario
        self.before = {str(run_id) for run_id in scenario.published if run_id} & {
            path.name for path in (base / "runs").iterdir()
        }
        self.states: set[str] = set()
        self.failures: list[str] = []

    def check(self, data: Path, where: str) -> None:
        try:
            for step in (self._readers, self._again, self._next):
                state = step.__name__ + same_files(data, without=".lock.owner.json")
                if state in self.states:
                    return  # all that follows is the same
                step(data)
                self.states.add(state)
        except Exception as error:
            self.failures.append(f"{where}: {error!r}")

    def _readers(self, data: Path) -> None:
        """What somebody finds who reads at this moment; then the next verb begins."""
        assert newest(data) in self.scenario.published
        link = data / "latest"
        assert not link.is_symlink() or link.resolve().name in self.scenario.published
        for run_id in {*self.before, newest(data)} - {None}:
            run = DataDirectory(data).run(str(run_id))
            gone = run.pruned.exists()
            assert [p for p in verify_files(run) if not (gone and p.code == "missing")] == []
        assert {damage.code for damage in verify(data).damages} <= PENDING
        under_lock(lambda _: None)(data)

    def _again(self, data: Path) -> None:
        """After the repair: nothing is left of the kill, and the work can be done again."""
        under_lock(lambda _: None)(data)
        assert verify(data).damages == ()
        left = [path for path in data.rglob(".*.tmp") if ".tmp-" not in path.parent.name]
        assert left == []
        under_lock(self.scenario.act)(data)
        assert self.scenario.done(data)

    def _next(self, data: Path) -> None:
        """And the run after it."""
        assert verify(data).damages == ()
        publish(data, staged_run(data, NEXT, newest(data), hotlines=rows_of_day(9), exports=False))
        assert verify(data).damages == ()


@pytest.mark.parametrize("name", SCENARIOS)
def test_killed_at_every_step(name: str, tmp_path: Path) -> None:
    scenario, base = SCENARIOS[name], tmp_path / "base"
    base.mkdir()
    scenario.prepare(base)
    digest, work = same_files(base), under_lock(scenario.act)
    counted = in_child(work, linked_copy(base, tmp_path / "count"), none)
    assert counted.error == ""
    points = [(n, False) for n in range(len(counted.steps))]
    points += [(n, True) for n, step in enumerate(counted.steps) if step == "write"]
    checked = Checked(scenario, base)
    for point, torn in points:
        data = linked_copy(base, tmp_path / "data")
        assert in_child(work, data, kill_at(point, torn=torn)).killed
        checked.check(data, f"{point} {counted.steps[point]}{' torn' if torn else ''}")
        shutil.rmtree(data)
    assert checked.failures == []
    assert same_files(base) == digest, "nothing is written in place"
    KILLED[name] = (len(points), len(checked.states))


def test_how_many_points(capsys: pytest.CaptureFixture[str]) -> None:
    if len(KILLED) < len(SCENARIOS):
        pytest.skip("counts need the tests above in the same process")
    points = sum(number for number, _ in KILLED.values())
    assert points >= 200
    with capsys.disabled():
        each = ", ".join(f"{name} {number}" for name, (number, _) in KILLED.items())
        print(f"\nkill -9 at {points} points ({each}), {sum(s for _, s in KILLED.values())} states")
