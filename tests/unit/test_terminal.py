"""Tables on a terminal: what people copy from them stays in one piece."""

from __future__ import annotations

import sys

import pytest

from crawler.terminal import print_table

ID = "shilichuan/+862855501112"
WORDS = "presence: observed → not_observed; hours: 每日9:00-18:00 → 每日9:00-21:00"


@pytest.mark.parametrize("columns", [("hotline", "what", "when"), ("", "hotline", "what", "when")])
def test_an_id_is_never_broken(
    columns: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    for name, value in {"COLUMNS": "60", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    row = (ID, WORDS, "2026-11-25 20:18:44")
    print_table("", columns, [("~", *row) if columns[0] == "" else row])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 4  # the words were broken
    assert [line for line in lines if ID in line]
