"""What one more run costs when thousands are there: append, a past snapshot, one number's past.

    python -m benchmarks.history 3000

Tiny runs (one change each), made one after another; each line is the median of the runs since the
line before it, in milliseconds of CPU, so that growth shows and load does not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median

from benchmarks.synthetic import NOW, template
from outputs.compare import file_state_hash
from outputs.durable import replace_text
from outputs.history import as_of, versions
from outputs.history_writing import record
from outputs.manifest import RunFacts, write_manifest
from outputs.publish import list_run, pointer_text, repair
from outputs.rows import json_row, row_of
from outputs.run_directory import DataDirectory, RunDirectory, new_run_id
from outputs.schema import CHANGES, HOTLINES
from outputs.snapshot import write_table
from pipelines.diff import diff
from pipelines.model import Hotline
from pipelines.vocabulary import RunResult

STEPS = 10


def main() -> None:
    """Prints one table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("runs", type=int, nargs="?", default=1000)
    runs = parser.parse_args().runs
    print("| runs | append ms | index.json ms | as_of ms | versions ms | repair ms |")
    print("|---" * 6 + "|")
    with tempfile.TemporaryDirectory() as temporary:
        data, parent, spent = DataDirectory(Path(temporary)), None, list[tuple[float, float]]()
        for number in range(runs):
            run = made(data, number, parent)
            appended = cpu_ms(lambda run=run: record(data, run))  # type: ignore[misc]
            spent.append((appended, cpu_ms(lambda run=run: list_run(data, run))))  # type: ignore[misc]
            parent = run.run_id
            if (number + 1) % max(runs // STEPS, 1) == 0:
                line(data, number + 1, spent)
                spent = []


def line(data: DataDirectory, runs: int, spent: list[tuple[float, float]]) -> None:
    """Prints what the last runs cost."""
    past = cpu_ms(lambda: list(as_of(data.path, "latest")))
    one = cpu_ms(lambda: versions(data.path, "brand/95188"))
    mended = cpu_ms(lambda: repair(data.path))
    medians = [median(column) for column in zip(*spent, strict=True)]
    cells = [f"{value:.1f}" for value in (*medians, past, one, mended)]
    print(f"| {' | '.join([str(runs), *cells])} |")
    sys.stdout.flush()


def cpu_ms(call: Callable[[], object]) -> float:
    """CPU time of a call in milliseconds."""
    start = time.process_time()
    call()
    return (time.process_time() - start) * 1000


def hotline(number: int) -> Hotline:
    """A number whose hours change with each run."""
    return replace(
        template(),
        id="brand/95188",
        brand_id="brand",
        number="95188",
        extension="",
        hours=f"{number}",
    )


def made(data: DataDirectory, number: int, parent: str | None) -> RunDirectory:
    """A run as it lies there once it was renamed: the tables that history reads, and a manifest."""
    run = RunDirectory(data.runs / new_run_id(NOW + timedelta(hours=number), "k3f"))
    run.path.mkdir(parents=True)
    rows = [
        {h.id: json_row(HOTLINES, row_of(HOTLINES, h))} for h in map(hotline, (number - 1, number))
    ]
    changes = diff(rows[0] if parent else {}, rows[1], content=HOTLINES.content)
    write_table(run.table("hotlines"), HOTLINES, [row_of(HOTLINES, hotline(number))])
    extra = {"run_id": run.run_id}
    write_table(run.table("changes"), CHANGES, [row_of(CHANGES, c, extra) for c in changes])
    ended = NOW + timedelta(hours=number)
    state = file_state_hash(run.table("hotlines"))
    facts = RunFacts(run.run_id, ended, ended, RunResult.PUBLISHED, parent, {}, state)
    manifest = write_manifest(run, facts, ())
    replace_text(data.latest, pointer_text(manifest))
    return run


if __name__ == "__main__":
    main()
