"""The house rules that no linter knows: purity, sizes, names, words, documentation."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from statistics import quantiles

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("crawler", "pipelines", "outputs")
SOURCES = sorted(
    path
    for room in ROOMS
    for path in (ROOT / room).rglob("*.py")
    if "data" not in path.relative_to(ROOT).parts
)
DATA_TABLES = {"outputs/tables"}
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
IMPURE_CALLS = {"open", "read_text", "read_bytes", "write_text", "now", "utcnow", "today", "getenv"}


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _functions(path: Path) -> list[tuple[str, int]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        (f"{_relative(path)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, kinds)
    ]


def test_functions_are_small() -> None:
    lengths = [item for path in SOURCES for item in _functions(path)]
    assert [item for item in lengths if item[1] > 60] == []
    assert quantiles([length for _, length in lengths], n=10)[-1] <= 30


def test_files_are_small() -> None:
    sizes = {
        _relative(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in SOURCES
        if not any(_relative(path).startswith(table) for table in DATA_TABLES)
    }
    assert {name: size for name, size in sizes.items() if size > 400} == {}
    assert quantiles(sizes.values(), n=10)[-1] <= 300


def test_names_say_what_a_module_is() -> None:
    assert [_relative(p) for p in SOURCES if set(p.with_suffix("").parts) & FORBIDDEN_NAMES] == []


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


@pytest.mark.parametrize(
    "path",
    [p for p in SOURCES if _relative(p).startswith("pipelines/") and p.name != "rules.py"],
    ids=_relative,
)
def test_pipelines_are_pure(path: Path) -> None:
    """No disk, clock or environment; only `rules.py` reads, and only package data."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
    impure = {f"line {n.lineno}: {_called(n)}" for n in calls if _called(n) in IMPURE_CALLS}
    assert impure == set()


def test_no_sample_brand_outside_the_sample_web() -> None:
    brands = ROOT / "crawler" / "sampleweb" / "brands"
    words = {".test/", '.test"', "示例"}
    for file in (*brands.glob("*.toml"), *brands.parent.glob("corner/brands/*.toml")):
        names = tomllib.loads(file.read_text(encoding="utf-8"))["names"]
        words |= {name for name in names.values() if name}
    found = [
        (_relative(path), word)
        for path in [*SOURCES, *(ROOT / "pipelines").rglob("*.toml")]
        if "sampleweb" not in path.parts
        for word in words
        if word in path.read_text(encoding="utf-8")
    ]
    assert found == []


def test_no_path_of_a_machine_and_no_index_address() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    bad = re.compile(
        r"(?<![A-Za-z0-9._-])/(?:work|root|farm|home)/|index[-]url|find[-]links|/simple/"
    )
    hits = []
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.is_file() and path.suffix not in (".gz", ".pdf", ".png") and path != Path(__file__):
            text = path.read_text(encoding="utf-8", errors="replace")
            hits += [f"{name}: {m.group()}" for m in bad.finditer(text)]
    assert hits == []


def test_every_rule_has_a_source() -> None:
    from pipelines.rules import check_tables

    assert check_tables() == ()


def test_every_verb_is_documented() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "crawler.cli", "--help"], capture_output=True, text=True, check=True
    )
    verbs = re.findall(r"^  ([a-z]+)  ", result.stdout, re.M)
    assert len(verbs) >= 10
    assert [verb for verb in verbs if f"hotlines {verb}" not in readme] == []


def test_public_names_of_the_core_have_docstrings() -> None:
    missing = []
    for path in SOURCES:
        if _relative(path).startswith("crawler/"):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            named = isinstance(node, ast.FunctionDef | ast.ClassDef)
            if named and not node.name.startswith("_") and not ast.get_docstring(node):
                missing.append(f"{_relative(path)}:{node.name}")
    assert missing == []


def test_the_command_line_starts_light() -> None:
    """Heavy imports live inside the verbs: `hotlines --help` answers at once."""
    heavy = ("scrapy", "twisted", "pandas", "pyarrow", "phonenumbers", "turbohtml", "rich", "bs4")
    code = f"import sys, crawler.cli; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
