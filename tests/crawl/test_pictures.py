"""Images in which a number may stand: fetched only with `--ocr`, few, small, apart from pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from crawling import Crawled, brand, run_crawl
from hostile_web import HostileWeb, Reply, Visit, page, redirect, says
from PIL import Image

from crawler.frontier import Frontier
from outputs.captures import body_of, read_record
from pipelines.extract.pictures import Picture
from pipelines.model import CaptureRef, CrawlLimits, SourceState
from pipelines.vocabulary import Outcome, SourceKind
from tests.images import encoded

GOOD = encoded(Image.new("RGB", (300, 60), "white"))
LARGE = encoded(Image.new("1", (1600, 900)))
HOME = "http://www.shown.test/contact"
NAMES = ("tel", "large", "page", "gone", "moved", "sixth")


def _image(name: str) -> str:
    return f'<img src="/{name}.png" alt="客服热线">'


def _tagged(visit: Visit) -> Reply:
    if visit.header("If-None-Match") == '"v1"':
        return Reply(status=304)
    return Reply(GOOD, content_type="image/png", headers=(("ETag", '"v1"'),))


SHOWS = "".join(map(_image, NAMES)) + '<img src="http://cdn.test/tel.png" alt="客服热线">'
ROUTES = {
    "www.shown.test/contact": says(
        Reply(page(("/help/1.html", "帮助中心"), number=f"见图 {SHOWS}"))
    ),
    "www.shown.test/tel.png": _tagged,
    "www.shown.test/large.png": says(Reply(LARGE, content_type="image/png")),
    "www.shown.test/page.png": says(Reply(page(), content_type="image/png")),
    "www.shown.test/moved.png": redirect("/img/moved.png"),
    "www.shown.test/img/moved.png": says(Reply(GOOD, content_type="image/png")),
    "www.policy.test/contact": says(Reply(page(("/privacy", "隐私政策")))),
    "www.policy.test/privacy": says(Reply(page(number=f"见图 {_image('tel')}"))),
}
BRANDS = (
    brand("shown", HOME, limits=CrawlLimits(pages=1)),
    brand("policy", "http://www.policy.test/contact"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """The same web crawled without OCR, with it, and with it again."""

    web: HostileWeb
    plain: Crawled
    first: Crawled
    second: Crawled


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    runs = tmp_path_factory.mktemp("runs")
    with HostileWeb(tmp_path_factory.mktemp("web"), routes=dict(ROUTES)) as web:
        plain = run_crawl(web, runs / "plain", BRANDS)
        ocr = {"HOTLINES_OCR": True}
        first = run_crawl(web, runs / "r1", BRANDS, settings=ocr)
        second = run_crawl(web, runs / "r2", BRANDS, settings=ocr, after="r1")
        yield Shown(web, plain, first, second)


def test_without_ocr_no_image_is_asked(shown: Shown) -> None:
    assert not [fetch.url for fetch in shown.plain.fetches if fetch.url.endswith(".png")]


def test_five_images_are_asked_beside_a_budget_of_one_page(shown: Shown) -> None:
    found = {fetch.url: fetch for fetch in shown.first.of("shown")}
    outcomes = {url.rpartition("/")[2]: str(fetch.outcome) for url, fetch in found.items()}
    assert outcomes == {
        "contact": "ok",
        "tel.png": "ok",
        "large.png": "unsupported_type",
        "page.png": "unsupported_type",
        "gone.png": "http_404",
        "moved.png": "ok",
        "1.html": "budget",
    }
    assert "1600×900" in found["http://www.shown.test/large.png"].detail
    assert "an image was asked for" in found["http://www.shown.test/page.png"].detail


def test_an_image_has_the_kind_and_the_words_of_its_page(shown: Shown) -> None:
    [fetch] = [f for f in shown.first.of("shown") if f.url.endswith("/tel.png")]
    assert (fetch.kind, fetch.declared) == (SourceKind.CONTACT, False)
    assert (fetch.link_text, fetch.referrer) == ("客服热线", HOME)
    assert body_of(read_record(shown.first.run / fetch.file, fetch.offset)) == GOOD


def test_images_of_other_pages_are_left_alone(shown: Shown) -> None:
    assert {f.url for f in shown.first.of("policy")} == {
        "http://www.policy.test/contact",
        "http://www.policy.test/privacy",
    }


def test_a_held_image_is_asked_with_its_validator(shown: Shown) -> None:
    [fetch] = [f for f in shown.second.of("shown") if f.url.endswith("/tel.png")]
    assert (fetch.outcome, fetch.revisit) == (Outcome.NOT_MODIFIED, True)
    assert (fetch.body_run, fetch.link_text) == ("r1", "客服热线")


def test_images_of_a_stopped_crawl_get_their_lines() -> None:
    frontier = Frontier(BRANDS[0], {})
    home = frontier.take()
    assert home is not None
    pictures = [Picture(f"http://www.shown.test/{name}.png", "客服热线") for name in NAMES]
    frontier.add_pictures([*pictures, *pictures, Picture("http://cdn.test/a.png", "")], home)
    first = frontier.take()
    assert first is not None
    assert first.picture
    assert [asking.url for asking in frontier.drain()] == [p.url for p in pictures[1:]]
    assert frontier.take() is None


def test_a_known_image_waits_for_its_page() -> None:
    """Its words label the number: asked without them, the number would seem to be gone."""
    url = "http://www.shown.test/tel.png"
    state = SourceState(
        brand_id="shown",
        url=url,
        kind=SourceKind.CONTACT,
        declared=False,
        outcome=Outcome.OK,
        good_streak=1,
        bad_streak=0,
        last_tried=datetime(2026, 11, 22, tzinfo=UTC),
        last_good=None,
        last_changed=None,
        capture=CaptureRef("r1", "a.warc.gz", 0, "sha256:0"),
    )
    frontier = Frontier(brand("shown", HOME), {("shown", url): state})
    asked = [frontier.take(), frontier.take()]
    assert [asking.url for asking in asked if asking] == [HOME]
