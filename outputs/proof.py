"""The proof before each publication: the changes, applied to the parent, give the snapshot.

Content only, as everywhere in comparisons. Rows that both files hold alike are told by their
hashes and need no proof beyond that no change is about them; of all others, changes and both
sides are read in one pass. Memory holds a batch of each, however large the snapshot is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import chain, islice, zip_longest
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from outputs.canonical import time_text
from outputs.changes import read_changes
from outputs.manifest import is_as_written
from outputs.paired import paired
from outputs.rows import Row
from outputs.run_directory import RunDirectory
from outputs.schema import HOTLINES
from outputs.table_files import TableReader, json_rows_in, read_batches
from pipelines.diff import BrokenChainError, applied

_IDS = 8_192


class ProofError(ValueError):
    """A change file does not lead from the parent's snapshot to this one."""


def prove(parent: RunDirectory | None, run: RunDirectory) -> None:
    """Check that `apply(previous, changes) == current`.

    Raises:
        ProofError: It is not; the message names the first row that differs.
    """
    changes = read_changes(run.table("changes"))
    with _sides(parent, run) as (previous, current):
        try:
            for said, held in zip_longest(applied(previous, changes, key=HOTLINES.key), current):
                if said != held:
                    raise ProofError(_difference(parent, run, said, held))
        except BrokenChainError as error:
            said = f"the changes of run {run.run_id} do not fit its parent: {error}"
            raise ProofError(said) from error


def check_as_written(parent: RunDirectory | None, run: RunDirectory) -> None:
    """Check the bytes on which the proof rests against the manifests: hashes stand in them.

    Raises:
        ProofError: A table was altered after its run was sealed.
    """
    tables = [(run, "hotlines"), (run, "changes"), *([(parent, "hotlines")] if parent else [])]
    for owner, name in tables:
        path = owner.table(name)
        if not is_as_written(owner, path.name):
            raise ProofError(
                f"{path} is not the file that the manifest of run {owner.run_id} describes; "
                "nothing was published: `hotlines verify` names all that was damaged"
            )


def content_rows(path: Path) -> Iterator[Row]:
    """Content of a hotlines file in key order, in JSON-ready values, nulls included."""
    rows = chain.from_iterable(read_batches(path, columns=HOTLINES.content))
    return map(_content, rows)


def content_rows_of(path: Path, ids: Iterator[str]) -> Iterator[Row]:
    """`content_rows` of these ids only, which come in the order of the file."""
    wanted = set(islice(ids, _IDS))
    with TableReader(path, columns=HOTLINES.content) as reader:
        for batch in reader.batches(range(reader.file.num_row_groups)):
            while wanted:
                chosen = batch.filter(pc.is_in(batch["id"], pa.array(wanted, pa.string())))
                for row in reader.rows(chosen):
                    wanted.remove(str(row["id"]))
                    yield _content(row)
                if wanted:
                    break
                wanted = set(islice(ids, _IDS))


def _content(row: Row) -> Row:
    content = {name: row[name] for name in HOTLINES.content}
    return {n: time_text(v) if isinstance(v, datetime) else v for n, v in content.items()}


@contextmanager
def _sides(
    parent: RunDirectory | None, run: RunDirectory
) -> Iterator[tuple[Iterator[Row], Iterator[Row]]]:
    """Content of the rows that differ; all rows of a first run."""
    after = run.table("hotlines")
    if parent is None:
        yield iter(()), content_rows(after)
        return
    waiting: tuple[deque[Row], deque[Row]] = (deque(), deque())
    with closing(paired(parent.table("hotlines"), after, HOTLINES.content)) as windows:

        def rows(side: int) -> Iterator[Row]:
            while True:
                while not waiting[side]:
                    window = next(windows, None)
                    if window is None:
                        return
                    waiting[0].extend(json_rows_in(window.old))
                    waiting[1].extend(json_rows_in(window.new))
                yield waiting[side].popleft()

        yield rows(0), rows(1)


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
