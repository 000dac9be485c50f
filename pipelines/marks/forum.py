"""Pages that visitors wrote on the brand's own host (domain.md A5 S10), told by what they are.

Addresses and class names are looked at elsewhere (`ground`, `markup`); a forum that has neither
still names its program, its type or its furniture. One that hides all three is taken for the
brand's own page: `docs/decisions/0021-adversary.md`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.markup import Html

#: Different things that only forums say; one or two stand on official pages, too.
FEWEST = 3


@dataclass(frozen=True, slots=True)
class ForumRules:
    """The compiled table `forums.toml`."""

    program: re.Pattern[str]
    schema: re.Pattern[str]
    words: tuple[re.Pattern[str], ...]

    def written_by_users(self, html: Html, text: str) -> str:
        """What tells that visitors wrote a page, or "".

        Args:
            text: Visible text of the page.
        """
        for program, _ in html.items('meta[name="generator" i]'):
            if self.program.search(program):
                return f"its program is {program[:60]}"
        if found := self._type(html):
            return f"it calls itself {found}"
        said = [match[0] for pattern in self.words if (match := pattern.search(text))]
        return f"it says {', '.join(said)}" if len(said) >= FEWEST else ""

    def _type(self, html: Html) -> str:
        types = (value for _, value, _ in html.attributes({"itemtype"}, self.schema.search))
        scripts = html.scripts('script[type="application/ld+json" i]')
        hits = (self.schema.search(text) for text in (*types, *scripts))
        return next((hit[0] for hit in hits if hit), "")


def compile_forums(table: Mapping[str, Any]) -> ForumRules:
    """Compiles the table."""

    def joined(name: str) -> re.Pattern[str]:
        return re.compile("|".join(row["words"] for row in table[name]), re.IGNORECASE)

    words = tuple(re.compile(row["words"], re.IGNORECASE) for row in table["words"])
    return ForumRules(joined("program"), joined("schema"), words)
