"""Which rows of two sorted files differ, found on their hashes alone, window by window.

A row hash covers the key, too: a row is the same in both files if and only if its hash stands in
both, and no other column has to be read to know it. Both files are sorted by key, so a hash that
stands in both splits both at the same place, and a window ends with the last one of these. Only
if a window has none, keys are read to split it. Memory holds a window of hashes of each side,
however large the files and the difference are. The rows themselves are taken afterwards
(`outputs/late_rows.py`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from outputs.late_rows import Numbers, UnsortedError, ends_of
from outputs.row_hash import ROW_HASH, hasher
from outputs.table_files import TableReader

Hashes = npt.NDArray[np.uint64]  # two words for each row
Mask = npt.NDArray[np.bool_]
Key = tuple[Any, ...]

WINDOW = 1 << 16
_BUCKETS = np.uint64((1 << 20) - 1)


def differing(left: Side, right: Side) -> Iterator[tuple[Numbers, Numbers]]:
    """Places of the rows that only one side holds, window by window."""
    while True:
        left.fill()
        right.fill()
        in_left, in_right = _matched(left, right)
        last = left.is_read and right.is_read
        cut = (len(in_left), len(in_right)) if last else _cut(left, right, in_left, in_right)
        yield left.take(cut[0], ~in_left), right.take(cut[1], ~in_right)
        if last:
            return


class Side:
    """One of two files that are compared.

    Attributes:
        hashes: Of rows that were read and not yet compared.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.hashes: Hashes = np.empty((0, 2), np.uint64)
        self._reader = TableReader(path)
        self._ends = ends_of(self._reader)
        self._start = 0
        self._group = 0
        self._unread: Hashes = self.hashes
        self._keys: tuple[int, Any] = (-1, None)

    def __enter__(self) -> Side:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.__exit__()

    @property
    def position(self) -> int:
        """Number of the first row that was not left behind."""
        return self._start

    @property
    def is_read(self) -> bool:
        """Whether `hashes` reaches to the end of the file."""
        return not len(self._unread) and self._group == len(self._ends)

    def fill(self) -> None:
        """Reads hashes until there is a window of them, or no more."""
        while len(self.hashes) < WINDOW and not self.is_read:
            if not len(self._unread):
                self._unread = self._hashes_of(self._group)
                self._group += 1
            more, self._unread = self._unread[:WINDOW], self._unread[WINDOW:]
            self.hashes = np.concatenate([self.hashes, more])

    def take(self, count: int, chosen: Mask) -> Numbers:
        """Leaves the first rows behind; gives the places of those of them that are chosen."""
        numbers = np.flatnonzero(chosen[:count]) + self._start
        self.hashes = self.hashes[count:]
        self._start += count
        return numbers

    def last_key(self) -> Key:
        """Key of the last row of the window."""
        return self._key(self._start + len(self.hashes) - 1)

    def up_to(self, key: Key) -> int:
        """How many rows of the window do not come after a key."""
        window = range(self._start, self._start + len(self.hashes))
        return bisect_right(window, key, key=self._key)

    def _key(self, number: int) -> Key:
        group = bisect_right(self._ends, number)
        if self._keys[0] != group:
            names = list(self._reader.table.key)
            self._keys = (group, self._reader.file.read_row_group(group, columns=names))
        start = self._ends[group - 1] if group else 0
        table = self._keys[1]
        return tuple(table[name][number - start].as_py() for name in self._reader.table.key)

    def _hashes_of(self, group: int) -> Hashes:
        if ROW_HASH in self._reader.names:
            column = self._reader.file.read_row_group(group, columns=[ROW_HASH])[ROW_HASH]
            if not column.null_count:
                parts = [
                    np.frombuffer(c.buffers()[1], "<u8")[2 * c.offset :] for c in column.chunks
                ]
                words = [p[: 2 * len(c)] for p, c in zip(parts, column.chunks, strict=True)]
                return np.concatenate(words).reshape(-1, 2)
        return self._computed(group)

    def _computed(self, group: int) -> Hashes:
        """Of a file that an older minor version wrote."""
        table = self._reader.table
        with TableReader(self.path, columns=table.content) as reader:
            hash_of = hasher(table)
            found = b"".join(
                bytes.fromhex(hash_of(row))
                for batch in reader.batches([group])
                for row in reader.rows(batch)
            )
        return np.frombuffer(found, "<u8").reshape(-1, 2)


def _cut(left: Side, right: Side, in_left: Mask, in_right: Mask) -> tuple[int, int]:
    """How many rows of each side belong together: no key of the rest is among them."""
    if in_left.any():
        return _past_last(in_left), _past_last(in_right)
    ends = [side.last_key() for side in (left, right) if not side.is_read]
    return left.up_to(min(ends)), right.up_to(min(ends))


def _past_last(mask: Mask) -> int:
    return len(mask) - int(mask[::-1].argmax())


def _matched(left: Side, right: Side) -> tuple[Mask, Mask]:
    """Which rows of each window the other window holds."""
    a, b = left.hashes, right.hashes
    if not len(a) or not len(b):
        return np.zeros(len(a), np.bool_), np.zeros(len(b), np.bool_)
    x, y = a[:, 0], b[:, 0]
    lone = _lone(np.concatenate([x, y]))
    in_left, in_right = ~_among(x, lone), ~_among(y, lone)
    # The first words decide, the whole hashes confirm: common rows are equal one by one.
    if np.array_equal(a[in_left], b[in_right]):
        return in_left, in_right
    return _matched_exactly(left, right)


def _lone(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Words that occur once, sorted."""
    words.sort()
    differs = np.concatenate([[True], words[1:] != words[:-1], [True]])
    lone: npt.NDArray[np.uint64] = words[differs[1:] & differs[:-1]]
    return lone


def _among(words: npt.NDArray[np.uint64], few: npt.NDArray[np.uint64]) -> Mask:
    """`np.isin`, for few of many."""
    bucket = np.zeros(int(_BUCKETS) + 1, np.bool_)
    bucket[few & _BUCKETS] = True
    maybe = np.flatnonzero(bucket[words & _BUCKETS])
    found = np.zeros(len(words), np.bool_)
    found[maybe[np.isin(words[maybe], few)]] = True
    return found


def _matched_exactly(left: Side, right: Side) -> tuple[Mask, Mask]:
    """The same without a shortcut: half of a hash was equal by chance, or a file is unsorted."""
    sides = [[row.tobytes() for row in side.hashes] for side in (left, right)]
    common = set(sides[0]) & set(sides[1])
    masks = [np.fromiter((h in common for h in side), np.bool_, len(side)) for side in sides]
    if not np.array_equal(left.hashes[masks[0]], right.hashes[masks[1]]):
        raise UnsortedError(
            f"rows of {left.path} and {right.path} come in different order or twice; one of them "
            "was not written by outputs.snapshot, write it anew with `hotlines replay`"
        )
    return masks[0], masks[1]
