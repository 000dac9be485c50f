"""The region a page is at home in, where neither the brand nor the caller names one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from pipelines.word_patterns import Words, compile_words

HOME = "CN"
_TRADITIONAL = re.compile(
    "[們個這說與為電話務請線專員轉點單門號費會時間題實體團訊詢熱資際開關網頁權規應產營業]"
)
_SIMPLIFIED = re.compile(
    "[们个这说与为电话务请线专员转点单门号费会时间题实体团讯询热资际开关网页权规应产营业]"
)
# A page that begins so has simplified characters enough to be no other's.
_SIMPLIFIED_AT_ONCE = re.compile(f"(?s:(?>.{{0,40}}?{_SIMPLIFIED.pattern}){{12}})")
_LOOKED_AT = 2000  # characters from each end
_READ = 20_000  # characters in which a text of Latin letters names a country
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")
_EVERY = 4  # of these, one character in four is asked for its alphabet
_SHARE = 0.1  # Vietnamese has more plain letters
_LEAST = 2  # with hardly one of the other script beside them


@dataclass(frozen=True, slots=True)
class RegionRules:
    """The compiled table `regions.toml`."""

    domains: Mapping[str, str]
    languages: Mapping[str, str]
    words: Words  # one group for each of `countries`
    countries: tuple[str, ...]
    letters: re.Pattern[str]  # one group for each country
    shares: Mapping[str, float]
    any_letter: re.Pattern[str]  # the same as one set: most pages have none
    places: re.Pattern[str]  # one group for each country
    not_simplified: re.Pattern[str]  # those and traditional characters
    names: re.Pattern[str]  # one group for each country that rows of a table may name

    def of(self, text: str, url: str, language: str) -> str:
        """ISO 3166 country of a page.

        Args:
            text: Visible text.
            url: Where it was found; its host counts.
            language: `lang` of the document, or "".
        """
        domain = _host(url).rpartition(".")[2]
        if domain in self.domains:
            return self.domains[domain]
        by_language = self.languages.get(language.strip().lower().replace("_", "-"))
        if by_language:
            return by_language
        ends = text if len(text) <= 2 * _LOOKED_AT else text[:_LOOKED_AT] + text[-_LOOKED_AT:]
        sample = ends[::_EVERY]
        if _SIMPLIFIED_AT_ONCE.match(ends) and self.not_simplified.search(sample) is None:
            return HOME
        if country := self._by_letters(sample):
            return country
        has_ideographs = _IDEOGRAPH.search(sample) is not None
        return self._by_script(ends) if has_ideographs else self._by_places(text)

    def named(self, words: str) -> str:
        """The country that a cell or a label names, ISO 3166; "" for none.

        Of several that it names the first: 美国、加拿大 share their numbers.
        """
        found = self.names.search(words)
        return str(found.lastgroup) if found else ""

    def _by_letters(self, sample: str) -> str:
        """The country whose letters, of those that one language alone has, fill a page."""
        if self.any_letter.search(sample) is None:
            return ""
        found = Counter(match.lastgroup for match in self.letters.finditer(sample))
        (country, times), letters = found.most_common(1)[0], sum(map(str.isalpha, sample))
        share = self.shares.get(str(country), _SHARE)
        return str(country) if times >= max(_LEAST, share * letters) else ""

    def _by_places(self, text: str) -> str:
        """The country that a text in Latin letters names more often than all others together."""
        named = Counter(match.lastgroup for match in self.places.finditer(text[:_READ]))
        country, times = named.most_common(1)[0] if named else (HOME, 0)
        return str(country) if times >= _LEAST and 2 * times > named.total() else HOME

    def _by_script(self, text: str) -> str:
        if not _is_traditional(text, _LEAST):  # as on most pages, and told at once
            return HOME
        if not _is_traditional(text, 4 * len(_SIMPLIFIED.findall(text))):
            return HOME
        named = Counter(match.lastgroup for match in self.words.finditer(text))
        return max(self.countries, key=lambda country: named[country])


def _is_traditional(text: str, least: int) -> bool:
    return len(list(islice(_TRADITIONAL.finditer(text), least))) == least


def compile_regions(table: Mapping[str, Any]) -> RegionRules:
    """Compiles the table."""
    rows, named = table["region"], table["named"]
    letters = "".join(row["letters"].strip("[]") for row in rows if "letters" in row)
    return RegionRules(
        {domain: row["country"] for row in rows for domain in row["domains"]},
        {language: row["country"] for row in rows for language in row["languages"]},
        compile_words(_by_country(rows, "words")),
        tuple(row["country"] for row in rows if "words" in row),
        re.compile(_by_country(rows, "letters")),
        {row["country"]: row["share"] for row in rows if "share" in row},
        re.compile(f"[{letters}]"),
        re.compile(_by_country(rows, "places")),
        re.compile(f"[{letters}{_TRADITIONAL.pattern.strip('[]')}]"),
        re.compile("|".join(f"(?P<{c}>{words})" for c, words in named.items() if c != "source")),
    )


def _by_country(rows: Iterable[Mapping[str, Any]], column: str) -> str:
    return "|".join(f"(?P<{row['country']}>{row[column]})" for row in rows if column in row)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # brackets that are no IPv6 address
        return ""
