"""Drives the real program over the sample web, each crawl a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from crawler.sampleweb.server import SampleWeb

ROOT = Path(__file__).parents[2]
CONTACT = "test@example.org"


def hotlines(
    *arguments: str, env: dict[str, str] | None = None, cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Runs `hotlines` with arguments; nothing is checked."""
    command = [sys.executable, "-m", "crawler.cli", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=cwd)


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
