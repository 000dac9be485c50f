"""What the page itself says a call costs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.vocabulary import FeeClass
from pipelines.word_patterns import compile_words


@dataclass(frozen=True, slots=True)
class FeeRules:
    """The compiled table `fees.toml`."""

    rules: tuple[tuple[FeeClass, re.Pattern[str]], ...]

    def stated(self, text: str) -> str:
        """The statement as `class: words`, or "" where the page says nothing.

        >>> FeeRules(((FeeClass.FREE, re.compile("免费电话")),)).stated("免费电话 4001")
        'free: 免费电话'
        """
        for fee, pattern in self.rules:
            match = pattern.search(text)
            if match:
                return f"{fee}: {match.group()}"
        return ""


def compile_fees(table: Mapping[str, Any]) -> FeeRules:
    """Compiles the table."""
    rows = table["fee"]
    return FeeRules(tuple((FeeClass(r["fee"]), compile_words(r["words"], re.I)) for r in rows))
