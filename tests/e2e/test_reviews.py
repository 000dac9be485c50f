"""Reviews from the file a person writes to the published row; listings as a last reason."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from written_runs import Answer, Runs, contact, runs

from crawler.cli import main
from crawler.review_files import load_reviews
from crawler.verbs.running import CrawlOptions
from crawler.verbs.starting import resumed
from outputs.manifest import read_manifest
from pipelines.model import Fact, Source
from pipelines.review import RunReviews
from pipelines.vocabulary import Grade, SourceKind

REJECT = """\
[[review]]
brand = "eins"
number = "95007"
decision = "reject"
reason = "nobody answers there"
reviewer = "li"
date = 2026-03-01
expires = 2026-04-01
"""
NEW = (
    "<!doctype html><meta charset=utf-8><title>示例eins 联系我们</title><h1>联系我们</h1>"
    "<p>客服热线：95007（7×24小时）</p><p>投诉热线：400-000-1998</p>"
    "<p>商户服务热线：400-000-1999</p><p>服务时间：每日</p>"
)


def written(directory: Path, text: str) -> RunReviews:
    directory.mkdir(exist_ok=True)
    (directory / "eins.toml").write_text(text, encoding="utf-8")
    return RunReviews(load_reviews(directory, ("eins",)))


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(str(ended.value.code)), capsys.readouterr().out


def verdicts(story: Runs) -> dict[object, object]:
    return {row["id"]: row["verdict"] for row in story.rows()}


def test_a_rejected_number_is_not_official_and_replay_says_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story = runs(tmp_path / "data", "eins")
    assert story.run() == 0
    before = read_manifest(story.latest).facts.digests["reviews"]
    story.reviews = written(tmp_path / "reviews", REJECT)
    assert story.run() == 0
    assert verdicts(story)["eins/95007"] == "unverified"
    assert story.causes() == {("MOD", "eins/95007"): ("review", "")}
    assert read_manifest(story.latest).facts.digests["reviews"] != before

    where = ("--data-dir", str(story.data))
    assert said(capsys, "replay", "latest", "--check", *where)[0] == 0
    assert said(capsys, "verify", *where)[0] == 0
    assert said(capsys, "check", "95007", *where)[0] == 21
    told = said(capsys, "explain", "eins/95007", "--lang", "en", *where)[1]
    assert "a person looked and rejects it" in told
    assert "nobody answers there (li, 2026-03-01 to 2026-04-01)" in told
    listed = json.loads(said(capsys, "review", "list", "--json", *where)[1])
    assert [(r["hotline"], r["state"]) for r in listed["reviews"]] == [("eins/95007", "in_force")]

    story.run(days=60)
    assert verdicts(story)["eins/95007"] == "official"
    assert story.causes() == {("MOD", "eins/95007"): ("review", "")}
    assert "review_expired" in {row["code"] for row in story.rows("issues")}
    assert "expired" in said(capsys, "review", "list", *where)[1]


def test_a_pending_change_is_pasted_filled_in_and_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story = runs(tmp_path / "data", "eins", "zwei")
    story.reviews = RunReviews(held=frozenset({"eins"}))
    story.run()
    story.pages[story.brands[0].sources[0].url] = Answer(NEW)
    story.run()
    assert "eins/4000001998" not in verdicts(story)
    assert story.causes() == {}
    where = ("--data-dir", str(story.data))
    told = said(capsys, "check", "4000001998", "--lang", "en", *where)
    assert (told[0], "it waits for a person" in told[1]) == (21, True)
    story.run("zwei")  # what waits of a brand is not forgotten when others are crawled
    code, stanza = said(capsys, "review", "list", "--pending", *where)
    assert code == 0
    assert "eins/4000001998: is new (complaint" in stanza
    assert "changes that wait for a review: 1; see" in said(capsys, "status", *where)[1]

    files = tmp_path / "reviews"
    files.mkdir()
    (files / "eins.toml").write_text(stanza, encoding="utf-8")
    registry = tmp_path / "brands"
    registry.mkdir()
    (registry / "eins.toml").write_text(
        'id = "eins"\ncountry = "CN"\nnames = { zh = "示例一" }\n'
        'hosts = [{ name = "eins.test", grade = "A", source = "t" }]\n'
        'sources = [{ kind = "contact", url = "https://eins.test/", grade = "A", source = "t" }]\n',
        encoding="utf-8",
    )
    arguments = ("review", "check", "--reviews", str(files), "--brands", str(registry))
    assert said(capsys, *arguments)[0] == 2
    filled = stanza.replace('reason = ""', 'reason = "called it"').replace(
        'reviewer = ""', 'reviewer = "li"'
    )
    held = replace(written(files, filled), held=frozenset({"eins"}))
    assert said(capsys, *arguments) == (0, "1 reviews are in order\n")
    story.reviews = held
    story.run()
    assert verdicts(story)["eins/4000001998"] == "official"
    assert story.causes() == {("ADD", "eins/4000001998"): ("review", "")}
    assert said(capsys, "replay", "latest", "--check", *where)[0] == 0
    story.run()
    assert story.causes() == {}
    assert {r["code"] for r in story.rows("issues")}.isdisjoint({"review_unused"})


def test_a_removal_waits_and_is_then_a_persons(tmp_path: Path) -> None:
    story = runs(tmp_path / "data", "eins")
    url = story.brands[0].sources[0].url
    full = story.pages[url]
    story.reviews = RunReviews(held=frozenset({"eins"}))
    story.run()
    story.pages[url] = Answer(full.body.replace("<p>商户服务热线：400-000-1999</p>", ""))
    story.run()
    assert story.causes() == {("MOD", "eins/4000001999"): ("source", "absent:1/2")}
    story.run()
    assert story.causes() == {("MOD", "eins/4000001999"): ("review", "review_pending")}
    story.run()
    assert story.causes() == {}
    assert story.states()["eins/4000001999"] == "not_observed review_pending"
    (issue,) = (row for row in story.rows("issues") if row["code"] == "review_pending")
    text = REJECT.replace("reject", "accept").replace("95007", "4000001999")
    held = written(tmp_path / "reviews", f'{text}change = "{issue["change"]}"\n')
    story.reviews = replace(held, held=frozenset({"eins"}))
    story.run()
    assert story.causes() == {("DEL", "eins/4000001999"): ("review", "gone_from_pages")}


def test_pages_stay_the_cause_of_what_pages_say(tmp_path: Path) -> None:
    story = runs(tmp_path / "data", "eins")
    story.reviews = written(tmp_path / "reviews", REJECT)
    story.run()
    owner = story.brands[0]
    body = contact(owner).body.replace("（7×24小时）", "（每日9:00-18:00）")
    story.pages[owner.sources[0].url] = Answer(body)
    story.run()
    assert story.causes() == {("MOD", "eins/95007"): ("source", "")}


def test_a_listing_corroborates_through_a_whole_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "https://itunes.apple.com/lookup?id=1234567890"
    story = runs(tmp_path / "data", "eins")
    listing = Source(SourceKind.APP_STORE, url, Grade.C, "invented")
    (owner,) = story.brands
    entity = Fact("示例有限公司", Grade.B, "invented")
    story.brands = (replace(owner, entity=entity, sources=(*owner.sources, listing)),)
    said_there = {
        "sellerName": "示例有限公司",
        "description": "客服热线：95007，投诉：400-000-1777",
    }
    body = json.dumps({"resultCount": 1, "results": [said_there]}, ensure_ascii=False)
    story.pages[url] = Answer(body, kind="text/javascript; charset=utf-8")
    assert story.run() == 0
    rows = {row["id"]: row["verdict_reasons"] for row in story.rows()}
    assert rows == {
        "eins/4000001999": ["declared_page:contact"],
        "eins/95007": ["declared_page:contact", "corroborated:app_store"],
    }
    assert {(r["kind"], r["outcome"]) for r in story.rows("sources")} == {
        ("app_store", "ok"),
        ("contact", "ok"),
    }
    assert {r["code"] for r in story.rows("issues")} == {"number_only_elsewhere"}
    where = ("--data-dir", str(story.data))
    assert said(capsys, "replay", "latest", "--check", *where)[0] == 0
    told = said(capsys, "explain", "eins/95007", "--lang", "en", *where)[1]
    assert "seen elsewhere, which proves nothing by itself: app store page" in told
    assert said(capsys, "check", "400-000-1777", *where)[0] == 21


def test_a_waiting_capture_is_built_with_the_reviews_of_today(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story = runs(tmp_path / "data", "eins")
    run = story.capture()
    written(tmp_path / "reviews", REJECT)
    where = ("--data-dir", str(story.data), "--reviews", str(tmp_path / "reviews"))
    assert said(capsys, "process", run.run_id, *where)[0] == 0
    assert verdicts(story)["eins/95007"] == "unverified"
    assert said(capsys, "replay", "latest", "--check", *where[:2])[0] == 0


@pytest.mark.parametrize("more", [{"hold": ("all",)}, {"reviews_directory": Path("reviews")}, {}])
def test_a_crawl_that_is_resumed_says_whose_decisions_it_goes_on_with(
    tmp_path: Path, more: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    story = runs(tmp_path / "data", "eins")
    run = story.capture()
    resumed(CrawlOptions(story.data, resume=True, **more))
    heard = capsys.readouterr().err
    assert (f"{run.run_id} goes on with the reviews" in heard) is bool(more)
