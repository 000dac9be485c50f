"""Values and whole run directories for the tests of `outputs/`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from outputs.compare import file_state_hash
from outputs.exporters import export_tables
from outputs.fetches import Fetch
from outputs.manifest import RunFacts
from outputs.publish import publish, seal
from outputs.rows import hotline_from_row, json_row, row_of, rows_of
from outputs.run_directory import DataDirectory, RunDirectory
from outputs.schema import HOTLINES, TABLES
from outputs.snapshot import write_table
from outputs.table_files import read_table
from pipelines.diff import diff
from pipelines.model import (
    BrandRow,
    CaptureRef,
    Change,
    Channel,
    Evidence,
    Hotline,
    Issue,
    Removal,
    SourceState,
)
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
    RunResult,
    SourceKind,
    Verdict,
)

NOW = datetime(2026, 11, 22, 21, 15, tzinfo=UTC)
RUN = "20261122T211500Z-k3f"
CAPTURE = CaptureRef(RUN, "captures/demo-00000.warc.gz", 128, "sha256:00")

HOTLINE = Hotline(
    id="demo/95188",
    brand_id="demo",
    number="95188",
    area="",
    extension="",
    display="95188",
    tel_uri="tel:95188;phone-context=+86",
    e164=None,
    dial_domestic="95188",
    dial_abroad=None,
    number_class=NumberClass.SHORT_95,
    numbering_note="cs95",
    fee_class=FeeClass.NORMAL,
    fee_stated="",
    landline_only=False,
    purposes=(Purpose.GENERAL, Purpose.COMPLAINT),
    labels=("客服热线",),
    audience=(),
    regions=(),
    languages=("zh",),
    hours_raw="7×24小时",
    hours="24/7",
    hours_tz="Asia/Shanghai",
    hours_approx=False,
    staffed_24h=True,
    menu_paths=("5-2",),
    presence=Presence.OBSERVED,
    presence_reason="",
    verdict=Verdict.OFFICIAL,
    verdict_reasons=("declared_page",),
    source_kinds=(SourceKind.CONTACT,),
    first_seen=NOW,
    evidence_count=1,
    evidence_url="https://demo.test/contact",
    evidence_text="客服热线：95188",
    carried_by=("https://demo.test/contact",),
    good_runs_missed=0,
    last_seen=NOW,
    last_checked=NOW,
    last_change=NOW,
    run_id=RUN,
)
LANDLINE = replace(
    HOTLINE,
    id="demo/+8657126888888",
    number="+8657126888888",
    display="+86 571-2688-8888",
    tel_uri="tel:+8657126888888",
    e164="+8657126888888",
    dial_abroad="+8657126888888",
    number_class=NumberClass.LANDLINE,
)

EVIDENCE = Evidence(
    brand_id="demo",
    number="95188",
    area="",
    extension="",
    menu=("5", "2"),
    number_class=NumberClass.SHORT_95,
    numbering_note="cs95",
    display="95188",
    printed_abroad="",
    url="https://demo.test/contact",
    final_url="https://demo.test/contact",
    source_kind=SourceKind.CONTACT,
    carrier=Carrier.TEXT,
    raw="95188",
    context="客服热线：95188转5转2",
    start=5,
    end=10,
    block_path="main/p",
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
    rules=("label.hotline",),
    capture=CAPTURE,
    rules_digest="sha256:11",
)

FETCH = Fetch(
    brand_id="demo",
    url="https://demo.test/contact",
    kind=SourceKind.CONTACT,
    declared=True,
    final_url="https://demo.test/contact",
    chain=("https://demo.test/contact 200",),
    outcome=Outcome.OK,
    status=200,
    tls_ok=True,
    tls_issuer="CN=test",
    tls_fingerprint="sha256:22",
    robots="allowed",
    robots_rule="",
    content_type="text/html",
    etag="",
    last_modified="",
    payload_bytes=100,
    payload_digest="sha256:33",
    body_digest="sha256:00",
    revisit=False,
    file="captures/demo-00000.warc.gz",
    offset=128,
    body_run=RUN,
    body_file="captures/demo-00000.warc.gz",
    body_offset=128,
    on_ground=True,
    depth=0,
    link_text="",
    referrer="",
    detail="",
    fetched_at=NOW,
    duration=0.25,
)

SOURCE = SourceState(
    brand_id="demo",
    url="https://demo.test/contact",
    kind=SourceKind.CONTACT,
    declared=True,
    outcome=Outcome.OK,
    good_streak=1,
    bad_streak=0,
    last_tried=NOW,
    last_good=NOW,
    last_changed=None,
    marks=("联系我们",),
    etag='"x"',
    capture=CAPTURE,
    final_url="https://demo.test/contact",
)

BRAND = BrandRow(
    brand_id="demo",
    name_zh="示例",
    name_zh_hant=None,
    name_en="Demo",
    entity=None,
    country="CN",
    state=BrandState.ACTIVE,
    healthy=True,
    unhealthy_reasons=(),
    pages_tried=1,
    pages_good=1,
    hotlines=2,
    hotlines_observed=2,
    recent_counts=(2,),
    last_observed=NOW,
    run_id=RUN,
)

CHANNEL = Channel("demo", ChannelKind.EMAIL, "help@demo.test", "邮箱", "https://demo.test/contact")
ISSUE = Issue(Level.WARNING, "tel_link_differs", "text and link differ", "look at it", "demo")
CHANGE = Change(
    seq=1,
    op=Op.MOD,
    id="demo/95188",
    brand_id="demo",
    number="95188",
    fields=("hours",),
    before={"hours": ""},
    after={"hours": "24/7"},
    cause=Cause.SOURCE,
)

VALUES: dict[str, tuple[object, ...]] = {
    "hotlines": (HOTLINE, LANDLINE),
    "evidence": (EVIDENCE,),
    "captures": (FETCH,),
    "brands": (BRAND,),
    "sources": (SOURCE,),
    "channels": (CHANNEL,),
    "claims": (),
    "changes": (CHANGE,),
    "issues": (ISSUE,),
}


def write_tables(run: RunDirectory, values: dict[str, tuple[object, ...]] | None = None) -> None:
    """Write all tables of a run."""
    for table in TABLES:
        extra = {"run_id": run.run_id} if table.name == "changes" else None
        rows = rows_of(table, (values or VALUES)[table.name], extra)
        write_table(run.table(table.name), table, rows)


def facts_of(run: RunDirectory, parent: str | None, result: RunResult) -> RunFacts:
    """Facts as a run would give them."""
    return RunFacts(
        run_id=run.run_id,
        started=NOW,
        finished=NOW + timedelta(minutes=3),
        result=result,
        parent=parent,
        digests={"rules": "sha256:11", "code": "sha256:44"},
        state_hash=file_state_hash(run.table("hotlines")),
        unhealthy_brands=("other",),
    )


def staged_run(
    data_dir: Path,
    run_id: str = RUN,
    parent: str | None = None,
    result: RunResult = RunResult.PUBLISHED,
    hotlines: tuple[Hotline, ...] = (HOTLINE, LANDLINE),
    *,
    exports: bool = True,
) -> RunDirectory:
    """A sealed run that is not published yet."""
    run = DataDirectory(data_dir).stage(run_id)
    values = {**VALUES, "hotlines": hotlines, "brands": (brand_of(hotlines),)}
    values["changes"] = changes_between(hotlines_of(data_dir, parent), hotlines)
    write_tables(run, values)
    if exports:
        export_tables(run)
    run.captures.mkdir()
    (run.captures / "fetches.jsonl").write_text("{}\n{}\n")
    (run.captures / "demo-00000.warc.gz").write_bytes(b"not read by these tests")
    run.log.write_text("made\n")
    seal(run, facts_of(run, parent, result))
    return run


def published_run(
    data_dir: Path,
    run_id: str = RUN,
    parent: str | None = None,
    hotlines: tuple[Hotline, ...] = (HOTLINE, LANDLINE),
) -> RunDirectory:
    """A published run."""
    return publish(data_dir, staged_run(data_dir, run_id, parent, hotlines=hotlines))


def hotlines_of(data_dir: Path, run_id: str | None) -> tuple[Hotline, ...]:
    """The snapshot of a run; () without one, or without its table."""
    table = RunDirectory(data_dir / "runs" / run_id).table("hotlines") if run_id else None
    if table is None or not table.exists():
        return ()
    return tuple(hotline_from_row(row) for row in read_table(table))


def changes_between(old: tuple[Hotline, ...], new: tuple[Hotline, ...]) -> tuple[Change, ...]:
    """Honest changes, in key order; every removal has its reason."""
    before, after = (
        {h.id: json_row(HOTLINES, row_of(HOTLINES, h)) for h in sorted(rows, key=_key)}
        for rows in (old, new)
    )
    removals = {h.id: Removal(h, "gone_from_pages", Cause.SOURCE) for h in old}
    found = diff(before, after, content=HOTLINES.content, removals=removals)
    keys = {h.id: _key(h) for h in (*old, *new)}
    ordered = sorted(found, key=lambda change: keys[change.id])
    return tuple(replace(change, seq=n) for n, change in enumerate(ordered, start=1))


def brand_of(hotlines: tuple[Hotline, ...]) -> BrandRow:
    """The brand's row to these hotlines."""
    return replace(BRAND, hotlines=len(hotlines), hotlines_observed=len(hotlines))


def _key(hotline: Hotline) -> tuple[str, ...]:
    return (hotline.brand_id, hotline.number, hotline.area, hotline.extension)
