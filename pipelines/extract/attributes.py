"""Words in attributes: texts for images and links, data attributes, the page's description."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.blocks import Piece
from pipelines.layout import Html
from pipelines.model import Block
from pipelines.numbering.digits import GATE, may_hold
from pipelines.vocabulary import Carrier

_WORDS = ("alt", "title", "aria-label")
# Names under which scripts keep what a button dials, copies or shows; the name is the label.
_DATA = (
    "tel",
    "phone",
    "telephone",
    "hotline",
    "mobile",
    "call",
    "clipboard-text",
    "content",
    "text",
)
_NAMES = frozenset((*_WORDS, *(f"data-{name}" for name in _DATA)))
_DESCRIPTION = 'meta[name="description" i]'


def attribute_pieces(html: Html) -> Iterator[Piece]:
    """One piece per attribute that may hold a number."""
    found = html.attributes(_NAMES, GATE.search)
    wanted = ((place, value, around) for place, value, around in found if may_hold(value))
    for index, (place, value, around) in enumerate(wanted):
        called = place.partition("[data-")[2].rstrip("]")
        yield _piece(value, f"{place} {index + 1}", around, called)
    for value, _ in html.items(_DESCRIPTION):
        if may_hold(value):
            yield _piece(value, "meta description", "", "")


def _piece(value: str, path: str, around: str, called: str) -> Piece:
    block = Block(value, path, carrier=Carrier.ATTRIBUTE, row_header=around, column_header=called)
    return Piece.of(block)
