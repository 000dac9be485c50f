from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from brand_story import (
    CONTACT,
    DAY_ONE,
    HELP,
    POLICY,
    Story,
    brand,
    ev,
    fact,
    page,
    presences,
    source,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.model import Brand, Visit
from pipelines.process_brand import process_brand
from pipelines.vocabulary import (
    BrandState,
    Cause,
    Outcome,
    Presence,
    Purpose,
    SourceKind,
    Verdict,
)

# A callback error fails the whole brand: test_process_brand.
SILENT = [o for o in Outcome if not o.good and o is not Outcome.CALLBACK_ERROR]
READ_OUTCOMES = (
    Outcome.EMPTY,
    Outcome.SCRIPT_SHELL,
    Outcome.SOFT_404,
    Outcome.LOGIN_WALL,
    Outcome.PARSER_REFUSED,
)


def two_numbers() -> Story:
    """A contact page with two numbers, of which a help page repeats the first."""
    story = Story(brand(CONTACT, HELP))
    story.run(page(CONTACT, "95001", "4008123123"), page(HELP, "95001"))
    return story


@pytest.mark.parametrize("outcome", SILENT)
def test_a_page_that_does_not_answer_well_proves_nothing(outcome: Outcome) -> None:
    story = two_numbers()
    bad = (
        page(CONTACT, said=outcome) if outcome in READ_OUTCOMES else page(CONTACT, outcome=outcome)
    )
    if outcome is Outcome.UNRECOGNISED_LAYOUT:
        bad = page(CONTACT, marks=("title:something else",))
    for _ in range(5):
        found = story.run(bad, page(HELP, "95001"))
        assert presences(found) == {"95001": "observed", "4008123123": f"not_observed {outcome}"}
    assert story.removed == []
    kept = next(h for h in found.hotlines if h.number == "4008123123")
    assert (kept.last_seen, kept.good_runs_missed) == (DAY_ONE, 0)


def test_removed_after_two_good_runs_of_every_page_that_carried_it() -> None:
    story = two_numbers()
    gone = (page(CONTACT, "95001"), page(HELP, "95001"))
    assert presences(story.run(*gone))["4008123123"] == "not_observed absent:1/2"
    outcome = story.run(*gone)
    assert presences(outcome) == {"95001": "observed"}
    (removal,) = outcome.removals
    assert (removal.reason, removal.cause) == ("gone_from_pages", Cause.SOURCE)
    assert removal.evidence == (CONTACT,)


@pytest.mark.parametrize("runs", [1, 2, 3, 5])
def test_how_many_good_runs_it_takes_is_the_brands_setting(runs: int) -> None:
    story = two_numbers()
    story.brand = replace(story.brand, good_runs_to_remove=runs)
    for day in range(1, runs + 1):
        story.run(page(CONTACT, "95001"), page(HELP, "95001"))
        assert bool(story.removed) is (day == runs)


def test_a_silent_run_neither_counts_nor_resets() -> None:
    story = two_numbers()
    gone, down = page(CONTACT, "95001"), page(CONTACT, outcome=Outcome.TIMEOUT)
    for visit in (gone, down, down):
        story.run(visit, page(HELP, "95001"))
    assert story.removed == []
    story.run(gone, page(HELP, "95001"))
    assert story.removed == ["4008123123 gone_from_pages"]


def test_an_observation_resets_the_count() -> None:
    story = two_numbers()
    gone, there = page(CONTACT, "95001"), page(CONTACT, "95001", "4008123123")
    for visit in (gone, there, gone, there, gone):
        story.run(visit, page(HELP, "95001"))
    assert story.removed == []


def test_a_page_that_was_not_attempted_is_not_good() -> None:
    story = two_numbers()
    for _ in range(3):
        found = story.run(page(HELP, "95001"))
        assert presences(found)["4008123123"] == "not_observed not_attempted"
    cut = page("https://www.demo.example/x", outcome=Outcome.BUDGET)
    assert presences(story.run(page(HELP, "95001"), cut))["4008123123"] == "not_observed budget"
    assert story.removed == []


def test_every_page_that_carried_it_must_answer() -> None:
    story = Story(brand(CONTACT, HELP, POLICY))
    everywhere = page(HELP, "95001", "4008123123")
    story.run(page(CONTACT, "95001", "4008123123"), everywhere, page(POLICY, "95001"))
    for _ in range(3):
        story.run(
            page(CONTACT, "95001"), page(HELP, outcome=Outcome.HTTP_5XX), page(POLICY, "95001")
        )
    assert story.removed == []
    # seen on one page while the other is silent: the silent page may still carry it
    story.run(page(CONTACT, "95001", "4008123123"), page(POLICY, "95001"))
    assert next(h for h in story.history.hotlines if h.number == "4008123123").carried_by == (
        CONTACT,
        HELP,
    )


def test_the_pages_own_words_remove_at_once() -> None:
    story = two_numbers()
    words = ev("4008123123", rules=("retired_by_page",), is_hotline=False)
    outcome = story.run(page(CONTACT, "95001", words), page(HELP, outcome=Outcome.TIMEOUT))
    assert story.removed == ["4008123123 said_by_page"]
    assert outcome.removals[0].evidence == (CONTACT,)


def test_words_about_a_day_to_come_remove_on_that_day() -> None:
    story = two_numbers()
    words = ev("4008123123", rules=("retired_by_page:2026-11-25",))
    for _ in range(2):
        found = story.run(page(CONTACT, "95001", words), page(HELP, "95001"))
        assert presences(found)["4008123123"] == "observed"
    story.run(page(CONTACT, "95001", words), page(HELP, "95001"))
    assert story.removed == ["4008123123 said_by_page"]


def test_a_number_that_another_page_still_offers_is_a_conflict_not_a_removal() -> None:
    story = two_numbers()
    words = ev("95001", rules=("retired_by_page",), is_hotline=False)
    outcome = story.run(page(CONTACT, "4008123123", words), page(HELP, "95001"))
    row = next(h for h in outcome.hotlines if h.number == "95001")
    assert (row.verdict, story.removed) == (Verdict.CONFLICT, [])
    assert "said_retired" in {i.code for i in outcome.issues}


class TestRetiredSource:
    def test_case_6_removed_with_its_reason(self) -> None:
        story = two_numbers()
        story.brand = brand(HELP)
        outcome = story.run(page(HELP, "95001"))
        assert story.removed == ["4008123123 source_retired"]
        assert outcome.removals[0].cause is Cause.REGISTRY
        assert [s.url for s in outcome.sources] == [HELP]

    def test_not_while_links_still_lead_to_it(self) -> None:
        story = two_numbers()
        story.brand = brand(HELP)
        story.run(page(CONTACT, "95001", "4008123123", declared=False), page(HELP, "95001"))
        assert story.removed == []

    def test_not_until_its_replacement_has_answered(self) -> None:
        new = "https://www.demo.example/contact-us"
        story = two_numbers()
        story.brand = replace(brand(HELP), sources=(source(HELP), source(new)))
        for _ in range(3):
            story.run(page(HELP, "95001"), page(new, outcome=Outcome.TIMEOUT))
        assert story.removed == []
        moved = story.run(page(HELP, "95001"), page(new, "95001", "4008123123", declared=True))
        assert presences(moved) == {"95001": "observed", "4008123123": "observed"}
        assert story.removed == []

    def test_another_spelling_of_the_url_is_no_retirement(self) -> None:
        story = two_numbers()
        story.brand = replace(
            story.brand, sources=(source("HTTPS://WWW.demo.example:443/contact/#top"), source(HELP))
        )
        story.run(page(HELP, "95001"))
        assert story.removed == []

    def test_a_page_found_on_ground_that_is_no_longer_the_brands(self) -> None:
        """A host declared by mistake was taken out: what links led to there goes with it."""
        found = "https://kefu.other.example/tel"
        story = Story(replace(brand(CONTACT), hosts=(fact("kefu.other.example"),)))
        story.run(page(CONTACT, "95001"), page(found, "4008123123"))
        story.brand = brand(CONTACT)
        outcome = story.run(page(CONTACT, "95001"))
        assert story.removed == ["4008123123 source_retired"]
        assert outcome.removals[0].cause is Cause.REGISTRY
        assert [s.url for s in outcome.sources] == [CONTACT]

    def test_a_host_that_changed_waits_for_the_new_one(self) -> None:
        old, new = "https://old.other.example/tel", "https://new.other.example/tel"
        story = Story(replace(brand(old), hosts=(fact("old.other.example"),)))
        story.run(page(old, "95001", declared=True))
        story.brand = replace(brand(new), hosts=(fact("new.other.example"),))
        kept = story.run(page(new, outcome=Outcome.TIMEOUT))
        assert presences(kept) == {"95001": "not_observed not_attempted"}
        moved = story.run(page(new, "95001", declared=True))
        assert presences(moved) == {"95001": "observed"}
        assert story.removed == []

    def test_a_brand_without_sources_loses_its_rows_with_reason(self) -> None:
        story = two_numbers()
        story.brand = replace(story.brand, sources=())
        story.run()
        assert sorted(story.removed) == ["4008123123 source_retired", "95001 source_retired"]

    def test_the_end_of_a_brand_deletes_nothing(self) -> None:
        story = two_numbers()
        story.brand = replace(story.brand, state=BrandState.ENDED)
        outcome = story.run(page(CONTACT, outcome=Outcome.DNS), page(HELP, outcome=Outcome.DNS))
        assert len(outcome.hotlines) == 2


def test_a_page_that_moved_within_the_ground_still_carries_its_numbers() -> None:
    story = two_numbers()
    moved = page(CONTACT, "95001", "4008123123", final_url="https://www.demo.example/about/contact")
    before = story.history.hotlines
    outcome = story.run(moved, page(HELP, "95001"))
    assert [h.id for h in outcome.hotlines] == [h.id for h in before]
    assert {h.presence for h in outcome.hotlines} == {Presence.OBSERVED}
    assert story.removed == []


def test_a_number_found_on_a_new_page_forgets_the_page_that_is_gone() -> None:
    new = "https://www.demo.example/contact-us"
    story = two_numbers()
    gone = page(CONTACT, outcome=Outcome.HTTP_404)
    story.run(gone, page(HELP, "95001"), page(new, "95001", "4008123123"))
    assert next(h for h in story.history.hotlines if h.number == "4008123123").carried_by == (new,)
    for _ in range(2):
        story.run(gone, page(HELP, "95001"), page(new, "95001"))
    assert story.removed == ["4008123123 gone_from_pages"]


def test_a_silent_page_takes_neither_weight_nor_words_away() -> None:
    story = Story(brand(CONTACT, POLICY))
    rich = ev("95001", label="客服", hours="24/7", hours_raw="7×24", display="950-01")
    poor = ev("95001", label="联系电话", purpose=Purpose.COMPLAINT)
    first = story.run(page(CONTACT, rich), page(POLICY, poor)).hotlines
    down = story.run(page(CONTACT, outcome=Outcome.TIMEOUT), page(POLICY, poor)).hotlines
    assert first[0].verdict is Verdict.CONFIRMED
    assert _content(down[0]) == _content(first[0])
    assert down[0].last_change == first[0].last_change == DAY_ONE
    # once the page answers again, what it says counts again
    back = story.run(page(CONTACT, replace(rich, hours="")), page(POLICY, poor)).hotlines
    assert back[0].hours == ""


def _content(row: object) -> tuple[object, ...]:
    names = ("display", "hours", "hours_raw", "labels", "purposes", "verdict", "verdict_reasons",
             "source_kinds", "presence", "first_seen", "staffed_24h")  # fmt: skip
    return tuple(getattr(row, name) for name in names)


def test_a_mention_whose_area_is_open_is_not_absence() -> None:
    story = Story(brand(CONTACT))
    areas = [ev("96588", area="0551"), ev("96588", area="0532")]
    story.run(page(CONTACT, "95001", *areas))
    for _ in range(3):
        found = story.run(page(CONTACT, "95001", "96588"))
    assert {h.presence_reason for h in found.hotlines if h.area} == {"area_unknown"}
    assert story.removed == []


def test_a_page_that_lost_its_encryption_proves_no_absence() -> None:
    story = two_numbers()
    for _ in range(3):
        found = story.run(page(CONTACT, "95001", tls_ok=False), page(HELP, "95001"))
    assert presences(found)["4008123123"] == "not_observed no_tls"


class TestAccepted:
    """A person looked: neither an unknown layout nor a page that is gone holds a row back."""

    @pytest.mark.parametrize("now", [
        page(CONTACT, "95001", marks=("title:全新",)), page(CONTACT, outcome=Outcome.HTTP_404),
    ])  # fmt: skip
    def test_what_they_saw_counts(self, now: Visit) -> None:
        story = two_numbers()
        kept = story.run(now, page(HELP, "95001"))
        assert len(kept.hotlines) == 2
        seen = [replace(v, fetched_at=story.now) for v in (now, page(HELP, "95001"))]
        outcome = process_brand(
            story.brand, seen, story.history, now=story.now, run_id="r", accepted=True
        )
        assert [r.before.number for r in outcome.removals] == ["4008123123"]

    def test_a_page_that_was_down_that_day_still_proves_nothing(self) -> None:
        story = two_numbers()
        visits = (page(CONTACT, outcome=Outcome.TIMEOUT), page(HELP, "95001"))
        outcome = process_brand(
            story.brand, visits, story.history, now=story.now, run_id="r", accepted=True
        )
        assert outcome.removals == ()


def test_absence_on_unchanged_pages_is_our_doing() -> None:
    story = two_numbers()
    for _ in range(2):  # the same bodies, read with rules that no longer see the number
        seen = page(CONTACT, "95001", capture=page(CONTACT, "95001", "4008123123").capture)
        outcome = story.run(seen, page(HELP, "95001"))
    assert [r.cause for r in outcome.removals] == [Cause.PIPELINE]


def test_rows_go_stale_by_time_alone() -> None:
    story = two_numbers()
    down = (page(CONTACT, outcome=Outcome.DNS), page(HELP, outcome=Outcome.DNS))
    assert {h.verdict for h in story.run(*down, days=90).hotlines} == {
        Verdict.CONFIRMED,
        Verdict.OFFICIAL,
    }
    stale = story.run(*down, days=1).hotlines
    assert {(h.verdict, h.verdict_reasons) for h in stale} == {
        (Verdict.STALE, ("not_seen_recently",))
    }
    again = story.run(page(CONTACT, "95001", "4008123123"), page(HELP, "95001")).hotlines
    assert Verdict.STALE not in {h.verdict for h in again}


def test_first_and_last_seen() -> None:
    story = two_numbers()
    story.run(page(CONTACT, outcome=Outcome.DNS), page(HELP, "95001"))
    found = {h.number: h for h in story.history.hotlines}
    assert {h.first_seen for h in found.values()} == {DAY_ONE}
    assert found["95001"].last_seen == DAY_ONE + timedelta(days=1)
    assert found["4008123123"].last_seen == DAY_ONE
    assert found["4008123123"].last_checked == DAY_ONE


def test_a_304_counts_as_observed_and_changes_nothing() -> None:
    story = two_numbers()
    before = story.history.hotlines
    visits = (
        page(CONTACT, "95001", "4008123123", outcome=Outcome.NOT_MODIFIED),
        page(HELP, "95001", outcome=Outcome.NOT_MODIFIED),
    )
    after = story.run(*visits).hotlines
    assert [h.presence for h in after] == [Presence.OBSERVED] * 2
    assert [h.last_change for h in after] == [h.last_change for h in before]
    assert [h.last_seen for h in after] == [DAY_ONE + timedelta(days=1)] * 2


URLS = tuple(f"https://www.demo.example/p{i}" for i in range(8))


def _big() -> tuple[Brand, list[Visit]]:
    sources = tuple(source(url, SourceKind.HELP) for url in URLS)
    pages = [
        page(url, f"9500{i}", f"9500{(i + 1) % 8}", f"400812300{i}", declared=True)
        for i, url in enumerate(URLS)
    ]
    return brand(sources=sources), pages


@pytest.mark.parametrize("said", [*READ_OUTCOMES, Outcome.OK])
def test_emptying_half_the_pages_twice_removes_nothing(said: Outcome) -> None:
    made, pages = _big()
    story = Story(made)
    story.run(*pages)
    lost = [page(v.url, said=said, marks=("title:示例",), declared=True) for v in pages[::2]]
    for _ in range(2):
        outcome = story.run(*lost, *pages[1::2])
        assert len(outcome.hotlines) == 16
        assert outcome.removals == ()
    assert story.run(*pages).row.hotlines_observed == 16
    assert story.removed == []


_day = st.lists(
    st.sampled_from(["there", "empty", "timeout", "shell", "lost", "skipped", "half"]),
    min_size=8,
    max_size=8,
)


@settings(deadline=None)
@given(st.lists(_day, max_size=6))
def test_without_two_good_answers_of_a_page_none_of_its_own_numbers_leaves(
    days: list[list[str]],
) -> None:
    made, pages = _big()
    story = Story(made)
    story.run(*pages)
    good_without = dict.fromkeys(URLS, 0)
    for day in days:
        visits = []
        for visit, what in zip(pages, day, strict=True):
            good_without[visit.url] += what == "half"
            visits += _as(visit, what)
        story.run(*visits)
        for number, _, reason in (r.partition(" ") for r in story.removed):
            assert reason == "gone_from_pages"
            assert number.startswith("400")
            assert good_without[URLS[int(number[-1])]] >= 2
        for row in story.history.hotlines:
            seen = row.presence is Presence.OBSERVED
            assert (row.last_seen == story.now) is seen


def _as(visit: Visit, what: str) -> list[Visit]:
    assert visit.reading is not None
    if what == "skipped":
        return []
    if what in ("empty", "shell"):
        said = Outcome.EMPTY if what == "empty" else Outcome.SCRIPT_SHELL
        return [replace(visit, reading=replace(visit.reading, outcome=said, evidence=()))]
    if what == "lost":
        return [page(visit.url, marks=("title:示例",), declared=True)]
    if what == "timeout":
        return [page(visit.url, outcome=Outcome.TIMEOUT, declared=True)]
    if what == "half":  # still the same page, without the number that only it carries
        kept = tuple(e for e in visit.reading.evidence if not e.number.startswith("400"))
        return [replace(visit, reading=replace(visit.reading, evidence=kept))]
    return [visit]
