"""Words that pages put beside numbers, in any order: nothing raises, what is quoted is printed.

`9:00-18:00 午休：12:00-13:00` raised once: random bytes never spell that.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.brand import Brand
from pipelines.context.hours import is_valid
from pipelines.model import Page
from pipelines.process import process_page
from pipelines.rules import load_rules
from pipelines.vocabulary import SourceKind
from tests.fuzz.words import channel_words, words

BRANDS = (None, Brand("demo", "示例钱包", "CN"), Brand("dash", "Dash", "SG", name_en="Dash"))
SAID_OF_CHANNELS = st.lists(st.sampled_from(channel_words()), min_size=2, max_size=40)
SENTENCES = st.lists(st.sampled_from(words()), min_size=2, max_size=40)


@pytest.mark.parametrize("kind", ["text/html", "text/plain"])
@settings(max_examples=300, deadline=None)
@given(said=SENTENCES, glue=st.sampled_from(["", " ", "\n"]), brand=st.sampled_from(BRANDS),
       source=st.sampled_from(SourceKind))  # fmt: skip
def test_any_words_together(
    kind: str, said: list[str], glue: str, brand: Brand | None, source: SourceKind
) -> None:
    body = glue.join(said).encode()
    page = Page("https://demo.example/x", body, content_type=kind, brand=brand, kind=source)
    for item in process_page(page, load_rules()).evidence:
        assert item.context[item.start : item.end] == item.raw
        assert not item.hours or is_valid(item.hours)


@pytest.mark.parametrize("kind", ["text/html", "text/plain"])
@settings(max_examples=300, deadline=None)
@given(said=SAID_OF_CHANNELS, glue=st.sampled_from(["", " ", "\n"]))
def test_any_words_of_channels_together(kind: str, said: list[str], glue: str) -> None:
    body = glue.join(said).encode()
    page = Page("https://demo.example/x", body, content_type=kind, brand=BRANDS[1])
    channels = process_page(page, load_rules()).channels
    assert len({(channel.kind, channel.value) for channel in channels}) == len(channels)
    for channel in channels:
        assert channel.value.strip() == channel.value != ""
        assert channel.context
        assert channel.steps is None or all(channel.steps)
