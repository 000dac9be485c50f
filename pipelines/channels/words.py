"""The compiled table `channels.toml`: one search for all gate words, patterns by kind and part."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.rare_characters import PlainWords, compile_plain_words
from pipelines.word_patterns import literals

_AHEAD = re.compile(r"\(\?[=!].*\)$", re.S)

_PLATFORMS = ("social", "social_link", "social_label")


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """The words by which channels are read.

    Attributes:
        scan: Finds every gate word in one pass.
        kinds: Which kinds a gate word opens, by the word.
        parts: Patterns by "kind.part".
        platforms: Social platforms with their pattern, in the order of the table.
        linked: The same with the pattern of the addresses of their accounts.
        labels: The same with the pattern of lines that name nothing else.
    """

    scan: PlainWords
    kinds: Mapping[str, tuple[str, ...]]
    parts: Mapping[str, re.Pattern[str]]
    platforms: tuple[tuple[str, re.Pattern[str]], ...]
    linked: tuple[tuple[str, re.Pattern[str]], ...]
    labels: tuple[tuple[str, re.Pattern[str]], ...]

    def part(self, name: str) -> re.Pattern[str]:
        """The pattern called "kind.part"."""
        return self.parts[name]


def compile_channels(table: Mapping[str, Any]) -> ChannelRules:
    """Compiles the table."""
    gates: dict[str, set[str]] = {}
    parts: dict[str, re.Pattern[str]] = {}
    platforms: dict[str, list[tuple[str, re.Pattern[str]]]] = {kind: [] for kind in _PLATFORMS}
    for kind, rows in table.items():
        for row in rows:
            for gate in row.get("gate", ()):
                gates.setdefault(gate, set()).add(kind)
            if "platform" in row:
                platforms[kind].append((row["platform"], _pattern(row["words"])))
            else:
                parts[f"{kind}.{row['part']}"] = _pattern(row["words"])
    named, linked, labels = (tuple(platforms[kind]) for kind in _PLATFORMS)
    scan = compile_plain_words(map(_word, gates), re.compile(literals(gates, _quoted)))
    return ChannelRules(scan, _kinds(gates), parts, named, linked, labels)


def _quoted(gate: str) -> str:
    ahead = _AHEAD.search(gate)
    return re.escape(_word(gate)) + (ahead.group() if ahead else "")


def _word(gate: str) -> str:
    return _AHEAD.sub("", gate)


def _kinds(gates: Mapping[str, set[str]]) -> dict[str, tuple[str, ...]]:
    """A word that holds another one opens its kinds, too: the search sees the longer one only."""
    words: dict[str, set[str]] = {}
    for gate, kinds in gates.items():
        words.setdefault(_word(gate), set()).update(kinds)
    return {
        word: tuple(sorted({kind for part in words if part in word for kind in words[part]}))
        for word in words
    }


def _pattern(words: list[str]) -> re.Pattern[str]:
    """One pattern of all words; equal group names are told apart by a number."""
    numbered = [re.sub(r"\(\?P<(\w+)>", rf"(?P<\1_{i}>", word) for i, word in enumerate(words)]
    return re.compile("|".join(_caseless(word) for word in numbered))


def _caseless(word: str) -> str:
    """Without regard to case where there is one: it makes a search three times as slow."""
    letters = re.search(r"[A-Za-z]", re.sub(r"\\.|\(\?P<\w+>", "", word))
    return f"(?i:{word})" if letters else f"(?:{word})"


def group(match: re.Match[str], name: str) -> str:
    """The named group of whichever word matched, or "".

    >>> group(_pattern(["a(?P<x>b)", "c(?P<x>d)"]).match("cd"), "x")
    'd'
    """
    found = (v for key, v in match.groupdict().items() if v and key.rpartition("_")[0] == name)
    return next(found, "")
