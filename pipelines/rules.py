"""The only reader of the rule tables: package data in, frozen `Rules` with a digest out."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from pipelines.channels.words import ChannelRules, compile_channels
from pipelines.context.addressed import compile_addressed
from pipelines.context.fee import FeeRules, compile_fees
from pipelines.context.firms import compile_firms
from pipelines.context.hours import HoursRules, compile_hours
from pipelines.context.labels import Labels, compile_labels
from pipelines.context.owner import OwnerRules
from pipelines.context.owner_words import compile_owners
from pipelines.context.purposes import PurposeRules, compile_purposes
from pipelines.context.region import RegionRules, compile_regions
from pipelines.context.said_of_all import SaidOfAll, compile_said_of_all
from pipelines.context.statements import compile_statements, statement_problems
from pipelines.context.states import StateRules, compile_states
from pipelines.marks.tables import MarkRules, compile_marks
from pipelines.numbering.plan import Plan, compile_plan
from pipelines.numbering.veto import Vetoes, compile_vetoes
from pipelines.registers.register import (
    REGISTERS,
    Register,
    compile_register,
    compile_registers,
    register_problems,
)
from pipelines.stores.listing import compile_stores

TABLES = (
    "numbering/plan.toml",
    "numbering/assigned.toml",
    "numbering/foreign.toml",
    "context/labels.toml",
    "context/purposes.toml",
    "context/owners.toml",
    "context/statements.toml",
    "context/firms.toml",
    "context/addressed.toml",
    "context/vetoes.toml",
    "context/hours.toml",
    "context/fees.toml",
    "context/said_of_all.toml",
    "context/page_states.toml",
    "context/regions.toml",
    "marks/provinces.toml",
    "marks/confusables.toml",
    "marks/shapes.toml",
    "marks/forums.toml",
    "marks/voices.toml",
    *(f"registers/{name}.toml" for name in REGISTERS),
    "channels/channels.toml",
    "stores/stores.toml",
)


@dataclass(frozen=True, slots=True)
class Rules:
    """All rule tables, compiled; `digest` names their exact content."""

    plan: Plan
    vetoes: Vetoes
    labels: Labels
    purposes: PurposeRules
    owners: OwnerRules
    hours: HoursRules
    fees: FeeRules
    said_of_all: SaidOfAll
    states: StateRules
    regions: RegionRules
    marks: MarkRules
    channels: ChannelRules
    digest: str


@cache
def load_rules() -> Rules:
    """Reads and compiles the tables of the package, once per process."""
    texts = {name: _read(name) for name in TABLES}
    tables = {name: tomllib.loads(text.decode("utf-8")) for name, text in texts.items()}
    digest = hashlib.sha256(b"\0".join(texts[name] for name in TABLES)).hexdigest()
    return _compiled(tables, "sha256:" + digest)


def _compiled(tables: dict[str, dict[str, Any]], digest: str) -> Rules:
    statements = compile_statements(tables["context/statements.toml"])
    firms = compile_firms(tables["context/firms.toml"], statements.role.pattern)
    return Rules(
        plan=compile_plan(
            *(tables[f"numbering/{n}.toml"] for n in ("plan", "assigned", "foreign"))
        ),
        vetoes=compile_vetoes(tables["context/vetoes.toml"]),
        labels=compile_labels(tables["context/labels.toml"]),
        purposes=compile_purposes(tables["context/purposes.toml"]),
        owners=OwnerRules(
            compile_owners(tables["context/owners.toml"], firms, statements),
            compile_addressed(tables["context/addressed.toml"]),
        ),
        hours=compile_hours(tables["context/hours.toml"]),
        fees=compile_fees(tables["context/fees.toml"]),
        said_of_all=compile_said_of_all(tables["context/said_of_all.toml"]),
        states=compile_states(tables["context/page_states.toml"]),
        regions=compile_regions(tables["context/regions.toml"]),
        marks=compile_marks(
            tables["marks/provinces.toml"],
            tables["marks/confusables.toml"],
            tables["marks/shapes.toml"],
            tables["marks/forums.toml"],
            tables["marks/voices.toml"],
            compile_registers({name: tables[f"registers/{name}.toml"] for name in REGISTERS}),
            firms,
            compile_stores(tables["stores/stores.toml"]),
        ),
        channels=compile_channels(tables["channels/channels.toml"]),
        digest=digest,
    )


def _read(name: str) -> bytes:
    return resources.files("pipelines").joinpath(name).read_bytes()


def load_register(name: str) -> Register:
    """One register as it is held, for `registry import`."""
    return compile_register(name, tomllib.loads(_read(f"registers/{name}.toml").decode("utf-8")))


def check_tables() -> tuple[str, ...]:
    """Problems of the rule tables: each with table, key and what is wrong with it."""
    problems: list[str] = []
    for name in TABLES:
        try:
            table = tomllib.loads(_read(name).decode("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            problems.append(f"pipelines/{name}: {error}")
            continue
        found = [*_rule_problems(table)]
        found += register_problems(table) if name.startswith("registers/") else ()
        found += statement_problems(table) if name == "context/statements.toml" else ()
        problems += [f"pipelines/{name}: {where}: {what}" for where, what in found]
    return tuple(problems)


def _rule_problems(table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        rows = value if isinstance(value, list) else [value]
        for index, row in enumerate(rows, start=1):
            place = f"{key} {index}" if isinstance(value, list) else key
            if not row.get("source") and key not in ("branch", "region"):
                yield place, "no source: say where the rule comes from"
            for name in ("words", "digits"):
                for words in (
                    row.get(name, []) if isinstance(row.get(name), list) else [row.get(name)]
                ):
                    if words is not None and (why := _pattern_problem(words)):
                        yield f"{place}.{name}", why


def _pattern_problem(words: object) -> str:
    if not isinstance(words, str):
        return f"{words!r} is no text; write patterns as quoted strings"
    try:
        re.compile(words)
    except re.error as error:
        return f"no regular expression: {error}"
    return ""
