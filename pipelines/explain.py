"""Why a candidate is no number: every refusal of a page, with the rule that decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.model import Evidence, Page
from pipelines.numbering.find import Finder, Found, Refused
from pipelines.process import blocks_of
from pipelines.rules import Rules

_SHOWN = 40  # characters of a refused candidate


@dataclass(frozen=True, slots=True)
class Refusal:
    """A candidate that was looked at and is no number."""

    raw: str
    rule: str
    block_path: str


def refusals(page: Page, evidence: tuple[Evidence, ...], rules: Rules) -> Iterator[Refusal]:
    """All candidates of a page that did not become evidence.

    Args:
        evidence: What `process_page` read on the page with the same rules.
    """
    kept = {(item.block_path.rpartition(" line ")[2], item.raw) for item in evidence}
    finder = Finder(rules.plan, rules.vetoes, page.country)
    for block in blocks_of(page):
        found, refused = finder.find(block.text)
        hits: list[Found | Refused] = [*found, *refused]
        for hit in sorted(hits, key=lambda hit: (hit.start, hit.end)):
            raw = block.text[hit.start : hit.end]
            if isinstance(hit, Refused):
                yield Refusal(raw[:_SHOWN], hit.rule, block.path)
            elif (block.path.rpartition(" line ")[2], raw) not in kept:
                beside = rules.vetoes.veto_beside(block, hit.start)
                yield Refusal(raw[:_SHOWN], beside or "no_label", block.path)
