"""The values that travel along the path; each stage takes one type and returns a new one.

`Page → Block → Mention → Number → Evidence` of a page, `Visit → Hotline → Change` of a brand.
Columns of published tables are called as attributes here (`outputs/schema.py`).
"""

from __future__ import annotations

from dataclasses import field
from datetime import datetime

from pipelines.block import Block, Cells
from pipelines.brand import Brand, CrawlLimits, Expectations, Fact, Source
from pipelines.frozen import dataclass
from pipelines.stores.listing import Listing
from pipelines.vocabulary import (
    BrandState,
    Carrier,
    Cause,
    ChannelKind,
    FeeClass,
    Level,
    NumberClass,
    Op,
    Outcome,
    Owner,
    Presence,
    Purpose,
    SourceKind,
    Verdict,
)

__all__ = [
    "Block", "Brand", "BrandHistory", "BrandOutcome", "BrandRow", "CaptureRef", "Cells", "Change",
    "Channel", "CrawlLimits", "Evidence", "Expectations", "Fact", "Hotline", "Issue", "Mention",
    "Number", "Page", "PageReading", "Removal", "Source", "SourceState", "Visit",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class CaptureRef:
    """Where the bytes of a page lie: a record in a WARC file of a run."""

    run_id: str
    file: str  # relative to the run directory, e.g. captures/pay.example-00000.warc.gz
    offset: int
    digest: str  # sha256:… of the decoded body


@dataclass(frozen=True, slots=True)
class Page:
    """A decoded-from-transport document: bytes, and what is known about their origin."""

    url: str
    body: bytes
    final_url: str = ""
    content_type: str = ""
    kind: SourceKind = SourceKind.CONTACT
    brand: Brand | None = None
    country: str = ""  # ISO 3166; "": told by the page itself
    capture: CaptureRef | None = None
    called: str = ""  # words that led to it; those that show an image label its number
    others: tuple[str, ...] = ()  # names of other brands: beside one, a number is that brand's


@dataclass(frozen=True, slots=True)
class Mention:
    """A number-like string at one place of one block: `block.text[start:end] == raw`."""

    raw: str
    start: int
    end: int
    block: Block


@dataclass(frozen=True, slots=True)
class Number:
    """A normalized mention."""

    mention: Mention
    number: str  # E.164 with + for landline, mobile, foreign; else the dialled digits
    number_class: NumberClass
    note: str  # finer class of domain.md A1
    area: str = ""
    extension: str = ""
    menu: tuple[str, ...] = ()  # steps after a short code: ("5", "2")
    display: str = ""
    printed_abroad: str = ""  # long form printed for a short code: +8610…
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One mention on one page, as kept: typed, in context, with its capture.

    `context[start:end] == raw` always holds.
    """

    brand_id: str
    number: str
    area: str
    extension: str
    menu: tuple[str, ...]
    number_class: NumberClass
    numbering_note: str
    display: str
    printed_abroad: str
    url: str
    final_url: str
    source_kind: SourceKind
    carrier: Carrier
    raw: str
    context: str
    start: int
    end: int
    block_path: str
    link_text: str  # words of the link that carried it, else ""
    hidden: bool
    label: str
    purpose: Purpose
    owner: Owner
    is_hotline: bool
    hours_raw: str
    hours: str
    hours_approx: bool
    fee_stated: str
    rules: tuple[str, ...]  # ids of the rules that decided, in order
    capture: CaptureRef | None
    rules_digest: str


@dataclass(frozen=True, slots=True)
class Issue:
    """Something a person should look at.

    Attributes:
        hotline: Id of the hotline that it is about, if it is about one.
        change: Code of a change that waits for a review.
    """

    level: Level
    code: str
    message: str
    advice: str
    brand_id: str = ""
    url: str = ""
    hotline: str | None = None
    change: str | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """Another way to reach a brand, read from a page.

    Attributes:
        steps: In order: menus of an app, steps of a complaint, things to have ready; else None.
    """

    brand_id: str
    kind: ChannelKind
    value: str
    context: str
    url: str
    steps: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class PageReading:
    """All that one page says.

    Attributes:
        outcome: `OK`, or one of the outcomes found by reading (`EMPTY`, `SCRIPT_SHELL`, …).
        marks: Sorted words and headings by which the page is recognised in later runs.
        dated: Date the page states for itself (更新日期), ISO `YYYY-MM-DD`, or "".
        plays: How a page on somebody else's ground plays the brand (`marks/page.py`).
        places: Of a page elsewhere, per piece of evidence: the text above it, and the headers of
            its row and column. They tell whose number it is said to be.
        listing: Of an app-store page: who made the app.
    """

    outcome: Outcome
    evidence: tuple[Evidence, ...] = ()
    channels: tuple[Channel, ...] = ()
    issues: tuple[Issue, ...] = ()
    marks: tuple[str, ...] = ()
    charset: str = ""
    charset_guessed: bool = False
    dated: str = ""
    plays: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    listing: Listing | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One document of a brand in one run: how its fetch ended and what it says.

    Attributes:
        url: Canonical URL under which the source ledger knows the document.
        revisit: The server answered 304, or the decoded body equals the one captured before.
        tls_ok: Fetched over HTTPS with a verified certificate.
        on_ground: Final URL on declared ground, outside vetoed paths.
        reading: None where there is no body to read.
        rendered: A browser was asked.
    """

    url: str
    final_url: str
    kind: SourceKind
    outcome: Outcome
    declared: bool  # named in the registry (else: discovered by following links)
    tls_ok: bool
    on_ground: bool
    revisit: bool
    fetched_at: datetime
    reading: PageReading | None = None
    capture: CaptureRef | None = None
    etag: str = ""
    last_modified: str = ""
    rendered: bool = False


@dataclass(frozen=True, slots=True)
class SourceState:
    """The ledger line of one document, carried from run to run (table `sources`)."""

    brand_id: str
    url: str
    kind: SourceKind
    declared: bool
    outcome: Outcome
    good_streak: int
    bad_streak: int
    last_tried: datetime
    last_good: datetime | None
    last_changed: datetime | None
    marks: tuple[str, ...] = ()
    etag: str = ""
    last_modified: str = ""
    capture: CaptureRef | None = None  # the newest body we hold of this document
    final_url: str = ""


@dataclass(frozen=True, slots=True)
class Hotline:
    """One row of the dataset: one number of one brand, as known now.

    Key: (brand_id, number, area, extension). Content columns say what is claimed; observation
    columns when and how it was seen (`outputs/schema.py` marks each).
    """

    id: str
    brand_id: str
    number: str
    area: str
    extension: str
    display: str
    tel_uri: str
    e164: str | None
    dial_domestic: str
    dial_abroad: str | None
    number_class: NumberClass
    numbering_note: str
    fee_class: FeeClass
    fee_stated: str
    landline_only: bool
    purposes: tuple[Purpose, ...]
    labels: tuple[str, ...]
    audience: tuple[str, ...]
    regions: tuple[str, ...]
    languages: tuple[str, ...]
    hours_raw: str
    hours: str
    hours_tz: str
    hours_approx: bool
    staffed_24h: bool
    menu_paths: tuple[str, ...]
    presence: Presence
    presence_reason: str
    verdict: Verdict
    verdict_reasons: tuple[str, ...]
    source_kinds: tuple[SourceKind, ...]
    first_seen: datetime
    # observation
    evidence_count: int
    evidence_url: str
    evidence_text: str
    carried_by: tuple[str, ...]  # URLs of the documents that carried it when last observed
    good_runs_missed: int  # consecutive runs in which all of them answered well without it
    last_seen: datetime
    last_checked: datetime
    last_change: datetime
    run_id: str
    # Where it stood: "url, block path, label" of each mention. Null (schema 1.1) in older rows.
    places: tuple[str, ...] | None = None
    replaces: str | None = None  # id of the number that stood at its place before
    replaced_by: str | None = None  # id of the number that stands there now
    verdict_evidence: tuple[str, ...] | None = None  # "code: URL, block path", since schema 1.2


@dataclass(frozen=True, slots=True)
class Removal:
    """A number that left the dataset in this run."""

    before: Hotline
    reason: str  # gone_from_pages, said_by_page, source_retired, brand_retired
    cause: Cause
    evidence: tuple[str, ...] = ()  # URLs that answered well without it


@dataclass(frozen=True, slots=True)
class BrandHistory:
    """What earlier runs left for a brand: rows of the parent snapshot."""

    hotlines: tuple[Hotline, ...] = ()
    sources: tuple[SourceState, ...] = ()
    recent_counts: tuple[int, ...] = ()  # hotlines observed in the last good runs, oldest first
    known: bool = False  # the brand was published before
    channels: tuple[Channel, ...] = ()


@dataclass(frozen=True, slots=True)
class BrandRow:
    """One brand in one run (table `brands`)."""

    brand_id: str
    name_zh: str
    name_zh_hant: str | None
    name_en: str | None
    entity: str | None
    country: str
    state: BrandState
    healthy: bool
    unhealthy_reasons: tuple[str, ...]
    pages_tried: int
    pages_good: int
    hotlines: int
    hotlines_observed: int
    recent_counts: tuple[int, ...]
    last_observed: datetime | None
    run_id: str


@dataclass(frozen=True, slots=True)
class BrandOutcome:
    """Everything `process_brand` decides about one brand in one run."""

    row: BrandRow
    hotlines: tuple[Hotline, ...]
    removals: tuple[Removal, ...]
    sources: tuple[SourceState, ...]
    channels: tuple[Channel, ...]
    issues: tuple[Issue, ...]
    reviewed: bool = False  # published only because a person accepted what the gate holds back
    decided: frozenset[str] = frozenset()  # ids of rows that people's reviews changed


@dataclass(frozen=True, slots=True)
class Change:
    """One difference to the parent snapshot; content columns only.

    `before` and `after` map content columns to JSON-ready values; empty for ADD and DEL.
    """

    seq: int
    op: Op
    id: str
    brand_id: str
    number: str
    fields: tuple[str, ...]
    before: dict[str, object] = field(default_factory=dict)
    after: dict[str, object] = field(default_factory=dict)
    cause: Cause = Cause.SOURCE
    reason: str = ""
    evidence_before: str = ""
    evidence_after: str = ""
    replaces: str | None = None  # of an ADD: id of the number that stood at its place
    replaced_by: str | None = None  # of a DEL: id of the number that stands there now
    last_seen: datetime | None = None  # when the side before was last really read
