"""The proof before each publication: the changes, applied to the parent, give the snapshot.

Content only, as everywhere in comparisons. One pass over three sorted files, so memory holds
three batches however large the snapshot is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import chain, zip_longest
from pathlib import Path

from outputs.canonical import time_text
from outputs.changes import read_changes
from outputs.rows import Row
from outputs.run_directory import RunDirectory
from outputs.schema import HOTLINES
from outputs.snapshot import read_batches
from pipelines.diff import BrokenChainError, applied


class ProofError(ValueError):
    """A change file does not lead from the parent's snapshot to this one."""


def prove(parent: RunDirectory | None, run: RunDirectory) -> None:
    """Check that `apply(previous, changes) == current`.

    Raises:
        ProofError: It is not; the message names the first row that differs.
    """
    previous = content_rows(parent.table("hotlines")) if parent else iter(())
    changes = read_changes(run.table("changes"))
    current = content_rows(run.table("hotlines"))
    try:
        for said, held in zip_longest(applied(previous, changes, key=HOTLINES.key), current):
            if said != held:
                raise ProofError(_difference(parent, run, said, held))
    except BrokenChainError as error:
        said = f"the changes of run {run.run_id} do not fit its parent: {error}"
        raise ProofError(said) from error


def content_rows(path: Path, ids: Collection[str] | None = None) -> Iterator[Row]:
    """Content of a hotlines file in key order, in JSON-ready values, nulls included.

    Args:
        ids: Only of these rows.
    """
    where = None if ids is None else {"id": ids}
    for row in chain.from_iterable(read_batches(path, columns=HOTLINES.content, where=where)):
        yield {n: time_text(v) if isinstance(v, datetime) else v for n, v in row.items()}


def _difference(
    parent: RunDirectory | None, run: RunDirectory, said: Row | None, held: Row | None
) -> str:
    row_id = (held or said or {}).get("id")
    names = [n for n in HOTLINES.content if (said or {}).get(n) != (held or {}).get(n)]
    side = "" if said and held else " (a row that only one side has)"
    return (
        f"the changes of run {run.run_id}, applied to {parent.run_id if parent else 'nothing'}, do "
        f"not give its snapshot: {row_id} differs in {', '.join(names[:5])}{side}; nothing was "
        "published, report this as a defect"
    )
