"""Numbers that serve no caller: a person's, one that only calls out, one that is out of use."""

from __future__ import annotations

from pipelines.model import Mention, Number
from pipelines.rules import Rules
from pipelines.vocabulary import NumberClass

_NAME_REACH = 30


def unanswered(number: Number, rules: Rules) -> list[str]:
    """Why no caller is served on a number, by ids of rules: it is a person's, or it only calls."""
    mention = number.mention
    only_calls = rules.states.only_calls(mention.block.text, mention.start, mention.end)
    return ["persons_mobile"] * _is_a_persons(number, rules) + ["only_calls"] * only_calls


def _is_a_persons(number: Number, rules: Rules) -> bool:
    """A mobile with the name and office of who answers: 马经理 138…, 138…（王工）."""
    if number.number_class is not NumberClass.MOBILE:
        return False
    text, start, end = number.mention.block.text, number.mention.start, number.mention.end
    said = rules.owners.statements
    named = said.person_before.search(text, max(0, start - _NAME_REACH), start)
    return named is not None or said.person_behind.match(text, end) is not None


def out_of_use(mention: Mention, rules: Rules) -> str | None:
    """Since when a number is out of use, ISO; "" if it already is, None if it is in use."""
    block = mention.block
    if any(begin <= mention.start < stop for begin, stop in block.struck):
        return ""
    if (since := rules.states.retired_from(block.text, mention.end)) is not None:
        return since
    return rules.states.replaced_from(block, mention.start, mention.end)
