"""Retention: take away what of old runs nothing needs any more (decision 0011).

Of a pruned run stay its manifest, its registry and its changes: history derives from them, and
whoever missed runs can still catch up by applying change files. Capture files stay as long as
any kept run reads them again. pruned.json says, before anything is deleted, what is taken away.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from outputs.canonical import document_json, time_text
from outputs.durable import replace_text, sync_directory
from outputs.history_writing import record
from outputs.manifest import Manifest, read_manifest
from outputs.references import referred_captures
from outputs.run_directory import REMOVED, DataDirectory, RunDirectory, latest_run
from outputs.schema import SCHEMA_VERSION

#: The latest run, and its parent: rules that change have the latest's captures read again.
SMALLEST_KEEP = 2
_STAYS = ("changes.parquet", "registry.json", "reviews.json")


class PruneError(RuntimeError):
    """Nothing may be pruned as asked; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Pruning:
    """What is taken away of one run; `whole` for a refused run that goes altogether."""

    run: RunDirectory
    files: tuple[str, ...]
    bytes: int
    whole: bool = False


def plan_pruning(
    data_dir: Path, *, keep: int | None = None, older_than: datetime | None = None
) -> tuple[Pruning, ...]:
    """What `prune` would take away, oldest run first; nothing is changed.

    Args:
        keep: So many of the newest published runs stay whole.
        older_than: Runs published since then stay whole.

    Raises:
        PruneError: Neither bound is given, or `keep` is too small.
    """
    if keep is None and older_than is None:
        raise PruneError("say what to keep: --keep 30, or --older-than 90d")
    if keep is not None and keep < SMALLEST_KEEP:
        raise PruneError(f"--keep {keep}: the latest run and its parent stay, at least")
    data = DataDirectory(data_dir)
    chain = _chain(data)
    whole = _whole(chain, keep, older_than)
    refused = [(run, read_manifest(run)) for run in _refused(data)]
    old = [run for run, m in refused if older_than is not None and m.facts.finished < older_than]
    thinned = {run for run, _ in chain if run not in whole}
    kept = [run for run in data.all_runs() if run not in thinned and run not in old]
    needed: set[tuple[str, str]] = set().union(*(referred_captures(run) for run in kept))
    plans = [_thinned(run, manifest, needed) for run, manifest in reversed(chain) if run in thinned]
    plans += [_whole_refused(run, needed) for run in old]
    return tuple(plan for plan in plans if plan.files)


def prune(data_dir: Path, plans: Iterable[Pruning], at: datetime) -> None:
    """Take away what was planned; call it under the lock.

    History is brought up to date first, so that it never rests on a run that is not whole.
    """
    data = DataDirectory(data_dir)
    latest = latest_run(data_dir)
    if latest is not None:
        record(data, latest)
    for plan in plans:
        if plan.whole:
            _remove(data, plan.run)
            continue
        _note(plan, at)
        for name in plan.files:
            (plan.run.path / name).unlink(missing_ok=True)
        for directory in (plan.run.exports, plan.run.report, plan.run.captures):
            if directory.is_dir() and not any(directory.iterdir()):
                directory.rmdir()
        sync_directory(plan.run.path)


def _remove(data: DataDirectory, run: RunDirectory) -> None:
    """Under another name first: a run that is half deleted must not look like a damaged one."""
    gone = data.quarantined / f"{REMOVED}{run.run_id}"
    os.rename(run.path, gone)
    sync_directory(data.quarantined)
    shutil.rmtree(gone)


def _chain(data: DataDirectory) -> list[tuple[RunDirectory, Manifest]]:
    """Published runs from the latest back to the first."""
    found = []
    run = latest_run(data.path)
    while run is not None:
        manifest = read_manifest(run)
        found.append((run, manifest))
        run = data.run(manifest.facts.parent) if manifest.facts.parent else None
    return found


def _whole(
    chain: list[tuple[RunDirectory, Manifest]], keep: int | None, older_than: datetime | None
) -> set[RunDirectory]:
    number = max(keep or 0, SMALLEST_KEEP)
    young = [
        run
        for run, manifest in chain
        if older_than is not None and manifest.facts.published >= older_than
    ]
    return {*(run for run, _ in chain[:number]), *young}


def _refused(data: DataDirectory) -> list[RunDirectory]:
    return [run for run in data.all_runs() if run.path.parent == data.quarantined]


def _thinned(run: RunDirectory, manifest: Manifest, needed: set[tuple[str, str]]) -> Pruning:
    names = [
        entry.path
        for entry in manifest.files
        if entry.path not in _STAYS
        and (run.run_id, entry.path) not in needed
        and (run.path / entry.path).exists()
    ]
    return _sized(run, names)


def _whole_refused(run: RunDirectory, needed: set[tuple[str, str]]) -> Pruning:
    if any(run_id == run.run_id for run_id, _ in needed):
        return Pruning(run, (), 0)
    names = [p.relative_to(run.path).as_posix() for p in run.path.rglob("*") if p.is_file()]
    plan = _sized(run, names)
    return Pruning(run, plan.files, plan.bytes, whole=True)


def _sized(run: RunDirectory, names: list[str]) -> Pruning:
    return Pruning(run, tuple(sorted(names)), sum((run.path / n).stat().st_size for n in names))


def _note(plan: Pruning, at: datetime) -> None:
    """Before the first deletion, so that a missing file is never taken for damage."""
    path, before = plan.run.pruned, []
    if path.exists():
        before = json.loads(path.read_text(encoding="utf-8"))["removed"]
    removed = sorted({*before, *plan.files})
    document = {"schema_version": SCHEMA_VERSION, "at": time_text(at), "removed": removed}
    replace_text(path, document_json(document))
