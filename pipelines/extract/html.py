"""HTML: visible and hidden text, links, attributes, structured data, script state."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.blocks import Piece, html_pieces
from pipelines.extract.attributes import attribute_pieces
from pipelines.extract.script_state import script_pieces
from pipelines.extract.structured import json_ld_pieces, microdata_pieces
from pipelines.extract.tel_links import tel_link_pieces
from pipelines.layout import Html


def document_pieces(html: Html) -> Iterator[Piece]:
    """All pieces of a page, carrier by carrier."""
    yield from html_pieces(html)
    yield from tel_link_pieces(html)
    yield from json_ld_pieces(html)
    yield from microdata_pieces(html)
    yield from script_pieces(html)
    yield from attribute_pieces(html)
