"""Diff, history append and publication at 10^4 … 10^7 hotlines, against pandas on the same files.

    python -m benchmarks.snapshot 10000 100000 1000000
    python -m benchmarks.snapshot 10000000 --keep /var/tmp/bench    # 2 GB of disk, 10 GB of memory

Each line is a process of its own: CPU seconds of all its threads without imports, and peak memory
with everything. The files are synthetic (`benchmarks/synthetic.py`) and made once per directory.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pandas import DataFrame

    from outputs.manifest import RunFacts
    from outputs.run_directory import RunDirectory
    from pipelines.model import Removal

KEY = ["brand_id", "number", "area", "extension"]
COMPARED = ["display", "hours", "fee_class", "verdict", "presence"]
PARENT, RUN = "20261122T211500Z-aaa", "20261123T211500Z-bbb"
HEADER = (
    "rows", "task", "s (CPU)", "s (clock)", "peak MB", "µs a row", "time ÷ pandas",
    "memory ÷ pandas",
)  # fmt: skip
Task = Callable[[Path], object]


def main() -> None:
    """Prints one table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("rows", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--keep", type=Path, help="directory for the files, kept and used again")
    parser.add_argument("--only", help="tasks, joined by semicolons")
    parser.add_argument("--repeat", type=int, default=1, help="rounds, of which medians are shown")
    parser.add_argument("--task", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.task:
        measure(options.task, options.keep)
        return
    names = options.only.split(";") if options.only else [n for n in TASKS if n != "make"]
    print(f"| {' | '.join(HEADER)} |")
    print("|---" * len(HEADER) + "|")
    with tempfile.TemporaryDirectory() as temporary:
        for rows in options.rows:
            directory = (options.keep or Path(temporary)) / str(rows)
            directory.mkdir(parents=True, exist_ok=True)
            child(directory, "make")
            print_lines(directory, rows, names, options.repeat)


def print_lines(directory: Path, rows: int, names: list[str], repeat: int) -> None:
    """One line for each task, median of rounds; the first one is what others are compared with."""
    rounds = [[child(directory, name) for name in names] for _ in range(repeat)]
    pandas: dict[str, float] | None = None
    for name, done in zip(names, zip(*rounds, strict=True), strict=True):
        if failed := [each.stderr.splitlines() for each in done if each.returncode]:
            print(f"| {rows:,} | {name} | failed: {(failed[0] or ['killed'])[-1]} |")
            continue
        runs = [json.loads(each.stdout.splitlines()[-1]) for each in done]
        found = {k: median(run[k] for run in runs) for k in ("cpu", "clock", "peak")}
        pandas = found if name == "pandas" else pandas
        ratios = [f"{found[k] / pandas[k]:.3f}" if pandas else "" for k in ("cpu", "peak")]
        cells = [f"{rows:,}", f"{name} ({runs[0]['result']})", f"{found['cpu']:.2f}"]
        a_row = f"{found['cpu'] / rows * 1e6:.2f}"
        cells += [f"{found['clock']:.2f}", f"{found['peak']:.0f}", a_row]
        print(f"| {' | '.join([*cells, *ratios])} |", flush=True)


def child(directory: Path, task: str) -> subprocess.CompletedProcess[str]:
    """A task in a process of its own. This one stays small: a child inherits its peak memory."""
    command = [sys.executable, "-m", "benchmarks.snapshot", "--task", task]
    command += ["--keep", str(directory)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def measure(task: str, directory: Path) -> None:
    """Runs a task in this process and prints what it cost."""
    ours = "outputs.publish"
    peer = next((name for name in ("pandas", "duckdb") if task.startswith(name)), ours)
    for name in ("numpy", "pyarrow.parquet", peer):
        import_module(name)
    clock, cpu = time.perf_counter(), time.process_time()
    result = TASKS[task](directory)
    spent = {"cpu": time.process_time() - cpu, "clock": time.perf_counter() - clock}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**spent, "peak": peak, "result": result}))


