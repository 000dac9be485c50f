"""The only reader of the rule tables: package data in, frozen `Rules` with a digest out."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from pipelines.context.fee import FeeRules, compile_fees
from pipelines.context.hours import HoursRules, compile_hours
from pipelines.context.labels import Labels, compile_labels
from pipelines.context.owner import OwnerRules, compile_owners
from pipelines.context.states import StateRules, compile_states
from pipelines.numbering.plan import Plan, compile_plan
from pipelines.numbering.veto import Vetoes, compile_vetoes

TABLES = (
    "numbering/plan.toml",
    "numbering/assigned.toml",
    "context/labels.toml",
    "context/owners.toml",
    "context/vetoes.toml",
    "context/hours.toml",
    "context/fees.toml",
    "context/page_states.toml",
)


@dataclass(frozen=True, slots=True)
class Rules:
    """All rule tables, compiled; `digest` names their exact content."""

    plan: Plan
    vetoes: Vetoes
    labels: Labels
    owners: OwnerRules
    hours: HoursRules
    fees: FeeRules
    states: StateRules
    digest: str


@cache
def load_rules() -> Rules:
    """Reads and compiles the tables of the package, once per process."""
    texts = {name: _read(name) for name in TABLES}
    tables = {name: tomllib.loads(text.decode("utf-8")) for name, text in texts.items()}
    digest = hashlib.sha256(b"\0".join(texts[name] for name in TABLES)).hexdigest()
    return _compiled(tables, "sha256:" + digest)


def _compiled(tables: dict[str, dict[str, Any]], digest: str) -> Rules:
    return Rules(
        plan=compile_plan(tables["numbering/plan.toml"], tables["numbering/assigned.toml"]),
        vetoes=compile_vetoes(tables["context/vetoes.toml"]),
        labels=compile_labels(tables["context/labels.toml"]),
        owners=compile_owners(tables["context/owners.toml"]),
        hours=compile_hours(tables["context/hours.toml"]),
        fees=compile_fees(tables["context/fees.toml"]),
        states=compile_states(tables["context/page_states.toml"]),
        digest=digest,
    )


def _read(name: str) -> bytes:
    return resources.files("pipelines").joinpath(name).read_bytes()
