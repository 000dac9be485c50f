"""`kill -9` at every step of everything that changes what is published.

Readers see the old run or the new one, whole; what was published before stays as it is; the next
verb puts the rest right. A checkpoint of the history falls into the second run.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from outputs import history_writing
from tests.faults.checked import Checked
from tests.faults.scenarios import SCENARIOS, under_lock
from tests.faults.stopping import in_child, kill_at, linked_copy, none, quick, same_files

__all__ = ["quick"]  # the fixture is used by its name only

KILLED: dict[str, tuple[int, int]] = {}
TIMES: list[int] = []


@pytest.fixture(autouse=True)
def _early_checkpoint(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_writing, "CHECKPOINT", 2)


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


SEEDS = (3, 7, 11, 19, 23, 29, 31, 41)


@pytest.mark.parametrize("name", ["second run", "accept", "prune"])
def test_killed_at_any_time(name: str, tmp_path: Path) -> None:
    """From outside, between two steps or within one; what must hold is the same."""
    scenario, base = SCENARIOS[name], tmp_path / "base"
    base.mkdir()
    scenario.prepare(base)
    checked = Checked(scenario, base)
    for seed in SEEDS:
        data = linked_copy(base, tmp_path / "data")
        seconds = random.Random(seed).uniform(0.01, 0.12)
        in_child(under_lock(scenario.act), data, none, killed_after=seconds)
        checked.check(data, f"seed {seed}, {seconds:.3f} s")
        shutil.rmtree(data)
    assert checked.failures == []
    TIMES.extend(SEEDS)


def test_how_many_points(counted: Callable[[str], None]) -> None:
    if len(KILLED) < len(SCENARIOS):
        pytest.skip("counts need the tests above in the same process")
    points = sum(number for number, _ in KILLED.values())
    assert points >= 200
    each = ", ".join(f"{name} {number}" for name, (number, _) in KILLED.items())
    states = sum(number for _, number in KILLED.values())
    counted(f"kill -9 at {points} steps ({each}) and {len(TIMES)} random times: {states} states")
