"""Which brands a number brings together, in the parent or in this run."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from outputs.run_directory import RunDirectory
from outputs.schema import HOTLINES
from outputs.table_files import TableReader, read_batches
from pipelines.model import Hotline
from pipelines.shared import SHARED_WITH

_Number = tuple[str, str]  # with its area


class Parties:
    """Numbers of which a row was lowered because of another brand, and all brands that have them.

    Read once, and as small as what is shared.
    """

    def __init__(self, *runs: RunDirectory) -> None:
        paths = [run.table(HOTLINES.name) for run in runs]
        wanted = {number for path in paths if path.exists() for number in _disputed(path)}
        self._numbers: dict[str, set[_Number]] = {}
        self._brands: dict[_Number, set[str]] = {}
        for path in paths if wanted else ():
            for brand_id, number in _holders(path, wanted):
                self._numbers.setdefault(brand_id, set()).add(number)
                self._brands.setdefault(number, set()).add(brand_id)

    def beside(self, brand_id: str) -> frozenset[str]:
        """The other brands that have a number of this one."""
        numbers = self._numbers.get(brand_id, ())
        return frozenset().union(*(self._brands[n] for n in numbers)) - {brand_id}

    def only(self, rows: Collection[Hotline]) -> tuple[Hotline, ...]:
        """Those of the rows whose number is shared."""
        return tuple(row for row in rows if (row.number, row.area) in self._brands)


def _disputed(path: Path) -> Iterator[_Number]:
    with TableReader(path, columns=("number", "area", "verdict_reasons")) as reader:
        for batch in reader.batches(range(reader.file.num_row_groups)):
            reasons = batch["verdict_reasons"]
            named = pc.starts_with(pc.list_flatten(reasons), SHARED_WITH)
            places: pa.Array = pc.unique(pc.list_parent_indices(reasons).filter(named))
            for row in reader.rows(batch.take(places)):
                yield str(row["number"]), str(row["area"])


def _holders(path: Path, wanted: Collection[_Number]) -> Iterator[tuple[str, _Number]]:
    if not path.exists():
        return
    columns, where = ("brand_id", "number", "area"), {"number": {number for number, _ in wanted}}
    for row in chain.from_iterable(read_batches(path, columns=columns, where=where)):
        number = str(row["number"]), str(row["area"])
        if number in wanted:
            yield str(row["brand_id"]), number
