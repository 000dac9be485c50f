"""Claims over several runs: what is said elsewhere never reaches `hotlines`."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.cli import main
from crawler.verbs.replaying import ReplayOptions, replay
from outputs.captures import LEADS, CaptureWriter, Fetch, digest_of
from outputs.claiming import proposals_file
from outputs.run_directory import RunDirectory
from pipelines.vocabulary import Outcome, SourceKind
from tests.e2e.written_runs import (
    CONTACT,
    START,
    Answer,
    Row,
    Runs,
    brand,
    merchant_is_vip,
    use_rules,
)

VIER = "https://vier.test/contact"
HOME = {
    "https://eins.test/contact": Answer(CONTACT.format(name="示例eins", number="95199")),
    VIER: Answer("<!doctype html><meta charset=utf-8><p>客服热线：400-812-3123</p>"),
}
BRANDS = (brand("eins"), brand("vier", related=()))
FARM = "http://www.farm.test/1"


@dataclass
class LeadRuns(Runs):
    """Runs that also looked elsewhere, for the first brand."""

    elsewhere: dict[str, str] = field(default_factory=dict)  # URL → what is read there
    found: list[dict[str, str]] = field(default_factory=list)  # results of the search
    stopped: bool = False

    def write_more(self, run: RunDirectory) -> None:
        if not self.elsewhere and not self.found:
            return
        with CaptureWriter(
            run.captures, run_id=run.run_id, prefix="leads", software="t/1", log=LEADS
        ) as writer:
            search = "http://sousuo.test/search?q=x&format=json"
            answer = json.dumps({"results": self.found})
            if self.stopped:  # a first go that was killed, before it was resumed
                asked = self._lead(writer, run, search, SourceKind.SEARCH, answer)
                gone = replace(asked, outcome=Outcome.INTERRUPTED, body_offset=-1, status=None)
                writer.record(gone)
            writer.record(self._lead(writer, run, search, SourceKind.SEARCH, answer))
            for url, body in self.elsewhere.items():
                writer.record(self._lead(writer, run, url, SourceKind.LEAD, body))

    def _lead(
        self, writer: CaptureWriter, run: RunDirectory, url: str, kind: SourceKind, text: str
    ) -> Fetch:
        body = text.encode()
        media = "application/json" if kind is SourceKind.SEARCH else "text/html; charset=utf-8"
        place = writer.response(
            url=url, status=200, reason="", headers=[("Content-Type", media)], payload=body,
            fetched_at=self.now,
        )  # fmt: skip
        return Fetch(
            brand_id=self.brands[0].id, url=url, kind=kind, declared=False, final_url=url,
            chain=(), outcome=Outcome.OK, status=200, tls_ok=False, tls_issuer="",
            tls_fingerprint="", robots="allowed", robots_rule="", content_type=media, etag="",
            last_modified="", payload_bytes=len(body), payload_digest=digest_of(body),
            body_digest=digest_of(body), revisit=False, file=place.file, offset=place.offset,
            body_run=run.run_id, body_file=place.file, body_offset=place.offset,
            on_ground=False, depth=1, link_text="示例eins客服电话", referrer="", detail="",
            fetched_at=self.now, duration=0.1,
        )  # fmt: skip

    def claims(self) -> dict[tuple[str, str], tuple[str, datetime, datetime]]:
        return {
            (str(r["number"]), str(r["url"])): (
                str(r["verdict"]), r["first_seen"], r["last_seen"]
            )
            for r in self.rows("claims")
        }  # type: ignore[misc]  # fmt: skip


def farm(number: str) -> str:
    return f"<!doctype html><meta charset=utf-8><p>示例eins客服电话：{number}</p>"


def runs(place: Path, **changes: object) -> LeadRuns:
    return replace(LeadRuns(place / "data", BRANDS, dict(HOME)), **changes)  # type: ignore[arg-type]


PAGES = st.dictionaries(
    st.sampled_from(
        ["http://www.farm.test/1", "http://eins-kefu.test/", "https://eins.test.evil.cn/",
         "https://vier.test/partners", "https://bbs.eins.test/t/1"]
    ),
    st.lists(
        st.sampled_from(
            ["<p>示例eins官方客服电话：400-700-8123</p>", "<p>示例eins客服热线：95199</p>",
             "<p>我们是示例vier，客服热线：95188</p>", "<p>95199已停用，请改拨400-700-8123</p>",
             "<a href='tel:4007008123'>示例eins客服热线 95199</a>", "<p>客服电话：12378</p>"]
        ),
        max_size=4,
    ).map("".join),
    min_size=1,
)  # fmt: skip


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """`hotlines.parquet` of a run that looked nowhere else."""
    made = runs(tmp_path_factory.mktemp("alone"))
    assert made.run() == 0
    assert {str(row["verdict"]) for row in made.rows()} == {"official"}
    return made.latest.table("hotlines").read_bytes()


@settings(max_examples=8)
@given(pages=PAGES)
def test_no_page_elsewhere_changes_a_byte_of_hotlines(alone: bytes, pages: dict[str, str]) -> None:
    """The property of issue 5: third-party pages never raise, lower or add anything."""
    with tempfile.TemporaryDirectory() as place:
        found = [
            {"url": url, "title": "示例eins客服", "content": text} for url, text in pages.items()
        ]
        made = runs(Path(place), elsewhere=pages, found=found)
        assert made.run() == 0
        assert made.latest.table("hotlines").read_bytes() == alone
        assert {row["source_kind"] for row in made.rows("evidence")} == {"contact"}


def test_claims_from_run_to_run(tmp_path: Path) -> None:
    """Kept where nobody looked, dated where it is read again, gone where its page drops it."""
    made = runs(tmp_path, elsewhere={FARM: farm("400-700-8123")})
    assert made.run() == 0
    assert made.claims() == {("4007008123", FARM): ("unsupported", START, START)}
    made.elsewhere = {}
    assert made.run() == 0  # nobody looked
    assert made.run("vier") == 0  # another brand was crawled
    assert made.claims() == {("4007008123", FARM): ("unsupported", START, START)}
    made.elsewhere = {FARM: farm("400-700-8123")}
    assert made.run() == 0
    assert made.claims() == {("4007008123", FARM): ("unsupported", START, made.now)}
    made.elsewhere = {FARM: farm("95199")}
    assert made.run() == 0
    assert made.claims() == {("95199", FARM): ("supported", made.now, made.now)}


def test_a_claim_is_judged_anew_in_every_run(tmp_path: Path) -> None:
    """Its verdict follows the rows, also where only the other brand was crawled."""
    made = runs(tmp_path, elsewhere={FARM: farm("400-700-8123")})
    assert made.run() == 0
    made.elsewhere = {}
    made.pages[VIER] = Answer("<!doctype html><meta charset=utf-8><p>客服热线：400-700-8123</p>")
    assert made.run("vier") == 0
    [row] = made.rows("claims")
    assert (row["verdict"], row["belongs_to"]) == ("belongs_to_other", "vier")


def test_no_leads_no_proposals(tmp_path: Path) -> None:
    made = runs(tmp_path)
    assert made.run() == 0
    assert (made.rows("claims"), proposals_file(made.latest).exists()) == ([], False)


def test_a_search_that_was_asked_again_has_not_failed(tmp_path: Path) -> None:
    made = runs(tmp_path, elsewhere={FARM: farm("400-700-8123")}, stopped=True)
    assert made.run() == 0
    assert "search_failed" not in {row["code"] for row in made.rows("issues")}
    attempts = [r["outcome"] for r in made.rows("captures") if r["kind"] == "search"]
    assert attempts == ["interrupted", "ok"]


def test_verdicts_are_the_same_after_a_replay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte for byte under its own id, and row for row as a new run."""
    page = {"url": "https://eins.test/help/new", "title": "示例eins帮助", "content": ""}
    made = runs(tmp_path, elsewhere={FARM: farm("400-700-8123")}, found=[page])
    assert made.run() == 0
    assert made.run() == 0
    before, first = _without_run(made.rows("claims")), made.latest.run_id
    assert replay(ReplayOptions(made.data, "latest", True, None, False, False, False, True)) == 0
    options = ReplayOptions(made.data, "latest", False, first, False, False, False, True)
    use_rules(monkeypatch, merchant_is_vip())
    assert replay(options) == 0
    assert made.latest.run_id != first
    assert _without_run(made.rows("claims")) == before
    [proposal] = map(json.loads, proposals_file(made.latest).read_text().splitlines())
    assert proposal["url"] == page["url"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("captures/leads.jsonl", None, "captures/leads.jsonl is missing"),
        ("captures/leads.jsonl", "{}\n", "damaged line in the log of fetches"),
        ("reviews.json", None, "reviews.json is missing"),
        ("reviews.json", "[]", "reviews.json cannot be read"),
    ],
)
def test_a_replay_without_what_the_run_was_built_from_says_so(
    tmp_path: Path, name: str, text: str | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made = runs(tmp_path, elsewhere={FARM: farm("400-700-8123")})
    assert made.run() == 0
    place = made.latest.path / name
    place.unlink()
    if text is not None:
        place.write_text(text)
    for how in ("--check", "--compare"):
        with pytest.raises(SystemExit) as ended:
            main(["replay", made.latest.run_id, how, "-q", "--data-dir", str(made.data)])
        assert ended.value.code in (1, 2)
        heard = capsys.readouterr().err
        assert said in heard
        assert str(place) in heard  # where it lies, not where it is built


def _without_run(rows: list[Row]) -> list[Row]:
    return [{name: value for name, value in row.items() if name != "run_id"} for row in rows]
