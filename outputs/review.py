"""What a person decides about a run that the gate refused: accept, reject, or build it anew."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from outputs.broken_schema import broken_reason
from outputs.durable import sync_directory
from outputs.manifest import (
    FileProblem,
    Manifest,
    Review,
    RunFacts,
    read_manifest,
    settle_manifest,
    verify_files,
    write_manifest,
)
from outputs.publish import PublishError, list_run, publish, seal
from outputs.run_directory import STAGING, DataDirectory, RunDirectory, latest_run
from pipelines.vocabulary import RunResult


class ReviewError(RuntimeError):
    """The decision cannot be carried out; nothing was changed."""


def accept(data_dir: Path, run: RunDirectory, reason: str, at: datetime) -> RunDirectory:
    """Publish a quarantined run as it was built; its manifest keeps the reasons and says why.

    Raises:
        ReviewError: It is not in quarantine, is damaged, holds nothing, or its parent is not the
            latest run any more.
    """
    manifest = check_acceptable(data_dir, run, reason)
    staged = restage(data_dir, run)
    review = Review("accepted", reason.strip(), at)
    seal(staged, replace(manifest.facts, result=RunResult.PUBLISHED, review=review))
    return publish(data_dir, staged)


def check_acceptable(data_dir: Path, run: RunDirectory, reason: str) -> Manifest:
    """The manifest of a run that a person may accept; else the error says why not."""
    _check_reason(reason)
    if _is_staged(run):  # an acceptance of it was interrupted
        settle_manifest(run)
    manifest = read_manifest(run)
    facts = manifest.facts
    _check_refused(data_dir, run, facts)
    if why := broken_reason(facts.reasons):
        raise ReviewError(
            f"run {run.run_id} has no tables that could be published, because a row breaks the "
            f"schema ({why}); `hotlines process {run.run_id}` builds it anew with a corrected "
            "program"
        )
    if facts.result is RunResult.NOTHING_FETCHED:
        raise ReviewError(f"run {run.run_id} observed nothing; there is nothing to publish")
    if problems := _problems(run):
        raise ReviewError(f"run {run.run_id} is damaged: {problems[0].message}")
    latest = latest_run(data_dir)
    if facts.parent != (latest.run_id if latest else None):
        raise ReviewError(
            f"run {run.run_id} continues {facts.parent}, but the latest run is "
            f"{latest.run_id if latest else 'none'} by now; `hotlines process {run.run_id}` builds "
            "it anew on that"
        )
    return manifest


def _problems(run: RunDirectory) -> list[FileProblem]:
    """Files that are not as they were built; those that sealing writes anew do not matter."""
    sealed = {run.datapackage.name} if _is_staged(run) else set()
    return [problem for problem in verify_files(run) if problem.path not in sealed]


def _is_staged(run: RunDirectory) -> bool:
    return run.path.name.startswith(STAGING)


def reject(data_dir: Path, run: RunDirectory, reason: str, at: datetime) -> None:
    """Note that a person looked at a quarantined run and agrees that it must not be published."""
    _check_reason(reason)
    manifest = read_manifest(run)
    _check_refused(data_dir, run, manifest.facts)
    review = Review("rejected", reason.strip(), at)
    write_manifest(run, replace(manifest.facts, review=review), manifest.files)
    list_run(DataDirectory(data_dir), run)


def restage(data_dir: Path, run: RunDirectory) -> RunDirectory:
    """Move a quarantined run back to where runs are built; a staged one stays where it is.

    A crash afterwards leaves a captured run, which `accept` or `process` takes up.
    """
    if _is_staged(run):
        return run
    data = DataDirectory(data_dir)
    target = data.runs / f"{STAGING}{run.run_id}"
    if target.exists() or (data.runs / run.run_id).exists():
        raise PublishError(f"{run.run_id} lies in {data.runs} as well; move one of them away")
    data.runs.mkdir(parents=True, exist_ok=True)
    os.rename(run.path, target)
    sync_directory(data.runs)
    sync_directory(data.quarantined)
    return RunDirectory(target)


def strip_to_captures(run: RunDirectory) -> None:
    """Take away all that was built of a staged run: what stays is what was captured."""
    kept = {run.captures, run.registry, run.row_reviews, run.log}
    for path in sorted(run.path.iterdir()):
        if path not in kept:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise ReviewError("a decision needs its reason: --reason 'what you looked at, and saw'")


def _check_refused(data_dir: Path, run: RunDirectory, facts: RunFacts) -> None:
    if run.path.parent == DataDirectory(data_dir).runs and run.path.name == run.run_id:
        raise ReviewError(
            f"run {run.run_id} is published; decisions are about refused runs. "
            "What a brand lost is let through by its next crawl: "
            "hotlines crawl --brand ID --accept 'why'"
        )
    accepted = facts.review is not None and facts.review.decision == "accepted"
    if facts.result is RunResult.PUBLISHED and not accepted:
        raise ReviewError(
            f"run {run.run_id} was not refused; `hotlines process {run.run_id}` finishes it"
        )
