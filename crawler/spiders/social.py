"""The social spider: the brands' own accounts, as far as they can be read without login."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.frontier import Asking
from crawler.lead_spider import LeadSpider
from crawler.links import canonical
from pipelines.model import Brand
from pipelines.vocabulary import SourceKind


class SocialSpider(LeadSpider):
    """Read the profiles and posts that brand files declare (kind `social`).

    What stands there is a claim, never a row: the host is not the brand's.
    """

    name = "social"

    def askings_of(self, brand: Brand) -> Iterable[Asking]:
        """The declared accounts of a brand."""
        for source in brand.sources:
            if source.kind is SourceKind.SOCIAL:
                asked = source.url.partition("#")[0]
                yield Asking(brand, canonical(asked), source.kind, True, asked)
