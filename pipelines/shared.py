"""Numbers that two brands print: one group, or a conflict (domain.md A5 S9).

This is the one step that needs more than one brand. It changes verdicts only downwards, and in a
way that the next run can undo: the verdict a row has by itself stays among its reasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipelines.context.publisher import core
from pipelines.model import Brand, Hotline, Issue
from pipelines.vocabulary import Grade, Level, NumberClass, Verdict

#: Begins a reason that names another brand which prints the number.
SHARED_WITH = "shared_with:"
_ALONE = "alone:"
_CLAIMING = (Verdict.CONFIRMED, Verdict.OFFICIAL)
_CROWD = 3  # unrelated brands that print one number: a template's, or a page of partners
# A carrier's own line serves its wallet, and everybody else who refers to the carrier.
_EVERYBODYS = frozenset((NumberClass.CARRIER,))


@dataclass(frozen=True, slots=True)
class Claim:
    """What counts of a row where brands are held against each other: all of them must fit."""

    id: str
    brand_id: str
    number: str
    area: str
    verdict: Verdict
    evidence_url: str


@dataclass(frozen=True, slots=True)
class Shared:
    """One number with the groups of brands that print it."""

    claims: tuple[Claim, ...]
    groups: tuple[frozenset[str], ...]


def own_verdict(verdict: str, reasons: Iterable[str]) -> str:
    """The verdict that a row has by itself."""
    own = (code[len(_ALONE) :] for code in reasons if code.startswith(_ALONE))
    return next(own, verdict)


def claims_number(number_class: str, verdict: str) -> bool:
    """Whether a row with this own verdict says that the number is its brand's."""
    return verdict in _CLAIMING and number_class not in _EVERYBODYS


def claim_of(hotline: Hotline) -> Claim | None:
    """The claim of a row; None if it is in doubt by itself, and so takes nothing from others."""
    verdict = Verdict(own_verdict(hotline.verdict, hotline.verdict_reasons))
    if not claims_number(hotline.number_class, verdict):
        return None
    return Claim(
        hotline.id, hotline.brand_id, hotline.number, hotline.area, verdict, hotline.evidence_url
    )


def is_lowered(hotline: Hotline) -> bool:
    """Whether other brands took away from a row's verdict."""
    return any(code.startswith(_ALONE) for code in hotline.verdict_reasons)


def alone(hotline: Hotline) -> Hotline:
    """A row as its own pages make it, whatever other brands print."""
    if not is_lowered(hotline):
        return hotline
    own = Verdict(own_verdict(hotline.verdict, hotline.verdict_reasons))
    kept = tuple(c for c in hotline.verdict_reasons if not c.startswith((SHARED_WITH, _ALONE)))
    said = hotline.verdict_evidence
    places = None if said is None else tuple(p for p in said if not p.startswith(SHARED_WITH))
    return replace(hotline, verdict=own, verdict_reasons=kept, verdict_evidence=places)


def conflicts(claims: Iterable[Claim], brands: Mapping[str, Brand]) -> tuple[Shared, ...]:
    """Numbers that brands of different groups claim, by rows whose own pages make them official.

    A row that is in doubt by itself takes nothing from others: else a planted number on one
    brand's page would harm the brand whose number it is.
    """
    by_number: dict[tuple[str, str], list[Claim]] = {}
    for claim in claims:
        by_number.setdefault((claim.number, claim.area), []).append(claim)
    found: list[Shared] = []
    for _, claiming in sorted(by_number.items()):
        ids = {claim.brand_id for claim in claiming}
        groups = _groups(ids, brands) if len(ids) > 1 else ()
        if len(groups) > 1:
            found.append(Shared(tuple(sorted(claiming, key=lambda claim: claim.id)), groups))
    return tuple(found)


def held_together(rows: Iterable[Hotline], brands: Mapping[str, Brand]) -> tuple[Hotline, ...]:
    """Rows of several brands after they were held against each other."""
    own = tuple(map(alone, rows))
    claims = (claim for row in own if (claim := claim_of(row)) is not None)
    fallen = {i: one for one in conflicts(claims, brands) for i in fallen_in(one)}
    return tuple(with_doubt(row, fallen[row.id]) if row.id in fallen else row for row in own)


def _groups(ids: Iterable[str], brands: Mapping[str, Brand]) -> tuple[frozenset[str], ...]:
    """Brands parted by their declared relations; a relation from memory alone binds nobody."""
    groups: list[frozenset[str]] = []
    for brand_id in sorted(ids):
        mine = [g for g in groups if any(_related(brand_id, other, brands) for other in g)]
        groups = [g for g in groups if g not in mine]
        groups.append(frozenset({brand_id}).union(*mine))
    return tuple(sorted(groups, key=sorted))


def _related(one: str, other: str, brands: Mapping[str, Brand]) -> bool:
    a, b = brands.get(one), brands.get(other)
    if a is None or b is None:
        return False
    named = any(
        fact.grade is not Grade.D and fact.value == kin.id
        for brand, kin in ((a, b), (b, a))
        for fact in brand.related
    )
    return named or _same_company(a, b)


def _same_company(a: Brand, b: Brand) -> bool:
    if a.entity is None or b.entity is None or Grade.D in (a.entity.grade, b.entity.grade):
        return False
    return core(a.entity.value) == core(b.entity.value)


def fallen_in(shared: Shared) -> frozenset[str]:
    """Ids of the rows that the conflict lowers: a stronger claim stands, equal ones all fall."""
    winners = {claim.brand_id for claim in shared.claims if claim.verdict is Verdict.CONFIRMED}
    one_wins = sum(bool(group & winners) for group in shared.groups) == 1
    return frozenset(
        claim.id for claim in shared.claims if not (one_wins and claim.brand_id in winners)
    )


def with_doubt(row: Hotline, shared: Shared) -> Hotline:
    """A row that falls, with its own verdict among the reasons."""
    crowd = len(shared.groups) >= _CROWD
    others = _others(row.brand_id, shared)
    reasons = (*(f"{SHARED_WITH}{other.brand_id}" for other in others), f"{_ALONE}{row.verdict}")
    places = (f"{SHARED_WITH}{o.brand_id}: {o.evidence_url}" for o in others)
    return replace(
        row,
        verdict=Verdict.UNVERIFIED if crowd else Verdict.CONFLICT,
        verdict_reasons=(*reasons, *row.verdict_reasons),
        verdict_evidence=(*places, *(row.verdict_evidence or ())),
    )


def _others(brand_id: str, shared: Shared) -> Sequence[Claim]:
    own = next(group for group in shared.groups if brand_id in group)
    first: dict[str, Claim] = {}
    for other in shared.claims:
        if other.brand_id not in own:
            first.setdefault(other.brand_id, other)
    return tuple(first.values())


def issue_of(claim: Claim, shared: Shared) -> Issue:
    """What a person should look at; also for the claim that stands."""
    others = ", ".join(other.brand_id for other in _others(claim.brand_id, shared))
    return Issue(
        Level.WARNING,
        "number_shared",
        f"{claim.id} is printed by {others}, too",
        "one group: declare it (related = […]) in a brand's file; else find out whose it is",
        claim.brand_id,
        claim.evidence_url,
    )
