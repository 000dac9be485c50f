"""What verbs say to people in Chinese or English: the texts of `texts.toml`, codes in words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib import resources

Texts = Mapping[str, Mapping[str, Mapping[str, str]]]
_RULE = re.compile(
    r"(?P<days>(?:[A-Z][a-z]|PH)(?:[-,](?:[A-Z][a-z]|PH))*)?\s*"
    r"(?P<times>\d\d:\d\d-\d\d:\d\d(?:,\d\d:\d\d-\d\d:\d\d)*|off)"
)
_DAY = re.compile(r"[A-Z][a-z]|PH")
#: Sections in which the detail behind the colon of a code is itself a code.
_DETAILS = {
    "declared_page": "kind", "second_kind": "kind", "purpose": "purpose", "note": "note",
    "plan": "note", "label": "place", "owner": "place", "claim": "claim", "shape": "refusal",
    "unhealthy": "reason", "review": "review_state", "before_review": "verdict", "alone": "verdict",
    "corroborated": "kind",
}  # fmt: skip


class Language(StrEnum):
    """The languages there are."""

    ZH = "zh"
    EN = "en"


@cache
def load_texts() -> Texts:
    """All texts, by section, key and language."""
    data = resources.files("crawler").joinpath("texts.toml").read_text(encoding="utf-8")
    return tomllib.loads(data)


def language_of(option: Language | None, environment: Mapping[str, str]) -> Language:
    """The language asked for, else that of LC_ALL or LANG, else Chinese.

    >>> language_of(None, {"LANG": "en_US.UTF-8"}).value, language_of(None, {"LANG": "C"}).value
    ('en', 'zh')
    """
    if option is not None:
        return option
    locale = environment.get("LC_ALL") or environment.get("LANG") or ""
    return Language.EN if locale.lower().startswith("en") else Language.ZH


class Words:
    """Texts in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._texts = load_texts()

    def __call__(self, section: str, key: str, **values: object) -> str:
        """A text with its values filled in; KeyError names what is missing."""
        return self._texts[section][key][self.language.value].format(**values)

    def code(self, section: str, code: str) -> str:
        """A code of the data in words: `reason` "owner:sentence", `note` "mobile" …

        A code nobody has written words for (of another version's data) is shown as it is.
        """
        head, _, detail = code.partition(":")
        if head in ("third_party", "regulator", "unknown"):
            detail = ""  # owner and rule; the owner's words say it
        known = self._texts[section].get(head)
        if known is None:
            return self.code("outcome", code) if section == "reason" else code
        words = known[self.language.value]
        return words.format(detail=self._detail(head, detail) if detail else "").strip()

    def codes(self, section: str, codes: Iterable[str]) -> str:
        """Several codes, joined."""
        words = dict.fromkeys(self.code(section, code) for code in codes)
        return self("page", "and").join(words)

    def day(self, moment: datetime | None) -> str:
        """A date, or a dash."""
        return f"{moment:%Y-%m-%d}" if moment else "–"

    def hours(self, osm: str) -> str:
        """Opening hours in words; the OSM text itself where it says more than words for it.

        >>> Words(Language.EN).hours("Mo-Fr 09:00-18:00; PH off")
        'Mon–Fri 09:00–18:00; public holidays closed'
        """
        if osm == "24/7":
            return self("day", "always")
        rules = [_RULE.fullmatch(part.strip()) for part in osm.split(";")]
        if not all(rules):
            return osm
        told = (self._opening(rule["days"] or "", rule["times"]) for rule in rules if rule)
        return self("page", "then").join(told)

    def _opening(self, days: str, times: str) -> str:
        said = (
            self("day", "closed") if times == "off" else times.replace("-", "–").replace(",", ", ")
        )
        when = self("day", "daily") if days in ("", "Mo-Su") else self._days(days)
        return f"{when} {said}"

    def _days(self, days: str) -> str:
        named = _DAY.sub(lambda day: self("day", day.group()), days.replace("-", self("day", "to")))
        return named.replace(",", self("page", "and"))

    def _detail(self, head: str, detail: str) -> str:
        section = _DETAILS.get(head)
        if section is None:
            return detail
        known = self._texts[section].get(detail)
        if known is None and section == "purpose":  # told by where, and not by what it is called
            known = self._texts["place"].get(detail)
        if known is None and section == "refusal":
            return self("refusal", "other", detail=detail)
        return known[self.language.value] if known else detail
