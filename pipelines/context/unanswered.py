"""Numbers that serve no caller: a person's, one that only calls out, one that is out of use."""

from __future__ import annotations

import re

from pipelines.model import Mention, Number
from pipelines.rules import Rules
from pipelines.vocabulary import NumberClass

_NAME_REACH = 30
# 何女士 182… may be the line of a small firm (tests/quality); one of a manager is his.
_TITLE = "(?:经理|經理|主任|总监|總監|店长|店長|工程师|工程師)"
_NAMED_BEFORE = re.compile(
    rf"[\u4e00-\u9fff]{{1,3}}{_TITLE}\s?[:：]?\s?$|(?<![\u4e00-\u9fff])[\u4e00-\u9fff]工\s?[:：]?\s?$"
    r"|(?:经理|經理|专员|專員|负责人|負責人|联系人|聯絡人)\s?[:：]\s?[\u4e00-\u9fff]{2,3}"
    r"[，,、\s]\s?(?:手机|手機|电话|電話)?(?:号码?|號碼?)?\s?[:：]?\s?$"
)
_NAMED_BEHIND = re.compile(rf"\s?[(（][\u4e00-\u9fff]{{1,3}}(?:{_TITLE}|(?<![员职技施])工)[)）]")


def unanswered(number: Number, rules: Rules) -> list[str]:
    """Why no caller is served on a number, by ids of rules: it is a person's, or it only calls."""
    mention = number.mention
    only_calls = rules.states.only_calls(mention.block.text, mention.start, mention.end)
    return ["persons_mobile"] * _is_a_persons(number) + ["only_calls"] * only_calls


def _is_a_persons(number: Number) -> bool:
    """A mobile with the name and office of who answers: 马经理 138…, 138…（王工）."""
    if number.number_class is not NumberClass.MOBILE:
        return False
    text, start, end = number.mention.block.text, number.mention.start, number.mention.end
    named = _NAMED_BEFORE.search(text, max(0, start - _NAME_REACH), start)
    return named is not None or _NAMED_BEHIND.match(text, end) is not None


def out_of_use(mention: Mention, rules: Rules) -> str | None:
    """Since when a number is out of use, ISO; "" if it already is, None if it is in use."""
    block = mention.block
    if any(begin <= mention.start < stop for begin, stop in block.struck):
        return ""
    if (since := rules.states.retired_from(block.text, mention.end)) is not None:
        return since
    return rules.states.replaced_from(block, mention.start, mention.end)
