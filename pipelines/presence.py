"""What a run may say of a number it knew: observed, not observed, or removed.

Absent is not removed. A number leaves the dataset only when every page that carried it
answered well, still looks like what it was, and does not carry it, in N good runs; when a page
itself says so; or when the registry retired its source (`docs/decisions/0008-presence.md`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from pipelines.diff import ABSENT, same_content
from pipelines.ground import on_ground
from pipelines.model import Brand, BrandHistory, Hotline, Removal, SourceState, Visit
from pipelines.recognition import recognised, wall_of
from pipelines.reconcile import Reconciled
from pipelines.replacement import joined_places, linked
from pipelines.verify import KIND_RANK, STALE_AFTER, Key, answer_of, best_visits
from pipelines.vocabulary import Cause, Outcome, Presence, Verdict

_GONE = frozenset((Outcome.HTTP_404, Outcome.HTTP_410))
_RANK = {Verdict.UNVERIFIED: 0, Verdict.STALE: 1, Verdict.OFFICIAL: 2, Verdict.CONFIRMED: 3}


@dataclass(frozen=True, slots=True)
class Answer:
    """How one document answered in this run.

    `outcome` is OK only if absence of a number on it may count: the answer was good, and the
    page is recognised.
    """

    visit: Visit
    outcome: Outcome
    gone: bool = False  # a person looked: the document is no longer there

    @property
    def good(self) -> bool:
        """Whether presence may conclude from what this page does not show."""
        return self.outcome.good

    @property
    def readable(self) -> bool:
        """Whether what this page does show counts; a new layout may still show numbers."""
        return answer_of(self.visit).good


@dataclass(frozen=True, slots=True)
class Standing:
    """The rows that stay and the numbers that leave."""

    hotlines: tuple[Hotline, ...]
    removals: tuple[Removal, ...]

    @property
    def observed(self) -> int:
        """Rows read in this run."""
        return sum(h.presence is Presence.OBSERVED for h in self.hotlines)

    @property
    def unanswered(self) -> int:
        """Rows not read because a page that carried them did not answer well."""
        return sum(
            h.presence is Presence.NOT_OBSERVED and not h.presence_reason.startswith(ABSENT)
            for h in self.hotlines
        )

    @property
    def unrecognised(self) -> int:
        """Rows not read because a page that carried them is not the page that it was."""
        reason = Outcome.UNRECOGNISED_LAYOUT.value
        return sum(h.presence_reason == reason for h in self.hotlines)

    @property
    def explained(self) -> int:
        """Numbers whose removal the page itself or the registry explains."""
        return sum(removal.reason != "gone_from_pages" for removal in self.removals)


def key_of(hotline: Hotline) -> Key:
    """What tells a hotline apart from others of its brand."""
    return (hotline.number, hotline.area, hotline.extension)


def answers_of(
    visits: Iterable[Visit], ledger: Iterable[SourceState], *, accepted: bool = False
) -> dict[str, Answer]:
    """How each visited document answered, by URL; one seen for the first time is recognised.

    Args:
        accepted: A person looked at the pages: what can be read is what is meant to be there,
            and a page that is gone is gone.
    """
    marks = {state.url: state.marks for state in ledger}
    found: dict[str, Answer] = {}
    for visit in best_visits(visits):
        outcome = answer_of(visit)
        if outcome.good and not accepted:
            outcome = _as_known(visit, marks.get(visit.url, ())) or outcome
        found[visit.url] = Answer(visit, outcome, gone=accepted and outcome in _GONE)
    return found


def _as_known(visit: Visit, before: Sequence[str]) -> Outcome | None:
    """Why a page that can be read is not the page that we know; None if it is."""
    now = visit.reading.marks if visit.reading else ()
    if not (wall := wall_of(before, now)).good:
        return wall
    return None if recognised(before, now) else Outcome.UNRECOGNISED_LAYOUT


def presence(
    brand: Brand,
    read: Reconciled,
    answers: Mapping[str, Answer],
    history: BrandHistory,
    *,
    now: datetime,
    run_id: str,
) -> Standing:
    """Joins what a run read with what was known, number by number."""
    retired = retired_sources(brand, answers, history.sources)
    run = _Run(brand, read, answers, {s.url: s for s in history.sources}, retired, now, run_id)
    known = {key_of(h): h for h in history.hotlines}
    rows = [h for key, h in read.hotlines.items() if key not in known]
    removals: list[Removal] = []
    for key, before in known.items():
        after = (
            run.continued(before, read.hotlines[key])
            if key in read.hotlines
            else (run.unseen(before))
        )
        if isinstance(after, Removal):
            removals.append(after)
        else:
            rows.append(after)
    rows, removals = linked(rows, removals, {h.id for h in known.values()})
    return Standing(
        tuple(sorted(rows, key=lambda h: h.id)),
        tuple(sorted(removals, key=lambda r: r.before.id)),
    )


def carried(history: BrandHistory, reason: str, *, now: datetime, run_id: str) -> Standing:
    """All rows of a brand unchanged, as not observed: its new reading is not to be trusted."""
    rows = (
        _carry(h, reason, h.good_runs_missed, h.carried_by, now=now, run_id=run_id)
        for h in history.hotlines
    )
    return Standing(tuple(sorted(rows, key=lambda h: h.id)), ())


def held_back(before: Hotline, reason: str, *, now: datetime, run_id: str) -> Hotline:
    """A row that would leave, carried as not observed: its removal waits."""
    missed, urls = before.good_runs_missed, before.carried_by
    return _carry(before, reason, missed, urls, now=now, run_id=run_id)


@dataclass(frozen=True, slots=True)
class _Run:
    """One run's view of a brand; methods decide about one number."""

    brand: Brand
    read: Reconciled
    answers: Mapping[str, Answer]
    ledger: Mapping[str, SourceState]
    retired: frozenset[str]
    now: datetime
    run_id: str

    def continued(self, before: Hotline, read: Hotline) -> Hotline:
        """An observed number: what this run read, and what silent pages said before."""
        silent = tuple(url for url in before.carried_by if self._may_still_carry(url, read))
        after = _with_silent(before, read, self._names(silent)) if silent else read
        after = replace(
            after,
            first_seen=before.first_seen,
            carried_by=tuple(sorted({*read.carried_by, *silent})),
            places=joined_places(before, read, silent),
            replaces=before.replaces,
            last_seen=max(before.last_seen, read.last_seen),
            last_checked=max(before.last_checked, read.last_checked),
        )
        same = same_content(before, after)
        return replace(after, last_change=before.last_change if same else self.now)

    def unseen(self, before: Hotline) -> Hotline | Removal:
        """A known number that no page of this run offers."""
        if (said := self.read.retired.get(key_of(before))) is not None:
            return Removal(before, "said_by_page", Cause.SOURCE, said)
        carriers = tuple(url for url in before.carried_by if url not in self.retired)
        if before.carried_by and not carriers:
            return Removal(before, "source_retired", Cause.REGISTRY)
        silent = [url for url in carriers if self._why_silent(url, before)]
        if silent or not carriers:
            reason = (
                self._why_silent(min(silent, key=self._weight), before)
                if silent
                else ("not_attempted")
            )
            return self._carry(before, reason, before.good_runs_missed, carriers)
        missed = before.good_runs_missed + 1
        if missed >= self.brand.good_runs_to_remove:
            return Removal(before, "gone_from_pages", self._who_removed(before), carriers)
        reason = f"{ABSENT}:{missed}/{self.brand.good_runs_to_remove}"
        return self._carry(before, reason, missed, carriers)

    def _carry(self, before: Hotline, reason: str, missed: int, urls: Sequence[str]) -> Hotline:
        times = [self.answers[u].visit.fetched_at for u in urls if self._answered_well(u)]
        row = _carry(before, reason, missed, urls, now=self.now, run_id=self.run_id)
        return replace(row, last_checked=max([before.last_checked, *times]))

    def _answered_well(self, url: str) -> bool:
        return url in self.answers and self.answers[url].good

    def _why_silent(self, url: str, before: Hotline) -> str:
        """Why absence on a page proves nothing; "" if it does prove something."""
        if url not in self.answers:
            return self._why_not_attempted()
        if (url, before.number) in self.read.unplaced:
            return "area_unknown"
        answer = self.answers[url]
        if answer.gone:
            return ""
        if not answer.good:
            return answer.outcome.value
        # Whoever can take the encryption away can take the number away.
        plain = url.startswith("https:") and not answer.visit.tls_ok
        return "no_tls" if plain else ""

    def _why_not_attempted(self) -> str:
        outcomes = {answer.visit.outcome for answer in self.answers.values()}
        for outcome in (Outcome.INTERRUPTED, Outcome.BUDGET):
            if outcome in outcomes:
                return outcome.value
        return "not_attempted"

    def _may_still_carry(self, url: str, read: Hotline) -> bool:
        """Whether a former page of an observed number may still carry it, unread."""
        answer = self.answers.get(url)
        if url in read.carried_by or url in self.retired:
            return False
        if answer is not None and (answer.good or answer.outcome in _GONE):
            return False
        state = self.ledger.get(url)
        answered = state.last_good if state else None
        return answered is not None and self.now - answered <= STALE_AFTER

    def _names(self, urls: Sequence[str]) -> frozenset[str]:
        finals = {self.ledger[url].final_url for url in urls if url in self.ledger}
        return frozenset((*urls, *finals))

    def _weight(self, url: str) -> tuple[bool, int, str]:
        state = self.ledger.get(url)
        return (not (state and state.declared), KIND_RANK[state.kind] if state else 99, url)

    def _who_removed(self, before: Hotline) -> Cause:
        """PIPELINE where no page changed since it showed the number: our rules dropped it."""
        same = all(self._unchanged_since(before.last_seen, url) for url in before.carried_by)
        return Cause.PIPELINE if same else Cause.SOURCE

    def _unchanged_since(self, seen: datetime, url: str) -> bool:
        state, answer = self.ledger.get(url), self.answers.get(url)
        if state is None or answer is None or state.capture is None or not answer.visit.capture:
            return False
        same = state.capture.digest == answer.visit.capture.digest
        return same and state.last_changed is not None and state.last_changed <= seen


