"""What `hotlines demo` prints and writes; a person's shell starts it in `test_readme.py`."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from crawler.exit_codes import ExitCode
from crawler.sampleweb.adversary import load_adversary, load_claims
from crawler.sampleweb.expected import load_expected
from outputs.run_directory import DataDirectory
from outputs.table_files import read_table
from tests.e2e.sample_runs import Demo, changes_of, hotlines, newest, rows_of

ADVERSARY = load_adversary()
DAYS = (1, 2, 3)


def test_there_is_no_traceback(shown: Demo) -> None:
    assert "Traceback" not in shown.out + shown.err
    assert "unexpected failure" not in shown.err


def test_the_hotlines_are_printed(shown: Demo) -> None:
    rows = rows_of(shown.data_dir)
    assert {(r["brand_id"], r["number"]) for r in rows} == load_expected().rows(3)
    table, _, _ = shown.out.partition("day 2")
    lines = {line.split()[0]: line for line in table.splitlines() if "/" in line.split(" ")[1:2][0]}
    assert set(lines) == {row["id"] for row in rows}
    for row in rows:
        assert row["number_class"] in lines[row["id"]]
        assert f"{row['verdict']}: " in lines[row["id"]]


@pytest.mark.parametrize("day", DAYS[1:])
def test_the_changes_of_a_day_are_printed_with_cause_and_reason(shown: Demo, day: int) -> None:
    runs = sorted(p.name for p in (shown.data_dir / "runs").iterdir())
    changes = changes_of(shown.data_dir, runs[day - 1])
    assert changes
    section = shown.out.partition(f"\nday {day}\n")[2].partition("\nday ")[0]
    section = section.partition("\ngone for good")[0]
    for change in changes:
        [line] = [text for text in section.splitlines() if change["id"] in text.split()[1:2]]
        assert line.split()[0] == {"ADD": "+", "MOD": "~", "DEL": "-"}[change["op"]]
        assert change["cause"] in line
        assert change["reason"] in line


def test_no_number_of_a_broken_host_is_reported_as_removed(shown: Demo) -> None:
    removed = {text.split()[1] for text in shown.out.splitlines() if text.startswith(" -   ")}
    wanted = {f"{h.brand}/{h.number}" for h in load_expected().hotlines if h.removed_on}
    assert removed == wanted
    assert not {name for name in removed if name.startswith(("shilihai/", "shiliyun/"))}


def test_what_was_missed_is_shown_with_the_day_it_was_last_seen(shown: Demo) -> None:
    """A host that failed on day 2 keeps its age; what left for good has its tombstone."""
    first = sorted(p.name for p in (shown.data_dir / "runs").iterdir())[0]
    seen = {r["id"]: r["last_seen"] for r in read_table(
        DataDirectory(shown.data_dir).run(first).table("hotlines"))}  # fmt: skip
    day_two = shown.out.partition("\nday 2\n")[2].partition("\nday 3\n")[0]
    [line] = [text for text in day_two.splitlines() if "shilihai/95005" in text.split()[1:2]]
    assert "observed → not_observed" in line
    assert "http_5xx" in line
    assert f"{seen['shilihai/95005']:%Y-%m-%d %H:%M:%S}" in line
    tombstones = shown.out.partition("\ngone for good")[2]
    gone = {words[0]: words for words in map(str.split, tombstones.splitlines()) if words}
    removed = {f"{h.brand}/{h.number}": h for h in load_expected().hotlines if h.removed_on}
    for name, hotline in removed.items():
        assert gone[name][-1] == hotline.reason
        assert f"{seen[name]:%Y-%m-%d}" in gone[name]


def test_it_says_where_the_products_are_and_what_to_do_next(shown: Demo) -> None:
    told = shown.out
    last = newest(shown.data_dir)
    for place in (f"{last.path}/*.parquet", str(last.exports), f"{last.captures}/*.warc.gz"):
        assert place in told
    advice = re.findall(r"hotlines ((?:show|replay) .*)$", told, re.M)
    assert [line.split()[0] for line in advice] == ["show", "replay"]
    for line in advice:
        done = hotlines(*shlex.split(line))
        assert done.returncode == 0, done.stderr


def test_progress_goes_to_stderr_a_line_per_brand(shown: Demo) -> None:
    brands = {h.brand for h in load_expected().hotlines}
    lines = re.findall(r"^(\w+): \d+ of \d+ fetches good; \d+ hotlines", shown.err, re.M)
    assert sorted(lines) == sorted([*brands] * len(DAYS) + [*{t.brand for t in ADVERSARY.true}])


def test_the_corner_is_shown_with_the_rule_that_refused_each_number(shown: Demo) -> None:
    _, _, corner = shown.out.partition("\nthe adversary's corner: planted numbers")
    lines = corner.splitlines()
    for planted in ADVERSARY.planted:
        number = f"{planted.brand}/{planted.number}"
        own = [text for text in lines if text.split()[:1] == [number]]
        [line] = [text for text in own if planted.trick in text and planted.rule in text]
        assert "official" not in line.replace(planted.trick, "")
    numbers = len({(p.brand, p.number) for p in ADVERSARY.planted})
    places, true = len(ADVERSARY.planted), len(ADVERSARY.true)
    told = f"{numbers} numbers planted in {places} places, of them official 0; "
    assert told + f"true {true}, of them official {true}" in corner
    assert str(shown.data_dir / "adversary") in corner


def test_what_others_claim_in_the_corner_can_be_asked_about(shown: Demo) -> None:
    [line] = re.findall(r"hotlines check (.*)$", shown.out, re.M)
    number, _, place = shlex.split(line)
    corner = newest(shown.data_dir / "adversary")
    assert Path(place) == shown.data_dir / "adversary"
    found = {row["number"] for row in read_table(corner.table("claims"))}
    assert {claim.number for claim in load_claims().claims} == found
    told = hotlines("explain", number, "--lang", "en", "--data-dir", place)
    assert told.returncode == 0, told.stderr
    assert "only others speak of it" in told.stdout
    assert "https://" in told.stdout
    assert hotlines("check", number, "--data-dir", place).returncode == ExitCode.CLAIMED
