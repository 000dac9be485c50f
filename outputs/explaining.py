"""Why a number is in the data or out of it: since when, by which rules, on whose words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from outputs.history import Version, versions_with
from outputs.lookup import Answer, check
from outputs.lookup_tables import PROVEN, Quote, Snapshot, best_first, last_quote, texts, why_not
from outputs.rows import Row


class Standing(StrEnum):
    """Where a number stands."""

    IN = auto()
    OUT = auto()
    LEFT = auto()


@dataclass(frozen=True, slots=True)
class Case:
    """One number of one brand, and why it is where it is.

    Attributes:
        number: As its page groups it.
        reasons: Codes of the verdict, of the refusal, or of the removal.
        rules: Ids of the rules that read its best mention, in order.
        since: When it was first read; of a number never published, when it was seen.
        until: When it was last read, for one that left.
        row: Its row of table `hotlines`, while it is in.
        replaced_by: Id of the number that took its place.
    """

    standing: Standing
    brand_id: str
    id: str
    number: str
    reasons: tuple[str, ...]
    rules: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    quotes: tuple[Quote, ...] = ()
    row: Row | None = None
    replaced_by: str | None = None


def cases_of_brand(snapshot: Snapshot, brand_id: str) -> tuple[Case, ...]:
    """Every number of a brand: those that are in, were seen, and were in once."""
    rows = [row for row in snapshot.hotlines if row["brand_id"] == brand_id]
    seen = [row for row in snapshot.evidence if row["brand_id"] == brand_id]
    return _cases(snapshot, rows, seen, versions_with(snapshot.data_dir, brand_id=brand_id))


def cases_of_number(snapshot: Snapshot, text: str) -> tuple[tuple[Answer, ...], tuple[Case, ...]]:
    """What `check` answers on a number, and each brand with which it was ever seen."""
    brand, _, rest = text.partition("/")
    named = bool(rest) and brand in snapshot.brands  # an id: brand/number
    answers = check(snapshot, rest.partition("@")[0].partition("#")[0] if named else text)
    cases: list[Case] = []
    for number in {answer.number.number: None for answer in answers if answer.number}:
        rows = [row for row in snapshot.hotlines if row["number"] == number]
        seen = [row for row in snapshot.evidence if row["number"] == number]
        ended = versions_with(snapshot.data_dir, number=number)
        cases += _cases(snapshot, rows, seen, ended)
    return answers, tuple(c for c in cases if not named or c.brand_id == brand)


def _cases(
    snapshot: Snapshot, rows: Iterable[Row], seen: list[Row], versions: Iterable[Version]
) -> tuple[Case, ...]:
    current = {str(row["id"]): row for row in rows}
    inside = [_inside(snapshot, row, seen) for row in current.values()]
    published = {(row["brand_id"], row["number"]) for row in current.values()}
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in seen:
        if (row["brand_id"], row["number"]) not in published:
            key = (row["brand_id"], row["number"], row["area"])
            groups.setdefault(key, []).append(row)
    outside = [_outside(snapshot, group) for group in groups.values()]
    last = {v.id: v for v in versions if v.removed}
    left = [_left(snapshot, v) for v in last.values() if v.id not in current]
    return (*inside, *outside, *left)


def _inside(snapshot: Snapshot, row: Row, seen: list[Row]) -> Case:
    own = [
        e
        for e in seen
        if (e["brand_id"], e["number"]) == (row["brand_id"], row["number"])
        and e["area"] in ("", row["area"])
    ]
    own = best_first(own, (row["evidence_url"],))
    rules = tuple(texts(own[0]["rules"])) if own else ()
    return Case(
        Standing.IN, str(row["brand_id"]), str(row["id"]), str(row["display"]),
        tuple(texts(row["verdict_reasons"])), rules, _moment(row["first_seen"]), None,
        snapshot.quotes(own), row,
    )  # fmt: skip


def _outside(snapshot: Snapshot, group: list[Row]) -> Case:
    reasons = dict.fromkeys(code for row in group for code in why_not(row))
    first = group[0]
    if not reasons:
        grounded = [row for row in group if snapshot.on_ground(row)]
        reasons = {snapshot.unpublished((grounded or group)[0]): None}
    quotes = snapshot.quotes(group)
    return Case(
        Standing.OUT, str(first["brand_id"]), "", str(first["display"] or first["number"]),
        tuple(reasons), tuple(texts(first["rules"])), quotes[0].seen, None, quotes,
    )  # fmt: skip


def _left(snapshot: Snapshot, version: Version) -> Case:
    content = version.content
    proven = () if content["verdict"] in PROVEN else tuple(texts(content["verdict_reasons"]))
    return Case(
        Standing.LEFT, str(content["brand_id"]), version.id, str(content["display"]),
        (version.removed, *proven), (), version.first_seen,
        version.last_seen or version.valid_to, last_quote(snapshot, version),
        replaced_by=version.replaced_by,
    )  # fmt: skip


def _moment(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None
