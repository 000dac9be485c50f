"""Plain words, looked for by the rarest of their characters.

A search for words that begin with common characters (有异议, 应用, 您可) stops at each of those.
A word stands only where its rarest character does, and that one is seldom met.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

# Of the 1.7 million characters of the saved pages, the commonest first; what is not here is rare.
_COMMON = (
    " 的，您、信息我们。用=人务或个服使在以能提法可*和会关）方.权供（行如为本时及保相其1要不"
    "收理有通于全同将户安与o公他集；号中：护定e意产2政对等i/合设品过策规据所并下功向进a应内私"
    "限系需联三网隐求发第享更请处t件共作情取账一备何上分式地c律动3授存开p录成注了游机置实数包"
    "除s你当问果接n证是后无戏得告任性4化5I-身0识体司明知容名技必S份况未生议”述自统获r“括但"
    "业确制商些新外程该现露部者C)目术类主解D别管出m到l示国码A这重6访前P大指经利储交日年此d8h"
    "送标广推基特k正手登施则平查位披协络删监验》《根改加台例册客"
)
_RANK = {character: -place for place, character in enumerate(_COMMON)}
_NOT_COMMON = -len(_COMMON)
_TOGETHER = 100  # a search costs 6 ns a character, and each branch 2 where a first one stands


@dataclass(frozen=True, slots=True)
class PlainWords:
    """Compiled words.

    Attributes:
        longest: Matches the longest word at a place.
        rare: These find the rarest character of each word, in that word.
        before: How far in front of such a character its words begin.
    """

    longest: re.Pattern[str]
    rare: tuple[re.Pattern[str], ...]
    before: Mapping[str, tuple[int, ...]]

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """The words in a text from left to right, as `re.Pattern.finditer` of `longest`."""
        end = 0
        for start in sorted(set(self._starts(text))):
            if start >= end and (found := self.longest.match(text, start)):
                end = found.end()
                yield found

    def _starts(self, text: str) -> Iterator[int]:
        for found in chain.from_iterable(pattern.finditer(text) for pattern in self.rare):
            place = found.start()
            yield from (place - before for before in self.before[found.group()])


def compile_plain_words(words: Iterable[str], longest: re.Pattern[str]) -> PlainWords:
    """Compiles words.

    Args:
        words: What matches of `longest` begin with.
        longest: The pattern that matches the longest word at a place.

    >>> words = compile_plain_words(["有异议", "您可"], re.compile("有异议|您可(?=以)"))
    >>> [found.group() for found in words.finditer("您可有异议，您可以")]
    ['有异议', '您可']
    """
    around: dict[str, dict[str, None]] = {}
    before: dict[str, set[int]] = {}
    for word in words:
        place = min(range(len(word)), key=lambda at: (_rank(word[at]), at))
        here, behind = re.escape(word[: place + 1]), re.escape(word[place + 1 :])
        said = (f"(?<={here})" if place else "") + (f"(?={behind})" if behind else "")
        around.setdefault(word[place], {})[said] = None
        before.setdefault(word[place], set()).add(place)
    ranked = sorted(around, key=_rank, reverse=True)
    parts = [f"{re.escape(rare)}(?:{'|'.join(around[rare])})" for rare in ranked]
    places = {rare: tuple(sorted(found)) for rare, found in before.items()}
    return PlainWords(longest, tuple(re.compile("|".join(some)) for some in _split(parts)), places)


def _split(parts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Branches for patterns of some each: where one fails, the engine tries all others, too."""
    return (parts[low : low + _TOGETHER] for low in range(0, len(parts), _TOGETHER))


def _rank(character: str) -> int:
    return _RANK.get(character, _NOT_COMMON)
