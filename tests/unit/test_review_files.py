"""Review files: what is wrong is named with file, line and key; where they lie."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from crawler.plan import ConfigurationError
from crawler.registry_shape import ANNOTATIONS, KEYWORDS
from crawler.review_files import (
    ReviewFilesError,
    _with_plain_days,
    check_reviews,
    load_reviews,
    reviews_directory,
    schema,
)
from crawler.verbs.reviewing import reviews_for
from crawler.verbs.running import CrawlOptions
from outputs.row_reviews import write_reviews
from outputs.run_directory import DataDirectory
from pipelines.model import Brand
from pipelines.naming import UnknownBrandError
from pipelines.review import RunReviews

GOOD = """\
[[review]]
brand = "demo"
number = "965550"
area = "0571"
decision = "accept"
doubts = ["pages_disagree", "shape:S4"]
reason = "the help page is old"
reviewer = "li"
date = 2026-03-01
expires = "2026-09-01"
"""


def problems(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "demo.toml").write_text(text, encoding="utf-8")
    found = check_reviews(tmp_path, ("demo",))
    return [str(problem).replace(str(tmp_path), "") for problem in found]


def test_a_review_is_read_with_its_place(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD) == []
    (review,) = load_reviews(tmp_path, ("demo",))
    assert review.row_id == "demo/965550@0571"
    assert review.told == "the help page is old (li, 2026-03-01 to 2026-09-01)"
    assert review.place == "demo.toml:1"
    assert review.doubts == ("pages_disagree", "shape:S4")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"demo"', '"nobody"', "/demo.toml:2: review[0].brand: there is no brand 'nobody'"),
        ('"965550"', "965550", "/demo.toml:3: review[0].number: unquoted number 965550"),
        ('"accept"', '"agree"', "/demo.toml:5: review[0].decision: unknown value 'agree'"),
        ('"pages_disagree"', '"no_tls"', "/demo.toml:6: review[0].doubts[0]: no review sets"),
        ('"accept"', '"reject"', "/demo.toml:6: review[0].doubts: doubts do not belong here"),
        ("the help page is old", "", "/demo.toml:7: review[0].reason: '' is malformed"),
        ('reviewer = "li"\n', "", "/demo.toml:1: review[0].reviewer: missing key 'reviewer'"),
        ("2026-03-01", '"2026-02-30"', "/demo.toml:9: review[0].date: '2026-02-30' is no day"),
        ('"2026-09-01"', "2026-03-01", "/demo.toml:10: review[0].expires: it ends before"),
        ('"2026-09-01"', "2029-03-01", "/demo.toml:10: review[0].expires: 2029-03-01 is too far"),
        ("area", "aera", "/demo.toml:4: review[0].aera: unknown key 'aera' (did you mean 'area'?)"),
        ("[[review]]", "[[review]", "/demo.toml:1: not TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    found = problems(tmp_path, GOOD.replace(old, new, 1))
    assert len(found) == 1
    assert found[0].startswith(told)
    with pytest.raises(ReviewFilesError):
        load_reviews(tmp_path, ("demo",))


def test_two_decisions_on_one_row_are_none(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GOOD, encoding="utf-8")
    (found,) = problems(tmp_path, GOOD)
    assert found.startswith("/demo.toml:3: review[0].number: a.toml:1 decides on the same row")


def test_the_schema_is_one_and_keeps_to_the_words_we_read() -> None:
    Draft202012Validator.check_schema(dict(schema()))
    waiting: list[object] = [schema()]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            named = "type" in item or "$ref" in item
            assert not named or set(item) <= ANNOTATIONS | KEYWORDS
            waiting += item.values()
    data = _with_plain_days(tomllib.loads(GOOD))
    assert not list(Draft202012Validator(dict(schema())).iter_errors(data))


def test_where_reviews_lie(tmp_path: Path) -> None:
    option, brands = tmp_path / "mine", tmp_path / "registry" / "brands"
    assert reviews_directory(option, brands, tmp_path) == option
    assert reviews_directory(None, brands, tmp_path) == tmp_path / "registry" / "reviews"
    assert reviews_directory(None, None, tmp_path) == tmp_path / "reviews"
    (tmp_path / "scrapy.cfg").touch()
    assert reviews_directory(None, None, tmp_path / "a" / "b") == tmp_path / "reviews"


def test_a_directory_that_was_named_must_be_there(tmp_path: Path) -> None:
    options = CrawlOptions(tmp_path, reviews_directory=tmp_path / "none")
    with pytest.raises(ReviewFilesError, match="there is no such directory"):
        reviews_for(options, ())


def test_neither_reviews_nor_holds_get_lost_between_two_crawls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "demo.toml").write_text(GOOD, encoding="utf-8")
    data = DataDirectory(tmp_path / "data")
    run = data.run("20261122T211500Z-abc")
    run.path.mkdir(parents=True)
    run.manifest.touch()
    data.latest.write_text('{"schema_version": "1.3.0", "run_id": "20261122T211500Z-abc"}')
    brands = (Brand("demo", "示例", "CN", high_risk=True), Brand("other", "他", "CN"))
    options = CrawlOptions(data.path, brands_directory=tmp_path / "x" / "brands", hold=("high",))
    assert reviews_for(options, brands) == RunReviews((), frozenset({"demo"}))
    write_reviews(run, RunReviews((), frozenset({"other", "gone"})))
    again = replace(options, hold=())
    assert reviews_for(again, brands).held == {"other"}
    assert reviews_for(replace(options, hold=("none",)), brands).held == frozenset()
    write_reviews(run, RunReviews(load_reviews(tmp_path, ("demo",))))
    with pytest.raises(ConfigurationError, match=r"had 1 reviews.*--reviews"):
        reviews_for(options, brands)


def test_whose_changes_wait(tmp_path: Path) -> None:
    brands = (Brand("demo", "示例", "CN", high_risk=True), Brand("other", "别人", "CN"))
    for hold, ids in ((("all",), {"demo", "other"}), (("high", "别人"), {"demo", "other"})):
        options = CrawlOptions(tmp_path, reviews_directory=tmp_path, hold=hold)
        assert reviews_for(options, brands).held == ids
    options = CrawlOptions(tmp_path, reviews_directory=tmp_path, hold=("hihg",))
    with pytest.raises(UnknownBrandError, match=r"--hold takes high, all, none, or brands: .*hihg"):
        reviews_for(options, brands)
