"""`replay`: old captures, today's rules. What is published stays; what differs is our doing."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.cli import main
from crawler.verbs.replaying import ReplayOptions
from crawler.verbs.replaying import replay as run_replay
from outputs.manifest import Manifest, read_manifest, verify_files
from outputs.proof import prove
from outputs.publish import seal as real_seal
from outputs.run import RunInputs
from outputs.run_directory import DataDirectory
from outputs.verify import verify
from pipelines.vocabulary import Outcome
from tests.e2e.written_runs import (
    Answer,
    Runs,
    changed_rules,
    contact,
    merchant_is_no_service,
    merchant_is_vip,
    runs,
    use_rules,
)

MERCHANT = "400-000-1999"
NAMES = ("eins", "zwei")


@pytest.fixture(scope="module")
def three_days(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """On day 3 a page has another number, and a host fails."""
    told = runs(tmp_path_factory.mktemp("replay") / "data", *NAMES)
    assert told.run() == 0
    assert told.run() == 0
    told.pages["https://eins.test/contact"] = contact(told.brands[0], "95009")
    told.pages["https://zwei.test/contact"] = Answer(outcome=Outcome.TIMEOUT)
    assert told.run() == 0
    return told


@pytest.fixture
def told(three_days: Runs, tmp_path: Path) -> Runs:
    shutil.copytree(three_days.data, tmp_path / "data", symlinks=True)
    return Runs(tmp_path / "data", three_days.brands, dict(three_days.pages), 3, three_days.now)


def replay(told: Runs, *arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["replay", *arguments, "--data-dir", str(told.data)])
    return int(str(ended.value.code))


def first(told: Runs) -> str:
    return DataDirectory(told.data).all_runs()[0].run_id


def files_of(told: Runs) -> dict[str, bytes]:
    runs = (p for p in (told.data / "runs").rglob("*") if p.is_file())
    return {p.relative_to(told.data).as_posix(): p.read_bytes() for p in runs}


# --- compare ----------------------------------------------------------------------------------


def test_the_same_rules_change_nothing(told: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay(told, "--compare", "--since", first(told), "--exit-code") == 0
    assert "0 would change; nothing was published" in capsys.readouterr().out


def test_compare_tells_by_rule_what_would_change(
    told: Runs, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_of(told)
    use_rules(monkeypatch, merchant_is_vip())
    assert replay(told, "--compare", "--since", first(told), "--exit-code", "--json") == 10
    document = json.loads(capsys.readouterr().out)
    assert [(r["published"], r["today"], r["modified"]) for r in document["runs"]] == [
        (4, 4, 2), (4, 4, 2), (5, 5, 2),
    ]  # fmt: skip
    both = [f"{name}/4000001999" for name in NAMES]
    # the host that failed on day 3 has no mention that day; its row differs all the same
    assert document["rules"] == [
        {"rule": "label:before 商户服务热线", "mentions": 1, "hotlines": both[:1]},
        {"rule": "stage:reconcile", "mentions": 0, "hotlines": both[1:]},
    ]
    assert [(c["op"], c["id"], c["cause"]) for c in document["changes"]] == [
        ("MOD", name, "pipeline") for name in both
    ]
    assert files_of(told) == before


def test_compare_is_readable(
    told: Runs, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    use_rules(monkeypatch, merchant_is_no_service())
    assert replay(told, "--compare", first(told)) == 0
    shown = capsys.readouterr().out
    assert "4 hotlines published, 2 by today's rules, 2 would change" in shown
    lines = [line.split() for line in shown.splitlines()]
    assert ["label:before", "商户服务热线", "2", "2"] in lines
    assert [words[:2] for words in lines if words[:1] == ["-"]] == [
        ["-", f"{name}/4000001999"] for name in NAMES
    ]


# --- a new run --------------------------------------------------------------------------------


def test_since_publishes_a_run_of_its_own(told: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    before, old = files_of(told), told.latest
    use_rules(monkeypatch, merchant_is_vip())
    assert replay(told, "--since", first(told)) == 0
    now = files_of(told)
    assert {name: now[name] for name in before} == before, "nothing published is touched"
    facts = read_manifest(told.latest).facts
    assert facts.parent == old.run_id
    assert told.causes() == {("MOD", f"{name}/4000001999"): ("pipeline", "") for name in NAMES}
    assert {r["purposes"][0] for r in told.rows() if "4000001999" in str(r["id"])} == {"vip"}  # type: ignore[index]
    prove(old, told.latest)
    assert verify_files(told.latest) == ()
    assert verify(told.data).damages == ()


def test_old_data_is_never_called_new(told: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run is made today; what it says is as old as the captures it rests on."""
    seen = {r["id"]: (r["last_seen"], r["last_checked"], r["first_seen"]) for r in told.rows()}
    started = read_manifest(told.latest).facts.started
    use_rules(monkeypatch, merchant_is_vip())
    replay(told, "--since", first(told))
    assert read_manifest(told.latest).facts.started == started
    now = {r["id"]: (r["last_seen"], r["last_checked"], r["first_seen"]) for r in told.rows()}
    assert now == seen
    with pytest.raises(SystemExit) as ended:
        main(["status", "--max-age", "36h", "--data-dir", str(told.data)])
    assert datetime.now(UTC) - started > timedelta(hours=36), "the days of this test are past"
    assert ended.value.code == 3