def retired_sources(
    brand: Brand, answers: Mapping[str, Answer], ledger: Iterable[SourceState]
) -> frozenset[str]:
    """Documents that the registry declared before, does not declare now, and no link leads to;
    and those, however found, that do not lie on the brand's ground any more.

    Until each newly declared source has answered well, nothing is retired: a person who
    corrects the URL of a source has not removed its numbers.
    """
    states = {_loose(state.url): state for state in ledger if not state.kind.elsewhere}
    declared = {_loose(s.url) for s in brand.sources if not s.kind.elsewhere}
    read = {_loose(url) for url, answer in answers.items() if answer.readable}
    new = {url for url in declared if url not in states or states[url].last_good is None}
    if new - read or (declared and not read):
        return frozenset()
    visited = {_loose(url) for url in answers}
    return frozenset(
        state.url
        for loose, state in states.items()
        if loose not in declared
        and loose not in visited
        and (state.declared or not on_ground(state.url, brand))
    )


def _loose(url: str) -> str:
    """A URL without the differences that a canonical form removes; for comparison only."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    query = "&".join(sorted(parts.query.split("&")))
    return f"{host}{port}{parts.path.rstrip('/')}?{query}"


def _carry(
    before: Hotline,
    reason: str,
    missed: int,
    urls: Sequence[str],
    *,
    now: datetime,
    run_id: str,
) -> Hotline:
    """A row as it was, with its old `last_seen`, the reason, and the verdict that time brings."""
    stale = now - before.last_seen > STALE_AFTER and before.verdict is not Verdict.STALE
    after = replace(
        before,
        presence=Presence.NOT_OBSERVED,
        presence_reason=reason,
        good_runs_missed=missed,
        carried_by=tuple(urls),
        verdict=Verdict.STALE if stale else before.verdict,
        verdict_reasons=("not_seen_recently",) if stale else before.verdict_reasons,
        run_id=run_id,
    )
    return after if same_content(before, after) else replace(after, last_change=now)


def _with_silent(before: Hotline, read: Hotline, silent: frozenset[str]) -> Hotline:
    """What this run read, joined with what pages that did not answer said before.

    Else a page that times out for a day would take its labels and its weight away for a day.
    """
    led = before.evidence_url in silent  # the page that knew best is the one that is silent
    first, second = (before, read) if led else (read, before)
    hours = first if first.hours_raw or first.hours else second
    verdict = before if _keeps_verdict(before.verdict, read.verdict) else read
    return replace(
        read,
        display=first.display,
        dial_abroad=read.dial_abroad or before.dial_abroad,
        fee_stated=first.fee_stated or second.fee_stated,
        purposes=tuple(
            p for p in type(read.purposes[0]) if p in {*before.purposes, *read.purposes}
        ),
        labels=_union(before.labels, read.labels),
        audience=_union(before.audience, read.audience),
        regions=_union(before.regions, read.regions),
        languages=_union(before.languages, read.languages),
        menu_paths=_union(before.menu_paths, read.menu_paths),
        hours_raw=hours.hours_raw,
        hours=hours.hours,
        hours_tz=hours.hours_tz,
        hours_approx=hours.hours_approx,
        staffed_24h=hours.staffed_24h,
        verdict=verdict.verdict,
        verdict_reasons=verdict.verdict_reasons,
        source_kinds=tuple(
            sorted({*before.source_kinds, *read.source_kinds}, key=KIND_RANK.__getitem__)
        ),
    )


def _union(before: Sequence[str], read: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({*before, *read}))


def _keeps_verdict(before: Verdict, read: Verdict) -> bool:
    """Whether the earlier verdict stands until the silent pages answer again."""
    if read is Verdict.CONFLICT:
        return False
    if before is Verdict.CONFLICT:
        return read is not Verdict.CONFIRMED
    return _RANK[read] <= _RANK[before]
