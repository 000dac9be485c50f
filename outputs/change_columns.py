"""Changes of rows that differ, as columns of table `changes`: what `change_of` says, in bulk.

For the usual case: no rule, code or dependency of ours and no entry of the registry is behind a
change, so a cause follows from the changed columns alone. What a change means is said in
`pipelines/diff.py`; here it is said of many rows at once, and only changed cells become JSON.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from outputs.cells import (
    Mask,
    differ,
    from_mask,
    from_numbers,
    from_texts,
    json_objects,
    json_texts,
    python_values,
    text,
)
from outputs.late_rows import Numbers
from outputs.paired import NONE, Paired
from outputs.schema import CHANGES, HOTLINES, Type
from outputs.snapshot import ARROW_TYPES
from pipelines.diff import by_review, cause_outside, departure
from pipelines.model import Removal
from pipelines.vocabulary import Op

NAMES = tuple(sorted(HOTLINES.content))
READ = (*HOTLINES.content, "evidence_url", "last_seen", "replaces", "replaced_by")
_TIME = ARROW_TYPES[Type.TIMESTAMP]
_WHOLE = frozenset(NAMES)
_TELLING = ("verdict", "brand_id", "id")

Columns = dict[str, pa.Array]


@dataclass(frozen=True, slots=True)
class Known:
    """What else is known of rows that differ.

    Attributes:
        removals: Why rows left, by id.
        reviewed: Brands whose reading the gate would have held back, had nobody accepted it, and
            ids of rows that differ by a person's review alone.
        unlisted: Brands that the parent's registry did not list.
    """

    removals: Mapping[str, Removal]
    reviewed: Container[str]
    unlisted: Container[str] = ()

    def cause(self, names: frozenset[str], verdict: object, brand_id: str, row_id: str) -> str:
        """Cause of an addition or modification."""
        reviewed = self.is_reviewed(brand_id, row_id)
        return _cause(names, verdict, brand_id in self.unlisted, reviewed)

    def is_reviewed(self, brand_id: str, row_id: str) -> bool:
        """A person's word is behind the change."""
        return brand_id in self.reviewed or row_id in self.reviewed


@lru_cache(maxsize=1024)
def _cause(names: frozenset[str], verdict: object, unlisted: bool, reviewed: bool) -> str:
    return by_review(cause_outside(names, verdict, registry=unlisted), reviewed=reviewed).value


def change_columns(window: Paired, known: Known, run_id: str, seq: int) -> pa.RecordBatch:
    """The changes of a window, in key order.

    Args:
        window: Rows with the columns `READ`.
        seq: Number of the first change.
    """
    left, right = window.left, window.right
    added, gone = np.flatnonzero(left == NONE), np.flatnonzero(right == NONE)
    kept = np.flatnonzero((left != NONE) & (right != NONE))
    old, new = _taken(window.old, left[kept]), _taken(window.new, right[kept])
    masks = {name: differ(old[name], new[name]) for name in NAMES}
    # A newer minor version may have hashed columns that we do not know: then nothing changed.
    changed = np.flatnonzero(np.logical_or.reduce(list(masks.values())))
    blocks = [
        _added(_taken(window.new, right[added]), known),
        _modified(
            _taken(old, changed), _taken(new, changed),
            {name: mask[changed] for name, mask in masks.items() if mask.any()}, known,
        ),
        _deleted(_taken(window.old, left[gone]), known),
    ]  # fmt: skip
    order = np.argsort(np.concatenate([added, kept[changed], gone]), kind="stable")
    rows = pa.concat_batches(list(map(_batch, blocks))).take(from_numbers(order))
    return _numbered(rows, run_id, seq)


def _added(new: pa.RecordBatch, known: Known) -> Columns:
    cause = known.cause
    told = zip(*(python_values(new[name]) for name in _TELLING), strict=True)
    causes = [cause(_WHOLE, *each) for each in told]
    return {
        **_common(new, Op.ADD),
        "after": _objects(new),
        "cause": from_texts(causes),
        "reason": new["presence_reason"],
        "evidence_after": new["evidence_url"],
        "replaces": _unless_empty(new["replaces"]),
    }


