"""The changes of a run: pairs of rows that differ, each with what it means and who caused it."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from outputs.compare import pairs
from outputs.manifest import read_manifest
from outputs.reading import Reader
from outputs.rows import Row, from_row, json_row, read_history, row_of
from outputs.run_directory import RunDirectory
from outputs.schema import HOTLINES
from outputs.snapshot import read_batches, read_table
from pipelines.diff import NOT_READ, change_of
from pipelines.model import Change, Removal

if TYPE_CHECKING:
    from outputs.run import RunInputs

_OURS = ("rules", "code", "dependencies")


def changes_of(
    inputs: RunInputs,
    removals: Mapping[str, Removal],
    rebuilt: Mapping[str, Row] | None,
    reviewed: Container[str] = (),
) -> Iterator[Change]:
    """All changes to the parent snapshot, in key order, numbered from 1.

    Args:
        reviewed: Brands whose reading the gate would have held back, had nobody accepted it.
    """
    before = inputs.parent.table("hotlines") if inputs.parent else None
    changed = _registry_changed(inputs)
    seq = 0
    for old, new in pairs(before, inputs.run.table("hotlines")):
        row_id = str((new or old or {})["id"])
        change = change_of(
            json_row(HOTLINES, old) if old else None,
            json_row(HOTLINES, new) if new else None,
            content=HOTLINES.content,
            removal=removals.get(row_id),
            rebuilt=None if rebuilt is None else rebuilt.get(row_id, NOT_READ),
            registry_changed=str((new or old or {})["brand_id"]) in changed,
            reviewed=str((new or old or {})["brand_id"]) in reviewed,
            seq=seq + 1,
        )
        if change is not None:
            seq += 1
            yield change


def read_changes(path: Path) -> Iterator[Change]:
    """The changes of a run, in the order in which they apply."""
    for row in chain.from_iterable(read_batches(path)):
        sides = {name: json.loads(str(row[name])) for name in ("before", "after")}
        yield from_row(Change, {**row, **sides})


def rebuilt_rows(inputs: RunInputs, digests: Mapping[str, str]) -> dict[str, Row] | None:
    """The parent's rows as today's rules read its captures; None if nothing of ours changed."""
    if inputs.parent is None:
        return None
    if inputs.replays:
        rows = read_table(inputs.run.table("hotlines"))
        return {str(row["id"]): json_row(HOTLINES, row) for row in rows}
    facts = read_manifest(inputs.parent).facts
    if all(facts.digests.get(name) == digests[name] for name in _OURS):
        return None
    from outputs.run import outcomes_of, read_plan

    grandparent = _sibling(inputs, facts.parent)
    history = read_history(grandparent) if grandparent else {}
    selected, started = read_plan(inputs.parent)
    again = replace(inputs, run=inputs.parent, selected=selected, started=started)
    with Reader() as reader:
        rows = [
            row_of(HOTLINES, hotline)
            for _, _, _, outcome in outcomes_of(again, history, reader)
            for hotline in outcome.hotlines
        ]
    return {str(row["id"]): json_row(HOTLINES, row) for row in rows}


def _sibling(inputs: RunInputs, run_id: str | None) -> RunDirectory | None:
    found = (place / run_id for place in inputs.places if run_id)
    return next((RunDirectory(path) for path in found if path.is_dir()), None)


def _registry_changed(inputs: RunInputs) -> frozenset[str]:
    """Brands whose entry in the registry differs from the parent's copy."""
    if inputs.parent is None or not inputs.parent.registry.exists():
        return frozenset()
    old, new = _entries(inputs.parent), _entries(inputs.run)
    return frozenset(i for i in {*old, *new} if old.get(i) != new.get(i))


def _entries(run: RunDirectory) -> dict[str, object]:
    document = json.loads(run.registry.read_text(encoding="utf-8"))
    return {str(entry["id"]): entry for entry in document["brands"]}
