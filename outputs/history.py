"""What spans runs: every version of every hotline, and the content of any published snapshot.

`history/<run_id>.parquet` holds the versions that a published run began, derived from its
changes and never written again; `history/index.json` lists them in the order of the chain of
parents. Every `CHECKPOINT` runs, `history/state-<run_id>.parquet` holds all versions that are
valid there, so that `as_of` reads at most that many small files, however long the chain is; and
`history/span-<run_id>.parquet` all events since the checkpoint before, in one file, so that the
past of one number is found without opening a file for each run.

Valid time is the time of publication (of acceptance, for a run that a person accepted). If the
clock went backwards, a run counts from the moment of the one before it: order is the chain's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import chain, groupby, pairwise
from pathlib import Path
from typing import Any

from outputs.canonical import time_from_text, time_text
from outputs.listing import append_line, lines_of, listing_json
from outputs.rows import Row
from outputs.run_directory import DataDirectory
from outputs.schema import HISTORY, HOTLINES, SchemaError, check_version
from outputs.table_files import read_batches
from pipelines.vocabulary import Op

CHECKPOINT = 64
_RUNS = "runs"


class HistoryError(LookupError):
    """The history has no such moment or run, or its files are not what the index says."""


@dataclass(frozen=True, slots=True)
class Link:
    """One published run in the chain.

    Attributes:
        position: Place in the chain, from 1.
        valid_from: When its snapshot became what is known.
        state_hash: That of its snapshot.
        events: Versions and tombstones that it began.
        sha256: Of its file of events.
        checkpoint: sha256 of its file of all valid versions; None if it has none.
        span: sha256 of its file of all events since the checkpoint before; None if it has none.
    """

    position: int
    run_id: str
    parent: str | None
    valid_from: datetime
    state_hash: str
    events: int
    sha256: str
    checkpoint: str | None = None
    span: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """What was known of a hotline over a time.

    Attributes:
        valid_to: When the next version began, or the hotline was removed; None if it still holds.
        last_seen: When this version was last really read; None while it holds.
        removed: Reason of the removal that ended it, or "".
        replaced_by: Id of the number that took its place, if one did.
    """

    id: str
    run_id: str
    valid_from: datetime
    valid_to: datetime | None
    first_seen: datetime
    last_seen: datetime | None
    cause: str
    removed: str
    replaced_by: str | None
    content: Row


def events_file(data: DataDirectory, run_id: str) -> Path:
    """Versions that a run began."""
    return data.history / f"{run_id}.parquet"


def checkpoint_file(data: DataDirectory, run_id: str) -> Path:
    """All versions that are valid in the snapshot of a run."""
    return data.history / f"state-{run_id}.parquet"


def span_file(data: DataDirectory, run_id: str) -> Path:
    """All events from the checkpoint before a run to its own."""
    return data.history / f"span-{run_id}.parquet"


def index_file(data: DataDirectory) -> Path:
    """The links of the chain."""
    return data.history / "index.json"


def read_links(data: DataDirectory) -> tuple[Link, ...]:
    """The chain of published runs, oldest first; () before the first.

    Raises:
        HistoryError: The index is damaged.
    """
    path = index_file(data)
    if not path.exists():
        return ()
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        check_version(document["schema_version"], str(path))
        return tuple(_link(entry) for entry in document["runs"])
    except SchemaError:
        raise
    except (ValueError, KeyError, TypeError) as error:
        raise HistoryError(
            f"{path} is damaged ({error!r}); `hotlines history --rebuild` derives it again"
        ) from error


def links_json(links: Iterable[Link]) -> str:
    """Text of the index."""
    return listing_json(_RUNS, map(link_entry, links))


def link_entry(link: Link) -> dict[str, object]:
    """What the index says of a run."""
    entry: dict[str, object] = {name: getattr(link, name) for name in Link.__dataclass_fields__}
    return {**entry, "valid_from": time_text(link.valid_from)}


def newest_links(lines: list[str]) -> tuple[Link, ...]:
    """Links of the last lines of the index, from the newest checkpoint on.

    Raises:
        HistoryError: A line is damaged.
    """
    found: list[Link] = []
    try:
        for line in reversed(lines):
            found.append(_link(json.loads(line)))
            if found[-1].checkpoint:
                break
    except (ValueError, KeyError, TypeError) as error:
        raise HistoryError(f"the index of the history is damaged ({error!r})") from error
    return tuple(reversed(found))


def append_link(data: DataDirectory, lines: list[str], link: Link) -> None:
    """Adds a line to the index."""
    append_line(index_file(data), _RUNS, lines, link_entry(link))


def index_lines(data: DataDirectory) -> list[str] | None:
    """Lines of the index; None if there is none, or of an older layout."""
    return lines_of(index_file(data), _RUNS)


def link_at(data: DataDirectory, when: datetime | str) -> Link:
    """The link of a run, or of the run whose snapshot was the latest at a moment.

    Args:
        when: A moment, a run id or its beginning, or `latest`.
    """
    links = read_links(data)
    if isinstance(when, datetime):
        found = [link for link in links if link.valid_from <= when]
        known = f"the first run was published at {time_text(links[0].valid_from)}" if links else ""
    elif when == "latest":
        found, known = list(links), ""
    else:
        found = [link for link in links if link.run_id.startswith(when)]
        known = f"it has {len(links)} runs" if len(found) != 1 else ""
        found = found if len(found) == 1 else []
    if not found:
        text = time_text(when) if isinstance(when, datetime) else when
        raise HistoryError(f"the history in {data.history} has no snapshot of {text}; {known}")
    return found[-1]


def as_of(data_dir: Path, when: datetime | str) -> Iterator[Row]:
    """Content of the snapshot of a moment or run, in key order, in JSON-ready values.

    Raises:
        HistoryError: There was no snapshot then, or no such run.
    """
    data = DataDirectory(data_dir)
    target = link_at(data, when)
    for row in valid_at(data, read_links(data), target.position):
        content = json.loads(str(row["content"]))
        yield {name: content.get(name) for name in HOTLINES.content}


def valid_at(data: DataDirectory, links: tuple[Link, ...], position: int) -> Iterator[Row]:
    """Rows of the history that are valid at a place of the chain, in key order.

    Args:
        links: All, or those from a checkpoint on.
    """
    known = [link for link in links if link.position <= position]
    before = [link for link in known if link.checkpoint]
    start = before[-1].position if before else 0
    files = [checkpoint_file(data, before[-1].run_id)] if before else []
    files += [events_file(data, k.run_id) for k in known if k.position > start and k.events]
    # Up to 65 files are open at once, so little is held of each.
    merged = merge(*(_rows(path, at_once=256) for path in files), key=_place)
    for _, versions in groupby(merged, key=lambda row: _place(row)[:-1]):
        *_, last = versions
        if last["op"] != Op.DEL:
            yield last


def versions(data_dir: Path, hotline_id: str) -> tuple[Version, ...]:
    """Every version of a hotline, oldest first; () if it was never published."""
    return _versions(_events(DataDirectory(data_dir), {"id": (hotline_id,)}))


def versions_with(data_dir: Path, **columns: str) -> tuple[Version, ...]:
    """Every version of every hotline with these key columns, by id, oldest first."""
    events = _events(DataDirectory(data_dir), {name: (v,) for name, v in columns.items()})
    by_id: dict[str, list[Row]] = {}
    for row in events:
        by_id.setdefault(str(row["id"]), []).append(row)
    return tuple(version for key in sorted(by_id) for version in _versions(by_id[key]))


def _events(data: DataDirectory, where: Mapping[str, tuple[str, ...]]) -> list[Row]:
    files = _files_of_all_events(data, read_links(data))
    return [row for path in files for row in _rows(path, where)]


def _versions(events: Iterable[Row]) -> tuple[Version, ...]:
    """Versions of one hotline from its events, oldest first."""
    steps = pairwise((*events, None))
    return tuple(_version(row, after) for row, after in steps if row and row["op"] != Op.DEL)


def span_rows(data: DataDirectory, links: Iterable[Link]) -> Iterator[Row]:
    """Events of neighbouring links, in key order."""
    files = (events_file(data, link.run_id) for link in links if link.events)
    return merge(*(_rows(path, at_once=256) for path in files), key=_place)


def _files_of_all_events(data: DataDirectory, links: tuple[Link, ...]) -> list[Path]:
    """Files that hold each event once, oldest first."""
    files: list[Path] = []
    single: list[Path] = []
    for link in links:
        single += [events_file(data, link.run_id)] if link.events else []
        if link.checkpoint:
            files += [span_file(data, link.run_id)] if link.span else single
            single = []
    return files + single


def _version(row: Row, after: Row | None) -> Version:
    values: dict[str, Any] = {**row, **{f"next_{n}": v for n, v in (after or {}).items()}}
    gone = after is not None and after["op"] == Op.DEL
    return Version(
        id=values["id"],
        run_id=values["run_id"],
        valid_from=values["valid_from"],
        valid_to=values.get("next_valid_from"),
        first_seen=values["first_seen"],
        last_seen=values.get("next_last_seen"),
        cause=values["cause"],
        removed=values["next_reason"] if gone else "",
        replaced_by=values["next_replaced_by"] if gone else None,
        content=json.loads(values["content"]),
    )


def _rows(
    path: Path, where: Mapping[str, tuple[str, ...]] | None = None, at_once: int | None = None
) -> Iterator[Row]:
    try:
        yield from chain.from_iterable(read_batches(path, where=where, at_once=at_once))
    except FileNotFoundError as error:
        raise HistoryError(
            f"{path} is missing; `hotlines history --rebuild` derives it again"
        ) from error


def _place(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in HISTORY.key)


def _link(entry: dict[str, Any]) -> Link:
    return Link(**{**entry, "valid_from": time_from_text(entry["valid_from"])})
