"""Each exit code of the data model, reached through the real program."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from outputs.run_directory import DataDirectory, latest_run
from tests.e2e.sample_runs import ROOT, hotlines
from tests.e2e.serving import BRAND, Site, arguments


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def brands(tmp_path: Path) -> Path:
    directory = tmp_path / "brands"
    directory.mkdir()
    for name in ("eins", "zwei"):
        (directory / f"{name}.toml").write_text(BRAND.format(id=name), encoding="utf-8")
    return directory


def test_published_then_changes_then_none(site: Site, brands: Path, tmp_path: Path) -> None:
    first = hotlines(*arguments(site, brands, tmp_path, "--exit-code"))
    assert first.returncode == 10, first.stderr
    assert hotlines(*arguments(site, brands, tmp_path, "--exit-code")).returncode == 0
    assert "published" in first.stderr


def test_usage_and_configuration(site: Site, brands: Path, tmp_path: Path) -> None:
    assert hotlines("crawl", "--no-such-option").returncode == 2
    no_brand = hotlines(*arguments(site, brands, tmp_path, "--brand", "drei"))
    assert (
        no_brand.returncode,
        "did you mean" in no_brand.stderr or "there are" in no_brand.stderr,
    ) == (2, True)
    without = [
        a for a in arguments(site, brands, tmp_path) if a not in ("--contact", "test@example.org")
    ]
    refused = hotlines(*without, env={"HOTLINES_CONTACT": ""})
    assert refused.returncode == 2
    assert "contact" in refused.stderr
    (brands / "drei.toml").write_text('id = "drei"\ncountry = 86\n', encoding="utf-8")
    bad = hotlines("registry", "check", "--brands", str(brands))
    assert bad.returncode == 2
    assert "drei.toml:2: country" in bad.stderr


def test_nothing_fetched(site: Site, brands: Path, tmp_path: Path) -> None:
    site.status = 500
    done = hotlines(*arguments(site, brands, tmp_path))
    assert done.returncode == 4, done.stderr
    assert latest_run(tmp_path / "data") is None
    assert hotlines("status", "--data-dir", str(tmp_path / "data")).returncode == 3


def test_quarantine_keeps_the_latest(site: Site, brands: Path, tmp_path: Path) -> None:
    assert hotlines(*arguments(site, brands, tmp_path)).returncode == 0
    before = latest_run(tmp_path / "data")
    for file in brands.glob("*.toml"):
        text = file.read_text(encoding="utf-8")
        more = "[expect]\nnumbers = { min = 3, max = 9 }\n"
        file.write_text(text + more, encoding="utf-8")
    done = hotlines(*arguments(site, brands, tmp_path))
    assert done.returncode == 3, done.stderr
    assert "quarantine" in done.stderr
    assert latest_run(tmp_path / "data") == before


def test_status_of_age(site: Site, brands: Path, tmp_path: Path) -> None:
    assert hotlines(*arguments(site, brands, tmp_path)).returncode == 0
    base = ["status", "--data-dir", str(tmp_path / "data")]
    assert hotlines(*base, "--max-age", "36h").returncode == 0
    assert hotlines(*base, "--max-age", "0m").returncode == 3
    assert hotlines(*base, "--max-age", "soon").returncode == 2


def test_damaged_captures_are_an_unexpected_failure(
    site: Site, brands: Path, tmp_path: Path
) -> None:
    assert hotlines(*arguments(site, brands, tmp_path, "--capture-only")).returncode == 0
    [staged] = DataDirectory(tmp_path / "data").all_runs()
    log = staged.captures / "fetches.jsonl"
    log.write_bytes(b"no json\n" + log.read_bytes())
    done = hotlines("process", staged.run_id, "--data-dir", str(tmp_path / "data"))
    assert done.returncode == 1
    assert "fetches.jsonl" in done.stderr


def test_capture_only_then_process(site: Site, brands: Path, tmp_path: Path) -> None:
    assert hotlines(*arguments(site, brands, tmp_path, "--capture-only")).returncode == 0
    [staged] = DataDirectory(tmp_path / "data").all_runs()
    done = hotlines("process", staged.run_id, "--data-dir", str(tmp_path / "data"))
    assert done.returncode == 0, done.stderr
    assert latest_run(tmp_path / "data") is not None


def test_a_second_run_finds_the_lock_held(site: Site, brands: Path, tmp_path: Path) -> None:
    site.slow = True
    first = _start(arguments(site, brands, tmp_path))
    try:
        assert site.asked.wait(30)
        second = hotlines(*arguments(site, brands, tmp_path))
        assert second.returncode == 75, second.stderr
        assert str(first.pid) in second.stderr
    finally:
        site.wait.set()
        first.communicate(timeout=60)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_crawl_can_be_finished(
    site: Site, brands: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    site.slow = True
    first = _start(arguments(site, brands, tmp_path, "--timeout", "4"))
    assert site.asked.wait(30)
    first.send_signal(number)
    _, errors = first.communicate(timeout=60)
    assert first.returncode == code, errors
    [staged] = DataDirectory(tmp_path / "data").all_runs()
    assert f"hotlines process {staged.run_id}" in errors
    done = hotlines("process", staged.run_id, "--data-dir", str(tmp_path / "data"))
    assert done.returncode == 4, done.stderr


def test_a_killed_crawl_harms_nothing(site: Site, brands: Path, tmp_path: Path) -> None:
    assert hotlines(*arguments(site, brands, tmp_path)).returncode == 0
    before = latest_run(tmp_path / "data")
    site.slow = True
    first = _start(arguments(site, brands, tmp_path))
    assert site.asked.wait(30)
    first.kill()
    first.communicate(timeout=60)
    site.slow = False
    assert latest_run(tmp_path / "data") == before
    assert hotlines(*arguments(site, brands, tmp_path)).returncode == 0
    assert latest_run(tmp_path / "data") != before


def test_one_brand_leaves_the_others_as_they_are(site: Site, brands: Path, tmp_path: Path) -> None:
    assert hotlines(*arguments(site, brands, tmp_path)).returncode == 0
    site.number = "95009"
    assert hotlines(*arguments(site, brands, tmp_path, "--brand", "eins")).returncode == 0
    document = json.loads(hotlines("diff", "--json", "--data-dir", str(tmp_path / "data")).stdout)
    assert {change["brand_id"] for change in document["changes"]} == {"eins"}


def test_a_brand_taken_out_of_the_registry_is_removed_by_it(
    site: Site, brands: Path, tmp_path: Path
) -> None:
    assert hotlines(*arguments(site, brands, tmp_path)).returncode == 0
    (brands / "zwei.toml").unlink()
    assert hotlines(*arguments(site, brands, tmp_path)).returncode == 0
    document = json.loads(hotlines("diff", "--json", "--data-dir", str(tmp_path / "data")).stdout)
    assert {(c["op"], c["cause"], c["reason"]) for c in document["changes"]} == {
        ("DEL", "registry", "brand_retired")
    }


def _start(command: list[str]) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "crawler.cli", *command],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
