"""What the rows of a brand would be had we changed nothing: by it, a change finds its cause.

Two things of ours can change a row although no page did. Rules, code or dependencies: then the
captures that the parent's rows rest on are read again with today's. The brand's entry in the
registry: then this run's captures are read with the entry as it was before. Where a number brings
brands together, each of those worlds is made of all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from outputs.crawl_plan import PLAN, plan_of
from outputs.fetch_index import FetchIndex
from outputs.fetches import CaptureError, Fetch
from outputs.manifest import RunFacts, read_manifest
from outputs.parent_rows import ParentRows, history_in, history_of
from outputs.parties import Parties
from outputs.reading import Reader
from outputs.row_reviews import read_reviews
from outputs.rows import Row, json_row, row_of
from outputs.run_directory import RunDirectory
from outputs.schema import HOTLINES
from outputs.visits import Archive, visits_of
from pipelines.brand import other_names
from pipelines.diff import ABSENT
from pipelines.ground import on_ground
from pipelines.model import Brand, BrandHistory, Hotline, Visit
from pipelines.process_brand import process_brand
from pipelines.review import RunReviews
from pipelines.rules import load_rules
from pipelines.shared import alone, held_together
from pipelines.vocabulary import SourceKind

if TYPE_CHECKING:
    from outputs.run import RunInputs

_OURS = ("rules", "code", "dependencies")
_NEVER = 10**9  # good runs
Rows = Mapping[str, Row]
Hotlines = tuple[Hotline, ...]


@dataclass(frozen=True, slots=True)
class Causes:
    """Rows of one brand as they would be, by id.

    Attributes:
        rebuilt: The parent's, as today's rules read its captures; None if they are the same.
        healed: The same, had every page answered as it did when it last answered well.
        unedited: This run's, by the registry entry of before; None if it is the same.
        new: The parent's registry does not list the brand.
    """

    rebuilt: Rows | None = None
    healed: Rows | None = None
    unedited: Rows | None = None
    new: bool = False

    @property
    def is_none(self) -> bool:
        """Whether only pages or the brand's coming can be behind a change."""
        return self.rebuilt is None and self.healed is None and self.unedited is None

    def by_registry(self, before: Row | None, after: Row | None, names: Iterable[str]) -> bool:
        """Whether the row would be as before, had nobody edited the entry of its brand."""
        if self.new or self.unedited is None:
            return self.new
        other = self.unedited.get(str((after or before or {})["id"]))
        if before is None or after is None or other is None:
            return (before is None) is (other is None)
        changed = [name for name in names if before[name] != after[name]]
        return all(_stayed(name, before[name], other[name]) for name in changed)


@dataclass(frozen=True, slots=True)
class _Party:
    """Rows of one brand by itself: as they were, and as they would be."""

    before: Hotlines
    rebuilt: Hotlines | None = None
    healed: Hotlines | None = None
    unedited: Hotlines | None = None

    def only(self, parties: Parties) -> _Party:
        """What of it matters to others."""
        read = (self.rebuilt, self.healed, self.unedited)
        would = (None if rows is None else parties.only(rows) for rows in read)
        return _Party(parties.only(self.before), *would)


