"""How a crawl begins: anew, or where a killed one stopped."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.terminal import say

if TYPE_CHECKING:
    from crawler.verbs.running import CrawlOptions
    from outputs.run_directory import RunDirectory
    from pipelines.model import Brand


def resumed(
    options: CrawlOptions,
) -> tuple[RunDirectory, tuple[Brand, ...], tuple[Brand, ...]]:
    """The newest crawl that did not end, ready to go on, with the registry it began with."""
    from crawler.plan import ConfigurationError
    from crawler.registry import brands_from_json
    from outputs.captures import settle
    from outputs.replaying import replayed
    from outputs.run import PLAN, read_plan
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
    for line in settle(run.captures):
        say(line)
    brands = brands_from_json(run.registry.read_text(encoding="utf-8"))
    selected, _ = read_plan(run)
    return run, brands, tuple(brand for brand in brands if brand.id in selected)


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
