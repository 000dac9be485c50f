"""Building a run on top of a parent with 10^5 … 10^6 hotlines: time, and peak memory.

    python -m benchmarks.building 100000 1000000

Each line is a process of its own. `kept`: one brand in a hundred is crawled, the others keep their
rows. `crawled`: every brand is asked and no page answers, so that the cost is that of our tables.
`shared`: as `kept`, but one brand in ten prints a number that its neighbour prints, too.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.synthetic import BRAND_ROWS, NOW, write_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outputs.run import RunInputs
    from outputs.run_directory import RunDirectory
    from pipelines.model import Brand

PARENT, RUN = "20261122T211500Z-aaa", "20261123T211500Z-bbb"
TASKS = ("kept", "crawled", "shared")


def main() -> None:
    """Prints one table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("rows", type=int, nargs="*", default=[100_000])
    parser.add_argument("--only", choices=TASKS)
    parser.add_argument("--task", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.task:
        measure(options.task, options.rows[0])
        return
    print("| rows | brands | s (CPU) | s (clock) | peak MB | result |\n|---|---|---|---|---|---|")
    for rows in options.rows:
        for task in TASKS if options.only is None else (options.only,):
            command = [sys.executable, "-m", "benchmarks.building", str(rows), "--task", task]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            last = (done.stdout or done.stderr or "killed").splitlines()[-1]
            print(f"| {rows:,} | {task} | {last} |", flush=True)


def measure(task: str, rows: int) -> None:
    """Builds one run in this process and prints what it cost."""
    from outputs.run import build

    with tempfile.TemporaryDirectory() as place:
        inputs = prepared(Path(place), task, rows)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        clock, cpu = time.perf_counter(), time.process_time()
        manifest = build(inputs)
        clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    counts = ", ".join(f"{manifest.counts[name]} {name}" for name in ("hotlines", "changes"))
    print(f"{cpu:.1f} | {clock:.1f} | {peak:.0f} ({before:.0f} before) | {counts}")


def prepared(place: Path, task: str, rows: int) -> RunInputs:
    """A parent and a crawl on top of it."""
    from outputs.crawl_plan import write_plan
    from outputs.run import RunInputs
    from outputs.run_directory import DataDirectory

    data = DataDirectory(place)
    count = -(-rows // BRAND_ROWS)
    parent = _parent(data, rows, count, shared=task == "shared")
    run = data.stage(RUN)
    brands = tuple(_brand(number) for number in range(count))
    selected = [b.id for n, b in enumerate(brands) if task == "crawled" or not n % 100]
    started = NOW + timedelta(days=1)
    write_plan(run, selected=selected, started=started, parent=PARENT)
    _log(run, selected)
    return RunInputs(
        run=run, brands=brands, selected=frozenset(selected), parent=parent, started=started,
        finished=started, registry_digest="sha256:00", places=(data.runs,), bare=True,
    )  # fmt: skip


def _parent(data: object, rows: int, count: int, *, shared: bool) -> RunDirectory:
    from outputs.manifest import RunFacts
    from outputs.publish import seal
    from outputs.run import code_digest, dependency_digest
    from outputs.run_directory import DataDirectory, RunDirectory
    from outputs.schema import TABLES
    from outputs.snapshot import write_sorted_table
    from pipelines.rules import load_rules
    from pipelines.vocabulary import RunResult

    assert isinstance(data, DataDirectory)
    run = data.stage(PARENT)
    for table in TABLES:
        path = run.table(table.name)
        if table.name == "hotlines":
            write_snapshot(path, rows, second=False, shared=shared)
        else:
            write_sorted_table(path, table, _rows(table.name, count))
    ours = {"rules": load_rules().digest, "code": code_digest()}
    digests = {**ours, "dependencies": dependency_digest()}
    seal(run, RunFacts(PARENT, NOW, NOW, RunResult.PUBLISHED, None, digests, ""))
    return RunDirectory(run.path.rename(data.runs / PARENT))


def _rows(table: str, count: int) -> Iterator[dict[str, object]]:
    from outputs.rows import row_of
    from outputs.schema import table_named
    from pipelines.model import BrandRow, SourceState
    from pipelines.vocabulary import BrandState, Outcome, SourceKind

    for n in range(count) if table in ("brands", "sources") else ():
        name = f"brand{n:07d}"
        found = (
            BrandRow(
                brand_id=name, name_zh="示例", name_zh_hant=None, name_en=None, entity=None,
                country="CN", state=BrandState.ACTIVE, healthy=True, unhealthy_reasons=(),
                pages_tried=1, pages_good=1, hotlines=BRAND_ROWS, hotlines_observed=BRAND_ROWS,
                recent_counts=(BRAND_ROWS,), last_observed=NOW, run_id=PARENT,
            )
            if table == "brands"
            else SourceState(
                brand_id=name, url=f"https://www.{name}.test/contact", kind=SourceKind.CONTACT,
                declared=True, outcome=Outcome.OK, good_streak=1, bad_streak=0, last_tried=NOW,
                last_good=NOW, last_changed=NOW, marks=("联系我们",),
            )
        )  # fmt: skip
        yield row_of(table_named(table), found)


def _brand(number: int) -> Brand:
    from pipelines.model import Brand, Fact, Source
    from pipelines.vocabulary import Grade, SourceKind

    name, why = f"brand{number:07d}", "invented for a measurement"
    url = f"https://www.{name}.test/contact"
    return Brand(
        id=name, name_zh="示例", country="CN", hosts=(Fact(f"www.{name}.test", Grade.A, why),),
        sources=(Source(SourceKind.CONTACT, url, Grade.A, why),),
    )  # fmt: skip


def _log(run: RunDirectory, selected: list[str]) -> None:
    """One page did not answer, per brand; that of the first brand did, and is empty."""
    from outputs.fetches import FETCHES, Fetch, fetch_to_line
    from pipelines.vocabulary import Outcome, SourceKind

    with (run.captures / FETCHES).open("wb") as log:
        for name in selected:
            good = name == selected[0]
            fetch = Fetch(
                brand_id=name, url=f"https://www.{name}.test/contact", kind=SourceKind.CONTACT,
                declared=True, final_url="", chain=(),
                outcome=Outcome.OK if good else Outcome.TIMEOUT,
                status=None, tls_ok=good, tls_issuer="", tls_fingerprint="", robots="allowed",
                robots_rule="", content_type="", etag="", last_modified="", payload_bytes=0,
                payload_digest="", body_digest="", revisit=False, file="", offset=-1, body_run="",
                body_file="", body_offset=-1, on_ground=good, depth=0, link_text="", referrer="",
                detail="", fetched_at=NOW + timedelta(days=1), duration=0.1,
            )  # fmt: skip
            log.write(fetch_to_line(fetch))


if __name__ == "__main__":
    main()
