"""What a person asks about: each number of a message, and digits that somebody may dial."""

from __future__ import annotations

import pytest

from pipelines.asking import asked_about
from pipelines.rules import load_rules

# Digits that are no number are named by the rule that refused them.
MESSAGES = [
    ("请致电400-123-4567或95007", ["95007", "placeholder"]),
    ("快拨打4001234567领取补偿，官方客服95007", ["95007", "placeholder"]),
    ("请致电400-000-10211或95007", ["95007", "unknown_shape"]),
    ("验证工单4006660001号专员，95007", ["95007", "4006660001"]),
    ("微信同号13912340678，客服95007", ["+8613912340678", "95007"]),
    ("call 4OO-666-OOO1 or 95007", ["4006660001", "95007"]),
    ("请拨4O0 666 00Ol", ["4006660001"]),
    ("您的验证码385921，客服95007", ["95007"]),
    ("您于2026-11-26 12:30消费1234567元，客服95007", ["95007"]),
    ("订单号20261126001234，客服95007", ["95007"]),
    ("尾号1234的卡6222021234567890123，95007", ["95007"]),
    ("OK 95007", ["95007"]),
    ("861055501043", ["+861055501043"]),
    ("86571965550", ["965550"]),
    ("8695007", ["95007"]),
    ("+95007", ["idd_prefix"]),
    ("共95007元", ["section_sign"]),
]


@pytest.mark.parametrize(("text", "expected"), MESSAGES)
def test_what_is_asked_about(text: str, expected: list[str]) -> None:
    asked = asked_about(text, "CN", load_rules())
    assert [item.number.number if item.number else item.refused for item in asked] == expected
