"""Words in attributes: the alternative text of images, the description of the page."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.layout import Html
from pipelines.model import Block
from pipelines.numbering.find import GATE
from pipelines.vocabulary import Carrier

_ATTRIBUTES = (
    ("img[alt]", "alt"),
    ("img[title]", "title"),
    ('meta[name="description" i]', "content"),
)


def attribute_blocks(html: Html) -> Iterator[Block]:
    """One block per attribute that may hold a number."""
    for selector, name in _ATTRIBUTES:
        for index, (value, around) in enumerate(html.attributes(selector, name)):
            if GATE.search(value):
                yield Block(
                    text=value,
                    path=f"{selector} {index + 1}",
                    carrier=Carrier.ATTRIBUTE,
                    row_header=around,
                )
