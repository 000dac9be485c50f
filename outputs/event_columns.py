"""Events of the history as columns: what `event_rows` says, of many changes at once."""

from __future__ import annotations

import json
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from outputs.canonical import time_from_text
from outputs.cells import Mask, as_mask, from_numbers, from_texts, json_objects, json_texts, text
from outputs.late_rows import RowsById
from outputs.schema import HISTORY, HOTLINES, Type
from outputs.snapshot import ARROW_TYPES
from pipelines.vocabulary import Op

_NAMES = tuple(sorted(HOTLINES.content))
_TIME = ARROW_TYPES[Type.TIMESTAMP]
_SAID = ("id", "op", "last_seen", "cause", "reason", "replaces", "replaced_by")

Columns = dict[str, pa.Array]


def event_columns(
    changes: pa.RecordBatch, hotlines: RowsById, position: int, valid_from: datetime, run_id: str
) -> pa.RecordBatch:
    """One event for each change, in their order.

    Args:
        hotlines: The snapshot that the changes lead to.
    """
    gone = pc.equal(changes["op"], text(Op.DEL.value))
    stayed = _stayed(hotlines.take(changes["id"].filter(pc.invert(gone))))
    left = _left(changes["before"].filter(gone))
    order = from_numbers(_order(as_mask(gone)))
    held = {n: pa.concat_arrays([stayed[n], left[n]]).take(order) for n in stayed}
    rows = changes.num_rows
    found = held | {name: changes[name] for name in _SAID}
    found["position"] = pa.repeat(pa.scalar(position, pa.int64()), rows)
    found["valid_from"] = pa.repeat(pa.scalar(valid_from, _TIME), rows)
    found["run_id"] = pa.repeat(text(run_id), rows)
    return pa.RecordBatch.from_pydict({name: found[name] for name in HISTORY.names})


def _stayed(rows: pa.RecordBatch) -> Columns:
    """What the snapshot says of rows that are in it; a null is not said."""
    held = [as_mask(rows[name].is_valid()) for name in _NAMES]
    content = json_objects(_NAMES, [json_texts(rows[name]) for name in _NAMES], held)
    return {name: rows[name] for name in (*HOTLINES.key, "first_seen")} | {"content": content}


def _left(before: pa.Array) -> Columns:
    """What changes say of rows that left; a tombstone has no content."""
    rows = [json.loads(each) for each in before.to_pylist()]
    seen = pa.array([time_from_text(row["first_seen"]) for row in rows], _TIME)
    keys = {name: from_texts([row[name] for row in rows]) for name in HOTLINES.key}
    return keys | {"first_seen": seen, "content": pa.repeat(text("{}"), len(rows))}


def _order(gone: Mask) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Where the row of each change stands if those that left stand behind all others."""
    places = np.empty(len(gone), np.int64)
    places[np.concatenate([np.flatnonzero(~gone), np.flatnonzero(gone)])] = np.arange(len(gone))
    return places
