"""The tables of a run as answers need them: rows, quotes, and what stands beside a number."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from outputs.history import Version
from outputs.manifest import read_manifest
from outputs.rows import Row
from outputs.run_directory import DataDirectory, RunDirectory, resolve_run
from outputs.silent_pages import page_of, silent_pages
from outputs.table_files import read_batches, read_table
from pipelines.naming import UnknownBrandError, brand_meant
from pipelines.rules import load_rules
from pipelines.vocabulary import Carrier, Owner, Purpose, Verdict

__all__ = [
    "PROVEN", "Quote", "Snapshot", "UnknownBrandError", "aliases_of", "best_first", "brand_called",
    "instead_of", "last_quote", "open_snapshot", "overseas", "owner_of_code", "owner_rule",
    "row_quote", "sentence_of", "texts", "why_not",
]  # fmt: skip

#: Verdicts that let a number be called official.
PROVEN = (Verdict.CONFIRMED.value, Verdict.OFFICIAL.value)
_INSTEAD = 3
_HELD = {"review_pending": "review:pending_new", "review_rejected_change": "review:change_rejected"}
_DECISIVE = (
    "retired_by_page",
    "tel_link_differs",
    "branch_office",
    "persons_mobile",
    "only_calls",
    "beside_address",
)


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence on a page, with what was made of it."""

    brand_id: str
    text: str
    url: str
    seen: datetime | None
    label: str
    owner: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The tables of a run that answers are made of."""

    data_dir: Path
    run: RunDirectory
    started: datetime
    hotlines: tuple[Row, ...]
    evidence: tuple[Row, ...]  # of pages that were silent, what they last said
    brands: Mapping[str, Row]
    claims: tuple[Row, ...]
    channels: tuple[Row, ...]
    fetched: Mapping[tuple[str, str], Row] = field(default_factory=dict)
    held: Mapping[str, str] = field(default_factory=dict)

    def quotes(self, rows: Iterable[Row]) -> tuple[Quote, ...]:
        """Rows of evidence as quotes, each sentence of a page once."""
        found = {(str(r["brand_id"]), sentence_of(r), str(r["url"])): r for r in rows}
        worded = [row for row in found.values() if sentence_of(row) != str(row["raw"]).strip()]
        return tuple(self._quote(row) for row in worded or found.values())

    def on_ground(self, row: Row) -> bool:
        """Whether the page of a row of evidence lay on declared ground in this run."""
        page = self.fetched.get(page_of(row))
        return page is None or bool(page["on_ground"])

    def unpublished(self, row: Row) -> str:
        """Code for why a mention that reads as a hotline is no row."""
        if not self.on_ground(row):
            return "off_ground"
        return self.held.get(f"{row['brand_id']}/{row['number']}", "not_published")

    def _quote(self, row: Row) -> Quote:
        page = self.fetched.get(page_of(row))
        return Quote(
            brand_id=str(row["brand_id"]),
            text=sentence_of(row),
            url=str(row["url"]),
            seen=page["fetched_at"] if page else self.started,  # type: ignore[arg-type]
            label=str(row["label"]),
            owner=str(row["owner"]),
            rules=tuple(texts(row["rules"])),
        )


def open_snapshot(data_dir: Path, run: str = "latest") -> Snapshot:
    """Reads the tables of a run."""
    directory = resolve_run(data_dir, run)

    def table(name: str) -> tuple[Row, ...]:
        return tuple(read_table(directory.table(name)))

    captures = table("captures")
    silent = silent_pages(DataDirectory(data_dir), table("sources"), captures)
    fetched = {page_of(row): row for row in captures}
    return Snapshot(
        data_dir=data_dir,
        run=directory,
        started=read_manifest(directory).facts.started,
        hotlines=table("hotlines"),
        evidence=(*table("evidence"), *silent.evidence),
        brands={str(row["brand_id"]): row for row in table("brands")},
        claims=table("claims"),
        channels=table("channels"),
        fetched={**fetched, **silent.fetched},
        held=_held(table("issues")),
    )


def _held(issues: Iterable[Row]) -> dict[str, str]:
    """What became of numbers that people have to let in first, by brand and number."""
    said = ((str(i.get("hotline") or ""), _HELD.get(str(i["code"]))) for i in issues)
    return {re.split("[@#]", row_id)[0]: code for row_id, code in said if code}


def brand_called(snapshot: Snapshot, name: str) -> str:
    """The id of a brand by its id or one of its names, in any language.

    Raises:
        UnknownBrandError: No brand of the run is called so, or several are.
    """
    aliases = aliases_of(snapshot.run)
    names = {
        brand_id: tuple(
            str(known) for known in (row["name_zh"], row["name_zh_hant"], row["name_en"]) if known
        )
        + aliases.get(brand_id, ())
        + ((str(row["entity"]),) if row["entity"] else ())
        for brand_id, row in snapshot.brands.items()
    }
    return brand_meant(names, name, f"run {snapshot.run.run_id}")


def aliases_of(run: RunDirectory) -> dict[str, tuple[str, ...]]:
    """Other names of brands, which the run's copy of the registry knows; its tables do not."""
    if not run.registry.exists():
        return {}
    document = json.loads(run.registry.read_text(encoding="utf-8"))
    return {str(b["id"]): tuple(map(str, b["aliases"])) for b in document["brands"]}


