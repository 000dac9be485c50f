"""JSON documents that grow by one line a run: read as a whole by anybody, appended to cheaply.

The list has one line for each item. To append one, the lines before it are neither parsed nor
made anew; the file is still replaced as a whole, so that a reader never sees half of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from outputs.durable import replace_text
from outputs.schema import SCHEMA_VERSION

_END = "\n]}\n"


def listing_json(name: str, items: Iterable[Mapping[str, object]]) -> str:
    """The document; values are JSON-ready.

    >>> print(listing_json("runs", [{"b": 2}, {"b": 3}]), end="")
    {"schema_version": "...", "runs": [
    {"b": 2},
    {"b": 3}
    ]}
    """
    return _head(name) + "\n" + ",\n".join(map(_line, items)) + _END


def lines_of(path: Path, name: str) -> list[str] | None:
    """One JSON object a line; None if the file is not laid out like this, in this version."""
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    head = _head(name) + "\n"
    if not (text.startswith(head) and text.endswith(_END)):
        return None
    return [line.removesuffix(",") for line in text[len(head) : -len(_END)].split("\n") if line]


def append_line(path: Path, name: str, lines: list[str], item: Mapping[str, object]) -> None:
    """Replace the file by one with `lines`, as they were read, and one more item."""
    text = _head(name) + "\n" + ",\n".join([*lines, _line(item)]) + _END
    replace_text(path, text)


def _head(name: str) -> str:
    return f'{{"schema_version": "{SCHEMA_VERSION}", "{name}": ['


def _line(item: Mapping[str, object]) -> str:
    return json.dumps(item, ensure_ascii=False)
