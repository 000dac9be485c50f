"""May this be published? Judged per brand, then for the whole run (`data-model.md`, Gate).

A brand is judged only by pages that answered: what a silent page would have shown counts as
shown, because presence already says of those rows that they were not observed and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from pipelines.model import Brand, BrandRow
from pipelines.vocabulary import RunResult

#: A brand, or a run, that shows less than this share of what it used to show has failed.
SHARE_TO_KEEP = 0.5
#: Below these sizes a share says nothing: one number of two is half of them.
SMALLEST_MEDIAN = 3
SMALLEST_SNAPSHOT = 10


@dataclass(frozen=True, slots=True)
class BrandCounts:
    """What one run showed of a brand.

    Attributes:
        observed: Hotlines read in this run.
        unanswered: Known hotlines not read because pages that carried them did not answer well.
        unrecognised: Those of them whose page can be read, but is not the page that it was.
        explained: Hotlines removed by the page's own words or by the registry.
        known: Hotlines in the parent snapshot.
        recent: Hotlines observed in the last good runs, oldest first.
        all_answered: Every page of the brand answered well in this run.
    """

    observed: int
    unanswered: int
    explained: int
    known: int
    recent: tuple[int, ...]
    all_answered: bool
    callback_error: bool = False
    missing_must_have: tuple[str, ...] = ()
    unrecognised: int = 0

    @property
    def accounted(self) -> int:
        """Hotlines that are there, or whose absence has a reason other than our reading."""
        return self.observed + self.unanswered + self.explained


@dataclass(frozen=True, slots=True)
class RunVerdict:
    """Whether a run is published, and why not."""

    result: RunResult
    reasons: tuple[str, ...] = ()


def judge_brand(brand: Brand, counts: BrandCounts) -> tuple[str, ...]:
    """Reasons for which a brand's new reading must not be published; () if it is healthy."""
    reasons: list[str] = []
    if counts.callback_error:
        reasons.append("callback_error")
    usual = median(counts.recent) if counts.recent else 0
    # A page that shows one of its twelve numbers answered: what it lost is not excused.
    shown = counts.accounted - counts.unrecognised
    if usual >= SMALLEST_MEDIAN and shown < SHARE_TO_KEEP * usual:
        reasons.append("below_median")
    if counts.known and not counts.accounted:
        reasons.append("nothing_observed")
    if _below_minimum(brand, counts):
        reasons.append("below_numbers_min")
    reasons += [f"must_have_gone:{number}" for number in sorted(counts.missing_must_have)]
    return tuple(reasons)


def _below_minimum(brand: Brand, counts: BrandCounts) -> bool:
    # Of a brand never published we cannot tell which numbers a silent page would have shown.
    judgeable = counts.known > 0 or counts.all_answered
    return judgeable and counts.accounted < brand.expectations.numbers_min


def judge_run(
    rows: Sequence[BrandRow],
    *,
    previous_hotlines: int,
    current_hotlines: int,
    max_unhealthy_share: float = 0.2,
    previous_observed: int | None = None,
    broken: Sequence[str] = (),
) -> RunVerdict:
    """Publish or quarantine a finished run; safe where there is no earlier run.

    Args:
        rows: One per brand of the run.
        previous_hotlines: Rows of the parent snapshot, 0 without one.
        current_hotlines: Rows of this snapshot, carried ones included.
        previous_observed: Rows the parent really observed; None leaves that bound out.
        broken: Reasons found elsewhere (schema, checksums), passed on.
    """
    observed = sum(row.hotlines_observed for row in rows)
    reasons = [*broken]
    if not observed:
        answered = sum(row.pages_good for row in rows)
        tried = sum(row.pages_tried for row in rows)
        reasons.append(
            f"nothing_observed: {answered} of {tried} pages answered well, and no number of them "
            "was taken over"
        )
    if _shrank(previous_hotlines, current_hotlines):
        reasons.append(f"too_few_hotlines: {current_hotlines}, the parent has {previous_hotlines}")
    if previous_observed is not None and _shrank(previous_observed, observed):
        reasons.append(f"too_few_observed: {observed}, the parent observed {previous_observed}")
    ill = sorted(
        f"{row.brand_id} ({', '.join(row.unhealthy_reasons)})" for row in rows if not row.healthy
    )
    if rows and len(ill) / len(rows) > max_unhealthy_share:
        reasons.append(
            f"too_many_unhealthy: {len(ill)} of {len(rows)} brands, at most "
            f"{max_unhealthy_share:.0%} may be: {'; '.join(ill)}"
        )
    result = RunResult.QUARANTINED if reasons else RunResult.PUBLISHED
    return RunVerdict(result, tuple(reasons))


def _shrank(before: int, now: int) -> bool:
    return before >= SMALLEST_SNAPSHOT and now < SHARE_TO_KEEP * before
