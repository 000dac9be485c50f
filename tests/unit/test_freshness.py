"""How old is what is published, as a monitor asks it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from run_examples import BRAND, NOW, RUN, SOURCE, VALUES, facts_of, published_run, write_tables

from crawler.cli import main
from crawler.plan import ConfigurationError
from crawler.verbs.monitoring import status
from outputs.freshness import ServiceLevels, freshness
from outputs.publish import publish, quarantine, seal
from outputs.run_directory import DataDirectory, RunDirectory
from pipelines.vocabulary import Outcome, RunResult, SourceKind

HOUR = timedelta(hours=1)
AGES = timedelta(days=99_999)
SECOND = "20261123T211500Z-aaa"


def published(data: Path, *, observed: int = 2) -> RunDirectory:
    """A contact page seen now, a policy page seen nine days ago, a help page never."""
    policy = replace(
        SOURCE,
        url="https://demo.test/policy",
        kind=SourceKind.POLICY,
        last_good=NOW - 216 * HOUR,
        outcome=Outcome.TIMEOUT,
    )
    never = replace(SOURCE, url="https://demo.test/help", kind=SourceKind.HELP, last_good=None)
    found = replace(SOURCE, url="https://demo.test/faq", declared=False, last_good=None)
    run = DataDirectory(data).stage(RUN)
    brand = replace(BRAND, hotlines_observed=observed)
    changes = ()
    values = {
        **VALUES,
        "brands": (brand,),
        "sources": (SOURCE, policy, never, found),
        "hotlines": (),
        "changes": changes,
    }
    write_tables(run, values)
    seal(run, facts_of(run, None, RunResult.PUBLISHED))
    return publish(data, run)


@pytest.mark.parametrize(
    ("levels", "hours", "failures", "stale"),
    [
        (ServiceLevels(), 9999, [], []),
        (ServiceLevels(36 * HOUR), 36, [], []),
        (ServiceLevels(36 * HOUR), 37, ["no hotline was read for more than 36 hours"], []),
        (ServiceLevels(None, {"contact": 2 * HOUR}), 1, [], []),
        (ServiceLevels(None, {"contact": 2 * HOUR}), 3, ["1 of 3 declared sources"], ["contact"]),
        (ServiceLevels(None, {"policy": 300 * HOUR}), 3, [], []),
        (ServiceLevels(None, {"policy": 200 * HOUR}), 3, ["1 of 3 declared sources"], ["policy"]),
        (ServiceLevels(None, {"help": 9999 * HOUR}), 0, ["1 of 3 declared sources"], ["help"]),
        (
            ServiceLevels(None, {"demo": 300 * HOUR, "policy": HOUR}),
            0,
            ["1 of 3 declared sources"],
            ["help"],
        ),
        (
            ServiceLevels(None, {"source": 36 * HOUR}),
            1,
            ["2 of 3 declared sources"],
            ["help", "policy"],
        ),
    ],
)
def test_service_levels(
    tmp_path: Path, levels: ServiceLevels, hours: int, failures: list[str], stale: list[str]
) -> None:
    run, now = published(tmp_path), NOW + hours * HOUR
    found = freshness(run, levels, now)
    assert found.observed == NOW
    told = list(found.failures(levels, now))
    assert len(told) == len(failures)
    assert all(text.startswith(begin) for text, begin in zip(told, failures, strict=True))
    assert sorted(source.kind for source in found.stale_sources) == stale


def test_a_run_that_observed_nothing_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published(tmp_path, observed=0)
    assert status(tmp_path, ages={}, strict=False, as_json=False) == 3
    assert "FAILURE: the latest run observed no hotline at all" in capsys.readouterr().out


def test_a_monitor_calls_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = published(tmp_path)
    assert status(tmp_path, ages={"": AGES}, strict=False, as_json=True) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["latest"] == run.run_id
    assert document["observed"] == "2026-11-22T21:15:00Z"
    assert document["failures"] == []
    assert status(tmp_path, ages={"": timedelta()}, strict=False, as_json=False) == 3
    assert "STALE: no hotline was read for more than 0 minutes" in capsys.readouterr().out
    assert status(tmp_path, ages={"policy": HOUR}, strict=False, as_json=False) == 3
    told = capsys.readouterr().out
    assert "stale source: demo policy https://demo.test/policy: last good answer" in told
    assert "; asked last 2026-11-22 21:15: timeout" in told
    assert told.startswith("STALE: 1 of 3 declared sources are older than their service level\n")
    assert status(tmp_path, ages={"contact": AGES}, strict=False, as_json=False) == 0
    assert capsys.readouterr().out.startswith("OK: hotlines were last read ")
    assert status(tmp_path, ages={}, strict=False, as_json=False) == 0
    assert capsys.readouterr().out.startswith("latest published run: ")  # nobody asked
    with pytest.raises(ConfigurationError, match=r"agreement=…: .* could never ring"):
        status(tmp_path, ages={"agreement": HOUR}, strict=False, as_json=False)
    with pytest.raises(ConfigurationError, match="--max-age polcy=…: no brand of run"):
        status(tmp_path, ages={"polcy": HOUR}, strict=False, as_json=False)


def test_a_refused_last_run_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    published_run(tmp_path)
    from run_examples import staged_run

    run = staged_run(tmp_path, SECOND, RUN, RunResult.QUARANTINED)
    facts = facts_of(run, RUN, RunResult.QUARANTINED)
    ended = facts.finished + HOUR
    seal(run, replace(facts, reasons=("too_few_hotlines: 2, the parent has 30",), finished=ended))
    quarantine(tmp_path, run)
    assert status(tmp_path, ages={"": AGES}, strict=False, as_json=False) == 0
    told = capsys.readouterr().out
    assert f"last run: {SECOND} (quarantined)\n  too_few_hotlines: 2, the parent has 30" in told
    assert status(tmp_path, ages={"": AGES}, strict=True, as_json=False) == 3
    told = capsys.readouterr().out
    assert f"the last run, {SECOND}, was not published" in told
    advice = f"hotlines accept {SECOND} --reason '…', or hotlines reject {SECOND} --reason '…'"
    assert f"nobody decided on it yet: {advice}" in told
    with pytest.raises(SystemExit):
        main(["reject", SECOND, "--reason", "the site was down", "--data-dir", str(tmp_path)])
    assert status(tmp_path, ages={"": AGES}, strict=False, as_json=False) == 0
    told = capsys.readouterr().out
    assert f"last run: {SECOND} (quarantined, rejected by a person)" in told
    assert "nobody decided" not in told


def test_nothing_published_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(tmp_path, ages={}, strict=False, as_json=False) == 3
    assert "no published run yet" in capsys.readouterr().err
    assert status(tmp_path, ages={}, strict=False, as_json=True) == 3
    document = json.loads(capsys.readouterr().out)
    assert (document["latest"], document["stale"]) == (None, True)
    assert "no published run yet" in document["failures"][0]
