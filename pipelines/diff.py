"""What a pair of rows means: which content differs, why, and who caused it.

Pairs are found elsewhere (`outputs/compare.py`); rows are mappings of column names to
JSON-ready values. Only content counts: two rows that differ in when they were seen are equal.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from pipelines.model import Change, Hotline, Removal
from pipelines.vocabulary import Cause, Op, Verdict

Row = Mapping[str, object]

#: What today's rules make of a parent's captures where they read no such row any more.
NOT_READ: Row = {}

#: Begins the presence reason of a row that pages which answered well no longer show.
ABSENT = "absent"

OBSERVATION = frozenset(
    (
        "evidence_count",
        "evidence_url",
        "evidence_text",
        "carried_by",
        "good_runs_missed",
        "last_seen",
        "last_checked",
        "last_change",
        "run_id",
        "places",
        "replaces",
        "replaced_by",
        "verdict_evidence",
    )
)
_VERDICT = frozenset(("verdict", "verdict_reasons"))
_PRESENCE = ("presence", "presence_reason")
_CONTENT = tuple(f.name for f in dataclass_fields(Hotline) if f.name not in OBSERVATION)


class UnexplainedRemovalError(ValueError):
    """A row left the dataset although nobody may say that the number is gone."""


class BrokenChainError(ValueError):
    """Changes do not fit the rows they are applied to."""


def same_content(one: Hotline, other: Hotline) -> bool:
    """Whether two rows claim the same; when and how they were seen does not matter."""
    return all(getattr(one, name) == getattr(other, name) for name in _CONTENT)


def change_of(
    before: Row | None,
    after: Row | None,
    *,
    content: tuple[str, ...],
    removal: Removal | None = None,
    rebuilt: Row | None = None,
    healed: Row | None = None,
    registry_changed: bool = False,
    reviewed: bool = False,
    seq: int = 0,
) -> Change | None:
    """The difference between the two sides of one row, or None if their content is equal.

    Args:
        before: Row of the parent snapshot, or None.
        after: Row of the new snapshot, or None.
        content: Names of the content columns.
        removal: Why the row left; needed where `after` is None.
        rebuilt: The parent's row as today's rules read it from the parent's captures;
            `NOT_READ` if they read no such row; None if rules have not changed.
        healed: As `rebuilt`, had every page answered as it did when it last answered well.
        registry_changed: With the brand's entry as it was, the row would be as it was.
        reviewed: The gate would have held the reading back, had a person not accepted it.

    Raises:
        UnexplainedRemovalError: a row left without a `Removal`.
    """
    if before is None and after is None:
        return None
    if before is not None and after is None:
        found = _deletion(before, content, removal, rebuilt, seq)
        return replace(found, cause=by_review(found.cause, reviewed=reviewed))
    old, new = _content(before or {}, content), _content(after or {}, content)
    changed = tuple(sorted(name for name in content if old.get(name) != new.get(name)))
    if before is not None and not changed:
        return None
    names = content if before is None else changed
    row = after or {}
    return Change(
        seq=seq,
        op=Op.ADD if before is None else Op.MOD,
        id=str(row["id"]),
        brand_id=str(row["brand_id"]),
        number=str(row["number"]),
        fields=() if before is None else changed,
        before={} if before is None else {name: old[name] for name in changed},
        after={name: new[name] for name in sorted(names)},
        cause=by_review(
            _cause(old, new, names, (rebuilt, healed), content, registry=registry_changed),
            reviewed=reviewed,
        ),
        reason=str(row.get("presence_reason", "")) if "presence_reason" in changed else "",
        evidence_before=str((before or {}).get("evidence_url", "")),
        evidence_after=str(row.get("evidence_url", "")),
        replaces=_text(row.get("replaces")) if before is None else None,
        last_seen=None if before is None else _moment(before.get("last_seen")),
    )


class Departure(NamedTuple):
    """What is said of a row that left."""

    cause: Cause
    reason: str
    evidence: str
    replaced_by: str | None


def departure(row_id: str, removal: Removal | None, *, unread: bool = False) -> Departure:
    """Why a row left the dataset.

    Args:
        unread: Today's rules no longer read the row on the parent's captures.

    Raises:
        UnexplainedRemovalError: Nobody said why.
    """
    if removal is None and not unread:
        raise UnexplainedRemovalError(
            f"{row_id} left the dataset without a reason: only a removal that presence "
            "decided may drop a row; report this as a defect"
        )
    if removal is None:
        return Departure(Cause.PIPELINE, "not_read_by_todays_rules", "", None)
    cause = Cause.PIPELINE if unread else removal.cause
    return Departure(cause, removal.reason, " ".join(removal.evidence), removal.before.replaced_by)


def cause_outside(names: frozenset[str], verdict: object, *, registry: bool) -> Cause:
    """Who caused a change that no rule, code or dependency of ours did.

    Args:
        names: Columns that changed.
        verdict: Of the row after.
        registry: With the brand's entry as it was, the row would be as it was.
    """
    if registry:
        return Cause.REGISTRY
    went_stale = verdict == Verdict.STALE.value
    if went_stale and "verdict" in names and names <= _VERDICT:
        return Cause.TIME
    return Cause.SOURCE


def by_review(cause: Cause, *, reviewed: bool) -> Cause:
    """Without the person's decision the change would not be there, whatever the page shows."""
    return Cause.REVIEW if reviewed and cause is Cause.SOURCE else cause


