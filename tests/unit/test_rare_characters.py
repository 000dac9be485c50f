"""Words looked for by their rarest character are found where a plain search finds them."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from pipelines.rare_characters import compile_plain_words
from pipelines.rules import load_rules
from pipelines.word_patterns import literals

WORDS = st.lists(
    st.text("的，提供应x诉投妥 ", min_size=1, max_size=4), min_size=1, max_size=150, unique=True
)
SCAN = load_rules().channels.scan


@given(WORDS, st.text("的，提供应x诉投妥 ", max_size=40))
def test_finds_what_a_plain_search_finds(words: list[str], text: str) -> None:
    longest = re.compile(literals(words))
    found = [match.span() for match in compile_plain_words(words, longest).finditer(text)]
    assert found == [match.span() for match in longest.finditer(text)]


@given(st.lists(st.sampled_from([*SCAN.longest.pattern, "在线客服", "投诉", "写信至", "@"])))
def test_the_words_of_channels_are_found_so(parts: list[str]) -> None:
    text = "".join(parts)
    found = [match.span() for match in SCAN.finditer(text)]
    assert found == [match.span() for match in SCAN.longest.finditer(text)]
