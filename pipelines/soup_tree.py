"""A BeautifulSoup tree that ends elements where browsers end them.

html.parser reports tags and ends nothing by itself: `<td>1<td>2` would be a cell in a cell.
"""

from __future__ import annotations

import re
from typing import Any

from bs4 import BeautifulSoup
from bs4.builder._htmlparser import BeautifulSoupHTMLParser, HTMLParserTreeBuilder
from bs4.element import Tag

_CELLS = frozenset(("td", "th"))
_ROWS = frozenset(("tr",))
_PARTS = frozenset(("thead", "tbody", "tfoot", "caption", "colgroup"))
_TABLE = frozenset(("table",))
_LISTS = frozenset(("ul", "ol", "menu", "dir"))
_TERMS = frozenset(("dt", "dd"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_WALLS = _TABLE | _CELLS | {"caption", "button", "template"}
# What a start tag ends, and the elements that this does not reach beyond.
_ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    **dict.fromkeys(_CELLS, (_CELLS, _TABLE)),
    **dict.fromkeys(_ROWS, (_CELLS | _ROWS | {"caption"}, _TABLE)),
    **dict.fromkeys(_PARTS, (_CELLS | _ROWS | _PARTS, _TABLE)),
    "li": (frozenset(("li",)), _WALLS | _LISTS),
    **dict.fromkeys(_TERMS, (_TERMS, _WALLS | {"dl"})),
    **dict.fromkeys(_HEADINGS, (_HEADINGS | {"p"}, _WALLS | {"div", "section", "li"})),
    "option": (frozenset(("option",)), frozenset(("select", "datalist"))),
    "optgroup": (frozenset(("option", "optgroup")), frozenset(("select",))),
    "a": (frozenset(("a",)), _WALLS),
}
_BLOCKS = """
    address article aside blockquote center details dialog dir div dl fieldset figcaption figure
    footer form header hgroup hr main menu nav ol p pre section summary table ul
"""
_ENDS |= {tag: (frozenset(("p",)), _WALLS) for tag in _BLOCKS.split()}
_ONLY_IN_TABLES = _CELLS | _ROWS | _PARTS
_DEEP = 64  # levels that are looked at: deeper, an element stays open
_GLUED_SPACE = re.compile(r"&nbsp(?=[0-9A-Za-z])")


def tree_of(markup: str) -> BeautifulSoup:
    """Parses markup; attributes are strings, the first of two with one name counts."""
    # The line end keeps BeautifulSoup from taking a short text for a file name.
    return _Tree(
        _GLUED_SPACE.sub("&nbsp;", markup) + "\n",
        builder=_Builder(multi_valued_attributes=None, on_duplicate_attribute="ignore"),
    )


class _Parser(BeautifulSoupHTMLParser):
    """html.parser, but what never ends takes the rest of the page with it, as in browsers.

    By itself it would show the sign as text and try again at the next one: 20,000 unfinished tags
    cost a minute. It also raises on `<![`, which is a comment.
    """

    def parse_starttag(self, i: int) -> int:
        """A start tag."""
        return self._or_all(super().parse_starttag(i))

    def parse_endtag(self, i: int) -> int:
        """An end tag."""
        return self._or_all(super().parse_endtag(i))

    def parse_pi(self, i: int) -> int:
        """A processing instruction."""
        return self._or_all(super().parse_pi(i))

    def parse_html_declaration(self, i: int) -> int:
        """A comment or document type."""
        if self.rawdata.startswith("<![", i):
            return self._or_all(self.parse_bogus_comment(i))
        return self._or_all(super().parse_html_declaration(i))

    def parse_comment(self, i: int, report: bool = True) -> int:
        """A comment."""
        return self._or_all(super().parse_comment(i, report))

    def _or_all(self, end: int) -> int:
        return end if end >= 0 else len(self.rawdata)


class _Builder(HTMLParserTreeBuilder):
    """The builder of BeautifulSoup, with that parser."""

    def feed(self, markup: Any) -> None:  # noqa: ANN401
        """Parses a whole document."""
        super().feed(markup, _parser_class=_Parser)  # type: ignore[call-arg]  # stubs of 4.12


class _Tree(BeautifulSoup):
    """BeautifulSoup with implied end tags."""

    def handle_starttag(self, name: str, *arguments: Any, **options: Any) -> Tag | None:  # noqa: ANN401
        """Ends what the tag ends, then opens it; a cell outside tables is no element."""
        if name in _ONLY_IN_TABLES and not self.open_tag_counter["table"]:
            return None
        if name in _ENDS:
            self._end(*_ENDS[name])
        opened: Tag | None = super().handle_starttag(name, *arguments, **options)
        return opened

    def handle_endtag(self, name: str, nsprefix: str | None = None) -> None:
        """Ends an element, unless a cell or table stands between: then the tag is a stray one."""
        if name in _ONLY_IN_TABLES or name == "table" or not self._is_walled(name):
            super().handle_endtag(name, nsprefix)

    def _end(self, ended: frozenset[str], walls: frozenset[str]) -> None:
        """Closes open elements up to the outermost one that ends, within the walls."""
        if not any(self.open_tag_counter[name] for name in ended):
            return
        last = None
        for tag in reversed(self.tagStack[-_DEEP:]):
            if tag.name in walls:
                break
            if tag.name in ended:
                last = tag.name
                if ended.isdisjoint(_CELLS | _HEADINGS):
                    break
        if last:
            self.endData()
            self._popToTag(last)  # type: ignore[misc]  # not in the stubs

    def _is_walled(self, name: str) -> bool:
        if not self.open_tag_counter[name]:
            return False
        for tag in reversed(self.tagStack[-_DEEP:]):
            if tag.name == name:
                return False
            if tag.name in _WALLS:
                return True
        return False
