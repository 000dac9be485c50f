"""What the spiders of leads share: pages elsewhere, asked as politely as the brands' own.

They go through the same robots, pace, address guard, TLS, size limits and captures as the
official spider, and take no links: what is asked is known before.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from typing import Any

from crawler.frontier import Asking, Frontier
from crawler.spiders.official import OfficialSpider, Trail
from outputs.captures import Fetch, read_leads
from pipelines.model import Brand


class LeadFrontier(Frontier):
    """The documents of one brand that are asked elsewhere, in their order."""

    def __init__(self, brand: Brand, askings: Iterable[Asking]) -> None:
        self._askings = tuple(askings)
        limits = replace(brand.limits, pages=len(self._askings), depth=0)
        super().__init__(replace(brand, limits=limits), {})

    def _start_asking(self) -> Iterable[Asking]:
        return self._askings


class LeadSpider(OfficialSpider):
    """Asks documents elsewhere; a spider says which."""

    name = ""  # no spider by itself
    follows_links = False

    def askings_of(self, brand: Brand) -> Iterable[Asking]:
        """What to ask about a brand, in order."""
        raise NotImplementedError

    async def start(self) -> AsyncIterator[Any]:
        """Called by Scrapy: the first request of each brand; settings are known from here on."""
        for trail in self._trails.values():
            trail.frontier = self._frontier_of(trail.frontier.brand)
        async for request in super().start():
            yield request

    def _trail_of(self, brand: Brand) -> Trail:
        return Trail(LeadFrontier(brand, ()))

    def _frontier_of(self, brand: Brand) -> LeadFrontier:
        done = {(f.brand_id, f.url) for f in self._captured() if f.outcome.good}
        askings = (a for a in self.askings_of(brand) if (brand.id, a.url) not in done)
        return LeadFrontier(brand, askings)

    def _captured(self) -> tuple[Fetch, ...]:
        """What this run has asked elsewhere so far; an earlier, killed go included."""
        return read_leads(self._plan.run_directory)
