"""`crawl` and `process`: from a plan to a published run."""

from __future__ import annotations

import importlib.util
import logging
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.exit_codes import ExitCode
from crawler.terminal import Progress, say
from crawler.verbs.checking import brands_named
from crawler.verbs.crawl_options import check_options, endpoint_of, settings_of
from crawler.verbs.reviewing import read_again, reviews_for
from crawler.verbs.starting import (
    check_captured,
    resumed,
    told_how_to_go_on,
    warn_of_clock,
    writing,
)

if TYPE_CHECKING:
    from outputs.manifest import Manifest, Review
    from outputs.run import RunInputs
    from outputs.run_directory import RunDirectory
    from pipelines.model import Brand, BrandRow
    from pipelines.review import RunReviews


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """Options of `hotlines crawl`, as given."""

    data_dir: Path
    brand_ids: tuple[str, ...] = ()
    brands_directory: Path | None = None
    contact: str | None = None
    resolve: tuple[str, ...] = ()
    allow_private: bool = False
    delay: float | None = None
    timeout: float = 30.0
    settings: tuple[str, ...] = ()
    exit_code: bool = False
    quiet: bool = False
    capture_only: bool = False
    ocr: bool = False
    render: bool = False
    resume: bool = False
    accept: str = ""
    leads: bool = False
    search_endpoint: str | None = None
    reviews_directory: Path | None = None
    hold: tuple[str, ...] = ()


def crawl(options: CrawlOptions) -> int:
    """Captures, processes and publishes; returns the exit code."""
    from crawler.plan import require_contact
    from crawler.rendering import require_browser

    contact = require_contact(options.contact or os.environ.get("HOTLINES_CONTACT"))
    check_options(options)
    brands, selected = ((), ()) if options.resume else _brands(options)
    if options.render:
        require_browser(str(settings_of(options.settings).get("HOTLINES_CHROMIUM", "")))
    if options.ocr and importlib.util.find_spec("rapidocr") is None:
        say('OCR is not installed: images are kept, not read; pip install "hotlines[ocr]"')
    started = _now()
    with writing(options.data_dir):
        if options.resume:
            run, brands, selected = resumed(options)
        else:
            warn_of_clock(options.data_dir, started)
            reviews = reviews_for(options, brands)
            run = _stage(options, brands, selected, started, reviews)
        progress = Progress(quiet=options.quiet)
        with _logged(run):
            code = _capture(options, run, brands, selected, contact, progress)
        if code is not ExitCode.OK or options.capture_only:
            say(f"captured as {run.run_id}; finish it with: hotlines process {run.run_id}")
            return code
        return finish(options.data_dir, run, progress, exit_code=options.exit_code)


def process(
    data_dir: Path, text: str, *, exit_code: bool, quiet: bool, reviews: Path | None = None
) -> int:
    """Finishes a run that was only captured, or builds a quarantined one anew.

    Args:
        reviews: Directory of reviews to use instead of those that the run was made with.
    """
    from outputs.captures import read_fetches, settle
    from outputs.review import restage, strip_to_captures
    from outputs.row_reviews import write_reviews
    from outputs.run_directory import DataDirectory, resolve_run

    with writing(data_dir) as published:
        run = resolve_run(data_dir, text)
        if run.run_id in published:
            return ExitCode.OK
        if run.path == DataDirectory(data_dir).run(run.run_id).path:
            say(f"{run.run_id} is already built, in {run.path}; `hotlines replay` reads it again")
            return ExitCode.USAGE
        check_captured(run)
        if reviews is not None:
            told = read_again(run, reviews, registry_of(run))
        run = restage(data_dir, run)
        strip_to_captures(run)
        if reviews is not None:
            write_reviews(run, told)
        settle(run.captures)
        progress = Progress(quiet=quiet)
        for fetch in read_fetches(run.path):
            progress.fetched(fetch)
        return finish(data_dir, run, progress, exit_code=exit_code)


def finish(data_dir: Path, run: RunDirectory, progress: Progress, *, exit_code: bool) -> int:
    """Builds a captured run and publishes it, or puts it into quarantine."""
    from outputs.run import build
    from outputs.run_directory import latest_run

    def on_brand(row: BrandRow) -> None:
        ill = "" if row.healthy else f"; unhealthy: {', '.join(row.unhealthy_reasons)}"
        progress.brand_done(row.brand_id, f"{row.hotlines} hotlines{ill}")

    with told_how_to_go_on(run):
        inputs = inputs_of(data_dir, run, latest_run(data_dir), finished=None, on_brand=on_brand)
        return place(data_dir, run, build(inputs), exit_code=exit_code)


