"""Runs built again from their captures with today's rules, one on top of the other.

Nothing that is published is touched: rebuilt runs lie in a directory of their own, under the id
of the run whose captures, clock and registry they use. What `replay --since` publishes is one
new run on top of the latest, so that `latest` never goes back (decision 0014).
"""

from __future__ import annotations

import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from outputs.broken_schema import broken_reason
from outputs.canonical import document_json
from outputs.captures import CaptureError, read_fetches
from outputs.crawl_plan import PLAN, plan_of
from outputs.durable import replace_text
from outputs.fetches import FETCHES, LEADS, fetch_to_line, read_leads, scan_fetches
from outputs.manifest import Manifest, read_manifest
from outputs.row_reviews import read_reviews
from outputs.run import RunInputs, build
from outputs.run_directory import DataDirectory, RunDirectory, latest_run
from outputs.table_files import read_table

#: (run whose captures are read, where it is built, whose rows it continues) → inputs
Prepare = Callable[[RunDirectory, RunDirectory, RunDirectory | None], RunInputs]
_LOST = "capture_unreadable"


class ReplayError(RuntimeError):
    """The runs that were asked for cannot be built again."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a run says that replays others: the first of them, and the last, whose pages it has."""

    since: str
    of: str


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A run, and what today's rules make of its captures."""

    original: RunDirectory
    run: RunDirectory
    manifest: Manifest


def replayed(run: RunDirectory) -> Replayed | None:
    """What a run replays; None for one that has captures of its own."""
    plan = plan_of(run) if (run.captures / PLAN).exists() else {}
    return Replayed(**plan["replays"]) if plan.get("replays") else None


def runs_between(data_dir: Path, since: RunDirectory, last: RunDirectory) -> list[RunDirectory]:
    """Published runs from `since` to `last`, oldest first, without those that replayed others.

    Raises:
        ReplayError: `last` does not descend from `since`, or captures were pruned.
    """
    data, found, at = DataDirectory(data_dir), [last], last
    while at.run_id != since.run_id:
        parent = read_manifest(at).facts.parent
        if parent is None:
            raise ReplayError(
                f"run {last.run_id} does not continue {since.run_id}; `hotlines history` lists "
                "the published runs in their order"
            )
        at = data.run(parent)
        found.append(at)
    own = [run for run in reversed(found) if replayed(run) is None]
    if not own or own[0].run_id != since.run_id:
        raise ReplayError(
            f"run {since.run_id} replayed others and has no captures of its own: begin with one "
            "that was crawled"
        )
    for run in reversed(own):
        check_replayable(data_dir, run, is_first=run == own[0])
    return own


def check_replayable(data_dir: Path, run: RunDirectory, *, is_first: bool = True) -> None:
    """Refuse a run of which something is gone that building it again would read.

    Args:
        is_first: It goes on from its parent as that was published.

    Raises:
        ReplayError: What is gone, and which run can be replayed instead.
        CaptureError: The plan of its crawl, or a log of it, is damaged.
        ManifestError: Its copy of the reviews is damaged.
    """
    manifest = read_manifest(run)
    parent = manifest.facts.parent if is_first else None
    before = DataDirectory(data_dir).run(parent) if parent else None
    if run.pruned.exists():
        gone = "was pruned: its captures are gone, only its changes are kept (`hotlines diff` shows"
        raise ReplayError(f"run {run.run_id} {gone} them); {_instead(data_dir)}")
    listed = {run.path / entry.path for entry in manifest.files}
    asked = {run.captures / LEADS, run.row_reviews} & listed  # not every run has them
    always = (run.captures, run.registry, run.captures / PLAN, run.captures / FETCHES)
    for path in (*always, *sorted(asked)):
        if path.exists():
            continue
        said = f"run {run.run_id} cannot be built again: {path} is missing"
        raise ReplayError(f"{said}; restore it from a copy, or {_instead(data_dir)}")
    plan_of(run)  # where it lies, not where it is built: messages name the file
    deque(scan_fetches(run.path), maxlen=0)
    read_leads(run.path)
    read_reviews(run)
    if before is not None and before.pruned.exists():
        raise ReplayError(
            f"run {run.run_id} goes on from the rows of {parent}, which was pruned: it cannot be "
            "built again, with --check or without. `hotlines verify` still compares every file of "
            f"it with its checksum, and its changes with its rows; {_instead(data_dir)}"
        )
    if before is not None and not before.path.is_dir():
        said = f"run {run.run_id} goes on from the rows of {parent}, and {before.path} is missing"
        raise ReplayError(f"{said}; restore it from a copy, or {_instead(data_dir)}")


