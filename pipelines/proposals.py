"""What a search found that a person may want to declare: proposals, never edits.

Two kinds: a page on ground that is already declared, which nobody has listed as a source; and a
host that nobody has declared and whose footer shows marks known to be the brand's. A mark is
text that anybody can copy, so the second kind says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum, auto

from pipelines.claims import Lead
from pipelines.ground import Ground, ground_of, host_of
from pipelines.marks.page import SHOWS_MARK, own_marks
from pipelines.model import Brand
from pipelines.vocabulary import Grade

_MAX_PER_BRAND = 50


class ProposalKind(StrEnum):
    """What a proposal is about."""

    PAGE = auto()
    HOST = auto()


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something for a person to look at; `marks` are those a host shows."""

    brand_id: str
    kind: ProposalKind
    url: str
    title: str
    reason: str
    marks: tuple[str, ...] = ()


def proposals_of(
    leads: Iterable[Lead], brand: Brand, known: Collection[str]
) -> tuple[Proposal, ...]:
    """The proposals that the leads of one brand give, each once, in order.

    Args:
        known: URLs of documents that are sources already, declared or discovered.
    """
    listed = {_same(url) for url in (*known, *(source.url for source in brand.sources))}
    found: dict[tuple[ProposalKind, str], Proposal] = {}
    for proposal in _proposals(leads, brand):
        place = _same(proposal.url)
        if proposal.kind is ProposalKind.HOST:
            place = host_of(proposal.url) or ""
        elif place in listed:
            continue
        found.setdefault((proposal.kind, place), proposal)
    ordered = sorted(found.values(), key=lambda p: (p.kind, p.url))
    return tuple(ordered[:_MAX_PER_BRAND])


def _proposals(leads: Iterable[Lead], brand: Brand) -> Iterator[Proposal]:
    strong = {f"{SHOWS_MARK}{v}" for vs in own_marks(brand, Grade.B).values() for v in vs}
    for lead in leads:
        if lead.account:
            continue
        ground = ground_of(lead.final_url or lead.url, brand)
        if ground.declared:
            reason = f"declared_ground:{ground}"
            url = lead.final_url or lead.url
            yield Proposal(brand.id, ProposalKind.PAGE, url, lead.title, reason)
        shown = tuple(p.removeprefix(SHOWS_MARK) for p in lead.plays if p in strong)
        if ground is Ground.FOREIGN and shown:
            url = lead.final_url or lead.url
            reason = "undeclared_host_shows_marks"
            yield Proposal(brand.id, ProposalKind.HOST, url, lead.title, reason, shown)


def _same(url: str) -> str:
    return url.partition("://")[2].partition("#")[0].rstrip("/")
