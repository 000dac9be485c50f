"""`tel:` and `callto:` links. Their text is read with the page; here the address counts."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from pipelines.blocks import Piece
from pipelines.layout import Html
from pipelines.model import Block
from pipelines.vocabulary import Carrier

_SELECTOR = 'a[href^="tel:" i],a[href^="callto:" i]'


def tel_link_pieces(html: Html) -> Iterator[Piece]:
    """One block per link: the number as addressed, the words around it as label."""
    for index, anchor in enumerate(html.anchors(_SELECTOR)):
        number = dialled(anchor.href)
        if number:
            yield Piece.of(
                Block(
                    text=number,
                    path=f"tel link {index + 1}",
                    carrier=Carrier.TEL_LINK,
                    row_header=anchor.around[:120],
                    column_header=anchor.text[:60],
                )
            )


def dialled(link: str) -> str:
    """The number that a `tel:` or `callto:` link dials, its extension in words.

    >>> dialled("tel:+86-571-5550-1021;ext=12")
    '+86-571-5550-1021 ext 12'
    """
    address = unquote(link.partition(":")[2]).partition("?")[0]
    return address.partition(";phone-context")[0].replace(";ext=", " ext ").strip(" /")
