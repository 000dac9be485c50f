"""Everything that changes what is published, as a state to start from and a thing to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from outputs.history_writing import rebuild
from outputs.lock import hold_lock
from outputs.manifest import read_manifest
from outputs.prune import plan_pruning, prune
from outputs.publish import publish, quarantine, repair, seal
from outputs.review import accept, reject
from outputs.run_directory import DataDirectory, RunDirectory, latest_run, new_run_id, resolve_run
from pipelines.model import Hotline
from pipelines.vocabulary import RunResult
from tests.unit.run_examples import HOTLINE, LANDLINE, NOW, facts_of, staged_run

LATER = NOW + timedelta(days=400)


def run_id_of(day: int) -> str:
    return new_run_id(NOW + timedelta(days=day), "k3f")


FIRST, SECOND, THIRD, NEXT = (run_id_of(day) for day in (0, 1, 2, 9))


def rows_of_day(day: int) -> tuple[Hotline, ...]:
    """Each day changes, adds and removes something."""
    hours = replace(HOTLINE, hours="24/7" if day % 2 else "")
    added = replace(HOTLINE, id=f"demo/9500{day}", number=f"9500{day}")
    return tuple(sorted((hours, added, LANDLINE), key=lambda row: row.number))


def stage(
    data: Path, day: int, parent: str | None, result: RunResult = RunResult.PUBLISHED
) -> RunDirectory:
    return staged_run(data, run_id_of(day), parent, result, rows_of_day(day), exports=False)


def publish_days(data: Path, days: int) -> None:
    for day in range(days):
        publish(data, stage(data, day, run_id_of(day - 1) if day else None))


@dataclass(frozen=True)
class Scenario:
    """A state, and what is done to it.

    Attributes:
        published: Runs that may be the latest, before or after; None for no run at all.
        done: Whether it is finished.
    """

    prepare: Callable[[Path], object]
    act: Callable[[Path], object]
    published: tuple[str | None, ...]
    done: Callable[[Path], bool]


def newest(data: Path) -> str | None:
    run = latest_run(data)
    return run.run_id if run else None


def under_lock(act: Callable[[Path], object]) -> Callable[[Path], object]:
    """As every verb does it: the lock, what an earlier one left, then the work."""

    def work(data: Path) -> None:
        with hold_lock(data, started=LATER):
            repair(data)
            act(data)

    return work


def _seal_and_publish(day: int) -> Callable[[Path], object]:
    def act(data: Path) -> None:
        run = resolve_run(data, run_id_of(day))
        if newest(data) != run.run_id:  # else `repair` has finished it
            seal(run, facts_of(run, newest(data), RunResult.PUBLISHED))
            publish(data, run)

    return act


def _second(data: Path) -> None:
    publish_days(data, 1)
    stage(data, 1, FIRST)


def _refused(data: Path) -> None:
    publish_days(data, 1)
    quarantine(data, stage(data, 1, FIRST, RunResult.QUARANTINED))


def _to_refuse(data: Path) -> None:
    publish_days(data, 1)
    stage(data, 1, FIRST, RunResult.QUARANTINED)


def _seal_and_quarantine(data: Path) -> None:
    run = resolve_run(data, SECOND)
    if run.path.parent == DataDirectory(data).runs:
        seal(run, facts_of(run, FIRST, RunResult.QUARANTINED))
        quarantine(data, run)


def _accept(data: Path) -> None:
    run = resolve_run(data, SECOND)
    if newest(data) != SECOND:
        accept(data, run, "looked", LATER)


def _reject(data: Path) -> None:
    reject(data, resolve_run(data, SECOND), "the site was down", LATER)


def _rejected(data: Path) -> bool:
    review = read_manifest(resolve_run(data, SECOND)).facts.review
    return review is not None and review.decision == "rejected"


def _old(data: Path) -> None:
    publish_days(data, 3)
    quarantine(data, stage(data, 5, THIRD, RunResult.QUARANTINED))


def _prune(data: Path) -> None:
    prune(data, plan_pruning(data, keep=2, older_than=LATER), LATER)


def _interrupted(data: Path) -> None:
    """As a kill right after the rename leaves it."""
    _second(data)
    (data / "runs" / f".tmp-{SECOND}").rename(data / "runs" / SECOND)


def _rebuild(data: Path) -> None:
    rebuild(DataDirectory(data), resolve_run(data, "latest"))


SCENARIOS = {
    "first run": Scenario(
        lambda data: stage(data, 0, None),
        _seal_and_publish(0),
        (None, FIRST),
        lambda data: newest(data) == FIRST,
    ),
    "second run": Scenario(
        _second, _seal_and_publish(1), (FIRST, SECOND), lambda data: newest(data) == SECOND
    ),
    "quarantine": Scenario(
        _to_refuse,
        _seal_and_quarantine,
        (FIRST,),
        lambda data: (data / "quarantine" / SECOND).is_dir(),
    ),
    "accept": Scenario(_refused, _accept, (FIRST, SECOND), lambda data: newest(data) == SECOND),
    "reject": Scenario(_refused, _reject, (FIRST,), _rejected),
    "prune": Scenario(
        _old, _prune, (THIRD,), lambda data: not plan_pruning(data, keep=2, older_than=LATER)
    ),
    "repair": Scenario(
        _interrupted, lambda data: None, (FIRST, SECOND), lambda data: newest(data) == SECOND
    ),
    "rebuild": Scenario(lambda data: publish_days(data, 2), _rebuild, (SECOND,), lambda data: True),
}
