"""Text and tel link that disagree: one hotline and a conflict, never two hotlines."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.model import Evidence
from pipelines.vocabulary import Carrier

RULE = "tel_link_differs"


def mark_conflicts(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Marks links that dial another number than the one their words show.

    The link's number stays as evidence but is no hotline; the text's number carries the rule,
    so that the verdict can say `conflict`.
    """
    shown = {e.number: e for e in evidence if e.carrier is Carrier.TEXT}
    contradicted: set[str] = set()
    result: list[Evidence] = []
    for item in evidence:
        others = _shown_in(item, shown) if item.carrier is Carrier.TEL_LINK else set()
        if others and item.number not in others:
            contradicted |= others
            item = replace(item, is_hotline=False, rules=(*item.rules, RULE))  # noqa: PLW2901
        result.append(item)
    return tuple(
        replace(e, rules=(*e.rules, RULE))
        if e.carrier is Carrier.TEXT and e.number in contradicted
        else e
        for e in result
    )


def _shown_in(link: Evidence, shown: dict[str, Evidence]) -> set[str]:
    """Numbers of the page whose digits stand in the words of a link."""
    digits = re.sub(r"\D", "", link.link_text)
    return {n for n in shown if len(digits) >= 3 and n.removeprefix("+86") in digits}
