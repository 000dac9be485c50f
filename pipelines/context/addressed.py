"""Firms that the sentence before a number names as whose it is, in other languages than Chinese.

Names of such firms have no ending that tells them. They are known by their place: whom one is
told to call, who does a part of what the publisher sells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipelines.word_patterns import Words, compile_words

_CAPITAL = "[A-ZÀ-ÖØ-ÞĐĂƠƯẠ-Ỹ]"
_WORD = rf"{_CAPITAL}(?:[\w&.-]|['’](?!s\b))*+"
_NAME = rf"(?P<name>{_WORD}(?:,? (?:(?:of|and|&|de|the|for) )?{_WORD}){{0,6}}?)"
_AT = r"(?:['’]s)?,?(?: ?\(?(?:LEADS)(?![\w-]))*+\s?[,:(]*\s*[+(]?"
_REST = r"(?P<rest>[^\n]{0,70})"
_STOP = re.compile(r"[.!?] (?=\S)|[。！？]")
_SHORTEST_NAME = 2
_SHARED_WORD = 4  # characters of a name's first word that tell whose product it is


@dataclass(frozen=True, slots=True)
class _Row:
    says: tuple[str, ...]
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True, eq=False)
class Addressed:
    """The compiled table `addressed.toml`."""

    rows: tuple[_Row, ...]
    says: Words  # beside most numbers stands none
    generic: frozenset[str]
    ours: re.Pattern[str]
    goes_on: re.Pattern[str]
    cell: re.Pattern[str]

    def names(self, text: str) -> tuple[str, ...]:
        """Names of firms whose number may be the one that stands behind a text.

        Args:
            text: The sentence before a number, up to it.
        """
        return _names(self, text) if self.says.search(text) else ()

    def names_in(self, text: str) -> Iterator[str]:
        """The same of a text that has one of the words of the rows."""
        for row in self.rows:
            if any(word in text for word in row.says) and (found := row.pattern.search(text)):
                name = found["name"].strip(" .,")
                if self._is_name(name) and self._goes_on(found.groupdict().get("rest") or ""):
                    yield name

    def in_cell(self, text: str) -> str:
        """The firm's name that a cell is; "" if it is none."""
        found = self.cell.match(text)
        return (found["name"] or found["tail"]).strip() if found else ""

    def _is_name(self, name: str) -> bool:
        words = name.replace(",", "").split()
        return len(name) >= _SHORTEST_NAME and not self.generic.intersection(words)

    def _goes_on(self, rest: str) -> bool:
        """Words behind a firm's name still speak of that firm."""
        if self.ours.search(rest):
            return False
        said = _STOP.split(rest)
        return len(said) == 1 or self.goes_on.match(said[-1]) is not None


@lru_cache(maxsize=1024)
def _names(addressed: Addressed, text: str) -> tuple[str, ...]:
    return tuple(addressed.names_in(text))


def shares_a_word(name: str, ours: tuple[str, ...]) -> bool:
    """A product of ours is called after us: Kestrel Flex of Kestrel Pay."""
    first = _first_word(name)
    return len(first) >= _SHARED_WORD and first in map(_first_word, ours)


def _first_word(name: str) -> str:
    return name.split(maxsplit=1)[0].casefold()


def compile_addressed(table: Mapping[str, Any]) -> Addressed:
    """Compiles the table."""
    behind = table["behind"]
    places = {"<NAME>": _NAME, "<AT>": _AT.replace("LEADS", behind["leads"]), "<REST>": _REST}

    def row(told: Mapping[str, Any]) -> _Row:
        pattern = told["pattern"]
        for place, means in places.items():
            pattern = pattern.replace(place, means)
        return _Row(tuple(told["says"]), re.compile(pattern))

    says = (word for told in table["addressed"] for word in told["says"])
    return Addressed(
        tuple(row(told) for told in table["addressed"]),
        compile_words("|".join(map(re.escape, dict.fromkeys(says)))),
        frozenset(table["generic"]["words"]),
        re.compile(behind["ours"], re.I),
        re.compile(behind["goes_on"], re.I),
        re.compile(table["cell"]["pattern"]),
    )
