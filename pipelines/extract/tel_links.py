"""`tel:` and `callto:` links. Their text is read with the page; here the address counts."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from pipelines.blocks import Piece
from pipelines.layout import Anchor, Html
from pipelines.model import Block
from pipelines.vocabulary import Carrier

_TOLD = 120  # characters
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
                    row_header=_told(anchor),
                    column_header=anchor.text[:60],
                )
            )


def _told(anchor: Anchor) -> str:
    """The words up to a link, since what follows may tell of the next one: 电话：… 传真：…"""
    before, text, _ = anchor.around.partition(anchor.text) if anchor.text else ("", "", "")
    return (before + text)[-_TOLD:] if before.strip() else anchor.around[:_TOLD]


def dialled(link: str) -> str:
    """The number that a `tel:` or `callto:` link dials, its extension in words.

    >>> dialled("tel:+86-571-5550-1021;ext=12")
    '+86-571-5550-1021 ext 12'
    """
    address = unquote(link.partition(":")[2]).partition("?")[0]
    return address.partition(";phone-context")[0].replace(";ext=", " ext ").strip(" /")
