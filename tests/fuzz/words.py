"""The words of `words.txt`."""

from __future__ import annotations

from pathlib import Path


def words() -> tuple[str, ...]:
    """Words that pages put beside numbers."""
    lines = Path(__file__).with_name("words.txt").read_text(encoding="utf-8").splitlines()
    escaped = {"\\t": "\t", "\\n": "\n"}
    return tuple(escaped.get(line, line) for line in lines if line and not line.startswith("# "))