def instead_of(
    snapshot: Snapshot, brand_id: str | None, purposes: Sequence[str]
) -> tuple[Row, ...]:
    """Official numbers of a brand for the same purposes, else its general ones, best first."""
    rows = [r for r in snapshot.hotlines if r["brand_id"] == brand_id and r["verdict"] in PROVEN]
    same = [row for row in rows if set(purposes) & set(texts(row["purposes"]))]
    general = [row for row in rows if Purpose.GENERAL in texts(row["purposes"])]
    chosen = same or general or rows
    return tuple(sorted(chosen, key=lambda row: row["verdict"] != Verdict.CONFIRMED)[:_INSTEAD])


def row_quote(row: Row) -> Quote:
    """The sentence that a row of table `hotlines` carries itself."""
    seen: datetime | None = row["last_seen"]  # type: ignore[assignment]
    text = sentence_of({"context": row["evidence_text"]})
    return Quote(str(row["brand_id"]), text, str(row["evidence_url"]), seen, "", "", ())


def claim_quote(row: Row) -> Quote:
    """What a page elsewhere says, as a quote."""
    seen: datetime | None = row.get("last_seen")  # type: ignore[assignment]
    text = sentence_of({"context": row["context"]})
    return Quote(str(row["brand_id"]), text, str(row["url"]), seen, "", "", ())


def claim_reasons(rows: Sequence[Row]) -> tuple[str, ...]:
    """Codes for claims of one number: what we think, how many domains say it, the tricks seen."""
    verdicts = (f"claim:{row['verdict']}" for row in rows)
    counts = [int(str(row["domains"])) for row in rows if row.get("domains")]
    accounts = ("declared_account" for r in rows if "declared_account" in _reasons(r))
    tricks = (_trick(code) for row in rows for code in texts(row.get("spoof_patterns") or ()))
    said = [f"claimed_by:{max(counts)}"] if counts else []
    return tuple(dict.fromkeys((*verdicts, *said, *accounts, *tricks)))


def _reasons(row: Row) -> list[str]:
    return texts(row.get("verdict_reasons") or ())


def _trick(code: str) -> str:
    """A spoof pattern as a reason; of a look-alike, what it imitates."""
    head, _, rest = code.partition(":")
    return f"{head}:{rest.partition(':')[2]}" if head == "looks_like" else code


def overseas(snapshot: Snapshot, row: Row) -> Row | None:
    """Another official row of the brand that can be dialled from abroad."""
    if row["dial_abroad"]:
        return None
    rows = instead_of(snapshot, str(row["brand_id"]), (Purpose.OVERSEAS.value,))
    return next((r for r in rows if r["dial_abroad"] and r["id"] != row["id"]), None)


def best_first(mentions: Iterable[Row], urls: Collection[object]) -> list[Row]:
    """Mentions that offer the number before others, in text, on the best page."""
    return sorted(
        mentions,
        key=lambda e: (not e["is_hotline"], e["url"] not in urls, e["carrier"] != Carrier.TEXT),
    )


def owner_of_code(number: str) -> str | None:
    """Whose a code is that the state has assigned, or None."""
    return load_rules().plan.assigned.get(number)


def last_quote(snapshot: Snapshot, version: Version) -> tuple[Quote, ...]:
    """The sentence that a number which is gone was last known by, if its run is still there."""
    table = DataDirectory(snapshot.data_dir).run(version.run_id).table("hotlines")
    if not table.exists():
        return ()  # pruned
    batches = read_batches(table, where={"id": (version.id,)})
    seen = version.last_seen or version.valid_to
    return tuple(replace(row_quote(row), seen=seen) for batch in batches for row in batch)


def why_not(row: Row) -> tuple[str, ...]:
    """Codes for why a mention made no hotline; () if it is one."""
    rules = texts(row["rules"])
    if row["is_hotline"]:
        return ()
    found: list[str] = [name for name in _DECISIVE if name in rules]
    if row["owner"] != Owner.SELF:
        found.append(owner_rule(row))
    if not found:
        found.append(f"purpose:{row['purpose']}" if row["label"] else "no_label")
    return tuple(found)


def owner_rule(row: Row) -> str:
    """The rule by which a mention is not the publisher's, with the owner."""
    rule = next((r for r in texts(row["rules"]) if r.startswith("owner:")), "owner:")
    return f"{row['owner']}:{rule.partition(':')[2]}"


def sentence_of(row: Row) -> str:
    """The quoted text of a mention, on one line."""
    return " ".join(str(row["context"]).split())


def texts(value: object) -> list[str]:
    """A list column as strings."""
    return [str(item) for item in value] if isinstance(value, list | tuple) else []
