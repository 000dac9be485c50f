"""The command line itself: what it loads, what it answers when used wrongly or cut off."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.cli import main
from crawler.exit_codes import ExitCode
from outputs.run_directory import DataDirectory
from tests.e2e.sample_runs import ROOT, hotlines, newest
from tests.e2e.serving import Site, arguments, write_brands

HEAVY = {"scrapy", "twisted", "pandas", "pyarrow", "duckdb", "warcio", "phonenumbers",
         "turbohtml", "bs4", "pypdfium2", "rich", "publicsuffixlist"}  # fmt: skip
VERBS = ("crawl", "process", "replay", "extract", "show", "diff", "path", "status", "demo",
         "registry", "registry check", "check", "explain", "brand")  # fmt: skip


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture(scope="module")
def place(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("command-line")
    brands = write_brands(place / "brands", "eins", "zwei")
    assert hotlines(*arguments(site, brands, place)).returncode == 0
    return place


@pytest.mark.parametrize("command", [["-c", "import crawler.cli"], ["-m", "crawler.cli", "--help"]])
def test_nothing_heavy_is_imported(command: list[str]) -> None:
    """CPU time decides no test; what costs it does."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *command], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    imported = set(re.findall(r"^import time:.*\|\s*([\w.]+)$", done.stderr, re.M))
    assert "crawler.cli" in imported or "typer" in imported
    assert {name.partition(".")[0] for name in imported} & HEAVY == set()


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*verb.split(), "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert "Usage: " in told
    if verb != "registry":
        assert "Examples: hotlines" in told


@pytest.mark.parametrize(
    "command",
    [
        "status",
        "diff",
        "show 95007",
        "check 95007",
        "brand x",
        "explain x",
        "path hotlines",
        "replay latest",
        "process 2026",
    ],
)
def test_an_empty_data_directory_is_told_in_a_sentence(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command.split(), "--data-dir", str(tmp_path / "none")])
    assert ended.value.code in (2, 3)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "none" in captured.err


def _into_a_closed_pipe(*arguments: str) -> subprocess.CompletedProcess[str]:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        return subprocess.run(
            [sys.executable, "-m", "crawler.cli", *arguments],
            stdout=writing, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
    finally:
        os.close(writing)


def test_a_closed_pipe_gives_no_traceback(place: Path) -> None:
    done = _into_a_closed_pipe("diff", "--json", "--data-dir", str(place / "data"))
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_closed_pipe_is_no_failure(place: Path, more: tuple[str, ...]) -> None:
    done = _into_a_closed_pipe("diff", *more, "--data-dir", str(place / "data"))
    assert done.returncode == 0


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_an_answer_is_its_exit_code_however_much_of_it_is_read(
    place: Path, more: tuple[str, ...]
) -> None:
    done = _into_a_closed_pipe("check", "95599", *more, "--data-dir", str(place / "data"))
    assert done.returncode == ExitCode.NOT_IN_DATA


def test_nothing_to_verify_is_no_good_news(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["verify", "--data-dir", str(tmp_path / "nowhere")])
    assert ended.value.code == ExitCode.USAGE
    assert "no published run" in capsys.readouterr().err


def test_a_check_of_the_bytes_as_json(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["replay", "latest", "--check", "--json", "--data-dir", str(place / "data")])
    assert ended.value.code == ExitCode.OK
    assert json.loads(capsys.readouterr().out)["different"] == []


def test_extract_reads_what_comes_in_and_says_what_it_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.4 broken")
    said = _extract("-", given="客服热线：95188")
    assert (said.returncode, "95188" in said.stdout) == (ExitCode.OK, True)
    assert _extract(str(tmp_path / "x.pdf")).returncode == ExitCode.UNEXPECTED
    assert _extract("-", "--country", "XX").returncode == ExitCode.USAGE


def _extract(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "crawler.cli", "extract", *arguments],
        input=given, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip


def test_a_negative_timeout_is_a_wrong_option(site: Site, place: Path, tmp_path: Path) -> None:
    done = hotlines(*arguments(site, place / "brands", tmp_path, "--timeout", "-3"))
    assert done.returncode == 2, done.stderr


def test_a_setting_of_the_wrong_type_is_a_wrong_option(
    site: Site, place: Path, tmp_path: Path
) -> None:
    wrong = ("--set", "DOWNLOAD_TIMEOUT=soon")
    done = hotlines(*arguments(site, place / "brands", tmp_path, *wrong))
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_option_leaves_nothing_behind(site: Site, place: Path, tmp_path: Path) -> None:
    done = hotlines(*arguments(site, place / "brands", tmp_path, "--resolve", "nonsense"))
    assert done.returncode == 2
    assert DataDirectory(tmp_path / "data").all_runs() == ()


def test_process_tells_how_the_fetches_went(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run moved back to where it was before it was built."""
    copy = tmp_path / "data"
    shutil.copytree(place / "data", copy, symlinks=True)
    run = newest(copy)
    run.path.rename(run.path.with_name(f".tmp-{run.run_id}"))
    for name in ("latest", "latest.json", "index.json"):
        (copy / name).unlink()
    with pytest.raises(SystemExit) as ended:
        main(["process", run.run_id, "--data-dir", str(copy)])
    assert ended.value.code == 0
    assert "eins: 1 of 1 fetches good" in capsys.readouterr().err


def test_extract_explains_in_its_table_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>客服热线：95007（24小时）</p>", encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["extract", str(page), "--explain"])
    assert "plan:cs95_vas, label:before" in capsys.readouterr().out
