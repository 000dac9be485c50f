"""The changes of a run: pairs of rows that differ, each with what it means and who caused it."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from outputs.compare import pairs
from outputs.manifest import read_manifest
from outputs.parent_rows import ParentHistory
from outputs.reading import Reader
from outputs.rows import Row, from_row, json_row, row_of
from outputs.run_directory import RunDirectory
from outputs.schema import HOTLINES
from outputs.snapshot import read_batches
from pipelines.diff import NOT_READ, change_of
from pipelines.model import Change, Hotline, Removal

if TYPE_CHECKING:
    from outputs.run import RunInputs

_OURS = ("rules", "code", "dependencies")


def changes_of(
    inputs: RunInputs,
    removals: Mapping[str, Removal],
    rebuilt: Rebuilt | None,
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
        brand_id = str((new or old or {})["brand_id"])
        change = change_of(
            json_row(HOTLINES, old) if old else None,
            json_row(HOTLINES, new) if new else None,
            content=HOTLINES.content,
            removal=removals.get(row_id),
            rebuilt=None if rebuilt is None else rebuilt.row(brand_id, row_id),
            registry_changed=brand_id in changed,
            reviewed=brand_id in reviewed,
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


class Rebuilt:
    """The parent's rows as today's rules read its captures; one brand is held at a time."""

    def __init__(self, outcomes: Iterator[tuple[str, Sequence[Hotline]]]) -> None:
        self._outcomes = outcomes
        self._brand = ""
        self._rows: dict[str, Row] = {}

    def row(self, brand_id: str, row_id: str) -> Mapping[str, object]:
        """A row, or `NOT_READ`; brands are asked for in order of id."""
        while self._brand < brand_id:
            self._brand, hotlines = next(self._outcomes, (brand_id, ()))
            rows = (row_of(HOTLINES, hotline) for hotline in hotlines)
            self._rows = {str(row["id"]): json_row(HOTLINES, row) for row in rows}
        found = self._rows.get(row_id) if self._brand == brand_id else None
        return NOT_READ if found is None else found


@contextmanager
def rebuilding(inputs: RunInputs, digests: Mapping[str, str]) -> Iterator[Rebuilt | None]:
    """The parent's rows as today's rules read its captures; None if nothing of ours changed."""
    if inputs.parent is None:
        yield None
        return
    facts = read_manifest(inputs.parent).facts
    if all(facts.digests.get(name) == digests[name] for name in _OURS):
        yield None
        return
    from outputs.run import outcomes_of, read_plan

    history = ParentHistory(_sibling(inputs, facts.parent))
    selected, started = read_plan(inputs.parent)
    again = replace(inputs, run=inputs.parent, selected=selected, started=started)
    with Reader() as reader:
        outcomes = outcomes_of(again, history, reader)
        yield Rebuilt((brand.id, outcome.hotlines) for brand, _, _, outcome in outcomes)


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
