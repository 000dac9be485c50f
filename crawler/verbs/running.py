"""`crawl`, `process` and `replay`: from a plan to a published run."""

from __future__ import annotations

import filecmp
import importlib.util
import logging
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.exit_codes import ExitCode
from crawler.terminal import Progress, say
from crawler.verbs.starting import resumed, warn_of_clock

if TYPE_CHECKING:
    from outputs.manifest import Manifest, Review
    from outputs.run import RunInputs
    from outputs.run_directory import RunDirectory
    from pipelines.model import Brand, BrandRow


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
    resume: bool = False
    accept: str = ""


def crawl(options: CrawlOptions) -> int:
    """Captures, processes and publishes; returns the exit code."""
    from crawler.plan import require_contact
    from outputs.lock import hold_lock
    from outputs.publish import repair

    contact = require_contact(options.contact or os.environ.get("HOTLINES_CONTACT"))
    brands, selected = ((), ()) if options.resume else _brands(options)
    if options.ocr and importlib.util.find_spec("rapidocr") is None:
        say('OCR is not installed: images are kept, not read; pip install "hotlines[ocr]"')
    started = _now()
    with hold_lock(options.data_dir, started=started) as stale:
        if stale is not None:
            say(f"the lock was left by {stale.described(started)}, which died")
        for run_id in repair(options.data_dir).published:
            say(f"finished the publication of {run_id}, which had been interrupted")
        if options.resume:
            run, brands, selected = resumed(options)
        else:
            warn_of_clock(options.data_dir, started)
            run = _stage(options, brands, selected, started)
        progress = Progress(quiet=options.quiet)
        with _logged(run):
            code = _capture(options, run, brands, selected, contact, progress)
        if code is not ExitCode.OK or options.capture_only:
            say(f"captured as {run.run_id}; finish it with: hotlines process {run.run_id}")
            return code
        return finish(options.data_dir, run, progress, exit_code=options.exit_code)


def process(data_dir: Path, text: str, *, exit_code: bool, quiet: bool) -> int:
    """Finishes a run that was only captured, or builds a quarantined one anew."""
    from outputs.captures import settle
    from outputs.lock import hold_lock
    from outputs.publish import repair
    from outputs.review import restage, strip_to_captures
    from outputs.run_directory import DataDirectory, resolve_run

    with hold_lock(data_dir, started=_now()):
        repair(data_dir)
        run = resolve_run(data_dir, text)
        if run.path == DataDirectory(data_dir).run(run.run_id).path:
            say(f"{run.run_id} is already built, in {run.path}; `hotlines replay` reads it again")
            return ExitCode.USAGE
        run = restage(data_dir, run)
        strip_to_captures(run)
        settle(run.captures)
        return finish(data_dir, run, Progress(quiet=quiet), exit_code=exit_code)


def finish(data_dir: Path, run: RunDirectory, progress: Progress, *, exit_code: bool) -> int:
    """Builds a captured run and publishes it, or puts it into quarantine."""
    from outputs.publish import publish, quarantine
    from outputs.run import build
    from outputs.run_directory import latest_run
    from pipelines.vocabulary import RunResult

    def on_brand(row: BrandRow) -> None:
        ill = "" if row.healthy else f"; unhealthy: {', '.join(row.unhealthy_reasons)}"
        progress.brand_done(row.brand_id, f"{row.hotlines} hotlines{ill}")

    inputs = inputs_of(data_dir, run, latest_run(data_dir), finished=None, on_brand=on_brand)
    manifest = build(inputs)
    if manifest.facts.result is RunResult.PUBLISHED:
        placed = publish(data_dir, run)
        say(_summary(manifest, placed))
        changed = exit_code and manifest.counts["changes"] > 0
        return ExitCode.CHANGES if changed else ExitCode.OK
    placed = quarantine(data_dir, run)
    say(f"run {run.run_id} is not published: {'; '.join(manifest.facts.reasons)}")
    say(f"it is kept in {placed.path}; the latest snapshot stays as it was")
    nothing = manifest.facts.result is RunResult.NOTHING_FETCHED
    return ExitCode.NOTHING_FETCHED if nothing else ExitCode.REFUSED


