"""Make a finished run visible: whole or not at all, whenever the machine stops.

Order, and what a crash after each step leaves behind:

1. every file and directory of the staged run on disk   staged only; readers see the old run
2. rename `runs/.tmp-<id>` to `runs/<id>`               whole, but not pointed to
3. its versions appended to history/                    derived; written again if torn
4. index.json replaced                                  listed, but not pointed to
5. latest.json replaced: **the run is published**       `latest` still names the old run
6. symbolic link `latest` replaced                      done

Before the first step the changes are proved: applied to the parent they give the snapshot.
`repair` finishes what stopped after 2 to 5, and deletes files that a killed writer left under a
temporary name; call it under the lock before anything else is written.
A quarantined run takes the same way to `quarantine/<id>`, without steps 3, 5 and 6.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from outputs.canonical import document_json, time_text
from outputs.describe import datapackage_json
from outputs.durable import (
    clear_temporaries,
    make_directory,
    replace_link,
    replace_text,
    sync_directory,
    sync_tree,
)
from outputs.history_writing import record
from outputs.listing import append_line, lines_of, listing_json
from outputs.manifest import (
    Manifest,
    ManifestError,
    RunFacts,
    entry_of,
    list_files,
    read_manifest,
    settle_manifest,
    write_manifest,
)
from outputs.proof import check_as_written, prove
from outputs.run_directory import REMOVED, DataDirectory, RunDirectory, latest_run, read_index
from outputs.schema import TABLES
from pipelines.vocabulary import RunResult

_RUNS = "runs"


class PublishError(RuntimeError):
    """A run cannot be moved where it was asked to go."""


@dataclass(frozen=True, slots=True)
class Repair:
    """What `repair` did.

    Attributes:
        published: Runs that stopped between rename and latest.json, and are now published.
        indexed: index.json was not what the runs on disk say.
        relinked: The link `latest` did not name the run that latest.json names.
        recorded: Runs appended to the history, which had not reached the latest run.
        cleared: Files and directories that were given up half written, or half deleted.
        unreadable: Directories whose manifest cannot be read, with the reason.
    """

    published: tuple[str, ...] = ()
    indexed: bool = False
    relinked: bool = False
    recorded: int = 0
    cleared: int = 0
    unreadable: tuple[tuple[str, str], ...] = ()


def seal(run: RunDirectory, facts: RunFacts) -> Manifest:
    """Describe the finished files of a staged run: datapackage.json, manifest, checksums."""
    for directory in (run.path, run.captures, run.exports, run.report):
        clear_temporaries(directory)
    files = tuple(entry for entry in list_files(run) if entry.path != run.datapackage.name)
    replace_text(run.datapackage, datapackage_json(facts, files))
    return write_manifest(run, facts, (*files, entry_of(run, run.datapackage)))


def publish(data_dir: Path, run: RunDirectory) -> RunDirectory:
    """Publish a sealed run and point `latest` to it.

    Raises:
        PublishError: Its result is not `published`, a table is missing, its parent is not the
            latest run, or a run with its id is there already.
        ProofError: Its changes do not lead from the parent's snapshot to its own.
    """
    manifest = read_manifest(run)
    if manifest.facts.result is not RunResult.PUBLISHED:
        raise PublishError(
            f"run {run.run_id} has result {manifest.facts.result}; only a run with result "
            "published becomes the latest"
        )
    if absent := [table.name for table in TABLES if table.name not in manifest.counts]:
        raise PublishError(
            f"run {run.run_id} lacks tables {', '.join(absent)}; a table without rows is "
            "written empty"
        )
    latest = latest_run(data_dir)
    if manifest.facts.parent != (latest.run_id if latest else None):
        raise PublishError(
            f"run {run.run_id} continues {manifest.facts.parent}, but the latest run is "
            f"{latest.run_id if latest else 'none'}; build it anew with `hotlines process`"
        )
    check_as_written(latest, run)
    prove(latest, run)
    data = DataDirectory(data_dir)
    placed = _move(run, data.runs)
    record(data, placed)
    list_run(data, placed)
    _point(data, placed, manifest)
    return placed


def quarantine(data_dir: Path, run: RunDirectory) -> RunDirectory:
    """Keep a sealed run that must not become the latest, and list it."""
    manifest = read_manifest(run)
    if manifest.facts.result is RunResult.PUBLISHED:
        raise PublishError(
            f"run {run.run_id} has result published; seal it with the result and the reasons "
            "for which it is refused"
        )
    data = DataDirectory(data_dir)
    placed = _move(run, data.quarantined)
    list_run(data, placed)
    return placed


def repair(data_dir: Path) -> Repair:
    """Finish a publication that was interrupted; does nothing if none was."""
    data = DataDirectory(data_dir)
    if not data.path.exists():
        return Repair()
    cleared = _clear(data)
    manifests, unreadable = _manifests(data)
    indexed = _merge_index(data, manifests)
    waiting = _unpointed(data, manifests)
    if waiting:
        record(data, waiting[-1])
        _point(data, waiting[-1], manifests[waiting[-1]])
    latest = latest_run(data.path)
    recorded = record(data, latest) if latest else 0
    published = tuple(run.run_id for run in waiting)
    return Repair(published, indexed, _relink(data), recorded, cleared, unreadable)


def _clear(data: DataDirectory) -> int:
    """Take away what nobody will finish: the writer of it is dead, or the lock were not ours."""
    cleared = len(clear_temporaries(data.path)) + len(clear_temporaries(data.history))
    for path in data.quarantined.glob(f"{REMOVED}*"):
        shutil.rmtree(path)
        cleared += 1
    return cleared + sum(settle_manifest(run) for run in _placed(data))


def _unpointed(
    data: DataDirectory, manifests: dict[RunDirectory, Manifest]
) -> tuple[RunDirectory, ...]:
    """Published runs that continue the one that latest.json names, in the order of the chain."""
    followers = {
        manifest.facts.parent: run
        for run, manifest in manifests.items()
        if run.path.parent == data.runs and manifest.facts.result is RunResult.PUBLISHED
    }
    latest = latest_run(data.path)
    at = latest.run_id if latest else None
    found = []
    while (run := followers.pop(at, None)) is not None:
        found.append(run)
        at = run.run_id
    return tuple(found)


def _move(run: RunDirectory, place: Path) -> RunDirectory:
    target = place / run.run_id
    if target.exists():
        raise PublishError(f"{target} is there already; runs are never overwritten")
    sync_tree(run.path)
    make_directory(place)
    os.rename(run.path, target)
    sync_directory(place)
    sync_directory(run.path.parent)
    return RunDirectory(target)


def _point(data: DataDirectory, run: RunDirectory, manifest: Manifest) -> None:
    replace_text(data.latest, pointer_text(manifest))
    replace_link(data.latest_link, f"runs/{run.run_id}")


def pointer_text(manifest: Manifest) -> str:
    """Text of latest.json while it names the run of this manifest."""
    facts = manifest.facts
    pointer = {
        "schema_version": manifest.schema_version,
        "run_id": facts.run_id,
        "path": f"runs/{facts.run_id}",
        "manifest": f"runs/{facts.run_id}/manifest.json",
        "finished": time_text(facts.finished),
        "parent": facts.parent,
        "state_hash": facts.state_hash,
        "counts": dict(manifest.counts),
    }
    return document_json(pointer)


def _relink(data: DataDirectory) -> bool:
    latest = latest_run(data.path)
    if latest is None:
        return False
    target = f"runs/{latest.run_id}"
    if data.latest_link.is_symlink() and os.readlink(data.latest_link) == target:
        return False
    replace_link(data.latest_link, target)
    return True


def _placed(data: DataDirectory) -> tuple[RunDirectory, ...]:
    """Runs under their own name; staged ones are nobody's business yet."""
    return tuple(run for run in data.all_runs() if run.path.name == run.run_id)


