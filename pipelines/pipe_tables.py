"""Tables that text draws with pipes (Markdown, converted documents), as spans of a layout."""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int, str]
_RULE = re.compile(r"[\s|:-]*-[\s|:-]*")
_CELL = re.compile(r"[^|]+")
_ROWS = 4  # without a rule below the header, fewer lines with pipes are a menu or a footer
_WRAPPED = 2  # lines that a cell may go on for before the next row


def pipe_spans(text: str) -> tuple[Span, ...]:
    """Spans of `table` and `td` for runs of lines with pipes.

    >>> text = "a | b\\n---|---\\nc | 1"
    >>> [text[start:end] for start, end, kind in pipe_spans(text) if kind == "td"]
    ['a ', ' b', 'c ', ' 1']
    """
    return tuple(span for run in _runs(text) for span in _spans(text, run))


def _runs(text: str) -> Iterator[list[tuple[int, int]]]:
    run: list[tuple[int, int]] = []
    for start, end in _lines(text):
        if run and text.count("\n", run[-1][1], start) > 1 + _WRAPPED:
            if _is_table(text, run):
                yield run
            run = []
        run.append((start, end))
    if _is_table(text, run):
        yield run


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Lines that have a pipe."""
    end = -1
    while (pipe := text.find("|", end + 1)) >= 0:
        start = text.rfind("\n", end + 1, pipe) + 1 or end + 1
        end = text.find("\n", pipe)
        end = len(text) if end < 0 else end
        yield start, end


def _is_table(text: str, run: list[tuple[int, int]]) -> bool:
    ruled = any(_RULE.fullmatch(text, start, end) for start, end in run)
    return len(run) >= _ROWS or (ruled and len(run) > 1)


def _spans(text: str, run: list[tuple[int, int]]) -> Iterator[Span]:
    yield run[0][0], run[-1][1], "table"
    for start, end in run:
        if not _RULE.fullmatch(text, start, end):
            for cell in _CELL.finditer(text, start, end):
                yield cell.start(), cell.end(), "td"
