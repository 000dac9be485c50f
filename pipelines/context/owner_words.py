"""The table `owners.toml`: words that tell whose a number is, and what a text says by them.

Pages share the words beside their numbers, and those of a site most others: each text is read once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from pipelines.context.firms import Firms
from pipelines.context.statements import Statements
from pipelines.context.warnings import WarningRules, compile_warnings
from pipelines.vocabulary import Owner
from pipelines.word_patterns import Words, compile_words

_CLAUSE = re.compile("[,;、]")
_OWNERS = ("self", "regulator", "third_party")


class Telecom(NamedTuple):
    """A carrier's codes, its names among those of a brand, and at the head or foot of a page."""

    codes: re.Pattern[str]
    names: re.Pattern[str]
    shown: re.Pattern[str]


class Named(NamedTuple):
    """Whom a text names: words for owners with their span, companies and persons with their end."""

    owners: tuple[tuple[int, int, Owner], ...]
    companies: tuple[tuple[str, int], ...]
    persons: tuple[int, ...]


class Told(NamedTuple):
    """What the sentence before a number says: whom it asks, quotes, names last; if it calls."""

    asked: tuple[tuple[str, str], ...]
    at_number: str
    in_quotes: str
    calls: bool


@dataclass(frozen=True, slots=True, eq=False)
class OwnerWords:
    """The compiled table."""

    near: Mapping[Owner, Words]
    any_near: Words  # all of them: beside most numbers stands none
    persons: Words  # who have mobiles and no leased number
    carriers: tuple[Telecom, ...]
    warnings: WarningRules
    heading: Mapping[Owner, Words]
    any_heading: Words
    column_of_firms: re.Pattern[str]  # the head of a column of other firms' names
    above_firms: Words  # what stands above a list of them
    general: re.Pattern[str]  # headings that name nobody
    reporter: re.Pattern[str]  # who writes an article
    branch: Words
    region: Words
    main: Words
    kinds: tuple[Words, ...]
    firms: Firms
    statements: Statements

    def named(self, text: str) -> Named:
        """Whom a text names."""
        return _named(self, text)

    def told(self, sentence: str) -> Told:
        """What the sentence before a number says."""
        return _told(self, sentence)

    def headed(self, heading: str) -> Owner | None:
        """The owner that the words of a heading tell, whoever publishes the page."""
        return _headed(self, heading)

    def kinds_in(self, text: str) -> frozenset[int]:
        """Which kinds of lines a text speaks of."""
        return frozenset(place for place, kind in enumerate(self.kinds) if kind.search(text))

    def tells_of_branch(self, before: str) -> bool:
        """The text before a number names a branch, and no other number since."""
        return _tells_of_branch(self, before)


@lru_cache(maxsize=2048)
def _named(words: OwnerWords, text: str) -> Named:
    near = words.near.items() if words.any_near.search(text) else ()
    said = ((*m.span(), owner) for owner, its in near for m in its.finditer(text))
    persons = (match.end() for match in words.persons.finditer(text))
    return Named(tuple(said), tuple(words.firms.named_in(text)), tuple(persons))


@lru_cache(maxsize=1024)
def _told(words: OwnerWords, sentence: str) -> Told:
    said = words.statements
    calls = said.calls.search(sentence) is not None
    quoted = said.named_in_quotes(sentence)
    return Told(tuple(said.asked_in(sentence)), said.named_at_number(sentence), quoted, calls)


@lru_cache(maxsize=1024)
def _headed(words: OwnerWords, heading: str) -> Owner | None:
    if words.statements.we.search(heading):
        return Owner.SELF
    if not words.any_heading.search(heading):
        return None
    told = (Owner.REGULATOR, Owner.THIRD_PARTY, Owner.SELF)
    said = (o for o in told if o in words.heading and words.heading[o].search(heading))
    return next(said, None)


@lru_cache(maxsize=1024)
def _tells_of_branch(words: OwnerWords, before: str) -> bool:
    said = words.statements
    *_, clause = _CLAUSE.split(before)
    if said.everywhere.search(clause):  # 营业网点查询，全国统一客服热线：…
        return False
    return words.branch.search(said.since_told(said.or_call.split(before)[-1])) is not None


def compile_owners(table: Mapping[str, Any], firms: Firms, statements: Statements) -> OwnerWords:
    """Compiles the table `owners.toml`."""

    def words(scope: str, *owners: str) -> Words:
        rows = [r for r in table["owner"] if r["owner"] in owners and r["scope"] == scope]
        return compile_words("|".join(w for row in rows for w in row["words"]), re.IGNORECASE)

    def by_owner(scope: str) -> dict[Owner, Words]:
        told = {row["owner"] for row in table["owner"] if row["scope"] == scope}
        return {Owner(owner): words(scope, owner) for owner in _OWNERS if owner in told}

    near = by_owner("near")
    persons = [word for row in table["person"] for word in row["words"]]
    carriers = (
        Telecom(*(re.compile(row[key]) for key in ("codes", "names", "shown")))
        for row in table["carrier"]
    )
    branches = [word for row in table["branch"] for word in row["words"]]
    regions = [word for row in table["region"] for word in row["words"]]
    main = [word for row in table["main"] for word in row["words"]]
    kinds = (compile_words("|".join(row["words"]), re.IGNORECASE) for row in table["kind"])
    return OwnerWords(
        near,
        words("near", *_OWNERS),
        compile_words("|".join(persons)),
        tuple(carriers),
        compile_warnings(table["warning"]),
        by_owner("heading"),
        words("heading", *_OWNERS),
        re.compile(table["list"]["column"], re.I),
        compile_words(table["list"]["above"]),
        re.compile(table["list"]["general"], re.I),
        re.compile(table["reporter"]["words"]),
        compile_words("|".join(branches)),
        compile_words("|".join(regions)),
        compile_words("|".join(main)),
        tuple(kinds),
        firms,
        statements,
    )