def make(directory: Path) -> str:
    """Two snapshots, if they are not there."""
    from benchmarks.synthetic import write_snapshot

    for second, path in enumerate((directory / "a.parquet", directory / "b.parquet")):
        if not path.exists():
            unfinished = path.with_suffix(".unfinished")
            write_snapshot(unfinished, int(directory.name), second=bool(second))
            unfinished.rename(path)
    return "made"


# --- peers --------------------------------------------------------------------------------


def pandas_merge(directory: Path) -> str:
    """Full outer merge on the key, five compared columns."""
    return _pandas(directory, COMPARED)


def pandas_on_hashes(directory: Path) -> str:
    """The same with our hash in place of the compared columns."""
    return _pandas(directory, ["row_hash"])


def _pandas(directory: Path, compared: list[str]) -> str:
    import pandas as pd

    files = (directory / "a.parquet", directory / "b.parquet")
    old, new = (pd.read_parquet(path, columns=KEY + compared) for path in files)
    both = old.merge(new, how="outer", on=KEY, suffixes=("_old", "_new"), indicator=True)
    differs = both["_merge"] != "both"
    for name in compared:
        differs |= both[f"{name}_old"].ne(both[f"{name}_new"])
    return f"{len(both[differs])} pairs"


def pandas_changes(directory: Path) -> str:
    """The answer of `changes`: op, fields, before and after of every row that differs."""
    import pandas as pd

    from outputs.schema import HOTLINES

    content = list(HOTLINES.content)
    files = (directory / "a.parquet", directory / "b.parquet")
    old, new = (pd.read_parquet(path, columns=content) for path in files)
    both = old.merge(new, how="outer", on=KEY, suffixes=("_old", "_new"), indicator=True)
    paired = both["_merge"] == "both"
    differs = {}
    for name in (n for n in content if n not in KEY):
        one, other = both[f"{name}_old"], both[f"{name}_new"]
        if HOTLINES.column(name).type.is_list:  # pandas compares no lists
            one, other = (s.map(tuple, na_action="ignore") for s in (one, other))
        differs[name] = paired & one.ne(other) & ~(one.isna() & other.isna())
    mask = pd.DataFrame(differs)
    wanted = ~paired | mask.any(axis=1)
    return f"{len(_told(both[wanted], mask[wanted]))} changes"


def _told(rows: DataFrame, mask: DataFrame) -> list[tuple[Any, ...]]:
    found = []
    names = list(mask.columns)
    for row, differs in zip(rows.to_dict("records"), mask.to_numpy(), strict=True):
        op = {"both": "MOD", "left_only": "DEL", "right_only": "ADD"}[row["_merge"]]
        fields = [n for n, d in zip(names, differs, strict=True) if d] if op == "MOD" else names
        before, after = ({n: row[f"{n}_{side}"] for n in fields} for side in ("old", "new"))
        found.append(([row[n] for n in KEY], op, fields, before, after))
    return found


