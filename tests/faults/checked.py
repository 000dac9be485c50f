"""What must hold after a fault: for readers, for the next verb, for the next run."""

from __future__ import annotations

from pathlib import Path

from outputs.manifest import verify_files
from outputs.publish import publish
from outputs.run_directory import DataDirectory
from outputs.verify import verify
from tests.faults.scenarios import NEXT, Scenario, newest, rows_of_day, under_lock
from tests.faults.stopping import same_files
from tests.unit.run_examples import staged_run

#: What `verify` may say of a data directory in which somebody was killed, before the next verb.
PENDING = {"pointer", "index", "history", "leftover"}


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