def place(data_dir: Path, run: RunDirectory, manifest: Manifest, *, exit_code: bool) -> int:
    """Publishes a run that was built, or puts it into quarantine."""
    from outputs.publish import publish, quarantine
    from pipelines.vocabulary import RunResult

    if manifest.facts.result is RunResult.PUBLISHED:
        placed = publish(data_dir, run)
        say(f"{_summary(manifest, placed)}{_waiting_told(data_dir, placed)}")
        if told := _leads_told(manifest, placed):
            say(told)
        changed = exit_code and manifest.counts["changes"] > 0
        return ExitCode.CHANGES if changed else ExitCode.OK
    return _refused(quarantine(data_dir, run), manifest)


def _waiting_told(data_dir: Path, placed: RunDirectory) -> str:
    """How many changes wait for a person, and how to see them; "" for none."""
    from crawler.verbs.reviewing import waiting

    count = len(waiting(data_dir, placed))
    return f"; {count} wait for a review: `hotlines review list --pending`" if count else ""


def _leads_told(manifest: Manifest, placed: RunDirectory) -> str:
    """What a run that looked elsewhere found there; "" for any other."""
    from outputs.claiming import proposals_file

    file = proposals_file(placed)
    if not file.exists():
        return ""
    proposed = len(file.read_text(encoding="utf-8").splitlines())
    look = f"; look at {file}" if proposed else ""
    return f"elsewhere: {manifest.counts['claims']} claims, {proposed} proposals{look}"


def _refused(placed: RunDirectory, manifest: Manifest) -> ExitCode:
    """Says why a run is not published, and what a person can do about it."""
    from outputs.broken_schema import broken_reason
    from pipelines.vocabulary import RunResult

    facts = manifest.facts
    say(f"run {facts.run_id} is not published; the latest snapshot stays as it was. Reasons:")
    for reason in facts.reasons:
        say(f"  {reason}")
    say(f"it is kept in {placed.path}")
    if facts.result is RunResult.NOTHING_FETCHED:
        return ExitCode.NOTHING_FETCHED
    if broken_reason(facts.reasons):
        say("this is a defect of the program, not of the pages: please report it. Its captures are")
        say(f"whole; a corrected program builds it:  hotlines process {facts.run_id}")
        return ExitCode.REFUSED
    say(f"look at it:   hotlines diff {facts.run_id}")
    say(f"it is right:  hotlines accept {facts.run_id} --reason '…'")
    if facts.unhealthy_brands:
        say("`accept` carries the old rows of unhealthy brands; with --brand NAME, the new ones")
    say(f"it is wrong:  hotlines reject {facts.run_id} --reason '…'")
    return ExitCode.REFUSED


def _brands(options: CrawlOptions) -> tuple[tuple[Brand, ...], tuple[Brand, ...]]:
    """All brands of the registry, and those that are to be crawled."""
    from crawler.registry import load_brands
    from pipelines.vocabulary import BrandState

    brands = load_brands(options.brands_directory)
    if options.accept and not options.brand_ids:
        from crawler.plan import ConfigurationError

        raise ConfigurationError("--accept: say with --brand whose pages you looked at")
    if options.brand_ids:
        return brands, brands_named(brands, options.brand_ids)
    return brands, tuple(b for b in brands if b.state is not BrandState.ENDED)


@contextmanager
def _logged(run: RunDirectory) -> Iterator[None]:
    """Writes the log of a crawl beside its captures; it is no part of the data."""
    handler = logging.FileHandler(run.log, encoding="utf-8")
    handler.setLevel(logging.INFO)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()


def _stage(
    options: CrawlOptions,
    brands: Sequence[Brand],
    selected: Sequence[Brand],
    started: datetime,
    reviews: RunReviews,
) -> RunDirectory:
    from crawler.registry import brands_to_json
    from outputs.crawl_plan import write_plan
    from outputs.durable import replace_text
    from outputs.row_reviews import write_reviews
    from outputs.run_directory import DataDirectory, latest_run, new_run_id

    latest = latest_run(options.data_dir)
    run = DataDirectory(options.data_dir).stage(new_run_id(started))
    replace_text(run.registry, brands_to_json(brands))
    write_reviews(run, reviews)
    ids = [brand.id for brand in selected]
    accepted = dict.fromkeys(ids, options.accept) if options.accept else {}
    parent = latest.run_id if latest else None
    write_plan(run, selected=ids, started=started, parent=parent, accepted=accepted)
    return run


