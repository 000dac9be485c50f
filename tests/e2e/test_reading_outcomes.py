"""Outcomes that only reading finds: each is produced by a server, and none deletes a number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.outcomes import FOUND_BY_READING
from outputs.run_directory import latest_run
from outputs.snapshot import read_table
from tests.e2e.sample_runs import hotlines
from tests.e2e.serving import BRAND, PAGE, Site, arguments

GOOD = PAGE.format(number="95007").encode()
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


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


def test_every_outcome_of_the_set_has_its_server() -> None:
    assert {outcome.value for outcome in FOUND_BY_READING} == set(BODIES)


@pytest.mark.parametrize("outcome", sorted(BODIES))
def test_the_numbers_of_such_a_page_stay(outcome: str, site: Site, tmp_path: Path) -> None:
    """One brand's page goes bad in two runs; the other brand keeps the run publishable."""
    brands = tmp_path / "brands"
    brands.mkdir()
    for name in ("eins", "zwei"):
        (brands / f"{name}.toml").write_text(BRAND.format(id=name), encoding="utf-8")
    command = arguments(site, brands, tmp_path)
    assert hotlines(*command).returncode == 0
    before = _rows(tmp_path, "hotlines")
    site.bodies["eins.test"] = BODIES[outcome]
    for _ in range(2):
        done = hotlines(*command)
        assert done.returncode == 0, done.stderr
    rows = {row["id"]: row for row in _rows(tmp_path, "hotlines")}
    assert set(rows) == {row["id"] for row in before}
    lost = [row for row in rows.values() if row["brand_id"] == "eins"]
    assert {(row["presence"], row["presence_reason"]) for row in lost} == {
        ("not_observed", outcome)
    }
    assert not [row for row in _rows(tmp_path, "changes") if row["op"] == "DEL"]
    state = {row["brand_id"]: row["outcome"] for row in _rows(tmp_path, "sources")}
    assert state == {"eins": outcome, "zwei": "ok"}


def _rows(tmp_path: Path, table: str) -> list[dict[str, object]]:
    run = latest_run(tmp_path / "data")
    assert run is not None
    return read_table(run.table(table))
