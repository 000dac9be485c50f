"""Check the history against the runs it was derived from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from itertools import chain, zip_longest
from pathlib import Path

from outputs.compare import state_hash_in_order
from outputs.history import (
    HistoryError,
    Link,
    as_of,
    checkpoint_file,
    events_file,
    index_file,
    read_links,
    span_file,
    span_rows,
)
from outputs.history_writing import event_rows, valid_from_of
from outputs.manifest import Manifest
from outputs.run_directory import DataDirectory
from outputs.schema import HOTLINES, SchemaError
from outputs.table_files import read_batches
from outputs.verify_run import Damage

_ADVICE = "; `hotlines history --rebuild` derives it again from the runs"
_READING = (HistoryError, SchemaError, OSError, ValueError, KeyError, TypeError, StopIteration)


def history_damage(data: DataDirectory, published: Mapping[str, Manifest]) -> Iterator[Damage]:
    """Index, files and content of the history that do not follow from the published runs."""
    if not published:
        return
    try:
        links = read_links(data)
    except (HistoryError, SchemaError) as error:
        yield Damage("history", "", "history/index.json", str(error))
        return
    listed = {link.run_id for link in links}
    for run_id in published:
        if run_id not in listed:
            message = f"run {run_id} is published, but not in the history{_ADVICE}"
            yield Damage("history", run_id, _name(index_file(data)), message)
    for number, link in enumerate(links):
        yield from _link_damage(data, links[:number], link, published)
    yield from _states(data, links)


def _link_damage(
    data: DataDirectory, before: tuple[Link, ...], link: Link, published: Mapping[str, Manifest]
) -> Iterator[Damage]:
    path = events_file(data, link.run_id)
    if not path.is_file():
        yield Damage("history", link.run_id, _name(path), f"{path.name} is missing{_ADVICE}")
    elif _sha256(path) != link.sha256:
        message = f"{path.name} is not the file that was written{_ADVICE}"
        yield Damage("history", link.run_id, _name(path), message)
    elif link.run_id in published:
        yield from _derivation(data, before, link, published[link.run_id])
    for beside, sha256 in (
        (checkpoint_file(data, link.run_id), link.checkpoint),
        (span_file(data, link.run_id), link.span),
    ):
        if sha256 and (not beside.is_file() or _sha256(beside) != sha256):
            message = f"{beside.name} is missing or not the file that was written{_ADVICE}"
            yield Damage("history", link.run_id, _name(beside), message)
    if link.span:
        yield from _span_damage(data, (*before, link))


def _span_damage(data: DataDirectory, links: tuple[Link, ...]) -> Iterator[Damage]:
    """A span holds the events of its runs, which are checked one by one."""
    ends = [link.position for link in links[:-1] if link.checkpoint]
    path = span_file(data, links[-1].run_id)
    try:
        events = span_rows(data, links[ends[-1] if ends else 0 :])
        held = chain.from_iterable(read_batches(path))
        same = all(one == other for one, other in zip_longest(events, held))
    except _READING:
        return  # a file that is missing or damaged is named already
    if not same:
        message = f"{path.name} does not hold the events of its runs{_ADVICE}"
        yield Damage("history", links[-1].run_id, _name(path), message)


def _derivation(
    data: DataDirectory, before: tuple[Link, ...], link: Link, manifest: Manifest
) -> Iterator[Damage]:
    """What the index and the events say must follow from the run, row by row."""
    facts, path = manifest.facts, events_file(data, link.run_id)
    wanted = Link(
        len(before) + 1,
        facts.run_id,
        before[-1].run_id if before else None,
        valid_from_of(before, facts),
        facts.state_hash,
        link.events,
        link.sha256,
        link.checkpoint,
        link.span,
    )
    if link != wanted or facts.parent != wanted.parent:
        message = f"the index of the history does not say of {link.run_id} what it should{_ADVICE}"
        yield Damage("history", link.run_id, _name(index_file(data)), message)
        return
    try:
        derived = event_rows(data, before, data.run(link.run_id), link.valid_from)
        held = chain.from_iterable(read_batches(path))
        same = all(one == other for one, other in zip_longest(derived, held))
    except _READING as error:
        yield Damage("history", link.run_id, _name(path), f"{path.name}: {error}")
        return
    if not same:
        message = f"{path.name} does not follow from the changes of its run{_ADVICE}"
        yield Damage("history", link.run_id, _name(path), message)


def _states(data: DataDirectory, links: tuple[Link, ...]) -> Iterator[Damage]:
    """The newest snapshot and each checkpoint, given back from the history."""
    for link in links:
        if link is not links[-1] and not link.checkpoint:
            continue
        try:
            found = state_hash_in_order(HOTLINES, as_of(data.path, link.run_id))
        except _READING as error:
            yield Damage("history", link.run_id, "history", str(error))
            continue
        if found != link.state_hash:
            message = f"the history gives back another snapshot than {link.run_id} published"
            yield Damage("history", link.run_id, "history", message + _ADVICE)


def _name(path: Path) -> str:
    return f"history/{path.name}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
