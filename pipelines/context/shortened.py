"""What agreements call their parties (乙方), and what pages shorten the names of firms to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from pipelines.frozen import dataclass

#: Instead of the name of a firm: whoever publishes the page.
US = "us"
#: Gives the firms that a text names, each with the offset of its end.
NamedIn: TypeAlias = Callable[[str], list[tuple[str, int]]]
_BEFORE = 40  # characters before a bracket that hold the name which it shortens
_HEAD, _FOOT = 8_000, 2_000  # characters of a page in which names are shortened


@dataclass(frozen=True, slots=True, eq=False)
class Shortened:
    """The compiled table `firms.toml`, `[shortened]`.

    Attributes:
        may_say: Pages without any of these have no short names.
        called: A bracket behind a name, with the short one in a group.
        party: A party of an agreement.
        defined: A line that says who a party is, in two groups.
        us: Words for ourselves that end a text.
        users: What an agreement calls its reader.
    """

    may_say: tuple[str, ...]
    called: re.Pattern[str]
    party: re.Pattern[str]
    defined: re.Pattern[str]
    us: re.Pattern[str]
    users: re.Pattern[str]

    def names_of(self, text: str, named_in: NamedIn) -> Mapping[str, str]:
        """Short names and parties of a page, each with the name of its firm, or `US`."""
        text = text if len(text) <= _HEAD + _FOOT else f"{text[:_HEAD]}\n{text[-_FOOT:]}"
        if not any(map(text.__contains__, self.may_say)):
            return {}
        told: dict[str, str] = {}
        for short, said in self._told(text):
            if name := self._firm(said, named_in):
                told.setdefault(short, name)
        return told

    def party_in(self, text: str, named_in: NamedIn) -> str:
        """The party that a text names last, if no firm is named behind it; "" for none."""
        last = next(reversed(list(self.party.finditer(text))), None)
        return last[0] if last and not named_in(text[last.end() :]) else ""

    def _told(self, text: str) -> Iterator[tuple[str, str]]:
        for found in self.called.finditer(text):
            before = text[max(0, found.start() - _BEFORE) : found.start()]
            yield found[1] or found[2], before.rstrip()
        for found in self.defined.finditer(text):
            yield found[1], found[2]

    def _firm(self, said: str, named_in: NamedIn) -> str:
        """The firm that a text ends with; "" for none, and for who reads the page."""
        if self.users.search(said):
            return ""
        named = named_in(said)
        if named and named[-1][1] == len(said):
            return named[-1][0]
        return US if self.us.search(said) else ""


_NOTHING = re.compile(r"(?!)")
#: For callers that hold no tables.
NOTHING_SHORTENED = Shortened((), *[_NOTHING] * 5)


def compile_shortened(table: Mapping[str, Any]) -> Shortened:
    """Compiles the table."""
    parts = ("called", "party", "defined", "us", "users")
    return Shortened(tuple(table["may_say"]), *(re.compile(table[part]) for part in parts))