class CauseFinder:
    """Causes brand by brand; cheapest in order of id. The last brand asked for is remembered."""

    def __init__(self, inputs: RunInputs, digests: Mapping[str, str], reader: Reader) -> None:
        self._inputs, self._reader = inputs, reader
        self._ours = {name: digests[name] for name in _OURS}
        self._brands = {brand.id: brand for brand in inputs.brands}
        self._before = {brand.id: brand for brand in inputs.parent_brands}
        self._runs: dict[str, _Past] = {}
        self._last: tuple[str, Causes] = ("", Causes())
        self._beside: dict[str, _Party] = {}

    def of(self, brand_id: str) -> Causes:
        """What the brand's rows would be."""
        if self._last[0] != brand_id:
            self._last = (brand_id, Causes())  # in whose turn runs are read on
            self._last = (brand_id, self._find(brand_id))
        return self._last[1]

    def _find(self, brand_id: str) -> Causes:
        if self._inputs.parent is None:
            return Causes()
        past = self._past(self._inputs.parent)
        parties = {brand_id: self._party(past, brand_id)}
        for other in sorted(self._parties.beside(brand_id)):
            if other not in self._beside:
                self._beside[other] = self._party(past, other).only(self._parties)
            parties[other] = self._beside[other]
        rebuilt, healed = self._by_todays_rules(brand_id, parties)
        new = bool(self._before) and brand_id not in self._before
        return Causes(rebuilt, healed, self._by_old_registry(brand_id, parties), new=new)

    @cached_property
    def _parties(self) -> Parties:
        runs = (self._inputs.parent, self._inputs.run)
        return Parties(*(run for run in runs if run is not None))

    def _by_todays_rules(
        self, brand_id: str, parties: Mapping[str, _Party]
    ) -> tuple[Rows | None, Rows | None]:
        """The parent's rows by today's rules; where nothing was read anew, as they were."""
        if all(party.rebuilt is None for party in parties.values()):
            return None, None
        rebuilt = {i: p.before if p.rebuilt is None else p.rebuilt for i, p in parties.items()}
        healed = {i: rebuilt[i] if p.healed is None else p.healed for i, p in parties.items()}
        brands = self._before or self._brands
        return _own_rows(brand_id, rebuilt, brands), _own_rows(brand_id, healed, brands)

    def _by_old_registry(self, brand_id: str, parties: Mapping[str, _Party]) -> Rows | None:
        """This run's rows, had nobody edited, added or taken out an entry."""
        edited = any(
            party.unedited is not None or self._before.get(i) != self._brands.get(i)
            for i, party in parties.items()
        )
        if not self._before or not edited:
            return None
        rows: dict[str, Hotlines] = {}
        for i, party in parties.items():
            if i in self._before and i not in self._brands:
                rows[i] = party.before
            elif i in self._before:
                rows[i] = self._now(i) if party.unedited is None else party.unedited
        return _own_rows(brand_id, rows, self._before)

    def _party(self, past: _Past, brand_id: str) -> _Party:
        brand, known = self._brands.get(brand_id), self._before.get(brand_id)
        history = self._history(past, brand_id)
        rebuilt = healed = unedited = None
        if self._read_otherwise(past, history):
            rebuilt, healed = self._today(past, history, known or brand, brand_id)
        if brand and known and brand_id in self._inputs.selected and self._is_edited(brand, known):
            unedited = self._unedited(history, brand, known)
        before = tuple(map(alone, history.hotlines))
        return _Party(before, rebuilt, healed, unedited)

    def _is_edited(self, brand: Brand, known: Brand) -> bool:
        """Whether the entry changed, or what other entries say of the pages it is read from."""
        before, now = self._inputs.parent_brands, self._inputs.brands
        return before != now and _entries(known, before) != _entries(brand, now)

    def _now(self, brand_id: str) -> Hotlines:
        """What this run says of a brand by itself."""
        here = self._past(self._inputs.run)
        return tuple(map(alone, self._history(here, brand_id).hotlines))

    def _read_otherwise(self, parent: _Past, history: BrandHistory) -> bool:
        """Whether any run that the brand's rows come from was built by another program."""
        since = min((row.last_seen for row in history.hotlines), default=parent.facts.started)
        for run in self._back(parent):
            if any(run.facts.digests.get(name) != value for name, value in self._ours.items()):
                return True
            if run.facts.started <= since:
                return False
        return False

    def _today(
        self, parent: _Past, history: BrandHistory, brand: Brand | None, brand_id: str
    ) -> tuple[Hotlines | None, Hotlines | None]:
        """The rows that today's rules make of the last crawl of a brand, as it was and healed."""
        run = next((run for run in self._back(parent) if brand_id in run.selected), None)
        if brand is None or run is None or not run.is_whole:
            return None, None
        earlier = self._earlier(run)
        known = self._history(earlier, brand_id) if earlier else BrandHistory()
        fetches = run.fetches(brand_id)
        registry = self._inputs.parent_brands or self._inputs.brands
        visits = tuple(self._visits(run, fetches, brand, registry))
        rows = self._rows(run, brand, visits, known, registry)
        held = tuple(self._held(history, fetches, brand, registry))
        return rows, self._rows(run, brand, (*visits, *held), known, registry) if held else rows

    def _held(
        self,
        history: BrandHistory,
        fetches: Iterable[Fetch],
        brand: Brand,
        registry: tuple[Brand, ...],
    ) -> Iterator[Visit]:
        """Documents that did not answer well, as they were when they last did."""
        good = {fetch.url for fetch in fetches if fetch.outcome.good}
        for state in history.sources:
            if state.capture is None or state.url in good:
                continue
            run = self._named(state.capture.run_id)
            known = run.fetches(brand.id) if run is not None and run.is_whole else ()
            place = state.capture.offset
            same = [f for f in known if f.url == state.url and f.body_offset == place]
            if run is not None and same:
                yield from self._visits(run, same[-1:], brand, registry)

    def _unedited(self, history: BrandHistory, brand: Brand, known: Brand) -> Hotlines:
        """This run's rows, had the entry stayed: without what it gained, with what it lost."""
        here = self._past(self._inputs.run)
        before = {s.url for s in known.sources} | {s.url for s in history.sources}
        gained = {source.url for source in brand.sources} - before
        fetches = here.fetches(brand.id)
        asked = {fetch.url for fetch in fetches} | {source.url for source in brand.sources}
        lost = [state for state in history.sources if state.url not in asked]
        registry = self._inputs.parent_brands
        kept = self._held(replace(history, sources=tuple(lost)), (), known, registry)
        visits = (*self._visits(here, fetches, known, registry), *kept)
        stayed = (v for v in visits if v.url not in gained and v.final_url not in gained)
        trusted = tuple(replace(v, on_ground=v.on_ground and _on(v, known)) for v in stayed)
        return self._rows(here, known, trusted, history, registry)

    def _history(self, run: _Past, brand_id: str) -> BrandHistory:
        # Who stands beside the brand whose turn it is may come later: not to be read on to.
        own = brand_id == self._last[0]
        return run.history(brand_id) if own else run.history_anywhere(brand_id)

    def _visits(
        self, run: _Past, fetches: Iterable[Fetch], brand: Brand, registry: tuple[Brand, ...]
    ) -> Iterator[Visit]:
        archive = Archive(run.run.run_id, run.run.path, self._inputs.places)
        return visits_of(fetches, brand, archive, self._reader, registry)

    def _rows(
        self,
        run: _Past,
        brand: Brand,
        visits: tuple[Visit, ...],
        history: BrandHistory,
        registry: tuple[Brand, ...],
    ) -> Hotlines:
        # Nothing leaves here: a run whose captures are read twice must not count twice.
        outcome = process_brand(
            replace(brand, good_runs_to_remove=_NEVER),
            visits,
            history,
            now=run.started,
            run_id=run.run.run_id,
            accepted=brand.id in run.accepted,
            marks=load_rules().marks,
            reviews=run.reviews.of(brand.id),
            others=registry,
        )
        return outcome.hotlines

    def _back(self, run: _Past) -> Iterator[_Past]:
        at: _Past | None = run
        while at is not None:
            yield at
            at = self._earlier(at)

    def _earlier(self, run: _Past) -> _Past | None:
        return self._named(run.facts.parent) if run.facts.parent else None

    def _named(self, run_id: str) -> _Past | None:
        if run_id in self._runs:
            return self._runs[run_id]
        found = next((p / run_id for p in self._inputs.places if (p / run_id).is_dir()), None)
        return self._past(RunDirectory(found)) if found else None

    def _past(self, run: RunDirectory) -> _Past:
        return self._runs.setdefault(run.run_id, _Past(run))


