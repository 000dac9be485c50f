"""Outcomes that only reading finds: each is produced by a server, and none deletes a number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.outcomes import FOUND_BY_READING
from outputs.run_directory import DataDirectory
from outputs.table_files import read_table
from tests.e2e.sample_runs import hotlines, rows_of
from tests.e2e.serving import Site, arguments, write_brands

LEFT_OVER = """<!doctype html><meta charset=utf-8><title>示例支付 联系我们</title><h1>联系我们</h1>
<p>我们正在升级服务页面，敬请期待。感谢您一直以来对我们的理解与支持，给您带来不便，敬请谅解。</p>
<p>公司地址：示例市示例区示例路五号，欢迎您来访。我们会尽快恢复联系方式的展示，请稍后再来查看。</p>"""
BODIES = {
    "empty": (b"", "text/html"),
    "script_shell": (b"<!doctype html><div id=app></div><script>start()</script>", "text/html"),
    "soft_404": (
        "<!doctype html><meta charset=utf-8><p>页面不存在</p>".encode(),
        "text/html",
    ),
    "login_wall": ("<!doctype html><meta charset=utf-8><p>请先登录</p>".encode(), "text/html"),
    "unrecognised_layout": (LEFT_OVER.encode(), "text/html"),
    "parser_refused": (b'{"hotline": "95007"', "application/json"),
}
WELL = tuple(f"well{index}" for index in range(8))  # they keep the run publishable


def brand_of(outcome: str) -> str:
    return outcome.replace("_", "")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Every page answers well; then one brand's page each goes bad, for two runs."""
    place = tmp_path_factory.mktemp("reading")
    site = Site()
    brands = write_brands(place / "brands", *map(brand_of, BODIES), *WELL)
    command = arguments(site, brands, place)
    assert hotlines(*command).returncode == 0
    site.bodies = {f"{brand_of(outcome)}.test": BODIES[outcome] for outcome in BODIES}
    for _ in range(2):
        done = hotlines(*command)
        assert done.returncode == 0, done.stderr
    yield place / "data"
    site.close()


def test_every_outcome_of_the_set_has_its_server() -> None:
    assert {outcome.value for outcome in FOUND_BY_READING} == set(BODIES)


@pytest.mark.parametrize("outcome", sorted(BODIES))
def test_the_numbers_of_such_a_page_stay(outcome: str, data_dir: Path) -> None:
    brand = brand_of(outcome)
    lost = [row for row in rows_of(data_dir) if row["brand_id"] == brand]
    assert {row["number"] for row in lost} == {"95007", "4000001999"}
    assert {(r["presence"], r["presence_reason"]) for r in lost} == {("not_observed", outcome)}
    [source] = [row for row in rows_of(data_dir, "sources") if row["brand_id"] == brand]
    assert source["outcome"] == outcome


def test_nothing_was_removed_and_the_others_are_as_they_were(data_dir: Path) -> None:
    first, second, third = DataDirectory(data_dir).all_runs()
    for run in (second, third):
        assert [r for r in read_table(run.table("changes")) if r["op"] == "DEL"] == []
    assert len(read_table(first.table("hotlines"))) == len(rows_of(data_dir))
    well = [row for row in rows_of(data_dir) if row["brand_id"] in WELL]
    assert {row["presence"] for row in well} == {"observed"}
    assert {row["outcome"] for row in rows_of(data_dir, "sources") if row["brand_id"] in WELL} == {
        "not_modified"
    }
