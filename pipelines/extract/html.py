"""HTML: visible and hidden text, links, attributes, structured data, script state."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.blocks import html_blocks
from pipelines.extract.attributes import attribute_blocks
from pipelines.extract.script_state import script_blocks
from pipelines.extract.structured import json_ld_blocks, microdata_blocks
from pipelines.extract.tel_links import tel_link_blocks
from pipelines.layout import Html
from pipelines.model import Block


def document_blocks(html: Html, markup: str) -> Iterator[Block]:
    """All blocks of a page; each carrier is read only if the markup can hold it."""
    probe = markup.lower()
    yield from html_blocks(html)
    if "tel:" in probe or "callto:" in probe:
        yield from tel_link_blocks(html)
    if "ld+json" in probe:
        yield from json_ld_blocks(html)
    if "telephone" in probe and "itemprop" in probe:
        yield from microdata_blocks(html)
    if "<script" in probe:
        yield from script_blocks(html, probe)
    if "<img" in probe or "<meta" in probe:
        yield from attribute_blocks(html)