class _Past:
    """What a run left on disk, each part read once and only if it is asked for."""

    def __init__(self, run: RunDirectory) -> None:
        self.run = run
        self._at = ""

    @property
    def is_whole(self) -> bool:
        """Whether its captures and tables are there; pruned runs have none."""
        return not self.run.pruned.exists() and self.run.captures.is_dir()

    @cached_property
    def facts(self) -> RunFacts:
        return read_manifest(self.run).facts

    @cached_property
    def reviews(self) -> RunReviews:
        return read_reviews(self.run)

    def history(self, brand_id: str) -> BrandHistory:
        """What it left of a brand; brands that are asked for in order of id are read over once."""
        if brand_id <= self._at or not self.run.table("hotlines").exists():
            return self.history_anywhere(brand_id)
        self._at = brand_id
        return history_in(self._rows.of(brand_id))

    def history_anywhere(self, brand_id: str) -> BrandHistory:
        """What it left of a brand, whichever was asked for before."""
        held = self.run.table("hotlines").exists()
        return history_of(self.run, brand_id) if held else BrandHistory()

    @cached_property
    def _rows(self) -> ParentRows:
        return ParentRows(self.run)

    def fetches(self, brand_id: str) -> tuple[Fetch, ...]:
        """What it asked of a brand; () if its log is lost."""
        return self._log.of(brand_id) if self._log else ()

    @cached_property
    def _log(self) -> FetchIndex | None:
        try:
            return FetchIndex(self.run.path)
        except CaptureError:
            return None  # who reads it for its own sake says so; here it only means: not known

    @cached_property
    def _plan(self) -> dict[str, object]:
        return plan_of(self.run) if (self.run.captures / PLAN).exists() else {}

    @cached_property
    def selected(self) -> frozenset[str]:
        return _names(self._plan.get("selected"))

    @cached_property
    def accepted(self) -> frozenset[str]:
        return _names(self._plan.get("accepted"))

    @cached_property
    def started(self) -> datetime:
        return datetime.fromisoformat(str(self._plan["started"]))


def _names(found: object) -> frozenset[str]:
    return frozenset(map(str, found)) if isinstance(found, list | dict) else frozenset()


def _stayed(name: str, before: object, other: object) -> bool:
    """Whether a column is as before; how many runs miss a row is counted on, not read."""
    absent = name == "presence_reason" and str(before).startswith(ABSENT)
    return other == before or (absent and str(other).startswith(ABSENT))


def _entries(brand: Brand, registry: tuple[Brand, ...]) -> tuple[object, ...]:
    """What of the registry decides how a brand is read: its entry, others' names, its partners."""
    pages = [source.url for source in brand.sources if source.kind is SourceKind.PARTNER]
    partners = (other for other in registry if any(on_ground(url, other) for url in pages))
    return brand, other_names(brand, registry), tuple(partners)


def _on(visit: Visit, brand: Brand) -> bool:
    return on_ground(visit.final_url or visit.url, brand)


def _own_rows(brand_id: str, rows: Mapping[str, Hotlines], brands: Mapping[str, Brand]) -> Rows:
    """Rows of one brand after it was held against the others."""
    together = held_together((row for own in rows.values() for row in own), brands)
    return {row.id: _plain(row) for row in together if row.brand_id == brand_id}


def _plain(hotline: Hotline) -> Row:
    return json_row(HOTLINES, row_of(HOTLINES, hotline))
