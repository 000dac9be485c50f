"""`demo`: three days of the embedded web and its adversary's corner, a process for each crawl."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.exit_codes import ExitCode
from crawler.terminal import print_json, say

if TYPE_CHECKING:
    from crawler.sampleweb.adversary import Standings
    from crawler.sampleweb.server import SampleWeb
    from outputs.run_directory import RunDirectory

DAYS = (1, 2, 3)
CONTACT = "demo@example.org"
TIMEOUT = 2.0  # seconds a hanging host may cost
CORNER = "adversary"  # below the data directory, with data of its own: these brands live one day


def demo(data_dir: Path | None, *, as_json: bool) -> int:
    """Crawls the days and the corner, then shows hotlines, changes, refusals, and the products."""
    from crawler.sampleweb.server import SampleWeb
    from outputs.run_directory import resolve_data_dir

    base = resolve_data_dir(data_dir, os.environ, Path.cwd())
    place = base if data_dir else base / "demo" / time.strftime("%Y%m%dT%H%M%S")
    begun = time.monotonic()
    runs: list[str] = []
    with SampleWeb() as web:
        for day in DAYS:
            web.day = day
            code = _crawl(web, place, web.brands_directory, f"day {day} of the sample web", runs)
            if code != ExitCode.OK:
                return code
        days = time.monotonic() - begun
        brands, told = web.corner_brands_directory, "the adversary's corner of the sample web"
        code = _crawl(web, place / CORNER, brands, told, runs, _elsewhere())
        if code != ExitCode.OK:
            return code
        corner = time.monotonic() - begun - days
    took = f"three days in {days:.0f} s, the corner in {corner:.0f} s"
    print_json(_document(place, runs)) if as_json else _print(place, runs, took)
    return ExitCode.OK


def _elsewhere() -> tuple[str, str]:
    """What lets the crawl of the corner ask the search host of the sample web."""
    from crawler.sampleweb.adversary import load_claims

    return "--search-endpoint", load_claims().endpoint


def _crawl(
    web: SampleWeb,
    place: Path,
    brands: Path,
    told: str,
    runs: list[str],
    options: Sequence[str] = (),
) -> int:
    """Crawls in a process of its own, and notes the run if it was published."""
    from outputs.run_directory import latest_run

    say(told)
    arguments = [sys.executable, "-m", "crawler.cli", "crawl", "--brands", str(brands)]
    arguments += ["--data-dir", str(place), "--contact", CONTACT, "--allow-private"]
    arguments += ["--delay", "0", "--timeout", str(TIMEOUT)]
    arguments += ["--set", "HOTLINES_RETRY_DELAY=0.1", *options]
    for mapping in web.resolve:
        arguments += ["--resolve", mapping]
    done = subprocess.run(arguments, env={**os.environ, **web.environment}, check=False)
    run = latest_run(place) if done.returncode == ExitCode.OK else None
    if run is None:
        say(f"the crawl of {told} ended with exit code {done.returncode}")
    else:
        runs.append(run.run_id)
    return done.returncode


def _print(place: Path, all_runs: list[str], took: str) -> None:
    from crawler.verbs.looking import diff, print_hotlines
    from outputs.run_directory import resolve_run

    *runs, corner = all_runs
    last = resolve_run(place, runs[-1])
    print_hotlines(last, f"hotlines after day {len(runs)}")
    for day, run_id in enumerate(runs[1:], start=2):
        print(f"day {day}")
        diff(place, run_id, as_json=False)
    _print_tombstones(place, runs)
    _print_corner(resolve_run(place / CORNER, corner))
    print(f"{took}. The products:")
    print(f"  tables    {last.path}/*.parquet")
    print(f"  exports   {last.exports}")
    print(f"  captures  {last.captures}/*.warc.gz")
    print(f"  corner    {place / CORNER}")
    days, corner_data = (shlex.quote(str(path)) for path in (place, place / CORNER))
    print(f"next: hotlines show {_first_id(last)} --data-dir {days}")
    print(f"      hotlines replay latest --check --data-dir {days}")
    print(f"      hotlines check {_claimed(place / CORNER)} --data-dir {corner_data}")


def _print_corner(run: RunDirectory) -> None:
    """What somebody planted, and the rule that refused it; and what is true there."""
    from crawler.sampleweb.adversary import load_adversary, standings
    from crawler.terminal import print_table

    made = standings(load_adversary(), run)
    alike = Counter(
        (f"{p.brand}/{p.number}", p.trick, verdict or "no row", rule)
        for p, verdict, rule in made.planted
    )
    rows = ((*row, str(times)) for row, times in alike.items())
    columns = ("number", "trick", "verdict", "refused by", "times")
    print_table("the adversary's corner: planted numbers", columns, rows)
    print(
        f"{_numbers(made)} numbers planted in {len(made.planted)} places, of them official "
        f"{len(made.believed)}; true {len(made.true)}, of them official {len(made.found)}"
    )


def _numbers(made: Standings) -> int:
    """How many numbers were planted, each counted once for a brand."""
    return len({(p.brand, p.number) for p, _, _ in made.planted})


def _print_tombstones(place: Path, runs: list[str]) -> None:
    """What was removed, as history keeps it for good."""
    from crawler.terminal import print_table
    from crawler.verbs.looking import second
    from outputs.history import versions
    from outputs.run_directory import resolve_run
    from outputs.table_files import read_table

    changes = (row for run in runs for row in read_table(resolve_run(place, run).table("changes")))
    gone = [str(row["id"]) for row in changes if row["op"] == "DEL"]
    last = {hotline: versions(place, hotline)[-1] for hotline in sorted(gone)}
    rows = (
        (hotline, second(v.first_seen), second(v.last_seen), v.removed)
        for hotline, v in last.items()
    )
    print_table("gone for good (tombstones)", ("hotline", "first seen", "last seen", "why"), rows)


def _first_id(run: RunDirectory) -> str:
    from outputs.table_files import read_table

    rows = read_table(run.table("hotlines"), columns=["id"])
    return str(rows[0]["id"]) if rows else "ID"


def _claimed(place: Path) -> str:
    """The number that most sites claim in the corner, and no official page."""
    from outputs.run_directory import resolve_run
    from outputs.table_files import read_table
    from pipelines.vocabulary import ClaimVerdict

    rows = read_table(resolve_run(place, "latest").table("claims"))
    alone = [row for row in rows if row["verdict"] == ClaimVerdict.UNSUPPORTED]
    most = max(alone, key=lambda row: int(str(row["domains"])), default={"number": "NUMBER"})
    return str(most["number"])


def _document(place: Path, all_runs: list[str]) -> dict[str, object]:
    from crawler.sampleweb.adversary import load_adversary, standings
    from outputs.manifest import read_manifest
    from outputs.run_directory import resolve_run
    from outputs.schema import SCHEMA_VERSION

    *runs, last = all_runs
    manifests = [read_manifest(resolve_run(place, run_id)) for run_id in runs]
    corner = resolve_run(place / CORNER, last)
    made = standings(load_adversary(), corner)
    counts = {
        "planted": len(made.planted),
        "planted_official": len(made.believed),
        "true": len(made.true),
        "true_official": len(made.found),
    }
    return {
        "schema_version": SCHEMA_VERSION,
        "data_dir": str(place),
        "runs": [{"run_id": m.facts.run_id, "counts": dict(m.counts)} for m in manifests],
        "adversary": {"data_dir": str(place / CORNER), "run_id": last, **counts},
    }
