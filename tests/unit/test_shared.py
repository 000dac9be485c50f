"""Numbers that two brands print: a group, or a conflict that the next run can undo."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from brand_story import CONTACT, DAY_ONE, POLICY, brand, ev, page

from outputs.rows import from_row, hotline_from_row, rows_of
from outputs.run_directory import RunDirectory
from outputs.schema import HOTLINES, ISSUES
from outputs.sharing import NumbersClaimed, settle_shared
from outputs.snapshot import write_table
from outputs.table_files import read_table
from pipelines.model import Brand, BrandHistory, BrandOutcome, Fact, Hotline, Issue, Visit
from pipelines.process_brand import process_brand
from pipelines.shared import alone, held_together
from pipelines.vocabulary import Grade, NumberClass

ONE_PAGE = (CONTACT,)
TWO_PAGES = (CONTACT, POLICY)


def wallet(brand_id: str, *, kin: str = "", grade: Grade = Grade.C) -> Brand:
    related = (Fact(kin, grade, "invented for a test"),) if kin else ()
    return replace(brand(), id=brand_id, related=related)


def pages(brand_id: str, urls: Sequence[str], number: str = "95001", **said: object) -> list[Visit]:
    return [page(url, ev(number, brand_id=brand_id, **said)) for url in urls]


def run(
    *crawled: tuple[Brand, Sequence[Visit]],
    history: dict[str, BrandHistory] | None = None,
    day: int = 0,
    kept: Sequence[Hotline] = (),
) -> dict[str, BrandOutcome]:
    """What a run makes of its brands, after its tables were settled."""
    now = DAY_ONE + timedelta(days=day)
    known = history or {}
    made = {
        b.id: process_brand(
            b, [replace(v, fetched_at=now) for v in visits], known.get(b.id, BrandHistory()),
            now=now, run_id=f"run-{day}",
        )
        for b, visits in crawled
    }  # fmt: skip
    with TemporaryDirectory() as place:
        before, here = RunDirectory(Path(place) / "a"), RunDirectory(Path(place) / "b")
        before.path.mkdir()
        here.path.mkdir()
        held = [row for one in known.values() for row in one.hotlines]
        write_table(before.table("hotlines"), HOTLINES, rows_of(HOTLINES, held))
        numbers = NumbersClaimed()
        all_rows, all_issues = [], []
        for brand_id in sorted({*made, *(row.brand_id for row in kept)}):
            own = made[brand_id].hotlines if brand_id in made else kept
            rows = rows_of(HOTLINES, [row for row in own if row.brand_id == brand_id])
            numbers.note(rows, known[brand_id].hotlines if brand_id in known else ())
            all_rows += rows
            all_issues += made[brand_id].issues if brand_id in made else ()
        write_table(here.table("hotlines"), HOTLINES, all_rows)
        write_table(here.table("issues"), ISSUES, rows_of(ISSUES, all_issues))
        settle_shared(
            here, numbers, brands=[b for b, _ in crawled], crawled=made.keys(), before=before,
            now=now,
        )  # fmt: skip
        hotlines = [hotline_from_row(row) for row in read_table(here.table("hotlines"))]
        issues = [from_row(Issue, row) for row in read_table(here.table("issues"))]
    return {
        i: replace(
            one,
            hotlines=tuple(row for row in hotlines if row.brand_id == i),
            issues=tuple(issue for issue in issues if issue.brand_id == i),
        )
        for i, one in made.items()
    }


def verdicts(made: dict[str, BrandOutcome]) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {h.id: (h.verdict.value, h.verdict_reasons) for o in made.values() for h in o.hotlines}


def test_s9_two_unrelated_brands_are_in_conflict() -> None:
    made = run((wallet("a"), pages("a", ONE_PAGE)), (wallet("b"), pages("b", ONE_PAGE)))
    assert verdicts(made) == {
        "a/95001": ("conflict", ("shared_with:b", "alone:official", "declared_page:contact")),
        "b/95001": ("conflict", ("shared_with:a", "alone:official", "declared_page:contact")),
    }
    assert {i.code for o in made.values() for i in o.issues} == {"number_shared"}
    (row,) = made["a"].hotlines
    assert row.verdict_evidence is not None
    assert row.verdict_evidence[0] == f"shared_with:b: {CONTACT}"


def test_s9_three_unrelated_brands_are_a_template() -> None:
    made = run(*((wallet(i), pages(i, ONE_PAGE)) for i in "abc"))
    assert {verdict for verdict, _ in verdicts(made).values()} == {"unverified"}


@pytest.mark.parametrize("sides", [("b", ""), ("", "a")])
def test_a_declared_relation_is_no_conflict(sides: tuple[str, str]) -> None:
    one, other = wallet("a", kin=sides[0]), wallet("b", kin=sides[1])
    made = run((one, pages("a", ONE_PAGE)), (other, pages("b", ONE_PAGE)))
    assert {verdict for verdict, _ in verdicts(made).values()} == {"official"}


def test_a_relation_from_memory_binds_nobody() -> None:
    one = wallet("a", kin="b", grade=Grade.D)
    made = run((one, pages("a", ONE_PAGE)), (wallet("b"), pages("b", ONE_PAGE)))
    assert {verdict for verdict, _ in verdicts(made).values()} == {"conflict"}


def test_relations_join_groups_through_a_third() -> None:
    brands = [wallet("a", kin="b"), wallet("b"), wallet("c", kin="b")]
    made = run(*((b, pages(b.id, ONE_PAGE)) for b in brands))
    assert {verdict for verdict, _ in verdicts(made).values()} == {"official"}


def test_two_brands_of_one_company_are_a_group() -> None:
    entity = Fact("某某支付有限公司", Grade.B, "invented for a test")
    one, other = (replace(wallet(i), entity=entity) for i in "ab")
    made = run((one, pages("a", ONE_PAGE)), (other, pages("b", ONE_PAGE)))
    assert {verdict for verdict, _ in verdicts(made).values()} == {"official"}


def test_the_stronger_claim_stands() -> None:
    """Whoever writes a number on one page of a small brand must not harm its true owner."""
    made = run((wallet("a"), pages("a", TWO_PAGES)), (wallet("b"), pages("b", ONE_PAGE)))
    found = verdicts(made)
    assert found["a/95001"][0] == "confirmed"
    assert found["b/95001"][0] == "conflict"
    assert [i.code for i in made["a"].issues] == ["number_shared"]


def test_two_strong_claims_both_fall() -> None:
    made = run((wallet("a"), pages("a", TWO_PAGES)), (wallet("b"), pages("b", TWO_PAGES)))
    assert {verdict for verdict, _ in verdicts(made).values()} == {"conflict"}


def test_a_claim_in_doubt_takes_nothing_from_others() -> None:
    hidden = pages("b", ONE_PAGE, hidden=True)
    made = run((wallet("a"), pages("a", ONE_PAGE)), (wallet("b"), hidden))
    assert verdicts(made)["a/95001"] == ("official", ("declared_page:contact",))


def test_a_carrier_s_line_is_everybody_s() -> None:
    made = run(
        *((wallet(i), pages(i, ONE_PAGE, "95001", number_class=NumberClass.CARRIER)) for i in "ab")
    )
    assert {verdict for verdict, _ in verdicts(made).values()} == {"official"}


def test_another_run_undoes_the_conflict_and_dates_both_changes() -> None:
    both = ((wallet("a"), pages("a", ONE_PAGE)), (wallet("b"), pages("b", ONE_PAGE)))
    first = run(*both)
    held = {i: BrandHistory(o.hotlines, o.sources, known=True) for i, o in first.items()}
    again = run(*both, history=held, day=1)
    assert verdicts(again) == verdicts(first)
    assert {h.last_change for o in again.values() for h in o.hotlines} == {DAY_ONE}
    kin = (wallet("a", kin="b"), both[0][1])
    healed = run(kin, both[1], history=held, day=2)
    assert {verdict for verdict, _ in verdicts(healed).values()} == {"official"}
    two_days_on = DAY_ONE + timedelta(days=2)
    assert {h.last_change for o in healed.values() for h in o.hotlines} == {two_days_on}


def test_alone_gives_back_what_the_pages_say() -> None:
    made = run((wallet("a"), pages("a", ONE_PAGE)), (wallet("b"), pages("b", ONE_PAGE)))
    (row,) = made["a"].hotlines
    own = alone(row)
    assert (own.verdict.value, own.verdict_reasons) == ("official", ("declared_page:contact",))
    assert alone(own) == own
    assert own.verdict_evidence == (f"declared_page:contact: {CONTACT}, p",)
    assert held_together((row,), {}) == (own,)


def test_a_brand_that_was_not_crawled_counts_and_stays_as_it_is() -> None:
    (kept,) = run((wallet("b"), pages("b", ONE_PAGE)))["b"].hotlines
    made = run((wallet("a"), pages("a", ONE_PAGE)), kept=[kept])
    assert verdicts(made)["a/95001"][0] == "conflict"
    both = run((wallet("a"), pages("a", ONE_PAGE)), (wallet("b"), pages("b", ONE_PAGE)))
    (lowered,) = both["b"].hotlines
    again = run((wallet("a"), pages("a", ONE_PAGE)), kept=[lowered])
    assert verdicts(again) == {"a/95001": verdicts(both)["a/95001"]}


def test_what_one_by_one_gives_is_what_all_at_once_give() -> None:
    """Random brands and numbers: the two words a row that a run keeps decide as whole rows do."""
    chosen = random.Random(7)
    for _ in range(20):
        ids = [f"w{n}" for n in range(chosen.randint(2, 6))]
        crawled = []
        for i in ids:
            kin, urls = chosen.choice(["", *ids]), chosen.choice([ONE_PAGE, TWO_PAGES])
            number = chosen.choice(["95001", "95002"])
            crawled.append((wallet(i, kin=kin), pages(i, urls, number)))
        made = run(*crawled)
        own = [
            row
            for b, visits in crawled
            for row in process_brand(
                b, [replace(v, fetched_at=DAY_ONE) for v in visits], BrandHistory(), now=DAY_ONE,
                run_id="run-0",
            ).hotlines
        ]  # fmt: skip
        together = held_together(own, {b.id: b for b, _ in crawled})
        found = {
            row.id: (row.verdict, row.verdict_reasons) for o in made.values() for row in o.hotlines
        }
        assert found == {row.id: (row.verdict, row.verdict_reasons) for row in together}
