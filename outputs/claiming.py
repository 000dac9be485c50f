"""The table `claims` and the file of proposals, built from what a run's leads say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from outputs.canonical import canonical_json
from outputs.durable import replace_text
from outputs.fetches import LEADS, Fetch, read_leads
from outputs.leads import BrandLeads, leads_of
from outputs.reading import Reader
from outputs.rows import from_row, hotline_from_row, rows_of
from outputs.run_directory import RunDirectory
from outputs.schema import CLAIMS
from outputs.snapshot import TableWriter
from outputs.table_files import read_batches, read_table
from outputs.visits import Archive
from pipelines.brand_names import BrandNames
from pipelines.claims import MAX_PER_PAGE, Claim, Lead, Truth, claims_on, judged, merged
from pipelines.model import Brand, Hotline, Issue
from pipelines.proposals import Proposal, proposals_of
from pipelines.rules import load_rules
from pipelines.vocabulary import Level

if TYPE_CHECKING:
    from outputs.run import RunInputs

PROPOSALS = "proposals.jsonl"


class Claiming:
    """Collects what the leads of a run say, brand by brand, and writes it at the end."""

    def __init__(self, inputs: RunInputs) -> None:
        self._inputs = inputs
        self._archive = Archive(inputs.run.run_id, inputs.run.path, inputs.places)
        self._fetches: dict[str, list[Fetch]] = {}
        for fetch in read_leads(inputs.run.path):
            self._fetches.setdefault(fetch.brand_id, []).append(fetch)
        self._names = BrandNames.of(inputs.brands if self._fetches else ())
        self._claims: list[Claim] = []
        self._proposals: list[Proposal] = []
        self._answered: set[tuple[str, str]] = set()

    def read(self, brand: Brand, known: Collection[str], reader: Reader) -> BrandLeads:
        """Reads the leads of one brand.

        Args:
            known: URLs of the documents that are its sources already.
        """
        fetches = tuple(self._fetches.get(brand.id, ()))
        if not fetches:
            return BrandLeads()
        found = leads_of(fetches, brand, self._archive, reader)
        marks = load_rules().marks
        crowded: list[Issue] = []
        for lead in found.leads:
            said = claims_on(lead, brand, self._names, marks)
            self._claims += said
            crowded += [_crowded(lead)] if len(said) == MAX_PER_PAGE else []
        self._proposals += proposals_of(found.leads, brand, known)
        self._answered |= {(brand.id, url) for url in found.answered}
        return BrandLeads(
            found.fetches, found.visits, found.leads, (*found.issues, *crowded), found.answered
        )

    def write(self) -> None:
        """Writes the claims, judged by the rows that the run has by now, and the proposals."""
        inputs, rules = self._inputs, load_rules()
        before = _claims_before(inputs.continued, {brand.id for brand in inputs.brands})
        claims = merged(self._claims, before, frozenset(self._answered), now=inputs.started)
        rows = _rows_of(inputs.run, {claim.number for claim in claims})
        truth = Truth.of(rows, inputs.brands, rules.plan.assigned, rules.marks)
        run = {"run_id": inputs.run.run_id}
        with TableWriter(inputs.run.table("claims"), CLAIMS) as writer:
            writer.write(rows_of(CLAIMS, judged(claims, truth), run))
        if (inputs.run.captures / LEADS).exists():
            lines = (canonical_json(asdict(proposal)) for proposal in self._proposals)
            replace_text(proposals_file(inputs.run), "".join(f"{line}\n" for line in lines))


def proposals_file(run: RunDirectory) -> Path:
    """What a search found that a person may want to declare; only in runs that searched."""
    return run.path / PROPOSALS


def _rows_of(run: RunDirectory, numbers: Collection[str]) -> Iterator[Hotline]:
    """The rows of a run that have one of these numbers."""
    if numbers:
        batches = read_batches(run.table("hotlines"), where={"number": numbers})
        yield from map(hotline_from_row, chain.from_iterable(batches))


def _claims_before(run: RunDirectory | None, brands: Collection[str]) -> tuple[Claim, ...]:
    """Claims of the run that this one continues, of brands that are still in the registry."""
    rows: Iterable[Mapping[str, object]] = read_table(run.table("claims")) if run else ()
    return tuple(from_row(Claim, row) for row in rows if row["brand_id"] in brands)


def _crowded(lead: Lead) -> Issue:
    said = f"the page claims {MAX_PER_PAGE} numbers or more for the brand; the first are kept"
    advice = "nothing: such a page is a list, or spam"
    return Issue(Level.INFO, "many_claims", said, advice, lead.brand_id, lead.url)
