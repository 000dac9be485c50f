"""Captures that wait while a later crawl is published must not overtake it.

`process` may build a crawl long after it was made: it was only captured, or refused. What a later
run has asked since is known better, so a brand that it crawled keeps what it says there. Whether
a run is later is told by the plan of the crawl, which names the latest run of its day; clocks,
which may go backwards, decide only between crawls of which neither knew the other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.gate import RunVerdict
from pipelines.model import BrandHistory
from pipelines.vocabulary import RunResult

if TYPE_CHECKING:
    from outputs.run import RunInputs


def without_superseded(inputs: RunInputs, history: Mapping[str, BrandHistory]) -> RunInputs:
    """The inputs without the brands that the parent, or a run before it, crawled later."""
    if inputs.parent is None or not _parent_is_later(inputs, inputs.parent.run_id):
        return inputs
    later = {
        brand_id
        for brand_id, known in history.items()
        if any(source.last_tried > inputs.started for source in known.sources)
    }
    return replace(inputs, selected=inputs.selected - later)


def superseded(inputs: RunInputs) -> RunVerdict | None:
    """The verdict on a run of which nothing is new; None if something is."""
    if inputs.selected or inputs.parent is None:
        return None
    because = (
        f"superseded: all brands of this crawl were crawled later, up to {inputs.parent.run_id}"
    )
    return RunVerdict(RunResult.QUARANTINED, (because,))


def _parent_is_later(inputs: RunInputs, parent: str) -> bool:
    from outputs.crawl_plan import PLAN

    plan = json.loads((inputs.run.captures / PLAN).read_text(encoding="utf-8"))
    if plan.get("replays") or "parent" not in plan:  # of an older version: nothing is known
        return False
    return bool(plan["parent"] != parent)
