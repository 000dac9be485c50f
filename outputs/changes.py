"""The changes of a run: pairs of rows that differ, each with what it means and who caused it."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from outputs.canonical import time_text
from outputs.causes import CauseFinder, Causes, Rows
from outputs.cells import as_numbers, python_values
from outputs.change_columns import READ, Known, change_columns
from outputs.paired import Paired, paired, rows_of
from outputs.reading import Reader
from outputs.rows import Row, row_of
from outputs.schema import CHANGES, HOTLINES
from outputs.snapshot import TableWriter, batch_of_rows
from outputs.table_files import TableReader
from pipelines.diff import NOT_READ, change_of
from pipelines.model import Change, Removal
from pipelines.vocabulary import Cause, Op

if TYPE_CHECKING:
    from outputs.run import RunInputs


_NO_CAUSES = Causes()


def write_changes(
    inputs: RunInputs,
    removals: Mapping[str, Removal],
    digests: Mapping[str, str],
    reviewed: Container[str] = (),
) -> None:
    """Writes all changes to the parent snapshot, in key order, numbered from 1.

    Args:
        digests: What makes this run: rules, code, dependencies.
        reviewed: Brands whose reading the gate would have held back, had nobody accepted it; and
            ids of rows that differ by a person's review alone.
    """
    run = inputs.run
    before = inputs.parent.table("hotlines") if inputs.parent else None
    with Reader() as reader, TableWriter(run.table("changes"), CHANGES) as writer:
        finder = CauseFinder(inputs, digests, reader)
        for batch in change_batches(
            paired(before, run.table("hotlines"), READ),
            Known(removals, reviewed),
            None if inputs.replays else finder.of,
            run.run_id,
        ):
            writer.write_columns(batch)


def change_batches(
    windows: Iterable[Paired],
    known: Known,
    causes_of: Callable[[str], Causes] | None,
    run_id: str,
) -> Iterator[pa.RecordBatch]:
    """The changes of all windows as columns.

    Args:
        causes_of: By brand, what its rows would be had we changed nothing. None if the rows
            after are what today's rules make of the parent's captures.
    """
    seq = 1
    for part, causes in _parts(windows, causes_of):
        if causes is not None and causes.is_none:
            unlisted = set(python_values(part.brands)) if causes.new else ()
            found = change_columns(part, replace(known, unlisted=unlisted), run_id, seq)
        else:
            found = _one_by_one(part, known, causes, run_id, seq)
        seq += found.num_rows
        if found.num_rows:
            yield found


def _parts(
    windows: Iterable[Paired], causes_of: Callable[[str], Causes] | None
) -> Iterator[tuple[Paired, Causes | None]]:
    """Windows, cut where a brand has causes of its own."""
    for window in windows:
        if causes_of is None:
            yield window, None
            continue
        start, shared = 0, _NO_CAUSES
        for brand_id, first in _starts(window):
            causes = causes_of(brand_id)
            if not causes.is_none or causes != shared:
                if first > start:
                    yield window.cut(start, first), shared
                start, shared = first, causes
        yield window.cut(start, len(window.left)), shared


def _starts(window: Paired) -> Iterator[tuple[str, int]]:
    """Each brand of a window, and the place of its first pair."""
    coded = window.brands.dictionary_encode()
    brands, codes = python_values(coded.dictionary), as_numbers(coded.indices)
    for place in [0, *(np.flatnonzero(codes[1:] != codes[:-1]) + 1).tolist()]:
        yield brands[codes[place]], place


def _one_by_one(
    part: Paired, known: Known, causes: Causes | None, run_id: str, seq: int
) -> pa.RecordBatch:
    changes: list[Change] = []
    for pair in rows_of(part):
        old, new = (_json_row(row) if row else None for row in pair)
        change = _change(old, new, known, causes, seq + len(changes))
        changes += [change] if change is not None else []
    rows = [row_of(CHANGES, change, {"run_id": run_id}) for change in changes]
    return batch_of_rows(CHANGES, rows)


def _change(
    old: Row | None, new: Row | None, known: Known, causes: Causes | None, seq: int
) -> Change | None:
    brand_id, row_id = (str((new or old or {})[name]) for name in ("brand_id", "id"))
    if causes is None:
        causes = Causes(rebuilt={row_id: new} if new else {})
    return change_of(
        old,
        new,
        content=HOTLINES.content,
        removal=known.removals.get(row_id),
        rebuilt=_row(causes.rebuilt, row_id),
        healed=_row(causes.healed, row_id),
        registry_changed=causes.by_registry(old, new, HOTLINES.content),
        reviewed=brand_id in known.reviewed or row_id in known.reviewed,
        seq=seq,
    )


def _json_row(row: Row) -> Row:
    """Of the columns that were read, in JSON-ready values."""
    return {n: time_text(v) if isinstance(v, datetime) else v for n, v in row.items()}


def _row(rows: Rows | None, row_id: str) -> Mapping[str, object] | None:
    return None if rows is None else rows.get(row_id, NOT_READ)


def read_changes(path: Path) -> Iterator[Change]:
    """The changes of a run, in the order in which they apply."""
    with TableReader(path, columns=_FIELDS) as reader:
        for batch in reader.batches(range(reader.file.num_row_groups)):
            yield from map(Change, *_read(reader, batch))


def _read(reader: TableReader, batch: pa.RecordBatch) -> Iterator[list[Any]]:
    """The attributes of changes, in the order of the class."""
    for name in _FIELDS:
        if name not in reader.names:  # an older minor version did not have it
            yield [None] * batch.num_rows
            continue
        values, read = python_values(batch.column(name)), _READ_AS.get(name)
        yield values if read is None else [read(value) for value in values]


def _sides(text: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(text) if text != "{}" else {}
    return found


_FIELDS = tuple(field.name for field in fields(Change))
_READ_AS: Mapping[str, Callable[[Any], object]] = {
    "op": Op,
    "cause": Cause,
    "fields": tuple,
    "before": _sides,
    "after": _sides,
}
