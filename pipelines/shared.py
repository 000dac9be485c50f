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

_SHARED = "shared_with:"
_ALONE = "alone:"
_CLAIMING = (Verdict.CONFIRMED, Verdict.OFFICIAL)
_CROWD = 3  # unrelated brands that print one number: a template's, or a page of partners
# A carrier's own line serves its wallet, and everybody else who refers to the carrier.
_EVERYBODYS = frozenset((NumberClass.CARRIER,))


@dataclass(frozen=True, slots=True)
class Shared:
    """One number with the groups of brands that print it."""

    rows: tuple[Hotline, ...]
    groups: tuple[frozenset[str], ...]


def alone(hotline: Hotline) -> Hotline:
    """A row as its own pages make it, whatever other brands print."""
    own = next((c[len(_ALONE) :] for c in hotline.verdict_reasons if c.startswith(_ALONE)), "")
    if not own:
        return hotline
    kept = tuple(c for c in hotline.verdict_reasons if not c.startswith((_SHARED, _ALONE)))
    said = hotline.verdict_evidence
    places = None if said is None else tuple(p for p in said if not p.startswith(_SHARED))
    return replace(hotline, verdict=Verdict(own), verdict_reasons=kept, verdict_evidence=places)


def conflicts(rows: Iterable[Hotline], brands: Mapping[str, Brand]) -> tuple[Shared, ...]:
    """Numbers that brands of different groups claim, by rows whose own pages make them official.

    A row that is in doubt by itself takes nothing from others: else a planted number on one
    brand's page would harm the brand whose number it is.
    """
    claims: dict[tuple[str, str], list[Hotline]] = {}
    for row in rows:
        if row.verdict in _CLAIMING and row.number_class not in _EVERYBODYS:
            claims.setdefault((row.number, row.area), []).append(row)
    found: list[Shared] = []
    for _, claiming in sorted(claims.items()):
        ids = {row.brand_id for row in claiming}
        groups = _groups(ids, brands) if len(ids) > 1 else ()
        if len(groups) > 1:
            found.append(Shared(tuple(sorted(claiming, key=lambda row: row.id)), groups))
    return tuple(found)


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


def lowered(shared: Shared) -> dict[str, Hotline]:
    """Rows that the conflict changes, by id: the stronger claim stands, equal ones all fall."""
    best = any(row.verdict is Verdict.CONFIRMED for row in shared.rows)
    strong = [row for row in shared.rows if row.verdict is Verdict.CONFIRMED]
    winners = {row.brand_id for row in strong} if best else set()
    one_wins = sum(bool(group & winners) for group in shared.groups) == 1
    crowd = len(shared.groups) >= _CROWD
    return {
        row.id: _with_doubt(row, shared, Verdict.UNVERIFIED if crowd else Verdict.CONFLICT)
        for row in shared.rows
        if not (one_wins and row.brand_id in winners)
    }


def _with_doubt(row: Hotline, shared: Shared, verdict: Verdict) -> Hotline:
    others = _others(row, shared)
    reasons = (*(f"{_SHARED}{other.brand_id}" for other in others), f"{_ALONE}{row.verdict}")
    places = (f"{_SHARED}{o.brand_id}: {o.evidence_url}" for o in others)
    return replace(
        row,
        verdict=verdict,
        verdict_reasons=(*reasons, *row.verdict_reasons),
        verdict_evidence=(*places, *(row.verdict_evidence or ())),
    )


def _others(row: Hotline, shared: Shared) -> Sequence[Hotline]:
    own = next(group for group in shared.groups if row.brand_id in group)
    first: dict[str, Hotline] = {}
    for other in shared.rows:
        if other.brand_id not in own:
            first.setdefault(other.brand_id, other)
    return tuple(first.values())


def issues_of(shared: Shared) -> tuple[Issue, ...]:
    """One issue per row, also for the claim that stands."""
    return tuple(
        Issue(
            Level.WARNING,
            "number_shared",
            f"{row.id} is printed by {', '.join(o.brand_id for o in _others(row, shared))}, too",
            "one group: declare it (related = […]) in a brand's file; else find out whose it is",
            row.brand_id,
            row.evidence_url,
        )
        for row in shared.rows
    )
