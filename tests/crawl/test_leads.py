"""What others say, from the endpoint's answer to table `claims`, over a hostile web of our own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from crawling import CONTACT, REPOSITORY, environment
from searched_web import CLONE, FARM, ICP, MAXSIZE, SearchedWeb, open_web, write_brands

from crawler.verbs.replaying import ReplayOptions, replay
from outputs.captures import read_leads
from outputs.claiming import proposals_file
from outputs.run_directory import DataDirectory, RunDirectory, latest_run
from outputs.table_files import read_table
from pipelines.vocabulary import Outcome, SourceKind

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """A crawl that looked elsewhere: the web it saw, the run it made, what it said."""

    web: SearchedWeb
    run: RunDirectory
    data: Path
    stderr: str

    def claims(self, number: str) -> list[Row]:
        digits = number.replace("-", "")
        return [row for row in read_table(self.run.table("claims")) if row["number"] == digits]

    def outcome(self, url: str) -> Outcome:
        return next(fetch.outcome for fetch in read_leads(self.run.path) if fetch.url == url)


def _crawl(web: SearchedWeb, data: Path, *more: str) -> subprocess.CompletedProcess[str]:
    brands = write_brands(data.parent / "brands")
    arguments = ["crawl", "--brands", str(brands), "--data-dir", str(data), "--contact", CONTACT]
    arguments += ["--delay", "0", "--timeout", "5", "--quiet", "--set", "HOTLINES_RETRY_DELAY=0.01"]
    arguments += ["--set", f"DOWNLOAD_MAXSIZE={MAXSIZE}", "--set", "HOTLINES_LEAD_PAGES=14"]
    arguments += ["--set", "HOTLINES_SEARCH_PAGES=1"]
    arguments += [part for mapping in web.resolve for part in ("--resolve", mapping)]
    return subprocess.run(
        [sys.executable, "-m", "crawler.cli", *arguments, *more],
        cwd=REPOSITORY,
        env=dict(environment(web)),
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    data = tmp_path_factory.mktemp("leads") / "data"
    with open_web(tmp_path_factory.mktemp("searched")) as web:
        endpoint = ("--search-endpoint", "http://sousuo.test/search")
        done = _crawl(web, data, "--allow-private", *endpoint)
        assert done.returncode == 0, done.stderr
        run = latest_run(data)
        assert run is not None
        yield Told(web, run, data, done.stderr)


def test_a_number_that_farms_agree_on_stays_a_claim(told: Told) -> None:
    rows = told.claims(FARM)
    assert {row["url"] for row in rows} == {
        "http://www.farm-a.test/1", "http://www.farm-b.test/1", "http://www.farm-b.test/2",
    }  # fmt: skip
    assert {row["domains"] for row in rows} == {2}
    assert [row["verdict"] for row in rows] == ["unsupported"] * 3
    assert rows[0]["spoof_patterns"] == ["says_official"]
    assert all(row["capture_file"].startswith("captures/leads-") for row in rows)


def test_a_clone_is_an_impostor(told: Told) -> None:
    [row] = told.claims(CLONE)
    assert row["verdict"] == "impostor"
    assert row["spoof_patterns"] == ["looks_like:brand_word:shilipay", f"shows_mark:{ICP}"]


def test_a_list_gives_each_number_to_its_brand(told: Told) -> None:
    """News: the right number of each brand, a line of the state, another brand's number."""
    rows = [r for r in read_table(told.run.table("claims")) if r["url"] == "http://www.news.test/a"]
    assert [(row["number"], row["verdict"], row["belongs_to"]) for row in rows] == [
        ("12345", "belongs_to_other", "政务服务便民热线"),
        ("95003", "supported", None),
        ("95199", "belongs_to_other", "biepay"),
    ]


def test_the_words_of_a_result_are_read_where_its_page_is_gone(told: Told) -> None:
    [row] = told.claims("+8618612340976")
    assert (row["url"], row["verdict"]) == ("http://www.shequ.test/t/1", "impostor")
    assert row["verdict_reasons"] == ["no_row", "search_snippet"]
    assert row["spoof_patterns"] == ["shape:mobile_number", "says_official"]


def test_an_account_of_the_brand_claims_too(told: Told) -> None:
    rows = [r for r in told.claims("4001112345") + told.claims("95003") if "weishe" in r["url"]]
    assert [(row["verdict"], row["verdict_reasons"]) for row in rows] == [
        ("unsupported", ["no_row", "declared_account"]),
        ("supported", ["row:official", "declared_account"]),
    ]


