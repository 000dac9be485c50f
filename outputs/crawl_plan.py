"""What was asked of a crawl, noted beside its captures for `process` and `replay`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from outputs.canonical import document_json, time_text
from outputs.durable import replace_text
from outputs.fetches import CaptureError
from outputs.run_directory import RunDirectory
from outputs.schema import SCHEMA_VERSION

PLAN = "crawl.json"


def write_plan(
    run: RunDirectory,
    *,
    selected: Iterable[str],
    started: datetime,
    parent: str | None,
    accepted: Mapping[str, str] | None = None,
) -> None:
    """Notes beside the captures what was asked of the crawl, for `process` and `replay`.

    Args:
        parent: The latest run of that moment.
        accepted: Brands whose reading a person looked at, with the reason: the gate does not
            hold it back.
    """
    plan = {
        "schema_version": SCHEMA_VERSION,
        "selected": sorted(selected),
        "started": time_text(started),
        "parent": parent,
        "accepted": dict(sorted((accepted or {}).items())),
    }
    run.captures.mkdir(exist_ok=True)
    replace_text(run.captures / PLAN, document_json(plan))


def note_accepted(run: RunDirectory, accepted: Mapping[str, str]) -> None:
    """Adds to the plan of a crawl the brands that a person looked at, each with the reason."""
    plan = plan_of(run)
    plan["accepted"] = dict(sorted({**plan.get("accepted", {}), **accepted}.items()))
    replace_text(run.captures / PLAN, document_json(plan))


def plan_of(run: RunDirectory) -> dict[str, Any]:
    """What was asked of a crawl.

    Raises:
        CaptureError: The plan is missing or damaged.
    """
    path = run.captures / PLAN
    try:
        plan: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        _, _ = frozenset(plan["selected"]), datetime.fromisoformat(plan["started"])
    except FileNotFoundError:
        said = "the plan of the crawl is missing, and without it nobody knows what was asked"
        raise CaptureError(said, path, -1, "Restore the file from a copy of the run") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        said = f"the plan of the crawl is damaged ({error!r})"
        raise CaptureError(said, path, -1, "Restore the file from a copy of the run") from error
    return plan


def read_plan(run: RunDirectory) -> tuple[frozenset[str], datetime]:
    """The brands a crawl was asked for, and when it started."""
    plan = plan_of(run)
    return frozenset(plan["selected"]), datetime.fromisoformat(plan["started"])


def read_accepted(run: RunDirectory) -> frozenset[str]:
    """The brands whose reading a person accepted before the run was built."""
    return frozenset(plan_of(run).get("accepted", ()))
