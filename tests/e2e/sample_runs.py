"""Drives the real program: each run of it is a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from crawler.cli import main
from crawler.sampleweb.server import SampleWeb
from crawler.verbs import demonstration
from outputs.run_directory import DataDirectory, RunDirectory, latest_run
from outputs.table_files import read_table
from tests import warm

ROOT = Path(__file__).parents[2]
CONTACT = "test@example.org"
PATIENCE = 300  # seconds; a test that needs them has failed
Row = dict[str, Any]


def hotlines(
    *arguments: str,
    env: Mapping[str, str] | None = None,
    shim: Path | None = None,
    file_size: int | None = None,
) -> subprocess.CompletedProcess[str]:
    """Runs `hotlines` with arguments, in a process forked from a warm one; nothing is checked.

    Args:
        shim: Code that it runs first.
        file_size: The largest file that it may write.
    """
    given = _environment(env, shim)
    return warm.run("hotlines", arguments, environment=given, file_size=file_size)


def cold_hotlines(
    *arguments: str,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    prefix: tuple[str, ...] = (),
) -> subprocess.CompletedProcess[str]:
    """Runs `hotlines` in an interpreter of its own; nothing is checked.

    Args:
        cwd: Also where the program is taken from, if a copy of it lies there.
        prefix: Command that runs it, e.g. `unshare --net`.
    """
    command = [*prefix, sys.executable, "-m", "crawler.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=_environment(env), cwd=cwd)


def start(*arguments: str, env: Mapping[str, str] | None = None) -> warm.Program:
    """Starts `hotlines` and lets it run."""
    return warm.begin("hotlines", arguments, environment=_environment(env))


def _environment(more: Mapping[str, str] | None, shim: Path | None = None) -> dict[str, str]:
    first = {"HOTLINES_TEST_SHIM": str(shim)} if shim else {}
    return {**os.environ, "PYTHONPATH": str(ROOT), **first, **(more or {})}


def shimmed(directory: Path, code: str) -> dict[str, str]:
    """Environment in which an interpreter runs `code` before anything else."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "sitecustomize.py").write_text(code, encoding="utf-8")
    return {"PYTHONPATH": f"{directory}{os.pathsep}{ROOT}"}


def crawl_arguments(web: SampleWeb, data_dir: Path, brands: Path | None = None) -> list[str]:
    """Arguments of a crawl of the sample web, as the demo uses them."""
    arguments = ["crawl", "--brands", str(brands or web.brands_directory)]
    arguments += ["--data-dir", str(data_dir), "--contact", CONTACT, "--allow-private"]
    arguments += ["--delay", "0", "--timeout", "2", "--set", "HOTLINES_RETRY_DELAY=0.1"]
    return [*arguments, *(part for mapping in web.resolve for part in ("--resolve", mapping))]


def crawl(web: SampleWeb, data_dir: Path, *more: str, brands: Path | None = None) -> int:
    """Crawls the day the web shows; returns the exit code."""
    done = hotlines(*crawl_arguments(web, data_dir, brands), *more, env=web.environment)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode


@dataclass(frozen=True)
class Demo:
    """What a demo wrote, printed and told of its progress."""

    data_dir: Path
    out: str
    err: str


def demo(data_dir: Path, *more: str) -> Demo:
    """Runs `hotlines demo` in this process, its crawls in warm ones."""
    told, noted = StringIO(), StringIO()

    def run(command: list[str], *, env: Mapping[str, str], check: bool) -> Any:
        assert command[1:3] == ["-m", "crawler.cli"]
        done = warm.run("hotlines", tuple(command[3:]), environment=env)
        noted.write(done.stderr)
        return done

    with pytest.MonkeyPatch.context() as patch, redirect_stdout(told), redirect_stderr(noted):
        patch.setattr(demonstration, "subprocess", SimpleNamespace(run=run))
        with pytest.raises(SystemExit) as ended:
            main(["demo", *more, "--data-dir", str(data_dir)])
    assert ended.value.code == 0, told.getvalue() + noted.getvalue()
    return Demo(data_dir, told.getvalue(), noted.getvalue())


def newest(data_dir: Path) -> RunDirectory:
    """The run that `latest` names."""
    run = latest_run(data_dir)
    assert run is not None
    return run


def rows_of(data_dir: Path, table: str = "hotlines") -> list[Row]:
    """A table of the latest run."""
    return read_table(newest(data_dir).table(table))


def staged(data_dir: Path) -> RunDirectory:
    """The one run that is captured, or half built."""
    [run] = [r for r in DataDirectory(data_dir).all_runs() if r.path.name != r.run_id]
    return run


def wait_for_lines(run: RunDirectory, count: int) -> None:
    """Returns when the log of a crawl that runs has so many lines."""
    log = run.captures / "fetches.jsonl"
    for _ in range(PATIENCE * 20):
        if log.exists() and log.read_bytes().count(b"\n") >= count:
            return
        time.sleep(0.05)
    raise AssertionError(f"{log} has fewer than {count} lines after {PATIENCE} s")


def changes_of(data_dir: Path, run: str = "latest") -> list[Row]:
    """The changes of a run, as `diff --json` tells them."""
    done = hotlines("diff", run, "--json", "--data-dir", str(data_dir))
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout)["changes"])
