"""The rows that differ between two files, as Arrow columns, with which of them belong together."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from outputs.cells import from_numbers
from outputs.differing import Side, differing
from outputs.late_rows import KeyOrder, Keys, LateRows, Numbers, completed, whole
from outputs.rows import Row
from outputs.table_files import TableReader, rows_in

NONE = -1  # the place of a row that a side does not have


@dataclass(frozen=True, slots=True)
class Paired:
    """Rows that differ, of one range of keys.

    Attributes:
        old: Rows of the file before, in key order.
        new: Rows of the file after.
        left: For each pair, in key order, its place in `old`, or `NONE`.
        right: Its place in `new`, or `NONE`.
    """

    old: pa.RecordBatch
    new: pa.RecordBatch
    left: Numbers
    right: Numbers

    @property
    def brands(self) -> pa.Array:
        """The brand of each pair."""
        both = pa.concat_arrays([self.old["brand_id"], self.new["brand_id"]])
        behind = self.right + self.old.num_rows
        return both.take(from_numbers(np.where(self.left == NONE, behind, self.left)))

    def cut(self, start: int, stop: int) -> Paired:
        """Some of the pairs, with the rows that they need."""
        old, left = _only(self.old, self.left[start:stop])
        new, right = _only(self.new, self.right[start:stop])
        return Paired(old, new, left, right)


def paired(
    before: Path | None, after: Path, columns: Sequence[str] | None = None
) -> Generator[Paired]:
    """All rows that differ, in key order; memory holds a row group's share of them.

    Args:
        before: None on a first run, when every row is new.
        columns: What to read of them, key columns included; None for all.

    Raises:
        UnsortedError: A file turns out not to be in key order.
    """
    if before is None:
        yield from _all_new(after, columns)
        return
    with ExitStack() as stack:
        left, right = (stack.enter_context(Side(path)) for path in (before, after))
        old, new = (stack.enter_context(LateRows(path, columns)) for path in (before, after))
        counts: deque[tuple[int, int]] = deque()
        for places in differing(left, right):
            counts.append((len(places[0]), len(places[1])))
            old.want(places[0], left.position)
            new.want(places[1], right.position)
            while counts and old.held >= counts[0][0] and new.held >= counts[0][1]:
                yield from _window(old, new, *counts.popleft())


def _window(old: LateRows, new: LateRows, before: int, after: int) -> Iterator[Paired]:
    if before or after:
        (left, left_keys), (right, right_keys) = old.give(before), new.give(after)
        yield Paired(left, right, *_aligned(left_keys, right_keys))


def _all_new(path: Path, columns: Sequence[str] | None) -> Iterator[Paired]:
    with TableReader(path, columns=columns) as reader:
        order, none = KeyOrder(path, reader.table), completed(reader, {}, 0)
        for batch in reader.batches(range(reader.file.num_row_groups)):
            rows = whole(reader, batch)
            yield Paired(none, rows, *_aligned([], order.checked(rows)))


def _aligned(left: Keys, right: Keys) -> tuple[Numbers, Numbers]:
    """Places of both sides, key by key."""
    places = {key: place for place, key in enumerate(right)}
    partners = np.array([places.pop(key, NONE) for key in left], np.int64)
    behind = [bisect_left(left, key) for key in places]  # of keys that only the right side has
    both = np.arange(len(left)), partners
    return np.insert(both[0], behind, NONE), np.insert(both[1], behind, list(places.values()))


def _only(rows: pa.RecordBatch, places: Numbers) -> tuple[pa.RecordBatch, Numbers]:
    held = places[places != NONE]
    if not held.size:
        return rows.slice(0, 0), places
    first, last = int(held[0]), int(held[-1])
    return rows.slice(first, last + 1 - first), np.where(places == NONE, NONE, places - first)


def rows_of(window: Paired) -> Iterator[tuple[Row | None, Row | None]]:
    """The pairs of a window as rows; None on the side that has no row with that key."""
    old, new = rows_in(window.old), rows_in(window.new)
    for i, j in zip(window.left.tolist(), window.right.tolist(), strict=True):
        yield (None if i == NONE else old[i]), (None if j == NONE else new[j])
