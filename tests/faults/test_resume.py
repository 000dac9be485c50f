"""`crawl --resume`: what a killed crawl holds is not fetched again, all else is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.frontier import Frontier
from crawler.plan import CrawlPlan
from crawler.resuming import already_captured, take_up
from outputs.captures import read_fetches
from tests.e2e.sample_runs import hotlines, newest, rows_of, staged, start, wait_for_lines
from tests.e2e.serving import Site, arguments, write_brands

BODY = """<!doctype html><meta charset=utf-8><title>示例支付 联系我们</title><h1>联系我们</h1>
<p>客服热线：95007（7×24小时）</p><p>商户服务热线：400-000-1999</p>
<p>扫码或拨打图中的客服电话 <img src="/kefu-dianhua.png" alt="客服电话" width=300 height=80></p>
<a href="/help">帮助中心</a> <a href="/complaint">投诉渠道</a>""".encode()
PAGES = ("contact", "help", "complaint")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    served = Site()
    served.bodies = {f"{name}.test": (BODY, "text/html") for name in ("eins", "zwei", "drei")}
    yield served
    served.close()


@pytest.fixture(scope="module")
def killed(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two brands have answered, the third says nothing; then the crawl is killed."""
    place = tmp_path_factory.mktemp("killed")
    brands = write_brands(place / "brands", "eins", "zwei", "drei")
    site.slow = frozenset(("zwei.test",))
    crawl = start(*arguments(site, brands, place, "--timeout", "600"))
    assert site.asked.wait(300)
    wait_for_lines(staged(place / "data"), 2 * len(PAGES))
    crawl.kill()
    crawl.communicate(timeout=60)
    site.wait.set()
    site.slow = frozenset()
    return place


def test_images_of_captured_pages_are_still_asked_for(killed: Path) -> None:
    """With --ocr; the crawl may have died between a page and its images."""
    run = staged(killed / "data")
    held = already_captured(run.path)
    assert sorted(f"{f.brand_id} {f.url.rpartition('/')[2]}" for f in held) == sorted(
        f"{name} {page}" for name in ("eins", "drei") for page in PAGES
    )
    from crawler.registry import load_brands

    [brand] = [b for b in load_brands(killed / "brands") if b.id == "eins"]
    plan = CrawlPlan(run.run_id, run.path, (brand,), {}, "x@example.org", done=held)
    for ocr, asked in ((False, []), (True, ["http://eins.test/kefu-dianhua.png"])):
        frontier = Frontier(brand, {})
        take_up(frontier, replace(plan, ocr=ocr))
        found = []
        while (asking := frontier.take()) is not None:
            found.append(asking.url)
        assert found == asked


def test_a_record_that_the_log_names_but_nobody_holds_is_fetched_again(
    killed: Path, tmp_path: Path
) -> None:
    """A power cut may lose the end of a capture file whose line in the log survived."""
    import shutil

    waiting = staged(killed / "data").path
    copy = Path(shutil.copytree(waiting, tmp_path / waiting.name))
    [file] = (copy / "captures").glob("*.warc.gz*")
    last = max(read_fetches(copy), key=lambda fetch: fetch.body_offset)
    file.rename(file.with_name(file.name.removesuffix(".open")))
    assert last in already_captured(copy)
    with (copy / last.body_file).open("r+b") as capture:
        capture.truncate(last.body_offset)
    held = already_captured(copy)
    assert last not in held
    assert len(held) == 2 * len(PAGES) - 1


def test_nothing_that_is_captured_is_fetched_again(
    site: Site, killed: Path, counted: Callable[[str], None]
) -> None:
    data = killed / "data"
    run, before = staged(data), dict(site.requests)
    done = hotlines(*arguments(site, killed / "brands", killed, "--resume"))
    assert done.returncode == 0, done.stderr
    assert "which died" in done.stderr
    assert newest(data).run_id == run.run_id
    for name in ("eins", "drei"):
        for page in PAGES:
            url = f"{name}.test/{page}"
            assert site.requests[url] == before[url] == 1, url
    assert all(site.requests[f"zwei.test/{page}"] >= 1 for page in PAGES)
    assert {row["presence"] for row in rows_of(data)} == {"observed"}
    assert len(rows_of(data)) == 6
    checked = hotlines("replay", "latest", "--check", "--data-dir", str(data))
    assert checked.returncode == 0, checked.stderr
    again = hotlines(*arguments(site, killed / "brands", killed, "--resume"))
    assert again.returncode == 2
    assert "no crawl in" in again.stderr
    asked = sum(site.requests.values()) - sum(before.values())
    counted(f"resume: {2 * len(PAGES)} pages held, 0 of them asked again, {asked} requests")
