"""Why a candidate is no number: every refusal of a page, with the rule that decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.model import Evidence, Page
from pipelines.process import searched
from pipelines.rules import Rules

_SHOWN = 40  # characters of a refused candidate


@dataclass(frozen=True, slots=True)
class Explanation:
    """A candidate that was looked at and is no number."""

    raw: str
    rule: str
    block_path: str


def explain(page: Page, evidence: tuple[Evidence, ...], rules: Rules) -> Iterator[Explanation]:
    """All candidates of a page that did not become evidence.

    Args:
        evidence: What `process_page` read on the page with the same rules.
    """
    kept = {(item.block_path, item.raw) for item in evidence}
    findings = searched(page, rules)
    for refusal in findings.refusals:
        yield Explanation(refusal.raw[:_SHOWN], refusal.rule, refusal.piece.placed().path)
    for candidate in findings.candidates:
        mention = candidate.number.mention
        if (mention.block.path, mention.raw) not in kept:
            yield Explanation(mention.raw[:_SHOWN], "no_label", mention.block.path)
