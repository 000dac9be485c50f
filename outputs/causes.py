"""What the rows of a brand would be had we changed nothing: by it, a change finds its cause.

Two things of ours can change a row although no page did. Rules, code or dependencies: then the
captures that the parent's rows rest on are read again with today's. The brand's entry in the
registry: then this run's captures are read with the entry as it was before.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from outputs.fetch_index import FetchIndex
from outputs.fetches import CaptureError, Fetch
from outputs.manifest import RunFacts, read_manifest
from outputs.parent_rows import ParentRows, history_in, history_of
from outputs.reading import Reader
from outputs.rows import Row, json_row, row_of
from outputs.run_directory import RunDirectory
from outputs.schema import HOTLINES
from outputs.visits import Archive, visits_of
from pipelines.ground import on_ground
from pipelines.model import Brand, BrandHistory, Hotline, Visit
from pipelines.process_brand import process_brand
from pipelines.rules import load_rules

if TYPE_CHECKING:
    from outputs.run import RunInputs

_OURS = ("rules", "code", "dependencies")
_NEVER = 10**9  # good runs
Rows = Mapping[str, Row]


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

    def by_registry(self, before: Row | None, after: Row | None, names: Iterable[str]) -> bool:
        """Whether the row would be as before, had nobody edited the entry of its brand."""
        if self.new or self.unedited is None:
            return self.new
        other = self.unedited.get(str((after or before or {})["id"]))
        if before is None or after is None or other is None:
            return (before is None) is (other is None)
        changed = [name for name in names if before[name] != after[name]]
        return all(other[name] == before[name] for name in changed)


class CauseFinder:
    """Causes brand by brand, in whatever order; the last brand asked for is remembered."""

    def __init__(self, inputs: RunInputs, digests: Mapping[str, str], reader: Reader) -> None:
        self._inputs, self._reader = inputs, reader
        self._ours = {name: digests[name] for name in _OURS}
        self._brands = {brand.id: brand for brand in inputs.brands}
        self._before = {brand.id: brand for brand in inputs.parent_brands}
        self._runs: dict[str, _Past] = {}
        self._last: tuple[str, Causes] = ("", Causes())

    def of(self, brand_id: str) -> Causes:
        """What the brand's rows would be."""
        if self._last[0] != brand_id:
            self._last = (brand_id, self._find(brand_id))
        return self._last[1]

    def _find(self, brand_id: str) -> Causes:
        parent = self._inputs.parent
        if parent is None:
            return Causes()
        past = self._past(parent)
        brand, known = self._brands.get(brand_id), self._before.get(brand_id)
        rebuilt = healed = unedited = None
        if self._read_otherwise(past, past.history(brand_id)):
            rebuilt, healed = self._today(past, known or brand, brand_id)
        if brand and known and brand != known and brand_id in self._inputs.selected:
            unedited = self._unedited(past, brand, known)
        return Causes(rebuilt, healed, unedited, new=bool(self._before) and known is None)

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
        self, parent: _Past, brand: Brand | None, brand_id: str
    ) -> tuple[Rows | None, Rows | None]:
        """The rows that today's rules make of the last crawl of a brand, as it was and healed."""
        run = next((run for run in self._back(parent) if brand_id in run.selected), None)
        if brand is None or run is None or not run.is_whole:
            return None, None
        earlier = self._earlier(run)
        history = earlier.history(brand_id) if earlier else BrandHistory()
        fetches = run.fetches(brand_id)
        visits = tuple(self._visits(run, fetches, brand))
        rows = self._rows(run, brand, visits, history)
        held = tuple(self._held(parent.history(brand_id), fetches, brand))
        return rows, self._rows(run, brand, (*visits, *held), history) if held else rows

    def _held(
        self, history: BrandHistory, fetches: Iterable[Fetch], brand: Brand
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
                yield from self._visits(run, same[-1:], brand)

    def _unedited(self, parent: _Past, brand: Brand, known: Brand) -> Rows:
        """This run's rows, had the entry stayed: without what it gained, with what it lost."""
        history = parent.history(brand.id)
        here = _Past(self._inputs.run)
        before = {s.url for s in known.sources} | {s.url for s in history.sources}
        gained = {source.url for source in brand.sources} - before
        fetches = here.fetches(brand.id)
        asked = {fetch.url for fetch in fetches} | {source.url for source in brand.sources}
        lost = [state for state in history.sources if state.url not in asked]
        kept = self._held(replace(history, sources=tuple(lost)), (), known)
        visits = (*self._visits(here, fetches, known), *kept)
        stayed = (v for v in visits if v.url not in gained and v.final_url not in gained)
        trusted = tuple(replace(v, on_ground=v.on_ground and _on(v, known)) for v in stayed)
        return self._rows(here, known, trusted, history)

    def _visits(self, run: _Past, fetches: Iterable[Fetch], brand: Brand) -> Iterator[Visit]:
        archive = Archive(run.run.run_id, run.run.path, self._inputs.places)
        return visits_of(fetches, brand, archive, self._reader)

    def _rows(
        self, run: _Past, brand: Brand, visits: tuple[Visit, ...], history: BrandHistory
    ) -> Rows:
        # Nothing leaves here: a run whose captures are read twice must not count twice.
        outcome = process_brand(
            replace(brand, good_runs_to_remove=_NEVER),
            visits,
            history,
            now=run.started,
            run_id=run.run.run_id,
            accepted=brand.id in run.accepted,
            marks=load_rules().marks,
        )
        return {hotline.id: _plain(hotline) for hotline in outcome.hotlines}

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
        self._last: tuple[str, BrandHistory] = ("", BrandHistory())

    @property
    def is_whole(self) -> bool:
        """Whether its captures and tables are there; pruned runs have none."""
        return not self.run.pruned.exists() and self.run.captures.is_dir()

    @cached_property
    def facts(self) -> RunFacts:
        return read_manifest(self.run).facts

    def history(self, brand_id: str) -> BrandHistory:
        """What it left of a brand; cheapest if brands are asked for in order of id."""
        if self._last[0] == brand_id:
            return self._last[1]
        if not self.run.table("hotlines").exists():
            return BrandHistory()
        if brand_id < self._last[0]:
            return history_of(self.run, brand_id)
        self._last = (brand_id, history_in(self._rows.of(brand_id)))
        return self._last[1]

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
        path = self.run.captures / "crawl.json"
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}

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


def _on(visit: Visit, brand: Brand) -> bool:
    return on_ground(visit.final_url or visit.url, brand)


def _plain(hotline: Hotline) -> Row:
    return json_row(HOTLINES, row_of(HOTLINES, hotline))
