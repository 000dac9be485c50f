"""Is a number official, and why: the verdict with its reason codes.

Only the place where a number is printed counts (domain.md D1): agreement among third parties,
the word 官方 and full legal text are worth nothing. Every reason names the pages it rests on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipelines.marks.tables import NO_MARKS, MarkRules, Shape
from pipelines.model import Brand, Visit
from pipelines.registers.register import CODES, Entry, holds
from pipelines.sighting import LINK_RULE, RETIRED_RULE, Key, Sighting, has_rule
from pipelines.trust import page_doubt
from pipelines.vocabulary import (
    Carrier,
    Grade,
    NumberClass,
    Outcome,
    Owner,
    SourceKind,
    Verdict,
)

__all__ = [
    "KIND_RANK", "LINK_RULE", "RETIRED_RULE", "STALE_AFTER", "Doubts", "Judgement", "Key",
    "Reason", "Sighting", "answer_of", "best_visits", "has_rule", "judge", "may_create",
    "sightings", "untrusted",
]  # fmt: skip

#: A page that says it is older than this proves nothing about today (data-model.md, Verdict).
DATED_AFTER = timedelta(days=3 * 365 + 1)
#: A number not seen for this long is stale, where its source sets no other limit.
STALE_AFTER = timedelta(days=90)

# Never a brand's voice line, whatever label stands near them (domain.md A2).
_NEVER_HOTLINE = frozenset((NumberClass.EMERGENCY, NumberClass.PUBLIC_SERVICE, NumberClass.SMS))
_UNTRUSTED = (
    "hidden_text",
    "no_tls",
    "off_ground",
    "unproven_ground",
    "user_content",
    "foreign_mark",
)
_DIGITS = re.compile(r"\d+")
_PLACES = 6  # pieces of evidence that a reason names
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
            SourceKind.PARTNER,
        )
    )
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason code and the evidence it rests on."""

    code: str
    urls: tuple[str, ...]
    places: tuple[str, ...] = ()  # "URL, block path" of the pieces of evidence


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reasons, the weightiest first."""

    verdict: Verdict
    reasons: tuple[Reason, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Reason codes as published."""
        return tuple(reason.code for reason in self.reasons)

    @property
    def evidence(self) -> tuple[str, ...]:
        """What each reason rests on, as published: "code: URL, block path"."""
        return tuple(f"{r.code}: {place}" for r in self.reasons for place in r.places or r.urls)


@dataclass(frozen=True, slots=True)
class Doubts:
    """What is known about a number beside the pages that print it.

    Attributes:
        untrusted: URL of a page that does not speak for the brand → why.
        disputes: Codes of `disputes.disputes`.
        retired: Another declared page says that the number is no longer in use.
        shapes: Vetoes and doubts that its shape raises.
        assigned: Who else holds the number, by a register.
        registered: The regulator's own register gives it to the brand: level T5.
    """

    untrusted: Mapping[str, str]
    disputes: tuple[str, ...] = ()
    retired: bool = False
    shapes: tuple[Shape, ...] = ()
    assigned: Entry | None = None
    registered: bool = False

    @classmethod
    def of(
        cls,
        seen: Sequence[Sighting],
        brand: Brand,
        untrusted: Mapping[str, str],
        *,
        rules: MarkRules = NO_MARKS,
        disputes: tuple[str, ...] = (),
        retired: bool = False,
    ) -> Doubts:
        """Asks shapes and registers about a number."""
        number = seen[0].evidence.number
        entry = rules.registers.code_of(number)
        given = entry is not None and entry.grade is not Grade.D and holds(entry, brand)
        shapes = (x for x in rules.shapes if not (x.lifted and given))
        return cls(
            untrusted,
            disputes,
            retired,
            tuple(x for x in shapes if any(x.fits(s.evidence) for s in seen)),
            rules.registers.assigned_to_other(number, brand),
            rules.registers.confirms(number, brand),
        )


def untrusted(visits: Iterable[Visit], brand: Brand) -> dict[str, str]:
    """Documents that do not speak for the brand, by URL, with the reason."""
    doubts = ((visit.url, page_doubt(visit, brand)) for visit in best_visits(visits))
    return {url: doubt for url, doubt in doubts if doubt}


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


