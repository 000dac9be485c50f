"""What most texts are asked first, about costs, holds for each statement of a cost."""

from __future__ import annotations

import re
import tomllib
from importlib import resources

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.context.fee import _MAY_SAY

ROWS = tomllib.loads(resources.files("pipelines").joinpath("context/fees.toml").read_text("utf-8"))[
    "fee"
]


@pytest.mark.parametrize("words", [row["words"] for row in ROWS])
@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_statement_of_a_cost_is_passed_over(words: str, data: st.DataObject) -> None:
    pattern = re.compile(words, re.I)
    statement = pattern.search(data.draw(st.from_regex(pattern)))
    assert statement is None or _MAY_SAY.search(statement.group())