def duckdb_on_hashes(directory: Path) -> str:
    """What engines.md proposed: rows whose hash the other file does not hold."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("set preserve_insertion_order=false")
    counts = []
    for one, other in (("a", "b"), ("b", "a")):
        files = (f"'{directory / f'{name}.parquet'}'" for name in (one, other))
        query = "select count(*) from {} anti join {} using (row_hash)".format(*files)
        counts.append(connection.execute(query).fetchall()[0][0])
    return f"{counts[0]} + {counts[1]} rows"


# --- ours ---------------------------------------------------------------------------------


def find(directory: Path) -> str:
    """Which rows differ."""
    from outputs.differing import Side, differing

    with Side(directory / "a.parquet") as left, Side(directory / "b.parquet") as right:
        counts = [0, 0]
        for places in differing(left, right):
            counts = [count + len(found) for count, found in zip(counts, places, strict=True)]
    return f"{counts[0]} + {counts[1]} rows"


def whole_pairs(directory: Path) -> str:
    """The pairs with all columns of both sides, as `pipelines/diff.py` takes them."""
    from outputs.compare import pairs

    return f"{sum(1 for _ in pairs(directory / 'a.parquet', directory / 'b.parquet'))} pairs"


def changes(directory: Path) -> str:
    """What a user reads: the table `changes`, with fields, before, after and cause."""
    from outputs.causes import Causes
    from outputs.change_columns import READ, Known
    from outputs.changes import change_batches
    from outputs.paired import paired
    from outputs.schema import CHANGES
    from outputs.snapshot import TableWriter

    windows = paired(directory / "a.parquet", directory / "b.parquet", READ)
    known = Known(_removals(), ())
    with TableWriter(directory / "changes.parquet", CHANGES) as writer:
        for batch in change_batches(windows, known, lambda _: Causes(), RUN):
            writer.write_columns(batch)
    return f"{writer.rows} changes"


def _removals() -> Mapping[str, Removal]:
    """Of every row that left: presence decides on them before there is a diff."""
    from benchmarks.synthetic import template
    from pipelines.model import Removal
    from pipelines.vocabulary import Cause

    gone = Removal(template(), "gone", Cause.SOURCE)

    class OfEveryRow(dict[str, Removal]):
        def get(self, *_: object) -> Removal:  # type: ignore[override]
            return gone

    return OfEveryRow()


def state_hash(directory: Path) -> str:
    """The state hash of the new snapshot."""
    from outputs.compare import file_state_hash

    found = file_state_hash(directory / "b.parquet")
    (directory / "state").write_text(found)
    return found[7:19]


def publish(directory: Path) -> str:
    """Proof, rename, history append, index, pointer; the second run of a data directory."""
    publishing: Any = import_module("outputs.publish")

    with tempfile.TemporaryDirectory(dir=directory) as temporary:
        data = Path(temporary)
        run = _staged(directory, data)
        spent: list[float] = []
        real: Callable[..., int] = publishing.record

        def timed(*given: object) -> int:
            start = time.process_time()
            number = real(*given)
            spent.append(time.process_time() - start)
            return number

        publishing.record = timed
        publishing.publish(data, run)
    return f"of which history append {spent[0]:.2f} s"


def _staged(directory: Path, data: Path) -> RunDirectory:
    """A sealed run and its published parent, which enters the history as if it had no events."""
    from outputs.durable import replace_text
    from outputs.history import Link, index_file, links_json
    from outputs.manifest import read_manifest
    from outputs.publish import pointer_text, seal
    from outputs.run_directory import DataDirectory, RunDirectory

    place = DataDirectory(data)
    state = (directory / "state").read_text()
    for run_id, snapshot, parent in ((PARENT, "a", None), (RUN, "b", PARENT)):
        run = place.stage(run_id)
        _fill(run.path, directory, snapshot, parent)
        seal(run, _facts(run_id, parent, state))
    first = RunDirectory((place.runs / f".tmp-{PARENT}").rename(place.runs / PARENT))
    manifest = read_manifest(first)
    replace_text(place.latest, pointer_text(manifest))
    place.history.mkdir()
    link = Link(1, PARENT, None, manifest.facts.published, state, 0, "")
    (place.history / f"{PARENT}.parquet").touch()
    replace_text(index_file(place), links_json([link]))
    return run


def _fill(path: Path, directory: Path, snapshot: str, parent: str | None) -> None:
    from outputs.schema import TABLES
    from outputs.snapshot import write_table

    for table in TABLES:
        file = path / f"{table.name}.parquet"
        if table.name == "hotlines":
            file.hardlink_to(directory / f"{snapshot}.parquet")
        elif table.name == "changes" and parent:
            file.hardlink_to(directory / "changes.parquet")
        else:
            write_table(file, table, ())


def _facts(run_id: str, parent: str | None, state: str) -> RunFacts:
    from benchmarks.synthetic import NOW
    from outputs.manifest import RunFacts
    from pipelines.vocabulary import RunResult

    return RunFacts(run_id, NOW, NOW, RunResult.PUBLISHED, parent, {}, state)


TASKS: dict[str, Task] = {
    "make": make,
    "pandas": pandas_merge,
    "pandas on our hash": pandas_on_hashes,
    "pandas, the same answer": pandas_changes,
    "duckdb on our hash": duckdb_on_hashes,
    "find": find,
    "pairs": whole_pairs,
    "changes": changes,
    "state hash": state_hash,
    "publish": publish,
}

if __name__ == "__main__":
    main()
