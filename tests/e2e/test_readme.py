"""The README is run: its ```sh and ```python blocks over the data of one demo.

```console blocks need a network or install things: their form is checked against the program.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from crawler.exit_codes import ExitCode
from crawler.sampleweb.adversary import load_adversary
from tests import warm
from tests.command_lines import commands_in, parse, verbs, verbs_with
from tests.e2e.sample_runs import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE, ENGLISH = README.split("\n# hotlines, in English\n")
SHELL = re.findall(r"^export (\w+)=(\S+)$", README, re.M)


def _blocks(tag: str) -> list[str]:
    return re.findall(rf"^```{tag}\n(.*?)^```$", README, re.M | re.S)


LINES = [line for block in _blocks("sh") for line in block.splitlines() if line.strip()]
DEMO = [line for line in LINES if line.startswith("hotlines demo")]
COMMANDS = [line for line in LINES if line.startswith("hotlines ") and line not in DEMO]
SETUP = [line for line in LINES if line not in COMMANDS and line not in DEMO]
IN_TABLES = re.findall(r"^\| `(hotlines [^`]+)` \|", README, re.M)
LOADS = {re.findall(r"import (\w+)", code)[0]: code for code in _blocks("python")}


@dataclass(frozen=True)
class Place:
    """A directory in which the README's blocks can run, and what the demo printed."""

    directory: Path
    environment: dict[str, str]
    demo: subprocess.CompletedProcess[str]

    def run(self, line: str) -> subprocess.CompletedProcess[str]:
        """Runs one line as a reader's shell would; no shell is started where it has no part."""
        words = shlex.split(line, comments=True)
        if words[0] != "hotlines" or set("$*~|&;<>`") & set("".join(words)):
            return _shell(line, self.directory, self.environment)
        where = {"environment": self.environment, "directory": self.directory}
        return warm.run("hotlines", tuple(words[1:]), **where)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    directory = tmp_path_factory.mktemp("readme")
    environment = _environment(directory / "bin")
    [line] = DEMO
    demo = _shell(line, directory, environment)
    environment |= dict(SHELL)
    for line in SETUP:
        assert _shell(line, directory, environment).returncode == 0, line
    (directory / "outputs").mkdir()
    (directory / "outputs" / "data").symlink_to(directory / dict(SHELL)["HOTLINES_DATA_DIR"])
    return Place(directory, environment, demo)


def _environment(programs: Path) -> dict[str, str]:
    """An environment in which `hotlines` is this checkout's, installed or not."""
    programs.mkdir()
    program = programs / "hotlines"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m crawler.cli "$@"\n')
    program.chmod(0o755)
    clean = {name: v for name, v in os.environ.items() if not name.startswith("HOTLINES_")}
    path = f"{programs}{os.pathsep}{clean['PATH']}"
    return {**clean, "PATH": path, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


def _shell(line: str, cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "-c", line], capture_output=True, text=True, env=env, cwd=cwd)


def test_there_is_something_to_test() -> None:
    assert len(COMMANDS) >= 7
    assert set(LOADS) == {"pandas", "polars", "duckdb"}
    assert len(IN_TABLES) >= 10


def test_the_demo(place: Place) -> None:
    assert place.demo.returncode == 0, place.demo.stderr


def test_the_excerpt_is_what_the_demo_prints(place: Place) -> None:
    """Line by line, word by word; the program may print more words than the excerpt shows."""
    [excerpt] = [block for block in _blocks("text") if "presence" in block]
    printed = [line.split() for line in place.demo.stdout.splitlines()]
    lines = [line.split() for line in excerpt.splitlines()]
    assert len(lines) >= 10
    assert [line for line in lines if not any(_within(line, other) for other in printed)] == []


def _within(words: list[str], others: list[str]) -> bool:
    rest = iter(others)
    return all(word in rest for word in words)


@pytest.mark.parametrize("half", [CHINESE, ENGLISH], ids=["zh", "en"])
def test_the_figures_of_a_run_are_the_demos(half: str, place: Place) -> None:
    import pyarrow.parquet as pq

    latest = place.directory / "outputs" / "data" / "latest"
    tables = ("brands", "captures", "evidence", "hotlines")
    counts = [pq.read_metadata(latest / f"{name}.parquet").num_rows for name in tables]
    [figures] = re.findall(r"[（(](\d+ \S*(?:brands|品牌).*?)[)）]", half, re.S)
    assert [int(n) for n in re.findall(r"\d+", figures)] == counts
    planted = {(p.brand, p.number) for p in load_adversary().planted}
    assert re.findall(r"(\d+) (?:planted numbers|个号码，没有一个)", half) == [str(len(planted))]


def test_the_exports_are_those_that_are_named(place: Place) -> None:
    exports = place.directory / "outputs" / "data" / "latest" / "exports"
    written = {path.stem for path in exports.iterdir()}
    for half, head in ((CHINESE, "九个表："), (ENGLISH, "Nine tables:")):
        named = re.findall(r"`(\w+)`", half.partition(head)[2])[:9]
        assert set(named[:7]) == written
        tables = {path.stem for path in exports.parent.glob("*.parquet")}
        assert set(named) == tables


