"""Who caused a change: each of the five causes provoked, and none of them blamed on another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crawler.cli import main
from outputs.run_directory import DataDirectory
from pipelines.vocabulary import Cause, Outcome
from tests.e2e.written_runs import (
    Answer,
    Runs,
    brand,
    contact,
    merchant_is_no_service,
    merchant_is_vip,
    runs,
    use_rules,
)

EINS, ZWEI = "https://eins.test/contact", "https://zwei.test/contact"
NAMES = ("eins", "zwei")
MERCHANTS = {("MOD", f"{name}/4000001999"): ("pipeline", "") for name in NAMES}
DOWN = Answer(outcome=Outcome.TIMEOUT)


@pytest.fixture
def told(tmp_path: Path) -> Runs:
    made = runs(tmp_path / "data", *NAMES)
    assert made.run() == 0
    return made


def test_source(told: Runs) -> None:
    told.pages[EINS] = contact(told.brands[0], "95009")
    told.run()
    assert told.causes() == {
        ("ADD", "eins/95009"): ("source", ""),
        ("MOD", "eins/95007"): ("source", "absent:1/2"),
    }


def test_time(told: Runs) -> None:
    told.pages[EINS] = DOWN
    told.run()
    told.run(days=91)
    assert told.causes() == {
        ("MOD", "eins/95007"): ("time", ""),
        ("MOD", "eins/4000001999"): ("time", ""),
    }


def test_review(tmp_path: Path) -> None:
    names = ("商户", "境外", "理财", "保险")
    lines = [f"<p>{name}服务热线：400-812-31{i:02}</p>" for i, name in enumerate(names)]
    told = Runs(tmp_path / "data", (brand("eins"),))
    told.pages[EINS] = Answer(f"<h1>联系我们</h1>{''.join(lines)}")
    assert told.run() == 0
    told.pages[EINS] = Answer(f"<h1>联系我们</h1>{lines[0]}")
    assert told.run() == 3
    [refused] = DataDirectory(told.data).quarantined.iterdir()
    with pytest.raises(SystemExit) as ended:
        main(["accept", refused.name, "--brand", "eins", "--reason", "rebuilt, looked",
              "--data-dir", str(told.data)])  # fmt: skip
    assert ended.value.code == 0
    assert told.causes() == {
        ("DEL", f"eins/400812310{i}"): ("review", "gone_from_pages") for i in (1, 2, 3)
    }


class TestRegistry:
    def test_a_source_that_is_declared_anew(self, told: Runs) -> None:
        told.brands = (brand("eins", "/contact", "/help"), told.brands[1])
        told.pages["https://eins.test/help"] = Answer("<h1>帮助</h1><p>投诉热线：95008</p>")
        told.run()
        assert told.causes() == {("ADD", "eins/95008"): ("registry", "")}

    def test_a_brand_that_is_listed_anew(self, told: Runs) -> None:
        told.brands = (*told.brands, brand("drei"))
        told.pages["https://drei.test/contact"] = contact(told.brands[2])
        told.run()
        assert {cause for cause, _ in told.causes().values()} == {"registry"}
        assert len(told.causes()) == 2

    def test_an_edited_entry_is_no_cause_of_what_the_page_changed(self, told: Runs) -> None:
        edited = replace(told.brands[0], name_en="Eins")
        told.brands = (edited, told.brands[1])
        told.pages[EINS] = contact(told.brands[0], "95009")
        told.run()
        assert {cause for cause, _ in told.causes().values()} == {"source"}

    def test_a_country_that_was_corrected(self, told: Runs) -> None:
        told.brands = (replace(told.brands[0], country="TW"), told.brands[1])
        told.run()
        assert told.causes()
        assert {cause for cause, _ in told.causes().values()} == {"registry"}

    def test_edit_and_page_in_one_run(self, told: Runs) -> None:
        told.brands = (brand("eins", "/contact", "/help"), told.brands[1])
        told.pages["https://eins.test/help"] = Answer("<h1>帮助</h1><p>投诉热线：95008</p>")
        told.pages[EINS] = contact(told.brands[0], "95009")
        told.run()
        causes = told.causes()
        assert causes["ADD", "eins/95008"] == ("registry", "")
        assert causes["ADD", "eins/95009"] == ("source", "")
        assert causes["MOD", "eins/95007"] == ("source", "absent:1/2")


class TestPipeline:
    def test_rules_and_pages_in_one_run(self, told: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
        use_rules(monkeypatch, merchant_is_vip())
        told.pages[EINS] = contact(told.brands[0], "95009")
        told.run()
        assert told.causes() == {
            **MERCHANTS,
            ("ADD", "eins/95009"): ("source", ""),
            ("MOD", "eins/95007"): ("source", "absent:1/2"),
        }

    def test_rules_and_registry_in_one_run(
        self, told: Runs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use_rules(monkeypatch, merchant_is_vip())
        told.brands = (brand("eins", "/contact", "/help"), told.brands[1])
        told.pages["https://eins.test/help"] = Answer("<h1>帮助</h1><p>投诉热线：95008</p>")
        told.run()
        assert told.causes() == {**MERCHANTS, ("ADD", "eins/95008"): ("registry", "")}

    def test_after_a_run_of_another_brand(
        self, told: Runs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told.run("eins")
        use_rules(monkeypatch, merchant_is_vip())
        told.run()
        assert told.causes() == MERCHANTS

    def test_brand_by_brand(self, told: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
        """The run of one brand has today's digests; the rows of the other have not."""
        use_rules(monkeypatch, merchant_is_vip())
        told.run("eins")
        told.run("zwei")
        assert told.causes() == {("MOD", "zwei/4000001999"): ("pipeline", "")}

    def test_a_host_that_failed_when_the_rules_changed(
        self, told: Runs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fine = told.pages[ZWEI]
        told.pages[ZWEI] = DOWN
        told.run()
        use_rules(monkeypatch, merchant_is_vip())
        told.run()
        assert told.causes() == {("MOD", "eins/4000001999"): ("pipeline", "")}
        told.pages[ZWEI] = fine
        told.run()
        assert told.causes() == {
            ("MOD", "zwei/4000001999"): ("pipeline", ""),
            ("MOD", "zwei/95007"): ("source", ""),  # the host answers again, nothing else
        }

    def test_a_number_that_only_our_rules_dropped(
        self, told: Runs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told.run()  # so that the parent has a parent that knew it, too
        use_rules(monkeypatch, merchant_is_no_service())
        for op, reason in (("MOD", "absent:1/2"), ("DEL", "gone_from_pages")):
            told.run()
            assert told.causes() == {
                (op, f"{name}/4000001999"): ("pipeline", reason) for name in NAMES
            }

    def test_a_number_that_left_while_rules_changed(
        self, told: Runs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Missed before, missed again: that the parent's captures lack it too proves nothing."""
        told.pages[EINS] = contact(told.brands[0], "95009")
        told.run()
        use_rules(monkeypatch, merchant_is_vip())
        told.run()
        assert told.causes()["DEL", "eins/95007"] == ("source", "gone_from_pages")


def test_no_cause_is_missing() -> None:
    assert {c.value for c in Cause} == {"source", "pipeline", "registry", "review", "time"}
