"""Patterns with a look at the first character find what the plain ones find."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.rules import TABLES
from pipelines.word_patterns import compile_words


def patterns() -> Iterator[str]:
    """All patterns of the rule tables."""
    for name in TABLES:
        table = tomllib.loads(resources.files("pipelines").joinpath(name).read_text("utf-8"))
        for rows in table.values():
            for row in rows if isinstance(rows, list) else [rows]:
                words = row.get("words", []) if isinstance(row, dict) else []
                yield from [words] if isinstance(words, str) else words


PATTERNS = sorted(set(patterns()))
LETTERS = sorted({char for pattern in PATTERNS for char in pattern if char.isalnum()})
TEXTS = st.lists(
    st.sampled_from([*LETTERS, *PATTERNS, " ", "：", "\n", "0571-", "９５１８８", "ſ", "K"])
).map("".join)


def spans(pattern: re.Pattern[str], text: str) -> list[Any]:
    return [(match.span(), match.lastgroup) for match in pattern.finditer(text)]


@settings(max_examples=60)
@given(TEXTS)
def test_finds_the_same(text: str) -> None:
    plain = [words for words in PATTERNS if "(?P<" not in words][:90]
    joined = "|".join(f"(?P<g{n}>{words})" for n, words in enumerate(plain))
    assert spans(compile_words(joined, re.I), text) == spans(re.compile(joined, re.I), text)


@given(TEXTS, st.sampled_from(PATTERNS))
def test_each_pattern_of_the_tables_finds_the_same(text: str, pattern: str) -> None:
    assert spans(compile_words(pattern, re.I), text) == spans(re.compile(pattern, re.I), text)


@pytest.mark.parametrize("pattern", ["a?", "", ".a", "(?i)ab", "[^a]b", "(?:a|)b?"])
def test_what_may_begin_with_anything_stays_as_it_is(pattern: str) -> None:
    assert compile_words(pattern).pattern == pattern


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("(?<=x)a", "xa"), (r"(?:\d+|ab)-?", "12-"), ("a*b", "b"), (r"(?:[\]^-]{2}|bb)a", "^-a")],
)
def test_assertions_and_sets(pattern: str, text: str) -> None:
    quick = compile_words(pattern)
    assert quick.pattern.startswith("(?=[")
    assert spans(quick, text) == spans(re.compile(pattern), text)


@pytest.mark.parametrize("pattern", ["热线|客服", "(?:热线|客服)电话", "(热线|客服)", "客服"])
def test_what_the_engine_knows_by_itself_stays_as_it_is(pattern: str) -> None:
    assert compile_words(pattern).pattern == pattern