@pytest.mark.parametrize("line", COMMANDS, ids=lambda line: line.split("#")[0].strip())
def test_command(line: str, place: Place) -> None:
    done = place.run(line)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("line", [*_blocks("console"), *_blocks("crontab"), *IN_TABLES])
def test_form(line: str) -> None:
    """Commands that are not run here: the program knows their verbs, options and values."""
    found = [command for part in line.splitlines() for command in commands_in(part)]
    for command in found:
        parse(command)
    for target in re.findall(r"^make (\w+)$", line, re.M):
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert found or line.startswith("make ")


@pytest.mark.parametrize("half", [CHINESE, ENGLISH], ids=["zh", "en"])
def test_both_halves_are_complete(half: str) -> None:
    assert {verb for verb in verbs() if f"hotlines {verb}" not in half} == set()
    codes = {
        int(n) for row in re.findall(r"^\| ([\d /]+) \|", half, re.M) for n in row.split(" / ")
    }
    assert codes == {int(code) for code in ExitCode}
    assert {word for word in ("make demo", "make test", "CC-BY-4.0") if word not in half} == set()


@pytest.mark.parametrize("half", [CHINESE, ENGLISH], ids=["zh", "en"])
def test_the_verbs_that_answer_in_json_are_named(half: str) -> None:
    [sentence] = re.findall(r"^(`check`[、,].*?)(?: 有| take)\s`--json`", half, re.M | re.S)
    assert set(re.findall(r"`([a-z ]+)`", sentence)) == verbs_with("--json")


def test_no_promise_that_cannot_be_kept() -> None:
    assert re.findall(r"\bsafe|安全", README, re.I) == []


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert [target for target in targets if not (ROOT / target).exists()] == []
    headings = re.findall(r"^#+ (.+)$", README, re.M)
    anchors = {re.sub(r"[^\w\- ]", "", name.lower()).replace(" ", "-") for name in headings}
    assert {a for a in re.findall(r"\]\(#([^)]+)\)", README) if a not in anchors} == set()


def test_the_cron_line() -> None:
    [block] = _blocks("crontab")
    *variables, job = block.splitlines()
    assert {line.split("=")[0] for line in variables} >= {"CRON_TZ", "HOTLINES_CONTACT"}
    assert re.fullmatch(r"\d+ \d+ \* \* \* /\S+/hotlines crawl --quiet", job)


def _load(name: str, place: Place, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    monkeypatch.chdir(place.directory)
    names: dict[str, object] = {}
    exec(LOADS[name], names)
    return names


def test_pandas(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    import pandas as pd

    hotlines = _load("pandas", place, monkeypatch)["hotlines"]
    assert isinstance(hotlines, pd.DataFrame)
    assert len(hotlines) >= 20
    kinds = {name: str(hotlines.dtypes[name]) for name in ("number", "tel_uri", "verdict")}
    assert set(kinds.values()) == {"str"}
    assert str(hotlines.dtypes["last_seen"]) == "datetime64[us, UTC]"
    assert str(hotlines.dtypes["evidence_count"]) == "int64"
    assert str(hotlines.dtypes["landline_only"]) == "bool"


def test_polars(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    import polars as pl

    hotlines = _load("polars", place, monkeypatch)["hotlines"]
    assert isinstance(hotlines, pl.DataFrame)
    assert len(hotlines) >= 20
    assert hotlines.schema["number"] == pl.String
    assert hotlines.schema["purposes"] == pl.List(pl.String)
    assert hotlines.schema["last_seen"] == pl.Datetime("us", "UTC")
    assert hotlines.schema["evidence_count"] == pl.Int64


def test_duckdb(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb

    hotlines = _load("duckdb", place, monkeypatch)["hotlines"]
    assert isinstance(hotlines, duckdb.DuckDBPyRelation)
    assert hotlines.columns == ["brand_id", "number", "verdict"]
    assert [str(kind) for kind in hotlines.types] == ["VARCHAR"] * 3
    assert len(hotlines.fetchall()) >= 20


def test_every_runtime_dependency_is_justified() -> None:
    """A dependency stands in a decision, between backticks or in bold."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    told = "\n".join(p.read_text("utf-8") for p in (ROOT / "docs" / "decisions").glob("*.md"))
    names = [re.split(r"[^A-Za-z0-9-]", line)[0] for line in project["dependencies"]]
    assert len(names) >= 10
    assert [n for n in names if not re.search(rf"[`*(: ]{n}[`*,:) ]", told)] == []


def test_the_changelog_knows_the_version_of_the_data() -> None:
    from outputs.schema import SCHEMA_VERSION

    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"Data contract {SCHEMA_VERSION}" in changelog
