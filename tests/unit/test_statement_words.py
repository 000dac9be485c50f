"""The table of statements: each row says what it is and whence, and is read."""

from __future__ import annotations

import copy
import tomllib
from importlib import resources
from typing import Any

import pytest

from pipelines.context.statements import compile_statements, statement_problems

TABLE = tomllib.loads(
    resources.files("pipelines").joinpath("context/statements.toml").read_text("utf-8")
)
ROWS = [*TABLE["statement"], *TABLE["firm_at_number"]]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))
def test_a_row_has_words_and_a_source_and_compiles(row: dict[str, Any]) -> None:
    assert row["id"]
    assert row["source"]
    assert all(isinstance(word, str) and word for word in row["words"])
    assert {*row} <= {"id", "words", "source", "any_case", "says"}


def test_the_table_has_no_problems() -> None:
    assert list(statement_problems(TABLE)) == []


def test_rows_are_filled_in_where_others_name_them() -> None:
    said = compile_statements(TABLE)
    assert said.told.search("客服热线：95188")  # <calls>
    assert said.done_at.search("由某某银行受理：")  # <does>
    assert said.person_behind.match("（马经理）")  # <title>
    asked = said.asked.search("请联系招商银行，贵宾热线：")  # <leads_to_it>, with its group
    assert asked is not None
    assert asked["words"] == "贵宾"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"id": "calls"}, "there is a row calls above"),
        ({"id": "unread"}, "nothing reads unread"),
        ({"words": []}, "missing, or not of its form: words"),
        ({"words": "客服"}, "missing, or not of its form: words"),
        ({"words": ["<nobody>"]}, "names 'nobody', and no row has that id"),
        ({"words": ["<desk>"]}, "its words name itself"),
        ({"words": ["("]}, "no regular expression"),
    ],
)
def test_what_is_wrong_with_a_row_is_told(change: dict[str, Any], problem: str) -> None:
    table = copy.deepcopy(TABLE)
    next(row for row in table["statement"] if row["id"] == "desk").update(change)
    found = [what for _, what in statement_problems(table)]
    assert any(what.startswith(problem) for what in found)
