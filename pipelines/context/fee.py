"""What the page itself says a call costs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.vocabulary import FeeClass
from pipelines.word_patterns import Words, compile_words

# Without one of these no text says what a call costs; beside most numbers stands none.
_MAY_SAY = compile_words(
    "[费費免标標途漫付钟鐘นđ₱฿$]|市[话話内內]|rate|charg|cost|toll|free|local|min|menit|phút"
    "|VN[DĐ]|[UT][SH][DB]|PHP|IDR|Kč|fee|collect|円|コレクト|発信|有料|料金|国際|시내|국제|요금|phí|lokal|kadar|ค่า|อัตรา"
    r"|(?:/|per|a|je|pro)\s?call|anruf|無料|フリー|通話料|ナビ|무료|부담|통화|유료|ฟรี|บาท|miễn|bebas|percuma|tarif|cước",
    re.I,
)


@dataclass(frozen=True, slots=True)
class FeeRules:
    """The compiled table `fees.toml`."""

    rules: tuple[tuple[FeeClass, Words], ...]
    any_rule: Words  # all of them: beside most numbers stands none

    def stated(self, text: str) -> str:
        """The statement as `class: words`, or "" where the page says nothing.

        >>> free = compile_words("免费电话")
        >>> FeeRules(((FeeClass.FREE, free),), free).stated("免费电话 4001")
        'free: 免费电话'
        """
        if _MAY_SAY.search(text) is None or self.any_rule.search(text) is None:
            return ""
        for fee, pattern in self.rules:
            match = pattern.search(text)
            if match:
                return f"{fee}: {match.group()}"
        return ""


def compile_fees(table: Mapping[str, Any]) -> FeeRules:
    """Compiles the table."""
    rows = table["fee"]
    any_rule = compile_words("|".join(row["words"] for row in rows), re.I)
    rules = tuple((FeeClass(row["fee"]), compile_words(row["words"], re.I)) for row in rows)
    return FeeRules(rules, any_rule)