def replay(data_dir: Path, text: str, *, check: bool) -> int:
    """Rebuilds a run from its captures; `check` compares every byte with what was published."""
    from outputs.manifest import read_manifest
    from outputs.run import build
    from outputs.run_directory import RunDirectory, resolve_run

    original = resolve_run(data_dir, text)
    if original.pruned.exists():
        say(f"{original.run_id} was pruned: its captures are gone, only its changes are kept")
        return ExitCode.USAGE
    facts = read_manifest(original).facts
    with tempfile.TemporaryDirectory(prefix="hotlines-replay-") as place:
        again = RunDirectory(Path(place) / original.run_id)
        again.path.mkdir()
        shutil.copytree(original.captures, again.captures)
        shutil.copyfile(original.registry, again.registry)
        parent = resolve_run(data_dir, facts.parent) if facts.parent else None
        inputs = inputs_of(data_dir, again, parent, finished=facts.finished, review=facts.review)
        manifest = build(inputs)
        if check:
            return _compare_bytes(original, again)
        return _compare_meaning(original, again, manifest)


def _compare_bytes(original: RunDirectory, again: RunDirectory) -> int:
    """Every file that either side lists, byte for byte."""
    names = sorted({*_files(original), *_files(again)})
    different = [n for n in names if not _same(original.path / n, again.path / n)]
    for name in different:
        say(f"differs: {name}")
    if different:
        say(f"{len(different)} of {len(names)} files differ from run {original.run_id}")
        say(
            "rules, code or dependencies are not those that built it: see `digests` in the manifest"
        )
        return ExitCode.REFUSED
    print(f"replay of {original.run_id}: {len(names)} files, all bytes identical")
    return ExitCode.OK


def _compare_meaning(original: RunDirectory, again: RunDirectory, manifest: Manifest) -> int:
    """Rows of `hotlines` that today's rules read otherwise."""
    from outputs.compare import pairs

    different = list(pairs(original.table("hotlines"), again.table("hotlines")))
    print(f"replay of {original.run_id}: {manifest.counts['hotlines']} hotlines, "
          f"{len(different)} differ from what was published")  # fmt: skip
    for before, after in different:
        row = after or before or {}
        sign = "~" if before and after else "+" if after else "-"
        print(f"  {sign} {row['id']}")
    return ExitCode.OK


def _files(run: RunDirectory) -> list[str]:
    paths = (p for p in run.path.rglob("*") if p.is_file() and p != run.log)
    return [p.relative_to(run.path).as_posix() for p in paths]


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False)


def _brands(options: CrawlOptions) -> tuple[tuple[Brand, ...], tuple[Brand, ...]]:
    """All brands of the registry, and those that are to be crawled."""
    from crawler.registry import load_brands
    from pipelines.vocabulary import BrandState

    brands = load_brands(options.brands_directory)
    known = {brand.id for brand in brands}
    unknown = [i for i in options.brand_ids if i not in known]
    if unknown:
        from crawler.plan import ConfigurationError

        raise ConfigurationError(_unknown_brand(unknown[0], sorted(known)))
    if options.accept and not options.brand_ids:
        from crawler.plan import ConfigurationError

        raise ConfigurationError("--accept: say with --brand whose pages you looked at")
    if options.brand_ids:
        return brands, tuple(b for b in brands if b.id in options.brand_ids)
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


def _settings(pairs: Sequence[str]) -> dict[str, object]:
    """`KEY=VALUE` pairs as Scrapy settings."""
    from crawler.plan import ConfigurationError

    found: dict[str, object] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.isupper():
            raise ConfigurationError(f"--set {pair!r}: write a Scrapy setting as NAME=VALUE")
        found[name] = value
    return found


def _unknown_brand(wanted: str, known: Sequence[str]) -> str:
    import difflib

    near = difflib.get_close_matches(wanted, known, 1)
    hint = f"; did you mean {near[0]}?" if near else f"; there are: {', '.join(known[:20])}"
    return f"there is no brand {wanted!r} in the registry{hint}"


def _stage(
    options: CrawlOptions, brands: Sequence[Brand], selected: Sequence[Brand], started: datetime
) -> RunDirectory:
    from crawler.registry import brands_to_json
    from outputs.run import write_plan
    from outputs.run_directory import DataDirectory, new_run_id

    run = DataDirectory(options.data_dir).stage(new_run_id(started))
    run.registry.write_text(brands_to_json(brands), encoding="utf-8")
    ids = [brand.id for brand in selected]
    accepted = dict.fromkeys(ids, options.accept) if options.accept else {}
    write_plan(run, selected=ids, started=started, accepted=accepted)
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
        settings=_settings(options.settings),
        ocr=options.ocr,
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
) -> RunInputs:
    """All that decides how a captured run is built."""
    from crawler.registry import brands_from_json, registry_digest
    from outputs.run import RunInputs, read_plan
    from outputs.run_directory import DataDirectory

    brands = brands_from_json(run.registry.read_text(encoding="utf-8"))
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
        review=review,
        on_brand=on_brand,
    )


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
