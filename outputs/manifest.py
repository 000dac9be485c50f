"""What a run is: manifest.json, SHA256SUMS, and the check of both against the files."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from outputs.canonical import document_json, time_from_text, time_text
from outputs.durable import (
    clear_temporaries,
    is_temporary,
    replace_pair,
    sync_directory,
    temporary_of,
)
from outputs.run_directory import RunDirectory
from outputs.schema import SCHEMA_VERSION, TABLES, SchemaError, check_version
from pipelines.vocabulary import RunResult

_MEDIA_TYPES = {
    ".parquet": "application/vnd.apache.parquet",
    ".csv": "text/csv",
    ".jsonl": "application/jsonl",
    ".json": "application/json",
    ".warc.gz": "application/warc",
    ".html": "text/html",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".xml": "application/xml",
    ".atom": "application/atom+xml",
    ".md": "text/markdown",
    ".txt": "text/plain",
    ".vcf": "text/vcard",
}
_VERSIONED = (".parquet", ".csv", ".jsonl", ".json")


class ManifestError(ValueError):
    """manifest.json is missing, damaged or of another version; or a file has no media type."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of a run.

    Attributes:
        path: Relative to the run directory, with `/`.
        rows: Rows of a table, lines of a .jsonl; None for everything else.
        schema_version: None for captures, which keep what servers sent.
    """

    path: str
    media_type: str
    rows: int | None
    bytes: int
    sha256: str
    schema_version: str | None


@dataclass(frozen=True, slots=True)
class Review:
    """What a person decided about a run that the gate had refused.

    Attributes:
        decision: accepted or rejected.
    """

    decision: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What the run knows of itself, apart from its files.

    Attributes:
        parent: Run whose snapshot this one continues; None for the first.
        reasons: Why the gate refused it; empty if it did not. They stay if a person accepts it.
        review: What a person decided about it, if one did.
        digests: By what it was made: `code`, `rules`, `dependencies`, `registry`.
        state_hash: `outputs.compare.file_state_hash` of table `hotlines`.
    """

    run_id: str
    started: datetime
    finished: datetime
    result: RunResult
    parent: str | None
    digests: Mapping[str, str]
    state_hash: str
    unhealthy_brands: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    review: Review | None = None

    @property
    def published(self) -> datetime:
        """When it became part of what is known: at its end, or when a person accepted it."""
        return self.review.at if self.review else self.finished


@dataclass(frozen=True, slots=True)
class Manifest:
    """manifest.json: the facts, rows per table, and every file."""

    facts: RunFacts
    counts: Mapping[str, int]
    files: tuple[FileEntry, ...]
    schema_version: str = SCHEMA_VERSION

    def to_json(self) -> str:
        """Text of manifest.json: equal manifests give equal bytes."""
        facts = self.facts
        return document_json(
            {
                "schema_version": self.schema_version,
                "run_id": facts.run_id,
                "started": time_text(facts.started),
                "finished": time_text(facts.finished),
                "result": facts.result.value,
                "reasons": list(facts.reasons),
                "review": _review_json(facts.review),
                "parent": facts.parent,
                "counts": dict(self.counts),
                "unhealthy_brands": sorted(facts.unhealthy_brands),
                "digests": dict(sorted(facts.digests.items())),
                "state_hash": facts.state_hash,
                "files": [_entry_json(entry) for entry in self.files],
            }
        )


@dataclass(frozen=True, slots=True)
class FileProblem:
    """A file that is not as the manifest says.

    Attributes:
        code: missing, damaged, unlisted or leftover.
    """

    path: str
    code: str
    message: str


def write_manifest(run: RunDirectory, facts: RunFacts, files: Sequence[FileEntry]) -> Manifest:
    """Write manifest.json and SHA256SUMS over `files`."""
    rows = {entry.path: entry.rows for entry in files if entry.rows is not None}
    tables = {table.name: f"{table.name}.parquet" for table in TABLES}
    counts = {name: rows[path] for name, path in tables.items() if path in rows}
    manifest = Manifest(facts, counts, tuple(sorted(files, key=lambda entry: entry.path)))
    text = manifest.to_json()
    own = hashlib.sha256(text.encode()).hexdigest()
    listed = {**{e.path: e.sha256 for e in files}, run.manifest.name: own}
    lines = [f"{digest}  {path}\n" for path, digest in sorted(listed.items())]
    replace_pair((run.manifest, text), (run.sums, "".join(lines)))
    return manifest


def settle_manifest(run: RunDirectory) -> bool:
    """Finish, or take back, a `write_manifest` that was killed; whether there was one.

    Call it only while nobody writes there. Only checksums that were written for this very
    manifest are put in place; any other difference is for `verify_files` to tell.
    """
    finished = _pending_sums(run)
    if finished:
        os.replace(temporary_of(run.sums), run.sums)
        sync_directory(run.path)
    return bool(clear_temporaries(run.path)) or finished


def _pending_sums(run: RunDirectory) -> bool:
    """Whether checksums of this manifest wait to take their place: the writer was killed."""
    pending = temporary_of(run.sums)
    begun = pending.exists() and not temporary_of(run.manifest).exists()
    return begun and _listed_sums(pending).get(run.manifest.name) == _sha256(run.manifest)


