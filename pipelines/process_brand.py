"""All that a run decides about one brand: verify, reconcile, presence, then the gate.

The pages of a brand come in as visits whose readings are already typed (`process_page`); what
earlier runs knew comes in as history. Clock and run id are arguments: same input, same output.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pipelines.brand_issues import Judged, impostors, issues_of_brand
from pipelines.channels.standing import channels_of_brand
from pipelines.corroboration import corroborate, uncorroborated
from pipelines.diff import ABSENT
from pipelines.gate import BrandCounts, judge_brand
from pipelines.marks.tables import NO_MARKS, MarkRules
from pipelines.model import (
    Brand,
    BrandHistory,
    BrandOutcome,
    BrandRow,
    Channel,
    Hotline,
    Removal,
    SourceState,
    Visit,
)
from pipelines.presence import Answer, Standing, answers_of, carried, presence, retired_sources
from pipelines.recognition import is_new_look
from pipelines.reconcile import Reconciled, reconcile
from pipelines.review import BrandReviews, unreviewed
from pipelines.reviewing import review_rows
from pipelines.shared import alone
from pipelines.verify import STALE_AFTER, may_create, sightings
from pipelines.vocabulary import Cause, Outcome, Presence

_UNREVIEWED = BrandReviews()

#: How many good runs the median of a brand looks back on.
RECENT_RUNS = 7


def process_brand(
    brand: Brand,
    visits: Sequence[Visit],
    history: BrandHistory,
    *,
    now: datetime,
    run_id: str,
    accepted: bool = False,
    marks: MarkRules = NO_MARKS,
    reviews: BrandReviews = _UNREVIEWED,
    others: Sequence[Brand] = (),
) -> BrandOutcome:
    """Rows, removals, ledger and issues of one brand in one run.

    Args:
        visits: Every document that was tried; the order does not matter.
        history: Rows of the parent snapshot.
        accepted: A person looked at this reading and says that it is right: the gate does not
            hold it back, and a number missing on good pages leaves at once.
        marks: Registers, shapes and confusables that numbers and hosts are held against.
        reviews: What people decided about single rows.
        others: The brands of the registry, whose pages may speak for this one as a partner's.
    """
    published = history.hotlines
    history = _of_own_pages(history)
    elsewhere = [visit for visit in visits if visit.kind.elsewhere]
    visits = [visit for visit in visits if not visit.kind.elsewhere]
    if accepted:
        brand = replace(brand, good_runs_to_remove=1)
    answers = answers_of(visits, history.sources, accepted=accepted)
    seen = sightings(visits)
    read = reconcile(brand, seen, history.hotlines, now=now, run_id=run_id, rules=marks)
    judged = _judge(brand, visits, read, answers, history, now=now, run_id=run_id)
    if accepted:
        judged = _set_aside(judged, brand, read, answers, history, now=now, run_id=run_id)
        reviews = replace(reviews, held=False)
    rows, stores = judged.standing.hotlines, marks.stores
    beside = corroborate(rows, brand, elsewhere, published, others, stores)
    rest = replace(judged.standing, hotlines=beside.hotlines)
    told = review_rows(rest, published, reviews, known=history.known, now=now, run_id=run_id)
    judged = replace(judged, standing=told.standing)
    return BrandOutcome(
        row=_row(brand, answers, history, judged, run_id),
        hotlines=judged.standing.hotlines,
        removals=judged.standing.removals,
        sources=_ledger(brand, {**answers, **beside.answers}, history, judged, now=now),
        channels=_channels(brand, answers, history, healthy=not judged.reasons, now=now),
        issues=(
            *issues_of_brand(brand, visits, read, answers, history, judged),
            *impostors(brand, answers.values(), marks),
            *beside.issues,
            *told.issues,
        ),
        reviewed=bool(judged.accepted),
        decided=told.decided,
    )


def _of_own_pages(history: BrandHistory) -> BrandHistory:
    """What was published, without what others print and what people decided."""
    rows = (uncorroborated(unreviewed(alone(row))) for row in history.hotlines)
    return replace(history, hotlines=tuple(rows))


def retire_brand(history: BrandHistory) -> tuple[Removal, ...]:
    """Removals of a brand that the registry no longer lists."""
    rows = sorted(history.hotlines, key=lambda h: h.id)
    return tuple(Removal(h, "brand_retired", Cause.REGISTRY) for h in rows)


def _judge(
    brand: Brand,
    visits: Sequence[Visit],
    read: Reconciled,
    answers: Mapping[str, Answer],
    history: BrandHistory,
    *,
    now: datetime,
    run_id: str,
) -> Judged:
    standing = presence(brand, read, answers, history, now=now, run_id=run_id)
    all_answered = bool(answers) and all(answer.good for answer in answers.values())
    counts = BrandCounts(
        observed=standing.observed,
        unanswered=standing.unanswered,
        unrecognised=standing.unrecognised,
        explained=standing.explained,
        known=len(history.hotlines),
        recent=history.recent_counts,
        all_answered=all_answered,
        callback_error=any(v.outcome is Outcome.CALLBACK_ERROR for v in visits),
        missing_must_have=_missing(brand, standing, history, all_answered=all_answered),
    )
    reasons = judge_brand(brand, counts)
    if reasons:
        standing = carried(history, f"unhealthy:{reasons[0]}", now=now, run_id=run_id)
    return Judged(standing, reasons, counts)


def _set_aside(
    judged: Judged,
    brand: Brand,
    read: Reconciled,
    answers: Mapping[str, Answer],
    history: BrandHistory,
    *,
    now: datetime,
    run_id: str,
) -> Judged:
    """The reading itself instead of the carried rows; faults of our own are never set aside."""
    if not judged.reasons or judged.counts.callback_error:
        return judged
    standing = presence(brand, read, answers, history, now=now, run_id=run_id)
    return Judged(standing, (), judged.counts, judged.reasons)


def _missing(
    brand: Brand, standing: Standing, history: BrandHistory, *, all_answered: bool
) -> tuple[str, ...]:
    """Must-have numbers that pages which answered well do not show.

    Removals do not excuse them: a page that retires a must-have number needs a person.
    """
    here = {h.number for h in standing.hotlines if not h.presence_reason.startswith(ABSENT)}
    known = {h.number for h in history.hotlines}
    wanted = (fact.value for fact in brand.expectations.must_include)
    return tuple(n for n in wanted if n not in here and (n in known or all_answered))


def _row(
    brand: Brand,
    answers: Mapping[str, Answer],
    history: BrandHistory,
    judged: Judged,
    run_id: str,
) -> BrandRow:
    rows = judged.standing.hotlines
    good = sum(answer.good for answer in answers.values())
    recent = history.recent_counts
    # Runs in which pages were silent say nothing about how many numbers a brand has.
    if judged.accepted:
        recent = (judged.counts.observed,)  # what was usual before is no measure any more
    elif good and not judged.reasons and not judged.counts.unanswered:
        recent = (*recent, judged.counts.observed)[-RECENT_RUNS:]
    return BrandRow(
        brand_id=brand.id,
        name_zh=brand.name_zh,
        name_zh_hant=brand.name_zh_hant,
        name_en=brand.name_en,
        entity=brand.entity.value if brand.entity else None,
        country=brand.country,
        state=brand.state,
        healthy=not judged.reasons,
        unhealthy_reasons=judged.reasons,
        pages_tried=len(answers),
        pages_good=good,
        hotlines=len(rows),
        hotlines_observed=sum(h.presence is Presence.OBSERVED for h in rows),
        recent_counts=recent,
        last_observed=max((h.last_seen for h in rows), default=None),
        run_id=run_id,
    )


def _ledger(
    brand: Brand,
    answers: Mapping[str, Answer],
    history: BrandHistory,
    judged: Judged,
    *,
    now: datetime,
) -> tuple[SourceState, ...]:
    rows, healthy = judged.standing.hotlines, not judged.reasons
    held = {state.url: state for state in history.sources}
    retired = retired_sources(brand, answers, history.sources) if healthy else frozenset()
    carriers = {url for row in rows for url in row.carried_by}
    declared = {source.kind for source in brand.sources}
    kept = [
        state
        for url, state in held.items()
        if url not in answers
        and url not in retired
        and (state.kind in declared or not state.kind.elsewhere)
        and (state.declared or url in carriers or now - state.last_tried <= STALE_AFTER)
    ]
    tried = []
    for url, answer in answers.items():
        marks = held[url].marks if url in held else ()
        if healthy or url not in held:
            marks = _marks(answer, marks, missed=_misses(answer, rows))
        tried.append(_state(brand, answer, held.get(url), marks))
    return tuple(sorted((*kept, *tried), key=lambda state: state.url))


def _state(
    brand: Brand, answer: Answer, held: SourceState | None, marks: tuple[str, ...]
) -> SourceState:
    """The ledger line of a document that was tried; a failed fetch forgets nothing we hold."""
    visit, fetched = answer.visit, answer.visit.outcome.good
    keep = fetched and (visit.on_ground or visit.kind.elsewhere)
    capture = (visit.capture if keep else None) or (held.capture if held else None)
    old = held.capture if held else None
    changed = capture is not None and (old is None or capture.digest != old.digest)
    before = held.last_changed if held else None
    return SourceState(
        brand_id=brand.id,
        url=visit.url,
        kind=visit.kind,
        declared=visit.declared,
        outcome=visit.outcome if answer.good else answer.outcome,
        good_streak=(held.good_streak if held else 0) + 1 if answer.good else 0,
        bad_streak=0 if answer.good else (held.bad_streak if held else 0) + 1,
        last_tried=visit.fetched_at,
        last_good=visit.fetched_at if answer.good else (held.last_good if held else None),
        last_changed=visit.fetched_at if changed else before,
        marks=marks,
        etag=(visit.etag if keep else "") or _held_validator(visit, held, "etag"),
        last_modified=(visit.last_modified if keep else "")
        or _held_validator(visit, held, "last_modified"),
        capture=capture,
        final_url=(visit.final_url if keep else "") or (held.final_url if held else ""),
    )


def _held_validator(visit: Visit, held: SourceState | None, name: str) -> str:
    # A validator belongs to one body: a new body without one must not inherit the old one's.
    if held is None or (visit.outcome is Outcome.OK and not visit.revisit):
        return ""
    return str(getattr(held, name))


def _misses(answer: Answer, rows: Iterable[Hotline]) -> bool:
    """Whether a document does not show a number that it carried."""
    reading = answer.visit.reading
    shown = {e.number for e in reading.evidence} if reading else set()
    return any(answer.visit.url in row.carried_by and row.number not in shown for row in rows)


def _marks(answer: Answer, known: tuple[str, ...], *, missed: bool) -> tuple[str, ...]:
    """What the page looks like when it is well: the last good look, never a broken one.

    Where a number that it carried is missed, another look is only taken for its new one if the
    page was rebuilt: still a contact page, and no torso of one.
    """
    reading = answer.visit.reading
    if reading is None or not reading.marks:
        return known
    if answer.good:
        return reading.marks
    offers = answer.readable and any(may_create(s) for s in sightings((answer.visit,)))
    if known and missed:
        return reading.marks if offers and is_new_look(known, reading.marks) else known
    return reading.marks if offers or (known and answer.readable) else known


def _channels(
    brand: Brand,
    answers: Mapping[str, Answer],
    history: BrandHistory,
    *,
    healthy: bool,
    now: datetime,
) -> tuple[Channel, ...]:
    """Channels read and kept; those of a brand that failed the gate are carried unchanged."""
    if not healthy:
        return history.channels
    retired = retired_sources(brand, answers, history.sources)
    ledger = {state.url: state for state in history.sources}
    return channels_of_brand(answers, history.channels, ledger, retired, now=now)
