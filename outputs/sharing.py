"""Numbers shared by brands, over a whole run: the last word on its verdicts.

Brands are written one by one with the verdicts that their own pages give. Of each row two words
stay in memory: what number it claims, and for which brand. Where several brands claim one number,
those rows are read again, and the tables written anew with what they lose and why.
"""

from __future__ import annotations

import hashlib
import heapq
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt

from outputs.parent_rows import BrandRows
from outputs.rows import Row, hotline_from_row, key_of, row_of, rows_of
from outputs.run_directory import RunDirectory
from outputs.schema import HOTLINES, ISSUES
from outputs.snapshot import write_sorted_table
from outputs.table_files import TableReader, read_batches
from pipelines.diff import same_content
from pipelines.model import Brand, Hotline
from pipelines.shared import (
    Claim,
    Shared,
    claim_of,
    claims_number,
    conflicts,
    fallen_in,
    is_lowered,
    issue_of,
    own_verdict,
    with_doubt,
)

Places = npt.NDArray[np.int64]


class NumbersClaimed:
    """Which numbers the rows of a run claim, in the order in which they are written.

    Attributes:
        freed: Place → id of rows that other brands had lowered in the parent.
    """

    def __init__(self) -> None:
        self._numbers = array("Q")
        self._brands = array("L")
        self._brand = 0
        self.freed: dict[int, str] = {}

    def note(self, rows: Iterable[Row], before: Iterable[Hotline] = ()) -> None:
        """Rows of the next brand, in key order, and what the parent had of a crawled one."""
        lowered = {row.id for row in before if is_lowered(row)}
        self._brand += 1
        for row in rows:
            if row["id"] in lowered:
                self.freed[len(self._numbers)] = str(row["id"])
            self._numbers.append(_number_claimed(row))
            self._brands.append(self._brand)

    def contested(self) -> Places:
        """Places of rows whose number more than one brand claims."""
        numbers, brands = np.array(self._numbers), np.array(self._brands)
        claiming = np.flatnonzero(numbers)
        order = claiming[np.lexsort((brands[claiming], numbers[claiming]))]
        number, brand = numbers[order], brands[order]
        wanted = number[1:][(number[1:] == number[:-1]) & (brand[1:] != brand[:-1])]
        return np.flatnonzero(np.isin(numbers, wanted))


def _number_claimed(row: Row) -> int:
    """A hash of number and area, or 0; a chance hit only costs a second look."""
    reasons = row["verdict_reasons"]
    codes = map(str, reasons) if isinstance(reasons, list) else ()  # its writer will refuse it
    own = own_verdict(str(row["verdict"]), codes)
    if not claims_number(str(row["number_class"]), own):
        return 0
    text = f"{row['number']}@{row['area']}".encode(errors="replace")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


@dataclass(frozen=True, slots=True)
class _Contested:
    """Numbers that brands of different groups claim."""

    found: tuple[Shared, ...]
    places: Mapping[str, int]  # by id

    def fallen(self, crawled: Collection[str]) -> dict[int, tuple[str, Shared]]:
        """Rows to lower, by place. Those of brands that were not crawled stay as they are."""
        return {
            self.places[claim.id]: (claim.id, one)
            for one in self.found
            for ids in (fallen_in(one),)
            for claim in one.claims
            if claim.id in ids and claim.brand_id in crawled
        }

    def told(self, crawled: Collection[str]) -> list[tuple[Claim, Shared]]:
        """Claims of crawled brands, brand by brand."""
        both = ((c, one) for one in self.found for c in one.claims if c.brand_id in crawled)
        return sorted(both, key=lambda pair: (pair[0].brand_id, pair[0].id))


def settle_shared(
    run: RunDirectory,
    numbers: NumbersClaimed,
    *,
    brands: Iterable[Brand],
    crawled: Collection[str],
    before: RunDirectory | None,
    now: datetime,
) -> None:
    """Holds the brands of a run against each other; writes its hotlines and issues anew if needed.

    Args:
        before: Run of which the rows tell whether a row changed.
    """
    contested = _contested(run.table("hotlines"), numbers.contested(), brands)
    revised: dict[int, tuple[str, Shared | None]] = {
        place: (row_id, None) for place, row_id in numbers.freed.items()
    }
    revised.update(contested.fallen(crawled))
    if revised:
        rows = _revised(run.table("hotlines"), revised, before, now)
        write_sorted_table(run.table("hotlines"), HOTLINES, rows)
    if told := contested.told(crawled):
        own = chain.from_iterable(read_batches(run.table("issues")))
        rows = heapq.merge(own, _issue_rows(told), key=lambda row: key_of(ISSUES, row))
        write_sorted_table(run.table("issues"), ISSUES, rows)


def _contested(path: Path, places: Places, brands: Iterable[Brand]) -> _Contested:
    if not len(places):
        return _Contested((), {})
    claims = [claim_of(hotline_from_row(row)) for row in _rows_at(path, places)]
    held = {claim.id: int(n) for claim, n in zip(claims, places, strict=True) if claim}
    known = {brand.id: brand for brand in brands}
    return _Contested(conflicts(filter(None, claims), known), held)


def _rows_at(path: Path, places: Places) -> Iterator[Row]:
    start = 0
    with TableReader(path) as reader:
        for batch in reader.batches(range(reader.file.num_row_groups)):
            low, high = np.searchsorted(places, (start, start + batch.num_rows))
            yield from reader.rows(batch.take(places[low:high] - start))
            start += batch.num_rows


def _revised(
    path: Path,
    revised: Mapping[int, tuple[str, Shared | None]],
    before: RunDirectory | None,
    now: datetime,
) -> Iterator[Row]:
    """All rows of a table, in order; those that are lowered, or free again, with new verdicts."""
    wanted = {"id": {row_id for row_id, _ in revised.values()}}
    known = BrandRows(before, HOTLINES, wanted)
    rows = enumerate(chain.from_iterable(read_batches(path)))
    for brand_id, own in groupby(rows, key=lambda placed: str(placed[1]["brand_id"])):
        held = {str(row["id"]): hotline_from_row(row) for row in known.of(brand_id)}
        for place, row in own:
            if place not in revised:
                yield row
                continue
            hotline, shared = hotline_from_row(row), revised[place][1]
            judged = with_doubt(hotline, shared) if shared else hotline
            yield row_of(HOTLINES, _dated(judged, held.get(hotline.id), now))


def _dated(row: Hotline, before: Hotline | None, now: datetime) -> Hotline:
    """The row with the time of its last change, seen from what was published before."""
    if before is None:
        return row
    return replace(row, last_change=before.last_change if same_content(before, row) else now)


def _issue_rows(told: Iterable[tuple[Claim, Shared]]) -> Iterator[Row]:
    for _, own in groupby(told, key=lambda pair: pair[0].brand_id):
        yield from rows_of(ISSUES, [issue_of(claim, shared) for claim, shared in own])
