"""Every command and every load of the README is run, or its options are checked."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from crawler.sampleweb.server import SampleWeb
from tests.e2e.sample_runs import ROOT, crawl, hotlines

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"`(hotlines [^`]+)`", README)))
LOADS = re.findall(r"```python\n(.*?)```", README, re.S)
NEEDS_NETWORK_OR_A_RUN = ("crawl", "process", "demo")  # run by other tests


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory as the README assumes it: outputs/data/latest, and a page."""
    directory = tmp_path_factory.mktemp("readme")
    with SampleWeb() as web:
        assert crawl(web, directory / "outputs" / "data") == 0
    page = "<p>客服热线：95007</p>"
    (directory / "page.html").write_text(page, encoding="utf-8")
    return directory


def test_there_is_something_to_test() -> None:
    assert len(COMMANDS) >= 10
    assert len(LOADS) == 3


@pytest.mark.parametrize("command", COMMANDS)
def test_command(command: str, place: Path) -> None:
    _, *arguments = shlex.split(command)
    env = {"HOTLINES_DATA_DIR": str(place / "outputs" / "data")}
    if arguments[0] in NEEDS_NETWORK_OR_A_RUN:
        told = hotlines(arguments[0], "--help")
        assert told.returncode == 0
        assert [a for a in arguments if a.startswith("--") and a not in told.stdout] == []
        return
    done = hotlines(*arguments, env=env, cwd=place)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("load", LOADS)
def test_load(load: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    names: dict[str, object] = {}
    exec(load, names)
    assert len(names["hotlines"]) >= 20  # type: ignore[arg-type]


def test_the_two_commands_and_the_cron_line() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)$", README, re.M):
        assert re.search(rf"^{target}:", makefile, re.M)
    [cron] = re.findall(r"^(?:\S+ ){5}cd .*$", README, re.M)
    assert "hotlines crawl --quiet" in cron


def test_every_runtime_dependency_is_justified() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    core = {"scrapy", "beautifulsoup4", "phonenumbers", "pandas", "pyarrow"}
    told = "\n".join(p.read_text("utf-8") for p in (ROOT / "docs" / "decisions").glob("*.md"))
    names = {re.match(r"[A-Za-z0-9-]+", line)[0] for line in project["dependencies"]}  # type: ignore[index]
    assert {name for name in names - core if name not in told} == set()