def read_manifest(run: RunDirectory) -> Manifest:
    """Read manifest.json.

    Raises:
        ManifestError: It is missing, damaged, or of another major version.
    """
    try:
        document = json.loads(run.manifest.read_text(encoding="utf-8"))
        check_version(document["schema_version"], str(run.manifest))
        return _manifest_of(document)
    except FileNotFoundError as error:
        raise ManifestError(
            f"{run.path} has no manifest.json: the run was never finished; "
            f"`hotlines process {run.run_id}` finishes it"
        ) from error
    except SchemaError as error:
        raise ManifestError(str(error)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ManifestError(
            f"{run.manifest} is damaged ({error!r}); restore it from a copy of the run"
        ) from error


def list_files(run: RunDirectory) -> tuple[FileEntry, ...]:
    """Every file of the run by path, without manifest, checksums and log."""
    left_out = {run.manifest, run.sums, run.log, run.pruned}
    paths = [p for p in run.path.rglob("*") if p.is_file() and p not in left_out]
    return tuple(entry_of(run, path) for path in sorted(paths, key=lambda p: _relative(run, p)))


def verify_files(run: RunDirectory) -> tuple[FileProblem, ...]:
    """Compare every file of a run with its manifest, and the manifest with SHA256SUMS."""
    manifest = read_manifest(run)
    problems = [_verify(run, entry.path, entry.sha256) for entry in manifest.files]
    sums = _listed_sums(temporary_of(run.sums) if _pending_sums(run) else run.sums)
    problems.append(_verify(run, "manifest.json", sums.pop("manifest.json", None)))
    if sums != {entry.path: entry.sha256 for entry in manifest.files}:
        message = "SHA256SUMS does not list what the manifest lists; restore it from a copy"
        problems.append(FileProblem(run.sums.name, "damaged", message))
    listed = {entry.path for entry in manifest.files}
    left_out = {run.manifest, run.sums, run.log, run.pruned}
    for path in sorted(run.path.rglob("*")):
        name = _relative(run, path)
        if path.is_file() and path not in left_out and name not in listed:
            problems.append(_unlisted(path, name))
    return tuple(problem for problem in problems if problem)


def _unlisted(path: Path, name: str) -> FileProblem:
    if is_temporary(path):
        message = f"{name} was left by a process that died; the next crawl or prune deletes it"
        return FileProblem(name, "leftover", message)
    message = f"{name} is in the run directory, but not in its manifest"
    return FileProblem(name, "unlisted", message)


def is_as_written(run: RunDirectory, name: str) -> bool:
    """Whether a file of a run has the sha256 that its manifest states."""
    stated = {entry.path: entry.sha256 for entry in read_manifest(run).files}
    return name in stated and _verify(run, name, stated[name]) is None


def entry_of(run: RunDirectory, path: Path) -> FileEntry:
    """What the manifest says of one file."""
    name = _relative(run, path)
    suffix = ".warc.gz" if name.endswith(".warc.gz") else path.suffix
    if suffix not in _MEDIA_TYPES:
        raise ManifestError(
            f"{path} has no known media type; add {suffix!r} to outputs/manifest.py"
        )
    return FileEntry(
        path=name,
        media_type=_MEDIA_TYPES[suffix],
        rows=_rows(run, path),
        bytes=path.stat().st_size,
        sha256=_sha256(path),
        schema_version=SCHEMA_VERSION if _is_versioned(run, path) else None,
    )


def _is_versioned(run: RunDirectory, path: Path) -> bool:
    return path.suffix in _VERSIONED and run.captures not in path.parents


def _rows(run: RunDirectory, path: Path) -> int | None:
    if path.suffix == ".parquet":
        return _table_rows(path)
    if path.suffix == ".csv" and run.table(path.stem).exists():
        return _table_rows(run.table(path.stem))
    if path.suffix == ".jsonl":
        with path.open("rb") as lines:
            return sum(1 for _ in lines)
    return None


def _table_rows(path: Path) -> int:
    from outputs.table_files import count_rows

    return count_rows(path)


def _verify(run: RunDirectory, name: str, expected: str | None) -> FileProblem | None:
    path = run.path / name
    if not path.is_file():
        return FileProblem(name, "missing", f"{name} is missing; restore it from a copy")
    if expected is None:
        return FileProblem(name, "unlisted", f"{name} is not in SHA256SUMS")
    found = _sha256(path)
    if found != expected:
        message = f"{name} has sha256 {found}, {expected} was written; restore it from a copy"
        return FileProblem(name, "damaged", message)
    return None


def _listed_sums(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = [line.split("  ", 1) for line in lines]
    return {pair[1]: pair[0] for pair in pairs if len(pair) == 2}


def _manifest_of(document: dict[str, Any]) -> Manifest:
    facts = RunFacts(
        run_id=document["run_id"],
        started=time_from_text(document["started"]),
        finished=time_from_text(document["finished"]),
        result=RunResult(document["result"]),
        parent=document["parent"],
        digests=document["digests"],
        state_hash=document["state_hash"],
        unhealthy_brands=tuple(document["unhealthy_brands"]),
        reasons=tuple(document["reasons"]),
        review=_review_of(document.get("review")),
    )
    files = tuple(FileEntry(**entry) for entry in document["files"])
    return Manifest(facts, document["counts"], files, document["schema_version"])


def _review_json(review: Review | None) -> dict[str, str] | None:
    if review is None:
        return None
    return {"decision": review.decision, "reason": review.reason, "at": time_text(review.at)}


def _review_of(document: dict[str, str] | None) -> Review | None:
    if document is None:
        return None
    return Review(document["decision"], document["reason"], time_from_text(document["at"]))


def _entry_json(entry: FileEntry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in FileEntry.__dataclass_fields__}


def _relative(run: RunDirectory, path: Path) -> str:
    return path.relative_to(run.path).as_posix()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
