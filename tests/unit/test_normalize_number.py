"""From found digits to a number: normal forms of data-model.md, section Numbers."""

from __future__ import annotations

import pytest

from pipelines.model import Block, Number
from pipelines.normalize import normalize
from pipelines.numbering.find import Finder, Found
from pipelines.numbering.plan import unfold
from pipelines.rules import load_rules

RULES = load_rules()


def numbers(text: str, country: str = "CN") -> list[Number]:
    block = Block(text=text, path="line 1")
    hits = Finder(RULES.plan, RULES.vetoes, country).hits(text)
    found = [hit for hit in hits if isinstance(hit, Found)]
    return [n for hit in found if (n := normalize(hit, block, RULES.plan)) is not None]


def one(text: str, country: str = "CN") -> Number:
    [number] = numbers(text, country)
    return number


@pytest.mark.parametrize(
    ("text", "number", "number_class", "note"),
    [
        ("95188", "95188", "short_95", "cs95_vas"),
        ("95516", "95516", "short_95", "cs95_core"),
        ("956196", "956196", "short_95", "cs95_core"),
        ("95163777", "95163777", "short_95", "cs95_vas_ext"),
        ("9555801", "9555801", "short_95", "cs95_ivr_tail"),
        ("96588", "96588", "short_96", "prov96"),
        ("962999", "962999", "short_96", "prov96"),
        ("96110", "96110", "public_service", "anti_fraud"),
        ("4008-123-123", "4008123123", "shared_400", "shared400"),
        ("800 820 8820", "8008208820", "tollfree_800", "free800"),
        ("1010-7888", "10107888", "uan_1010", "uan1010"),
        ("10086", "10086", "carrier", "carrier"),
        ("1008611", "1008611", "carrier", "carrier"),
        ("11183", "11183", "carrier", "carrier"),
        ("114", "114", "carrier", "info3"),
        ("12315", "12315", "public_service", "public12"),
        ("110", "110", "emergency", "emergency"),
        ("0755-86013388", "+8675586013388", "landline", "landline"),
        ("0756-2211951", "+867562211951", "landline", "landline"),
        ("139-1234-0678", "+8613912340678", "mobile", "mobile"),
        ("17012345679", "+8617012345679", "mobile", "mobile_vno"),
        ("16512340678", "+8616512340678", "mobile", "mobile_vno"),
        ("106901234567", "106901234567", "sms", "sms106"),
        ("16885588", "16885588", "premium", "premium16"),
        ("12590", "12590", "premium", "vas1259"),
        ("+852 2929 3888", "+85229293888", "foreign", "fixed_line"),
    ],
)
def test_class_and_canonical_form(text: str, number: str, number_class: str, note: str) -> None:
    found = one(text)
    assert (found.number, found.number_class.value, found.note) == (number, number_class, note)


@pytest.mark.parametrize(
    ("text", "number", "area", "printed_abroad"),
    [
        ("（020）95575", "95575", "", ""),
        ("010-12321", "12321", "", ""),
        ("0551-96588", "96588", "0551", ""),
        ("（0532）96588", "96588", "0532", ""),
        ("+86-10-95588", "95588", "", "+861095588"),
        ("+86-571-95188", "95188", "", "+8657195188"),
        ("+86-10-12308", "12308", "", "+861012308"),
        ("01095580", "95580", "", ""),
        ("+86-551-96588", "96588", "0551", "+8655196588"),
    ],
)
def test_an_area_code_folds_into_a_short_code(
    text: str, number: str, area: str, printed_abroad: str
) -> None:
    found = one(text)
    assert (found.number, found.area, found.printed_abroad) == (number, area, printed_abroad)


def test_an_area_code_before_no_real_code_is_no_number() -> None:
    assert numbers("010-12399") == []


@pytest.mark.parametrize(
    ("text", "extension", "menu"),
    [
        ("95511转5转2", "", ("5", "2")),
        ("95188-3", "", ("3",)),
        ("10086转1", "", ("1",)),
        ("12366转2", "", ("2",)),
        ("400-820-8820转2", "2", ()),
        ("021-60727072转3003", "3003", ()),
        ("0755-83765566-8012", "8012", ()),
        ("010-58812888转1转2", "1;2", ()),
        ("95188", "", ()),
    ],
)
def test_steps_are_a_menu_behind_a_short_code(
    text: str, extension: str, menu: tuple[str, ...]
) -> None:
    found = one(text)
    assert (found.extension, found.menu) == (extension, menu)


@pytest.mark.parametrize(
    ("text", "display"),
    [
        ("4008-123-123", "4008-123-123"),
        ("４００－８２０－８８２０", "400-820-8820"),
        ("(0755)8601 3388", "(0755)8601 3388"),
        ("400-820-8820转2", "400-820-8820"),
        ("0755-83765566-8012", "0755-83765566"),
        ("95\u200b188", "95188"),
        ("95511转5转2", "95511"),
        ("+86-571-95188", "+86-571-95188"),
    ],
)
def test_the_pages_own_grouping_is_kept(text: str, display: str) -> None:
    assert one(text).display == display


def test_the_mention_quotes_the_block() -> None:
    text = "客服热线：４００－８２０－８８２０转2。"
    mention = one(text).mention
    assert mention.raw == "４００－８２０－８８２０转2"
    assert text[mention.start : mention.end] == mention.raw


def test_every_number_names_the_rule_that_made_it() -> None:
    for text in ("95188", "010-95588", "+852 2929 3888", "010-58812888/5566"):
        assert all(number.rule.startswith("plan:") for number in numbers(text))


def test_an_area_is_split_from_its_code() -> None:
    assert unfold("01012321") == ("010", "12321")
    assert unfold("055196588") == ("0551", "96588")
    with pytest.raises(ValueError, match="no area code"):
        unfold("95188")
