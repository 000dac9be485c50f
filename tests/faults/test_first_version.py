"""What goes wrong while a run is made: kills, interrupts, a full disk, lost captures, new rules.

Everything is done to the real program in processes of its own. `latest` must always name a whole
run, the next crawl must work, and no fault may look like something a brand did.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from outputs.captures import records
from outputs.manifest import read_manifest, verify_files
from outputs.run_directory import DataDirectory, RunDirectory, read_index
from outputs.table_files import read_table
from tests.e2e.sample_runs import (
    ROOT,
    Row,
    cold_hotlines,
    hotlines,
    newest,
    rows_of,
    staged,
    start,
    wait_for_lines,
)
from tests.e2e.serving import Site, arguments, write_brands

NAMES = ("drei", "eins", "funf", "sechs", "vier", "zwei")
OLD, NEW, MERCHANT = "95007", "95009", "4000001999"
# Stops the process itself, so that no clock decides where: `where` names the call.
STOP = """
import builtins, os, signal
def stop(): os.kill(os.getpid(), signal.{signal})
def last(path): return os.path.basename(os.fspath(path))
real_print, real_rename, real_replace = builtins.print, os.rename, os.replace
def print(*words, **more):
    real_print(*words, **more)
    if "{where}" == "reading" and words and str(words[0]).startswith("eins: "): stop()
def rename(source, target, **more):
    real_rename(source, target, **more)
    if "{where}" == "placed" and last(source) == ".tmp-" + last(target): stop()
def replace(source, target, **more):
    real_replace(source, target, **more)
    if "{where}" == last(target): stop()
