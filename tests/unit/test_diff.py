from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from brand_story import CONTACT, HELP, Story, brand, page
from hypothesis import given, settings
from hypothesis import strategies as st

from outputs.schema import content_columns
from pipelines.diff import (
    NOT_READ,
    OBSERVATION,
    BrokenChainError,
    Row,
    UnexplainedRemovalError,
    apply,
    change_of,
    diff,
)
from pipelines.model import Hotline, Removal
from pipelines.vocabulary import Cause, Op, Outcome

CONTENT = ("display", "labels", "presence", "presence_reason", "verdict", "verdict_reasons")


def row(**changes: object) -> dict[str, object]:
    return {
        "id": "demo/95001",
        "brand_id": "demo",
        "number": "95001",
        "display": "95001",
        "labels": ["客服热线"],
        "presence": "observed",
        "presence_reason": "",
        "verdict": "official",
        "verdict_reasons": ["declared_page:contact"],
        "evidence_url": CONTACT,
        "last_seen": "2026-11-22T21:15:00Z",
        **changes,
    }


def _hotline() -> Hotline:
    return Story(brand(CONTACT)).run(page(CONTACT, "95001")).hotlines[0]


def removal(reason: str = "gone_from_pages", cause: Cause = Cause.SOURCE) -> Removal:
    return Removal(_hotline(), reason, cause, (CONTACT, HELP))


def test_observation_columns_agree_with_the_schema() -> None:
    keys = {"id", "brand_id", "number", "area", "extension"}
    names = {name for name in Hotline.__dataclass_fields__ if name not in OBSERVATION}
    assert set(content_columns("hotlines")) | keys == names


def test_equal_content_is_no_change() -> None:
    assert change_of(row(), row(last_seen="later", evidence_url=HELP), content=CONTENT) is None
    assert change_of(row(labels=("客服热线",)), row(), content=CONTENT) is None
    assert change_of(None, None, content=CONTENT) is None


def test_addition_holds_all_content() -> None:
    found = change_of(None, row(), content=CONTENT, seq=7)
    assert found is not None
    assert (found.op, found.seq, found.fields, found.before) == (Op.ADD, 7, (), {})
    assert found.after == {name: row()[name] for name in CONTENT}
    assert (found.evidence_before, found.evidence_after) == ("", CONTACT)


def test_modification_holds_the_fields_that_differ() -> None:
    found = change_of(row(), row(verdict="stale", display="95 001"), content=CONTENT)
    assert found is not None
    assert (found.op, found.fields) == (Op.MOD, ("display", "verdict"))
    assert found.before == {"display": "95001", "verdict": "official"}
    assert found.after == {"display": "95 001", "verdict": "stale"}


def test_a_modification_of_presence_names_its_reason() -> None:
    gone = row(presence="not_observed", presence_reason="timeout")
    found = change_of(row(), gone, content=CONTENT)
    assert found is not None
    assert found.reason == "timeout"


def test_deletion_names_reason_and_pages() -> None:
    found = change_of(row(), None, content=CONTENT, removal=removal())
    assert found is not None
    assert (found.op, found.reason, found.cause) == (Op.DEL, "gone_from_pages", Cause.SOURCE)
    assert (found.after, set(found.before)) == ({}, set(CONTENT))
    assert found.evidence_after == f"{CONTACT} {HELP}"


def test_a_row_never_leaves_without_a_reason() -> None:
    with pytest.raises(UnexplainedRemovalError, match="demo/95001"):
        change_of(row(), None, content=CONTENT)


@pytest.mark.parametrize(
    ("before", "after", "options", "cause"),
    [
        (row(), row(display="x"), {}, Cause.SOURCE),
        (row(), row(display="x"), {"rebuilt": row(display="x")}, Cause.PIPELINE),
        (row(), row(display="x"), {"rebuilt": row(display="y")}, Cause.SOURCE),
        (row(), row(display="x"), {"rebuilt": row()}, Cause.SOURCE),
        (row(), row(display="x"), {"registry_changed": True}, Cause.REGISTRY),
        (
            row(),
            row(display="x"),
            {"registry_changed": True, "rebuilt": row(display="x")},
            Cause.PIPELINE,
        ),
        (row(), row(verdict="stale", verdict_reasons=["not_seen_recently"]), {}, Cause.TIME),
        (row(), row(verdict="stale", display="x"), {}, Cause.SOURCE),
        (row(verdict="stale"), row(), {}, Cause.SOURCE),
        (None, row(), {}, Cause.SOURCE),
        (None, row(), {"rebuilt": row()}, Cause.PIPELINE),
        (None, row(), {"rebuilt": NOT_READ}, Cause.SOURCE),
        (None, row(), {"registry_changed": True}, Cause.REGISTRY),
        (
            row(),
            row(presence="not_observed", presence_reason="absent:1/2"),
            {"rebuilt": NOT_READ},
            Cause.PIPELINE,
        ),
        (
            row(),
            row(presence="not_observed", presence_reason="timeout"),
            {"rebuilt": NOT_READ},
            Cause.SOURCE,
        ),
        (row(), None, {"removal": removal("source_retired", Cause.REGISTRY)}, Cause.REGISTRY),
        (row(), None, {"removal": removal(cause=Cause.REVIEW)}, Cause.REVIEW),
        (row(), None, {"removal": removal(), "rebuilt": NOT_READ}, Cause.PIPELINE),
        (row(), None, {"rebuilt": NOT_READ}, Cause.PIPELINE),
    ],
)
def test_every_change_names_its_cause(
    before: Row | None, after: Row | None, options: dict[str, Any], cause: Cause
) -> None:
    found = change_of(before, after, content=CONTENT, **options)
    assert found is not None
    assert found.cause is cause