def may_create(sighting: Sighting) -> bool:
    """Whether this evidence may make a hotline: the brand's own voice line, still in use."""
    e = sighting.evidence
    official = e.is_hotline and e.owner is Owner.SELF and e.number_class not in _NEVER_HOTLINE
    wrong_link = sighting.link_differs and e.carrier is Carrier.TEL_LINK
    return official and not sighting.retired and not wrong_link


def judge(seen: Sequence[Sighting], doubts: Doubts, *, now: datetime) -> Judgement:
    """The verdict on one number from its evidence of this run.

    Args:
        seen: Evidence that may create a hotline; at least one.
        doubts: What is known about the number beside.
    """
    trusted = [s for s in seen if not s.evidence.hidden and s.visit.url not in doubts.untrusted]
    if not trusted:
        return Judgement(Verdict.UNVERIFIED, _why_untrusted(seen, doubts))
    vetoes = tuple(_reason(f"shape:{x.id}", trusted) for x in doubts.shapes if x.veto)
    if vetoes:
        return Judgement(Verdict.UNVERIFIED, vetoes)
    fresh = [s for s in trusted if not _outdated(s.visit, now)]
    if not fresh:
        return Judgement(Verdict.STALE, (_reason("only_dated_pages", trusted),))
    return _weighed(fresh, doubts)


def _weighed(fresh: Sequence[Sighting], doubts: Doubts) -> Judgement:
    """The verdict from pages that count."""
    clean = [s for s in fresh if not s.link_differs]
    against = _against(fresh, doubts)
    holder = doubts.assigned  # two pages may be tampered with; two curators seldom err alike
    barred = doubts.retired or (holder is not None and holder.grade in (Grade.A, Grade.B))
    if not barred and _documents(clean) >= 2 and len(_voices(clean)) >= 2:
        return Judgement(Verdict.CONFIRMED, (*_declared(clean), *against))
    if clean and doubts.registered and not against:
        register = _reason(f"register:{CODES}", clean)
        return Judgement(Verdict.CONFIRMED, (*_declared(clean)[:1], register))
    odd = tuple(_reason(f"shape:{x.id}", fresh) for x in doubts.shapes)
    if odd:
        return Judgement(Verdict.UNVERIFIED, (*odd, *against))
    if against:
        return Judgement(Verdict.CONFLICT, (*against, *_declared(fresh)[:1]))
    return Judgement(Verdict.OFFICIAL, _declared(clean)[:1])


def _why_untrusted(seen: Sequence[Sighting], doubts: Doubts) -> tuple[Reason, ...]:
    """Why no piece of evidence counts; a hidden one on a bad page is wrong for both reasons."""
    found: dict[str, list[Sighting]] = {}
    for s in seen:
        if s.evidence.hidden:
            found.setdefault("hidden_text", []).append(s)
        if doubt := doubts.untrusted.get(s.visit.url):
            found.setdefault(doubt, []).append(s)
    return tuple(_reason(code, found[code]) for code in _UNTRUSTED if code in found)


def _outdated(visit: Visit, now: datetime) -> bool:
    dated = visit.reading.dated if visit.reading else ""
    return bool(dated) and now.date() - date.fromisoformat(dated) > DATED_AFTER


def _against(fresh: Sequence[Sighting], doubts: Doubts) -> tuple[Reason, ...]:
    differs = [s for s in fresh if s.link_differs]
    holder = doubts.assigned
    found = (
        (LINK_RULE, differs, bool(differs)),
        *((code, fresh, True) for code in doubts.disputes),
        ("said_retired", fresh, doubts.retired),
        (f"assigned_to_other:{holder.brand or holder.holder}" if holder else "", fresh, holder),
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


def _voices(seen: Sequence[Sighting]) -> frozenset[SourceKind]:
    """Kinds of pages that speak each for itself.

    What a page that links brought is for is told by its link. Pages with addresses of one pattern
    (`/t/7.html`, `/t/8.html`) may all be written by whoever names those links: they are one voice.
    """
    shelves: dict[str, SourceKind] = {}
    for s in sorted(seen, key=lambda s: (KIND_RANK[s.visit.kind], s.visit.url)):
        url = s.visit.final_url or s.visit.url
        shelves.setdefault(url if s.visit.declared else _DIGITS.sub("#", url), s.visit.kind)
    return frozenset(shelves.values())


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
    places = sorted({f"{s.visit.url}, {s.evidence.block_path}" for s in seen})
    return Reason(code, tuple(sorted({s.visit.url for s in seen})), tuple(places[:_PLACES]))
