"""A person's decision on a row, and what it makes of the row.

A review makes no number and no evidence. It takes a row's word away, or says that a doubt about
pages that do speak for the brand was looked into (`docs/decisions/0022-reviews.md`). All of it can
be taken back: the verdict that a row has by itself stays among its reasons.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields
from datetime import date, datetime
from enum import StrEnum, auto

from pipelines.diff import OBSERVATION
from pipelines.model import Hotline
from pipelines.reconcile import hotline_id
from pipelines.verify import LINK_RULE
from pipelines.vocabulary import Verdict

PROVEN = (Verdict.CONFIRMED, Verdict.OFFICIAL)
_REVIEW = "review:"
_BEFORE = "before_review:"
# Content that says how a row stands, not what the brand's pages say of the number.
_STANDING = frozenset(
    (
        "id",
        "brand_id",
        "number",
        "area",
        "extension",
        "presence",
        "presence_reason",
        "verdict",
        "verdict_reasons",
        "source_kinds",
        "first_seen",
    )
)
#: What the pages of a brand say of a number.
CLAIMS = tuple(f.name for f in dataclass_fields(Hotline) if f.name not in OBSERVATION | _STANDING)
# What is said for a row; all other reasons are said against it.
_FOR = ("declared_page", "second_kind", "register", "corroborated")
#: Doubts about pages that do speak for the brand, which a person may set aside. Whatever says
#: that no page does (`no_tls`, `unproven_ground` …), or that a register knows better, is not here.
RAISABLE = frozenset(
    (
        "pages_disagree",
        "structured_data_differs",
        "link_dials_another",
        "one_of_many_pages",
        "said_retired",
        "only_dated_pages",
        "shape",
        LINK_RULE,
    )
)
PENDING_RETIRED = f"{_REVIEW}pending_retired"


class Decision(StrEnum):
    """What a person says of a row."""

    ACCEPT = auto()
    REJECT = auto()
    ANNOTATE = auto()


@dataclass(frozen=True, slots=True)
class RowReview:
    """One decision about one row, or about one change of it.

    Attributes:
        dated: The first day on which it acts.
        expires: The last day on which it acts.
        change: Code of the pending change that it is about; "" if about the row as such.
        doubts: Reason codes that an acceptance sets aside; doubts that come later still count.
        place: File and line where a person wrote it.
    """

    brand_id: str
    number: str
    decision: Decision
    reason: str
    reviewer: str
    dated: date
    expires: date
    area: str = ""
    extension: str = ""
    change: str = ""
    doubts: tuple[str, ...] = ()
    place: str = ""

    @property
    def row_id(self) -> str:
        """Id of the hotline."""
        return hotline_id(self.brand_id, (self.number, self.area, self.extension))

    @property
    def told(self) -> str:
        """Why, who decided, and until when."""
        return f"{self.reason} ({self.reviewer}, {self.dated} to {self.expires})"

    def acts(self, now: datetime) -> bool:
        """Whether it is in force."""
        return self.dated <= now.date() <= self.expires


@dataclass(frozen=True, slots=True)
class BrandReviews:
    """Reviews of one brand; `held`: changes of its rows wait for one."""

    reviews: tuple[RowReview, ...] = ()
    held: bool = False


@dataclass(frozen=True, slots=True)
class RunReviews:
    """All reviews that a run was built with, and the brands whose changes wait."""

    reviews: tuple[RowReview, ...] = ()
    held: frozenset[str] = frozenset()

    def of(self, brand_id: str) -> BrandReviews:
        """What concerns one brand."""
        own = tuple(r for r in self.reviews if r.brand_id == brand_id)
        return BrandReviews(own, brand_id in self.held)


NO_REVIEWS = RunReviews()


def unreviewed(hotline: Hotline) -> Hotline:
    """A row as its own pages make it, whatever people decided about it."""
    codes, said = hotline.verdict_reasons, hotline.verdict_evidence
    own = next((c[len(_BEFORE) :] for c in codes if c.startswith(_BEFORE)), "")
    return replace(
        hotline,
        verdict=Verdict(own) if own else hotline.verdict,
        verdict_reasons=tuple(c for c in codes if not c.startswith((_REVIEW, _BEFORE))),
        verdict_evidence=said and tuple(p for p in said if not p.startswith(_REVIEW)),
    )


def change_code(row_id: str, row: Hotline | None) -> str:
    """The name of a change by what it leads to: the claims of a row, or its removal."""
    claims = None if row is None else {name: getattr(row, name) for name in CLAIMS}
    text = json.dumps([row_id, claims], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def decided(row: Hotline, review: RowReview) -> Hotline:
    """A row after the decision on it."""
    if review.decision is Decision.REJECT:
        return marked(row, "rejected", review, Verdict.UNVERIFIED)
    if review.decision is Decision.ANNOTATE:
        return marked(row, "noted", review)
    if row.verdict in PROVEN:
        return marked(row, "accepted", review)
    if barring(row, review):
        return marked(row, "not_raised", review)
    # One person's look is no second page: never `confirmed`.
    return marked(row, "accepted", review, Verdict.OFFICIAL)


def barring(row: Hotline, review: RowReview) -> tuple[str, ...]:
    """What is said against a row, and is not named in its acceptance or never to be set aside."""
    aside = {code for code in review.doubts if code.partition(":")[0] in RAISABLE}
    return tuple(
        code
        for code in row.verdict_reasons
        if code.partition(":")[0] not in _FOR
        and (code == PENDING_RETIRED or not code.startswith((_REVIEW, _BEFORE)))
        and code not in aside
    )


def marked(
    row: Hotline, state: str, review: RowReview | None, verdict: Verdict | None = None
) -> Hotline:
    """A row with a decision among its reasons; one that sets the verdict stands first."""
    code, said = f"{_REVIEW}{state}", row.verdict_evidence
    held = next((c for c in row.verdict_reasons if c.startswith(_BEFORE)), "")
    others = tuple(c for c in row.verdict_reasons if not c.startswith(_BEFORE))
    before = held or (f"{_BEFORE}{row.verdict}" if verdict else "")
    codes = (code, *others, before) if verdict else (*others, code, before)
    return replace(
        row,
        verdict=verdict or row.verdict,
        verdict_reasons=tuple(filter(None, codes)),
        verdict_evidence=(f"{code}: {review.told}", *(said or ())) if review else said,
    )


def with_note(row: Hotline, review: RowReview) -> Hotline:
    """A row with the words that let its change through; they are no content."""
    said = f"{_REVIEW}change_accepted: {review.told}"
    return replace(row, verdict_evidence=(*(row.verdict_evidence or ()), said))
