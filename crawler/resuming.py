"""Take up a crawl that was killed: what is captured is not fetched again, its links are."""

from __future__ import annotations

from pathlib import Path

from crawler.discovery import links_in
from crawler.frontier import Asking, Frontier
from crawler.plan import CrawlPlan
from crawler.rendering import is_shell
from outputs.captures import CAPTURES, FETCHES, CaptureError, Fetch, body_of, read_record
from outputs.captures import read_fetch_log as read_log
from outputs.run_directory import RunDirectory
from pipelines.decode import decode
from pipelines.extract.pictures import SHOWING_KINDS, pictures_in
from pipelines.inflate import BadEncoding, TooLarge
from pipelines.media import Media, media_of
from pipelines.model import Page


def already_captured(run_directory: Path) -> tuple[Fetch, ...]:
    """The good answers that the log of a crawl holds, one per document; () without a log."""
    if not (run_directory / CAPTURES / FETCHES).exists():
        return ()
    fetches = read_log(run_directory).fetches
    good = {(f.brand_id, f.url): f for f in fetches if f.outcome.good and f.body_offset >= 0}
    return tuple(fetch for fetch in good.values() if _is_held(run_directory, fetch))


def _is_held(run_directory: Path, fetch: Fetch) -> bool:
    """Whether the body can be read: with the power, a record may be lost that the log names."""
    own = fetch.body_run == RunDirectory(run_directory).run_id
    place = run_directory if own else run_directory.parent / fetch.body_run
    try:
        read_record(place / fetch.body_file, fetch.body_offset)
    except (CaptureError, OSError):
        return False
    return True


def take_up(frontier: Frontier, plan: CrawlPlan) -> tuple[str, ...]:
    """Skip what a brand's crawl has captured, and take its links; returns the final URLs."""
    own = [
        fetch
        for fetch in plan.done
        if fetch.brand_id == frontier.brand.id and fetch.kind.elsewhere == frontier.elsewhere
    ]
    for fetch in own:
        frontier.skip(fetch)
    for fetch in own:
        _take_links(frontier, fetch, plan)
    return tuple(fetch.final_url for fetch in own)


def _places(plan: CrawlPlan, fetch: Fetch) -> tuple[Path, ...]:
    if fetch.body_run == plan.run_id:
        return (plan.run_directory,)
    return (plan.earlier_runs / fetch.body_run,)


def _take_links(frontier: Frontier, fetch: Fetch, plan: CrawlPlan) -> None:
    for place in _places(plan, fetch):
        try:
            record = read_record(place / fetch.body_file, fetch.body_offset)
            body = body_of(record)
        except (CaptureError, OSError, BadEncoding, TooLarge):
            continue  # `process` will name it; here it only means that no links are known
        media = media_of(body, record.header("Content-Type"), fetch.final_url)
        text = decode(body, record.header("Content-Type"), frontier.brand.country).text
        links = links_in(media, text, fetch.final_url)
        frontier.add(links, fetch.depth, fetch.final_url)
        if plan.ocr and media is Media.HTML and fetch.kind in SHOWING_KINDS:
            asked = (fetch.url, fetch.kind, fetch.declared, fetch.final_url)
            page = Asking(frontier.brand, *asked, depth=fetch.depth)
            frontier.add_pictures(pictures_in(text, fetch.final_url), page)
        if plan.render and not fetch.rendered:
            _render_shell(frontier, fetch, body, record.header("Content-Type"))


def _render_shell(frontier: Frontier, fetch: Fetch, body: bytes, content_type: str) -> None:
    brand = frontier.brand
    page = Page(fetch.url, body, fetch.final_url, content_type, fetch.kind, brand, brand.country)
    if is_shell(page):
        asked = (fetch.url, fetch.kind, fetch.declared, fetch.final_url)
        frontier.render(Asking(brand, *asked, depth=fetch.depth, link_text=fetch.link_text))
