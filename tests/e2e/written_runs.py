"""Runs whose captures a test writes itself; everything behind the crawl is the real program."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.registry import brands_to_json
from crawler.terminal import Progress
from crawler.verbs.running import finish
from outputs.captures import CaptureWriter, Fetch, digest_of
from outputs.crawl_plan import write_plan
from outputs.row_reviews import write_reviews
from outputs.run_directory import DataDirectory, RunDirectory, latest_run, new_run_id
from outputs.table_files import read_table
from pipelines import rules as rule_tables
from pipelines.ground import on_ground
from pipelines.model import Brand, Expectations, Fact, Source
from pipelines.review import NO_REVIEWS, RunReviews
from pipelines.rules import Rules
from pipelines.vocabulary import Grade, Outcome, SourceKind

START = datetime(2026, 3, 1, 21, 15, tzinfo=UTC)
TOKENS = "abcdefghijklmnopqrstuvwxyz"
Row = dict[str, object]

CONTACT = """<!doctype html><meta charset=utf-8><title>{name} 联系我们</title><h1>联系我们</h1>
<p>客服热线：{number}（7×24小时）</p><p>商户服务热线：400-000-1999</p><p>服务时间：每日</p>"""


def fact(value: str) -> Fact:
    return Fact(value, Grade.A, "invented for a test")


#: Brands that may print the same number: what one of them does is no conflict with another.
GROUP = ("eins", "zwei", "drei")


def brand(name: str, *paths: str, **changes: object) -> Brand:
    """A brand on `<name>.test`, with contact pages at these paths (one at /contact)."""
    sources = (
        Source(SourceKind.CONTACT, f"https://{name}.test{path}", Grade.D, "invented for a test")
        for path in paths or ("/contact",)
    )
    made = Brand(
        id=name,
        name_zh=f"示例{name}",
        country="CN",
        hosts=(fact(f"{name}.test"),),
        sources=tuple(sources),
        expectations=Expectations(),
        related=tuple(Fact(kin, Grade.A, "one group, for the tests") for kin in GROUP),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Answer:
    """What a URL answers on a day: a body, or why there is none; `NOT_MODIFIED`: as before.

    Attributes:
        first: How a first attempt on that day ended, if there was one.
    """

    body: str = ""
    outcome: Outcome = Outcome.OK
    first: Outcome | None = None
    final_url: str = ""
    kind: str = "text/html; charset=utf-8"


@dataclass
class Runs:
    """A data directory over several days, each of them `days` after the one before."""

    data: Path
    brands: tuple[Brand, ...]
    pages: dict[str, Answer] = field(default_factory=dict)
    count: int = 0
    now: datetime = START
    held: dict[str, Fetch] = field(default_factory=dict)
    reviews: RunReviews = NO_REVIEWS

    def run(self, *only: str, days: int = 1) -> int:
        """Captures what the pages say, builds and publishes it; gives back the exit code."""
        run = self.capture(*only, days=days)
        return finish(self.data, run, Progress(quiet=True), exit_code=False)

    def capture(self, *only: str, days: int = 1) -> RunDirectory:
        """Captures what the pages say."""
        self.now += timedelta(days=days if self.count else 0)
        ids = [b.id for b in self.brands if not only or b.id in only]
        run = DataDirectory(self.data).stage(new_run_id(self.now, f"ru{TOKENS[self.count]}"))
        self.count += 1
        run.registry.write_text(brands_to_json(self.brands), encoding="utf-8")
        write_reviews(run, self.reviews)
        latest = latest_run(self.data)
        parent = latest.run_id if latest else None
        write_plan(run, selected=ids, started=self.now, parent=parent)
        with CaptureWriter(run.captures, run_id=run.run_id, prefix="t", software="t/1") as writer:
            for url, answer in self.pages.items():
                owner = next((b for b in self.brands if b.id in ids and _owns(b, url)), None)
                for one in _attempts(answer) if owner is not None else ():
                    writer.record(self._fetch(writer, run, owner, url, one))
        self.write_more(run)
        return run

    def write_more(self, run: RunDirectory) -> None:
        """Writes more captures; for tests that have others than the brands' own."""

    def _fetch(
        self, writer: CaptureWriter, run: RunDirectory, owner: Brand, url: str, answer: Answer
    ) -> Fetch:
        body, final = answer.body.encode(), answer.final_url or url
        kinds = {source.url: source.kind for source in owner.sources}
        fetch = Fetch(
            brand_id=owner.id, url=url, kind=kinds.get(url, SourceKind.CONTACT),
            declared=any(source.url == url for source in owner.sources),
            final_url=final, chain=(), outcome=answer.outcome, status=200,
            tls_ok=answer.outcome.good, tls_issuer="CN=test", tls_fingerprint="sha256:00",
            robots="allowed", robots_rule="", content_type=answer.kind, etag="", last_modified="",
            payload_bytes=len(body), payload_digest=digest_of(body), body_digest=digest_of(body),
            revisit=False, file="", offset=-1, body_run="", body_file="", body_offset=-1,
            on_ground=on_ground(final, owner), depth=0, link_text="", referrer="", detail="",
            fetched_at=self.now, duration=0.1,
        )  # fmt: skip
        if answer.outcome is Outcome.NOT_MODIFIED:
            held = self.held[url]
            return replace(
                fetch, status=304, revisit=True, body_run=held.body_run, body_file=held.body_file,
                body_offset=held.body_offset, body_digest=held.body_digest,
            )  # fmt: skip
        if not answer.outcome.good:
            return fetch
        place = writer.response(
            url=final, status=200, reason="", headers=[("Content-Type", answer.kind)],
            payload=body, fetched_at=self.now,
        )  # fmt: skip
        self.held[url] = replace(
            fetch, file=place.file, offset=place.offset, body_run=run.run_id,
            body_file=place.file, body_offset=place.offset,
        )  # fmt: skip
        return self.held[url]

    @property
    def latest(self) -> RunDirectory:
        run = latest_run(self.data)
        assert run is not None
        return run

    def rows(self, table: str = "hotlines") -> list[Row]:
        return read_table(self.latest.table(table))

    def states(self) -> dict[str, str]:
        """Id → presence, with the reason behind a blank if there is one."""
        return {
            str(r["id"]): f"{r['presence']} {r['presence_reason']}".strip() for r in self.rows()
        }

    def causes(self) -> dict[tuple[str, str], tuple[str, str]]:
        """(op, id) → (cause, reason) of the latest run."""
        rows = self.rows("changes")
        return {(str(r["op"]), str(r["id"])): (str(r["cause"]), str(r["reason"])) for r in rows}


