"""Builders for tests of the brand core: pages that say things, run after run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from pipelines.model import (
    Brand,
    BrandHistory,
    BrandOutcome,
    CaptureRef,
    Evidence,
    Expectations,
    Fact,
    PageReading,
    Source,
    Visit,
)
from pipelines.process_brand import process_brand
from pipelines.review import BrandReviews
from pipelines.vocabulary import (
    Carrier,
    Grade,
    NumberClass,
    Outcome,
    Owner,
    Purpose,
    SourceKind,
)

DAY_ONE = datetime(2026, 11, 22, 21, 15, tzinfo=UTC)
CONTACT = "https://www.demo.example/contact"
HELP = "https://www.demo.example/help"
POLICY = "https://www.demo.example/policy"
KINDS = {CONTACT: SourceKind.CONTACT, HELP: SourceKind.HELP, POLICY: SourceKind.POLICY}


def fact(value: str) -> Fact:
    return Fact(value, Grade.A, "invented for a test")


def source(url: str, kind: SourceKind = SourceKind.CONTACT) -> Source:
    return Source(KINDS.get(url, kind), url, Grade.D, "invented for a test")


def brand(*urls: str, **changes: object) -> Brand:
    made = Brand(
        id="demo",
        name_zh="示例",
        country="CN",
        domains=(fact("demo.example"),),
        sources=tuple(source(url) for url in urls or (CONTACT, HELP, POLICY)),
        expectations=Expectations(),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def class_of(number: str) -> NumberClass:
    if number.startswith("+86"):
        return NumberClass.LANDLINE
    starts = {
        "+": NumberClass.FOREIGN,
        "95": NumberClass.SHORT_95,
        "96": NumberClass.SHORT_96,
        "400": NumberClass.SHARED_400,
        "800": NumberClass.TOLLFREE_800,
        "12": NumberClass.PUBLIC_SERVICE,
    }
    return next(made for start, made in starts.items() if number.startswith(start))


def ev(number: str, **changes: object) -> Evidence:
    """Evidence as the reader would give it: the brand's own hotline unless changed."""
    raw = number
    made = Evidence(
        brand_id="demo",
        number=number,
        area="",
        extension="",
        menu=(),
        number_class=class_of(number),
        numbering_note="",
        display=raw,
        printed_abroad="",
        url="",
        final_url="",
        source_kind=SourceKind.CONTACT,
        carrier=Carrier.TEXT,
        raw=raw,
        context=f"客服热线：{raw}",
        start=5,
        end=5 + len(raw),
        block_path="p",
        link_text="",
        hidden=False,
        label="客服热线",
        purpose=Purpose.GENERAL,
        owner=Owner.SELF,
        is_hotline=True,
        hours_raw="",
        hours="",
        hours_approx=False,
        fee_stated="",
        rules=("plan:test",),
        capture=None,
        rules_digest="sha256:rules",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


MARKS = ("heading:联系我们", "label:客服热线", "title:示例")


def page(
    url: str,
    *numbers: str | Evidence,
    at: datetime = DAY_ONE,
    outcome: Outcome = Outcome.OK,
    said: Outcome = Outcome.OK,
    marks: Sequence[str] = MARKS,
    dated: str = "",
    body: str = "",
    **changes: object,
) -> Visit:
    """A visit; numbers become hotline evidence. Bad outcomes have no reading."""
    evidence = tuple(ev(n) if isinstance(n, str) else n for n in numbers)
    evidence = tuple(replace(e, url=url, final_url=url) for e in evidence)
    digest = f"sha256:{url}|{body}|{'|'.join(e.number for e in evidence)}|{said}"
    good = outcome.good
    made = Visit(
        url=url,
        final_url=url,
        kind=KINDS.get(url, SourceKind.HELP),
        outcome=outcome,
        declared=url in KINDS,
        tls_ok=good and url.startswith("https:"),
        on_ground=True,
        revisit=outcome is Outcome.NOT_MODIFIED,
        fetched_at=at,
        reading=PageReading(said, evidence, marks=tuple(marks), dated=dated) if good else None,
        capture=CaptureRef("run", "captures/x.warc.gz", 0, digest) if good else None,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@dataclass
class Story:
    """A brand over several runs; each run is a day later than the one before."""

    brand: Brand = field(default_factory=brand)
    history: BrandHistory = field(default_factory=BrandHistory)
    day: int = 0
    removed: list[str] = field(default_factory=list)
    reviews: BrandReviews = field(default_factory=BrandReviews)

    @property
    def now(self) -> datetime:
        return DAY_ONE + timedelta(days=self.day)

    def run(self, *visits: Visit, days: int = 1) -> BrandOutcome:
        """One run; visits are dated to it."""
        if self.history.known:
            self.day += days
        dated = [replace(v, fetched_at=self.now) for v in visits]
        outcome = process_brand(
            self.brand, dated, self.history, now=self.now, run_id=f"run-{self.day}",
            reviews=self.reviews,
        )  # fmt: skip
        self.removed += [f"{r.before.number} {r.reason}" for r in outcome.removals]
        self.history = BrandHistory(
            hotlines=outcome.hotlines,
            sources=outcome.sources,
            recent_counts=outcome.row.recent_counts,
            known=True,
        )
        return outcome


def presences(outcome: BrandOutcome) -> dict[str, str]:
    """Number → presence, with the reason behind a blank if there is one."""
    return {h.number: f"{h.presence} {h.presence_reason}".strip() for h in outcome.hotlines}
