"""Which rule stands behind a mention that two readings take differently."""

from __future__ import annotations

import pytest

from pipelines.ruling import mentions_read_otherwise, stage_behind


def mention(**changes: object) -> dict[str, object]:
    return {
        "brand_id": "demo",
        "url": "https://www.demo.example/contact",
        "carrier": "text",
        "block_path": "line 3",
        "context": "客服热线：95001",
        "start": 5,
        "raw": "95001",
        "number": "95001",
        "area": "",
        "extension": "",
        "menu": [],
        "number_class": "short_95",
        "numbering_note": "cs95",
        "display": "95001",
        "printed_abroad": "",
        "label": "客服热线",
        "purpose": "general",
        "is_hotline": True,
        "owner": "self",
        "hours_raw": "",
        "hours": "",
        "hours_approx": False,
        "fee_stated": "",
        "rules": ["plan:cs95", "label:before", "owner:publisher"],
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({}, ()),
        ({"purpose": "vip"}, ("label:before 客服热线",)),
        ({"is_hotline": False}, ("label:before 客服热线",)),
        (
            {"label": "热线", "rules": ["plan:cs95", "label:row", "owner:publisher"]},
            ("label:before 客服热线 → label:row 热线",),
        ),
        ({"owner": "third_party", "is_hotline": False}, ("owner:publisher",)),
        (
            {"owner": "unknown", "rules": ["plan:cs95", "label:before", "owner:row"]},
            ("owner:publisher → owner:row",),
        ),
        ({"number_class": "carrier"}, ("plan:cs95",)),
        ({"hours": "24/7"}, ("hours",)),
        ({"fee_stated": "免费"}, ("fees",)),
        ({"number_class": "carrier", "hours": "24/7"}, ("plan:cs95", "hours")),
    ],
)
def test_the_rule_that_says_something_else(
    changes: dict[str, object], rules: tuple[str, ...]
) -> None:
    found = mentions_read_otherwise([mention()], [mention(**changes)])
    assert [behind for _, behind in found] == ([rules] if rules else [])


def test_a_mention_that_only_one_reading_has() -> None:
    other = mention(raw="95002", number="95002", rules=["plan:other", "label:none"])
    for before, after in (([other], []), ([], [other])):
        assert mentions_read_otherwise(before, after) == ((other, ("plan:other",)),)


def test_the_same_number_at_two_places_is_two_mentions() -> None:
    here, there = mention(), mention(block_path="line 9")
    found = mentions_read_otherwise([here, there], [here, mention(block_path="line 9", hours="x")])
    assert [row["block_path"] for row, _ in found] == ["line 9"]


@pytest.mark.parametrize(
    ("fields", "stage"),
    [
        (("presence_reason",), "stage:presence"),
        (("presence", "presence_reason"), "stage:presence"),
        (("verdict", "presence"), "stage:verdict"),
        (("hours",), "stage:reconcile"),
        ((), "stage:reconcile"),
    ],
)
def test_where_no_mention_differs_the_stage_is_named(fields: tuple[str, ...], stage: str) -> None:
    assert stage_behind(fields) == stage
