"""Lower steps of the trust ladder: app-store listings (T3) and partners' pages (T2).

They make no row and raise no verdict (`docs/decisions/0023-stores-and-partners.md`). A row that
the brand's own pages make has one more reason if they print its number, too; what contradicts the
registry is an issue for a person.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipelines.brand_issues import page_issue
from pipelines.ground import host_of, on_ground, registrable_domain
from pipelines.model import Brand, Evidence, Hotline, Issue, Visit
from pipelines.presence import Answer
from pipelines.stores.listing import StoreRules
from pipelines.trust import Trust, trust_of
from pipelines.verify import best_visits
from pipelines.vocabulary import Grade, Level, Outcome, Owner, SourceKind

_CODE = "corroborated:"
_KINDS = (SourceKind.APP_STORE, SourceKind.PARTNER)
_PLACES = 3
_ADVICE = {
    "not_the_listing": "correct the address of the source in the brand's file",
    "no_developer": "nothing if it heals; else declare the store's data, or retire the source",
    "entity_unproven": "confirm the entity (register, stored copy) and raise its grade: then the "
    "listing counts",
    "developer_differs": "somebody else's app, or another company of the group: correct the "
    "source, or the entity",
    "no_tls": "declare its https address",
    "not_a_partner": "raise the grade of the partner's ground in its own brand file",
}


@dataclass(frozen=True, slots=True)
class Corroborated:
    """Rows with what was found elsewhere, how those documents answered, and issues."""

    hotlines: tuple[Hotline, ...]
    answers: Mapping[str, Answer]
    issues: tuple[Issue, ...]


def uncorroborated(hotline: Hotline) -> Hotline:
    """A row as its own pages make it."""
    said = hotline.verdict_evidence
    return replace(
        hotline,
        verdict_reasons=tuple(c for c in hotline.verdict_reasons if not c.startswith(_CODE)),
        verdict_evidence=said and tuple(p for p in said if not p.startswith(_CODE)),
    )


def corroborate(
    rows: Sequence[Hotline],
    brand: Brand,
    visits: Iterable[Visit],
    published: Iterable[Hotline],
    others: Sequence[Brand],
    stores: StoreRules,
) -> Corroborated:
    """Lays what others print beside the rows of a brand.

    Args:
        visits: Visits of sources that lie elsewhere.
        published: Rows of the parent snapshot: what a document that is silent now said before.
        others: The brands of the registry, whose own pages are a partner's word.
    """
    answers = {visit.url: Answer(visit, _outcome(visit)) for visit in best_visits(visits)}
    doubts = {url: _doubt(a.visit, brand, others, stores) for url, a in answers.items() if a.good}
    told = [answers[url].visit for url, doubt in sorted(doubts.items()) if not doubt]
    kept = _kept(brand, answers, published)
    made = tuple(_with(row, told, kept.get(row.id, {})) for row in rows)
    issues = [page_issue(brand, answer) for answer in answers.values() if not answer.good]
    issues += [_doubted(brand, answers[url].visit, doubt) for url, doubt in doubts.items() if doubt]
    for visit in told:
        issues += _links_away(visit, brand)
        issues += _unknown(visit, brand, made)
    return Corroborated(made, answers, tuple(issues))


def _outcome(visit: Visit) -> Outcome:
    """What a visit amounts to; ground is no matter here."""
    if not visit.outcome.good:
        return visit.outcome
    if visit.reading is None:
        return Outcome.EMPTY
    # A listing without any number is a good listing all the same.
    named = visit.reading.listing is not None and bool(visit.reading.listing.developer)
    return Outcome.OK if named else visit.reading.outcome


def _doubt(visit: Visit, brand: Brand, others: Sequence[Brand], stores: StoreRules) -> str:
    """Why a document that answered well weighs nothing; "" if it is T3 or T2."""
    if not visit.tls_ok:
        return "no_tls"
    url = visit.final_url or visit.url
    if visit.kind is SourceKind.PARTNER:
        known = [other for other in others if other.id != brand.id]
        return "" if trust_of(url, brand, known) is Trust.PARTNER else "not_a_partner"
    entry = stores.entry(url)
    if not entry[1] or entry != stores.entry(visit.url):
        return "not_the_listing"
    listing = visit.reading.listing if visit.reading else None
    if listing is None or not listing.developer:
        return "" if trust_of(url, brand) is Trust.STORE else "no_developer"
    if brand.entity is None or brand.entity.grade is Grade.D:
        return "entity_unproven"
    same = _company(listing.developer) == _company(brand.entity.value)
    return "" if same else "developer_differs"


def _company(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in folded if char.isalnum())


def _kept(
    brand: Brand, answers: Mapping[str, Answer], published: Iterable[Hotline]
) -> dict[str, dict[SourceKind, tuple[str, ...]]]:
    """What rows were corroborated by, where not all documents of the kind answered well now."""
    declared = {source.kind for source in brand.sources}
    good: dict[SourceKind, list[bool]] = {}
    for answer in answers.values():
        good.setdefault(answer.visit.kind, []).append(answer.good)
    silent = [kind for kind in _KINDS if kind in declared and not all(good.get(kind, [False]))]
    return {
        row.id: {
            kind: tuple(p for p in row.verdict_evidence or () if p.startswith(f"{_CODE}{kind}: "))
            for kind in silent
            if f"{_CODE}{kind}" in row.verdict_reasons
        }
        for row in published
    }


def _with(
    row: Hotline, told: Sequence[Visit], kept: Mapping[SourceKind, tuple[str, ...]]
) -> Hotline:
    codes, places = [], []
    for kind in _KINDS:
        found = [
            f"{_CODE}{kind}: {visit.url}, {e.block_path}"
            for visit in told
            if visit.kind is kind
            for e in _offered(visit)
            if e.number == row.number and e.area in ("", row.area)
        ]
        if found or kind in kept:
            codes.append(f"{_CODE}{kind}")
            places += list(dict.fromkeys(found or kept[kind]))[:_PLACES]
    if not codes:
        return row
    return replace(
        row,
        verdict_reasons=(*row.verdict_reasons, *codes),
        verdict_evidence=(*(row.verdict_evidence or ()), *places),
    )


def _offered(visit: Visit) -> Iterator[Evidence]:
    """Numbers that a document gives as the brand's."""
    for e in visit.reading.evidence if visit.reading else ():
        if e.is_hotline and e.owner is Owner.SELF and not e.hidden:
            yield e


