"""How a verb that writes begins, where a killed one stopped, and what it says if it is stopped."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.terminal import say

if TYPE_CHECKING:
    from crawler.verbs.running import CrawlOptions
    from outputs.lock import LockOwner
    from outputs.run_directory import RunDirectory
    from pipelines.model import Brand


class Terminated(BaseException):
    """SIGTERM came; like KeyboardInterrupt nobody may take it for an error."""


@contextmanager
def writing(data_dir: Path) -> Iterator[frozenset[str]]:
    """Hold the data directory, put right what an earlier process left, and say so.

    Yields:
        Ids of the runs whose publication was finished.
    """
    from outputs.lock import hold_lock
    from outputs.publish import repair

    now = datetime.now(UTC)
    with hold_lock(data_dir, started=now) as stale:
        if stale is not None:
            _say_stale(stale, now)
        done = repair(data_dir)
        for run_id in done.published:
            say(f"finished the publication of {run_id}, which had been interrupted")
        if done.cleared:
            say(f"took away {done.cleared} files or directories that a killed process left")
        if done.indexed and not done.published:
            say("index.json did not list what is there; it was written anew")
        if done.relinked and not done.published:
            say("the link `latest` did not name the run of latest.json; it does now")
        if done.recorded:
            say(f"the history lacked {done.recorded} published runs; it was derived again")
        for run_id, why in done.unreadable:
            say(f"run {run_id} cannot be read: {why}")
        yield frozenset(done.published)


def _say_stale(stale: LockOwner, now: datetime) -> None:
    if stale.alive:  # its id was given to another process, or a child kept the lock open
        say(f"the lock names {stale.described(now)}, which does not hold it any more")
    else:
        say(f"the lock was left by {stale.described(now)}, which died")


@contextmanager
def told_how_to_go_on(run: RunDirectory) -> Iterator[None]:
    """Whatever stops the building of a captured run, say that its captures are kept."""

    def terminated(*_: object) -> None:
        raise Terminated

    before = signal.signal(signal.SIGTERM, terminated)
    try:
        yield
    except BaseException as error:
        _say_how(run, interrupted=isinstance(error, KeyboardInterrupt | Terminated))
        raise
    finally:
        signal.signal(signal.SIGTERM, before)


def _say_how(run: RunDirectory, *, interrupted: bool) -> None:
    why = "interrupted" if interrupted else "not finished"
    if run.path.exists():
        say(f"{why}; its captures are kept, go on with: hotlines process {run.run_id}")
    else:
        say(f"{why} while {run.run_id} was being published; the next crawl or process finishes it")


def resumed(
    options: CrawlOptions,
) -> tuple[RunDirectory, tuple[Brand, ...], tuple[Brand, ...]]:
    """The newest crawl that did not end, ready to go on, with the registry it began with."""
    from crawler.plan import ConfigurationError
    from crawler.verbs.running import registry_of
    from outputs.captures import settle
    from outputs.crawl_plan import PLAN, read_plan
    from outputs.replaying import replayed
    from outputs.run_directory import STAGING, DataDirectory

    if options.brand_ids or options.accept:
        raise ConfigurationError("--resume goes on with the brands of that crawl; leave them out")
    runs = DataDirectory(options.data_dir).all_runs()
    staged = [run for run in runs if run.path.name.startswith(STAGING)]
    begun = [
        run
        for run in staged
        if (run.captures / PLAN).is_file() and run.registry.is_file() and replayed(run) is None
    ]
    if not begun:
        raise ConfigurationError(
            f"--resume: no crawl in {options.data_dir} was interrupted; crawl without it"
        )
    run = begun[-1]
    if options.reviews_directory is not None or options.hold:
        say(
            f"{run.run_id} goes on with the reviews, and the changes that wait, of when it began; "
            f"to take other reviews: --resume --capture-only, then hotlines process {run.run_id} "
            "--reviews DIR"
        )
    for line in settle(run.captures):
        say(line)
    brands = registry_of(run)
    selected, _ = read_plan(run)
    return run, brands, tuple(brand for brand in brands if brand.id in selected)


def check_captured(run: RunDirectory) -> None:
    """Refuse a run that holds nothing to build: its crawl died before the first page."""
    from crawler.plan import ConfigurationError
    from outputs.crawl_plan import PLAN

    if not (run.captures / PLAN).is_file() or not run.registry.is_file():
        raise ConfigurationError(
            f"the crawl of {run.run_id} died before it fetched anything; delete {run.path} and "
            "crawl again"
        )


def warn_of_clock(data_dir: Path, started: datetime) -> None:
    """Say it if the clock went backwards; the chain of runs keeps its order all the same."""
    from outputs.manifest import read_manifest
    from outputs.run_directory import latest_run

    latest = latest_run(data_dir)
    if latest is not None and (facts := read_manifest(latest).facts).started > started:
        say(
            f"the clock says {started:%Y-%m-%d %H:%M:%S} UTC, but the latest run began later, at "
            f"{facts.started:%Y-%m-%d %H:%M:%S}: check it; this run follows that one all the same"
        )
