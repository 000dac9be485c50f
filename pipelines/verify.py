"""Is a number official, and why: the verdict with its reason codes.

Only the place where a number is printed counts (domain.md D1): agreement among third parties,
the word 官方 and full legal text are worth nothing. Every reason names the pages it rests on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipelines.model import Evidence, Visit
from pipelines.vocabulary import (
    Carrier,
    NumberClass,
    Outcome,
    Owner,
    Purpose,
    SourceKind,
    Verdict,
)

#: Ids (last component) of rules by which the reader marks evidence.
RETIRED_RULE = "retired_by_page"
LINK_RULE = "tel_link_differs"
_RETIRES = re.compile(rf"{RETIRED_RULE}:\d{{4}}-\d\d-\d\d$")

#: A page that says it is older than this proves nothing about today (data-model.md, Verdict).
DATED_AFTER = timedelta(days=3 * 365 + 1)
#: A number not seen for this long is stale, where its source sets no other limit.
STALE_AFTER = timedelta(days=90)

# Never a brand's voice line, whatever label stands near them (domain.md A2).
_NEVER_HOTLINE = frozenset((NumberClass.EMERGENCY, NumberClass.PUBLIC_SERVICE, NumberClass.SMS))
# One number serves the whole country: two pages that differ cannot both be complete. Landlines
# and province codes are left out: another page, another branch.
_NATIONWIDE = frozenset(
    (
        NumberClass.SHORT_95,
        NumberClass.SHARED_400,
        NumberClass.TOLLFREE_800,
        NumberClass.UAN_1010,
        NumberClass.CARRIER,
    )
)
KIND_RANK: Mapping[SourceKind, int] = {
    kind: rank
    for rank, kind in enumerate(
        (
            SourceKind.CONTACT,
            SourceKind.COMPLAINT,
            SourceKind.HELP,
            SourceKind.HOME,
            SourceKind.ABOUT,
            SourceKind.POLICY,
            SourceKind.AGREEMENT,
            SourceKind.APP_STORE,
            SourceKind.SOCIAL,
        )
    )
}

Key = tuple[str, str, str]  # number, area, extension: what tells hotlines of one brand apart


@dataclass(frozen=True, slots=True)
class Sighting:
    """A piece of evidence with the visit it was read in."""

    visit: Visit
    evidence: Evidence

    @property
    def link_differs(self) -> bool:
        """Text and tel link name two numbers; the text's number is the row."""
        return has_rule(self.evidence, LINK_RULE)

    @property
    def retired(self) -> bool:
        """The page itself says that the number is no longer in use, on the day of the visit."""
        days = [rule.partition(":")[2] for rule in self.evidence.rules if _RETIRES.match(rule)]
        today = self.visit.fetched_at.date()
        dated = any(date.fromisoformat(day) <= today for day in days)
        return dated or has_rule(self.evidence, RETIRED_RULE)


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason code and the documents it rests on."""

    code: str
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reasons, the weightiest first."""

    verdict: Verdict
    reasons: tuple[Reason, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Reason codes as published."""
        return tuple(reason.code for reason in self.reasons)


def answer_of(visit: Visit) -> Outcome:
    """What a visit amounts to: how the fetch ended, or what reading made of the body."""
    if not visit.outcome.good:
        return visit.outcome
    if not visit.on_ground:
        return Outcome.REDIRECT_OFF_GROUND
    if visit.reading is None:
        return Outcome.EMPTY
    return visit.reading.outcome


def best_visits(visits: Iterable[Visit]) -> tuple[Visit, ...]:
    """One visit per document, sorted by URL: a good answer before a bad one, then the latest."""
    best: dict[str, Visit] = {}
    for visit in sorted(visits, key=_visit_rank):
        best[visit.url] = visit
    return tuple(best[url] for url in sorted(best))


def _visit_rank(visit: Visit) -> tuple[bool, datetime, str, str]:
    return (answer_of(visit).good, visit.fetched_at, visit.outcome.value, visit.final_url)


def sightings(visits: Iterable[Visit]) -> tuple[Sighting, ...]:
    """All evidence of pages that answered well on declared ground, in a fixed order."""
    found = (
        Sighting(visit, evidence)
        for visit in best_visits(visits)
        if answer_of(visit).good and visit.reading is not None
        for evidence in visit.reading.evidence
    )
    return tuple(sorted(found, key=_order))


def _order(sighting: Sighting) -> tuple[object, ...]:
    """A total order over all that a row is made of, so that ties never follow the input."""
    e = sighting.evidence
    place = (sighting.visit.url, e.number, e.area, e.extension, e.block_path, e.start, e.end)
    words = (e.raw, e.display, e.context, e.label, e.hours_raw, e.hours, e.fee_stated)
    kinds = (e.carrier, e.purpose, e.owner, e.number_class, e.numbering_note, e.printed_abroad)
    return (*place, *words, *kinds, e.menu, e.rules, e.hidden, e.is_hotline, e.hours_approx)


def has_rule(evidence: Evidence, name: str) -> bool:
    """Whether the rule called `name` decided; ids may carry the name of their table."""
    return any(rule.replace(":", ".").rpartition(".")[2] == name for rule in evidence.rules)


def may_create(sighting: Sighting) -> bool:
    """Whether this evidence may make a hotline: the brand's own voice line, still in use."""
    e = sighting.evidence
    official = e.is_hotline and e.owner is Owner.SELF and e.number_class not in _NEVER_HOTLINE
    wrong_link = sighting.link_differs and e.carrier is Carrier.TEL_LINK
    return official and not sighting.retired and not wrong_link


def contested(groups: Mapping[Key, Sequence[Sighting]]) -> frozenset[Key]:
    """Numbers about which declared pages disagree.

    Two pages disagree where each gives exactly one nationwide number of a class under the
    same general label, another one, and does not mention the other page's number at all.
    """
    carried: dict[str, set[Key]] = {}
    claims: dict[tuple[str, NumberClass], dict[str, set[Key]]] = {}
    for key, seen in groups.items():
        for s in seen:
            carried.setdefault(s.visit.url, set()).add(key)
            e = s.evidence
            if e.label and e.purpose is Purpose.GENERAL and e.number_class in _NATIONWIDE:
                pages = claims.setdefault((e.label, e.number_class), {})
                pages.setdefault(s.visit.url, set()).add(key)
    found: set[Key] = set()
    for pages in claims.values():
        single = {url: next(iter(keys)) for url, keys in pages.items() if len(keys) == 1}
        for url, key in single.items():
            for other_url, other in single.items():
                if other not in carried[url] and key not in carried[other_url]:
                    found |= {key, other}
    return frozenset(found)


def judge(
    seen: Sequence[Sighting], *, now: datetime, disputed: bool = False, retired: bool = False
) -> Judgement:
    """The verdict on one number from its evidence of this run.

    Args:
        seen: Evidence that may create a hotline; at least one.
        disputed: Declared pages disagree about the number (`contested`).
        retired: Another declared page says that the number is no longer in use.
    """
    trusted = [s for s in seen if s.visit.tls_ok and not s.evidence.hidden]
    if not trusted:
        return Judgement(Verdict.UNVERIFIED, _why_untrusted(seen))
    fresh = [s for s in trusted if not _outdated(s.visit, now)]
    if not fresh:
        return Judgement(Verdict.STALE, (_reason("only_dated_pages", trusted),))
    clean = [s for s in fresh if not s.link_differs]
    doubts = _doubts(fresh, disputed=disputed, retired=retired)
    if not retired and _documents(clean) >= 2 and len(_kinds(clean)) >= 2:
        return Judgement(Verdict.CONFIRMED, (*_declared(clean), *doubts))
    if doubts:
        return Judgement(Verdict.CONFLICT, (*doubts, *_declared(fresh)[:1]))
    return Judgement(Verdict.OFFICIAL, _declared(clean)[:1])


def _why_untrusted(seen: Sequence[Sighting]) -> tuple[Reason, ...]:
    hidden = [s for s in seen if s.evidence.hidden]
    bare = [s for s in seen if not s.visit.tls_ok]
    return tuple(
        _reason(code, some) for code, some in (("hidden_text", hidden), ("no_tls", bare)) if some
    )


def _outdated(visit: Visit, now: datetime) -> bool:
    dated = visit.reading.dated if visit.reading else ""
    return bool(dated) and now.date() - date.fromisoformat(dated) > DATED_AFTER


def _doubts(fresh: Sequence[Sighting], *, disputed: bool, retired: bool) -> tuple[Reason, ...]:
    differs = [s for s in fresh if s.link_differs]
    found = (
        (LINK_RULE, differs, bool(differs)),
        ("pages_disagree", fresh, disputed),
        ("said_retired", fresh, retired),
    )
    return tuple(_reason(code, some) for code, some, applies in found if applies)


def _declared(seen: Sequence[Sighting]) -> tuple[Reason, ...]:
    """One reason per kind of page, the kind that knows best first."""
    found: list[Reason] = []
    for kind in _kinds(seen):
        prefix = "second_kind" if found else "declared_page"
        found.append(_reason(f"{prefix}:{kind}", [s for s in seen if s.visit.kind is kind]))
    return tuple(found)


def _kinds(seen: Sequence[Sighting]) -> tuple[SourceKind, ...]:
    return tuple(sorted({s.visit.kind for s in seen}, key=KIND_RANK.__getitem__))


def _documents(seen: Sequence[Sighting]) -> int:
    """How many different documents: one page under two URLs cannot agree with itself."""
    documents: list[set[str]] = []
    for s in seen:
        names = {s.visit.final_url or s.visit.url}
        if s.visit.capture is not None:
            names.add(s.visit.capture.digest)
        apart = [d for d in documents if not d & names]
        documents = [*apart, names.union(*(d for d in documents if d & names))]
    return len(documents)


def _reason(code: str, seen: Sequence[Sighting]) -> Reason:
    return Reason(code, tuple(sorted({s.visit.url for s in seen})))
