"""Hashes over content, and the pairs in which two files differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from run_examples import HOTLINE, LANDLINE, NOW, SOURCE

from outputs import snapshot, table_files
from outputs.compare import file_state_hash, pairs, state_hash
from outputs.row_hash import content_of, row_hash
from outputs.rows import Row, row_of, rows_of
from outputs.schema import HOTLINES, SOURCES, SchemaError
from outputs.snapshot import write_table
from pipelines.model import Hotline

LATER = NOW + timedelta(days=1)
SEEN_AGAIN = replace(
    HOTLINE, last_seen=LATER, last_checked=LATER, run_id="r", evidence_count=9, good_runs_missed=1
)


def written(path: Path, values: Sequence[Hotline]) -> Path:
    write_table(path, HOTLINES, rows_of(HOTLINES, values))
    return path


def ids(pair: tuple[Row | None, Row | None]) -> tuple[object, object]:
    return tuple(row and row["id"] for row in pair)  # type: ignore[return-value]


def test_observation_is_not_hashed() -> None:
    assert row_hash(HOTLINES, row_of(HOTLINES, HOTLINE)) == row_hash(
        HOTLINES, row_of(HOTLINES, SEEN_AGAIN)
    )


@pytest.mark.parametrize("change", [{"hours": ""}, {"labels": ()}, {"first_seen": LATER}])
def test_content_is_hashed(change: dict[str, object]) -> None:
    changed = replace(HOTLINE, **change)  # type: ignore[arg-type]
    assert row_hash(HOTLINES, row_of(HOTLINES, HOTLINE)) != row_hash(
        HOTLINES, row_of(HOTLINES, changed)
    )


def test_hashes_are_pinned() -> None:
    """A change here is a change of the contract: every state hash ever published differs."""
    row = row_of(HOTLINES, HOTLINE)
    assert row_hash(HOTLINES, row) == "ef9f62176439a4f0bb3d41ee9b97d455"
    assert state_hash(HOTLINES, [row]) == (
        "sha256:c95f00735e62c716b853514d0c144f984f1d01f4f873a968e13b701dd3050c48"
    )


def test_null_columns_are_left_out_of_the_hash() -> None:
    assert "e164" not in content_of(HOTLINES, row_of(HOTLINES, HOTLINE))


def test_state_hash_of_file_and_rows_agree(tmp_path: Path) -> None:
    values = [HOTLINE, LANDLINE]
    path = written(tmp_path / "t", values)
    rows = [row_of(HOTLINES, value) for value in values]
    assert file_state_hash(path) == state_hash(HOTLINES, rows)
    assert file_state_hash(path) == state_hash(HOTLINES, rows[::-1])
    assert file_state_hash(written(tmp_path / "u", [HOTLINE])) != file_state_hash(path)


def test_unchanged_run_has_no_pairs(tmp_path: Path) -> None:
    one, two = written(tmp_path / "1", [HOTLINE]), written(tmp_path / "2", [SEEN_AGAIN])
    assert list(pairs(one, two)) == []


def test_pairs_of_all_three_kinds(tmp_path: Path) -> None:
    gone = replace(HOTLINE, id="demo/95189", number="95189")
    added = replace(HOTLINE, id="demo/12345", number="12345")
    changed = replace(LANDLINE, hours="")
    before = written(tmp_path / "1", [HOTLINE, LANDLINE, gone])
    after = written(tmp_path / "2", [HOTLINE, changed, added])
    assert [ids(pair) for pair in pairs(before, after)] == [
        (LANDLINE.id, LANDLINE.id),
        (None, "demo/12345"),
        ("demo/95189", None),
    ]


def test_first_run_is_all_additions(tmp_path: Path) -> None:
    after = written(tmp_path / "t", [HOTLINE, LANDLINE])
    assert [ids(pair) for pair in pairs(None, after)] == [(None, LANDLINE.id), (None, HOTLINE.id)]


@settings(max_examples=30, deadline=None)
@given(
    old=st.dictionaries(st.integers(0, 9), st.sampled_from("ab"), max_size=9),
    new=st.dictionaries(st.integers(0, 9), st.sampled_from("ab"), max_size=9),
)
def test_pairs_are_the_full_outer_difference(
    tmp_path_factory: pytest.TempPathFactory, old: dict[int, str], new: dict[int, str]
) -> None:
    directory = tmp_path_factory.mktemp("pairs")
    sides = [
        written(
            directory / str(n),
            [replace(HOTLINE, number=str(k), display=v) for k, v in side.items()],
        )
        for n, side in enumerate((old, new))
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "BATCH", 2)
        patch.setattr(table_files, "BATCH", 2)
        found = {
            str((left or right or {})["number"]): tuple(r and r["display"] for r in (left, right))
            for left, right in pairs(*sides)
        }
    expected = {
        str(k): (old.get(k), new.get(k)) for k in old.keys() | new if old.get(k) != new.get(k)
    }
    assert found == expected
    assert list(found) == sorted(found)


def test_unsorted_file_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "t", [HOTLINE, LANDLINE])
    pq.write_table(pq.read_table(path).take([1, 0]), path)
    with pytest.raises(SchemaError, match="does not come after"):
        list(pairs(None, path))


def test_other_table_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "t", [HOTLINE])
    write_table(tmp_path / "s", SOURCES, rows_of(SOURCES, [SOURCE]))
    with pytest.raises(SchemaError, match=r"holds table sources, .* hotlines"):
        list(pairs(tmp_path / "s", path))