def diff(
    before_rows: Mapping[str, Row],
    after_rows: Mapping[str, Row],
    *,
    content: tuple[str, ...],
    removals: Mapping[str, Removal] | None = None,
    rebuilt: Mapping[str, Row] | None = None,
    registry_changed: Container[str] = (),
) -> tuple[Change, ...]:
    """All differences between two snapshots keyed by hotline id, sorted by id, seq from 1.

    Args:
        rebuilt: Parent rows as today's rules read them, or None if rules have not changed.
        registry_changed: Ids of brands whose entry in the registry changed.
    """
    removals = removals or {}
    found: list[Change] = []
    for key in sorted(before_rows.keys() | after_rows.keys()):
        before, after = before_rows.get(key), after_rows.get(key)
        brand_id = str((after or before or {})["brand_id"])
        change = change_of(
            before,
            after,
            content=content,
            removal=removals.get(key),
            rebuilt=None if rebuilt is None else rebuilt.get(key, NOT_READ),
            registry_changed=brand_id in registry_changed,
            seq=len(found) + 1,
        )
        if change is not None:
            found.append(change)
    return tuple(found)


def apply(previous: Mapping[str, Row], changes: Iterable[Change]) -> dict[str, dict[str, object]]:
    """Rows of the next snapshot: content of `previous` with `changes` applied in order.

    Raises:
        BrokenChainError: a change does not fit the row it is about.
    """
    rows = {key: dict(row) for key, row in previous.items()}
    for change in sorted(changes, key=lambda change: change.seq):
        held = rows.get(change.id)
        _check_fits(change, held)
        if change.op is Op.DEL:
            del rows[change.id]
        else:
            rows[change.id] = {**(held or {}), **change.after}
    return rows


def applied(
    previous: Iterable[Row], changes: Iterable[Change], *, key: tuple[str, ...]
) -> Iterator[dict[str, object]]:
    """`apply` for snapshots larger than memory: both sides in key order, one pass.

    Raises:
        BrokenChainError: a change does not fit the row it is about, or is out of order.
    """
    rows = iter(previous)
    held = next(rows, None)
    for change in changes:
        place = _place(change.after, key) if change.op is Op.ADD else None
        while held is not None and _before(held, change, place, key):
            yield dict(held)
            held = next(rows, None)
        about = held if held is not None and held["id"] == change.id else None
        _check_fits(change, about)
        if change.op is not Op.DEL:
            yield {**(about or {}), **change.after}
        if about is not None:
            held = next(rows, None)
    if held is not None:
        yield dict(held)
    yield from map(dict, rows)


