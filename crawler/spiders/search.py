"""The search spiders: ask the operator's own endpoint, then read what it found.

Two spiders, so that no connection and no permission of the first is left for the second: the
operator's endpoint may lie on a private address, and what a stranger's page leads to may not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any

from scrapy import Request

from crawler.failures import endpoint_of
from crawler.frontier import Asking
from crawler.lead_spider import LeadSpider
from crawler.plan import ConfigurationError
from crawler.resolver import installed_resolver
from crawler.robots import SKIP
from crawler.searching import endpoint_url, query_askings, result_askings
from crawler.spiders.official import Trail
from outputs.leads import answer_in
from outputs.visits import Archive
from pipelines.model import Brand
from pipelines.vocabulary import SourceKind


class SearchSpider(LeadSpider):
    """Ask a SearXNG-compatible endpoint about brands.

    `scrapy crawl search -a brand=ID -s HOTLINES_SEARCH_ENDPOINT=URL` shows what it answers.
    """

    name = "search"

    async def start(self) -> AsyncIterator[Any]:
        """Called by Scrapy: the first query of each brand."""
        installed_resolver().permitted = frozenset({endpoint_of(self._endpoint)})
        async for request in super().start():
            yield request

    def closed(self, reason: str) -> None:
        """Called by Scrapy at the end: from here on strangers say what is asked."""
        installed_resolver().permitted = frozenset()
        super().closed(reason)

    def askings_of(self, brand: Brand) -> Iterable[Asking]:
        """The queries about a brand."""
        return query_askings(brand, self._endpoint, self.settings.getint("HOTLINES_SEARCH_PAGES"))

    def _request(self, trail: Trail, asking: Asking) -> Request:
        # It is the operator's own door, and he sends us through it: SearXNG's robots.txt keeps
        # crawlers away from `q=`, and means those that nobody sent.
        request = super()._request(trail, asking)
        request.meta[SKIP] = True
        return request

    @property
    def _endpoint(self) -> str:
        named = self._plan.search_endpoint or self.settings.get("HOTLINES_SEARCH_ENDPOINT")
        if not named:
            raise ConfigurationError(
                "there is no search endpoint: pass --search-endpoint URL, or set "
                "HOTLINES_SEARCH_ENDPOINT"
            )
        return endpoint_url(str(named))


class ResultSpider(LeadSpider):
    """Read the pages that the searches of this run found."""

    name = "results"

    def askings_of(self, brand: Brand) -> Iterable[Asking]:
        """The results of the searches about a brand that are worth a request."""
        plan = self._plan
        archive = Archive(plan.run_id, plan.run_directory, (plan.earlier_runs,))
        answers = [
            (fetch, answer_in(fetch, archive))
            for fetch in self._captured()
            if fetch.brand_id == brand.id and fetch.kind is SourceKind.SEARCH
        ]
        return result_askings(brand, answers, self.settings.getint("HOTLINES_LEAD_PAGES"))
