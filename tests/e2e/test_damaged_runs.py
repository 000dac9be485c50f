"""Replay, accept, reject, prune and push over what was pruned, lost or damaged: the sentences."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.cli import main
from outputs.run_directory import DataDirectory
from tests.e2e.written_runs import Answer, contact, runs


@pytest.fixture(scope="module")
def four_days(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    """Four published runs, and a refused one; their ids in this order."""
    told = runs(tmp_path_factory.mktemp("days") / "data", "eins", "zwei")
    for number in range(4):
        told.pages["https://eins.test/contact"] = contact(told.brands[0], f"9500{number}")
        assert told.run() == 0
    told.pages = {url: Answer("<h1>联系我们</h1>") for url in told.pages}
    assert told.run() == 3
    return told.data, tuple(run.run_id for run in DataDirectory(told.data).all_runs())


@pytest.fixture
def told(four_days: tuple[Path, tuple[str, ...]], tmp_path: Path) -> Path:
    return Path(shutil.copytree(four_days[0], tmp_path / "data", symlinks=True))


@pytest.fixture
def ids(four_days: tuple[Path, tuple[str, ...]]) -> tuple[str, ...]:
    return four_days[1]


def verb(data: Path, *arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--data-dir", str(data)])
    return int(str(ended.value.code))


class TestPruned:
    @pytest.fixture
    def told(self, told: Path, capsys: pytest.CaptureFixture[str]) -> Path:
        assert verb(told, "prune", "--keep", "2") == 0
        capsys.readouterr()
        return told

    def test_a_run_that_was_pruned(
        self, told: Path, ids: tuple[str, ...], capsys: pytest.CaptureFixture[str]
    ) -> None:
        for more in (["--check"], []):
            assert verb(told, "replay", ids[0], *more) == 2
            said = capsys.readouterr().err
            assert f"run {ids[0]} was pruned: its captures are gone" in said
            assert "`hotlines diff` shows them" in said
            assert f"begin with {ids[3]} or a later run" in said
        assert verb(told, "diff", ids[0]) == 0

    @pytest.mark.parametrize("how", ["--check", "--compare", "--since"])
    def test_a_run_whose_parent_was_pruned(
        self, told: Path, ids: tuple[str, ...], how: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        asked = ["--since", ids[2]] if how == "--since" else [ids[2], how]
        assert verb(told, "replay", *asked) == 2
        said = capsys.readouterr().err
        assert f"run {ids[2]} goes on from the rows of {ids[1]}, which was pruned" in said
        assert "`hotlines verify` still compares" in said
        assert f"begin with {ids[3]} or a later run" in said

    def test_what_it_names_instead_can_be_done(self, told: Path, ids: tuple[str, ...]) -> None:
        assert verb(told, "replay", ids[3], "--check") == 0
        assert verb(told, "replay", "--since", ids[3], "-q") == 0
        assert verb(told, "verify", "-q") == 0

    def test_a_table_that_was_pruned(
        self, told: Path, ids: tuple[str, ...], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert verb(told, "show", "95000", "--run", ids[0]) == 1
        assert f"run {ids[0]} has no table hotlines: it was pruned" in capsys.readouterr().err


def lost(name: str) -> Callable[[Path], None]:
    return lambda run: (run / name).unlink()


def written(name: str, text: str) -> Callable[[Path], None]:
    return lambda run: (run / name).write_text(text, encoding="utf-8") and None


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lost("registry.json"), "registry.json is missing"),
        (written("registry.json", "[]"), "registry.json cannot be read"),
        (lost("captures/crawl.json"), "crawl.json is missing"),
        (written("captures/crawl.json", "[]"), "crawl.json: the plan of the crawl is damaged"),
        (written("captures/crawl.json", '{"sel'), "crawl.json: the plan of the crawl is damaged"),
        (written("captures/fetches.jsonl", "{}\n"), "damaged line in the log of fetches"),
        (lambda run: shutil.rmtree(run / "captures"), "captures is missing"),
        (lost("hotlines.parquet"), "has no table hotlines"),
        (written("hotlines.parquet", "PAR1"), "hotlines.parquet cannot be read as Parquet"),
    ],
)
def test_replay_of_a_damaged_run(
    told: Path,
    ids: tuple[str, ...],
    damage: Callable[[Path], None],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    damage(told / "runs" / ids[3])
    assert verb(told, "replay", "--compare", "-q") in (1, 2)
    heard = capsys.readouterr().err
    assert said in heard
    assert "estore" in heard
    assert "Traceback" not in heard
    assert "/hotlines-replay-" not in heard  # the place where it lies, not where it is built


def test_replay_of_a_run_whose_parent_is_gone(
    told: Path, ids: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(told / "runs" / ids[0])
    assert verb(told, "replay", ids[1], "--check") == 2
    said = capsys.readouterr().err
    assert f"goes on from the rows of {ids[0]}, and " in said
    assert f"begin with {ids[2]} or a later run" in said
