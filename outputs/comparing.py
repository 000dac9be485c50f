"""A published run beside what today's rules make of the same captures: what differs, by rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from outputs.compare import pairs
from outputs.manifest import read_manifest
from outputs.rows import Row, json_row
from outputs.run_directory import RunDirectory
from outputs.schema import EVIDENCE, HOTLINES
from outputs.table_files import count_rows, read_batches
from pipelines.diff import NOT_READ, change_of
from pipelines.model import Change
from pipelines.ruling import mentions_read_otherwise, stage_behind


@dataclass(frozen=True, slots=True)
class Comparison:
    """What today's rules would change of a run.

    Attributes:
        before: Rows as published.
        today: Rows as today's rules have them.
        changes: What differs, each with cause `pipeline`.
        hotlines_by_rule: Rule → ids of the rows it changes; a row may stand under several.
        mentions_by_rule: Rule → how many mentions it reads otherwise, hotlines or not.
    """

    run_id: str
    before: int
    today: int
    changes: tuple[Change, ...]
    hotlines_by_rule: dict[str, tuple[str, ...]]
    mentions_by_rule: dict[str, int]

    def count(self, op: str) -> int:
        """How many rows come (`ADD`), change (`MOD`) or go (`DEL`)."""
        return sum(change.op == op for change in self.changes)


def compare(published: RunDirectory, rebuilt: RunDirectory) -> Comparison:
    """Sets a rebuilt run beside the one that was published from the same captures."""
    changes = tuple(_changes(published, rebuilt))
    mentions: dict[str, int] = {}
    numbers: dict[tuple[str, str], set[str]] = {}
    for brand_id, old, new in _by_brand(published, rebuilt):
        for row, rules in mentions_read_otherwise(old, new):
            for rule in rules:
                mentions[rule] = mentions.get(rule, 0) + 1
            numbers.setdefault((brand_id, str(row["number"])), set()).update(rules)
    hotlines: dict[str, list[str]] = {}
    for change in changes:
        behind = numbers.get((change.brand_id, change.number))
        for rule in behind or {stage_behind(change.fields)}:
            hotlines.setdefault(rule, []).append(change.id)
    return Comparison(
        run_id=published.run_id,
        before=read_manifest(published).counts["hotlines"],
        today=count_rows(rebuilt.table("hotlines")),
        changes=changes,
        hotlines_by_rule={rule: tuple(ids) for rule, ids in sorted(hotlines.items())},
        mentions_by_rule=dict(sorted(mentions.items())),
    )


def _changes(published: RunDirectory, rebuilt: RunDirectory) -> Iterator[Change]:
    seq = 0
    for old, new in pairs(published.table("hotlines"), rebuilt.table("hotlines")):
        today = json_row(HOTLINES, new) if new else None
        change = change_of(
            json_row(HOTLINES, old) if old else None,
            today,
            content=HOTLINES.content,
            rebuilt=today or NOT_READ,
            seq=seq + 1,
        )
        if change is not None:
            seq += 1
            yield change


def _by_brand(one: RunDirectory, other: RunDirectory) -> Iterator[tuple[str, list[Row], list[Row]]]:
    """Evidence of both runs brand by brand; the tables are sorted by brand."""
    left, right = _Brands(one), _Brands(other)
    while (brand_id := min(filter(None, (left.brand, right.brand)), default=None)) is not None:
        yield brand_id, left.take(brand_id), right.take(brand_id)


class _Brands:
    """The evidence of a run, a brand at a time."""

    def __init__(self, run: RunDirectory) -> None:
        self._rows = chain.from_iterable(read_batches(run.table("evidence")))
        self._next: Row | None = next(self._rows, None)

    @property
    def brand(self) -> str | None:
        """The brand whose rows come next."""
        return str(self._next["brand_id"]) if self._next else None

    def take(self, brand_id: str) -> list[Row]:
        """All rows of a brand; none if another brand comes next."""
        found: list[Row] = []
        while self._next is not None and self.brand == brand_id:
            found.append(json_row(EVIDENCE, self._next))
            self._next = next(self._rows, None)
        return found