def _manifests(
    data: DataDirectory,
) -> tuple[dict[RunDirectory, Manifest], tuple[tuple[str, str], ...]]:
    found: dict[RunDirectory, Manifest] = {}
    unreadable = []
    for run in _placed(data):
        try:
            found[run] = read_manifest(run)
        except ManifestError as error:
            unreadable.append((run.run_id, str(error)))
    return found, tuple(unreadable)


def list_run(data: DataDirectory, run: RunDirectory) -> bool:
    """Bring the line of one run in index.json in line with its manifest; reads no other run."""
    manifest = read_manifest(run)
    lines = lines_of(data.index, _RUNS)
    if lines and json.loads(lines[-1])["run_id"] < run.run_id:
        append_line(data.index, _RUNS, lines, index_line(run, manifest))
        return True
    return _merge_index(data, {run: manifest})


def _merge_index(data: DataDirectory, manifests: Mapping[RunDirectory, Manifest]) -> bool:
    """Lines of other runs stay, so those of runs that were deleted, or cannot be read."""
    lines = {str(line["run_id"]): line for line in read_index(data.path)}
    lines |= {run.run_id: index_line(run, manifest) for run, manifest in manifests.items()}
    ordered = (lines[run_id] for run_id in sorted(lines))
    text = listing_json(_RUNS, ordered)
    if data.index.exists() and data.index.read_text(encoding="utf-8") == text:
        return False
    if not lines:
        return False
    replace_text(data.index, text)
    return True


def index_line(run: RunDirectory, manifest: Manifest) -> dict[str, object]:
    """What index.json says of a run."""
    facts = manifest.facts
    return {
        "run_id": facts.run_id,
        "result": facts.result.value,
        "path": f"{run.path.parent.name}/{run.run_id}",
        "started": time_text(facts.started),
        "finished": time_text(facts.finished),
        "parent": facts.parent,
        "counts": dict(manifest.counts),
        "unhealthy_brands": list(facts.unhealthy_brands),
        "reasons": list(facts.reasons),
        "review": facts.review.decision if facts.review else None,
        "state_hash": facts.state_hash,
    }
