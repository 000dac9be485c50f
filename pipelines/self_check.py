"""A page read again by BeautifulSoup: do both readers find the same numbers?"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from pipelines.layout import read_tolerantly
from pipelines.media import Media, media_of
from pipelines.model import Page, PageReading
from pipelines.process import process_page
from pipelines.reader_issues import readers_disagree
from pipelines.rules import Rules

_TAIL = 4096  # bytes that choose; more would cost every page


def is_sampled(page: Page, one_in: int) -> bool:
    """Whether a page is one of the sample; told by its bytes, so that a replay says the same."""
    if one_in <= 1:
        return True
    digest = hashlib.sha256(page.body[-_TAIL:]).digest()
    return int.from_bytes(digest[:8], "big") % one_in == 0


def self_checked(page: Page, reading: PageReading, rules: Rules) -> PageReading:
    """The reading, with an issue if BeautifulSoup finds other numbers; nothing else changes."""
    if media_of(page.body, page.content_type, page.final_url or page.url) is not Media.HTML:
        return reading
    again = process_page(page, rules, read_tolerantly)
    ours = (item.number for item in reading.evidence)
    others = (item.number for item in again.evidence)
    return replace(reading, issues=(*reading.issues, *readers_disagree(page, ours, others)))