def _owns(owner: Brand, url: str) -> bool:
    return on_ground(url, owner) or any(source.url == url for source in owner.sources)


def _attempts(answer: Answer) -> tuple[Answer, ...]:
    return (*((Answer(outcome=answer.first),) if answer.first else ()), answer)


def runs(data: Path, *names: str, number: str = "95007") -> Runs:
    """Brands with a contact page each."""
    brands = tuple(brand(name) for name in names)
    pages = {b.sources[0].url: contact(b, number) for b in brands}
    return Runs(data, brands, pages)


def contact(owner: Brand, number: str = "95007") -> Answer:
    return Answer(CONTACT.format(name=owner.name_zh, number=number))


def changed_rules(table: str, old: str, new: str) -> Rules:
    """The rules, had a table another wording."""
    texts = {name: rule_tables._read(name).decode("utf-8") for name in rule_tables.TABLES}
    assert old in texts[table]
    texts[table] = texts[table].replace(old, new)
    tables = {name: tomllib.loads(text) for name, text in texts.items()}
    return rule_tables._compiled(tables, digest_of(repr(texts).encode()))


def use_rules(patch: pytest.MonkeyPatch, rules: Rules) -> None:
    """Lets the program read with these rules from now on."""
    for place in (
        "outputs.reading.load_rules",
        "outputs.run.load_rules",
        "outputs.claiming.load_rules",
    ):
        patch.setattr(place, lambda: rules)


def merchant_is_vip() -> Rules:
    return changed_rules("context/labels.toml", 'purpose = "merchant"', 'purpose = "vip"')


def merchant_is_no_service() -> Rules:
    old = 'purpose = "merchant"\n'
    return changed_rules("context/labels.toml", old, f"{old}service = false\n")
