"""A page, a host, a brand or a spelling changes; the number does not: no remove-and-add pair."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.vocabulary import Outcome
from tests.e2e.written_runs import Answer, Runs, brand, contact, fact

EINS = "https://eins.test/contact"
IDS = {"eins/95007", "eins/4000001999"}


@pytest.fixture
def told(tmp_path: Path) -> Runs:
    made = Runs(tmp_path / "data", (brand("eins"),))
    made.pages[EINS] = contact(made.brands[0])
    assert made.run() == 0
    return made


def check_same_numbers(told: Runs, first_seen: dict[object, object], runs: int = 3) -> None:
    """Nothing comes or goes in so many runs, and in the end all is observed and as old as ever."""
    for _ in range(runs):
        assert told.run() == 0
        assert {op for op, _ in told.causes()} <= {"MOD"}
    assert told.states() == dict.fromkeys(IDS, "observed")
    assert ages(told) == first_seen


def ages(told: Runs) -> dict[object, object]:
    return {row["id"]: row["first_seen"] for row in told.rows()}


def test_a_page_that_redirects_within_the_ground(told: Runs) -> None:
    there = "https://eins.test/about/contact"
    told.pages[EINS] = replace(told.pages[EINS], final_url=there)
    check_same_numbers(told, ages(told))
    assert {row["evidence_url"] for row in told.rows()} == {there}


def test_a_page_at_a_new_url_while_the_old_one_is_gone(told: Runs) -> None:
    told.pages = {
        EINS: Answer(outcome=Outcome.HTTP_404),
        "https://eins.test/kefu": told.pages[EINS],
    }
    check_same_numbers(told, ages(told))


def test_a_page_at_a_new_url_that_answers_only_later(told: Runs) -> None:
    seen, new = ages(told), "https://eins.test/kefu"
    page = told.pages.pop(EINS)
    told.brands = (brand("eins", "/kefu"),)
    told.pages[new] = Answer(outcome=Outcome.TIMEOUT)
    told.run()  # nothing could be fetched: not published
    told.pages[new] = page
    check_same_numbers(told, seen)


def test_an_old_url_that_leads_to_the_home_page(told: Runs) -> None:
    """A soft redirect: the answer is good, on the ground, and another page."""
    seen, page = ages(told), told.pages[EINS]
    home = "<title>示例首页</title><h1>欢迎</h1><p>下载客户端，开启便捷支付新生活，每天安心。</p>"
    told.pages[EINS] = Answer(home, final_url="https://eins.test/")
    help_page = Answer("<h1>帮助</h1><p>投诉热线：95008</p>")
    told.pages["https://eins.test/help"] = help_page  # so that something is observed
    for _ in range(3):
        assert told.run() == 0
        assert not [row_id for op, row_id in told.causes() if op == "DEL"]
    states = told.states()
    assert {states[row_id] for row_id in IDS} == {"not_observed unrecognised_layout"}
    told.pages["https://eins.test/kefu"] = page
    assert told.run() == 0
    assert {key: state for key, state in told.states().items() if key in IDS} == dict.fromkeys(
        IDS, "observed"
    )
    assert {key: age for key, age in ages(told).items() if key in IDS} == seen


def test_a_host_that_changed_inside_the_declared_ground(told: Runs) -> None:
    seen = ages(told)
    moved = replace(
        told.brands[0],
        hosts=(fact("eins.test"), fact("kefu.eins.test")),
        sources=(replace(told.brands[0].sources[0], url="https://kefu.eins.test/contact"),),
    )
    told.pages = {"https://kefu.eins.test/contact": told.pages[EINS]}
    told.brands = (moved,)
    check_same_numbers(told, seen)


def test_a_brand_that_was_renamed(told: Runs) -> None:
    old = told.brands[0]
    told.brands = (replace(old, name_zh="新名支付", aliases=(old.name_zh,)),)
    told.pages[EINS] = contact(told.brands[0])
    check_same_numbers(told, ages(told))


@pytest.mark.parametrize(
    "spelling",
    ["4000001999", "400 000 1999", "400-0001-999", "４００－０００－１９９９", "4000-001-999"],
)
def test_a_number_that_is_grouped_otherwise(told: Runs, spelling: str) -> None:
    page = told.pages[EINS]
    told.pages[EINS] = replace(page, body=page.body.replace("400-000-1999", spelling))
    check_same_numbers(told, ages(told))


def test_a_landline_with_and_without_the_country_code(tmp_path: Path) -> None:
    told = Runs(tmp_path / "data", (brand("eins"),))
    body = "<title>联系我们</title><h1>联系我们</h1><p>客服热线：{}</p><p>服务时间：每日</p>"
    for spelling in ("0571-55501021", "+86-571-5550-1021", "（0571）55501021", "86 571 55501021"):
        told.pages[EINS] = Answer(body.format(spelling))
        assert told.run() == 0
        assert told.states() == {"eins/+8657155501021": "observed"}


def test_a_number_that_took_the_place_of_another(told: Runs) -> None:
    told.pages[EINS] = contact(told.brands[0], "95009")
    links = []
    for _ in range(2):
        assert told.run() == 0
        links += [(r["op"], r["id"], r["replaces"], r["replaced_by"])
                  for r in told.rows("changes") if r["op"] != "MOD"]  # fmt: skip
    assert links == [
        ("ADD", "eins/95009", "eins/95007", None),
        ("DEL", "eins/95007", None, "eins/95009"),
    ]
