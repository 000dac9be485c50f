"""PDF text, page by page. The glue runs this in a child process with limits."""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2

from pipelines.blocks import Piece, layout_pieces
from pipelines.layout import Layout
from pipelines.vocabulary import Carrier

MAX_PAGES = 300
MAX_CHARACTERS = 2_000_000


class PdfRefusedError(ValueError):
    """The reader refuses the document: broken, encrypted or beyond the limits."""


def pdf_text(body: bytes) -> str:
    """Text of a PDF, pages separated by form feeds.

    Raises:
        PdfRefusedError: The document cannot be read.
    """
    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        raise PdfRefusedError(f"the PDF reader refuses the document: {error}") from error
    try:
        return _joined(document)
    except pypdfium2.PdfiumError as error:
        raise PdfRefusedError(f"a page of the PDF cannot be read: {error}") from error
    finally:
        document.close()


def _joined(document: pypdfium2.PdfDocument) -> str:
    texts: list[str] = []
    for index in range(min(len(document), MAX_PAGES)):
        page = document[index]
        words = page.get_textpage()
        texts.append(words.get_text_bounded().replace("\r\n", "\n"))
        words.close()
        page.close()
        if sum(map(len, texts)) > MAX_CHARACTERS:
            break
    return "\f\n".join(texts)[:MAX_CHARACTERS]


def pdf_pieces(text: str) -> Iterator[Piece]:
    """Pieces of the text of a PDF."""
    yield from layout_pieces(Layout(text, ()), carrier=Carrier.PDF)
