"""Build a run from its captures: stream brand by brand through `process_brand`, write tables.

The same code serves `crawl`, `process` and `replay`: what it needs beside the captures is in
`RunInputs`, so that a run built twice from equal inputs has equal bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from importlib import metadata
from pathlib import Path

from outputs.broken_schema import seal_broken
from outputs.changes import write_changes
from outputs.compare import file_state_hash
from outputs.crawled import CrawledBrands
from outputs.exporters import export_tables
from outputs.fill_rate import emptied_columns
from outputs.manifest import Manifest, Review, RunFacts, read_manifest
from outputs.parent_rows import ParentRows, brand_ids, history_in
from outputs.publish import seal
from outputs.reading import Reader
from outputs.row_reviews import reviews_digest
from outputs.rows import Row, from_row
from outputs.run_directory import RunDirectory
from outputs.schema import CHANGES, CLAIMS, TABLES, RowError
from outputs.sharing import NumbersClaimed, settle_shared
from outputs.snapshot import TableWriter
from outputs.superseding import superseded, without_superseded
from outputs.table_files import count_rows, read_table
from pipelines.gate import RunVerdict, judge_run
from pipelines.model import Brand, BrandHistory, BrandRow, Removal
from pipelines.process_brand import retire_brand
from pipelines.review import NO_REVIEWS, RunReviews
from pipelines.rules import load_rules
from pipelines.vocabulary import RunResult

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
        SchemaError: A table of the parent is damaged, or of another major version.
    """
    digests = run_digests(inputs)
    inputs = without_superseded(inputs)
    try:
        written = _write_brands(inputs)
        write_changes(inputs, written.removals, digests, written.reviewed)
    except RowError as error:
        return seal_broken(inputs, digests, error)
    if not inputs.bare:
        export_tables(inputs.run)
    verdict = superseded(inputs) or _judge(inputs, written)
    facts = RunFacts(
        run_id=inputs.run.run_id,
        started=inputs.started,
        finished=inputs.finished,
        result=_reviewed(verdict.result, inputs.review),
        parent=inputs.parent.run_id if inputs.parent else None,
        digests=digests,
        state_hash=file_state_hash(inputs.run.table("hotlines")),
        unhealthy_brands=tuple(row.brand_id for row in written.brands if not row.healthy),
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


@dataclass(slots=True)
class _Written:
    """What the tables of all brands leave for the changes and the gate.

    Attributes:
        removals: By id of the row that left.
        reviewed: Brands whose reading stands, and rows that changed, by a person's word.
        answered: At least one page gave a good answer.
    """

    brands: list[BrandRow] = field(default_factory=list)
    removals: dict[str, Removal] = field(default_factory=dict)
    reviewed: set[str] = field(default_factory=set)
    answered: bool = False


def _write_brands(inputs: RunInputs) -> _Written:
    """Writes every table but `changes`, brand by brand in order of id."""
    done, numbers = _Written(), NumbersClaimed()
    listed = {brand.id for brand in inputs.brands}
    with ExitStack() as stack, Reader() as reader:
        writers = {
            t.name: stack.enter_context(TableWriter(inputs.run.table(t.name), t))
            for t in TABLES
            if t not in (CHANGES, CLAIMS)
        }
        crawled = CrawledBrands(inputs, reader)
        done.answered = crawled.log.any_good
        parent = ParentRows(inputs.continued)
        for brand_id in sorted(brand_ids(inputs.continued) | crawled.ids):
            rows = parent.of(brand_id)
            if brand_id in crawled.ids:
                rows = _read_brand(inputs, crawled, brand_id, history_in(rows), done, numbers)
            elif brand_id in listed:
                numbers.note(rows["hotlines"])
                done.brands += [from_row(BrandRow, row) for row in rows["brands"]]
            else:
                removals = retire_brand(history_in(rows))
                done.removals |= {removal.before.id: removal for removal in removals}
                continue
            for name, own in rows.items():
                writers[name].write(own)
    settle_shared(
        inputs.run,
        numbers,
        brands=inputs.brands,
        crawled=crawled.ids,
        before=inputs.continued,
        now=inputs.started,
    )
    crawled.claiming.write()
    return done


def _read_brand(
    inputs: RunInputs,
    crawled: CrawledBrands,
    brand_id: str,
    history: BrandHistory,
    done: _Written,
    numbers: NumbersClaimed,
) -> dict[str, list[Row]]:
    """Tables of a brand that was crawled; notes what must be known of it when all are done."""
    brand = crawled.read(brand_id, history)
    rows, outcome = brand.tables(), brand.outcome
    numbers.note(rows["hotlines"], history.hotlines)
    done.brands.append(outcome.row)
    done.removals |= {removal.before.id: removal for removal in outcome.removals}
    done.reviewed |= outcome.decided | ({brand_id} if outcome.reviewed else set())
    if inputs.on_brand:
        inputs.on_brand(outcome.row)
    return rows


def _judge(inputs: RunInputs, written: _Written) -> RunVerdict:
    """The gate over what was crawled; brands that kept their rows say nothing about this run."""
    if not written.answered:
        return RunVerdict(RunResult.NOTHING_FETCHED, ("no page gave a good answer",))
    crawled = tuple(row for row in written.brands if row.brand_id in inputs.selected)
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