def test_a_replayed_run_is_replayed_again_byte_for_byte(
    told: Runs, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    use_rules(monkeypatch, merchant_is_vip())
    replay(told, "--since", first(told))
    assert replay(told, "latest", "--check") == 0
    assert "all bytes identical" in capsys.readouterr().out


def test_a_number_that_only_todays_rules_find_was_there_since_its_first_capture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = runs(tmp_path / "data", *NAMES)
    with monkeypatch.context() as patch:
        use_rules(patch, merchant_is_no_service())
        told.run()
        told.run()
    assert len(told.rows()) == 2
    replay(told, "--since", first(told))
    assert set(told.causes().values()) == {("pipeline", "")}
    found = {r["id"]: r for r in told.rows()}
    assert found["eins/4000001999"]["first_seen"] == found["eins/95007"]["first_seen"]


def test_what_only_todays_rules_no_longer_read(told: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    use_rules(monkeypatch, merchant_is_no_service())
    replay(told, "--since", first(told))
    gone = ("pipeline", "not_read_by_todays_rules")
    assert told.causes() == {("DEL", f"{name}/4000001999"): gone for name in NAMES}


def test_captures_that_were_read_twice_count_once(
    told: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next crawl goes on from the replay as it would have from the run it replays."""
    assert told.states()["eins/95007"] == "not_observed absent:1/2"
    use_rules(monkeypatch, merchant_is_vip())
    replay(told, "--since", first(told))
    assert told.states()["eins/95007"] == "not_observed absent:1/2"
    told.pages["https://zwei.test/contact"] = contact(told.brands[1])
    assert told.run() == 0
    assert told.causes() == {
        ("DEL", "eins/95007"): ("source", "gone_from_pages"),
        ("MOD", "zwei/4000001999"): ("source", ""),
        ("MOD", "zwei/95007"): ("source", ""),
    }


def test_nothing_to_publish(told: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    old = told.latest
    assert replay(told, "--since", first(told)) == 0
    assert "nothing to publish" in capsys.readouterr().out
    assert told.latest == old


def test_what_only_changes_a_channel_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = runs(tmp_path / "data", "eins")
    body = told.pages["https://eins.test/contact"].body
    mail = Answer(f"{body}<p>客服邮箱：help@eins.test</p>")
    told.pages["https://eins.test/contact"] = mail
    with monkeypatch.context() as patch:
        use_rules(patch, changed_rules("channels/channels.toml", 'gate = ["@"', 'gate = ["＠＠"'))
        told.run()
    old = told.latest
    assert told.rows("channels") == []
    assert replay(told, "--since", first(told)) == 0
    assert told.latest != old
    assert told.causes() == {}, "no number reads otherwise"
    assert [row["value"] for row in told.rows("channels")] == ["help@eins.test"]


# --- what cannot be replayed ------------------------------------------------------------------


def test_lost_captures_are_no_rule_change(told: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    old = told.latest
    [file] = DataDirectory(told.data).all_runs()[0].captures.glob("*.warc.gz")
    file.unlink()
    assert replay(told, "--since", first(told)) == 1
    said = capsys.readouterr().err
    assert "begin with a later run" in said
    assert "Traceback" not in said
    assert told.latest == old
    assert not [r for r in DataDirectory(told.data).all_runs() if r.path.name != r.run_id]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--since", "2027"), "no run '2027'"),
        (("FIRST", "--since", "LAST"), "leave RUN out"),
        (("FIRST", "--compare", "--since", "LAST"), "does not continue"),
        (("--check", "--compare"), "--check is about the bytes of one run"),
    ],
)
def test_what_was_asked_makes_no_sense(
    told: Runs, arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {"FIRST": first(told), "LAST": told.latest.run_id}
    assert replay(told, *(names.get(word, word) for word in arguments)) == 2
    assert said in capsys.readouterr().err


def test_a_refused_replay_is_built_by_replay_only(
    told: Runs, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All numbers gone is refused by the gate, whoever caused it."""
    use_rules(monkeypatch, merchant_is_vip())
    monkeypatch.setattr("outputs.run.judge_run", _refuse)
    assert replay(told, "--since", first(told)) == 3
    [refused] = [r for r in DataDirectory(told.data).all_runs() if "quarantine" in str(r.path)]
    with pytest.raises(SystemExit) as ended:
        main(["process", refused.run_id, "--data-dir", str(told.data)])
    assert ended.value.code == 2
    assert f"hotlines replay --since {first(told)}" in capsys.readouterr().err


def _refuse(*_: object, **__: object) -> object:
    from pipelines.gate import RunVerdict
    from pipelines.vocabulary import RunResult

    return RunVerdict(RunResult.QUARANTINED, ("for a test",))


def test_what_a_killed_replay_left_is_nobodys_crawl(
    told: Runs, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no captures of its own: `--resume` leaves it, the next replay takes it away."""
    use_rules(monkeypatch, merchant_is_vip())
    child = os.fork()
    if child == 0:
        try:
            import outputs.run

            outputs.run.seal = _kill  # type: ignore[assignment]
            options = ReplayOptions(told.data, since=first(told), quiet=True)
            monkeypatch.setattr("outputs.replaying.build", _tables_only(outputs.run.build))
            run_replay(options)
        finally:
            os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    [left] = [r for r in DataDirectory(told.data).all_runs() if r.path.name != r.run_id]
    with pytest.raises(SystemExit) as ended:
        main(["crawl", "--resume", "--contact", "t@example.org", "--data-dir", str(told.data)])
    assert ended.value.code == 2
    assert "no crawl in" in capsys.readouterr().err
    assert replay(told, "--since", first(told)) == 0
    assert not left.path.exists()
    assert verify(told.data).damages == ()
    assert verify(told.data).unfinished == ()


def _kill(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _tables_only(build: Callable[[RunInputs], Manifest]) -> Callable[[RunInputs], Manifest]:
    """Rebuilt runs are sealed as ever; only the run to publish meets the kill."""

    def built(inputs: RunInputs) -> Manifest:
        import outputs.run

        kill, outputs.run.seal = outputs.run.seal, real_seal
        try:
            return build(inputs)
        finally:
            outputs.run.seal = kill

    return built
