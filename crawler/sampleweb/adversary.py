"""Reads `adversary.toml` and `claims.toml`, and tells what a run made of each planted number."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.sampleweb.site import ROOT
from outputs.run_directory import RunDirectory
from outputs.table_files import read_table
from pipelines.vocabulary import Outcome, Owner, Verdict

Row = Mapping[str, Any]
OFFICIAL = (Verdict.OFFICIAL.value, Verdict.CONFIRMED.value)


@dataclass(frozen=True, slots=True)
class Planted:
    """A number that somebody planted, and the rule that must refuse it."""

    brand: str
    number: str
    trick: str
    page: str
    rule: str
    printed: str


@dataclass(frozen=True, slots=True)
class Genuine:
    """A number of a brand of the corner, with the verdict that its pages earn it."""

    brand: str
    number: str
    number_class: str
    verdict: str
    pages: tuple[str, ...]
    printed: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A number that others call a brand's, and what a careful person makes of it."""

    brand: str
    number: str
    verdict: str
    domains: int
    pages: tuple[str, ...]
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Adversary:
    """The whole truth about the corner."""

    planted: tuple[Planted, ...]
    true: tuple[Genuine, ...]


@dataclass(frozen=True, slots=True)
class Claims:
    """What leads bring to light: claims, proposals, what is neither, and accounts.

    Attributes:
        proposals: (brand, URL) of official pages that are no declared sources.
        no_claims: (brand, number, URL).
        accounts: (brand, URL, whether it is the brand's own).
    """

    endpoint: str
    claims: tuple[Claim, ...]
    proposals: tuple[tuple[str, str], ...]
    no_claims: tuple[tuple[str, str, str], ...]
    accounts: tuple[tuple[str, str, bool], ...]


def load_adversary(file: Path = ROOT / "adversary.toml") -> Adversary:
    """Reads the file; a key it does not know is an error."""
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    return Adversary(
        tuple(Planted(**{"printed": item["number"], **item}) for item in data["planted"]),
        tuple(_true(item) for item in data["true"]),
    )


def load_claims(file: Path = ROOT / "claims.toml") -> Claims:
    """Reads the file; a key it does not know is an error."""
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    return Claims(
        data["endpoint"],
        tuple(Claim(**{**item, "pages": tuple(item["pages"])}) for item in data["claim"]),
        tuple((item["brand"], item["url"]) for item in data["proposal"]),
        tuple((item["brand"], item["number"], item["page"]) for item in data["no_claim"]),
        tuple((item["brand"], item["url"], item["official"]) for item in data["account"]),
    )


def _true(item: dict[str, Any]) -> Genuine:
    item["number_class"] = item.pop("class")
    return Genuine(**{"printed": item["number"], **item, "pages": tuple(item["pages"])})


def standing(
    planted: Planted, hotlines: Iterable[Row], evidence: Iterable[Row], captures: Iterable[Row]
) -> tuple[str, str]:
    """Verdict of a planted number ("" where it is no row) and the rule that refused it.

    Read from the tables of a run alone, in the words of `adversary.toml`.
    """
    about = (planted.brand, planted.number)
    own = [row for row in hotlines if (row["brand_id"], row["number"]) == about]
    if own:
        return own[0]["verdict"], f"reason:{own[0]['verdict_reasons'][0]}"
    fetched = [row for row in captures if _is_at(row, planted)]
    if not fetched:
        return "", "ground"
    outcome = Outcome(fetched[-1]["outcome"])
    if not outcome.good:
        return "", f"outcome:{outcome}"
    if not fetched[-1]["on_ground"]:  # read as a lead: what it says is a claim
        return "", "ground"
    said = [r for r in evidence if (r["brand_id"], r["number"]) == about and _is_at(r, planted)]
    return "", f"evidence:{_decisive(said[0])}" if said else "carrier"


@dataclass(frozen=True, slots=True)
class Standings:
    """What a run made of the corner.

    Attributes:
        planted: Each planted number with its verdict ("": no row) and the rule that refused it.
        believed: Those that the run took for official: none, or it was fooled.
        found: True numbers that the run knows as official.
    """

    planted: tuple[tuple[Planted, str, str], ...]
    believed: tuple[Planted, ...]
    true: tuple[Genuine, ...]
    found: tuple[Genuine, ...]


def standings(truth: Adversary, run: RunDirectory) -> Standings:
    """Holds a run of the corner against the truth."""
    hotlines, evidence, captures = (
        read_table(run.table(name)) for name in ("hotlines", "evidence", "captures")
    )
    official = {(r["brand_id"], r["number"]) for r in hotlines if r["verdict"] in OFFICIAL}
    return Standings(
        tuple((p, *standing(p, hotlines, evidence, captures)) for p in truth.planted),
        tuple(p for p in truth.planted if (p.brand, p.number) in official),
        truth.true,
        tuple(t for t in truth.true if (t.brand, t.number) in official),
    )


def _is_at(row: Row, planted: Planted) -> bool:
    return row["brand_id"] == planted.brand and planted.page in (row["url"], row["final_url"])


def _decisive(row: Row) -> str:
    """The rule that keeps a piece of evidence from being a hotline."""
    if row["owner"] != Owner.SELF.value:
        return next(str(rule) for rule in row["rules"] if rule.startswith("owner:"))
    return str(row["rules"][-1])
