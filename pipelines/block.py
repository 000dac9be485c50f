"""A block: the piece of a page that a number is read in."""

from __future__ import annotations

from pipelines.frozen import dataclass
from pipelines.vocabulary import Carrier

Cells = tuple[tuple[str, str], ...]  # each with the head of its column


@dataclass(frozen=True, slots=True)
class Block:
    """The text of one visual block with its place in the page."""

    text: str
    path: str  # e.g. "footer/div[2]/p"
    carrier: Carrier = Carrier.TEXT
    heading: str = ""  # nearest heading above
    section: str = ""  # the heading that this one stands under, unless it is the page's title
    row_header: str = ""
    column_header: str = ""
    table: str = ""  # which table of the page it stands in, "" outside tables
    left: Cells = ()  # of a row of a table with a head
    right: Cells = ()
    hidden: bool = False
    by_users: bool = False  # written by visitors: a comment, a forum post
    struck: tuple[tuple[int, int], ...] = ()  # parts of the text that are struck out
    before: str = ""  # text straight above, up to five lines
    after: str = ""  # text straight below, up to two lines
    below: str = ""  # text below it, or below its table, up to the next heading
