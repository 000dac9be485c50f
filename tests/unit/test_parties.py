"""Numbers of agreements that name parties and shorten names, by a table older than the rules."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipelines.brand import Brand
from pipelines.context.publisher import PublisherOf
from pipelines.rules import load_rules
from tests.unit.declared_pages import found

_FILE = Path(__file__).parents[1] / "statements" / "parties.toml"
_ROWS = tomllib.loads(_FILE.read_text("utf-8"))["parties"]["rows"]
_BRAND = Brand("demo", "晴川支付", "CN", aliases=("晴川支付有限公司",))
_FAR = "您理解并同意，双方应当按照诚实信用的原则履行各自的义务，并妥善保管资料。" * 12
#: The last two: a name for two firms of one group, and two parties of which one has the page.
_KNOWN_WRONG = [
    pytest.param(*row, marks=pytest.mark.xfail(strict=True, reason="the nearest name counts"))
    for row in _ROWS[-2:]
]


@pytest.mark.parametrize(("said", "owner"), [*_ROWS[:-2], *_KNOWN_WRONG])
def test_whose_a_number_is_below_the_names(said: str, owner: str) -> None:
    assert _owners(said) == [owner]


@pytest.mark.parametrize(
    ("said", "owner"), [row for row in _ROWS[:-2] if "称" in row[0] or "乙方" in row[0]]
)
def test_whose_it_is_far_below_parties_and_names_that_were_shortened(said: str, owner: str) -> None:
    *names, last = said.split("\n")
    assert _owners("\n".join([*names, _FAR, last])) == [owner]


def test_a_reader_is_no_firm() -> None:
    firms = load_rules().owners.firms
    text = "甲方（用户）：云杉有限公司用户\n借款人（甲方）与晴川支付有限公司（乙方）"
    publisher = PublisherOf(text, _BRAND, firms)
    assert publisher.party_in("甲方可拨打") is None
    assert publisher.party_in("甲方可致电乙方客服") is True


def _owners(said: str) -> list[str]:
    body = "".join(f"<p>{line}</p>" for line in said.split("\n"))
    return [str(item.owner) for item in found(body, _BRAND, ()).values()]
