"""Numbers shared by brands, over a whole run: the last word on its verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pipelines.diff import same_content
from pipelines.model import Brand, BrandHistory, BrandOutcome, Hotline
from pipelines.shared import alone, conflicts, issues_of, lowered


def agreed(
    outcomes: Sequence[BrandOutcome],
    kept: Iterable[Hotline],
    brands: Iterable[Brand],
    history: Mapping[str, BrandHistory],
    *,
    now: datetime,
) -> tuple[BrandOutcome, ...]:
    """Outcomes after the brands of a run were held against each other.

    Args:
        kept: Rows of brands that this run did not crawl: they count, and stay as they are.
        history: Rows of the parent snapshot; they tell whether a row changed.
    """
    rows = [row for outcome in outcomes for row in outcome.hotlines]
    shared = conflicts((*rows, *map(alone, kept)), {brand.id: brand for brand in brands})
    changed = {i: row for one in shared for i, row in lowered(one).items()}
    said = [issue for one in shared for issue in issues_of(one)]
    before = {row.id: row for known in history.values() for row in known.hotlines}
    return tuple(
        replace(
            outcome,
            hotlines=tuple(
                _dated(changed.get(row.id, row), before.get(row.id), now)
                for row in outcome.hotlines
            ),
            issues=(*outcome.issues, *(i for i in said if i.brand_id == outcome.row.brand_id)),
        )
        for outcome in outcomes
    )


def _dated(row: Hotline, before: Hotline | None, now: datetime) -> Hotline:
    """The row with the time of its last change, seen from what was published before."""
    if before is None:
        return row
    return replace(row, last_change=before.last_change if same_content(before, row) else now)
