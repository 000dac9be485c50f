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
        address = unquote(anchor.href.partition(":")[2]).partition("?")[0]
        number = address.partition(";phone-context")[0].replace(";ext=", " ext ").strip(" /")
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
