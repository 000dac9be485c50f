"""Build a run from its captures: stream brand by brand through `process_brand`, write tables.

The same code serves `crawl`, `process` and `replay`: what it needs beside the captures is in
`RunInputs`, so that a run built twice from equal inputs has equal bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import metadata
from pathlib import Path

from outputs.captures import Fetch, read_fetches
from outputs.changes import changes_of
from outputs.claiming import Claiming
from outputs.compare import file_state_hash
from outputs.crawl_plan import read_accepted
from outputs.exporters import export_tables
from outputs.fill_rate import emptied_columns
from outputs.leads import BrandLeads
from outputs.manifest import Manifest, Review, RunFacts, read_manifest
from outputs.parent_rows import read_history, read_kept
from outputs.publish import seal
from outputs.reading import Reader
from outputs.row_reviews import reviews_digest
from outputs.rows import Row, from_row, row_of, rows_of
from outputs.run_directory import RunDirectory
from outputs.schema import (
    BRANDS,
    CAPTURES,
    CHANGES,
    CHANNELS,
    EVIDENCE,
    HOTLINES,
    ISSUES,
    SOURCES,
    TABLES,
)
from outputs.sharing import agreed
from outputs.snapshot import TableWriter, count_rows, read_table, write_sorted_table
from outputs.superseding import superseded, without_superseded
from outputs.visits import Archive, visits_of
from pipelines.gate import RunVerdict, judge_run
from pipelines.model import Brand, BrandHistory, BrandOutcome, BrandRow, Hotline, Removal, Visit
from pipelines.process_brand import process_brand, retire_brand
from pipelines.review import NO_REVIEWS, RunReviews
from pipelines.rules import load_rules
from pipelines.vocabulary import RunResult

_SHARED = ("hotlines", "issues")  # written when all brands are read: they may share numbers
READERS = (
    "turbohtml",
    "beautifulsoup4",
    "soupsieve",
    "phonenumbers",
    "pypdfium2",
    "publicsuffixlist",
    "opening-hours-py",
    "rapidocr",
    "onnxruntime",
)


@dataclass(frozen=True, slots=True)
class RunInputs:
    """All that decides the bytes of a run, beside its captures and its parent.

    Attributes:
        selected: Ids of the brands that were crawled; all others keep their rows as they are.
        registry_digest: Digest of the registry, as its reader computes it.
        places: Directories that hold runs (published, quarantined).
        parent_brands: The registry as the parent had it.
        review: What a person decided about the run.
        row_reviews: What people decided about single rows.
        replays: Its captures were read before: every difference to the parent is our doing.
        base: Of a replay: the rebuilt run whose rows it continues instead of the parent's.
        bare: Tables only; what is built to be compared needs no exports.
    """

    run: RunDirectory
    brands: tuple[Brand, ...]
    selected: frozenset[str]
    parent: RunDirectory | None
    started: datetime
    finished: datetime
    registry_digest: str
    places: tuple[Path, ...]
    parent_brands: tuple[Brand, ...] = ()
    review: Review | None = None
    row_reviews: RunReviews = NO_REVIEWS
    replays: bool = False
    base: RunDirectory | None = None
    bare: bool = False
    on_brand: Callable[[BrandRow], None] | None = None

    @property
    def continued(self) -> RunDirectory | None:
        """The run whose rows this one goes on from."""
        return self.base if self.replays else self.parent


def build(inputs: RunInputs) -> Manifest:
    """Builds tables, exports and manifest of a run in its (staged) directory.

    Raises:
        CaptureError: The log of fetches is missing or damaged.
        SchemaError: A row breaks the contract; nothing is sealed.
    """
    digests = run_digests(inputs)
    history = read_history(inputs.continued) if inputs.continued else {}
    inputs = without_superseded(inputs, history)
    rows, removals, reviewed = _write_brands(inputs, history)
    _write_changes(inputs, removals, digests, reviewed)
    if not inputs.bare:
        export_tables(inputs.run)
    verdict = superseded(inputs) or _judge(inputs, rows)
    facts = RunFacts(
        run_id=inputs.run.run_id,
        started=inputs.started,
        finished=inputs.finished,
        result=_reviewed(verdict.result, inputs.review),
        parent=inputs.parent.run_id if inputs.parent else None,
        digests=digests,
        state_hash=file_state_hash(inputs.run.table("hotlines")),
        unhealthy_brands=tuple(row.brand_id for row in rows if not row.healthy),
        reasons=verdict.reasons,
        review=inputs.review,
    )
    return seal(inputs.run, facts)


def _reviewed(result: RunResult, review: Review | None) -> RunResult:
    accepted = review is not None and review.decision == "accepted"
    return RunResult.PUBLISHED if accepted and result is RunResult.QUARANTINED else result


def run_digests(inputs: RunInputs) -> dict[str, str]:
    """What made the run: rules, code, dependencies, registry, reviews."""
    return {
        "rules": load_rules().digest,
        "code": code_digest(),
        "dependencies": dependency_digest(),
        "registry": inputs.registry_digest,
        "reviews": reviews_digest(inputs.row_reviews),
    }


def code_digest() -> str:
    """Digest of the source of `pipelines/`: what decides the meaning of a run."""
    import pipelines

    root = Path(pipelines.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return f"sha256:{digest.hexdigest()}"


def dependency_digest() -> str:
    """Digest of the versions of what reads pages and numbers."""
    versions = [f"{name} {_version(name)}" for name in READERS]
    return "sha256:" + hashlib.sha256("\n".join(versions).encode()).hexdigest()


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"  # an extra


def outcomes_of(
    inputs: RunInputs, history: Mapping[str, BrandHistory], reader: Reader
) -> Iterable[tuple[Brand, tuple[Fetch, ...], tuple[Visit, ...], BrandOutcome]]:
    """Brand by brand, in order of id, those that were crawled."""
    fetches: dict[str, list[Fetch]] = {}
    for fetch in read_fetches(inputs.run.path):
        fetches.setdefault(fetch.brand_id, []).append(fetch)
    archive = Archive(inputs.run.run_id, inputs.run.path, inputs.places)
    accepted = read_accepted(inputs.run)
    for brand in sorted(inputs.brands, key=lambda brand: brand.id):
        if brand.id in inputs.selected:
            own = tuple(fetches.get(brand.id, ()))
            visits = tuple(visits_of(own, brand, archive, reader, inputs.brands))
            known = history.get(brand.id, BrandHistory())
            outcome = process_brand(
                brand,
                visits,
                known,
                now=inputs.started,
                run_id=inputs.run.run_id,
                accepted=brand.id in accepted,
                marks=load_rules().marks,
                reviews=inputs.row_reviews.of(brand.id),
                others=inputs.brands,
            )
            yield brand, own, visits, outcome


def _write_brands(
    inputs: RunInputs, history: Mapping[str, BrandHistory]
) -> tuple[tuple[BrandRow, ...], dict[str, Removal], frozenset[str]]:
    """Writes every table but `changes`; gives back what the gate and the diff need."""
    rows: list[BrandRow] = []
    reviewed: set[str] = set()
    removals = {r.before.id: r for r in _retired(inputs, history)}
    kept, claiming = _kept_rows(inputs), Claiming(inputs)
    with ExitStack() as stack, Reader() as reader:
        writers = {
            t.name: stack.enter_context(TableWriter(inputs.run.table(t.name), t))
            for t in TABLES
            if t is not CHANGES
        }
        crawled = iter(outcomes_of(inputs, history, reader))
        outcomes: list[BrandOutcome] = []
        for brand_id in sorted({*kept, *_crawled(inputs)}):
            if brand_id in kept:
                own = kept[brand_id]
                _write(writers, {name: own[name] for name in own if name not in _SHARED})
                rows += [from_row(BrandRow, row) for row in own["brands"]]
                continue
            brand, fetches, visits, outcome = next(crawled)
            found = claiming.read(brand, [source.url for source in outcome.sources], reader)
            _write(writers, _tables_of(fetches, visits, outcome, found))
            outcome = replace(outcome, issues=(*outcome.issues, *found.issues))
            removals |= {r.before.id: r for r in outcome.removals}
            rows.append(outcome.row)
            reviewed |= outcome.decided | ({brand_id} if outcome.reviewed else set())
            outcomes.append(replace(outcome, sources=(), channels=(), removals=()))
            if inputs.on_brand:
                inputs.on_brand(outcome.row)
        agreed_on = agreement(inputs, history, outcomes, kept)
        _write_shared(writers, kept, agreed_on)
        claiming.write(writers["claims"], _all_hotlines(kept, agreed_on))
    return tuple(rows), removals, frozenset(reviewed)


def agreement(
    inputs: RunInputs,
    history: Mapping[str, BrandHistory],
    outcomes: Sequence[BrandOutcome],
    kept: Mapping[str, Mapping[str, list[Row]]] | None = None,
) -> tuple[BrandOutcome, ...]:
    """The outcomes of a run after its brands were held against each other."""
    kept = _kept_rows(inputs) if kept is None else kept
    held = _all_hotlines(kept, ())
    return agreed(outcomes, held, inputs.brands, history, now=inputs.started)


def _all_hotlines(
    kept: Mapping[str, Mapping[str, list[Row]]], outcomes: Iterable[BrandOutcome]
) -> tuple[Hotline, ...]:
    held = [from_row(Hotline, row) for own in kept.values() for row in own.get("hotlines", ())]
    return (*held, *(row for outcome in outcomes for row in outcome.hotlines))


def _write_shared(
    writers: Mapping[str, TableWriter],
    kept: Mapping[str, Mapping[str, list[Row]]],
    outcomes: Sequence[BrandOutcome],
) -> None:
    """Writes the tables that no brand can fill alone: hotlines and issues, in order of id."""
    made = {
        outcome.row.brand_id: {
            "hotlines": rows_of(HOTLINES, outcome.hotlines),
            "issues": rows_of(ISSUES, outcome.issues),
        }
        for outcome in outcomes
    }
    for brand_id in sorted({*kept, *made}):
        own: Mapping[str, list[Row]] = made.get(brand_id) or kept[brand_id]
        _write(writers, {name: own[name] for name in _SHARED if name in own})


def _tables_of(
    fetches: tuple[Fetch, ...],
    visits: tuple[Visit, ...],
    outcome: BrandOutcome,
    found: BrandLeads,
) -> dict[str, list[Row]]:
    """Rows of one brand; of what was asked elsewhere, only that it was asked stands here."""
    evidence = [item for visit in visits if visit.reading for item in visit.reading.evidence]
    return {
        "evidence": rows_of(EVIDENCE, evidence),
        "captures": _capture_rows((*fetches, *found.fetches), (*visits, *found.visits)),
        "brands": [row_of(BRANDS, outcome.row)],
        "sources": rows_of(SOURCES, outcome.sources),
        "channels": rows_of(CHANNELS, outcome.channels),
    }


def _capture_rows(fetches: tuple[Fetch, ...], visits: tuple[Visit, ...]) -> list[Row]:
    """Attempts with what only reading tells: charset, and why a 200 was no good answer."""
    rows = rows_of(CAPTURES, fetches)
    read = {(v.url, v.fetched_at): v.reading for v in visits if v.reading}
    for row in rows:
        reading = read.get((str(row["url"]), row["fetched_at"]))  # type: ignore[arg-type]
        if reading is not None:
            row["charset"] = reading.charset or None
            if not reading.outcome.good:
                row["outcome"] = reading.outcome.value
    return rows


def _kept_rows(inputs: RunInputs) -> dict[str, dict[str, list[Row]]]:
    """Rows of brands that were not crawled, as the parent has them."""
    listed = {brand.id for brand in inputs.brands} - inputs.selected
    return read_kept(inputs.continued, frozenset(listed))


def _write(writers: Mapping[str, TableWriter], tables: Mapping[str, list[Row]]) -> None:
    for name, rows in tables.items():
        writers[name].write(rows)


def _crawled(inputs: RunInputs) -> set[str]:
    return {brand.id for brand in inputs.brands} & inputs.selected


def _retired(inputs: RunInputs, history: Mapping[str, BrandHistory]) -> list[Removal]:
    listed = {brand.id for brand in inputs.brands}
    gone = sorted(history.keys() - listed)
    return [removal for brand_id in gone for removal in retire_brand(history[brand_id])]


def _write_changes(
    inputs: RunInputs,
    removals: Mapping[str, Removal],
    digests: Mapping[str, str],
    reviewed: frozenset[str],
) -> None:
    changes = changes_of(inputs, removals, digests, reviewed)
    extra = {"run_id": inputs.run.run_id}
    rows = (row_of(CHANGES, change, extra) for change in changes)
    write_sorted_table(inputs.run.table("changes"), CHANGES, rows)


def _judge(inputs: RunInputs, rows: tuple[BrandRow, ...]) -> RunVerdict:
    """The gate over what was crawled; brands that kept their rows say nothing about this run."""
    fetches = read_fetches(inputs.run.path)
    if not any(fetch.outcome.good and not fetch.kind.elsewhere for fetch in fetches):
        return RunVerdict(RunResult.NOTHING_FETCHED, ("no page gave a good answer",))
    crawled = tuple(row for row in rows if row.brand_id in inputs.selected)
    previous = read_manifest(inputs.parent).counts["hotlines"] if inputs.parent else 0
    current = count_rows(inputs.run.table("hotlines"))
    return judge_run(
        crawled,
        previous_hotlines=previous,
        current_hotlines=current,
        previous_observed=_observed_before(inputs),
        broken=_emptied(inputs),
    )


def _emptied(inputs: RunInputs) -> tuple[str, ...]:
    if inputs.parent is None:
        return ()
    return tuple(emptied_columns(inputs.parent.table("hotlines"), inputs.run.table("hotlines")))


def _observed_before(inputs: RunInputs) -> int | None:
    """What the parent really observed of the brands that this run crawled."""
    if inputs.parent is None:
        return None
    rows = read_table(inputs.parent.table("brands"), columns=["brand_id", "hotlines_observed"])
    return sum(int(str(r["hotlines_observed"])) for r in rows if r["brand_id"] in inputs.selected)
