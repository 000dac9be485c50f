"""The store spider: app-store listings and partners' pages that the registry declares.

It asks for exactly these documents and follows no link: what they say proves nothing, so there is
nothing to look for behind them. Politeness, captures and the log are those of the official spider.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from crawler.frontier import Asking, Frontier
from crawler.spiders.official import OfficialSpider
from pipelines.vocabulary import SourceKind

if TYPE_CHECKING:
    from crawler.plan import CrawlPlan
    from pipelines.blocks import Link
    from pipelines.extract.pictures import Picture
    from pipelines.model import Brand

KINDS = frozenset({SourceKind.APP_STORE, SourceKind.PARTNER})


class Listings(Frontier):
    """The declared documents of a brand that lie elsewhere, and nothing that they link to."""

    elsewhere = True

    def _start_asking(self) -> Iterable[Asking]:
        for source in self.brand.sources:
            if source.kind in KINDS:
                yield self._asking(source.url, source.kind, declared=True)

    def _seed_from_ledger(self) -> None:
        """What earlier runs found by links is no listing."""

    def add(self, links: Iterable[Link], depth: int, referrer: str) -> None:
        """Follow nothing."""

    def add_pictures(self, pictures: Iterable[Picture], page: Asking) -> None:
        """Fetch no images."""


class StoreSpider(OfficialSpider):
    """Fetch what app stores and partners say of brands; `hotlines crawl` runs it last."""

    name = "store"
    frontier_type = Listings
    follows_links = False


def listed(plan: CrawlPlan) -> tuple[Brand, ...]:
    """The brands of a plan for which there is something to ask."""
    return tuple(b for b in plan.brands if any(s.kind in KINDS for s in b.sources))
