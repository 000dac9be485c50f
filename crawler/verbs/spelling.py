"""A number that a person names on the command line, in any spelling that `check` knows."""

from __future__ import annotations


def numbers_named(wanted: str) -> frozenset[str]:
    """The numbers, as tables write them, that a text or the end of an id names."""
    from pipelines.asking import asked_about
    from pipelines.rules import load_rules

    text = wanted.partition("/")[2] or wanted
    asked = asked_about(text, "CN", load_rules())
    return frozenset(item.number.number for item in asked if item.number is not None)
