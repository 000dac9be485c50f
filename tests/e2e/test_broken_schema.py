"""A row that breaks the schema: the run is kept with its reason, and nothing of it is published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.cli import main
from outputs.manifest import read_manifest
from outputs.prune import plan_pruning
from outputs.run_directory import DataDirectory, read_index
from pipelines.model import BrandOutcome, Hotline
from pipelines.process_brand import process_brand
from pipelines.vocabulary import Outcome
from tests.e2e.written_runs import Answer, Runs, contact, runs

EINS = "https://eins.test/contact"
Break = Callable[[Hotline], Hotline]
_SAME = Outcome.NOT_MODIFIED


@pytest.fixture
def told(tmp_path: Path) -> Runs:
    made = runs(tmp_path / "data", "eins", "zwei")
    assert made.run() == 0
    return made


def verb(told: Runs, *arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--data-dir", str(told.data)])
    return int(str(ended.value.code))


def breaking(patch: pytest.MonkeyPatch, change: Break, *brands: str) -> None:
    """From now on the stage that makes rows has a defect, seen in these brands."""

    def broken(brand: object, *given: object, **named: object) -> BrandOutcome:
        made = process_brand(brand, *given, **named)  # type: ignore[arg-type]
        if made.row.brand_id not in brands:
            return made
        return replace(made, hotlines=tuple(map(change, made.hotlines)))

    patch.setattr("outputs.crawled.process_brand", broken)


def null_hours(row: Hotline) -> Hotline:
    return replace(row, hours=None)  # type: ignore[arg-type]


def refused_of(told: Runs) -> str:
    [refused] = DataDirectory(told.data).quarantined.iterdir()
    return refused.name


@pytest.mark.parametrize("brands", [("zwei",), ("eins", "zwei")], ids=["one brand", "every brand"])
def test_a_broken_row_makes_a_bad_run_not_a_bad_brand(
    told: Runs,
    brands: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = told.latest
    breaking(monkeypatch, null_hours, *brands)
    told.pages[EINS] = contact(told.brands[0], "95009")
    assert told.run() == 3
    assert told.latest == before
    run_id, said = refused_of(told), capsys.readouterr().err
    reason = f"table hotlines, brand {brands[0]}, column hours, rule not null: value is null"
    assert f"schema_broken: {reason} (row {brands[0]}/" in said
    assert f"hotlines process {run_id}" in said
    assert "hotlines accept" not in said
    line = read_index(told.data)[-1]
    assert (line["run_id"], line["result"]) == (run_id, "quarantined")
    assert verb(told, "verify") == 0


def test_it_cannot_be_accepted_but_rejected(
    told: Runs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    breaking(monkeypatch, null_hours, "zwei")
    told.run()
    before, run_id = told.latest, refused_of(told)
    for more in ((), ("--brand", "zwei")):
        capsys.readouterr()
        assert verb(told, "accept", run_id, "--reason", "looked", *more) == 2
        said = capsys.readouterr().err
        assert "because a row breaks the schema (table hotlines, brand zwei, column hours" in said
        assert f"hotlines process {run_id}" in said
    assert verb(told, "diff", run_id) != 0
    assert "has no table changes" in capsys.readouterr().err
    assert told.latest == before
    assert verb(told, "reject", run_id, "--reason", "reported") == 0
    assert verb(told, "status", "--strict") == 0


def test_a_corrected_program_builds_it(told: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    told.pages[EINS] = contact(told.brands[0], "95009")
    with monkeypatch.context() as patch:
        breaking(patch, null_hours, "eins")
        told.run()
    run_id = refused_of(told)
    assert verb(told, "process", run_id) == 0
    assert told.latest.run_id == run_id
    assert "eins/95009" in told.states()
    assert not list(DataDirectory(told.data).quarantined.iterdir())


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda row: replace(row, number_class="short_97"), "column number_class, rule closed set"),
        (lambda row: replace(row, labels=("\ud83d",)), "column labels, rule text in UTF-8"),
        (lambda row: replace(row, evidence_count=1.5), "column evidence_count, rule type int64"),
        (lambda row: replace(row, number="95001"), "rule distinct keys"),
    ],
)  # fmt: skip
def test_the_reason_names_the_rule(
    told: Runs, change: Break, rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaking(monkeypatch, change, "eins")
    assert told.run() == 3
    run = DataDirectory(told.data).quarantined / refused_of(told)
    [reason] = read_manifest(DataDirectory(told.data).all_runs()[-1]).facts.reasons
    assert run.is_dir()
    assert reason.startswith("schema_broken: table hotlines, brand eins, column ")
    assert rule in reason


HALVES = (
    Answer('{"hotline": "客服热线：95009 \\ud83d", "\\udc00": 1}', kind="application/json"),
    Answer(
        '<title>x &#xD83D;</title><script type="application/ld+json">{"telephone": "95009", '
        '"name": "\\ud83d"}</script>'
        '<script>window.__INITIAL_STATE__ = {"a": "客服热线：95009 \\ud83d"}; '
        'window.__DATA__ = JSON.parse("{\\"a\\": \\"客服电话：95009 \\ud83d\\"}")</script>'
        "<p>客服热线：95009 &#55357;</p><a href='mailto:a&#xDC00;@eins.test'>mail</a>"
    ),
)


@pytest.mark.parametrize("page", HALVES, ids=["JSON", "scripts and entities"])
def test_half_a_character_on_a_page_breaks_no_run(told: Runs, page: Answer) -> None:
    """Where a script cut an emoji in two: no UTF-8 text, and nobody's defect but the page's."""
    told.pages[EINS] = page
    assert told.run() == 0
    assert told.states()["eins/95009"] == "observed"


def test_replay_says_that_todays_program_is_broken(
    told: Runs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    breaking(monkeypatch, null_hours, "eins")
    for asked in (["--check"], ["--compare"], ["--since", told.latest.run_id]):
        assert verb(told, "replay", *asked) == 2
        said = capsys.readouterr().err
        assert "today's program cannot build run" in said
        assert "brand eins, column hours" in said


def test_its_captures_and_those_it_reads_again_are_not_pruned(
    told: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a corrected program will read must be there, though no table of the run names it."""
    first = told.latest.run_id
    told.pages = {url: replace(page, outcome=_SAME) for url, page in told.pages.items()}
    with monkeypatch.context() as patch:
        breaking(patch, null_hours, "eins")
        told.run()
    told.pages = {b.sources[0].url: contact(b, "95009") for b in told.brands}
    for _ in range(3):
        told.run()
    [plan] = [p for p in plan_pruning(told.data, keep=2, older_than=None) if p.run.run_id == first]
    assert not [name for name in plan.files if name.endswith(".warc.gz")]
