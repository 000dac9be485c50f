"""Append published runs to the history, or derive all of it again from the run directories.

Written after a run was renamed into place and before `latest` names it. A file of events is
complete and on disk before the index lists it; what a crash leaves in between is written again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from outputs.canonical import canonical_json, time_from_text
from outputs.changes import read_changes
from outputs.durable import replace_text, sync_directory
from outputs.event_columns import event_columns
from outputs.history import (
    CHECKPOINT,
    HistoryError,
    Link,
    append_link,
    checkpoint_file,
    events_file,
    index_file,
    index_lines,
    links_json,
    newest_links,
    read_links,
    span_file,
    span_rows,
    valid_at,
)
from outputs.late_rows import RowsById, whole
from outputs.manifest import RunFacts, read_manifest
from outputs.proof import content_rows_of
from outputs.rows import Row
from outputs.run_directory import DataDirectory, RunDirectory
from outputs.schema import HISTORY, HOTLINES, SchemaError
from outputs.snapshot import TableWriter, write_sorted_table
from outputs.table_files import TableReader
from pipelines.model import Change
from pipelines.vocabulary import Op

_AT_ONCE = 32_768  # changes; for each such part a row group is read again


def record(data: DataDirectory, run: RunDirectory) -> int:
    """Bring the history to a published run; returns how many runs were appended.

    Runs of the chain that are not listed yet are appended; listed runs that are not in the
    chain of this one (somebody pointed latest.json back) are dropped from the list.

    Raises:
        HistoryError: A run of the chain is not there.
    """
    number = _record_next(data, run)
    return _record_chain(data, run) if number is None else number


def _record_next(data: DataDirectory, run: RunDirectory) -> int | None:
    """The usual case: the run is recorded, or continues the newest link; else None.

    Only the newest lines of the index are looked at, so that the cost does not grow with them.
    """
    try:
        lines = index_lines(data) or []
        links = newest_links(lines)
    except HistoryError:
        return None
    if not links or not events_file(data, links[-1].run_id).is_file():
        return None
    if links[-1].run_id == run.run_id:
        return 0
    facts = _facts(run, run.run_id)
    if facts.parent != links[-1].run_id:
        return None
    append_link(data, lines, _append(data, links, run, facts))
    return 1


def _record_chain(data: DataDirectory, run: RunDirectory) -> int:
    links = _readable_links(data)
    known = {link.run_id: link for link in links}
    missing: list[tuple[RunDirectory, RunFacts]] = []
    at: str | None = run.run_id
    while at is not None and at not in known:
        directory = data.run(at)
        facts = _facts(directory, at)
        missing.append((directory, facts))
        at = facts.parent
    kept = links[: known[at].position] if at is not None else ()
    if not missing and len(kept) == len(links):
        return 0
    data.history.mkdir(exist_ok=True)
    sync_directory(data.path)
    for directory, facts in reversed(missing):
        kept = (*kept, _append(data, kept, directory, facts))
    replace_text(index_file(data), links_json(kept))
    return len(missing)


def rebuild(data: DataDirectory, run: RunDirectory) -> int:
    """Derive the whole history from the run directories of the chain that ends with `run`."""
    index_file(data).unlink(missing_ok=True)
    number = record(data, run)
    links = read_links(data)
    ours = {index_file(data)} | {events_file(data, link.run_id) for link in links}
    ours |= {checkpoint_file(data, link.run_id) for link in links if link.checkpoint}
    ours |= {span_file(data, link.run_id) for link in links if link.span}
    for path in data.history.iterdir():
        if path not in ours:
            path.unlink()
    sync_directory(data.history)
    return number


def event_rows(
    data: DataDirectory, links: tuple[Link, ...], run: RunDirectory, valid_from: datetime
) -> Iterator[Row]:
    """The versions and tombstones of a run that follows `links`, in key order."""
    contents, position = _contents(data, links, run), next_position(links)
    for change in read_changes(run.table("changes")):
        content = change.after if change.op is Op.ADD else change.before
        if change.op is Op.MOD:
            content = _content_of(change, contents)
        yield _event(change, content, position, valid_from, run.run_id)


def event_batches(
    links: tuple[Link, ...], run: RunDirectory, valid_from: datetime
) -> Iterator[pa.RecordBatch]:
    """`event_rows` of a run that has its tables, as columns."""
    position = next_position(links)
    with (
        TableReader(run.table("changes")) as changes,
        RowsById(run.table("hotlines"), HOTLINES.content) as hotlines,
    ):
        for batch in changes.batches(range(changes.file.num_row_groups), _AT_ONCE):
            yield event_columns(whole(changes, batch), hotlines, position, valid_from, run.run_id)


def next_position(links: tuple[Link, ...]) -> int:
    """Place in the chain of a run that follows `links`."""
    return links[-1].position + 1 if links else 1


def valid_from_of(links: tuple[Link, ...], facts: RunFacts) -> datetime:
    """When a run that follows `links` began to hold: never before the run in front of it."""
    return max(facts.published, links[-1].valid_from) if links else facts.published


def _readable_links(data: DataDirectory) -> tuple[Link, ...]:
    """The index; a damaged one, or one whose last file is missing, counts as none."""
    try:
        links = read_links(data)
    except HistoryError:
        return ()
    whole = all(events_file(data, link.run_id).is_file() for link in links[-1:])
    return links if whole else ()


def _facts(run: RunDirectory, run_id: str) -> RunFacts:
    if not run.manifest.exists():
        raise HistoryError(
            f"run {run_id} is part of the chain, but {run.manifest} is missing; restore it from a "
            "copy: history cannot be derived without its changes"
        )
    return read_manifest(run).facts


def _append(
    data: DataDirectory, links: tuple[Link, ...], run: RunDirectory, facts: RunFacts
) -> Link:
    valid_from = valid_from_of(links, facts)
    path = events_file(data, facts.run_id)
    number = _write_events(path, data, links, run, valid_from)
    position = next_position(links)
    link = Link(
        position, facts.run_id, facts.parent, valid_from, facts.state_hash, number, _sha256(path)
    )
    if position % CHECKPOINT:
        return link
    return _with_checkpoint(data, (*links, link))


def _with_checkpoint(data: DataDirectory, links: tuple[Link, ...]) -> Link:
    last = links[-1]
    path, span = checkpoint_file(data, last.run_id), span_file(data, last.run_id)
    _write(path, valid_at(data, links, last.position))
    _write(span, span_rows(data, links[-CHECKPOINT:]))
    return replace(last, checkpoint=_sha256(path), span=_sha256(span))


def _write(path: Path, rows: Iterator[Row]) -> int:
    number = write_sorted_table(path, HISTORY, rows)
    sync_directory(path.parent)  # the index must never outlive a file that it lists
    return number


def _write_events(
    path: Path,
    data: DataDirectory,
    links: tuple[Link, ...],
    run: RunDirectory,
    valid_from: datetime,
) -> int:
    if not run.table("hotlines").exists():  # the run was pruned
        return _write(path, event_rows(data, links, run, valid_from))
    with TableWriter(path, HISTORY) as writer:
        for batch in event_batches(links, run, valid_from):
            writer.write_columns(batch)
    sync_directory(path.parent)  # the index must never outlive a file that it lists
    return writer.rows


def _contents(
    data: DataDirectory, links: tuple[Link, ...], run: RunDirectory
) -> Iterator[tuple[Row, bool]]:
    """Content to complete a modification with, in key order; whether it is already modified."""
    table = run.table("hotlines")
    if table.exists():
        changed = (c.id for c in read_changes(run.table("changes")) if c.op is Op.MOD)
        for row in content_rows_of(table, changed):
            yield row, True
        return
    # The run was pruned: its content is that of the run before it, with its changes.
    for row in valid_at(data, links, next_position(links) - 1):
        yield json.loads(str(row["content"])), False


def _content_of(change: Change, contents: Iterator[tuple[Row, bool]]) -> Row:
    for content, modified in contents:
        if content["id"] == change.id:
            return content if modified else {**content, **change.after}
    raise SchemaError(
        f"change {change.seq} is about {change.id}, which the snapshot does not hold in key order; "
        "compare the run with its SHA256SUMS"
    )


def _event(change: Change, content: Row, position: int, valid_from: datetime, run_id: str) -> Row:
    held = {n: content[n] for n in HOTLINES.content if content.get(n) is not None}
    return {
        **{name: content[name] for name in HOTLINES.key},
        "position": position,
        "id": change.id,
        "op": change.op.value,
        "valid_from": valid_from,
        "run_id": run_id,
        "first_seen": time_from_text(str(content["first_seen"])),
        "last_seen": change.last_seen,
        "cause": change.cause.value,
        "reason": change.reason,
        "replaces": change.replaces,
        "replaced_by": change.replaced_by,
        "content": canonical_json({} if change.op is Op.DEL else held),
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
