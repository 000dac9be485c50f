"""Columns that went empty: rows may all be there, and yet say less than they did."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from outputs.table_files import read_batches
from pipelines.gate import SHARE_TO_KEEP, SMALLEST_SNAPSHOT

#: What a page says of a number, so what we lose if we no longer understand the page around it.
WATCHED = ("purposes", "labels", "hours_raw", "evidence_text")


def emptied_columns(before: Path, after: Path) -> Iterator[str]:
    """Reasons against publication: a watched column is filled half as often as in the parent."""
    old_rows, old = _filled(before)
    new_rows, new = _filled(after)
    if old_rows < SMALLEST_SNAPSHOT or not new_rows:
        return
    for name in WATCHED:
        enough = old[name] >= SMALLEST_SNAPSHOT
        if enough and new[name] / new_rows < SHARE_TO_KEEP * old[name] / old_rows:
            yield (
                f"column_emptied: {name} is filled in {new[name]} of {new_rows} hotlines, in the "
                f"parent in {old[name]} of {old_rows}"
            )


def _filled(path: Path) -> tuple[int, dict[str, int]]:
    rows, filled = 0, dict.fromkeys(WATCHED, 0)
    for batch in read_batches(path, columns=WATCHED):
        rows += len(batch)
        for name in WATCHED:
            filled[name] += sum(bool(row[name]) for row in batch)
    return rows, filled
