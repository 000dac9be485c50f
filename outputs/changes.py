"""The changes of a run: pairs of rows that differ, each with what it means and who caused it."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from outputs.causes import CauseFinder, Causes, Rows
from outputs.compare import pairs
from outputs.reading import Reader
from outputs.rows import from_row, json_row
from outputs.schema import HOTLINES
from outputs.snapshot import read_batches
from pipelines.diff import NOT_READ, change_of
from pipelines.model import Change, Removal

if TYPE_CHECKING:
    from outputs.run import RunInputs


def changes_of(
    inputs: RunInputs,
    removals: Mapping[str, Removal],
    digests: Mapping[str, str],
    reviewed: Container[str] = (),
) -> Iterator[Change]:
    """All changes to the parent snapshot, in key order, numbered from 1.

    Args:
        digests: What makes this run: rules, code, dependencies.
        reviewed: Brands whose reading the gate would have held back, had nobody accepted it; and
            ids of rows that differ by a person's review alone.
    """
    before = inputs.parent.table("hotlines") if inputs.parent else None
    seq = 0
    with Reader() as reader:
        finder = CauseFinder(inputs, digests, reader)
        for pair in pairs(before, inputs.run.table("hotlines")):
            old, new = (json_row(HOTLINES, row) if row else None for row in pair)
            brand_id, row_id = (str((new or old or {})[name]) for name in ("brand_id", "id"))
            ours = Causes(rebuilt={row_id: new} if new else {})
            causes = ours if inputs.replays else finder.of(brand_id)
            change = change_of(
                old,
                new,
                content=HOTLINES.content,
                removal=removals.get(row_id),
                rebuilt=_row(causes.rebuilt, row_id),
                healed=_row(causes.healed, row_id),
                registry_changed=causes.by_registry(old, new, HOTLINES.content),
                reviewed=brand_id in reviewed or row_id in reviewed,
                seq=seq + 1,
            )
            if change is not None:
                seq += 1
                yield change


def _row(rows: Rows | None, row_id: str) -> Mapping[str, object] | None:
    return None if rows is None else rows.get(row_id, NOT_READ)


def read_changes(path: Path) -> Iterator[Change]:
    """The changes of a run, in the order in which they apply."""
    for row in chain.from_iterable(read_batches(path)):
        sides = {name: json.loads(str(row[name])) for name in ("before", "after")}
        yield from_row(Change, {**row, **sides})
