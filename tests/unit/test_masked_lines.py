"""Strings that hold no number, one beside another: each is blanked out as if it stood alone."""

from __future__ import annotations

from itertools import permutations

import pytest

from pipelines.rules import load_rules

MASKED = load_rules().vetoes.masked
STRINGS = (
    "2050\n年8月9日",
    "a.example.com",
    "x@example.com",
    "9:00",
    "京ICP备12345678号",
    "10.0.0.1",
)


@pytest.mark.parametrize("pair", list(permutations(STRINGS, 2)))
def test_masks_of_one_line_leave_nothing_of_each_other(pair: tuple[str, str]) -> None:
    text = "，".join(pair)
    assert MASKED(text) == "，".join(map(MASKED, pair))
    assert not any(char.isdigit() for char in MASKED(text))