def _modified(
    old: pa.RecordBatch, new: pa.RecordBatch, masks: Mapping[str, Mask], known: Known
) -> Columns:
    names = tuple(masks)
    fields, sets = _fields(names, list(masks.values()), new.num_rows)
    cause = known.cause
    told = zip(sets, *(python_values(new[name]) for name in _TELLING), strict=True)
    reasons = new["presence_reason"]
    if "presence_reason" not in masks:
        reasons = _filled("", new.num_rows)
    else:
        reasons = pc.if_else(from_mask(masks["presence_reason"]), reasons, text(""))
    return {
        **_common(new, Op.MOD),
        "fields": fields,
        "before": _objects(old, masks),
        "after": _objects(new, masks),
        "cause": from_texts([cause(*each) for each in told]),
        "reason": reasons,
        "evidence_before": old["evidence_url"],
        "evidence_after": new["evidence_url"],
        "last_seen": old["last_seen"],
    }


def _deleted(old: pa.RecordBatch, known: Known) -> Columns:
    ids = python_values(old["id"])
    whys = [departure(row_id, known.removals.get(row_id)) for row_id in ids]
    brands = python_values(old["brand_id"])
    reviewed = [known.is_reviewed(*each) for each in zip(brands, ids, strict=True)]
    causes = [by_review(w.cause, reviewed=r).value for w, r in zip(whys, reviewed, strict=True)]
    followed = from_texts([why.replaced_by or None for why in whys])
    return {
        **_common(old, Op.DEL),
        "before": _objects(old),
        "cause": from_texts(causes),
        "reason": from_texts([why.reason for why in whys]),
        "evidence_before": old["evidence_url"],
        "evidence_after": from_texts([why.evidence for why in whys]),
        "replaced_by": pc.coalesce(followed, _unless_empty(old["replaced_by"])),
        "last_seen": old["last_seen"],
    }


def _fields(
    names: tuple[str, ...], masks: list[Mask], rows: int
) -> tuple[pa.Array, list[frozenset[str]]]:
    """Changed columns of each row, as a column and as sets."""
    if not names:
        return _no_fields(rows), []
    matrix = np.column_stack(masks)
    _, places = np.nonzero(matrix)
    ends = np.concatenate([[0], np.cumsum(matrix.sum(axis=1))]).astype(np.int32)
    fields = pa.ListArray.from_arrays(
        from_numbers(ends), from_texts(names).take(from_numbers(places))
    )

    @cache
    def set_of(pattern: bytes) -> frozenset[str]:
        bits = np.frombuffer(pattern, np.bool_)
        return frozenset(name for name, bit in zip(names, bits, strict=True) if bit)

    return fields, [set_of(row.tobytes()) for row in matrix]


def _objects(rows: pa.RecordBatch, masks: Mapping[str, Mask] | None = None) -> pa.Array:
    """The named cells of each row as a JSON object; all content without names."""
    if masks is None:
        return json_objects(NAMES, [json_texts(rows[name]) for name in NAMES])
    if not masks:
        return _filled("{}", rows.num_rows)
    texts = [json_texts(rows[name]) for name in masks]
    return json_objects(tuple(masks), texts, list(masks.values()))


def _common(rows: pa.RecordBatch, op: Op) -> Columns:
    named = {name: rows[name] for name in ("id", "brand_id", "number")}
    return {"op": _filled(op.value, rows.num_rows), **named}


def _batch(columns: Columns) -> pa.RecordBatch:
    """All columns of `changes` but those that number it; empty where nothing is said."""
    rows = len(columns["id"])
    empty = {"before": "{}", "after": "{}"}
    arrays = {"fields": _no_fields(rows), "last_seen": pa.nulls(rows, _TIME)} | columns
    for column in CHANGES.columns:
        if column.name not in arrays and column.name not in ("seq", "run_id"):
            value = empty.get(column.name, None if column.nullable else "")
            arrays[column.name] = _filled(value, rows)
    return pa.RecordBatch.from_pydict(dict(sorted(arrays.items())))


def _no_fields(rows: int) -> pa.Array:
    return pa.ListArray.from_arrays(from_numbers(np.zeros(rows + 1, np.int32)), from_texts([]))


def _numbered(rows: pa.RecordBatch, run_id: str, seq: int) -> pa.RecordBatch:
    held = {name: rows[name] for name in rows.schema.names}
    held["seq"] = from_numbers(np.arange(seq, seq + rows.num_rows))
    held["run_id"] = _filled(run_id, rows.num_rows)
    return pa.RecordBatch.from_pydict({name: held[name] for name in CHANGES.names})


def _filled(value: str | None, rows: int) -> pa.Array:
    return pa.repeat(text(value), rows)


def _unless_empty(array: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(array, text("")), text(None), array)


def _taken(rows: pa.RecordBatch, places: Numbers) -> pa.RecordBatch:
    return rows.take(from_numbers(places))