builtins.print, os.rename, os.replace = print, rename, replace
"""

PADDED = f"""<!doctype html><meta charset=utf-8><title>示例支付 联系我们</title><h1>联系我们</h1>
<p>客服热线：95007（7×24小时）</p><p>商户服务热线：400-000-1999</p>
<!-- {"".join(f"{n:x}" for n in range(900))} -->""".encode()


@dataclass(frozen=True)
class Place:
    """Brand files, one published run of them, and the site they name."""

    path: Path
    site: Site

    @property
    def brands(self) -> Path:
        return self.path / "brands"

    @property
    def data(self) -> Path:
        return self.path / "data"

    def command(self, *more: str) -> list[str]:
        return arguments(self.site, self.brands, self.path, *more)

    def crawl(self, *more: str, code: int = 0, program: Path = ROOT) -> str:
        """Crawls with the program, or with a changed copy of it; gives back what it said."""
        if program == ROOT:
            done = hotlines(*self.command(*more))
        else:
            env = {"PYTHONPATH": str(program)}
            done = cold_hotlines(*self.command(*more), cwd=program, env=env)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done.stderr

    def process(self, run: RunDirectory) -> str:
        done = hotlines("process", run.run_id, "--data-dir", str(self.data))
        assert done.returncode == 0, done.stderr
        return done.stderr

    def stopped(self, where: str, name: str = "SIGKILL", *, verb: list[str] | None = None) -> str:
        """Lets a crawl, or another verb, be stopped by a signal at a place in the program."""
        shim = self.path / f"stop-{where}.py"
        shim.write_text(STOP.format(where=where, signal=name), encoding="utf-8")
        done = hotlines(*(verb or self.command()), shim=shim)
        assert done.returncode in (-signal.Signals[name], 128 + signal.Signals[name]), done.stderr
        return done.stderr

    def states(self) -> dict[str, tuple[str, str]]:
        return {r["id"]: (r["presence"], r["presence_reason"]) for r in rows_of(self.data)}

    def causes(self) -> dict[tuple[str, str], tuple[str, str]]:
        rows = rows_of(self.data, "changes")
        return {(r["op"], r["id"]): (r["cause"], r["reason"]) for r in rows}


@pytest.fixture(scope="module")
def served() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture(scope="module")
def published(served: Site, tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("published"), served)
    write_brands(place.brands, *NAMES)
    place.crawl()
    return place


@pytest.fixture
def place(published: Place, tmp_path: Path) -> Place:
    """A copy of its own; the site is well again."""
    published.site.reset()
    shutil.copytree(published.path, tmp_path / "place", symlinks=True)
    return Place(tmp_path / "place", published.site)


def check_whole(data: Path) -> RunDirectory:
    """`latest` names a whole run, as pointer and as link."""
    run = newest(data)
    assert verify_files(run) == ()
    assert (data / "latest").resolve() == run.path.resolve()
    return run


def lost_runs(data: Path) -> set[str]:
    """Runs that are listed as published, but that no chain of parents leads to."""
    chain, run_id = set(), newest(data).run_id
    while run_id:
        chain.add(run_id)
        run_id = read_manifest(DataDirectory(data).run(run_id)).facts.parent or ""
    return {str(r["run_id"]) for r in read_index(data) if r["result"] == "published"} - chain


# --- killed -----------------------------------------------------------------------------------


def test_killed_while_fetching(place: Place) -> None:
    """What came in before is worth something; what did not is not observed, never removed."""
    before = check_whole(place.data)
    place.site.number = NEW
    place.site.slow = frozenset(("zwei.test",))
    crawl = start(*place.command("--timeout", "600"))
    assert place.site.asked.wait(300)
    run = staged(place.data)
    wait_for_lines(run, len(NAMES) - 1)
    crawl.kill()
    crawl.communicate(timeout=60)
    assert check_whole(place.data) == before
    assert list(run.captures.glob("*.open")), "killed while it wrote"
    place.process(run)
    assert check_whole(place.data).run_id == run.run_id
    states = place.states()
    assert states[f"zwei/{OLD}"] == states[f"zwei/{MERCHANT}"] == ("not_observed", "not_attempted")
    assert f"zwei/{NEW}" not in states
    assert states[f"eins/{NEW}"] == ("observed", "")
    assert not [op for op, _ in place.causes() if op == "DEL"]
    files = [str(path) for path in newest(place.data).captures.iterdir() if path.suffix == ".gz"]
    command = [sys.executable, "-m", "warcio.cli", "check", *files]
    assert subprocess.run(command, capture_output=True).returncode == 0
    replayed = hotlines("replay", "latest", "--check", "--data-dir", str(place.data))
    assert replayed.returncode == 0, replayed.stderr


def test_a_torn_capture_file_of_a_killed_crawl(place: Place) -> None:
    """The last record broke off: the row behind it is kept, as not observed."""
    place.site.number = NEW
    place.crawl("--capture-only")
    run = staged(place.data)
    [file] = run.captures.glob("*.warc.gz")
    last = [(offset, record.url) for offset, record in records(file)][-1]
    torn = file.with_name(f"{file.name}.open")
    torn.write_bytes(file.read_bytes()[: last[0] + 40])
    file.unlink()
    place.process(run)
    brand = last[1].removeprefix("http://").partition(".test")[0]
    assert place.states()[f"{brand}/{OLD}"] == ("not_observed", "parser_refused")
    assert not [op for op, _ in place.causes() if op == "DEL"]
    issues = [r for r in rows_of(place.data, "issues") if r["code"] == "capture_unreadable"]
    assert [r["brand_id"] for r in issues] == [brand]


@pytest.mark.parametrize("where", ["reading", "placed", "index.json", "latest.json"])
def test_killed_while_building_or_publishing(place: Place, where: str) -> None:
    """`latest` names the old run, or all of the new one; the next crawl goes on from there."""
    before = check_whole(place.data)
    place.site.number = NEW
    place.stopped(where)
    after = newest(place.data)
    assert verify_files(after) == ()
    assert (place.data / "latest" / "hotlines.parquet").is_file()
    assert (after.run_id == before.run_id) is (where != "latest.json")
    place.crawl()
    assert check_whole(place.data) not in (before, after)
    assert lost_runs(place.data) == set()
    # Killed while reading, the run counts for nothing; placed, it is the first to miss the number.
    gone = [reason for (op, _), (_, reason) in place.causes().items() if op == "DEL"]
    assert gone == ([] if where == "reading" else ["gone_from_pages"] * len(NAMES))


def test_process_after_a_killed_publication(place: Place) -> None:
    place.crawl("--capture-only")
    waiting = staged(place.data)
    place.site.number = NEW
    place.stopped("placed")
    hotlines("process", waiting.run_id, "--data-dir", str(place.data))
    place.crawl()
    assert lost_runs(place.data) == set()


# --- interrupted, or out of room --------------------------------------------------------------


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_interrupted_while_reading(place: Place, name: str) -> None:
    before = check_whole(place.data)
    place.site.number = NEW
    assert "Traceback" not in place.stopped("reading", name)
    assert check_whole(place.data) == before
    place.process(staged(place.data))
    assert place.causes()["ADD", f"eins/{NEW}"] == ("source", "")


def test_interrupted_while_reading_names_what_to_do_next(place: Place) -> None:
    place.crawl("--capture-only")
    run = staged(place.data)
    process = ["process", run.run_id, "--data-dir", str(place.data)]
    assert run.run_id in place.stopped("reading", "SIGINT", verb=process)


@pytest.mark.parametrize("room", [1_500, 20_000])
def test_no_room_on_the_disk(place: Place, room: int) -> None:
    """Too little for the captures; enough for them but not for the tables."""
    before = check_whole(place.data)
    place.site.bodies = {f"{name}.test": (PADDED, "text/html; charset=utf-8") for name in NAMES}
    done = hotlines(*place.command(), file_size=room)
    assert done.returncode == 1, done.stderr
    assert "File too large" in done.stderr
    assert check_whole(place.data) == before
    place.crawl()
    assert check_whole(place.data) != before
    assert lost_runs(place.data) == set()


# --- captures lost ----------------------------------------------------------------------------


def test_older_captures_lost(place: Place) -> None:
    """What we do not hold any more is asked for anew: a 304 would leave nothing to read."""
    shutil.rmtree(newest(place.data).captures)
    place.crawl()
    run = newest(place.data)
    assert {state for state, _ in place.states().values()} == {"observed"}
    assert {r["outcome"] for r in rows_of(place.data, "captures")} == {"ok"}
    assert {r["capture_run"] for r in rows_of(place.data, "evidence")} == {run.run_id}
    assert rows_of(place.data, "changes") == []


def test_older_captures_lost_between_fetching_and_reading(place: Place) -> None:
    old = newest(place.data)
    place.crawl("--capture-only")
    shutil.rmtree(old.captures)
    done = hotlines("process", staged(place.data).run_id, "--data-dir", str(place.data))
    assert done.returncode in (0, 3), done.stderr
    assert "Traceback" not in done.stderr
    assert not [op for op, _ in place.causes() if op == "DEL"] or newest(place.data) == old
    assert {row["number"] for row in rows_of(place.data)} == {OLD, MERCHANT}


def test_an_old_capture_never_overtakes_a_newer_run(place: Place) -> None:
    place.crawl("--capture-only")
    old = staged(place.data)
    place.site.number = NEW
    place.crawl()
    place.crawl()
    assert f"eins/{OLD}" not in place.states(), "gone from pages in two good runs"
    hotlines("process", old.run_id, "--data-dir", str(place.data))
    assert f"eins/{OLD}" not in place.states()
    assert place.states()[f"eins/{NEW}"] == ("observed", "")


# --- part of the registry ---------------------------------------------------------------------


def test_one_brand_leaves_the_others_as_they_are(place: Place) -> None:
    before = {row["id"]: row for row in rows_of(place.data)}
    place.site.number = NEW
    place.crawl("--brand", "eins")
    after = {row["id"]: row for row in rows_of(place.data)}
    others = [name for name in before if not name.startswith("eins/")]
    assert {name: after[name] for name in others} == {name: before[name] for name in others}
    assert {r["brand_id"] for r in rows_of(place.data, "changes")} == {"eins"}
    assert {r["brand_id"] for r in rows_of(place.data, "captures")} == {"eins"}
    assert {r["brand_id"] for r in rows_of(place.data, "brands")} == set(NAMES)
    assert {r["brand_id"] for r in rows_of(place.data, "sources")} == set(NAMES)
    place.crawl()
    changed = {row["brand_id"] for row in rows_of(place.data, "changes") if row["op"] == "ADD"}
    assert changed == set(NAMES) - {"eins"}, "their news come when they are crawled"


def test_a_brand_taken_out_of_the_registry_is_removed_by_it(place: Place) -> None:
    (place.brands / "zwei.toml").unlink()
    place.crawl()
    assert place.causes() == {
        ("DEL", f"zwei/{MERCHANT}"): ("registry", "brand_retired"),
        ("DEL", f"zwei/{OLD}"): ("registry", "brand_retired"),
    }
    assert {row["brand_id"] for row in rows_of(place.data)} == set(NAMES) - {"zwei"}


def test_an_edited_brand_file_is_no_cause_of_what_its_page_changed(place: Place) -> None:
    file = place.brands / "eins.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("names = {", 'names = { en = "Eins",'), encoding="utf-8")
    place.site.number = NEW
    place.crawl("--brand", "eins")
    assert place.causes()["ADD", f"eins/{NEW}"] == ("source", "")


# --- other rules ------------------------------------------------------------------------------


def program_with(directory: Path, old: str, new: str) -> Path:
    """A copy of the program in which a table of rules says something else."""
    for room in ("crawler", "pipelines", "outputs"):
        ignored = shutil.ignore_patterns("__pycache__", "data")
        shutil.copytree(ROOT / room, directory / room, ignore=ignored)
    table = directory / "pipelines" / "context" / "labels.toml"
    text = table.read_text(encoding="utf-8")
    assert old in text
    table.write_text(text.replace(old, new), encoding="utf-8")
    return directory


def test_what_our_rules_changed_is_not_blamed_on_the_source(place: Place, tmp_path: Path) -> None:
    """One run in which both happen: our rules rename a purpose, and the pages change a number."""
    program = program_with(tmp_path / "program", 'purpose = "merchant"', 'purpose = "vip"')
    place.site.number = NEW
    place.crawl(program=program)
    causes = place.causes()
    for name in NAMES:
        assert causes["MOD", f"{name}/{MERCHANT}"] == ("pipeline", "")
        assert causes["ADD", f"{name}/{NEW}"] == ("source", "")
        assert causes["MOD", f"{name}/{OLD}"] == ("source", "absent:1/2")
    assert len(causes) == 3 * len(NAMES)


def test_a_number_that_only_our_rules_dropped(place: Place, tmp_path: Path) -> None:
    wording = 'purpose = "merchant"\n'
    program = program_with(tmp_path / "program", wording, f"{wording}service = false\n")
    for _ in range(2):
        place.crawl(program=program)
        assert {cause for cause, _ in place.causes().values()} == {"pipeline"}
    assert set(place.causes()) == {("DEL", f"{name}/{MERCHANT}") for name in NAMES}


def test_rules_changed_after_a_run_of_one_brand(place: Place, tmp_path: Path) -> None:
    place.crawl("--brand", "eins")
    program = program_with(tmp_path / "program", 'purpose = "merchant"', 'purpose = "vip"')
    place.crawl(program=program)
    assert {cause for cause, _ in place.causes().values()} == {"pipeline"}


def test_replay_tells_other_rules_from_damage(place: Place, tmp_path: Path) -> None:
    program = program_with(tmp_path / "program", 'purpose = "merchant"', 'purpose = "vip"')
    command = ["replay", "latest", "--data-dir", str(place.data)]
    env = {"PYTHONPATH": str(program)}
    told = cold_hotlines(*command, cwd=program, env=env)
    assert told.returncode == 0, told.stderr
    assert sorted(line for line in told.stdout.splitlines() if line.startswith("  ~")) == [
        f"  ~ {name}/{MERCHANT}" for name in NAMES
    ]
    checked = cold_hotlines(*command, "--check", cwd=program, env=env)
    assert checked.returncode == 3
    assert "rules, code or dependencies are not those that built it" in checked.stderr


def test_the_index_tells_every_run(place: Place) -> None:
    """Published, refused and failed runs are listed with their result, in order."""
    place.site.status = 503
    place.crawl(code=4)
    place.site.reset()
    place.crawl()
    index: list[Row] = read_index(place.data)
    assert [line["result"] for line in index] == ["published", "nothing_fetched", "published"]
    assert index[2]["parent"] == index[0]["run_id"]
    for line in index:
        manifest = json.loads((place.data / line["path"] / "manifest.json").read_text("utf-8"))
        assert manifest["run_id"] == line["run_id"]
    assert read_table(newest(place.data).table("changes")) == []
