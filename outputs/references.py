"""Which captures the tables of a run refer to."""

from __future__ import annotations

from itertools import chain

from outputs.fetches import FETCHES, read_fetches, read_leads
from outputs.run_directory import STAGING, RunDirectory
from outputs.table_files import read_batches

_POINTERS = {
    "evidence": ("capture_run", "capture_file"),
    "sources": ("capture_run", "capture_file"),
    "claims": ("capture_run", "capture_file"),
    "captures": ("body_run", "body_file"),
}


def referred_captures(run: RunDirectory) -> set[tuple[str, str]]:
    """(run id, file) of every capture that evidence, ledger or revisits of a run name."""
    broken = not run.table("captures").exists() and not run.pruned.exists()
    if broken or run.path.name.startswith(STAGING):  # its log says what building it will read
        log = run.captures / FETCHES
        fetches = (*(read_fetches(run.path) if log.exists() else ()), *read_leads(run.path))
        return {(fetch.body_run, fetch.body_file) for fetch in fetches if fetch.body_file}
    found: set[tuple[str, str]] = set()
    for table, names in _POINTERS.items():
        path = run.table(table)
        if path.exists():
            rows = chain.from_iterable(read_batches(path, columns=names))
            found |= {(str(row[names[0]]), str(row[names[1]])) for row in rows if row[names[1]]}
    return found
