"""How old is what is published? Told by what was really read, never by a run that ended well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from outputs.rows import Row
from outputs.run_directory import RunDirectory
from outputs.table_files import read_table

EVERY = "source"


@dataclass(frozen=True, slots=True)
class ServiceLevels:
    """How old an observation may be.

    Attributes:
        general: For the newest of all.
        named: For each declared source: by brand id, by kind of source, or for `EVERY` one.
    """

    general: timedelta | None = None
    named: Mapping[str, timedelta] = field(default_factory=dict)

    def of(self, brand_id: str, kind: str) -> timedelta | None:
        """The level of one source: that of its brand, else of its kind, else of every one."""
        found = (self.named[name] for name in (brand_id, kind, EVERY) if name in self.named)
        return next(found, None)


@dataclass(frozen=True, slots=True)
class StaleSource:
    """A declared document that gave no good answer for longer than its service level."""

    brand_id: str
    kind: str
    url: str
    last_good: datetime | None
    outcome: str
    allowed: timedelta
    last_tried: datetime


@dataclass(frozen=True, slots=True)
class Freshness:
    """What a monitor asks.

    Attributes:
        observed: When a hotline was last read; None if never.
        hotlines_observed: How many the run read itself.
        declared_sources: How many there are, whatever their service level.
    """

    observed: datetime | None
    hotlines_observed: int
    stale_sources: tuple[StaleSource, ...]
    declared_sources: int = 0

    def failures(self, levels: ServiceLevels, now: datetime) -> Iterator[str]:
        """Why an alarm is due, in words; none if all is well."""
        if not self.hotlines_observed:
            yield "the latest run observed no hotline at all"
        if levels.general is not None and (
            self.observed is None or now - self.observed > levels.general
        ):
            last = f"last {self.observed:%Y-%m-%d %H:%M} UTC" if self.observed else "not once"
            yield f"no hotline was read for more than {in_words(levels.general)} ({last})"
        if self.stale_sources:
            yield (
                f"{len(self.stale_sources)} of {self.declared_sources} declared sources are older "
                "than their service level"
            )


def freshness(run: RunDirectory, levels: ServiceLevels, now: datetime) -> Freshness:
    """Look at the brands and sources of a run."""
    brands = read_table(run.table("brands"), columns=("last_observed", "hotlines_observed"))
    seen = [row["last_observed"] for row in brands if isinstance(row["last_observed"], datetime)]
    names = ("brand_id", "kind", "url", "declared", "last_good", "last_tried", "outcome")
    sources = read_table(run.table("sources"), columns=names)
    return Freshness(
        observed=max(seen, default=None),
        hotlines_observed=sum(int(str(row["hotlines_observed"])) for row in brands),
        stale_sources=tuple(found for row in sources for found in _stale(row, levels, now)),
        declared_sources=sum(bool(row["declared"]) for row in sources),
    )


def _stale(row: Row, levels: ServiceLevels, now: datetime) -> Iterator[StaleSource]:
    brand_id, kind = str(row["brand_id"]), str(row["kind"])
    allowed = levels.of(brand_id, kind) if row["declared"] else None
    last_good = row["last_good"] if isinstance(row["last_good"], datetime) else None
    if allowed is not None and (last_good is None or now - last_good > allowed):
        url, outcome = str(row["url"]), str(row["outcome"])
        tried = cast("datetime", row["last_tried"])
        yield StaleSource(brand_id, kind, url, last_good, outcome, allowed, tried)


def in_words(age: timedelta) -> str:
    """An age as people say it.

    >>> in_words(timedelta(hours=36)), in_words(timedelta(days=9)), in_words(timedelta(minutes=5))
    ('36 hours', '9 days', '5 minutes')
    """
    minutes = max(age, timedelta()) // timedelta(minutes=1)
    if minutes < 120:
        return f"{minutes} minutes"
    if minutes < 72 * 60:
        return f"{minutes // 60} hours"
    return f"{minutes // 1440} days"
