"""Places of a page's text where words of a rule stand, and what is found there."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from pipelines.channels.words import ChannelRules
from pipelines.numbering.fold import fold
from pipelines.vocabulary import ChannelKind

_SENTENCE = re.compile(r"[。！!？；;\n]|\s{2,}")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_REACH = 110  # characters that are read on each side of a word in a long line


@dataclass(frozen=True, slots=True)
class Candidate:
    """A channel as read at a place of the text, its owner not yet known.

    Attributes:
        at: Where it stands in the text of the page.
    """

    kind: ChannelKind
    value: str
    at: int
    steps: tuple[str, ...] | None = None
    quote: str = ""  # what is quoted instead of the text around it
    own: bool = False  # on the brand's own ground, whatever the words around it say


@dataclass(frozen=True, slots=True)
class Piece:
    """Folded text of a line (or of the part of a long line around a word) and its place."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of a page, searched once for the gate words of all kinds."""

    text: str
    spots: dict[str, list[int]] = field(default_factory=dict)

    def lines(self, kind: str, reach: int = _REACH) -> Iterator[Piece]:
        """Each line that holds a gate word of a kind, folded; of long lines the part around."""
        last = -1
        for at in self.spots.get(kind, ()):
            if at < last:
                continue
            start, last = self._line(at, reach, last)
            yield Piece(fold(self.text[start:last]).text, start)

    def short_line(self, at: int, longest: int) -> tuple[int, int] | None:
        """Start and end of the line that holds a place; None if it is longer than that."""
        start = self.text.rfind("\n", max(0, at - longest), at) + 1
        if not start and at > longest:
            return None
        end = self.text.find("\n", at, start + longest + 1)
        if end < 0 and len(self.text) - start > longest:
            return None
        return start, len(self.text) if end < 0 else end

    def _line(self, at: int, reach: int, last: int) -> tuple[int, int]:
        low, high = max(0, at - reach, last), min(len(self.text), at + reach)
        end = self.text.find("\n", at, high)
        return max(low, self.text.rfind("\n", low, at) + 1), high if end < 0 else end


def search_words(text: str, rules: ChannelRules) -> PageText:
    """Searches a text once for the words that any reader looks for."""
    spots: dict[str, list[int]] = {}
    for match in rules.scan.finditer(text):
        for kind in rules.kinds[match.group()]:
            spots.setdefault(kind, []).append(match.start())
    return PageText(text, spots)


def sentence_around(text: str, start: int, end: int) -> str:
    """The sentence that holds a span."""
    low = max(0, start - 200)
    for match in _SENTENCE.finditer(text, low, start):
        low = match.end()
    behind = _SENTENCE.search(text, end)
    return text[low : behind.start() if behind else min(len(text), end + 200)].strip()


def has_ideographs(name: str) -> bool:
    """Whether a name is written in Chinese or Japanese: it says as much in fewer characters."""
    return _IDEOGRAPH.search(name) is not None


def with_wider(narrow: Iterable[Candidate], wide: Iterable[Candidate]) -> Iterator[Candidate]:
    """Candidates of a narrow rule, then those of a wider one that lie on none of them."""
    told = list(narrow)
    yield from told
    yield from apart(wide, told)


def apart(found: Iterable[Candidate], told: Iterable[Candidate]) -> Iterator[Candidate]:
    """Candidates of a wider rule that lie on none of a narrower one, which reads it better.

    Args:
        found: In the order of their places.
    """
    spans = sorted((candidate.at, _end(candidate)) for candidate in told)
    starts = [start for start, _ in spans]
    reached = list(accumulate((end for _, end in spans), max))
    last = -1
    for candidate in found:
        before = bisect_left(starts, _end(candidate))  # how many begin before it ends
        if candidate.at >= max(last, reached[before - 1] if before else -1):
            last = _end(candidate)
            yield candidate


def _end(candidate: Candidate) -> int:
    return candidate.at + len(candidate.quote or candidate.value)
