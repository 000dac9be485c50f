"""A sighting: a piece of evidence with the visit it was read in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from pipelines.model import Evidence, Visit

#: Ids (last component) of rules by which the reader marks evidence.
RETIRED_RULE = "retired_by_page"
LINK_RULE = "tel_link_differs"
_RETIRES = re.compile(rf"{RETIRED_RULE}:\d{{4}}-\d\d-\d\d$")

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


def has_rule(evidence: Evidence, name: str) -> bool:
    """Whether the rule called `name` decided; ids may carry the name of their table."""
    return any(rule.replace(":", ".").rpartition(".")[2] == name for rule in evidence.rules)
