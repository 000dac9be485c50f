"""History: any published snapshot again, exactly, from a file of versions per run."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from run_examples import HOTLINE, LANDLINE, NOW, RUN, facts_of, published_run, staged_run

from outputs import history, history_writing, snapshot, table_files
from outputs.compare import state_hash
from outputs.history import HistoryError, as_of, events_file, index_file, read_links, versions
from outputs.history_writing import event_rows, rebuild, record
from outputs.manifest import read_manifest
from outputs.proof import ProofError, content_rows
from outputs.publish import publish, repair, seal
from outputs.run_directory import DataDirectory, RunDirectory, latest_run, new_run_id
from outputs.schema import HOTLINES
from outputs.snapshot import write_table
from outputs.table_files import read_table
from pipelines.model import Hotline
from pipelines.vocabulary import RunResult

NUMBERS = tuple(f"9500{digit}" for digit in range(6))


def hotline(number: str, hours: str = "24/7", brand: str = "demo") -> Hotline:
    area = "0551" if number.endswith("5") else ""
    made = f"{brand}/{number}" + (f"@{area}" if area else "")
    return replace(HOTLINE, id=made, brand_id=brand, number=number, area=area, hours=hours)


def run_id_of(day: int) -> str:
    return new_run_id(NOW + timedelta(days=day), "k3f")


def publish_days(data: Path, days: list[dict[str, str]]) -> list[RunDirectory]:
    """One run per day; a day maps numbers to their hours."""
    runs: list[RunDirectory] = []
    for day, numbers in enumerate(days):
        rows = tuple(hotline(number, hours) for number, hours in sorted(numbers.items()))
        parent = runs[-1].run_id if runs else None
        runs.append(published_run(data, run_id_of(day), parent, rows))
    return runs


def check_every_snapshot(data: Path, runs: list[RunDirectory]) -> None:
    for run in runs:
        rows = list(as_of(data, run.run_id))
        assert rows == list(content_rows(run.table("hotlines")))
        assert state_hash(HOTLINES, rows) == read_manifest(run).facts.state_hash


def files_of(data: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in (data / "history").iterdir()}


DAY = st.dictionaries(st.sampled_from(NUMBERS), st.sampled_from(("", "24/7", "Mo-Fr")))
TRIED = []


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(DAY, min_size=1, max_size=7))
def test_any_history_gives_back_every_snapshot(
    tmp_path_factory: pytest.TempPathFactory, days: list[dict[str, str]]
) -> None:
    data = tmp_path_factory.mktemp("history")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history_writing, "CHECKPOINT", 3)
        runs = publish_days(data, days)
        check_every_snapshot(data, runs)
        before = files_of(data)
        assert rebuild(DataDirectory(data), runs[-1]) == len(runs)
        assert files_of(data) == before
        # Pruned runs keep only manifest and changes; what derives from those is the same.
        for run in runs[:-1]:
            run.table("hotlines").unlink()
        rebuild(DataDirectory(data), runs[-1])
        assert files_of(data) == before
    TRIED.append(len(days))


def test_how_many_histories_were_tried(counted: Callable[[str], None]) -> None:
    if not TRIED:
        pytest.skip("needs the property test in the same process")
    counted(f"history: {len(TRIED)} random histories, {sum(TRIED)} snapshots given back")


def test_events_are_what_changed(tmp_path: Path) -> None:
    runs = publish_days(
        tmp_path, [{"95001": "24/7"}, {"95001": "24/7"}, {"95001": "", "95002": ""}]
    )
    rows = [read_table(events_file(DataDirectory(tmp_path), run.run_id)) for run in runs]
    assert [[(r["op"], r["number"]) for r in day] for day in rows] == [
        [("ADD", "95001")],
        [],
        [("MOD", "95001"), ("ADD", "95002")],
    ]
    assert json.loads(str(rows[2][0]["content"]))["hours"] == ""
    assert [link.events for link in read_links(DataDirectory(tmp_path))] == [1, 0, 2]


def test_versions_of_a_number_end_with_a_tombstone(tmp_path: Path) -> None:
    days = [{"95001": "24/7", "95002": ""}, {"95001": "", "95002": ""}, {"95002": ""}]
    days.append({"95001": "24/7", "95002": ""})
    publish_days(tmp_path, days)
    links = read_links(DataDirectory(tmp_path))
    found = versions(tmp_path, "demo/95001")
    assert [(v.run_id, v.removed) for v in found] == [
        (links[0].run_id, ""),
        (links[1].run_id, "gone_from_pages"),
        (links[3].run_id, ""),
    ]
    assert [v.valid_from for v in found] == [links[i].valid_from for i in (0, 1, 3)]
    assert [v.valid_to for v in found] == [links[1].valid_from, links[2].valid_from, None]
    assert [v.last_seen for v in found] == [NOW, NOW, None]
    assert {v.first_seen for v in found} == {NOW}
    assert versions(tmp_path, "demo/nobody") == ()


def test_as_of_a_moment(tmp_path: Path) -> None:
    first = staged_run(tmp_path, RUN, hotlines=(HOTLINE,))
    facts = facts_of(first, None, RunResult.PUBLISHED)
    seal(first, facts)
    publish(tmp_path, first)
    second = staged_run(tmp_path, run_id_of(1), RUN, hotlines=(HOTLINE, LANDLINE))
    later = facts.finished + timedelta(days=1)
    seal(second, replace(facts_of(second, RUN, RunResult.PUBLISHED), finished=later))
    publish(tmp_path, second)
    count = {when: len(list(as_of(tmp_path, when))) for when in (facts.finished, later)}
    assert count == {facts.finished: 1, later: 2}
    assert len(list(as_of(tmp_path, later - timedelta(microseconds=1)))) == 1
    assert len(list(as_of(tmp_path, datetime(2099, 1, 1, tzinfo=UTC)))) == 2
    assert len(list(as_of(tmp_path, "latest"))) == 2
    assert len(list(as_of(tmp_path, RUN))) == 1
    with pytest.raises(HistoryError, match="first run was published at 2026-11-22T21:18:00Z"):
        list(as_of(tmp_path, facts.started))
    with pytest.raises(HistoryError, match="no snapshot of 2027"):
        list(as_of(tmp_path, "2027"))


def test_a_clock_that_went_backwards_turns_nothing_around(tmp_path: Path) -> None:
    days = (3, 1, 2)
    parent = None
    for day in days:
        rows = tuple(hotline(NUMBERS[i]) for i in range(day))
        run = staged_run(tmp_path, run_id_of(day), parent, hotlines=rows)
        ended = NOW + timedelta(days=day)
        seal(run, replace(facts_of(run, parent, RunResult.PUBLISHED), finished=ended))
        publish(tmp_path, run)
        parent = run.run_id
    links = read_links(DataDirectory(tmp_path))
    assert [link.run_id for link in links] == [run_id_of(day) for day in days]
    assert [link.valid_from for link in links] == [NOW + timedelta(days=3)] * 3
    assert len(list(as_of(tmp_path, NOW + timedelta(days=9)))) == 2
    assert latest_run(tmp_path) == DataDirectory(tmp_path).run(run_id_of(2))


def test_few_files_are_read_however_long_the_chain_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_writing, "CHECKPOINT", 4)
    days = [{"95001": str(day), "95002": ""} for day in range(11)]
    runs = publish_days(tmp_path, days)
    read: list[str] = []
    real = history._rows
    monkeypatch.setattr(
        history, "_rows", lambda path, **how: (read.append(path), real(path, **how))[1]
    )
    assert list(as_of(tmp_path, "latest")) == list(content_rows(runs[-1].table("hotlines")))
    assert len(read) == 1 + 3


def test_the_past_of_a_number_opens_few_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_writing, "CHECKPOINT", 4)
    days = [{"95001": str(day), "95002": ""} for day in range(11)]
    publish_days(tmp_path, days)
    read: list[Path] = []
    real = history._rows
    monkeypatch.setattr(
        history, "_rows", lambda path, *a, **how: (read.append(path), real(path, *a, **how))[1]
    )
    found = versions(tmp_path, "demo/95001")
    assert [v.content["hours"] for v in found] == [str(day) for day in range(11)]
    assert [path.name.split("-")[0] for path in read[:2]] == ["span", "span"]
    assert len(read) == 2 + 3
    assert [v.run_id for v in versions(tmp_path, "demo/95002")] == [run_id_of(0)]


def test_an_append_reads_one_run_however_long_the_chain_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_writing, "CHECKPOINT", 4)
    runs = publish_days(tmp_path, [{"95001": str(day), "95002": ""} for day in range(9)])
    data, read = DataDirectory(tmp_path), list[str]()
    manifest, reader = history_writing.read_manifest, history_writing.TableReader
    by_id = history_writing.RowsById
    monkeypatch.setattr(
        history_writing, "read_manifest", lambda run: (read.append(run.run_id), manifest(run))[1]
    )
    monkeypatch.setattr(
        history_writing, "TableReader", lambda path: (read.append(path.name), reader(path))[1]
    )
    monkeypatch.setattr(
        history_writing, "RowsById", lambda path, *a: (read.append(path.name), by_id(path, *a))[1]
    )
    monkeypatch.setattr(history, "_rows", lambda *a, **how: pytest.fail("reads older versions"))
    whole, before = index_file(data).read_text(), read_links(data)[:-1]
    index_file(data).write_text(history.links_json(before))
    assert record(data, runs[-1]) == 1
    assert read == [runs[-1].run_id, "changes.parquet", "hotlines.parquet"]
    assert index_file(data).read_text() == whole


@pytest.mark.parametrize("harm", ["index damaged", "index gone", "last file gone", "all gone"])
def test_repair_derives_again_what_is_missing(tmp_path: Path, harm: str) -> None:
    runs = publish_days(tmp_path, [{"95001": ""}, {"95001": "24/7"}, {}])
    before, data = files_of(tmp_path), DataDirectory(tmp_path)
    for path in {
        "index damaged": [index_file(data)],
        "index gone": [index_file(data)],
        "last file gone": [events_file(data, runs[-1].run_id)],
        "all gone": list(data.history.iterdir()),
    }[harm]:
        path.write_text("{") if harm == "index damaged" else path.unlink()
    assert repair(tmp_path).recorded == 3
    assert files_of(tmp_path) == before
    assert repair(tmp_path).recorded == 0


def test_a_data_directory_older_than_history_is_taken_up(tmp_path: Path) -> None:
    runs = publish_days(tmp_path, [{"95001": ""}, {"95001": "24/7"}])
    before = files_of(tmp_path)
    for path in (tmp_path / "history").iterdir():
        path.unlink()
    (tmp_path / "history").rmdir()
    third = published_run(tmp_path, run_id_of(2), runs[-1].run_id, (hotline("95001", "24/7"),))
    assert len(read_links(DataDirectory(tmp_path))) == 3
    assert {n: b for n, b in files_of(tmp_path).items() if n in before and n != "index.json"} == {
        n: b for n, b in before.items() if n != "index.json"
    }
    check_every_snapshot(tmp_path, [*runs, third])


def test_runs_behind_a_pointer_that_was_put_back_leave_the_history(tmp_path: Path) -> None:
    runs = publish_days(tmp_path, [{"95001": ""}, {"95001": "24/7"}])
    data = DataDirectory(tmp_path)
    assert record(data, runs[0]) == 0
    assert [link.run_id for link in read_links(data)] == [runs[0].run_id]


def test_missing_run_of_the_chain_is_named(tmp_path: Path) -> None:
    runs = publish_days(tmp_path, [{"95001": ""}, {"95001": "24/7"}])
    runs[0].manifest.unlink()
    with pytest.raises(HistoryError, match=f"run {runs[0].run_id} is part of the chain"):
        rebuild(DataDirectory(tmp_path), runs[1])


class TestProof:
    """`apply(previous, changes) == current`, before anything is published."""

    def refused(self, data: Path, run: RunDirectory) -> str:
        seal(run, facts_of(run, RUN, RunResult.PUBLISHED))
        with pytest.raises(ProofError) as caught:
            publish(data, run)
        assert latest_run(data) == DataDirectory(data).run(RUN)
        assert not DataDirectory(data).run(run.run_id).path.exists()
        return str(caught.value)

    def staged(self, data: Path) -> RunDirectory:
        published_run(data, RUN, None, (hotline("95001"), hotline("95002")))
        rows = (hotline("95002", "Mo-Fr"), hotline("95003"))
        return staged_run(data, run_id_of(1), RUN, hotlines=rows)

    def test_a_change_is_missing(self, tmp_path: Path) -> None:
        run = self.staged(tmp_path)
        path = run.table("changes")
        from outputs.schema import CHANGES

        for left_out in range(3):
            rows = read_table(path)
            write_table(path, CHANGES, [row for n, row in enumerate(rows) if n != left_out])
            assert "do not give its snapshot: demo/9500" in self.refused(tmp_path, run)
            write_table(path, CHANGES, rows)
        with pytest.raises(ProofError, match="is not the file that the manifest"):
            publish(tmp_path, run)
        seal(run, facts_of(run, RUN, RunResult.PUBLISHED))
        publish(tmp_path, run)

    def test_a_row_was_altered_after_the_comparison(self, tmp_path: Path) -> None:
        run = self.staged(tmp_path)
        path = run.table("hotlines")
        rows = read_table(path)
        write_table(path, HOTLINES, [{**row, "verdict": "confirmed"} for row in rows])
        assert "demo/95002 differs in verdict" in self.refused(tmp_path, run)

    def test_changes_of_another_parent(self, tmp_path: Path) -> None:
        run = self.staged(tmp_path)
        other = tmp_path / "other"
        published_run(other, RUN, None, (hotline("95001"),))
        strange = staged_run(other, run_id_of(1), RUN, hotlines=(hotline("95001", "x"),))
        strange.table("changes").replace(run.table("changes"))
        assert "do" in self.refused(tmp_path, run)


def test_events_as_columns_are_those_of_the_rows(tmp_path: Path) -> None:
    """Also where changes are read in parts that end within a row group, and groups are small."""
    days = [dict.fromkeys(NUMBERS[:4], ""), {NUMBERS[0]: "24/7", **dict.fromkeys(NUMBERS[3:], "")}]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "ROW_GROUP", 2)
        patch.setattr(snapshot, "BATCH", 1)
        patch.setattr(table_files, "BATCH", 1)
        patch.setattr(history_writing, "_AT_ONCE", 2)
        runs = publish_days(tmp_path, days)
    data = DataDirectory(tmp_path)
    links = read_links(data)
    for n, run in enumerate(runs):
        rows = list(event_rows(data, links[:n], run, links[n].valid_from))
        assert read_table(events_file(data, run.run_id)) == rows
    assert [row["op"] for row in rows] == ["MOD", "DEL", "DEL", "ADD", "ADD"]