def _instead(data_dir: Path) -> str:
    """The oldest run that can be built again, since all later ones are whole, too."""
    at, found = latest_run(data_dir), ""
    while at is not None and at.path.is_dir() and not at.pruned.exists():
        parent = read_manifest(at).facts.parent
        before = DataDirectory(data_dir).run(parent) if parent else None
        if before is None or (before.path.is_dir() and not before.pruned.exists()):
            found = at.run_id
        at = before
    return f"begin with {found} or a later run" if found else "no run here can be replayed"


def rebuild(
    data_dir: Path, runs: Sequence[RunDirectory], place: Path, prepare: Prepare
) -> Iterator[Rebuilt]:
    """Each run built anew in `place`, on top of the one before; the first on its own parent.

    Raises:
        ReplayError: A capture cannot be read: what is missing would look like another reading.
    """
    parent = read_manifest(runs[0]).facts.parent
    base = DataDirectory(data_dir).run(parent) if parent else None
    for original in runs:
        again = RunDirectory(place / original.run_id)
        borrow(original, again)
        manifest = build(prepare(original, again, base))
        check_built(manifest)
        _check_captures(original, again)
        yield Rebuilt(original, again, manifest)
        base = again


def check_built(manifest: Manifest) -> None:
    """Refuse what has no tables, so that nothing can be compared with it."""
    if why := broken_reason(manifest.facts.reasons):
        raise ReplayError(
            f"today's program cannot build run {manifest.facts.run_id} again, because a row breaks "
            f"the schema ({why}); what is published stays as it is: please report the defect"
        )


def borrow(original: RunDirectory, target: RunDirectory) -> None:
    """Captures and registry of a run, for one that is built elsewhere; bodies are not copied."""
    target.captures.mkdir(parents=True)
    for path in sorted(original.captures.iterdir()):
        if path.name.endswith(".gz"):
            os.symlink(path.resolve(), target.captures / path.name)
        else:
            shutil.copyfile(path, target.captures / path.name)
    _copy_decisions(original, target)


def clear_replays(data_dir: Path) -> None:
    """Takes away what a killed replay left: it holds no captures of its own."""
    for run in DataDirectory(data_dir).all_runs():
        if run.path.name != run.run_id and replayed(run) is not None:
            shutil.rmtree(run.path)


def write_replay(staged: RunDirectory, of: RunDirectory, since: str) -> None:
    """Lets a staged run read what another captured: its log, its plan, its registry."""
    staged.captures.mkdir()
    lines = (fetch_to_line(replace(f, file="", offset=-1)) for f in read_fetches(of.path))
    (staged.captures / FETCHES).write_bytes(b"".join(lines))
    if (of.captures / LEADS).exists():
        leads = (fetch_to_line(replace(f, file="", offset=-1)) for f in read_leads(of.path))
        (staged.captures / LEADS).write_bytes(b"".join(leads))
    plan = plan_of(of)
    plan["replays"] = {"since": since, "of": of.run_id}
    replace_text(staged.captures / PLAN, document_json(plan))
    _copy_decisions(of, staged)


def _copy_decisions(run: RunDirectory, target: RunDirectory) -> None:
    shutil.copyfile(run.registry, target.registry)
    if run.row_reviews.exists():  # runs of an older program have none
        shutil.copyfile(run.row_reviews, target.row_reviews)


def _check_captures(original: RunDirectory, again: RunDirectory) -> None:
    columns = ["code", "brand_id", "url", "message"]
    lost, known = (
        {(r["brand_id"], r["url"]): r for r in read_table(path, columns=columns)
         if r["code"] == _LOST}
        for path in (again.table("issues"), original.table("issues"))
    )  # fmt: skip
    for place, row in lost.items():
        if place not in known:
            advice = "Restore the file from a copy, or begin with a later run"
            raise CaptureError(f"{row['message']} ({row['url']})", original.captures, -1, advice)
