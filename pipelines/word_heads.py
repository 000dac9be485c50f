"""Patterns of words, rewritten so that each branch begins with one plain character.

CPython's engine looks for the characters that a match may begin with by itself, several times
faster than Python can ask it about each, but only where all branches of a pattern begin with a
literal (docs/decisions/0042-branches-that-begin-with-a-literal.md). Most words do, or can be
said so: `(?:热线)?电话` is `热线电话|电话`, and what has to stand before a word is looked for
behind its first character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

# A character of a pattern: escaped, a set, or what opens, closes or parts groups.
_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()|]|[^\\\[()|]+", re.S)
_REPEATED = re.compile(r"(?:[?*+]|\{\d*,?\d*\})[?+]?")
_LOOKS = ("(?=", "(?!", "(?<=", "(?<!")
_PLAIN = (*_LOOKS, "(?:", "(?-i:", "(?i:")
_FLAGGED = re.compile(r"\(\?-?i:")
_PLACES = (r"\b", r"\B", "^")
_ESCAPED = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|\(\?-?i?:", re.S)
_CASED = re.compile("[^\u2e80-\U0010ffff]")  # of the scripts from there on no known one has cases
_CODE = re.compile(r"\\u([0-9a-fA-F]{4})")
# A set of few characters: single ones and ranges of them, no class and no complement.
_SET = re.compile(r"\[(?!\^)((?:\\u[0-9a-fA-F]{4}|\\[^0-9A-Za-z]|[^\]\\])+)\]", re.S)
_MEMBER = re.compile(r"(?:\\(.)|(.))(?:-(?:\\(.)|(.)))?", re.S)
_FEW = 10  # characters of a range: each of them makes a branch
# Letters that are another one's in lower case, and not the only one (Kelvin, long s, …).
OTHER_CASES = "\u0130\u0131\u017f\u212a\u212b"


class _UnknownError(Exception):
    """What a word begins with cannot be said as a few plain characters."""


class _Head(NamedTuple):
    """One way for a word to begin: what has to stand before, a character, and what follows."""

    before: str
    character: str
    rest: str
    flag: str = ""  # what the character's group says about its case


def by_first_character(pattern: str, flags: re.RegexFlag) -> str:
    """The same pattern, for flags without `re.IGNORECASE`; "" if it cannot be said so.

    >>> by_first_character("(?:热线)?电话|[热暖]点", re.NOFLAG)
    '热(?:线电话|点)|电(?:话)|暖(?:点)'
    """
    caseless = bool(flags & re.IGNORECASE)
    following: dict[str, list[str]] = {}
    groups = (part.start() for part in _PART.finditer(pattern) if part[0] == "(")
    if not all(pattern.startswith(_PLAIN, start) for start in groups):
        return ""  # a group that is asked for stands in one place
    try:
        for head in (head for word in branches(pattern) for head in _heads(word)):
            behind = f"(?<={head.before}{re.escape(head.character)})" if head.before else ""
            alike = head.flag == "(?i:" or (caseless and not head.flag)
            for case in cases(head.character) if alike else [head.character]:
                following.setdefault(case, []).append(behind + head.rest)
    except _UnknownError:
        return ""
    parts = ((first, "|".join(dict.fromkeys(rests))) for first, rests in following.items())
    return "|".join(f"{re.escape(first)}{_group_of(rest, caseless)}" for first, rest in parts)


def _group_of(rest: str, caseless: bool) -> str:
    """A group, without regard to case only if it has letters: such a group costs more."""
    has_cases = caseless and any(map(str.isalpha, _CASED.findall(_ESCAPED.sub("", rest))))
    return f"(?i:{rest})" if has_cases else f"(?:{rest})"


def branches(pattern: str) -> list[str]:
    """What stands between the bars of a pattern that are in no group; [] if its groups cross.

    >>> branches("a|(?:b|c)[|]|d")
    ['a', '(?:b|c)[|]', 'd']
    >>> branches("a)(b")
    []
    """
    found, depth = [""], 0
    for part in _PART.findall(pattern):
        depth += (part == "(") - (part == ")")
        if depth < 0:
            return []
        if part == "|" and not depth:
            found.append("")
        else:
            found[-1] += part
    return found


@cache
def cases(character: str) -> list[str]:
    """A character in all cases that are one to an engine without regard to case."""
    if character.lower() == character.upper():
        return [character]
    upper = character.upper()
    known = {character, character.lower(), upper, upper.lower(), character.title(), *OTHER_CASES}
    alike = re.compile(re.escape(character), re.IGNORECASE)
    return sorted(case for case in known if len(case) == 1 and alike.match(case))


def _heads(word: str, before: str = "") -> Iterator[_Head]:
    """All ways for a word to begin, in the order in which the engine tries them."""
    for place in _PLACES:
        if word.startswith(place):
            yield from _heads(word[len(place) :], before + place)
            return
    if word.startswith("("):
        yield from _of_group(word, before)
    else:
        yield from _of_atom(word, before)


def _of_group(word: str, before: str) -> Iterator[_Head]:
    group, behind = _group(word)
    how = _repeated(behind)
    if group.startswith(_LOOKS):
        if how:
            raise _UnknownError
        yield from _heads(behind, before + group)
        return
    without = behind[len(how) :]
    after = f"{group}*{without}" if how in ("*", "+") else without
    flag = _FLAGGED.match(group)
    for branch in branches(group[flag.end() if flag else 3 : -1]):
        if flag is None:
            yield from _heads(branch + after, before)
            continue
        for head in _heads(branch):
            stands = f"{before}{flag[0]}{head.before})" if head.before else before
            rest = f"{flag[0]}{head.rest}){after}"
            yield _Head(stands, head.character, rest, head.flag or flag[0])
    if how in ("?", "*"):
        yield from _heads(without, before)


def _of_atom(word: str, before: str) -> Iterator[_Head]:
    characters, atom = _atom(word)
    rest = word[len(atom) :]
    how = _repeated(rest)
    rest = rest[len(how) :]
    more = f"{atom}*" if how in ("*", "+") else ""
    yield from (_Head(before, character, more + rest) for character in characters)
    if how in ("?", "*"):
        yield from _heads(rest, before)


def _repeated(after: str) -> str:
    """How often what stands before is there; "" for once."""
    found = _REPEATED.match(after)
    if found and found[0] not in ("?", "*", "+"):
        raise _UnknownError
    return found[0] if found else ""


def _group(word: str) -> tuple[str, str]:
    """The group that a word begins with, and what follows it."""
    depth = 0
    for part in _PART.finditer(word):
        depth += (part[0] == "(") - (part[0] == ")")
        if not depth:
            return word[: part.end()], word[part.end() :]
    raise _UnknownError


def _atom(word: str) -> tuple[Sequence[str], str]:
    """The characters that a word may begin with, and the piece of it that says so."""
    if not word or word[0] in ".$":
        raise _UnknownError
    if code := _CODE.match(word):
        return chr(int(code[1], 16)), code[0]
    if word[0] == "\\":
        if word[1].isalnum():  # a class of characters, or one without a sign of its own
            raise _UnknownError
        return word[1], word[:2]
    return _members(word) if word[0] == "[" else (word[0], word[0])


def _members(word: str) -> tuple[Sequence[str], str]:
    """The characters of the set that a word begins with, and the set."""
    found = _SET.match(word)
    if found is None:
        raise _UnknownError
    written = _CODE.sub(lambda code: chr(int(code[1], 16)), found[1])
    characters: list[str] = []
    for member in _MEMBER.finditer(written):
        first, last = (member[1] or member[2]), (member[3] or member[4])
        until = ord(last or first) + 1
        if until - ord(first) > _FEW:
            raise _UnknownError
        characters += map(chr, range(ord(first), until))
    return characters, found[0]
