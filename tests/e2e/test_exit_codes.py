"""Each exit code of the data model, reached through the real program."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.exit_codes import ExitCode
from tests.e2e.sample_runs import hotlines, newest, rows_of, staged, start, wait_for_lines
from tests.e2e.serving import Site, arguments, write_brands

TESTED = {
    ExitCode.OK: "test_published_then_changes_then_none",
    ExitCode.UNEXPECTED: "test_a_damaged_log_of_fetches",
    ExitCode.USAGE: "test_a_wrong_option, test_a_brand_nobody_knows, test_no_contact, …",
    ExitCode.REFUSED: "test_quarantine_keeps_the_latest, test_status_of_age, replay in three days",
    ExitCode.NOTHING_FETCHED: "test_nothing_fetched",
    ExitCode.CHANGES: "test_published_then_changes_then_none",
    ExitCode.WAS_OFFICIAL: "test_spellings in test_check.py",
    ExitCode.CLAIMED: "test_spellings in test_check.py",
    ExitCode.OTHER_BRAND: "test_spellings in test_check.py",
    ExitCode.NOT_IN_DATA: "test_spellings in test_check.py",
    ExitCode.LOCKED: "test_a_second_run_finds_the_lock_held",
    ExitCode.INTERRUPTED: "test_an_interrupted_crawl_can_be_finished",
    ExitCode.TERMINATED: "test_an_interrupted_crawl_can_be_finished",
}


@pytest.fixture(scope="module")
def served() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture(scope="module")
def published(served: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with two brands and one published run; tests work on copies."""
    place = tmp_path_factory.mktemp("published")
    brands = write_brands(place / "brands", "eins", "zwei")
    done = hotlines(*arguments(served, brands, place))
    assert done.returncode == 0, done.stderr
    assert "published" in done.stderr
    return place


@pytest.fixture
def site(served: Site) -> Site:
    served.reset()
    return served


@pytest.fixture
def place(published: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "place"
    shutil.copytree(published, copy, symlinks=True)
    return copy


def crawl(site: Site, place: Path, *more: str) -> list[str]:
    return arguments(site, place / "brands", place, *more)


def test_every_exit_code_has_its_test() -> None:
    assert set(TESTED) == set(ExitCode)


def test_published_then_changes_then_none(site: Site, place: Path) -> None:
    site.number = "95009"
    first = hotlines(*crawl(site, place, "--exit-code"))
    assert first.returncode == 10, first.stderr
    assert hotlines(*crawl(site, place, "--exit-code", "--brand", "eins")).returncode == 10
    site.number = "95007"
    assert hotlines(*crawl(site, place, "--brand", "eins")).returncode == 0, "changes are not asked"


def test_no_changes_with_exit_code(site: Site, place: Path) -> None:
    done = hotlines(*crawl(site, place, "--exit-code"))
    assert done.returncode == 0, done.stderr
    assert rows_of(place / "data", "changes") == []


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("crawl --no-such-option", "--no-such-option"),
        ("no-such-verb", "no-such-verb"),
        ("crawl --timeout soon", "--timeout"),
        ("extract --format xml x.html", "xml"),
        ("status --max-age soon", "soon"),
    ],
)
def test_a_wrong_option(command: str, named: str) -> None:
    done = hotlines(*command.split())
    assert done.returncode == 2, done.stderr
    assert named in done.stderr
    assert "Traceback" not in done.stderr


def test_a_brand_nobody_knows(site: Site, place: Path) -> None:
    done = hotlines(*crawl(site, place, "--brand", "einz"))
    assert done.returncode == 2
    assert "did you mean eins (示例eins)?" in done.stderr


def test_no_contact(site: Site, place: Path) -> None:
    without = [a for a in crawl(site, place) if a not in ("--contact", "test@example.org")]
    done = hotlines(*without, env={"HOTLINES_CONTACT": ""})
    assert done.returncode == 2
    assert "--contact" in done.stderr


def test_a_bad_brand_file(site: Site, place: Path) -> None:
    bad = place / "brands" / "drei.toml"
    bad.write_text('id = "drei"\ncountry = 86\n', encoding="utf-8")
    for command in (["registry", "check", "--brands", str(place / "brands")], crawl(site, place)):
        done = hotlines(*command)
        assert done.returncode == 2
        assert "drei.toml:2: country" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("verb", ["process", "replay", "diff"])
def test_a_run_that_is_not_there(place: Path, verb: str) -> None:
    done = hotlines(verb, "20991231", "--data-dir", str(place / "data"))
    assert done.returncode == 2
    assert newest(place / "data").run_id in done.stderr, "it names those there are"


