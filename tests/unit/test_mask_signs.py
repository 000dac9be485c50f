"""What a line is asked first, about strings that hold no number, holds for each of them."""

from __future__ import annotations

import re
import tomllib
from importlib import resources

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TABLE = resources.files("pipelines").joinpath("context/vetoes.toml").read_text("utf-8")
ROWS = [(row["words"], row["sign"]) for row in tomllib.loads(TABLE)["mask"]]


@pytest.mark.parametrize(("words", "sign"), ROWS)
@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_each_masked_string_has_its_sign(words: str, sign: str, data: st.DataObject) -> None:
    pattern = re.compile(words, re.I)
    masked = pattern.search(data.draw(st.from_regex(pattern)))
    assert masked is None or re.search(sign, masked.group())
