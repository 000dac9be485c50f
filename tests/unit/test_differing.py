"""The pairs found on hashes are those that a plain comparison of all rows finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from run_examples import HOTLINE, NOW

from outputs import differing, snapshot, table_files
from outputs.compare import file_state_hash, pairs, recomputed_state_hash, state_hash
from outputs.row_hash import content_of
from outputs.rows import Row, key_of, row_of
from outputs.schema import HOTLINES, SchemaError, Table
from outputs.snapshot import write_table
from outputs.table_files import read_batches, table_of
from pipelines.model import Hotline

# Columns that are null in rows of schema 1.0, or were not there at all.
SINCE_1_0 = ("places", "replaces", "replaced_by", "row_hash")
NUMBERS = tuple(f"950{n:02d}" for n in range(24))
TEXTS = st.sampled_from(("", "客服", "客服\u0000", "é", "é", "𠮷", 'a";\\', " "))
LISTS = st.lists(TEXTS, max_size=2).map(tuple)


@st.composite
def hotlines(draw: st.DrawFn) -> Hotline:
    """Few values, so that two snapshots often agree; what differs may be of any kind."""
    return replace(
        HOTLINE,
        number=draw(st.sampled_from(NUMBERS)),
        area=draw(st.sampled_from(("", "0551"))),
        hours=draw(st.sampled_from(("", "24/7"))),
        display=draw(TEXTS),
        e164=draw(st.sampled_from((None, "", "+86"))),
        labels=draw(LISTS),
        first_seen=NOW + draw(st.sampled_from((timedelta(), timedelta(microseconds=1)))),
        evidence_count=draw(st.integers(0, 1)),
    )


SNAPSHOTS = st.lists(hotlines(), max_size=40, unique_by=lambda h: (h.number, h.area))
CHANGED = st.lists(st.sampled_from(NUMBERS), max_size=6)


def plain_pairs(before: Path, after: Path) -> Iterator[tuple[Row | None, Row | None]]:
    """What `pairs` did before it used hashes: one pass over all rows of both files."""
    table = table_of(after)
    old, new = (
        {key_of(table, row): row for row in chain.from_iterable(read_batches(path))}
        for path in (before, after)
    )
    for key in sorted(old.keys() | new.keys()):
        left, right = old.get(key), new.get(key)
        if left is None or right is None or not same(table, left, right):
            yield left, right


def same(table: Table, one: Row, other: Row) -> bool:
    return content_of(table, one) == content_of(table, other)


def written(path: Path, rows: list[Hotline]) -> Path:
    write_table(path, HOTLINES, [row_of(HOTLINES, row) for row in rows])
    return path


def without(path: Path, columns: tuple[str, ...]) -> None:
    """The file as a release wrote it that did not know these columns."""
    pq.write_table(pq.read_table(path).drop_columns(list(columns)), path, row_group_size=5)


@settings(max_examples=70, deadline=None)
@given(
    SNAPSHOTS, SNAPSHOTS, CHANGED, st.sampled_from(("independent", "related")), st.integers(0, 3)
)
def test_the_same_pairs_as_a_plain_comparison(
    tmp_path_factory: pytest.TempPathFactory,
    old: list[Hotline],
    other: list[Hotline],
    changed: list[str],
    kind: str,
    older: int,
) -> None:
    kept = [row for row in old if row.number not in changed]
    held = {(row.number, row.area) for row in kept}
    more = [row for row in other if (row.number, row.area) not in held and row.number in changed]
    new = [*kept, *more] if kind == "related" else other
    directory = tmp_path_factory.mktemp("differing")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "BATCH", 3)
        patch.setattr(table_files, "BATCH", 3)
        patch.setattr(snapshot, "ROW_GROUP", 6)
        patch.setattr(differing, "WINDOW", 4)
        before, after = written(directory / "a", old), written(directory / "b", new)
        for n, path in enumerate((before, after)):
            if older & (1 << n):
                without(path, SINCE_1_0)
        assert list(pairs(before, after)) == list(plain_pairs(before, after))
        for path, rows in ((before, old), (after, new)):
            expected = state_hash(HOTLINES, [row_of(HOTLINES, row) for row in rows])
            assert file_state_hash(path) == recomputed_state_hash(path) == expected


@pytest.mark.parametrize("window", [1, 2, 7, 64])
def test_everything_changed_and_nothing_in_common(
    window: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No hash stands in both files: only keys tell which rows belong together."""
    monkeypatch.setattr(differing, "WINDOW", window)
    monkeypatch.setattr(snapshot, "ROW_GROUP", 8)
    monkeypatch.setattr(snapshot, "BATCH", 4)
    monkeypatch.setattr(table_files, "BATCH", 4)
    rows = [replace(HOTLINE, number=number) for number in NUMBERS]
    before = written(tmp_path / "a", rows[:20])
    after = written(tmp_path / "b", [replace(row, hours="") for row in rows[4:]])
    found = list(pairs(before, after))
    assert found == list(plain_pairs(before, after))
    assert [bool(old) + 2 * bool(new) for old, new in found] == [1] * 4 + [3] * 16 + [2] * 4


def test_half_a_hash_that_is_equal_by_chance_hides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [replace(HOTLINE, number=number) for number in NUMBERS]
    before = written(tmp_path / "a", rows)
    after = written(tmp_path / "b", [replace(rows[0], hours=""), *rows[1:]])
    real = differing.Side._hashes_of

    def colliding(self: differing.Side, group: int) -> differing.Hashes:
        hashes = np.array(real(self, group))
        hashes[0, 0] = 7
        return hashes

    monkeypatch.setattr(differing.Side, "_hashes_of", colliding)
    assert list(pairs(before, after)) == list(plain_pairs(before, after))


@pytest.mark.parametrize("order", [[1, 0, 2], [0, 1, 2, 2]])
def test_a_file_that_is_not_sorted_is_refused(order: list[int], tmp_path: Path) -> None:
    rows = [replace(HOTLINE, number=number) for number in NUMBERS[:3]]
    before, after = written(tmp_path / "a", rows), written(tmp_path / "b", rows)
    pq.write_table(pq.read_table(after).take(order), after)
    with pytest.raises(SchemaError, match=r"order|come after"):
        list(pairs(before, after))


def test_a_row_hash_that_is_not_that_of_its_row_is_found(tmp_path: Path) -> None:
    path = written(tmp_path / "a", [HOTLINE])
    table = pq.read_table(path)
    index = table.schema.get_field_index("hours")
    pq.write_table(table.set_column(index, table.schema.field("hours"), pa.array(["Mo"])), path)
    with pytest.raises(SchemaError, match=r"row hash of .* is not that of its content"):
        recomputed_state_hash(path)


def test_the_writer_computes_the_hash_whatever_the_row_says(tmp_path: Path) -> None:
    row = {**row_of(HOTLINES, HOTLINE), "row_hash": "0" * 32}
    write_table(tmp_path / "a", HOTLINES, [row])
    assert file_state_hash(tmp_path / "a") == state_hash(HOTLINES, [row])