def _doubted(brand: Brand, visit: Visit, doubt: str) -> Issue:
    listing = visit.reading.listing if visit.reading else None
    developer = listing.developer if listing else ""
    entity = brand.entity.value if brand.entity else "not declared"
    named = f": its developer is {developer[:80]!r}, the entity {entity!r}" if developer else ""
    said = f"the {visit.kind} page weighs nothing ({doubt}){named}"
    level = Level.INFO if doubt == "entity_unproven" else Level.WARNING
    return Issue(level, f"{visit.kind}_{doubt}", said, _ADVICE[doubt], brand.id, visit.url)


def _links_away(visit: Visit, brand: Brand) -> Iterator[Issue]:
    """Where a listing sends people that is not declared: a proposal, never ground."""
    listing = visit.reading.listing if visit.reading else None
    own = registrable_domain(host_of(visit.final_url or visit.url) or "")
    for url in listing.support if listing else ():
        host = host_of(url)
        if host and registrable_domain(host) != own and not on_ground(url, brand):
            said = f"its listing sends people for help to {url[:300]}, which is not declared"
            advice = f'if it is the brand\'s: hosts = [{{ name = "{host}", grade = "C", source = '
            advice += '"support link of its app-store listing" }]; until then it proves nothing'
            yield Issue(Level.WARNING, "support_off_ground", said, advice, brand.id, visit.url)


def _unknown(visit: Visit, brand: Brand, rows: Iterable[Hotline]) -> Iterator[Issue]:
    """Numbers that no page of the brand prints."""
    known = {row.number for row in rows}
    for number in sorted({e.number for e in _offered(visit)} - known):
        said = f"{number} stands on a page elsewhere ({visit.kind}), and on none of {brand.id}'s"
        advice = "look for it on the brand's own pages; elsewhere it makes no row"
        yield Issue(Level.INFO, "number_only_elsewhere", said, advice, brand.id, visit.url)
