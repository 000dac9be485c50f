"""The recipes of docs/operating: units and crontabs parse, and the program knows every command."""

from __future__ import annotations

import ast
import re
from configparser import ConfigParser
from pathlib import Path

import pytest

from crawler.exit_codes import ExitCode
from tests.command_lines import commands_in, parse

ROOT = Path(__file__).parents[2]
OPERATING = ROOT / "docs" / "operating"
RECIPES = sorted(path for path in OPERATING.iterdir() if path.is_file())
CRON_LINE = re.compile(r"(?P<time>(?:[\d*,/-]+ ){4}[\d*,/-]+) (?P<command>\S.*)")
CRON_FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
VARIABLES = {
    "HOTLINES_CONTACT",
    "HOTLINES_DATA_DIR",
    "PYTHONUTF8",
}
OPTIONAL = {"HOTLINES_HOLD", "HOTLINES_REVIEWS", "HOTLINES_SEARCH_ENDPOINT"}
LOCKED = str(int(ExitCode.LOCKED))


def _text(name: str) -> str:
    return (OPERATING / name).read_text(encoding="utf-8")


def _unit(name: str) -> ConfigParser:
    """A systemd unit; keys may stand twice there, the last of them is kept."""
    parser = ConfigParser(strict=False, interpolation=None, comment_prefixes="#", delimiters="=")
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(_text(name))
    return parser


def _shell_lines(path: Path) -> list[str]:
    """Every line of a recipe in which a shell or a scheduler would see `hotlines`."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        blocks = re.findall(r"^ *```(?:sh|console)\n(.*?)^ *```", text, re.M | re.S)
        return "".join(blocks).splitlines()
    if path.suffix == ".py":
        return _bash_commands(text)
    if path.suffix == ".yml":
        return re.findall(r"^ +(?:- )?run: (.*)$", text, re.M)
    if path.suffix == ".cron":
        return [match["command"] for match in map(CRON_LINE.fullmatch, text.splitlines()) if match]
    return [value for key, value in re.findall(r"^(\w+)=(.*)$", text, re.M) if key == "ExecStart"]


def _bash_commands(code: str) -> list[str]:
    """The `bash_command` arguments of a DAG, with its constants put in."""
    tree = ast.parse(code)
    constants = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    found = [
        keyword.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "bash_command"
    ]
    return [eval(compile(ast.Expression(v), "dag", "eval"), constants) for v in found]


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)
def test_the_program_knows_every_command(path: Path) -> None:
    found = [command for line in _shell_lines(path) for command in commands_in(line)]
    for command in found:
        parse(command)
    assert found or path.suffix == ".timer", f"{path.name} runs no command of hotlines"


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)
def test_only_variables_that_are_read(path: Path) -> None:
    told = set(re.findall(r"\b(?:HOTLINES_[A-Z_]+|PYTHONUTF8)\b", path.read_text("utf-8")))
    assert told <= VARIABLES | OPTIONAL
    program = "".join(p.read_text("utf-8") for p in (ROOT / "crawler").rglob("*.py"))
    assert {name for name in told & OPTIONAL if f'"{name}"' not in program} == set()


@pytest.mark.parametrize(
    "line",
    [
        "hotlines crawl --quite",
        "hotlines fly",
        "hotlines",
        "hotlines status --max-age",
        "hotlines registry",
        "cd /srv && .venv/bin/hotlines show",
        "A=b hotlines extract x --format xml",
    ],
)
def test_a_wrong_command_is_noticed(line: str) -> None:
    [command] = commands_in(line)
    with pytest.raises(Exception, match=r"."):
        parse(command)


def test_cron_lines() -> None:
    lines = [line for line in _text("hotlines.cron").splitlines() if line and line[0] != "#"]
    variables = dict(line.split("=", 1) for line in lines if re.match(r"[A-Z_0-9]+=", line))
    jobs = [CRON_LINE.fullmatch(line) for line in lines if not re.match(r"[A-Z_0-9]+=", line)]
    assert variables["CRON_TZ"] == "Asia/Shanghai"
    assert set(variables) >= VARIABLES
    assert len(jobs) == 2
    for job in jobs:
        assert job is not None
        assert job["command"].startswith("/")  # cron's PATH is short
        assert "%" not in job["command"]  # a line end to cron
        for field, (low, high) in zip(job["time"].split(), CRON_FIELDS, strict=True):
            assert all(low <= int(number) <= high for number in re.findall(r"\d+", field))


def test_the_service_is_closed_off_and_the_lock_is_no_failure() -> None:
    unit = _unit("hotlines.service")
    service = unit["Service"]
    assert service["Type"] == "oneshot"
    assert service["ExecStart"].startswith("/")
    assert service["SuccessExitStatus"] == LOCKED
    assert (service["ProtectSystem"], service["NoNewPrivileges"]) == ("strict", "yes")
    assert (OPERATING / unit["Unit"]["OnFailure"]).is_file()
    directory = f"HOTLINES_DATA_DIR=/var/lib/{service['StateDirectory']}"
    for name in ("hotlines.service", "hotlines-alert.service"):
        assert f"Environment={directory}\n" in _text(name)


def test_the_timer_catches_up_and_does_not_crowd() -> None:
    unit = _unit("hotlines.timer")
    timer = unit["Timer"]
    assert timer["OnCalendar"].endswith("Asia/Shanghai")
    assert timer["Persistent"] == "true"
    assert timer["RandomizedDelaySec"]
    assert unit["Install"]["WantedBy"] == "timers.target"


def test_the_workflow_never_runs_twice_and_keeps_the_data() -> None:
    text = _text("github-actions.yml")
    assert "\t" not in text
    assert re.search(r"^concurrency:\n  group: hotlines\n  cancel-in-progress: false$", text, re.M)
    assert {"schedule:", "workflow_dispatch:"} <= set(text.split())
    assert text.index("cache/restore@") < text.index("hotlines crawl") < text.index("cache/save@")
    assert re.findall(r"^ +path: (\S+)$", text, re.M)[:2] == ["hotlines-data"] * 2


def test_the_dag_skips_when_locked_and_runs_alone() -> None:
    nodes = ast.walk(ast.parse(_text("airflow_dag.py")))
    keywords = {k.arg: k.value for n in nodes if isinstance(n, ast.Call) for k in n.keywords}
    constants = {k: v.value for k, v in keywords.items() if isinstance(v, ast.Constant)}
    assert constants["skip_on_exit_code"] == ExitCode.LOCKED
    assert (constants["max_active_runs"], constants["catchup"]) == (1, False)


def test_every_recipe_is_in_the_overview() -> None:
    overview = _text("README.md")
    names = {path.name for path in RECIPES} - {"README.md"}
    assert {name for name in names if f"]({name})" not in overview} == set()
