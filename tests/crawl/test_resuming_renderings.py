"""A crawl that was killed between a page and its rendering goes on with the rendering."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from crawling import brand

from crawler.answers import Answer
from crawler.frontier import Asking, Frontier
from crawler.plan import CrawlPlan
from crawler.reception import judge
from crawler.recording import Archive, Recorder
from crawler.resuming import already_captured, take_up
from crawler.robots import NO_ROBOTS
from outputs.captures import CAPTURES, CaptureWriter
from pipelines.model import Brand
from pipelines.vocabulary import SourceKind

URL = "http://www.half.test/contact"
SHELL = b"<title>x</title><div id=app></div><script>go()</script>"
BRAND = brand("half", URL)


def answer(body: bytes) -> Answer:
    headers = ((b"Content-Type", b"text/html"),)
    now = datetime.now(UTC)
    return Answer(URL, 200, headers, body, now, "", False, "", "", NO_ROBOTS)


def captured(run: Path, *bodies: tuple[bytes, bool]) -> None:
    """What a killed crawl left: the page as bytes, and whether a browser gave them."""
    with CaptureWriter(run / CAPTURES, run_id=run.name, prefix="half", software="x") as writer:
        recorder = Recorder(run.name, Archive(run.parent), writer)
        for body, rendered in bodies:
            asking = Asking(BRAND, URL, SourceKind.CONTACT, True, URL, rendered=rendered)
            verdict = judge(answer(body), asking, 1000)
            kept = recorder.keep(answer(body), asking, verdict)
            recorder.answered(asking, answer(body), verdict, kept)


def taken_up(run: Path, of: Brand, *, render: bool) -> list[tuple[str, bool]]:
    plan = CrawlPlan(
        run_id=run.name,
        run_directory=run,
        brands=(of,),
        ledger={},
        contact="ops@example.org",
        done=already_captured(run),
        render=render,
    )
    frontier = Frontier(of, {})
    take_up(frontier, plan)
    left = []
    while (asking := frontier.take()) is not None:
        left.append((asking.asked, asking.rendered))
    return left


def test_a_shell_without_its_rendering_is_rendered(tmp_path: Path) -> None:
    captured(tmp_path / "r1", (SHELL, False))
    assert taken_up(tmp_path / "r1", BRAND, render=True) == [(URL, True)]


def test_without_the_option_nothing_is_left_to_do(tmp_path: Path) -> None:
    captured(tmp_path / "r1", (SHELL, False))
    assert taken_up(tmp_path / "r1", BRAND, render=False) == []


def test_what_was_rendered_is_not_rendered_again(tmp_path: Path) -> None:
    shown = "<p>客服热线：95003</p><script>go()</script>".encode()
    for body in (shown, SHELL):
        run = tmp_path / f"r{len(body)}"
        captured(run, (SHELL, False), (body, True))
        assert taken_up(run, BRAND, render=True) == []
