"""The twenty cases in which comparable projects fail, one test each, by their number.

Captures are written by the tests; reading, deciding, building and publishing are the program's.
"""

from __future__ import annotations

import json
import os
import signal
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

import pytest

from crawler.cli import main
from outputs.changes import read_changes
from outputs.lock import hold_lock
from outputs.manifest import read_manifest, verify_files
from outputs.proof import content_rows
from outputs.publish import repair
from outputs.run_directory import DataDirectory, RunDirectory
from outputs.table_files import read_table
from pipelines.diff import apply
from pipelines.model import Page
from pipelines.process import process_page
from pipelines.rules import load_rules
from pipelines.vocabulary import NumberClass, Outcome
from tests.e2e.written_runs import Answer, Runs, brand, contact, merchant_is_vip, runs, use_rules

EINS = "https://eins.test/contact"
FIVE = ("eins", "zwei", "drei", "vier", "funf", "sechs")
OURS = {"eins/95007", "eins/4000001999"}
TWELVE = ("商户", "个人", "境外", "理财", "保险", "信贷",
          "企业", "贵宾", "挂失", "安全", "收单", "外卡")  # fmt: skip


@pytest.fixture
def told(tmp_path: Path) -> Runs:
    """Six brands after their first run."""
    made = runs(tmp_path / "data", *FIVE)
    assert made.run() == 0
    return made


def hotlines(told: Runs, *arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--data-dir", str(told.data)])
    return int(str(ended.value.code))


def ours(told: Runs) -> dict[str, str]:
    return {key: state for key, state in told.states().items() if key.startswith("eins/")}


def ages(told: Runs) -> dict[object, tuple[object, ...]]:
    names = ("first_seen", "last_seen", "last_checked")
    return {row["id"]: tuple(row[name] for name in names) for row in told.rows()}


def removed(told: Runs) -> list[str]:
    return [row_id for op, row_id in told.causes() if op == "DEL"]


def test_case_01_all_pages_of_an_entity_answer_403(told: Runs) -> None:
    before = ages(told)
    told.pages[EINS] = Answer(outcome=Outcome.BLOCKED)
    for _ in range(3):
        assert told.run() == 0
        assert removed(told) == []
    assert ours(told) == dict.fromkeys(OURS, "not_observed blocked")
    assert {key: age for key, age in ages(told).items() if key in OURS} == {
        key: before[key] for key in OURS
    }


def test_case_01_all_pages_of_all_entities_answer_403(told: Runs) -> None:
    before = told.latest
    told.pages = {url: Answer(outcome=Outcome.BLOCKED) for url in told.pages}
    assert told.run() == 4
    assert told.latest == before


def test_case_02_one_page_gives_one_of_its_usual_twelve_numbers(tmp_path: Path) -> None:
    lines = [f"<p>{name}服务热线：400-812-31{i:02}</p>" for i, name in enumerate(TWELVE)]
    told = Runs(tmp_path / "data", (brand("eins"),))
    told.pages[EINS] = Answer(f"<h1>联系我们</h1>{''.join(lines)}")
    assert told.run() == 0
    before = told.latest
    assert len(told.rows()) == 12
    told.pages[EINS] = Answer(f"<h1>联系我们</h1>{lines[0]}")
    assert told.run() == 3
    assert told.latest == before
    [refused] = DataDirectory(told.data).quarantined.iterdir()
    assert "eins" in " ".join(read_manifest(RunDirectory(refused)).facts.reasons)
    assert len(read_table(RunDirectory(refused).table("hotlines"))) == 12


def test_case_03_the_crawl_yields_nothing_and_exits_with_zero(
    told: Runs, capsys: pytest.CaptureFixture[str]
) -> None:
    before, told.pages = told.latest, {}
    assert told.run() == 4
    assert told.latest == before
    capsys.readouterr()
    hotlines(told, "status", "--json")
    assert json.loads(capsys.readouterr().out)["last_run"]["result"] == "nothing_fetched"


def test_case_04_429_then_200_with_the_same_body(told: Runs) -> None:
    told.pages[EINS] = replace(told.pages[EINS], first=Outcome.RATE_LIMITED)
    assert told.run() == 0
    assert told.rows("changes") == []
    assert set(ours(told).values()) == {"observed"}
    attempts = [r["outcome"] for r in told.rows("captures") if r["url"] == EINS]
    assert attempts == ["rate_limited", "ok"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "empty"),
        ("<div id=app></div><script>start()</script>", "script_shell"),
        ("<title>404</title><p>您访问的页面不存在</p>", "soft_404"),
    ],
)
def test_case_05_200_without_the_page(told: Runs, body: str, reason: str) -> None:
    told.pages[EINS] = Answer(body)
    for _ in range(3):
        assert told.run() == 0
    assert ours(told) == dict.fromkeys(OURS, f"not_observed {reason}")


