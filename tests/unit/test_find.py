"""Finding: the gate, where numbers start and end, what is refused and by which rule."""

from __future__ import annotations

import pytest

from pipelines.numbering.digits import GATE
from pipelines.numbering.find import Finder, Found, Refused, national_digits
from pipelines.numbering.fold import fold
from pipelines.rules import load_rules

RULES = load_rules()


def search(text: str, country: str = "CN") -> tuple[tuple[Found, ...], tuple[Refused, ...]]:
    hits = tuple(Finder(RULES.plan, RULES.vetoes, country).hits(text))
    found = tuple(hit for hit in hits if isinstance(hit, Found))
    return found, tuple(hit for hit in hits if isinstance(hit, Refused))


def raw(text: str, country: str = "CN") -> list[str]:
    return [text[hit.start : hit.end] for hit in search(text, country)[0]]


def refusals(text: str) -> list[tuple[str, str]]:
    return [(text[hit.start : hit.end], hit.rule) for hit in search(text)[1]]


@pytest.mark.parametrize(
    "text", ["95188", "９５１８８", "9 5 1 8 8", "110", "1-8-0-0-1", "400-820-8820", "①400"]
)
def test_the_gate_lets_numbers_pass(text: str) -> None:
    assert GATE.search(text)


@pytest.mark.parametrize("text", ["", "客服热线", "24 小时", "9:00", "第 9 条"])
def test_the_gate_stops_lines_without_enough_digits(text: str) -> None:
    assert not GATE.search(text)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("客服热线：95188。", "95188"),
        ("客服（400-820-8820）", "400-820-8820"),
        ("电话 (0755)8601 3388，", "(0755)8601 3388"),
        ("电话：+86（0）10 5881 2888；", "+86（0）10 5881 2888"),
        ("客服４００－８２０－８８２０！", "４００－８２０－８８２０"),
        ("客服95\u200b188哦", "95\u200b188"),
        ("电话010--63070957 。", "010--63070957"),
    ],
)
def test_the_span_is_the_number_and_nothing_else(text: str, span: str) -> None:
    assert raw(text) == [span]


def test_steps_belong_to_the_span() -> None:
    assert raw("客服95188转2转1。") == ["95188转2转1"]
    assert raw("电话0755-83765566转8012，") == ["0755-83765566转8012"]


def test_hours_behind_a_number_are_no_digits_of_it() -> None:
    assert raw("4008208820 7×24小时") == ["4008208820"]
    assert raw("400-820-8820 9:00-21:00") == ["400-820-8820"]


def test_two_numbers_joined_by_a_space() -> None:
    assert raw("0532-81703333 0532-85668130") == ["0532-81703333", "0532-85668130"]


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("010-65558888/5566", ["01065558888", "01065555566"]),
        ("010-65558888、65558889", ["01065558888", "01065558889"]),
        ("021-51088880~3", ["02151088880", "02151088881", "02151088882", "02151088883"]),
        ("400-820-8820/8821", ["4008208820", "4008208821"]),
    ],
)
def test_alternatives_inherit_what_they_leave_out(text: str, digits: list[str]) -> None:
    found = search(text)[0]
    assert [hit.digits for hit in found] == digits
    assert [hit.inherited for hit in found] == [False] + [True] * (len(digits) - 1)


def test_a_second_extension_is_no_alternative() -> None:
    found = search("010-82628888-5517、5518")[0]
    assert [(hit.digits, hit.steps) for hit in found] == [
        ("01082628888", ("5517",)),
        ("01082628888", ("5518",)),
    ]


@pytest.mark.parametrize(
    ("text", "needs_label"),
    [
        ("95188", True),
        ("96588", True),
        ("12315", True),
        ("10086", True),
        ("1010-7888", True),
        ("110", True),
        ("400-820-8820", False),
        ("010-58812888", False),
        ("139-1234-0678", False),
        ("+852 2929 3888", False),
        ("852-2929 3888", True),
    ],
)
def test_which_digits_need_a_label(text: str, needs_label: bool) -> None:
    assert [hit.needs_label for hit in search(text)[0]] == [needs_label]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("客服QQ：4008208820", "not_phone_label"),
        ("￥4008208820", "money"),
        ("第12315件", "section_sign"),
        ("12315天", "unit"),
        ("order_4008208820", "digits_in_word"),
        ("4008208820元", "amount"),
        ("客服95188*2", "more_digits"),
        ("客服热线9501312345", "bad95"),
        ("电话：12345678", "placeholder"),
        ("电话：86013388", "local_only"),
        ("电话：400820882", "unknown_shape"),
    ],
)
def test_every_refusal_names_its_rule(text: str, rule: str) -> None:
    assert raw(text) == []
    assert rule in {name for _, name in refusals(text)}


@pytest.mark.parametrize(
    "text",
    [
        "http://a.test/4008208820",
        "4008208820@a.test",
        "2026-11-22",
        "12:30:45",
        "10.95.188.12",
        "京ICP备12345678号",
        "91330100MA27XJ8D58",
        "550e8400-e29b-41d4-a716-446655440000",
    ],
)
def test_masked_text_is_never_searched(text: str) -> None:
    masked = RULES.vetoes.masked(text)
    assert len(masked) == len(text)
    assert raw(text) == []
    assert refusals(text) == []


def test_a_credit_code_that_ends_in_a_letter_is_masked() -> None:
    assert refusals("91330100799655058B") == []


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("+86 400-820-8820", "4008208820"),
        ("0086 571 2880 1234", "057128801234"),
        ("+86 (0)571-8888 1234", "057188881234"),
        ("+86(0571)88881234", "057188881234"),
        ("86-21-38769999", "02138769999"),
        ("8613912340678", "13912340678"),
        ("+86 139 1234 0678", "13912340678"),
        ("+86 95188", "95188"),
        ("+86-571-95188", "057195188"),
        ("+86-10-12308", "01012308"),
        ("+86 1010 7888", "10107888"),
        ("0755-86013388", "075586013388"),
        ("+86-010-58812888", "01058812888"),
    ],
)
def test_national_form(written: str, digits: str) -> None:
    assert national_digits(written) == digits


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("４００－８２０", "400-820"),
        ("010—5881", "010-5881"),
        ("95\u200b1\u00ad88", "95188"),
        ("400・820", "400·820"),
        ("400\u3000820", "400 820"),
        ("（010）", "(010)"),
        ("～9", "~9"),
    ],
)
def test_folding_and_the_way_back(text: str, folded: str) -> None:
    result = fold(text)
    assert result.text == folded
    assert result.span(0, len(folded)) == (0, len(text))


def test_a_folded_span_gives_nothing_of_its_neighbours() -> None:
    result = fold("a\u200b95\u200b188\u200b b")
    start = result.text.index("95188")
    assert result.span(start, start + 5) == (2, 8)
