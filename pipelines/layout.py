"""HTML behind one function: markup in, layout text with marked spans out.

turbohtml reads; where it cannot, BeautifulSoup does, and the page says so
(`docs/decisions/0019-second-reader.md`).
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.markup import CELLS, Anchor, Html, Image, Layout, Span

__all__ = [
    "CELLS",
    "MAX_CELLS",
    "Anchor",
    "Html",
    "Image",
    "Layout",
    "Span",
    "has_too_many_cells",
    "read_html",
    "read_tolerantly",
]


# Laying out a table takes about a kilobyte a cell; no page about a brand has so many.
MAX_CELLS = 10_000
_OPENING = ("<td", "<tD", "<Td", "<TD", "<th", "<tH", "<Th", "<TH")
_LARGE = 500_000  # characters; a smaller page may be all cells, and costs little


def has_too_many_cells(markup: str) -> bool:
    """Whether a page is refused before it is laid out: it is one table of thousands of rows."""
    if len(markup) < _LARGE:
        return False
    return sum(map(markup.count, _OPENING)) > MAX_CELLS


def read_html(markup: str) -> Html:
    """Parses markup; never raises on markup, however broken."""
    try:
        return _engine(markup)
    except Exception as error:  # whatever a C extension raises, the page is still to be read
        return read_tolerantly(markup, f"turbohtml refused it: {type(error).__name__}: {error}")


def read_tolerantly(markup: str, fallback: str = "") -> Html:
    """The same by BeautifulSoup, some twenty times slower.

    Args:
        markup: The page.
        fallback: Why the fast engine does not read it, if that is the reason.
    """
    from pipelines.soup import read_soup  # rarely needed, and not quick to import

    return read_soup(markup, fallback)


def _fast_engine() -> Callable[[str], Html]:
    try:
        from pipelines.turbo import read_fast
    except ImportError as error:
        why = f"turbohtml cannot be imported ({error})"
        return lambda markup: read_tolerantly(markup, why)
    return read_fast


_engine = _fast_engine()
