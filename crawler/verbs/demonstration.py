"""`demo`: three days of the embedded web, each crawled by a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.exit_codes import ExitCode
from crawler.terminal import print_json, say

if TYPE_CHECKING:
    from crawler.sampleweb.server import SampleWeb
    from outputs.run_directory import RunDirectory

DAYS = (1, 2, 3)
CONTACT = "demo@example.org"
TIMEOUT = 2.0  # seconds a hanging host may cost


def demo(data_dir: Path | None, *, as_json: bool) -> int:
    """Crawls the days, then shows the hotlines, the changes and where the products are."""
    from crawler.sampleweb.server import SampleWeb
    from outputs.run_directory import latest_run, resolve_data_dir

    base = resolve_data_dir(data_dir, os.environ, Path.cwd())
    place = base if data_dir else base / "demo" / time.strftime("%Y%m%dT%H%M%S")
    begun = time.monotonic()
    runs: list[str] = []
    with SampleWeb() as web:
        for day in DAYS:
            web.day = day
            say(f"day {day} of the sample web")
            code = _crawl(web, place)
            if code != ExitCode.OK:
                say(f"the crawl of day {day} ended with exit code {code}")
                return code
            run = latest_run(place)
            assert run is not None
            runs.append(run.run_id)
    seconds = time.monotonic() - begun
    print_json(_document(place, runs)) if as_json else _print(place, runs, seconds)
    return ExitCode.OK


def _crawl(web: SampleWeb, place: Path) -> int:
    arguments = [
        sys.executable,
        "-m",
        "crawler.cli",
        "crawl",
        "--brands",
        str(web.brands_directory),
    ]
    arguments += ["--data-dir", str(place), "--contact", CONTACT, "--allow-private"]
    arguments += ["--delay", "0", "--timeout", str(TIMEOUT)]
    arguments += ["--set", "HOTLINES_RETRY_DELAY=0.1"]
    for mapping in web.resolve:
        arguments += ["--resolve", mapping]
    return subprocess.run(arguments, env={**os.environ, **web.environment}, check=False).returncode


def _print(place: Path, runs: list[str], seconds: float) -> None:
    from crawler.verbs.looking import diff, print_hotlines
    from outputs.run_directory import resolve_run

    last = resolve_run(place, runs[-1])
    print_hotlines(last, f"hotlines after day {len(runs)}")
    for day, run_id in enumerate(runs[1:], start=2):
        print(f"day {day}")
        diff(place, run_id, as_json=False)
    _print_tombstones(place, runs)
    print(f"three days in {seconds:.0f} s. The products:")
    print(f"  tables    {last.path}/*.parquet")
    print(f"  exports   {last.exports}")
    print(f"  captures  {last.captures}/*.warc.gz")
    print(f"next: hotlines show {_first_id(last)} --data-dir {place}")
    print(f"      hotlines replay latest --check --data-dir {place}")


def _print_tombstones(place: Path, runs: list[str]) -> None:
    """What was removed, as history keeps it for good."""
    from crawler.terminal import print_table
    from crawler.verbs.looking import second
    from outputs.history import versions
    from outputs.run_directory import resolve_run
    from outputs.snapshot import read_table

    changes = (row for run in runs for row in read_table(resolve_run(place, run).table("changes")))
    gone = [str(row["id"]) for row in changes if row["op"] == "DEL"]
    last = {hotline: versions(place, hotline)[-1] for hotline in sorted(gone)}
    rows = (
        (hotline, second(v.first_seen), second(v.last_seen), v.removed)
        for hotline, v in last.items()
    )
    print_table("gone for good (tombstones)", ("hotline", "first seen", "last seen", "why"), rows)


def _first_id(run: RunDirectory) -> str:
    from outputs.snapshot import read_table

    rows = read_table(run.table("hotlines"), columns=["id"])
    return str(rows[0]["id"]) if rows else "ID"


def _document(place: Path, runs: list[str]) -> dict[str, object]:
    from outputs.manifest import read_manifest
    from outputs.run_directory import resolve_run
    from outputs.schema import SCHEMA_VERSION

    manifests = [read_manifest(resolve_run(place, run_id)) for run_id in runs]
    return {
        "schema_version": SCHEMA_VERSION,
        "data_dir": str(place),
        "runs": [{"run_id": m.facts.run_id, "counts": dict(m.counts)} for m in manifests],
    }
