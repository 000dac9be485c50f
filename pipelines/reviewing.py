"""The rows of a brand after what people decided: changes that wait, decisions, idle reviews."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipelines.diff import same_content
from pipelines.model import Hotline, Issue, Removal
from pipelines.presence import Standing, held_back
from pipelines.review import (
    CLAIMS,
    PENDING_RETIRED,
    PROVEN,
    RAISABLE,
    BrandReviews,
    Decision,
    RowReview,
    barring,
    change_code,
    decided,
    marked,
    unreviewed,
    with_note,
)
from pipelines.shared import alone
from pipelines.vocabulary import Cause, Level, Presence, Verdict

_GONE = "leaves the data (said_by_page)"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A brand's rows after its reviews.

    Attributes:
        decided: Ids of rows that differ from what is published by a person's decision alone.
    """

    standing: Standing
    issues: tuple[Issue, ...] = ()
    decided: frozenset[str] = frozenset()


def review_rows(
    standing: Standing,
    published: Sequence[Hotline],
    reviews: BrandReviews,
    *,
    known: bool,
    now: datetime,
    run_id: str,
) -> Reviewed:
    """Rows and removals of a brand after what people decided.

    Args:
        published: Rows of the parent snapshot, as they stand there.
        known: The brand was published before; its first rows are no changes, and wait for nobody.
    """
    acting = [review for review in reviews.reviews if review.acts(now)]
    before = {row.id: unreviewed(alone(row)) for row in published}
    desk = _Desk(
        before,
        {(r.row_id, r.change): r for r in acting if r.change},
        {r.row_id: r for r in acting if not r.change},
        frozenset(row.id for row in published if PENDING_RETIRED in row.verdict_reasons),
        held=reviews.held and known,
        now=now,
        run_id=run_id,
    )
    waited = _waited(desk, standing)
    rows = tuple(desk.decided(row) for row in waited.standing.hotlines)
    issues = [*waited.issues, *desk.refused(waited.standing.hotlines)]
    if reviews.reviews:
        waiting = {(row_id, change_code(row_id, None)) for row_id in desk.retired}
        issues += _idle(reviews.reviews, _states(standing, before) | waiting, now)
    return Reviewed(
        replace(waited.standing, hotlines=rows),
        tuple(issues),
        waited.decided | _by_review(published, before, standing.hotlines, rows),
    )


@dataclass(frozen=True, slots=True)
class _Desk:
    """The decisions that are in force, laid beside the rows of a brand."""

    before: Mapping[str, Hotline]
    on_changes: Mapping[tuple[str, str], RowReview]
    on_rows: Mapping[str, RowReview]
    retired: frozenset[str]  # rows that their own page retired, and whose removal waited
    held: bool
    now: datetime
    run_id: str

    def of_change(self, row_id: str, row: Hotline | None) -> RowReview | None:
        """The decision on what a row is to become."""
        return self.on_changes.get((row_id, change_code(row_id, row))) if self.on_changes else None

    def lets(self, row_id: str, row: Hotline | None) -> bool:
        """Whether a change may be published."""
        found = self.of_change(row_id, row)
        return not self.held if found is None else found.decision is not Decision.REJECT

    def decided(self, row: Hotline) -> Hotline:
        """A row after the decision on it."""
        review = self.on_rows.get(row.id)
        return row if review is None else decided(row, review)

    def refused(self, rows: Iterable[Hotline]) -> Iterable[Issue]:
        """Acceptances that raise nothing."""
        for row in rows:
            review = self.on_rows.get(row.id)
            if review is None or review.decision is not Decision.ACCEPT or row.verdict in PROVEN:
                continue
            if open_ := barring(row, review):
                said = f"{row.id} stays {row.verdict}: {', '.join(open_)} is not set aside"
                yield _issue(review, "review_not_raised", said, _raising(open_))


def _raising(codes: Sequence[str]) -> str:
    if all(code.partition(":")[0] in RAISABLE for code in codes):
        return "if you looked into it: doubts = [" + ", ".join(f'"{c}"' for c in codes) + "]"
    return "no review sets that aside: find a page on proven ground that prints the number"


# --- changes that wait ------------------------------------------------------------------------


def _waited(desk: _Desk, standing: Standing) -> Reviewed:
    """The standing without the changes that nobody has let through."""
    rows: list[Hotline] = []
    removals: list[Removal] = []
    issues: list[Issue] = []
    let: set[str] = set()
    for row in standing.hotlines:
        if row.id in desk.retired and row.presence is Presence.NOT_OBSERVED:
            # No page has offered it since the one that said that it is out of use.
            rows.append(_out_of_use(row))
            if not desk.lets(row.id, None):  # else it leaves once its page is read again
                issues += _pending(desk.of_change(row.id, None), row.id, row, _GONE, gone=True)
            continue
        old, review = desk.before.get(row.id), desk.of_change(row.id, row)
        if not _is_change(old, row) or desk.lets(row.id, row):
            rows.append(with_note(row, review) if review else row)
            let |= {row.id} if _is_change(old, row) and desk.held else set()
            continue
        rows += [] if old is None else [_held_change(old, row, review)]
        issues += _pending(review, row.id, row, _what(old, row))
    for removal in standing.removals:
        row_id = removal.before.id
        if removal.cause is Cause.REGISTRY or desk.lets(row_id, None):
            by_review = desk.held and removal.cause is not Cause.REGISTRY
            removals.append(replace(removal, cause=Cause.REVIEW) if by_review else removal)
            continue
        review = desk.of_change(row_id, None)
        waiting = held_back(removal.before, "review_pending", now=desk.now, run_id=desk.run_id)
        retired = removal.reason == "said_by_page" or row_id in desk.retired
        rows.append(_out_of_use(waiting) if retired else marked(waiting, _state_of(review), review))
        # Its pages did not show it before either: all that changed is that it waits.
        let |= {row_id} if removal.before.presence is Presence.NOT_OBSERVED else set()
        what = f"leaves the data ({removal.reason})"
        issues += _pending(review, row_id, removal.before, what, gone=True)
    dropped = frozenset(r.id for r in standing.hotlines) - {r.id for r in rows}
    found = Standing(tuple(sorted(rows, key=lambda r: r.id)), tuple(removals))
    found = _unlinked(found, dropped)
    return Reviewed(found, tuple(issues), frozenset(let))


