"""What pages said that a run did not read: the mentions of the run that last read each of them.

A run's table `evidence` holds what that run read. A number of a page that was silent, or of a
brand that was not asked for, is carried; whoever asks about it is told on whose words it rests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from outputs.rows import Row
from outputs.run_directory import DataDirectory
from outputs.table_files import read_table
from pipelines.vocabulary import Outcome

Page = tuple[str, str]  # brand and URL
_GONE = (Outcome.HTTP_404, Outcome.HTTP_410, Outcome.SOFT_404)
_GOOD = frozenset(outcome.value for outcome in Outcome if outcome.good)


@dataclass(frozen=True, slots=True)
class Silent:
    """Mentions of pages that were not read, and the answers they were read from."""

    evidence: tuple[Row, ...]
    fetched: Mapping[Page, Row]


def silent_pages(data: DataDirectory, sources: Iterable[Row], captures: Iterable[Row]) -> Silent:
    """What the pages of a run's ledger said that this run has no good answer of.

    Args:
        sources: Table `sources` of the run: which run holds the newest body of each page.
        captures: Table `captures` of the run.
    """
    read = {page_of(row) for row in captures if row["outcome"] in _GOOD}
    wanted: dict[str, set[Page]] = {}
    for row in sources:
        if page_of(row) not in read and row["capture_run"] and row["outcome"] not in _GONE:
            wanted.setdefault(str(row["capture_run"]), set()).add(page_of(row))
    evidence: list[Row] = []
    fetched: dict[Page, Row] = {}
    for run_id, pages in wanted.items():
        run = data.run(run_id)
        if not run.table("evidence").exists():  # pruned
            continue
        evidence += [row for row in read_table(run.table("evidence")) if page_of(row) in pages]
        fetched |= {
            page_of(row): row
            for row in read_table(run.table("captures"))
            if page_of(row) in pages and row["outcome"] in _GOOD
        }
    return Silent(tuple(evidence), fetched)


def page_of(row: Row) -> Page:
    """Which page of which brand a row is of."""
    return str(row["brand_id"]), str(row["url"])
