"""Answers rest on what a page last said, also when this run did not read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.cli import main
from crawler.exit_codes import ExitCode
from outputs.lookup import Answer, check
from outputs.lookup_tables import open_snapshot
from pipelines.vocabulary import Outcome
from tests.e2e.written_runs import Answer as Page
from tests.e2e.written_runs import Runs, runs

PARTNER = "400-673-8764"
CONTACT = "https://zwei.test/contact"


@pytest.fixture
def told(tmp_path: Path) -> Runs:
    """Two brands, one of which names a partner's line."""
    made = runs(tmp_path / "data", "eins", "zwei")
    body = made.pages[CONTACT].body
    partner = f"<p>快递服务由示例速运有限公司提供，其客服电话：{PARTNER}</p>"
    made.pages[CONTACT] = Page(f"{body}{partner}")
    assert made.run() == 0
    return made


def asked(told: Runs, number: str) -> Answer:
    [answer] = check(open_snapshot(told.data), number)
    return answer


def test_a_brand_that_was_not_crawled_keeps_what_its_pages_said(told: Runs) -> None:
    before = {number: asked(told, number) for number in (PARTNER, "95007")}
    assert before[PARTNER].kind == "belongs_to_other"
    assert told.run("eins") == 0
    for number, answer in before.items():
        now = asked(told, number)
        assert (now.kind, now.reasons) == (answer.kind, answer.reasons)
        assert {q.text for q in now.quotes} == {q.text for q in answer.quotes} != set()


def test_a_page_that_fails_keeps_its_words_with_their_date(told: Runs) -> None:
    first = told.now
    told.pages[CONTACT] = Page(outcome=Outcome.TIMEOUT)
    assert told.run() == 0
    answer = asked(told, PARTNER)
    assert answer.kind == "belongs_to_other"
    assert [quote.seen for quote in answer.quotes] == [first]


def test_what_a_page_took_back_is_not_said_any_more(told: Runs) -> None:
    told.pages[CONTACT] = Page(told.pages[CONTACT].body.replace(PARTNER, "客服"))
    assert told.run() == 0
    assert asked(told, PARTNER).kind == "not_in_data"


def test_a_page_that_is_gone_says_nothing_any_more(told: Runs) -> None:
    told.pages[CONTACT] = Page(outcome=Outcome.HTTP_404)
    assert told.run() == 0
    assert asked(told, PARTNER).kind == "not_in_data"


def test_status_names_brands_that_did_not_answer(
    told: Runs, capsys: pytest.CaptureFixture[str]
) -> None:
    told.pages[CONTACT] = Page(outcome=Outcome.TIMEOUT)
    assert told.run() == 0
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main(["status", "--data-dir", str(told.data)])
    assert "no page answered, so that all is carried: zwei" in capsys.readouterr().out


def test_a_number_that_the_brand_warns_of(told: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    body = told.pages[CONTACT].body
    warning = "近期有不法分子冒充我司客服，使用400-673-8701、400-673-8702等号码致电客户，请勿相信。"
    told.pages[CONTACT] = Page(f"{body}<p>{warning}</p>")
    assert told.run() == 0
    capsys.readouterr()
    for number in ("400-673-8701", "400-673-8702"):
        with pytest.raises(SystemExit) as ended:
            main(["check", number, "--lang", "zh", "--data-dir", str(told.data)])
        assert ended.value.code == ExitCode.OTHER_BRAND
        shown = capsys.readouterr().out
        assert "不要相信" in shown
        assert "官方号码 ·" not in shown