def _before(held: Row, change: Change, place: tuple[str, ...] | None, key: tuple[str, ...]) -> bool:
    return held["id"] != change.id if place is None else _place(held, key) < place


def _place(row: Row, key: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in key)


def _check_fits(change: Change, held: Mapping[str, object] | None) -> None:
    if (held is None) is not (change.op is Op.ADD):
        state = "is already there" if held is not None else "is not there"
        raise BrokenChainError(
            f"change {change.seq} ({change.op}) is about {change.id}, which {state}: apply the "
            "change files of all runs since the snapshot, in their order"
        )
    for name, value in change.before.items():
        if held is not None and _plain(held.get(name)) != value:
            raise BrokenChainError(
                f"change {change.seq} expects {name}={value!r} of {change.id}, the snapshot has "
                f"{held.get(name)!r}: it is not the parent of this change file"
            )


def _deletion(
    before: Row, content: tuple[str, ...], removal: Removal | None, rebuilt: Row | None, seq: int
) -> Change:
    unread = rebuilt is not None and (
        not rebuilt or (_is_absent(rebuilt) and not _is_absent(before))
    )
    why = departure(str(before.get("id")), removal, unread=unread)
    old = _content(before, content)
    return Change(
        seq=seq,
        op=Op.DEL,
        id=str(before["id"]),
        brand_id=str(before["brand_id"]),
        number=str(before["number"]),
        fields=(),
        before={name: old[name] for name in sorted(content)},
        cause=why.cause,
        reason=why.reason,
        evidence_before=str(before.get("evidence_url", "")),
        evidence_after=why.evidence,
        replaced_by=why.replaced_by or _text(before.get("replaced_by")),
        last_seen=_moment(before.get("last_seen")),
    )


def _cause(
    old: Mapping[str, object],
    new: Mapping[str, object],
    names: tuple[str, ...],
    today: tuple[Row | None, Row | None],
    content: tuple[str, ...],
    *,
    registry: bool,
) -> Cause:
    rebuilt, healed = today
    if rebuilt is not None and _already_so(old, new, names, rebuilt, content):
        return Cause.PIPELINE
    # That a page answers again is the page's doing; what it says since may still be ours.
    said = tuple(name for name in names if name not in _PRESENCE)
    if healed and said and _already_so(old, new, said, healed, content):
        return Cause.PIPELINE
    return cause_outside(frozenset(names), new.get("verdict"), registry=registry)


def _already_so(
    old: Mapping[str, object],
    new: Mapping[str, object],
    names: tuple[str, ...],
    rebuilt: Row,
    content: tuple[str, ...],
) -> bool:
    """Whether today's rules say the same of the parent's captures."""
    if not rebuilt:
        return _is_absent(new) and not _is_absent(old)
    today = _content(rebuilt, content)
    if _is_absent(today) and _is_absent(new):  # how many runs miss it is counted, not read
        names = tuple(name for name in names if name != "presence_reason" or not _is_absent(old))
        new = {**new, "presence_reason": today["presence_reason"]}
    # A row that only new rules find is first seen in this run, whatever the older page held.
    return bool(names) and all(today[name] == new[name] for name in names if name != "first_seen")


def _is_absent(row: Mapping[str, object]) -> bool:
    return str(row.get("presence_reason", "")).startswith(ABSENT)


def _content(row: Row, content: tuple[str, ...]) -> dict[str, object]:
    return {name: _plain(row.get(name)) for name in content}


def _text(value: object) -> str | None:
    return str(value) if value else None


def _moment(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None


def _plain(value: object) -> object:
    """JSON knows no tuples: ("a",) and ["a"] are one value."""
    return list(value) if isinstance(value, tuple) else value