def test_nothing_fetched(site: Site, place: Path) -> None:
    """All hosts refuse: the latest snapshot stays, and nothing is called removed."""
    before = newest(place / "data")
    site.status = 500
    done = hotlines(*crawl(site, place))
    assert done.returncode == 4, done.stderr
    assert newest(place / "data") == before
    status = hotlines("status", "--data-dir", str(place / "data"))
    assert status.returncode == 0
    assert "(nothing_fetched)" in status.stdout


def test_nothing_fetched_by_the_first_run(site: Site, tmp_path: Path) -> None:
    site.status = 500
    brands = write_brands(tmp_path / "brands", "eins")
    assert hotlines(*arguments(site, brands, tmp_path)).returncode == 4
    assert not (tmp_path / "data" / "latest").exists()
    status = hotlines("status", "--data-dir", str(tmp_path / "data"))
    assert status.returncode == 3
    assert "no published run" in status.stderr


def test_quarantine_keeps_the_latest(site: Site, place: Path) -> None:
    before = newest(place / "data")
    for file in (place / "brands").glob("*.toml"):
        more = "[expect]\nnumbers = { min = 3, max = 9 }\n"
        file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
    done = hotlines(*crawl(site, place))
    assert done.returncode == 3, done.stderr
    assert "too_many_unhealthy" in done.stderr
    assert "below_numbers_min" in done.stderr
    assert newest(place / "data") == before
    [refused] = (place / "data" / "quarantine").iterdir()
    assert str(refused) in done.stderr
    base = ["status", "--data-dir", str(place / "data")]
    assert "(quarantined)" in hotlines(*base).stdout


def test_status_of_age(place: Path) -> None:
    base = ["status", "--data-dir", str(place / "data")]
    assert hotlines(*base, "--max-age", "36h").returncode == 0
    stale = hotlines(*base, "--max-age", "0m")
    assert stale.returncode == 3
    assert "STALE" in stale.stdout


def test_a_damaged_log_of_fetches(site: Site, place: Path) -> None:
    assert hotlines(*crawl(site, place, "--capture-only")).returncode == 0
    run = staged(place / "data")
    log = run.captures / "fetches.jsonl"
    whole = log.read_bytes()
    log.write_bytes(b"no json\n" + whole)
    process = ["process", run.run_id, "--data-dir", str(place / "data")]
    done = hotlines(*process)
    assert done.returncode == 1
    assert f"{log}:1" in done.stderr
    assert "Traceback" not in done.stderr
    log.write_bytes(whole)
    assert hotlines(*process).returncode == 0
    assert newest(place / "data").run_id == run.run_id
    again = hotlines(*process)
    assert again.returncode == 2
    assert "already built" in again.stderr


def test_a_second_run_finds_the_lock_held(site: Site, place: Path) -> None:
    """Whoever writes is told who holds the lock; whoever only looks is not stopped."""
    site.slow = frozenset(("eins.test", "zwei.test"))
    first = start(*crawl(site, place, "--timeout", "600"))  # it is killed when all is seen
    try:
        assert site.asked.wait(300)
        run = staged(place / "data")
        for command in (crawl(site, place), ["process", run.run_id, "--data-dir", f"{place}/data"]):
            second = hotlines(*command)
            assert second.returncode == 75, second.stderr
            assert f"process {first.pid} on " in second.stderr
        assert hotlines("status", "--data-dir", str(place / "data")).returncode == 0
    finally:
        first.kill()
        first.communicate(timeout=60)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_crawl_can_be_finished(
    site: Site, place: Path, number: signal.Signals, code: int
) -> None:
    """One host has answered, the other takes its time: what came in is used."""
    before = newest(place / "data")
    site.number = "95009"
    site.slow = frozenset(("zwei.test",))
    first = start(*crawl(site, place, "--timeout", "2"))
    assert site.asked.wait(300)
    run = staged(place / "data")
    wait_for_lines(run, 1)
    first.send_signal(number)
    _, errors = first.communicate(timeout=60)
    assert first.returncode == code, errors
    assert newest(place / "data") == before
    assert f"hotlines process {run.run_id}" in errors
    done = hotlines("process", run.run_id, "--data-dir", str(place / "data"))
    assert done.returncode == 0, done.stderr
    assert newest(place / "data").run_id == run.run_id
    changes = {(r["op"], r["id"]): r["reason"] for r in rows_of(place / "data", "changes")}
    assert changes == {
        ("ADD", "eins/95009"): "",
        ("MOD", "eins/95007"): "absent:1/2",
        ("MOD", "zwei/95007"): "timeout",
        ("MOD", "zwei/4000001999"): "timeout",
    }
