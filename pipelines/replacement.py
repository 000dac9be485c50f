"""A number replaced by another at the same place of the same page: both name each other.

A place is the page, the block in it and the label beside the number. Where several numbers
left or came at one place, nothing is said: a guess would be worse.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from pipelines.model import Evidence, Hotline, Removal
from pipelines.vocabulary import Cause, Presence


def place_of(evidence: Evidence) -> str:
    """Where a mention stands; labels tell the columns of one line apart."""
    return f"{evidence.url} {evidence.block_path} {evidence.label}"


def joined_places(before: Hotline, read: Hotline, silent: Iterable[str]) -> tuple[str, ...]:
    """Places of an observed number: those read now, and those on pages that were silent."""
    urls = tuple(f"{url} " for url in silent)
    kept = (place for place in before.places or () if urls and place.startswith(urls))
    return tuple(sorted({*(read.places or ()), *kept}))


def linked(
    rows: Sequence[Hotline], removals: Sequence[Removal], known: Collection[str]
) -> tuple[list[Hotline], list[Removal]]:
    """Rows and removals in which a new number and the one whose place it took name each other.

    Args:
        rows: Rows that stay, new ones among them.
        known: Ids of the rows of the parent snapshot.
    """
    new = [row for row in rows if row.id not in known]
    unseen = [row for row in rows if row.presence is Presence.NOT_OBSERVED]
    left = [r.before for r in removals if r.cause is not Cause.REGISTRY]
    pairs = _pairs(_by_place(new), _by_place([*unseen, *left]))
    backwards = {old: fresh for fresh, old in pairs.items()}
    return (
        [_named(row, pairs, backwards) for row in rows],
        [replace(r, before=_named(r.before, pairs, backwards)) for r in removals],
    )


def _named(row: Hotline, pairs: Mapping[str, str], backwards: Mapping[str, str]) -> Hotline:
    if row.id in pairs:
        return replace(row, replaces=pairs[row.id])
    return replace(row, replaced_by=backwards[row.id]) if row.id in backwards else row


def _by_place(rows: Iterable[Hotline]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in rows:
        for place in row.places or ():
            found.setdefault(place, set()).add(row.id)
    return found


def _pairs(new: Mapping[str, set[str]], old: Mapping[str, set[str]]) -> dict[str, str]:
    """New id → old id, where the places of both name one number on each side."""
    shared = [place for place in new if place in old]
    clear = [p for p in shared if len(new[p]) == 1 and len(old[p]) == 1]
    found = {(next(iter(new[p])), next(iter(old[p]))) for p in clear}
    return {
        fresh: gone
        for fresh, gone in found
        if sum(fresh == other for other, _ in found) == 1
        and sum(gone == other for _, other in found) == 1
    }
