"""Patterns of many words, compiled so that most characters of a text are asked one question.

CPython's engine tries each branch of `word|word|…` at each character, unless all branches begin
with a literal and none is in a group. Here the characters that a match may begin with are one set,
which the engine looks for by itself; where one of them stands, only the words are tried that may
begin with it (docs/decisions/0036-words-by-their-first-character.md).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple, TypeAlias

from pipelines.word_heads import OTHER_CASES, branches, by_first_character, cases

_Node: TypeAlias = Any  # what the parser of the standard library gives has no types
_Members: TypeAlias = frozenset[tuple[_Node, _Node]]  # of a set of characters
_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_NOT_WORD: r"\W",
}
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
_NO_CHARACTER = (op.ASSERT, op.ASSERT_NOT, op.AT)
_FLAGS = re.compile(r"\(\?[a-zA-Z]+\)")  # have to stand first
_GROUP = re.compile(r"\(\?(?::|P<(\w+)>)(.*)\)", re.S)
_FEW = 20  # words that are no table
_SHARING = 16  # characters whose words are one pattern
_CASED = 0x2E80  # of the scripts behind it none that tables know has cases
_CASED_LATIN = "A-Za-zÀ-ỹ"


class _UnknownError(Exception):
    """What a pattern begins with cannot be told."""


class _Word(NamedTuple):
    """A branch of a pattern, and the name of the group that it stands in, or ""."""

    group: str
    branch: str


class Started:
    """A pattern that is tried where a match may begin, with the methods of one.

    Args:
        whole: All of it, compiled; tried where `by_start` has no pattern.
        starts: A set of all characters that a match may begin with.
        by_start: What of the pattern may begin with a character.
    """

    __slots__ = ("_by_start", "_starts", "_whole")

    def __init__(
        self,
        whole: re.Pattern[str],
        starts: re.Pattern[str],
        by_start: Mapping[str, re.Pattern[str]] | None = None,
    ) -> None:
        self._whole, self._starts, self._by_start = whole, starts, by_start

    def search(self, text: str, pos: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """The first match, as `re.Pattern.search`."""
        if self._by_start is None:
            first = self._starts.search(text, pos, end)
            return self._whole.search(text, first.start(), end) if first else None
        for start in self._starts.finditer(text, pos, end):
            tried = self._by_start.get(start[0], self._whole)
            if found := tried.match(text, start.start(), end):
                return found
        return None

    def finditer(self, text: str, pos: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """Matches from left to right, as `re.Pattern.finditer`."""
        if self._by_start is None:
            yield from self._whole.finditer(text, pos, end)
            return
        for start in self._starts.finditer(text, pos, end):
            if (place := start.start()) < pos:
                continue
            if found := self._by_start.get(start[0], self._whole).match(text, place, end):
                pos = found.end()
                yield found

    def match(self, text: str, pos: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """A match at a place, as `re.Pattern.match`."""
        return self._at(text, pos).match(text, pos, end)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """A match of a whole text, as `re.Pattern.fullmatch`."""
        return self._at(text, 0).fullmatch(text)

    def sub(self, replaced: Callable[[re.Match[str]], str], text: str) -> str:
        """A text with its matches replaced, as `re.Pattern.sub`."""
        if self._by_start is None:
            return self._whole.sub(replaced, text)
        parts, last = list[str](), 0
        for found in self.finditer(text):
            parts += text[last : found.start()], replaced(found)
            last = found.end()
        return "".join((*parts, text[last:])) if parts else text

    def _at(self, text: str, place: int) -> re.Pattern[str]:
        if self._by_start is None:
            return self._whole
        return self._by_start.get(text[place : place + 1], self._whole)


Words: TypeAlias = re.Pattern[str] | Started


def compile_words(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> Words:
    """The pattern, with the same matches at the same places.

    >>> words = compile_words("(?:热线)?电话|客服")
    >>> [found.group() for found in words.finditer("客服电话，热线电话")]
    ['客服', '电话', '热线电话']
    """
    if _FLAGS.match(pattern):
        return re.compile(pattern, flags)
    if told := by_first_character(pattern, flags):
        return re.compile(told, flags & ~re.IGNORECASE)
    words = _words(pattern)
    return _table(pattern, words, flags) if len(words) > _FEW else _few(pattern, flags)


def literals(words: Iterable[str], quoted: Callable[[str], str] = re.escape) -> str:
    """A pattern of plain words, the longest first; those of one first character in one branch.

    Args:
        quoted: Gives the pattern of what follows the first character of a word.

    >>> literals(["公司", "集团", "公司总部"])
    '公(?:司总部|司)|集(?:团)'
    """
    longest_first = sorted(words, key=lambda word: (word[0], -len(word)))
    groups = groupby(longest_first, key=lambda word: word[0])
    parts = ((first, "|".join(quoted(word[1:]) for word in group)) for first, group in groups)
    return "|".join(f"{re.escape(first)}(?:{part})" for first, part in parts)


def _few(pattern: str, flags: re.RegexFlag) -> Words:
    """A pattern that is tried wherever one of the characters stands that it may begin with."""
    parsed = parser.parse(pattern, flags)
    first = _members(parsed, flags)
    if not first or _is_quick(parsed, flags):
        return re.compile(pattern, flags)
    starts = _compiled_set(first, flags)
    return Started(re.compile(f"(?={starts.pattern})(?:{pattern})", flags), starts)


def _table(pattern: str, words: Sequence[_Word], flags: re.RegexFlag) -> Words:
    """A table of words, those that may begin with one of a few characters in a pattern each."""
    parsed = [parser.parse(word.branch, flags) for word in words]
    first = [_members(branch, flags) for branch in parsed]
    if not all(first) or any(branch.state.groups > 1 for branch in parsed):
        return _few(pattern, flags)
    beginning = [_characters(members, flags) for members in first]
    # Those that begin with a range or a class of characters are tried at each character.
    anywhere = {
        n for n, members in enumerate(first) if any(c is not op.LITERAL for c, _ in members)
    }

    def compiled(wanted: Iterable[int]) -> re.Pattern[str]:
        return re.compile(_joined([words[n] for n in sorted(wanted)]) or "(?!)", flags)

    patterns: dict[str, re.Pattern[str]] = {}
    for sharing in _shared(beginning):
        wanted = {n for n, characters in enumerate(beginning) if sharing & set(characters)}
        patterns |= dict.fromkeys(sharing, compiled(wanted | anywhere))
    starts = _compiled_set(frozenset().union(*first), flags)
    return Started(compiled(anywhere), starts, patterns)


def _shared(beginning: Sequence[Sequence[str]]) -> Iterator[set[str]]:
    """Characters in sets that share a pattern: those of one word, if they can."""
    longest_first = sorted(beginning, key=len, reverse=True)
    characters = list(dict.fromkeys(chain.from_iterable(longest_first)))
    for low in range(0, len(characters), _SHARING):
        yield set(characters[low : low + _SHARING])


def _words(pattern: str) -> list[_Word]:
    """The branches of a pattern, in their order."""
    found: list[_Word] = []
    for branch in branches(pattern):
        group = _GROUP.fullmatch(branch)
        inner = branches(group[2]) if group else []
        name = (group[1] or "") if group and inner else ""
        found += [_Word(name, one) for one in inner or [branch]]
    return found


def _joined(words: Iterable[_Word]) -> str:
    """Branches as one pattern, those of a group in that group."""
    groups = groupby(words, key=lambda word: word.group)
    parts = ((name, "|".join(word.branch for word in group)) for name, group in groups)
    return "|".join(f"(?P<{name}>{part})" if name else part for name, part in parts)


def _is_quick(parsed: _Node, flags: re.RegexFlag) -> bool:
    """Whether the engine knows the first characters by itself."""
    code, value = parsed[0]
    if code is op.SUBPATTERN:
        return _is_quick(value[-1], flags)
    if code is op.BRANCH and not flags & re.IGNORECASE:
        return all(branch[0][0] is op.LITERAL for branch in value[1])
    return code in (op.LITERAL, op.IN) and not flags & re.IGNORECASE


def _members(parsed: _Node, flags: re.RegexFlag) -> _Members:
    """The characters that a match begins with; empty if that is unknown, or there are none."""
    try:
        first, may_be_empty = _first(parsed, flags)
    except _UnknownError:
        return frozenset()
    return frozenset() if may_be_empty else first


def _first(items: Iterable[tuple[_Node, _Node]], flags: re.RegexFlag) -> tuple[_Members, bool]:
    """Members of the set of characters that may come first, and whether none need come."""
    first: _Members = frozenset()
    for code, value in items:
        found, may_be_empty = _of(code, value, flags)
        first |= found
        if not may_be_empty:
            return first, False
    return first, True


def _of(code: _Node, value: _Node, flags: re.RegexFlag) -> tuple[_Members, bool]:
    if code in _NO_CHARACTER:
        return frozenset(), True
    if code is op.LITERAL:
        return frozenset(((code, value),)), False
    if code is op.IN:
        return frozenset(map(_member, value)), False
    if code is op.SUBPATTERN:
        _, added, _, inner = value
        if added & ~flags & re.IGNORECASE:
            raise _UnknownError
        return _first(inner, flags)
    if code is op.BRANCH:
        branches = [_first(branch, flags) for branch in value[1]]
        return frozenset().union(*(f for f, _ in branches)), any(empty for _, empty in branches)
    if code in _REPEATS:
        found, may_be_empty = _first(value[2], flags)
        return found, may_be_empty or value[0] == 0
    raise _UnknownError


def _member(member: tuple[_Node, _Node]) -> tuple[_Node, _Node]:
    code, value = member
    if code in (op.LITERAL, op.RANGE) or (code is op.CATEGORY and value in _CATEGORIES):
        return member
    raise _UnknownError


def _compiled_set(members: _Members, flags: re.RegexFlag) -> re.Pattern[str]:
    """The set, with all cases of its letters: a set without case is no quick one."""
    said = {re.escape(character) for character in _characters(members, flags)}
    for code, value in members:
        if code is op.CATEGORY:
            said.add(_CATEGORIES[value])
        elif code is op.RANGE:
            low, high = value
            said.add(f"{re.escape(chr(low))}-{re.escape(chr(high))}")
            if flags & re.IGNORECASE and low < _CASED:
                said.add(_CASED_LATIN + OTHER_CASES)
    return re.compile(f"[{''.join(sorted(said))}]")


def _characters(members: _Members, flags: re.RegexFlag) -> list[str]:
    """The characters of a set that are members by themselves, in each case that is theirs."""
    plain = sorted(chr(value) for code, value in members if code is op.LITERAL)
    if not flags & re.IGNORECASE:
        return plain
    return list(dict.fromkeys(case for character in plain for case in cases(character)))