def test_case_06_a_source_taken_out_of_the_registry_on_purpose(tmp_path: Path) -> None:
    told = Runs(tmp_path / "data", (brand("eins", "/contact", "/help"),))
    told.pages = {EINS: contact(told.brands[0]), "https://eins.test/help": Answer(
        "<h1>帮助</h1><p>客服热线：95008</p>")}  # fmt: skip
    told.run()
    told.brands = (brand("eins", "/contact"),)
    del told.pages["https://eins.test/help"]
    assert told.run() == 0
    assert told.causes() == {
        ("DEL", "eins/95008"): ("registry", "source_retired"),
        ("MOD", "eins/95007"): ("registry", ""),  # no page contradicts it any more
    }


def test_case_07_a_source_and_a_brand_that_are_renamed(told: Runs) -> None:
    """The page lies elsewhere, and the brand has another name: the same numbers of the same id."""
    before = told.states()
    renamed = replace(brand("eins", "/kefu"), name_zh="示例新名", aliases=(told.brands[0].name_zh,))
    told.brands = (renamed, *told.brands[1:])
    told.pages["https://eins.test/kefu"] = contact(renamed)
    told.pages[EINS] = Answer(outcome=Outcome.HTTP_404)
    for _ in range(2):
        assert told.run() == 0
        assert {op for op, _ in told.causes()} <= {"MOD"}
    assert told.states() == before


def test_case_08_the_previous_good_run_is_forty_days_old(told: Runs) -> None:
    told.pages[EINS] = contact(told.brands[0], "95009")
    parent = told.latest.run_id
    assert told.run(days=40) == 0
    assert read_manifest(told.latest).facts.parent == parent
    assert told.causes() == {
        ("ADD", "eins/95009"): ("source", ""),
        ("MOD", "eins/95007"): ("source", "absent:1/2"),
    }


def test_case_09_no_previous_run(told: Runs) -> None:
    assert set(told.causes().values()) == {("source", "")}
    assert {op for op, _ in told.causes()} == {"ADD"}
    assert {row_id for _, row_id in told.causes()} == set(told.states())
    assert read_manifest(told.latest).facts.parent is None


def test_case_10_no_change(told: Runs) -> None:
    before = read_manifest(told.latest).facts.state_hash
    assert told.run() == 0
    assert told.latest.table("changes").is_file()
    assert told.rows("changes") == []
    assert read_manifest(told.latest).facts.state_hash == before


def test_case_11_change_files_give_every_snapshot_however_many_were_missed(told: Runs) -> None:
    down, empty = Answer(outcome=Outcome.TIMEOUT), Answer("<p>页面不存在</p>")
    one = told.brands[0]
    for answer in (contact(one, "95009"), down, empty, contact(one, "95009"), contact(one)):
        told.pages[EINS] = answer
        assert told.run() == 0
    published = DataDirectory(told.data).all_runs()
    snapshots = [_content(run) for run in published]
    assert len({json.dumps(s, sort_keys=True) for s in snapshots}) >= 4
    for start in range(len(published)):
        state = snapshots[start]
        for run, snapshot in zip(published[start + 1 :], snapshots[start + 1 :], strict=True):
            state = apply(state, read_changes(run.table("changes")))
            assert state == snapshot


def _content(run: RunDirectory) -> dict[str, dict[str, object]]:
    return {str(row["id"]): dict(row) for row in content_rows(run.table("hotlines"))}


@pytest.mark.parametrize("call", ["rename", "replace"])
def test_case_12_killed_while_writing(told: Runs, call: str) -> None:
    """At the rename that places the run, and at the first file that is replaced afterwards."""
    before = told.latest
    told.pages[EINS] = contact(told.brands[0], "95009")
    child = os.fork()
    if child == 0:
        _run_until(told, call)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert told.latest == before
    assert verify_files(before) == ()
    told.count, told.now = told.count + 2, told.now.replace(hour=22)
    repair(told.data)
    assert told.run() == 0
    assert "eins/95009" in told.states()
    chain = [read_manifest(run).facts for run in DataDirectory(told.data).all_runs()
             if run.path.name == run.run_id]  # fmt: skip
    assert all(later.parent == sooner.run_id for sooner, later in pairwise(chain))


