"""The brands that a run crawled: from the log of each to what `process_brand` makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outputs.claiming import Claiming
from outputs.crawl_plan import read_accepted
from outputs.fetch_index import FetchIndex
from outputs.fetches import Fetch
from outputs.leads import BrandLeads
from outputs.reading import Reader
from outputs.rows import Row, row_of, rows_of
from outputs.schema import BRANDS, CAPTURES, CHANNELS, EVIDENCE, HOTLINES, ISSUES, SOURCES
from outputs.visits import Archive, visits_of
from pipelines.model import Brand, BrandHistory, BrandOutcome, Visit
from pipelines.process_brand import process_brand
from pipelines.rules import load_rules

if TYPE_CHECKING:
    from outputs.run import RunInputs


@dataclass(frozen=True, slots=True)
class CrawledBrand:
    """One brand of a run: what was asked, what its pages say, and what is made of it."""

    fetches: tuple[Fetch, ...]
    visits: tuple[Visit, ...]
    outcome: BrandOutcome
    leads: BrandLeads

    def tables(self) -> dict[str, list[Row]]:
        """Its rows, by table, each in key order.

        Of what was asked elsewhere only that it was asked stands here.
        """
        evidence = [
            item for visit in self.visits if visit.reading for item in visit.reading.evidence
        ]
        return {
            "hotlines": rows_of(HOTLINES, self.outcome.hotlines),
            "evidence": rows_of(EVIDENCE, evidence),
            "captures": _capture_rows(
                (*self.fetches, *self.leads.fetches), (*self.visits, *self.leads.visits)
            ),
            "brands": [row_of(BRANDS, self.outcome.row)],
            "sources": rows_of(SOURCES, self.outcome.sources),
            "channels": rows_of(CHANNELS, self.outcome.channels),
            "issues": rows_of(ISSUES, (*self.outcome.issues, *self.leads.issues)),
        }


class CrawledBrands:
    """The brands of a run that were crawled, each read when it is asked for.

    Raises:
        CaptureError: The log of fetches is missing or damaged.
    """

    def __init__(self, inputs: RunInputs, reader: Reader) -> None:
        self._inputs, self._reader = inputs, reader
        self._brands = {b.id: b for b in inputs.brands if b.id in inputs.selected}
        self._archive = Archive(inputs.run.run_id, inputs.run.path, inputs.places)
        self._accepted = read_accepted(inputs.run)
        self.log = FetchIndex(inputs.run.path)
        self.claiming = Claiming(inputs)

    @property
    def ids(self) -> frozenset[str]:
        """Ids of these brands."""
        return frozenset(self._brands)

    def read(self, brand_id: str, history: BrandHistory) -> CrawledBrand:
        """What the captures of a brand say, on top of what was known of it."""
        brand, fetches = self._brands[brand_id], self.log.of(brand_id)
        visits = tuple(visits_of(fetches, brand, self._archive, self._reader, self._inputs.brands))
        outcome = self._outcome(brand, visits, history)
        known = [source.url for source in outcome.sources]
        return CrawledBrand(
            fetches, visits, outcome, self.claiming.read(brand, known, self._reader)
        )

    def _outcome(
        self, brand: Brand, visits: tuple[Visit, ...], history: BrandHistory
    ) -> BrandOutcome:
        return process_brand(
            brand,
            visits,
            history,
            now=self._inputs.started,
            run_id=self._inputs.run.run_id,
            accepted=brand.id in self._accepted,
            marks=load_rules().marks,
            reviews=self._inputs.row_reviews.of(brand.id),
            others=self._inputs.brands,
        )


def _capture_rows(fetches: tuple[Fetch, ...], visits: tuple[Visit, ...]) -> list[Row]:
    """Attempts with what only reading tells: charset, and why a 200 was no good answer."""
    rows = rows_of(CAPTURES, fetches)
    read = {(v.url, v.fetched_at): v.reading for v in visits if v.reading}
    for row in rows:
        reading = read.get((str(row["url"]), row["fetched_at"]))  # type: ignore[arg-type]
        if reading is not None:
            row["charset"] = reading.charset or None
            if not reading.outcome.good:
                row["outcome"] = reading.outcome.value
    return rows
