"""Changes made column by column are those that `change_of` says of each pair of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from run_examples import HOTLINE, NOW

from outputs import differing, snapshot
from outputs.canonical import canonical_json
from outputs.causes import Causes
from outputs.cells import differ, hex_texts, json_objects, json_texts, python_values
from outputs.change_columns import READ, Known
from outputs.changes import change_batches
from outputs.compare import pairs
from outputs.paired import paired
from outputs.rows import Row, json_row, row_of
from outputs.schema import CHANGES, HOTLINES, SchemaError
from outputs.snapshot import ARROW_TYPES, TableWriter, write_sorted_table, write_table
from outputs.table_files import read_table
from pipelines.diff import NOT_READ, UnexplainedRemovalError, change_of
from pipelines.model import Hotline, Removal
from pipelines.vocabulary import Cause, Presence, Verdict

RUN = "20261123T211500Z-k3f"
TEXTS = st.sampled_from(("", "客服", 'a"b', "\\", "tab\there\n", "é\x7f\u2028", "𠮷", "plain"))
LISTS = st.lists(TEXTS, max_size=2).map(tuple)
BRANDS = ("a", "b", "c", "d")


@st.composite
def hotlines(draw: st.DrawFn) -> Hotline:
    brand, number = draw(st.sampled_from(BRANDS)), draw(st.sampled_from(("95001", "95002")))
    return replace(
        HOTLINE,
        id=f"{brand}/{number}",
        brand_id=brand,
        number=number,
        display=draw(TEXTS),
        e164=draw(st.sampled_from((None, "", "+86"))),
        labels=draw(LISTS),
        verdict=draw(st.sampled_from((Verdict.OFFICIAL, Verdict.STALE))),
        verdict_reasons=draw(st.sampled_from(((), ("dated_page",)))),
        presence=draw(st.sampled_from((Presence.OBSERVED, Presence.NOT_OBSERVED))),
        presence_reason=draw(st.sampled_from(("", "absent:1", "timeout"))),
        landline_only=draw(st.booleans()),
        first_seen=NOW + draw(st.sampled_from((timedelta(), timedelta(microseconds=1)))),
        last_seen=NOW + timedelta(days=draw(st.integers(0, 1))),
        replaces=draw(st.sampled_from((None, "a/95003"))),
        replaced_by=draw(st.sampled_from((None, "a/95004"))),
        evidence_url=draw(st.sampled_from(("https://a.test/1", "https://a.test/2"))),
    )


SNAPSHOTS = st.lists(hotlines(), max_size=8, unique_by=lambda h: h.id)
CAUSES = st.sampled_from(
    (
        Causes(),
        Causes(new=True),
        Causes(rebuilt={}),
        Causes(rebuilt={"a/95001": json_row(HOTLINES, row_of(HOTLINES, HOTLINE))}, healed={}),
        Causes(unedited={}),
    )
)


def written(path: Path, rows: list[Hotline]) -> Path:
    write_table(path, HOTLINES, [row_of(HOTLINES, row) for row in rows])
    return path


def one_by_one(
    before: Path | None, after: Path, known: Known, causes: dict[str, Causes] | None
) -> Iterator[Row]:
    """The changes as one pair of whole rows after the other has them."""
    seq = 1
    for pair in pairs(before, after):
        old, new = (json_row(HOTLINES, row) if row else None for row in pair)
        brand, row_id = (str((new or old or {})[name]) for name in ("brand_id", "id"))
        one = Causes(rebuilt={row_id: new} if new else {}) if causes is None else causes[brand]
        change = change_of(
            old,
            new,
            content=HOTLINES.content,
            removal=known.removals.get(row_id),
            rebuilt=None if one.rebuilt is None else one.rebuilt.get(row_id, NOT_READ),
            healed=None if one.healed is None else one.healed.get(row_id, NOT_READ),
            registry_changed=one.by_registry(old, new, HOTLINES.content),
            reviewed=brand in known.reviewed or row_id in known.reviewed,
            seq=seq,
        )
        if change is not None:
            seq += 1
            yield row_of(CHANGES, change, {"run_id": RUN})


@settings(max_examples=60, deadline=None)
@given(
    st.none() | SNAPSHOTS,
    SNAPSHOTS,
    st.sets(st.sampled_from((*BRANDS, "a/95001", "b/95001"))),
    st.none() | st.fixed_dictionaries(dict.fromkeys(BRANDS, CAUSES)),
    st.sampled_from((None, "a/95009")),
)
def test_the_same_changes_as_one_by_one(
    tmp_path_factory: pytest.TempPathFactory,
    old: list[Hotline] | None,
    new: list[Hotline],
    reviewed: set[str],
    causes: dict[str, Causes] | None,
    replaced_by: str | None,
) -> None:
    directory = tmp_path_factory.mktemp("changes")
    gone = Removal(replace(HOTLINE, replaced_by=replaced_by), "gone", Cause.SOURCE, ("u", "v"))
    known = Known({row.id: gone for row in old or ()}, reviewed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "BATCH", 2)
        patch.setattr(snapshot, "ROW_GROUP", 4)
        patch.setattr(differing, "WINDOW", 3)
        before = None if old is None else written(directory / "a", old)
        after = written(directory / "b", new)
        rows = list(one_by_one(before, after, known, causes))
        write_sorted_table(directory / "rows", CHANGES, rows)
        of = None if causes is None else causes.__getitem__
        found = change_batches(paired(before, after, READ), known, of, RUN)
        write_columns(directory / "columns", *found)
    assert read_table(directory / "columns") == read_table(directory / "rows")
    assert (directory / "columns").read_bytes() == (directory / "rows").read_bytes()


def test_a_row_that_leaves_without_a_reason_is_refused(tmp_path: Path) -> None:
    windows = paired(written(tmp_path / "a", [HOTLINE]), written(tmp_path / "b", []), READ)
    with pytest.raises(UnexplainedRemovalError, match=HOTLINE.id):
        list(change_batches(windows, Known({}, ()), lambda _: Causes(), RUN))


def test_columns_out_of_order_or_with_a_null_are_refused(tmp_path: Path) -> None:
    windows = paired(None, written(tmp_path / "b", [HOTLINE]), READ)
    (batch,) = change_batches(windows, Known({}, ()), lambda _: Causes(), RUN)
    with pytest.raises(SchemaError, match="is there twice"):
        write_columns(tmp_path / "c", batch, batch)
    empty = batch.set_column(1, "op", pa.nulls(1, pa.string()))
    with pytest.raises(SchemaError, match=r"column op, row .*: a value is null"):
        write_columns(tmp_path / "c", empty)
    assert not (tmp_path / "c").exists()


def write_columns(path: Path, *batches: pa.RecordBatch) -> None:
    with TableWriter(path, CHANGES) as writer:
        for batch in batches:
            writer.write_columns(batch)


MOMENTS = (NOW, datetime(1960, 1, 1, 0, 0, 0, 5, tzinfo=UTC), None)
CELLS = st.one_of(
    st.tuples(st.just("string"), st.lists(st.none() | TEXTS | st.text(max_size=4))),
    st.tuples(st.just("bool"), st.lists(st.none() | st.booleans())),
    st.tuples(st.just("int64"), st.lists(st.none() | st.integers(-9, 2**53))),
    st.tuples(st.just("timestamp[us, UTC]"), st.lists(st.sampled_from(MOMENTS))),
    st.tuples(st.just("list<string>"), st.lists(st.none() | st.lists(TEXTS, max_size=3))),
)


@settings(deadline=None)
@given(CELLS, st.integers(0, 3))
def test_cells_are_what_a_loop_makes_of_them(given: tuple[str, list[object]], start: int) -> None:
    kind = next(arrow for name, arrow in ARROW_TYPES.items() if name.value == given[0])
    cells = pa.array(given[1], kind)[start:]
    values = cells.to_pylist()
    assert python_values(cells) == values
    assert json_texts(cells).to_pylist() == [canonical_json(value) for value in values]
    other = cells.take(pa.array(range(len(cells))[::-1], pa.int64()))
    expected = [one != two for one, two in zip(values, values[::-1], strict=True)]
    assert differ(cells, other).tolist() == expected
    objects = json_objects(("a", "b"), [json_texts(cells), json_texts(other)])
    both = zip(values, values[::-1], strict=True)
    assert objects.to_pylist() == [canonical_json({"a": one, "b": two}) for one, two in both]


def test_a_digest_is_shown_as_hex() -> None:
    digests = [bytes(range(16)), b"\xff" * 16]
    cells = pa.array(digests, pa.binary(16))
    assert hex_texts(cells[1:]).to_pylist() == ["f" * 32]
    assert python_values(cells) == [each.hex() for each in digests]
    assert python_values(pa.concat_arrays([cells, pa.nulls(1, pa.binary(16))]))[2] is None
    assert python_values(cells[:0]) == []