def _run_until(told: Runs, call: str) -> NoReturn:
    real = os.rename

    def stop(*_: object, **__: object) -> NoReturn:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    def placed(source: str, target: str) -> None:
        if not os.fspath(source).endswith(".open"):
            if call == "rename":
                stop()
            os.replace = stop
        real(source, target)

    try:
        os.rename = placed
        told.run()
    finally:
        os._exit(1)


def test_case_13_two_runs_at_once(told: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    before = told.latest
    with hold_lock(told.data, started=told.now):
        assert hotlines(told, "process", before.run_id) == 75
        assert hotlines(told, "replay", "--since", before.run_id) == 75
    assert told.latest == before
    assert str(os.getpid()) in capsys.readouterr().err


def test_case_14_numbers_are_typed_and_other_digits_are_none() -> None:
    text = (
        "客服热线：95188 客服热线：9510222 短信由 1065795555 发送 "
        "ICP备案：浙ICP备11027771号-1 更新日期：2026-11-22 查号台：11888"
    )
    reading = process_page(Page("https://eins.test/", text.encode(), content_type="text/plain"),
                           load_rules())  # fmt: skip
    found = {e.number: e.number_class for e in reading.evidence}
    assert found.pop("95188") is NumberClass.SHORT_95
    assert found.pop("9510222") is NumberClass.SHORT_95
    assert found.pop("11888", NumberClass.CARRIER) is NumberClass.CARRIER
    assert found.pop("1065795555", NumberClass.SMS) is NumberClass.SMS
    assert found == {}, "neither the licence nor the date, and no landline of them"


def test_case_15_json_ld_with_two_telephones(tmp_path: Path) -> None:
    points = [
        {"@type": "ContactPoint", "telephone": number, "contactType": "customer service"}
        for number in ("95007", "400-000-1999")
    ]
    block = json.dumps({"@type": "Organization", "name": "示例eins", "contactPoint": points})
    told = runs(tmp_path / "data", "eins")
    told.pages[EINS] = Answer(
        f"<title>联系我们</title><script type=application/ld+json>{block}</script><p>欢迎光临</p>"
    )
    told.run()
    assert set(told.states()) == OURS


def test_case_16_an_expired_certificate(told: Runs) -> None:
    told.pages[EINS] = replace(contact(told.brands[0], "95666"), outcome=Outcome.TLS_EXPIRED)
    assert told.run() == 0
    assert ours(told) == dict.fromkeys(OURS, "not_observed tls_expired")


def test_case_17_a_redirect_to_a_look_alike_host(told: Runs) -> None:
    there = "https://eins-test.example/contact"
    told.pages[EINS] = replace(contact(told.brands[0], "95666"), final_url=there)
    assert told.run() == 0
    assert ours(told) == dict.fromkeys(OURS, "not_observed redirect_off_ground")
    [alarm] = [r for r in told.rows("issues") if r["code"] == "redirect_off_ground"]
    assert (alarm["level"], alarm["url"]) == ("error", EINS)
    assert there in str(alarm["message"])


def test_case_18_a_wrong_byte_in_a_published_table(
    told: Runs, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hotlines(told, "verify", "-q") == 0
    path = told.latest.table("hotlines")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert hotlines(told, "verify", "-q") == 3
    assert "hotlines.parquet" in capsys.readouterr().out


def test_case_19_another_rule_reads_unchanged_pages_anew(
    told: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.pages = dict.fromkeys(told.pages, Answer(outcome=Outcome.NOT_MODIFIED))
    assert told.run() == 0
    assert told.rows("changes") == []
    use_rules(monkeypatch, merchant_is_vip())
    assert told.run() == 0
    assert {r["status"] for r in told.rows("captures")} == {304}
    assert told.causes() == {("MOD", f"{name}/4000001999"): ("pipeline", "") for name in FIVE}


def test_case_20_the_schedule_stops_for_two_periods(
    told: Runs, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hotlines(told, "status", "--max-age", "9999d") == 0
    assert hotlines(told, "status", "--max-age", "48h") == 3
    assert "STALE" in capsys.readouterr().out
