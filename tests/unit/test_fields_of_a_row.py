"""What a line is for, costs and asks for, by tables whose answers are older than the rules."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipelines.vocabulary import ChannelKind
from tests.unit.declared_pages import NUMBERS, of_a_wallet

_TABLES = Path(__file__).parents[1] / "statements"
PURPOSES = tomllib.loads((_TABLES / "purposes.toml").read_text("utf-8"))
PURPOSES_ABROAD = tomllib.loads((_TABLES / "purposes_abroad.toml").read_text("utf-8"))
COSTS = tomllib.loads((_TABLES / "costs.toml").read_text("utf-8"))
MENUS = tomllib.loads((_TABLES / "menus.toml").read_text("utf-8"))
SERVE_NO_USERS = {"fax", "media", "investor", "hr"}
FEES = {
    "free": {"free"},
    "local": {"local", "shared"},
    "caller": {"normal", "international"},
    "premium": {"premium"},
    "": {""},
}


def _purpose(text: str, country: str) -> str:
    found = of_a_wallet(text, country).evidence
    return found[0].purpose.value if found else ""


@pytest.mark.parametrize(
    ("text", "country", "purpose"), PURPOSES["blind"]["rows"] + PURPOSES["phrases"]["rows"]
)
def test_what_a_line_is_for(text: str, country: str, purpose: str) -> None:
    assert _purpose(text, country) == purpose


@pytest.mark.xfail(strict=True, reason="known wrong")
@pytest.mark.parametrize(("text", "country", "purpose"), PURPOSES["open"]["rows"])
def test_what_a_line_is_for_and_nobody_reads_yet(text: str, country: str, purpose: str) -> None:
    assert _purpose(text, country) == purpose


def _abroad(text: str, country: str) -> list[tuple[str, bool]]:
    found = of_a_wallet(text.replace("{N}", NUMBERS[country]), country).evidence
    return [(item.purpose.value, item.is_hotline) for item in found]


@pytest.mark.parametrize(("text", "country", "purpose"), PURPOSES_ABROAD["right"]["rows"])
def test_what_a_line_abroad_is_for(text: str, country: str, purpose: str) -> None:
    assert _abroad(text, country) == [(purpose, purpose not in SERVE_NO_USERS)]


@pytest.mark.xfail(strict=True, reason="known wrong")
@pytest.mark.parametrize(("text", "country", "purpose"), PURPOSES_ABROAD["open"]["rows"])
def test_what_a_line_abroad_is_for_and_nobody_reads_yet(
    text: str, country: str, purpose: str
) -> None:
    assert _abroad(text, country) == [(purpose, purpose not in SERVE_NO_USERS)]


def _costs(text: str, country: str) -> tuple[str, bool]:
    read = of_a_wallet(text, country)
    [found] = read.evidence
    fee = found.fee_stated.partition(":")[0]
    said = next(name for name, fees in FEES.items() if fee in fees)
    return said, any(c.kind is ChannelKind.PREPARE for c in read.channels)


@pytest.mark.parametrize(
    ("text", "country", "fee", "ready"),
    [row for name in ("blind", "abroad", "families", "footnotes") for row in COSTS[name]["rows"]],
)
def test_what_a_call_costs_and_asks_for(text: str, country: str, fee: str, ready: bool) -> None:
    assert _costs(text, country) == (fee, ready)


@pytest.mark.xfail(strict=True, reason="known wrong", raises=(AssertionError, ValueError))
@pytest.mark.parametrize(("text", "country", "fee", "ready"), COSTS["open"]["rows"])
def test_what_a_call_costs_and_nobody_reads_yet(
    text: str, country: str, fee: str, ready: bool
) -> None:
    assert _costs(text, country) == (fee, ready)


@pytest.mark.parametrize(
    "label",
    [
        "Media Relations hotline",
        "Investor relations line",
        "Recruitment hotline",
        "Partner bank hotline",
        "Press enquiries hotline",
    ],
)
def test_lines_that_serve_no_users_in_english(label: str) -> None:
    [found] = of_a_wallet(f"{label}: 6222 1122", "SG").evidence
    assert not found.is_hotline


@pytest.mark.parametrize(
    "text",
    [
        "Fax or hotline: 6222 1122",
        "Careers. Customer hotline: 6222 1122",
        "For media enquiries email us, or call our hotline 6222 1122",
    ],
)
def test_a_word_beside_another_label_does_not_take_it(text: str) -> None:
    [found] = of_a_wallet(text, "SG").evidence
    assert (found.is_hotline, found.purpose) == (True, "general")


def test_an_explicit_hotline_is_general_under_any_heading() -> None:
    [found] = of_a_wallet("<h3>投诉渠道</h3><p>客服热线：95188</p>", "CN").evidence
    assert found.purpose == "general"


def _steps(form: str, printed: str, country: str) -> str:
    [found] = of_a_wallet(form.replace("{number}", printed), country).evidence
    return " ".join(found.menu or found.extension.split(";"))


@pytest.mark.parametrize("printed", ["95188", "400-820-8820"])
@pytest.mark.parametrize(("form", "steps"), MENUS["mainland"]["rows"])
def test_keys_behind_a_number(form: str, printed: str, steps: str) -> None:
    assert _steps(form, printed, "CN") == steps


@pytest.mark.parametrize(("form", "steps"), MENUS["short_codes"]["rows"])
def test_keys_behind_a_short_code(form: str, steps: str) -> None:
    assert _steps(form, "95188", "CN") == steps


@pytest.mark.parametrize("country", ["SG", "HK", "MY"])
@pytest.mark.parametrize(("form", "steps"), MENUS["english"]["rows"])
def test_keys_in_english(form: str, country: str, steps: str) -> None:
    assert _steps(form, NUMBERS[country], country) == steps


@pytest.mark.parametrize(("form", "steps"), MENUS["hong_kong"]["rows"])
def test_keys_in_traditional_characters(form: str, steps: str) -> None:
    assert _steps(form, NUMBERS["HK"], "HK") == steps


@pytest.mark.xfail(strict=True, reason="known wrong")
@pytest.mark.parametrize(("form", "steps"), MENUS["open"]["rows"])
def test_keys_that_nobody_reads_yet(form: str, steps: str) -> None:
    assert _steps(form, NUMBERS["SG"], "SG") == steps


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("客服：400-810-0188（仅收市话费） 投诉：400-810-0288（免费）", ["local", "free"]),
        ("客服：400-810-0188（免费） 投诉：400-810-0288（收费）", ["free", ""]),
        ("全国免费客服热线：400-810-0188 投诉：400-810-0288", ["free", ""]),
        ("客服热线：400-810-0188/400-810-0288（仅收市话费）", ["local", "local"]),
    ],
)
def test_what_one_call_costs_is_not_said_of_the_next(text: str, expected: list[str]) -> None:
    found = of_a_wallet(f"<p>{text}</p>", "CN").evidence
    assert [e.fee_stated.partition(":")[0] for e in found] == expected
