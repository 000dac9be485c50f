"""Who caused a change: each of the five causes provoked, and none of them blamed on another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crawler.cli import main
from outputs.run_directory import DataDirectory
from pipelines.model import Brand
from pipelines.vocabulary import Cause, Outcome
from tests.e2e.written_runs import (
    Answer,
    Runs,
    brand,
    contact,
    fact,
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


def test_a_name_that_another_brand_gains_or_loses(tmp_path: Path) -> None:
    """What stands beside a number is somebody else's name only while the registry knows it."""
    lines = "<h1>联系我们</h1><p>客服热线：95007</p><p>旅行付客服热线：400-812-3123</p>"
    alone = (brand("eins", related=()),)
    both = (*alone, brand("zwei", name_zh="旅行付", related=()))
    told = Runs(tmp_path / "data", alone, {EINS: Answer(lines)})
    told.run()
    for brands, reason in ((both, "absent:1/2"), (alone, "")):
        told.brands = brands
        told.run()
        assert told.causes() == {("MOD", "eins/4008123123"): ("registry", reason)}


MERCHANTS_ONLY = "<h1>联系我们</h1><p>商户服务热线：95007</p><p>投诉热线：95006</p>"


class TestShared:
    """A verdict that another brand takes away, or gives back, has the cause of what that did."""

    @pytest.fixture
    def strangers(self, tmp_path: Path) -> Runs:
        """Two brands of two groups; so far only the first prints the number."""
        made = Runs(tmp_path / "data", (_stranger("eins"), _stranger("zwei")))
        made.pages = {EINS: Answer(ONE_LINE), ZWEI: Answer(OTHER_LINE)}
        return made

    def test_another_brand_prints_the_number(self, strangers: Runs) -> None:
        strangers.run()
        strangers.pages[ZWEI] = Answer(ONE_LINE + OTHER_LINE)
        strangers.run()
        assert _verdict(strangers) == "conflict"
        assert strangers.causes() == {
            ("MOD", "eins/95007"): ("source", ""),
            ("ADD", "zwei/95007"): ("source", ""),
        }
        strangers.pages[ZWEI] = DOWN
        strangers.run()
        assert _verdict(strangers) == "conflict"

    def test_while_rules_and_an_entry_change(
        self, strangers: Runs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        strangers.run()
        use_rules(monkeypatch, merchant_is_vip())
        strangers.brands = (strangers.brands[0], replace(strangers.brands[1], name_en="Zwei"))
        strangers.pages[ZWEI] = Answer(ONE_LINE + OTHER_LINE)
        strangers.run()
        assert strangers.causes() == {
            ("MOD", "eins/95007"): ("source", ""),
            ("ADD", "zwei/95007"): ("source", ""),
        }

    def test_a_brand_that_is_listed_anew_or_no_more(self, strangers: Runs) -> None:
        both = strangers.brands
        strangers.brands = both[:1]
        strangers.run()
        strangers.brands, strangers.pages[ZWEI] = both, Answer(ONE_LINE)
        strangers.run()
        assert _verdict(strangers) == "conflict"
        assert strangers.causes() == {
            ("MOD", "eins/95007"): ("registry", ""),
            ("ADD", "zwei/95007"): ("registry", ""),
        }
        strangers.brands = both[:1]
        strangers.run()
        assert _verdict(strangers) == "official"
        assert strangers.causes() == {
            ("MOD", "eins/95007"): ("registry", ""),
            ("DEL", "zwei/95007"): ("registry", "brand_retired"),
        }

    @pytest.mark.parametrize("side", [0, 1], ids=["its own entry", "the entry of the other"])
    def test_a_relation_that_is_declared_or_taken_back(self, strangers: Runs, side: int) -> None:
        strangers.pages[ZWEI] = Answer(ONE_LINE)
        strangers.run()
        apart = list(strangers.brands)
        kin = list(apart)
        kin[side] = replace(kin[side], related=(fact(NAMES[1 - side]),))
        for brands, verdict in ((kin, "official"), (apart, "conflict")):
            strangers.brands = tuple(brands)
            strangers.run()
            assert _verdict(strangers) == verdict
            assert strangers.causes() == {
                ("MOD", f"{name}/95007"): ("registry", "") for name in NAMES
            }

    @pytest.mark.parametrize("turned", [False, True], ids=["the later brand", "the earlier brand"])
    def test_rules_that_read_the_number_of_the_other(
        self, strangers: Runs, monkeypatch: pytest.MonkeyPatch, *, turned: bool
    ) -> None:
        one, other = (ZWEI, EINS) if turned else (EINS, ZWEI)
        strangers.pages = {one: Answer(ONE_LINE), other: Answer(MERCHANTS_ONLY)}
        with monkeypatch.context() as patch:
            use_rules(patch, merchant_is_no_service())
            strangers.run()
            strangers.run()
        assert {row["verdict"] for row in strangers.rows()} == {"official"}
        strangers.run()
        assert _verdict(strangers) == "conflict"
        names = reversed(NAMES) if turned else NAMES
        assert strangers.causes() == {
            (op, f"{name}/95007"): ("pipeline", "")
            for op, name in zip(("MOD", "ADD"), names, strict=True)
        }

    def test_what_else_changes_of_a_lowered_row(
        self, strangers: Runs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The row is in conflict before and after: that its own pages say official is no change."""
        strangers.pages = {EINS: Answer(MERCHANTS_ONLY), ZWEI: Answer(ONE_LINE)}
        strangers.run()
        assert _verdict(strangers) == "conflict"
        use_rules(monkeypatch, merchant_is_vip())
        strangers.run()
        assert strangers.causes() == {("MOD", "eins/95007"): ("pipeline", "")}


ONE_LINE = "<h1>联系我们</h1><p>客服热线：95007</p>"
OTHER_LINE = "<h1>联系我们</h1><p>投诉热线：95006</p>"


def _stranger(name: str) -> Brand:
    return brand(name, related=())


def _verdict(told: Runs) -> str:
    [row] = [row for row in told.rows() if row["id"] == "eins/95007"]
    return str(row["verdict"])


def test_no_cause_is_missing() -> None:
    assert {c.value for c in Cause} == {"source", "pipeline", "registry", "review", "time"}
