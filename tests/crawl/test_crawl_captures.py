"""What a crawl kept is what the server sent."""

from __future__ import annotations

import subprocess
import sys

import pytest
from conftest import DEFLATED, GZIPPED, Story
from crawling import Crawled
from hostile_web import page

from outputs.captures import CAPTURES, body_of, read_record
from pipelines.vocabulary import Outcome

SENT = {
    "http://www.gzip.test/contact": GZIPPED,
    "http://www.gzip.test/chunked": GZIPPED,
    "http://www.gzip.test/deflated": DEFLATED,
    "https://www.secure.test/contact": page(),  # in three chunks
    "http://www.types.test/faq.json": b'{"tel": "95003"}',
}


@pytest.mark.parametrize("url", SENT)
def test_the_record_at_the_offset_holds_the_bytes_that_were_sent(story: Story, url: str) -> None:
    (fetch,) = [f for f in story.first.fetches if f.url == url]
    record = read_record(story.first.run / fetch.file, fetch.offset)
    assert record.payload == SENT[url]
    assert (record.url, record.status) == (url, 200)
    assert fetch.payload_bytes == len(SENT[url])
    assert fetch.payload_digest == record.payload_digest


def test_bodies_are_read_without_their_content_coding(story: Story) -> None:
    for fetch in story.first.of("gzip"):
        record = read_record(story.first.run / fetch.body_file, fetch.body_offset)
        assert body_of(record).startswith(b"<!doctype html>")


def test_an_error_page_and_each_hop_are_kept_too(story: Story) -> None:
    (gone,) = [f for f in story.first.of("http") if f.outcome is Outcome.HTTP_410]
    assert read_record(story.first.run / gone.file, gone.offset).payload == b"gone"
    (away,) = [f for f in story.first.of("jumps") if f.url.endswith("/away")]
    hop = read_record(story.first.run / away.file, away.offset)
    assert (hop.status, hop.header("Location")) == (302, "https://www.ok-pay.test/contact")


def test_cookies_are_neither_sent_nor_kept(story: Story) -> None:
    (fetch,) = [f for f in story.first.of("ok") if f.declared]
    record = read_record(story.first.run / fetch.file, fetch.offset)
    assert "id=1" not in str(record.headers)
    assert not any("Cookie" in request.headers for request in story.web.seen)


def test_revisits_refer_to_what_is_held(story: Story) -> None:
    kinds = {}
    for fetch in story.second.fetches:
        if fetch.outcome.good:
            record = read_record(story.second.run / fetch.file, fetch.offset)
            kinds[fetch.brand_id] = record.warc_type
            held = read_record(story.first.run / fetch.body_file, fetch.body_offset)
            assert body_of(held)
    assert kinds == {
        "ok": "revisit",
        "dated": "revisit",
        "same": "revisit",
        "secure": "revisit",
        "anew": "response",  # the same body, but other bytes on the wire
    }


@pytest.mark.parametrize("crawled", ["first", "second"])
def test_warcio_accepts_the_captures(story: Story, crawled: str) -> None:
    left: Crawled = getattr(story, crawled)
    files = sorted((left.run / CAPTURES).glob("*.warc.gz"))
    assert files
    command = [sys.executable, "-m", "warcio.cli", "check", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
