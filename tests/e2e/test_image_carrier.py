"""A number that stands only in an image: named, captured, read, kept, each in its way."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.sampleweb.expected import load_expected
from crawler.sampleweb.server import SampleWeb
from outputs.run_directory import RunDirectory, latest_run
from outputs.table_files import read_table
from tests.e2e.sample_runs import ROOT, cold_hotlines, crawl_arguments, hotlines

BRAND = "shilitu"
NUMBER = "4000001112"
IMAGE = "https://www.shilitu.test/img/rexian.png"
needs_ocr = pytest.mark.skipif(
    importlib.util.find_spec("rapidocr") is None,
    reason='OCR is not installed: pip install "hotlines[ocr]"',
)


@pytest.fixture(scope="module")
def web() -> Iterator[SampleWeb]:
    with SampleWeb() as own:
        yield own


def crawl(
    web: SampleWeb, data_dir: Path, *more: str, env: dict[str, str] | None = None
) -> RunDirectory:
    arguments = [*crawl_arguments(web, data_dir), "--brand", BRAND, *more]
    started = cold_hotlines if env else hotlines
    done = started(*arguments, env={**web.environment, **(env or {})})
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    run = latest_run(data_dir)
    assert run is not None
    return run


def without_ocr(directory: Path) -> dict[str, str]:
    """An environment in which the extra is not installed."""
    directory.mkdir()
    (directory / "sitecustomize.py").write_text("import sys\nsys.modules['rapidocr'] = None\n")
    return {"PYTHONPATH": f"{directory}:{ROOT}"}


def issues(run: RunDirectory) -> dict[str, dict[str, object]]:
    return {str(r["code"]): r for r in read_table(run.table("issues")) if r["url"] == IMAGE}


def rows(run: RunDirectory) -> dict[str, dict[str, object]]:
    return {str(row["number"]): row for row in read_table(run.table("hotlines"))}


def test_the_truth_asks_for_ocr_where_it_must() -> None:
    expected = load_expected()
    for day in (1, 2, 3):
        assert (BRAND, NUMBER) not in expected.rows(day)
        assert expected.rows(day, "ocr") - expected.rows(day) == {(BRAND, NUMBER)}
        assert expected.readable(day, "ocr") - expected.readable(day) == {(BRAND, NUMBER)}


def test_a_plain_crawl_names_the_image(web: SampleWeb, tmp_path: Path) -> None:
    run = crawl(web, tmp_path / "data")
    assert NUMBER not in rows(run)
    [code] = issues(run)
    assert code == "number_in_image"
    assert IMAGE not in [row["url"] for row in read_table(run.table("captures"))]


def test_without_the_extra_the_image_is_kept_and_an_issue_names_the_extra(
    web: SampleWeb, tmp_path: Path
) -> None:
    run = crawl(web, tmp_path / "data", "--ocr", env=without_ocr(tmp_path / "none"))
    assert NUMBER not in rows(run)
    assert 'pip install "hotlines[ocr]"' in str(issues(run)["ocr_missing"]["message"])
    assert "number_in_image" not in issues(run)
    [capture] = [row for row in read_table(run.table("captures")) if row["url"] == IMAGE]
    assert (capture["outcome"], capture["content_type"]) == ("parser_refused", "image/png")


@needs_ocr
def test_with_the_extra_the_number_is_read_and_never_lost(web: SampleWeb, tmp_path: Path) -> None:
    data = tmp_path / "data"
    run = crawl(web, data, "--ocr")
    assert {(BRAND, number) for number in rows(run)} == {
        pair for pair in load_expected().rows(1, "ocr") if pair[0] == BRAND
    }
    assert issues(run) == {}
    [evidence] = [r for r in read_table(run.table("evidence")) if r["number"] == NUMBER]
    assert (evidence["carrier"], evidence["url"]) == ("image", IMAGE)
    done = hotlines("replay", "latest", "--check", "--data-dir", str(data))
    assert done.returncode == 0, done.stderr

    refused = crawl(web, data, "--ocr", env=without_ocr(tmp_path / "none"))
    for later in (refused, crawl(web, data)):
        row = rows(later)[NUMBER]
        assert row["presence"] == "not_observed"
        assert row["good_runs_missed"] == 0
    assert rows(crawl(web, data, "--ocr"))[NUMBER]["presence"] == "observed"
