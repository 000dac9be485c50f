"""Numbers of one line for callers from different places: what is said of one holds for all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipelines.context.region import RegionRules
from pipelines.model import Evidence, Mention
from pipelines.numbering.fold import fold_part
from pipelines.vocabulary import Owner

RULE = "given_together"
_FAR = 70  # characters between two numbers


def with_what_holds_for_all(
    evidence: Sequence[Evidence],
    mentions: Sequence[Mention],
    joins: re.Pattern[str],
    regions: RegionRules,
) -> tuple[Evidence, ...]:
    """Evidence in which numbers of one line have the hours that the page says of one of them.

    … from the UK, or +44 … from outside; 客服热线（7×24小时）：境内95188，境外+86-571-… A number
    behind nothing but the name of a country is the hotline that the number before it is.

    Args:
        evidence: All numbers of the page.
        mentions: Where each of them stands.
        joins: What may stand between two numbers of one line, besides names of countries.
        regions: Names of countries.
    """
    items = list(evidence)
    pairs = list(_pairs(mentions, joins, regions))
    for first, second, is_of_a_country in pairs:
        if is_of_a_country:
            items[second] = _offered_too(items[first], items[second])
        items[second] = _with_hours(items[first], items[second])
    for first, second, _ in reversed(pairs):
        items[first] = _with_hours(items[second], items[first])
    return tuple(items)


def _pairs(
    mentions: Sequence[Mention], joins: re.Pattern[str], regions: RegionRules
) -> Iterator[tuple[int, int, bool]]:
    """Places of two numbers that are given together, and if the second has a country's name."""
    for second in range(1, len(mentions)):
        one, other = mentions[second - 1], mentions[second]
        is_next = one.block is other.block and 0 < other.start - one.end <= _FAR
        if not is_next:
            continue
        between = fold_part(one.block.text, one.end, other.start)
        unnamed = regions.names.sub("", between)
        if joins.fullmatch(unnamed):
            yield second - 1, second, unnamed != between


def _offered_too(one: Evidence, other: Evidence) -> Evidence:
    is_bare = "label:none" in other.rules and other.owner is one.owner is Owner.SELF
    if not (one.is_hotline and is_bare):
        return other
    rules = (*other.rules, RULE)
    return replace(other, label=one.label, purpose=one.purpose, is_hotline=True, rules=rules)


def _with_hours(one: Evidence, other: Evidence) -> Evidence:
    """The second with the hours of the first, if it is offered and has none."""
    if not (one.is_hotline and other.is_hotline and one.hours and not other.hours_raw):
        return other
    hours = {"hours_raw": one.hours_raw, "hours": one.hours, "hours_approx": one.hours_approx}
    rules = other.rules if RULE in other.rules else (*other.rules, RULE)
    return replace(other, rules=rules, **hours)  # type: ignore[arg-type]