def _is_change(old: Hotline | None, row: Hotline) -> bool:
    """Whether a row claims something else than before, or is called official only now."""
    if old is None or any(getattr(old, name) != getattr(row, name) for name in CLAIMS):
        return True
    return row.verdict in PROVEN and old.verdict not in PROVEN


def _held_change(old: Hotline, row: Hotline, refused: RowReview | None) -> Hotline:
    """What was claimed before, as seen now. A doubt does not wait: the lower verdict stands."""
    claims = {name: getattr(old, name) for name in CLAIMS}
    if row.verdict in PROVEN and old.verdict not in PROVEN:
        claims |= {"verdict": old.verdict, "verdict_reasons": old.verdict_reasons}
        claims |= {"verdict_evidence": old.verdict_evidence}
    return marked(replace(row, **claims), _state_of(refused), refused)


def _state_of(refused: RowReview | None) -> str:
    return "pending" if refused is None else "change_rejected"


def _out_of_use(row: Hotline) -> Hotline:
    """Nobody should be sent to a number of which the brand says that it is out of use."""
    lower = Verdict.CONFLICT if row.verdict in PROVEN else row.verdict
    return marked(row, "pending_retired", None, lower)


def _unlinked(standing: Standing, dropped: frozenset[str]) -> Standing:
    """Nothing names a successor that is not published."""

    def freed(row: Hotline) -> Hotline:
        return replace(row, replaced_by=None) if row.replaced_by in dropped else row

    return Standing(
        tuple(freed(row) for row in standing.hotlines),
        tuple(replace(r, before=freed(r.before)) for r in standing.removals),
    )


def _what(old: Hotline | None, row: Hotline) -> str:
    if old is None:
        told = ", ".join(filter(None, (*row.purposes, row.hours or row.hours_raw)))
        return f"is new ({told})"
    names = [name for name in CLAIMS if getattr(old, name) != getattr(row, name)]
    told = "; ".join(f"{n}: {_short(getattr(old, n))} → {_short(getattr(row, n))}" for n in names)
    return told or f"verdict: {old.verdict} → {row.verdict}"


def _short(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return (text if len(text) <= 60 else f"{text[:59]}…") or "nothing"


def _pending(
    review: RowReview | None, row_id: str, row: Hotline, what: str, *, gone: bool = False
) -> Iterable[Issue]:
    code = change_code(row_id, None if gone else row)
    if review is None:
        said, level = f"{row_id}: {what}; it waits for a review", Level.WARNING
        name, advice = "review_pending", "`hotlines review list --pending` prints what to decide"
    else:
        said, level = f"{row_id}: {what}; rejected: {review.told}", Level.INFO
        name, advice = "review_rejected_change", "the old row stays while the review does"
    yield Issue(level, name, said, advice, row.brand_id, row.evidence_url, row_id, code)


# --- reviews that do nothing ------------------------------------------------------------------


def _states(standing: Standing, before: Mapping[str, Hotline]) -> frozenset[tuple[str, str]]:
    """What reviews may be about: rows as they are read, and their absence."""
    rows = {row.id: row for row in standing.hotlines}
    ids = rows.keys() | before.keys()
    found = {(row_id, change_code(row_id, rows.get(row_id))) for row_id in ids}
    return frozenset(found | {(row_id, "") for row_id in rows})


def _idle(
    reviews: Iterable[RowReview], states: frozenset[tuple[str, str]], now: datetime
) -> Iterable[Issue]:
    present = {row_id for row_id, _ in states}
    for review in reviews:
        removal = bool(review.change) and review.change == change_code(review.row_id, None)
        if review.expires < now.date():
            said = f"the review of {review.row_id} ended on {review.expires}: it does not act"
            advice = "look again: renew it with a new date, or delete it"
            yield _issue(review, "review_expired", said, advice)
        elif review.dated > now.date():
            said = f"the review of {review.row_id} begins on {review.dated}: it does not act yet"
            yield _issue(review, "review_unused", said, "correct its date if it should")
        elif (review.row_id, review.change) not in states and not (
            removal and review.row_id not in present
        ):
            what = f"change {review.change} of {review.row_id}" if review.change else review.row_id
            said = f"the review of {what} is about nothing that is there"
            advice = "correct its number, area or extension; or delete it"
            yield _issue(review, "review_unused", said, advice)


def _issue(review: RowReview, code: str, said: str, advice: str) -> Issue:
    message = f"{review.place}: {said} ({review.reason})"
    return Issue(Level.WARNING, code, message, advice, review.brand_id, "", review.row_id)


def _by_review(
    published: Iterable[Hotline],
    before: Mapping[str, Hotline],
    read: Iterable[Hotline],
    rows: Iterable[Hotline],
) -> frozenset[str]:
    """Rows whose pages say what they said before, or that only wait: people changed them."""
    pages = {row.id: row for row in read}
    after = {row.id: row for row in rows}
    return frozenset(
        old.id
        for old in published
        if (new := after.get(old.id)) is not None
        and not same_content(alone(old), new)
        and any(same_content(before[old.id], r) for r in (pages.get(old.id), unreviewed(new)) if r)
    )