def test_hotlines_and_evidence_come_from_declared_ground_alone(told: Told) -> None:
    rows = read_table(told.run.table("hotlines"))
    assert [(row["id"], row["verdict"]) for row in rows] == [
        ("biepay/95199", "official"), ("shilipay/95003", "official"),
    ]  # fmt: skip
    hosts = {row["url"].split("/")[2] for row in read_table(told.run.table("evidence"))}
    assert hosts == {"www.biepay.test", "www.shilipay.test"}


def test_every_attempt_elsewhere_has_an_outcome(told: Told) -> None:
    expected = {
        "http://fenced.farm.test/x": Outcome.ROBOTS,
        "http://fenced.weishe.test/u/x": Outcome.ROBOTS,
        "http://www.weishe.test/u/walled": Outcome.DNS,
        "http://www.jump.test/home": Outcome.REDIRECT_OFF_GROUND,
        "http://www.big.test/x": Outcome.TOO_LARGE,
        "http://www.shequ.test/t/1": Outcome.HTTP_404,
    }
    assert {url: told.outcome(url) for url in expected} == expected
    rows = read_table(told.run.table("captures"))
    held = {(row["url"], row["kind"]) for row in rows}
    assert {(f.url, f.kind.value) for f in read_leads(told.run.path)} <= held


def test_thousands_of_results_cost_a_few_requests(told: Told) -> None:
    leads = [f for f in read_leads(told.run.path) if f.kind is SourceKind.LEAD]
    assert len(leads) == 14  # HOTLINES_LEAD_PAGES
    assert "/3" not in told.web.asked("www.farm-b.test")  # two pages of one domain
    [row] = [
        row
        for row in read_table(told.run.table("issues"))
        if row["code"] == "search_results_left_out"
    ]
    assert "4993 were too many and 10 had no usable address" in row["message"]


def test_nothing_of_a_hostile_result_is_asked(told: Told) -> None:
    """No address of digits; a redirect to another name asks its robots.txt first."""
    assert told.web.asked("127.0.0.1") == []
    assert told.web.asked("door.test") == ["/robots.txt", "/secret"]


def test_an_endpoint_that_talks_nonsense_is_an_issue_and_no_more(told: Told) -> None:
    issues = [r for r in read_table(told.run.table("issues")) if r["code"] == "search_failed"]
    assert [(row["brand_id"], row["message"].partition(" searches")[0]) for row in issues] == [
        ("biepay", "3 of 3"), ("shilipay", "1 of 3"),
    ]  # fmt: skip


def test_accounts_that_cannot_be_read_are_told(told: Told) -> None:
    rows = [r for r in read_table(told.run.table("issues")) if r["code"] == "account_unread"]
    assert {row["url"] for row in rows} == {
        "http://fenced.weishe.test/u/x", "http://www.weishe.test/u/walled",
    }  # fmt: skip


def test_proposals_are_for_a_person(told: Told) -> None:
    import json

    lines = proposals_file(told.run).read_text(encoding="utf-8").splitlines()
    assert [(p["kind"], p["url"], p["marks"]) for p in map(json.loads, lines)] == [
        ("host", "http://www.shilipay-kefu.test/", [ICP]),
        ("page", "https://www.shilipay.test/help/new", []),
    ]
    assert "/help/new" not in told.web.asked("www.shilipay.test")
    assert "2 proposals; look at" in told.stderr
    listed = [entry["path"] for entry in json.loads(told.run.manifest.read_text())["files"]]
    assert {"proposals.jsonl", "captures/leads.jsonl"} <= set(listed)


def test_a_replay_gives_the_same_bytes(told: Told) -> None:
    options = ReplayOptions(told.data, "latest", True, None, False, False, False, True)
    assert replay(options) == 0


def test_the_endpoint_alone_may_lie_at_home(
    told: Told, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Without --allow-private: its answers come, and nobody whom it names gets in behind it."""
    data = tmp_path_factory.mktemp("guarded") / "data"
    before = len(told.web.seen)
    endpoint = ("--search-endpoint", "http://sousuo.test")
    _crawl(told.web, data, "--capture-only", "--brand", "shilipay", *endpoint)
    [run] = DataDirectory(data).all_runs()
    kinds: dict[SourceKind, set[Outcome]] = {}
    for fetch in read_leads(run.path):
        kinds.setdefault(fetch.kind, set()).add(fetch.outcome)
    assert kinds[SourceKind.SEARCH] == {Outcome.OK}
    assert Outcome.OK not in kinds[SourceKind.LEAD]
    assert kinds[SourceKind.SOCIAL] == {Outcome.PRIVATE_ADDRESS}
    leads = {f.url: f.outcome for f in read_leads(run.path)}
    assert leads["http://sousuo.test/admin"] is Outcome.PRIVATE_ADDRESS
    assert told.web.seen[before:] == []  # searches are counted apart
