"""A number that only a browser comes to see: named, asked for, rendered, kept, each in its way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.sampleweb.expected import load_expected
from crawler.sampleweb.server import SampleWeb
from outputs.run_directory import RunDirectory
from outputs.table_files import read_table
from tests.browsers import needs_browser
from tests.e2e.sample_runs import cold_hotlines, crawl_arguments, hotlines, newest, shimmed

BRAND = "shilitu"
NUMBER = "4000001113"
PAGE = "https://www.shilitu.test/service/"


@pytest.fixture(scope="module")
def web() -> Iterator[SampleWeb]:
    with SampleWeb() as own:
        yield own


def crawl(web: SampleWeb, data_dir: Path, *more: str) -> RunDirectory:
    arguments = [*crawl_arguments(web, data_dir), "--brand", BRAND, *more]
    done = hotlines(*arguments, env=web.environment)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return newest(data_dir)


def rows(run: RunDirectory) -> dict[str, dict[str, object]]:
    return {str(row["number"]): row for row in read_table(run.table("hotlines"))}


def issues(run: RunDirectory) -> list[dict[str, object]]:
    return [row for row in read_table(run.table("issues")) if row["url"] == PAGE]


def fetches(run: RunDirectory) -> list[tuple[object, object]]:
    captures = read_table(run.table("captures"))
    return [(row["rendered"], row["outcome"]) for row in captures if row["url"] == PAGE]


def test_the_truth_asks_for_a_browser_where_it_must() -> None:
    expected = load_expected()
    for day in (1, 2, 3):
        assert expected.rows(day, "browser") - expected.rows(day) == {(BRAND, NUMBER)}
        assert expected.readable(day, "browser") - expected.readable(day) == {(BRAND, NUMBER)}


def test_a_plain_crawl_says_what_would_read_the_page(web: SampleWeb, tmp_path: Path) -> None:
    run = crawl(web, tmp_path / "data")
    assert NUMBER not in rows(run)
    assert fetches(run) == [(False, "script_shell")]
    [issue] = issues(run)
    assert issue["code"] == "script_shell"
    assert "hotlines crawl --render" in str(issue["advice"])
    assert 'pip install "hotlines[browser]"' in str(issue["advice"])


def test_without_the_extra_or_the_browser_nothing_starts(web: SampleWeb, tmp_path: Path) -> None:
    extra = shimmed(tmp_path / "none", _HIDES_THE_EXTRA)
    browser = {**shimmed(tmp_path / "some", _SHOWS_THE_EXTRA), "HOTLINES_CHROMIUM": "/nowhere"}
    for env, told in ((extra, "hotlines[browser]"), (browser, "apt-get install chromium")):
        arguments = [*crawl_arguments(web, tmp_path / "data"), "--render"]
        done = cold_hotlines(*arguments, env={**web.environment, **env})
        assert done.returncode == 2, done.stderr
        [line] = done.stderr.splitlines()
        assert told in line
    assert not (tmp_path / "data").exists()


_HIDES_THE_EXTRA = """
import importlib.util as u
find = u.find_spec
u.find_spec = lambda name, *a: None if name == "scrapy_playwright" else find(name, *a)
"""
_SHOWS_THE_EXTRA = _HIDES_THE_EXTRA.replace("None", "u")


@needs_browser
def test_with_a_browser_the_number_is_read_and_never_lost(web: SampleWeb, tmp_path: Path) -> None:
    data = tmp_path / "data"
    run = crawl(web, data, "--render")
    assert {(BRAND, number) for number in rows(run)} == {
        pair for pair in load_expected().rows(1, "browser") if pair[0] == BRAND
    }
    assert fetches(run) == [(False, "script_shell"), (True, "ok")]
    assert issues(run) == []
    [evidence] = [r for r in read_table(run.table("evidence")) if r["number"] == NUMBER]
    assert (evidence["carrier"], evidence["url"]) == ("text", PAGE)
    replayed = hotlines("replay", "latest", "--check", "--data-dir", str(data))
    assert replayed.returncode == 0, replayed.stderr
    checked = hotlines("verify", "--data-dir", str(data))
    assert checked.returncode == 0, checked.stderr
    raw = hotlines("show", f"{BRAND}/{NUMBER}", "--raw", "--data-dir", str(data))
    assert "商户服务热线：400-000-1113" in raw.stdout

    plain = rows(crawl(web, data))[NUMBER]
    assert (plain["presence"], plain["presence_reason"]) == ("not_observed", "script_shell")
    assert plain["good_runs_missed"] == 0
    again = rows(crawl(web, data, "--render"))[NUMBER]
    assert again["presence"] == "observed"
    assert ("www.shiliyan-kefu.test", "/chat.json") not in {(r.host, r.path) for r in web.requests}
