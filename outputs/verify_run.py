"""Check one run against its manifest: bytes, row counts, schemas, order, state hash."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from outputs.compare import recomputed_state_hash
from outputs.manifest import Manifest, verify_files
from outputs.run_directory import RunDirectory
from outputs.schema import TABLES, SchemaError, Table
from outputs.snapshot import arrow_schema
from outputs.table_files import count_rows, schema_of


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that is not as it was written.

    Attributes:
        code: Kind of damage, a closed set of words: manifest, file, rows, schema, state, chain,
            pointer, index, history, capture_missing, run_missing, pruned, leftover.
        run_id: Run concerned, or "".
        path: File concerned, relative to the run or to the data directory.
    """

    code: str
    run_id: str
    path: str
    message: str


def run_damage(run: RunDirectory, manifest: Manifest) -> Iterator[Damage]:
    """What of a run is not as its manifest says; files that were pruned are not missed."""
    run_id = run.run_id
    if manifest.facts.run_id != run_id:
        message = f"directory {run_id} holds the manifest of {manifest.facts.run_id}"
        yield Damage("manifest", run_id, "manifest.json", message)
    try:
        gone = removed_files(run)
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield Damage("pruned", run_id, "pruned.json", f"pruned.json cannot be read ({error!r})")
        gone = frozenset()
    bad = set()
    for problem in verify_files(run):
        if problem.path == run.pruned.name or (problem.code == "missing" and problem.path in gone):
            continue
        bad.add(problem.path)
        code = "leftover" if problem.code == "leftover" else "file"
        yield Damage(code, run_id, problem.path, problem.message)
    for table in TABLES:
        path = run.table(table.name)
        if path.is_file():
            yield from _table_damage(run, manifest, table)
        elif table.name in manifest.counts and path.name not in gone | bad:
            yield Damage("file", run_id, path.name, f"{path.name} is missing")


def removed_files(run: RunDirectory) -> frozenset[str]:
    """Files that `hotlines prune` took away, as pruned.json lists them."""
    if not run.pruned.exists():
        return frozenset()
    return frozenset(json.loads(run.pruned.read_text(encoding="utf-8"))["removed"])


def _table_damage(run: RunDirectory, manifest: Manifest, table: Table) -> Iterator[Damage]:
    """Meaning of one table, also where somebody wrote file and manifest anew."""
    path, run_id = run.table(table.name), run.run_id
    try:
        rows = count_rows(path)
        if rows != manifest.counts.get(table.name):
            message = f"{path.name} has {rows} rows, {manifest.counts.get(table.name)} were counted"
            yield Damage("rows", run_id, path.name, message)
        if message := _schema_problem(run, table):
            yield Damage("schema", run_id, path.name, message)
        elif table.name == "hotlines" and recomputed_state_hash(path) != manifest.facts.state_hash:
            message = "the content of hotlines.parquet does not have the state hash of the manifest"
            yield Damage("state", run_id, path.name, message)
    except (SchemaError, OSError, ValueError, KeyError) as error:
        yield Damage("schema", run_id, path.name, f"{path.name} cannot be read: {error}")


def _schema_problem(run: RunDirectory, table: Table) -> str:
    """Columns of an older minor version may be missing; those that are there must fit."""
    wanted = {field.name: field for field in arrow_schema(table)}
    held = schema_of(run.table(table.name))
    named = (held.metadata or {}).get(b"table", b"").decode()
    if named != table.name:
        return f"{table.name}.parquet says that it holds table {named or 'unknown'}"
    for field in held:
        ours = wanted.pop(field.name, None)
        if ours is not None and ours.type != field.type:
            return f"column {field.name} of {table.name} is {field.type}, it should be {ours.type}"
    if lost := [name for name, field in wanted.items() if not field.nullable]:
        return f"{table.name}.parquet lacks columns {', '.join(lost)}"
    return ""