def _capture(
    options: CrawlOptions,
    run: RunDirectory,
    brands: Sequence[Brand],
    selected: tuple[Brand, ...],
    contact: str,
    progress: Progress,
) -> ExitCode:
    from crawler.crawl import crawl as fetch_pages
    from crawler.plan import CrawlPlan
    from crawler.resuming import already_captured
    from outputs.parent_rows import source_ledger
    from outputs.run_directory import DataDirectory, latest_run

    parent = latest_run(options.data_dir)
    plan = CrawlPlan(
        run_id=run.run_id,
        run_directory=run.path,
        brands=selected,
        ledger=source_ledger(parent),
        contact=contact,
        resolve=options.resolve,
        allow_private=options.allow_private,
        delay=options.delay,
        timeout=options.timeout,
        settings=settings_of(options.settings),
        ocr=options.ocr,
        render=options.render,
        leads=options.leads or options.search_endpoint is not None,
        search_endpoint=endpoint_of(options),
        runs_directory=DataDirectory(options.data_dir).runs,
        done=already_captured(run.path) if options.resume else (),
    )
    with progress.running(f"crawling {len(selected)} of {len(brands)} brands"):
        summary = fetch_pages(plan, progress.fetched)
    for brand_id in summary.brands_with_errors:
        say(f"{brand_id}: a callback raised; see {run.log}")
    if summary.interrupted:
        terminated = summary.signal == signal.SIGTERM
        return ExitCode.TERMINATED if terminated else ExitCode.INTERRUPTED
    return ExitCode.OK


def inputs_of(
    data_dir: Path,
    run: RunDirectory,
    parent: RunDirectory | None,
    *,
    finished: datetime | None,
    review: Review | None = None,
    on_brand: Callable[[BrandRow], None] | None = None,
    replays: bool = False,
) -> RunInputs:
    """All that decides how a captured run is built."""
    from crawler.plan import ConfigurationError
    from crawler.registry import registry_digest
    from outputs.crawl_plan import read_plan
    from outputs.replaying import replayed
    from outputs.row_reviews import read_reviews
    from outputs.run import RunInputs
    from outputs.run_directory import DataDirectory

    if (replay := replayed(run)) is not None and not replays:
        raise ConfigurationError(
            f"{run.run_id} has no captures of its own: `hotlines replay --since {replay.since}` "
            "builds it anew"
        )
    brands = registry_of(run)
    selected, started = read_plan(run)
    data = DataDirectory(data_dir)
    return RunInputs(
        run=run,
        brands=brands,
        selected=selected,
        parent=parent,
        started=started,
        finished=finished or _now(),
        registry_digest=registry_digest(brands),
        places=(data.runs, data.quarantined),
        parent_brands=registry_of(parent) if parent and parent.registry.exists() else (),
        review=review,
        row_reviews=read_reviews(run),
        replays=replays,
        on_brand=on_brand,
    )


def registry_of(run: RunDirectory) -> tuple[Brand, ...]:
    """The registry as a run used it."""
    from crawler.registry import brands_from_json
    from outputs.manifest import ManifestError

    try:
        return brands_from_json(run.registry.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        said = f"{run.registry} is missing: by which registry the run was made is not known"
        raise ManifestError(f"{said}; restore the file from a copy of the run") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        said = f"{run.registry} cannot be read ({error}); restore it from a copy of the run"
        raise ManifestError(said) from error


def _summary(manifest: Manifest, placed: RunDirectory) -> str:
    counts = manifest.counts
    ill = manifest.facts.unhealthy_brands
    unhealthy = f", unhealthy: {', '.join(ill)}" if ill else ""
    return (
        f"published {placed.run_id}: {counts['hotlines']} hotlines of {counts['brands']} brands, "
        f"{counts['changes']} changes, {counts['issues']} issues{unhealthy}"
    )


def _now() -> datetime:
    return datetime.now(UTC)
