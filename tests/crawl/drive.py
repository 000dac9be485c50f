"""Run one crawl in a process of its own: the reactor starts once. Reads a plan as JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from crawler.crawl import ConfigurationError, CrawlPlan, crawl
from crawler.registry import brands_from_json
from crawler.spiders import official
from outputs.captures import Fetch, read_fetches
from pipelines.model import CaptureRef, SourceState
from pipelines.vocabulary import Outcome


def ledger_of(run: Path) -> dict[tuple[str, str], SourceState]:
    """What the source ledger will say after a run, as far as a crawl looks at it."""
    return {(f.brand_id, f.url): _state(f) for f in read_fetches(run)}


def _state(fetch: Fetch) -> SourceState:
    capture = None
    if fetch.body_file:
        capture = CaptureRef(fetch.body_run, fetch.body_file, fetch.body_offset, fetch.body_digest)
    good = fetch.outcome.good
    return SourceState(
        brand_id=fetch.brand_id,
        url=fetch.url,
        kind=fetch.kind,
        declared=fetch.declared,
        outcome=fetch.outcome,
        good_streak=int(good),
        bad_streak=int(not good),
        last_tried=fetch.fetched_at,
        last_good=fetch.fetched_at if good else None,
        last_changed=None,
        etag=fetch.etag,
        last_modified=fetch.last_modified,
        capture=capture,
        final_url=fetch.final_url,
    )


def break_reading(marker: str) -> None:
    """Let our own code fail on pages that hold the marker."""
    whole = official.links_in

    def broken(media: Any, text: str, base_url: str) -> Any:
        if marker in text:
            raise RuntimeError("broken on purpose")
        return whole(media, text, base_url)

    official.links_in = broken  # type: ignore[assignment]


def main() -> int:
    options = json.load(sys.stdin)
    if options.get("break"):
        break_reading(options["break"])
    run = Path(options["run_directory"])
    plan = CrawlPlan(
        run_id=run.name,
        run_directory=run,
        brands=brands_from_json(options["brands"]),
        ledger=ledger_of(run.parent / options["after"]) if options.get("after") else {},
        contact=options["contact"],
        resolve=tuple(options["resolve"]),
        allow_private=options["allow_private"],
        delay=0.0,
        timeout=options["timeout"],
        render=options.get("render", False),
        settings={"HOTLINES_RETRY_DELAY": 0.01, **options["settings"]},
    )
    told: list[Outcome] = []
    try:
        summary = crawl(plan, lambda fetch: told.append(fetch.outcome))
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps({**asdict(summary), "told": len(told)}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
