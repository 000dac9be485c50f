"""What the parent run left for each brand, read forwards: one brand is held at a time.

Tables are sorted by brand, and so is a run built; whoever asks here asks in that order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import chain

import pyarrow.compute as pc

from outputs.rows import Row, brand_history, source_state_from_row
from outputs.run_directory import RunDirectory
from outputs.schema import BRANDS, CHANNELS, HOTLINES, SOURCES, Table
from outputs.table_files import TableReader, read_batches
from pipelines.model import BrandHistory, SourceState

KEPT = (HOTLINES, BRANDS, SOURCES, CHANNELS)


class BrandRows:
    """Rows of one table, brand after brand.

    Args:
        where: Give only rows whose columns have one of these values.
    """

    def __init__(
        self,
        run: RunDirectory | None,
        table: Table,
        where: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        batches = read_batches(run.table(table.name), where=where) if run else iter(())
        self._rows: Iterator[Row] = chain.from_iterable(batches)
        self._row = next(self._rows, None)
        self._asked = ""

    def of(self, brand_id: str) -> list[Row]:
        """Rows of a brand that comes after those asked for before."""
        if brand_id <= self._asked:
            raise ValueError(f"{brand_id} does not come after {self._asked}: it was read over")
        self._asked = brand_id
        found = []
        while self._row is not None and str(self._row["brand_id"]) <= brand_id:
            if self._row["brand_id"] == brand_id:
                found.append(self._row)
            self._row = next(self._rows, None)
        return found


class ParentRows:
    """What a run left of each brand, brand after brand, by table; nothing without a run."""

    def __init__(self, run: RunDirectory | None) -> None:
        self._tables = {table.name: BrandRows(run, table) for table in KEPT}

    def of(self, brand_id: str) -> dict[str, list[Row]]:
        """Rows by table of a brand that comes after those asked for before."""
        return {name: rows.of(brand_id) for name, rows in self._tables.items()}


def history_in(rows: Mapping[str, list[Row]]) -> BrandHistory:
    """What the rows of a brand tell the next run."""
    return brand_history(*(rows[table.name] for table in (HOTLINES, SOURCES, BRANDS, CHANNELS)))


def history_of(run: RunDirectory, brand_id: str) -> BrandHistory:
    """What a run left of one brand, whichever was asked for before."""
    return history_in({table.name: rows_of_brand(run, table, brand_id) for table in KEPT})


def rows_of_brand(run: RunDirectory, table: Table, brand_id: str) -> list[Row]:
    """Rows of one brand; only the row groups that may hold them are read."""
    with TableReader(run.table(table.name)) as reader:
        column = reader.file.schema_arrow.get_field_index("brand_id")
        groups = [
            n for n in range(reader.file.num_row_groups) if _may_hold(reader, n, column, brand_id)
        ]
        found = (
            batch.filter(pc.equal(batch["brand_id"], brand_id)) for batch in reader.batches(groups)
        )
        return [row for batch in found for row in reader.rows(batch)]


def _may_hold(reader: TableReader, group: int, column: int, brand_id: str) -> bool:
    known = reader.file.metadata.row_group(group).column(column).statistics
    return known is None or not known.has_min_max or bool(known.min <= brand_id <= known.max)


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
