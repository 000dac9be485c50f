"""Captures that wait while a later crawl is published must not overtake it.

`process` may build a crawl long after it was made: it was only captured, or refused. What a later
run has asked since is known better, so a brand that it crawled keeps what it says there. Whether
a run is later is told by the plan of the crawl, which names the latest run of its day; clocks,
which may go backwards, decide only between crawls of which neither knew the other.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, cast

from outputs.crawl_plan import plan_of
from outputs.rows import Row
from outputs.table_files import read_batches
from pipelines.gate import RunVerdict
from pipelines.vocabulary import RunResult

if TYPE_CHECKING:
    from outputs.run import RunInputs


def without_superseded(inputs: RunInputs) -> RunInputs:
    """The inputs without the brands that the parent, or a run before it, crawled later."""
    if inputs.parent is None or not _parent_is_later(inputs, inputs.parent.run_id):
        return inputs
    columns = ("brand_id", "last_tried")
    ledgers = chain.from_iterable(read_batches(inputs.parent.table("sources"), columns=columns))
    later = {str(row["brand_id"]) for row in ledgers if _moment(row) > inputs.started}
    return replace(inputs, selected=inputs.selected - later)


def _moment(row: Row) -> datetime:
    return cast("datetime", row["last_tried"])


def superseded(inputs: RunInputs) -> RunVerdict | None:
    """The verdict on a run of which nothing is new; None if something is."""
    if inputs.selected or inputs.parent is None:
        return None
    because = (
        f"superseded: all brands of this crawl were crawled later, up to {inputs.parent.run_id}"
    )
    return RunVerdict(RunResult.QUARANTINED, (because,))


def _parent_is_later(inputs: RunInputs, parent: str) -> bool:
    plan = plan_of(inputs.run)
    if plan.get("replays") or "parent" not in plan:  # of an older version: nothing is known
        return False
    return bool(plan["parent"] != parent)
