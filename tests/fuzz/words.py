"""Words that fuzzing and property tests put together: `words.txt`, `channel_words.txt`."""

from __future__ import annotations

from pathlib import Path


def words() -> tuple[str, ...]:
    """Words that pages put beside numbers."""
    return _words("words.txt")


def channel_words() -> tuple[str, ...]:
    """Words of the other ways to reach a firm."""
    return _words("channel_words.txt")


def _words(name: str) -> tuple[str, ...]:
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    escaped = {"\\t": "\t", "\\n": "\n"}
    return tuple(escaped.get(line, line) for line in lines if line and not line.startswith("# "))