def test_a_row_that_only_new_rules_find_is_ours_although_first_seen_today() -> None:
    content = (*CONTENT, "first_seen")
    now, then = row(first_seen="2026-11-23"), row(first_seen="2026-11-22")
    found = change_of(None, now, content=content, rebuilt=then)
    assert found is not None
    assert found.cause is Cause.PIPELINE


def test_changes_are_numbered_in_the_order_of_ids() -> None:
    rows = {key: row(id=key, number=key[5:]) for key in ("demo/1", "demo/2", "demo/3")}
    found = diff(
        {"demo/2": rows["demo/2"], "demo/3": rows["demo/3"]},
        {"demo/1": rows["demo/1"], "demo/3": {**rows["demo/3"], "display": "x"}},
        content=CONTENT,
        removals={"demo/2": removal()},
        registry_changed={"demo"},
    )
    assert [(c.seq, c.op, c.id) for c in found] == [
        (1, Op.ADD, "demo/1"),
        (2, Op.DEL, "demo/2"),
        (3, Op.MOD, "demo/3"),
    ]
    assert [c.cause for c in found] == [Cause.REGISTRY, Cause.SOURCE, Cause.REGISTRY]


def test_case_10_no_change_gives_an_empty_diff() -> None:
    assert diff({"a": row()}, {"a": row()}, content=CONTENT) == ()


@pytest.mark.parametrize("start", [{}, {"demo/95001": row(display="other")}])
def test_changes_of_another_parent_are_refused(start: dict[str, dict[str, object]]) -> None:
    changes = diff({"demo/95001": row()}, {"demo/95001": row(display="x")}, content=CONTENT)
    with pytest.raises(BrokenChainError, match="demo/95001"):
        apply(start, changes)


def test_an_addition_to_what_is_there_is_refused() -> None:
    changes = diff({}, {"demo/95001": row()}, content=CONTENT)
    with pytest.raises(BrokenChainError, match="already there"):
        apply({"demo/95001": row()}, changes)


_row = st.fixed_dictionaries(
    {
        "display": st.sampled_from(["a", "b"]),
        "labels": st.lists(st.sampled_from(["x", "y"]), max_size=2),
        "presence": st.sampled_from(["observed", "not_observed"]),
        "verdict": st.sampled_from(["official", "stale"]),
        "last_seen": st.integers(0, 3),
    }
)
_snapshot = st.dictionaries(st.sampled_from([f"demo/{i}" for i in range(5)]), _row, max_size=5)


@settings(deadline=None)
@given(st.lists(_snapshot, min_size=2, max_size=6))
def test_case_11_changes_give_the_snapshot_over_any_history(
    history: list[dict[str, dict[str, object]]],
) -> None:
    content = ("display", "labels", "presence", "verdict")
    snapshots = [
        {key: {"id": key, "brand_id": "demo", "number": key[5:], **r} for key, r in rows.items()}
        for rows in history
    ]
    one = removal()
    files = []
    for before, after in pairwise(snapshots):
        removals = dict.fromkeys(before.keys() - after.keys(), one)
        files.append(diff(before, after, content=content, removals=removals))
        assert bool(files[-1]) is (_only(before, content) != _only(after, content))
    for start in range(len(snapshots)):  # whoever missed any number of runs catches up
        held: dict[str, dict[str, object]] = _only(snapshots[start], content)
        for changes, after in zip(files[start:], snapshots[start + 1 :], strict=True):
            held = apply(held, changes)
            assert held == _only(after, content)


def test_missing_a_change_file_is_noticed() -> None:
    history = [{"demo/95001": row(display=name)} for name in "abc"]
    first, second = (diff(one, two, content=CONTENT) for one, two in pairwise(history))
    assert apply(apply(history[0], first), second)["demo/95001"]["display"] == "c"
    with pytest.raises(BrokenChainError, match="not the parent of this change file"):
        apply(history[0], second)


def _only(
    rows: dict[str, dict[str, object]], content: tuple[str, ...]
) -> dict[str, dict[str, object]]:
    return {key: {name: r[name] for name in content} for key, r in rows.items()}


_day = st.lists(st.sampled_from(["95001", "95002", "95003", "95004", "down"]), max_size=5)


@settings(deadline=None)
@given(st.lists(_day, min_size=1, max_size=6))
def test_case_11_over_histories_that_presence_wrote(days: list[list[str]]) -> None:
    story = Story(brand(CONTACT))
    story.run(page(CONTACT, "95001", "95002", "95003"))
    content = content_columns("hotlines")
    before = _json(story.history.hotlines)
    held = _only(before, content)
    for day in days:
        down = "down" in day
        visit = page(CONTACT, outcome=Outcome.DNS) if down else page(CONTACT, *sorted(set(day)))
        outcome = story.run(visit)
        after = _json(outcome.hotlines)
        removals = {r.before.id: r for r in outcome.removals}
        held = apply(held, diff(before, after, content=content, removals=removals))
        assert held == _only(after, content)
        before = after


def _json(rows: tuple[Hotline, ...]) -> dict[str, dict[str, object]]:
    return {h.id: {name: _plain(value) for name, value in asdict(h).items()} for h in rows}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return [str(v) for v in value] if isinstance(value, tuple) else value
