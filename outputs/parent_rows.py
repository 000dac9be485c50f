"""What the parent run left for each brand, read forwards: one brand is held at a time.

Tables are sorted by brand, and so is a run built; whoever asks here asks in that order.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import pyarrow.compute as pc

from outputs.rows import Row, brand_history, source_state_from_row
from outputs.run_directory import RunDirectory
from outputs.schema import BRANDS, CHANNELS, HOTLINES, SOURCES, Table
from outputs.snapshot import TableReader, read_batches
from pipelines.model import BrandHistory, SourceState

KEPT = (HOTLINES, BRANDS, SOURCES, CHANNELS)


class BrandRows:
    """Rows of one table, brand after brand."""

    def __init__(self, run: RunDirectory | None, table: Table) -> None:
        batches = read_batches(run.table(table.name)) if run else iter(())
        self._rows: Iterator[Row] = chain.from_iterable(batches)
        self._row = next(self._rows, None)

    def of(self, brand_id: str) -> list[Row]:
        """Rows of a brand that comes after those asked for before."""
        found = []
        while self._row is not None and str(self._row["brand_id"]) <= brand_id:
            if self._row["brand_id"] == brand_id:
                found.append(self._row)
            self._row = next(self._rows, None)
        return found


class ParentHistory:
    """`BrandHistory` of each brand, brand after brand; empty ones without a parent."""

    def __init__(self, run: RunDirectory | None) -> None:
        tables = (HOTLINES, SOURCES, BRANDS, CHANNELS)
        self._tables = tuple(BrandRows(run, table) for table in tables)

    def of(self, brand_id: str) -> BrandHistory:
        """What is known of a brand that comes after those asked for before."""
        hotlines, sources, brands, channels = (rows.of(brand_id) for rows in self._tables)
        return brand_history(hotlines, sources, brands, channels)


class KeptRows:
    """Rows of brands that were not crawled, in every table that keeps them."""

    def __init__(self, run: RunDirectory | None) -> None:
        self._tables = {table.name: BrandRows(run, table) for table in KEPT}

    def of(self, brand_id: str) -> dict[str, list[Row]]:
        """Rows by table of a brand that comes after those asked for before."""
        return {name: rows.of(brand_id) for name, rows in self._tables.items()}


def read_history(run: RunDirectory) -> dict[str, BrandHistory]:
    """What a run left of every brand; for what needs them all at once."""
    history = ParentHistory(run)
    return {brand_id: history.of(brand_id) for brand_id in sorted(brand_ids(run))}


def read_kept(run: RunDirectory | None, brands: frozenset[str]) -> dict[str, dict[str, list[Row]]]:
    """Rows by table of the brands that are kept as they are, and of which a run holds anything."""
    kept = KeptRows(run)
    return {brand_id: kept.of(brand_id) for brand_id in sorted(brand_ids(run) & brands)}


def source_ledger(run: RunDirectory | None) -> dict[tuple[str, str], SourceState]:
    """What a run knew of each document, by brand and URL, for the crawl that follows."""
    rows = chain.from_iterable(read_batches(run.table("sources"))) if run else ()
    states = map(source_state_from_row, rows)
    return {(state.brand_id, state.url): state for state in states}


def brand_ids(run: RunDirectory | None) -> frozenset[str]:
    """Brands of which a run holds anything."""
    found: set[str] = set()
    if run is None:
        return frozenset()
    for table in KEPT:
        with TableReader(run.table(table.name), columns=("brand_id",)) as reader:
            for batch in reader.batches(range(reader.file.num_row_groups)):
                found.update(pc.unique(batch["brand_id"]).to_pylist())
    return frozenset(found)
