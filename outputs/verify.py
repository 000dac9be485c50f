"""Check a whole data directory: every digest, row count, schema, chain and pointer. Read only.

`hotlines verify` prints what is found and ends with 3; nothing is repaired here, because a
repair that nobody asked for would hide that something was damaged.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from outputs.capture_files import SUFFIX
from outputs.manifest import Manifest, ManifestError, read_manifest
from outputs.proof import ProofError, prove
from outputs.publish import index_line, pointer_text
from outputs.references import referred_captures
from outputs.run_directory import DataDirectory, RunDirectory, RunNotFoundError, latest_run
from outputs.schema import SchemaError
from outputs.verify_history import history_damage
from outputs.verify_run import Damage, run_damage
from pipelines.vocabulary import RunResult

__all__ = ["Damage", "Verified", "verify"]


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked, and what is not as it was written.

    Attributes:
        unfinished: Runs that were captured and not yet built; they are no damage.
    """

    runs: int
    files: int
    damages: tuple[Damage, ...]
    unfinished: tuple[str, ...] = ()


def verify(data_dir: Path, on_run: Callable[[str], None] | None = None) -> Verified:
    """Check everything in a data directory.

    Args:
        on_run: Called with the id of each run before it is checked.
    """
    data = DataDirectory(data_dir)
    staged = tuple(r.run_id for r in data.all_runs() if r.path.name != r.run_id)
    runs = [run for run in data.all_runs() if run.path.name == run.run_id]
    manifests: dict[RunDirectory, Manifest] = {}
    damages: list[Damage] = []
    for run in runs:
        if on_run:
            on_run(run.run_id)
        damages += _one_run(run, manifests)
    published = {r.run_id: m for r, m in manifests.items() if r.path.parent == data.runs}
    damages += [*_pointers(data, published), *_index(data, manifests)]
    damages += [*_chain(data, published), *_references(data, manifests)]
    damages += history_damage(data, published)
    files = sum(len(manifest.files) + 2 for manifest in manifests.values())
    return Verified(len(runs), files, tuple(dict.fromkeys(damages)), staged)


def _one_run(run: RunDirectory, manifests: dict[RunDirectory, Manifest]) -> Iterator[Damage]:
    try:
        manifests[run] = read_manifest(run)
    except ManifestError as error:
        yield Damage("manifest", run.run_id, "manifest.json", str(error))
        return
    yield from run_damage(run, manifests[run])


def _pointers(data: DataDirectory, published: Mapping[str, Manifest]) -> Iterator[Damage]:
    """latest.json and the link: both there, and both name the newest published run."""
    if not published:
        return
    try:
        latest = latest_run(data.path)
    except (RunNotFoundError, SchemaError, ValueError, KeyError, TypeError) as error:
        yield Damage("pointer", "", "latest.json", f"latest.json names no run: {error}")
        return
    if latest is None:
        yield Damage("pointer", "", "latest.json", "latest.json is missing")
        return
    parents = {manifest.facts.parent for manifest in published.values()}
    if latest.run_id in parents or latest.run_id not in published:
        message = f"latest.json names {latest.run_id}, which is not the newest published run"
        yield Damage("pointer", latest.run_id, "latest.json", message)
    elif _document(data.latest) != json.loads(pointer_text(published[latest.run_id])):
        message = f"latest.json does not say of {latest.run_id} what its manifest says"
        yield Damage("pointer", latest.run_id, "latest.json", message)
    target = os.readlink(data.latest_link) if data.latest_link.is_symlink() else "nothing"
    if target != f"runs/{latest.run_id}":
        message = f"the link `latest` leads to {target}, latest.json names {latest.run_id}"
        yield Damage("pointer", latest.run_id, "latest", message)


def _document(path: Path) -> object:
    return json.loads(path.read_text(encoding="utf-8"))


def _index(data: DataDirectory, manifests: Mapping[RunDirectory, Manifest]) -> Iterator[Damage]:
    """index.json against the runs on disk; it may list more, of runs that were deleted."""
    if not manifests:
        return
    try:
        lines = json.loads(data.index.read_text(encoding="utf-8"))["runs"]
        listed = {str(line["run_id"]): line for line in lines}
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield Damage("index", "", "index.json", f"index.json cannot be read ({error!r})")
        return
    for run, manifest in manifests.items():
        line, said = index_line(run, manifest), listed.get(run.run_id)
        if said is None or any(said.get(name) != line[name] for name in line):
            message = f"index.json does not say of {run.run_id} what its manifest says"
            yield Damage("index", run.run_id, "index.json", message)
    for run_id in sorted(listed.keys() - {run.run_id for run in manifests}):
        if listed[run_id].get("result") == RunResult.PUBLISHED and not _is_there(data, run_id):
            message = f"run {run_id} was published, but its directory is gone"
            yield Damage("run_missing", run_id, f"runs/{run_id}", message)


def _is_there(data: DataDirectory, run_id: str) -> bool:
    return (data.runs / run_id).is_dir() or (data.quarantined / run_id).is_dir()


def _chain(data: DataDirectory, published: Mapping[str, Manifest]) -> Iterator[Damage]:
    """Each run continues one that is there, no two the same, and its changes prove it."""
    continued: dict[str | None, str] = {}
    for run_id, manifest in published.items():
        parent = manifest.facts.parent
        if parent in continued:
            message = f"{run_id} and {continued[parent]} both continue {parent or 'nothing'}"
            yield Damage("chain", run_id, "manifest.json", message)
        continued[parent] = run_id
        if parent is not None and parent not in published:
            message = f"{run_id} continues {parent}, which is not there or cannot be read"
            yield Damage("chain", run_id, f"runs/{parent}", message)
            continue
        before, run = data.run(parent) if parent else None, data.run(run_id)
        held = [r.table("hotlines").exists() for r in (before, run) if r]
        if all(held) and run.table("changes").exists():
            yield from _proved(before, run)


def _proved(parent: RunDirectory | None, run: RunDirectory) -> Iterator[Damage]:
    try:
        prove(parent, run)
    except (ProofError, SchemaError, ValueError, KeyError, OSError) as error:
        yield Damage("chain", run.run_id, "changes.parquet", str(error))


def _references(
    data: DataDirectory, manifests: Mapping[RunDirectory, Manifest]
) -> Iterator[Damage]:
    """Captures that a run reads again must still lie in the run that made them."""
    for run in manifests:
        try:
            needed = referred_captures(run)
        except (SchemaError, OSError, KeyError, ValueError):
            continue  # the table itself is damaged, and named already
        for other, file in sorted(needed):
            places = (data.runs / other / file, data.quarantined / other / file)
            if (
                other != run.run_id
                and file.endswith(SUFFIX)
                and not any(path.is_file() for path in places)
            ):
                message = f"run {run.run_id} reads {file} of run {other} again; it is missing"
                yield Damage("capture_missing", run.run_id, f"{other}/{file}", message)
