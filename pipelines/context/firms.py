"""Names of firms in running text, and which of them is told of straight before a telephone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from pipelines.context.shortened import NOTHING_SHORTENED, Shortened, compile_shortened
from pipelines.frozen import dataclass
from pipelines.word_patterns import literals

_SHORT_NAME = re.compile(r"[\u4e00-\u9fff]{2,10}$")
_NAME = re.compile(r"[\u4e00-\u9fff（）()]{2,24}$")
_PLACE = re.compile(r"[（(][^（）()\d]{2,6}[）)]$")
_LATIN_NAME = re.compile(r"(?:[A-Z][A-Za-z&.-]*\s){1,3}$")
_CALLED = "客服电话"  # straight before such words a short name counts
_SHORT_FIRM = 4
_LONGEST = 24  # characters of a name before its ending


@dataclass(frozen=True, slots=True, eq=False)
class Firms:
    """The compiled table `firms.toml`.

    Attributes:
        ending: The end of a firm's name.
        kinds: What each ending is: `form`, `trade`, `latin` or `name`.
        heads: Endings that make a line by itself a firm's name; 运费保险 is a product.
        generic: Words that end like a firm's name and are none.
        phone: What stands behind a name that tells whose telephone it is.
        lead: Words before a full name that are not of it.
        in_a_word: Before a short name, makes it part of a longer word.
        nobodys: Before an ending in Latin letters, no firm's own name.
        leads: What may stand before a name in words that lead to a number.
        desk: What may stand behind it there.
        kin: Firms with the pattern of the brands whose group they are of.
        shortened: How a page shortens names.
    """

    ending: re.Pattern[str]
    kinds: Mapping[str, str]
    generic: re.Pattern[str]
    phone: re.Pattern[str]
    lead: re.Pattern[str]
    in_a_word: re.Pattern[str]
    nobodys: re.Pattern[str]
    leads: re.Pattern[str]
    desk: re.Pattern[str]
    heads: frozenset[str] = frozenset()
    kin: tuple[tuple[frozenset[str], re.Pattern[str]], ...] = ()
    shortened: Shortened = NOTHING_SHORTENED

    def is_kin(self, company: str, brands: Iterable[str]) -> bool:
        """Whether a firm is of the group of one of some brands: 腾讯 and 财付通."""
        groups = [brand for firms, brand in self.kin if company in firms]
        return any(brand.search(name) for brand in groups for name in brands)

    def is_name(self, words: str) -> bool:
        """Whether words are the name of one firm and no more."""
        words = _PLACE.sub("", words).strip()  # 中國銀行（香港）
        found = self.named_in(f"{words}{_CALLED}") if len(words) <= _LONGEST else []
        is_short = len(words) == _SHORT_FIRM  # 众安保险, where 退货运费保险 is a product
        said = [name for name, _ in found] == [words]
        return said and (is_short or words.endswith(tuple(self.heads)))

    def name_at_end(self, text: str) -> str:
        """The firm's name that a text ends with, where a telephone follows; "" if none does."""
        found = self.named_in(f"{text}{_CALLED}")
        return found[-1][0] if found and found[-1][1] == len(text) else ""

    def name_in(self, words: str) -> tuple[str, bool]:
        """What may be a name in words that lead to a number, and whether it is a firm's."""
        return _name_in(self, words) if len(words) <= 2 * _LONGEST else ("", False)

    def named_in(self, text: str) -> list[tuple[str, int]]:
        """Names of companies, and short names beside a phone, each with the offset of its end."""
        found = []
        for match in self.ending.finditer(text):
            if self.kinds[match[0]] != "form" and self.phone.match(text, match.end()) is None:
                continue
            before = text[max(0, match.start() - _LONGEST) : match.start()]
            if name := self._name(before, match[0]):
                found.append((name, match.end()))
        return found

    def _name(self, before: str, end: str) -> str:
        """The whole name; "" where the words before its end make none (发卡银行)."""
        kind = self.kinds[end]
        if kind == "latin":
            latin = _LATIN_NAME.search(before)
            return f"{latin[0]}{end}" if latin and not self.nobodys.search(latin[0]) else ""
        if kind == "name":
            return "" if end.isascii() and self.in_a_word.search(before) else end
        words = (_NAME if kind == "form" else _SHORT_NAME).search(before)
        if words is None:
            return ""
        if kind == "form":
            return self.lead.sub("", words[0]).lstrip("（()）") + end
        return "" if self.generic.search(words[0] + end) else words[0] + end


@lru_cache(maxsize=2048)
def _name_in(firms: Firms, words: str) -> tuple[str, bool]:
    """The words beside numbers are much the same from page to page, and looked at once."""
    name = firms.desk.sub("", firms.leads.sub("", words).strip(" \t\xa0:："))
    return (name, firms.is_name(name)) if 2 <= len(name) <= _LONGEST else ("", False)


_NOTHING = re.compile(r"(?!)")
#: For callers that hold no tables.
NO_FIRMS = Firms(
    ending=_NOTHING,
    kinds={},
    generic=_NOTHING,
    phone=_NOTHING,
    lead=_NOTHING,
    in_a_word=_NOTHING,
    nobodys=_NOTHING,
    leads=_NOTHING,
    desk=_NOTHING,
)


def compile_firms(table: Mapping[str, Any], role: str) -> Firms:
    """Compiles the table.

    Args:
        role: The pattern of what a line calls the firm that it names.
    """
    rows = [(kind, row) for kind in ("form", "trade", "latin", "name") for row in table[kind]]
    kinds = {word: kind for kind, row in rows for word in row["words"]}
    between = "|".join(map(re.escape, sorted(table["between"]["words"], key=len, reverse=True)))
    around = table["around"]
    return Firms(
        ending=re.compile(literals(kinds)),
        kinds=kinds,
        generic=re.compile(table["generic"]["words"]),
        phone=re.compile(around["phone"].replace("WORDS", between)),
        lead=re.compile(around["lead"]),
        in_a_word=re.compile(around["in_a_word"]),
        nobodys=re.compile(around["nobodys"]),
        leads=re.compile(around["leads"].replace("ROLE", role)),
        desk=re.compile(around["desk"]),
        heads=frozenset(w for _, row in rows if row.get("heads", True) for w in row["words"]),
        kin=tuple((frozenset(row["words"]), re.compile(row["brands"])) for row in table["kin"]),
        shortened=compile_shortened(table["shortened"]),
    )
