"""Whose number is this? Answers from the tables of a run and the history; nothing is written.

`official` (exit 0 for scripts) rests on verdict `confirmed` or `official` only. What a brand's own
pages leave in doubt (conflict, no TLS) is `claimed`: it must not look official to anybody in need.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from outputs.history import Version, versions_with
from outputs.lookup_tables import (
    PROVEN,
    Quote,
    Snapshot,
    best_first,
    brand_called,
    claim_quote,
    claim_reasons,
    instead_of,
    last_quote,
    overseas,
    owner_of_code,
    owner_rule,
    row_quote,
    texts,
    why_not,
)
from outputs.rows import Row
from pipelines.asking import Asked, asked_about
from pipelines.model import Number
from pipelines.rules import load_rules
from pipelines.vocabulary import ClaimVerdict, NumberClass, Owner, Verdict

# What weighs most comes first: that it is somebody else's, then that it is a trick.
_CLAIMS = tuple(
    verdict.value
    for verdict in (
        ClaimVerdict.BELONGS_TO_OTHER,
        ClaimVerdict.IMPOSTOR,
        ClaimVerdict.UNSUPPORTED,
        ClaimVerdict.SUPPORTED,
    )
)
_STATE = (NumberClass.PUBLIC_SERVICE, NumberClass.EMERGENCY)


class AnswerKind(StrEnum):
    """The closed set of answers."""

    OFFICIAL = auto()
    WAS_OFFICIAL = auto()
    CLAIMED = auto()
    BELONGS_TO_OTHER = auto()
    NOT_IN_DATA = auto()


class NoNumberError(ValueError):
    """What was asked about holds no digits that could be a number."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the data say of one number.

    Attributes:
        reasons: Codes, the weightiest first; `lang.toml` has their words.
        brands: Ids of the brands it is (or was, or is said to be) a number of.
        owner: Whose it is otherwise, as far as a name is known.
        hotlines: Rows of table `hotlines` the answer rests on.
        instead: Rows of the same brand and purpose that are official.
        abroad: Another row of the brand that can be reached from abroad, if this one cannot.
        claims: Rows of table `claims` that it rests on.
    """

    asked: str
    kind: AnswerKind
    number: Number | None
    reasons: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    owner: str = ""
    since: datetime | None = None
    until: datetime | None = None
    hotlines: tuple[Row, ...] = ()
    quotes: tuple[Quote, ...] = ()
    instead: tuple[Row, ...] = ()
    abroad: Row | None = None
    claims: tuple[Row, ...] = ()


def check(snapshot: Snapshot, text: str, brand: str | None = None) -> tuple[Answer, ...]:
    """Answers on each number in what a person wrote.

    Args:
        brand: Id or name of the brand it is said to belong to; else any brand.

    Raises:
        NoNumberError: There are no digits in it.
        UnknownBrandError: No such brand.
    """
    brand_id = brand_called(snapshot, brand) if brand else None
    named = next((row for row in snapshot.hotlines if row["id"] == text.strip()), None)
    if named is not None:  # ids are printed everywhere: shilixing/95007
        text, brand_id = text.partition("/")[2], brand_id or str(named["brand_id"])
    asked = _asked(snapshot, text, brand_id)
    if not asked:
        raise NoNumberError(
            f"there is no telephone number in {text[:60]!r}; write its digits, e.g. 95188"
        )
    return tuple(_answer(snapshot, item, brand_id) for item in asked)


def _asked(snapshot: Snapshot, text: str, brand_id: str | None) -> tuple[Asked, ...]:
    """The numbers, read by the plan of the country in which one of them is known."""
    rows = [snapshot.brands[brand_id]] if brand_id else list(snapshot.brands.values())
    countries = dict.fromkeys([*(["CN"] * (brand_id is None)), *(str(r["country"]) for r in rows)])
    read = [asked_about(text, country, load_rules()) for country in countries]
    known = {str(row["number"]) for row in (*snapshot.hotlines, *snapshot.evidence)}
    for asked in read:
        if any(item.number and item.number.number in known for item in asked):
            return asked
    return next((asked for asked in read if asked), ())


def _answer(snapshot: Snapshot, asked: Asked, brand_id: str | None) -> Answer:
    number = asked.number
    if number is None:
        codes = (f"shape:{asked.refused}",)
        return Answer(
            asked.raw, AnswerKind.NOT_IN_DATA, None, codes,
            instead=instead_of(snapshot, brand_id, ()),
        )  # fmt: skip
    evidence = [row for row in snapshot.evidence if _is(row, number)]
    question = _Question(snapshot, asked, number, brand_id, evidence)
    for step in (
        question.published,
        question.of_another_brand,
        question.earlier,
        question.assigned,
        question.claimed,
        question.of_third_party,
        question.doubtful,
    ):
        answer = step()
        if answer is not None:
            return answer
    if brand_id is not None:  # what is known of it as another brand's is worth knowing, too
        of_any = _answer(snapshot, asked, None)
        if of_any.kind is not AnswerKind.NOT_IN_DATA:
            return of_any
    return question.unknown()


@dataclass(frozen=True, slots=True)
class _Question:
    """One number, and each answer it may get, in order."""

    snapshot: Snapshot
    asked: Asked
    number: Number
    brand_id: str | None
    evidence: Sequence[Row]

    def published(self) -> Answer | None:
        """A row of the data: official only if its verdict says so."""
        rows = [row for row in self._rows() if self.brand_id in (None, row["brand_id"])]
        proven = [row for row in rows if row["verdict"] in PROVEN]
        if proven:
            since = min(map(_first_seen, proven))
            return self._make(AnswerKind.OFFICIAL, proven, self._area(proven), since=since)
        stale = [row for row in rows if row["verdict"] == Verdict.STALE]
        if stale:
            until = max(row["last_seen"] for row in stale)  # type: ignore[type-var]
            return self._make(AnswerKind.WAS_OFFICIAL, stale, until=until)  # type: ignore[arg-type]
        return self._make(AnswerKind.CLAIMED, rows) if rows else None

    def _area(self, rows: Sequence[Row]) -> tuple[str, ...]:
        """The area that was left out: behind another one the same code is somebody else's."""
        areas = dict.fromkeys(str(row["area"]) for row in rows if row["area"])
        return tuple(f"with_area:{area}" for area in areas) if not self.number.area else ()

    def of_another_brand(self) -> Answer | None:
        """Asked for one brand, official (or at least printed) for another."""
        rows = [row for row in self._rows() if row["verdict"] in PROVEN]
        if rows:
            return self._make(AnswerKind.BELONGS_TO_OTHER, rows)
        doubtful = self._rows() if self.brand_id else []
        return self._make(AnswerKind.CLAIMED, doubtful) if doubtful else None

    def earlier(self) -> Answer | None:
        """A row that left the data."""
        ended = [
            version
            for version in versions_with(self.snapshot.data_dir, number=self.number.number)
            if version.removed and self._is_meant(version)
        ]
        current = {row["id"] for row in self.snapshot.hotlines}
        last = [v for v in ended if v.id not in current and v.content["verdict"] in PROVEN]
        if not last:
            return None
        newest = max(last, key=lambda version: version.valid_from)
        brand = str(newest.content["brand_id"])
        replaced = [r for r in self.snapshot.hotlines if r["id"] == newest.replaced_by]
        purposes = texts(newest.content["purposes"])
        return Answer(
            self.asked.raw, AnswerKind.WAS_OFFICIAL, self.number, (newest.removed,), (brand,),
            since=newest.first_seen, until=newest.last_seen or newest.valid_to,
            quotes=last_quote(self.snapshot, newest),
            instead=tuple(replaced) or instead_of(self.snapshot, brand, purposes),
        )  # fmt: skip

    def assigned(self) -> Answer | None:
        """Codes of regulators, police and carriers, whatever a page says."""
        owner = owner_of_code(self.number.number)
        if owner is None and self.number.number_class not in _STATE:
            return None
        return self._make(AnswerKind.BELONGS_TO_OTHER, (), ("assigned_code",), owner=owner or "")

    def claimed(self) -> Answer | None:
        """What others say, as table `claims` has judged it."""
        rows = [row for row in self.snapshot.claims if _is(row, self.number)]
        rows = [row for row in rows if self.brand_id in (None, row["brand_id"])]
        if not rows:
            return None
        others = dict.fromkeys(str(row["belongs_to"]) for row in rows if row["belongs_to"])
        rows = sorted(rows, key=lambda row: _CLAIMS.index(str(row["verdict"])))
        other = bool(others) and rows[0]["verdict"] == ClaimVerdict.BELONGS_TO_OTHER
        kind = AnswerKind.BELONGS_TO_OTHER if other else AnswerKind.CLAIMED
        brands = tuple(dict.fromkeys(str(row["brand_id"]) for row in rows))
        return Answer(
            self.asked.raw, kind, self.number, claim_reasons(rows), brands,
            owner=", ".join(others), quotes=tuple(map(claim_quote, rows)),
            instead=instead_of(self.snapshot, brands[0], ()), claims=tuple(rows),
        )  # fmt: skip

    def of_third_party(self) -> Answer | None:
        """Printed on a brand's page as somebody else's."""
        rows = [row for row in self.evidence if row["owner"] == Owner.THIRD_PARTY]
        if not rows:
            return None
        reasons = tuple(dict.fromkeys(owner_rule(row) for row in rows))
        return self._make(AnswerKind.BELONGS_TO_OTHER, (), ("third_party", *reasons), quoted=rows)

    def doubtful(self) -> Answer | None:
        """Offered by a page that proves nothing, or dialled by a link that says otherwise."""
        reasons: dict[str, Row] = {}
        for row in self.evidence:
            if row["is_hotline"]:
                reasons.setdefault(self.snapshot.unpublished(row), row)
            elif row["carrier"] == "tel_link" and "tel_link_differs" in texts(row["rules"]):
                reasons.setdefault("link_dials_another", row)
        if not reasons:
            return None
        return self._make(AnswerKind.CLAIMED, (), tuple(reasons), quoted=tuple(reasons.values()))

    def unknown(self) -> Answer:
        """Nobody's, as far as we know; if it was seen, why it is not published."""
        seen = [row for row in self.evidence if self.brand_id in (None, row["brand_id"])]
        reasons = tuple(dict.fromkeys(code for row in seen for code in why_not(row)))
        note = f"note:{self.number.note}"
        return self._make(AnswerKind.NOT_IN_DATA, (), reasons or (note,), quoted=seen)

    def _rows(self) -> list[Row]:
        return [row for row in self.snapshot.hotlines if _is(row, self.number)]

    def _is_meant(self, version: Version) -> bool:
        areas = ("", self.number.area) if self.number.area else (version.content["area"],)
        mine = self.brand_id in (None, version.content["brand_id"])
        return mine and version.content["area"] in areas

    def _make(
        self,
        kind: AnswerKind,
        rows: Sequence[Row],
        reasons: tuple[str, ...] = (),
        *,
        owner: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        quoted: Sequence[Row] | None = None,
    ) -> Answer:
        brands = tuple(dict.fromkeys(str(r["brand_id"]) for r in rows or quoted or ()))
        if rows:
            best = {row["evidence_url"] for row in rows}
            own = [e for e in self.evidence if e["brand_id"] in brands]
            quoted = best_first(own, best)
        quotes = self.snapshot.quotes(quoted or ()) or tuple(map(row_quote, rows))
        codes = [code for row in rows for code in texts(row["verdict_reasons"])]
        asked_for = self.brand_id or next(iter(brands), None)
        purposes = [p for row in rows or quoted or () for p in _purposes(row)]
        official = kind is AnswerKind.OFFICIAL
        return Answer(
            self.asked.raw, kind, self.number,
            tuple(dict.fromkeys((*reasons, *codes))), brands, owner, since, until, tuple(rows),
            quotes,
            () if official else instead_of(self.snapshot, asked_for, purposes),
            overseas(self.snapshot, rows[0]) if official else None,
        )  # fmt: skip


def _is(row: Row, number: Number) -> bool:
    area = str(row["area"])
    return row["number"] == number.number and (not number.area or area in ("", number.area))


def _purposes(row: Row) -> list[str]:
    return texts(row["purposes"]) if "purposes" in row else [str(row.get("purpose", ""))]


def _first_seen(row: Row) -> datetime:
    seen = row["first_seen"]
    assert isinstance(seen, datetime)
    return seen
