"""Which rules stand behind a difference between two readings of the same captures.

Evidence carries the ids of the rules that decided. Where both readings name the same rules,
what they made of the mention tells which of them says something else today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Row = Mapping[str, object]

#: What a mention is known by in both readings: where it stands, and what stands there.
_PLACE = ("brand_id", "url", "carrier", "block_path", "context", "start", "raw")
_READ_BY = {
    "plan": ("number", "area", "extension", "menu", "number_class", "numbering_note", "display",
             "printed_abroad"),
    "label": ("label", "purpose", "is_hotline"),
    "owner": ("owner",),
    "hours": ("hours_raw", "hours", "hours_approx"),
    "fees": ("fee_stated",),
}  # fmt: skip
_STAGES = (
    ("presence", {"presence", "presence_reason"}),
    ("verdict", {"presence", "presence_reason", "verdict", "verdict_reasons"}),
)


def mentions_read_otherwise(
    before: Iterable[Row], after: Iterable[Row]
) -> tuple[tuple[Row, tuple[str, ...]], ...]:
    """Each mention that two readings take differently, with the rules behind it."""
    old, new = ({_place(row): row for row in rows} for rows in (before, after))
    found = []
    for place in sorted(old.keys() | new.keys(), key=repr):
        rules = _behind(old.get(place), new.get(place))
        if rules:
            found.append((new.get(place) or old[place], rules))
    return tuple(found)


def stage_behind(fields: Sequence[str]) -> str:
    """The stage that decides these columns of a row, where no mention is read otherwise."""
    within = (name for name, columns in _STAGES if fields and set(fields) <= columns)
    return f"stage:{next(within, 'reconcile')}"


def _place(row: Row) -> tuple[object, ...]:
    return tuple(row[name] for name in _PLACE)


def _behind(before: Row | None, after: Row | None) -> tuple[str, ...]:
    if before is None or after is None:
        return (_named(before or after or {}, "plan"),)
    kinds = [kind for kind in _READ_BY if _differs(before, after, kind)]
    if "owner" in kinds and _same_label(before, after) and "label" in kinds:
        kinds.remove("label")  # whose number it is decides what it is for, not its label
    named = ((_named(before, kind), _named(after, kind)) for kind in kinds)
    return tuple(old if old == new else f"{old} → {new}" for old, new in named)


def _same_label(before: Row, after: Row) -> bool:
    return _named(before, "label") == _named(after, "label")


def _differs(before: Row, after: Row, kind: str) -> bool:
    other = any(before[name] != after[name] for name in _READ_BY[kind])
    return other or _named(before, kind) != _named(after, kind)


def _named(row: Row, kind: str) -> str:
    """The id of the rule of a kind; a label with its word, since its id tells only the place."""
    rules = row["rules"]
    ids = [str(rule) for rule in rules] if isinstance(rules, list | tuple) else []
    # The reader names its rule of numbers first, whatever that is called.
    found = ids[0] if kind == "plan" and ids else next((i for i in ids if _is(i, kind)), kind)
    return f"{found} {row['label']}" if kind == "label" and row["label"] else found


def _is(rule: str, kind: str) -> bool:
    return rule.partition(":")[0] == kind
