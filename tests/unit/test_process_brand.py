from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from brand_story import (
    CONTACT,
    DAY_ONE,
    HELP,
    MARKS,
    POLICY,
    Story,
    brand,
    ev,
    fact,
    page,
    presences,
)

from pipelines.model import (
    BrandHistory,
    BrandOutcome,
    CaptureRef,
    Channel,
    Expectations,
    Issue,
    PageReading,
)
from pipelines.process_brand import process_brand, retire_brand
from pipelines.vocabulary import Cause, ChannelKind, Level, Outcome, Presence, RunResult, Verdict

TWELVE = tuple(f"950{i:02d}" for i in range(12))


def codes(outcome: BrandOutcome) -> set[str]:
    return {issue.code for issue in outcome.issues}


def test_the_first_run_publishes_what_it_reads() -> None:
    outcome = Story().run(
        page(CONTACT, "95001", "4008123123"), page(HELP, "95001"), page(POLICY, "95001")
    )
    assert [h.id for h in outcome.hotlines] == ["demo/4008123123", "demo/95001"]
    assert [h.verdict for h in outcome.hotlines] == [Verdict.OFFICIAL, Verdict.CONFIRMED]
    row = outcome.row
    assert (row.healthy, row.hotlines, row.hotlines_observed, row.recent_counts) == (
        True,
        2,
        2,
        (2,),
    )
    assert (row.pages_tried, row.pages_good, row.last_observed) == (3, 3, DAY_ONE)
    assert outcome.issues == ()


def test_case_1_all_pages_answer_403() -> None:
    story = Story()
    story.run(page(CONTACT, "95001", "4008123123"), page(HELP, "95001"))
    ages = [(h.last_seen, h.last_checked, h.first_seen) for h in story.history.hotlines]
    blocked = [page(url, outcome=Outcome.BLOCKED) for url in (CONTACT, HELP, POLICY)]
    for _ in range(4):
        outcome = story.run(*blocked)
    assert presences(outcome) == {
        "95001": "not_observed blocked",
        "4008123123": "not_observed blocked",
    }
    assert [(h.last_seen, h.last_checked, h.first_seen) for h in outcome.hotlines] == ages
    assert story.removed == []
    assert outcome.row.healthy  # presence says why; the gate judges pages that answered
    assert (outcome.row.pages_good, outcome.row.hotlines_observed) == (0, 0)
    assert outcome.row.recent_counts == (2,)
    assert codes(outcome) == {"blocked", "no_page_answered"}


def test_case_2_one_of_twelve_numbers() -> None:
    story = Story(brand(CONTACT))
    story.run(page(CONTACT, *TWELVE))
    for _ in range(3):
        outcome = story.run(page(CONTACT, TWELVE[0], "95999"))
        assert set(presences(outcome).values()) == {"not_observed unhealthy:below_median"}
        assert [h.number for h in outcome.hotlines] == list(TWELVE)  # and not the new 95999
        assert outcome.row.unhealthy_reasons == ("below_median",)
        assert outcome.row.recent_counts == (12,)
        assert "unhealthy_brand" in codes(outcome)
    assert story.removed == []
    healed = story.run(page(CONTACT, *TWELVE))
    assert set(presences(healed).values()) == {"observed"}


def test_case_4_429_then_200_with_the_same_body_changes_nothing() -> None:
    story = Story(brand(CONTACT))
    before = story.run(page(CONTACT, "95001"))
    outcome = story.run(
        page(CONTACT, outcome=Outcome.RATE_LIMITED), page(CONTACT, "95001", revisit=True)
    )
    assert [h.last_change for h in outcome.hotlines] == [h.last_change for h in before.hotlines]
    assert presences(outcome) == {"95001": "observed"}
    assert outcome.issues == ()
    assert outcome.row.pages_tried == 1


@pytest.mark.parametrize("said", [Outcome.EMPTY, Outcome.SCRIPT_SHELL, Outcome.SOFT_404])
def test_case_5_empty_body_shell_and_soft_404(said: Outcome) -> None:
    story = Story(brand(CONTACT))
    story.run(page(CONTACT, "95001"))
    for _ in range(3):
        outcome = story.run(page(CONTACT, said=said, marks=()))
    assert presences(outcome) == {"95001": f"not_observed {said}"}
    assert story.removed == []


def test_a_rendered_page_is_the_answer_of_its_url() -> None:
    story = Story(brand(CONTACT))
    shell = page(CONTACT, said=Outcome.SCRIPT_SHELL, marks=(), etag='"1"')
    later = DAY_ONE + timedelta(seconds=5)
    shown = page(CONTACT, "95001", rendered=True, at=later)
    outcome = story.run(shell, shown)
    assert presences(outcome) == {"95001": "observed"}
    assert (outcome.row.pages_tried, outcome.row.pages_good, outcome.issues) == (1, 1, ())
    [state] = outcome.sources
    assert state.etag == ""  # a 304 to it would speak of the shell, not of what it shows
    plain = story.run(shell)
    assert presences(plain) == {"95001": "not_observed script_shell"}
    [issue] = [issue for issue in plain.issues if issue.code == "script_shell"]
    assert "hotlines crawl --render" in issue.advice
    assert 'pip install "hotlines[browser]"' in issue.advice
    assert story.removed == []


def test_a_rendering_that_failed_is_the_last_word_and_takes_nothing_away() -> None:
    story = Story(brand(CONTACT))
    shell = page(CONTACT, said=Outcome.SCRIPT_SHELL, marks=())
    later = DAY_ONE + timedelta(days=9)
    story.run(shell, page(CONTACT, "95001", rendered=True, at=later))
    for _ in range(3):
        slow = page(CONTACT, outcome=Outcome.TIMEOUT, rendered=True, at=later)
        outcome = story.run(shell, slow)
    assert presences(outcome) == {"95001": "not_observed timeout"}
    [issue] = [issue for issue in outcome.issues if issue.code == "timeout"]
    assert "no good answer to a browser" in issue.message
    assert "`detail`" in issue.advice
    assert story.removed == []


def test_case_8_the_previous_good_run_is_forty_days_old() -> None:
    story = Story(brand(CONTACT))
    story.run(page(CONTACT, "95001", "95002"))
    outcome = story.run(page(CONTACT, "95001"), days=40)
    assert presences(outcome) == {"95001": "observed", "95002": "not_observed absent:1/2"}
    assert outcome.hotlines[0].first_seen == DAY_ONE


def test_case_9_no_previous_run() -> None:
    outcome = process_brand(
        brand(CONTACT), [page(CONTACT, "95001")], BrandHistory(), now=DAY_ONE, run_id="r"
    )
    assert presences(outcome) == {"95001": "observed"}
    nothing = process_brand(brand(CONTACT), [], BrandHistory(), now=DAY_ONE, run_id="r")
    assert (nothing.hotlines, nothing.row.healthy) == ((), True)
    assert codes(nothing) == {"no_page_answered"}


def test_case_10_no_change() -> None:
    story = Story()
    pages = (page(CONTACT, "95001", "4008123123"), page(HELP, "95001"))
    first = story.run(*pages)
    second = story.run(*pages)
    seen = {"last_seen": DAY_ONE, "last_checked": DAY_ONE, "run_id": "run-0"}
    assert tuple(replace(h, **seen) for h in second.hotlines) == first.hotlines
    assert second.removals == ()


def test_case_16_expired_certificate() -> None:
    story = Story(brand(CONTACT))
    story.run(page(CONTACT, "95001"))
    outcome = story.run(page(CONTACT, outcome=Outcome.TLS_EXPIRED))
    assert presences(outcome) == {"95001": "not_observed tls_expired"}
    new = Story(brand(CONTACT)).run(page(CONTACT, outcome=Outcome.TLS_EXPIRED))
    assert new.hotlines == ()


def test_case_17_a_look_alike_host_is_an_alarm() -> None:
    outcome = Story(brand(CONTACT)).run(
        page(CONTACT, outcome=Outcome.REDIRECT_OFF_GROUND, final_url="https://demo.evil.example/")
    )
    alarm = next(i for i in outcome.issues if i.code == "redirect_off_ground")
    assert (alarm.level, alarm.url) == (Level.ERROR, CONTACT)
    assert "demo.evil.example" in alarm.message


def test_a_page_with_its_labels_and_without_its_only_number_fails_the_brand() -> None:
    story = Story(brand(CONTACT))
    story.run(page(CONTACT, "95001"))
    for _ in range(3):
        outcome = story.run(page(CONTACT))
        assert outcome.row.unhealthy_reasons == ("nothing_observed",)
    assert story.removed == []


def test_a_page_that_retires_the_only_number_explains_itself() -> None:
    story = Story(brand(CONTACT))
    story.run(page(CONTACT, "95001"))
    words = ev("95001", rules=("retired_by_page",), is_hotline=False)
    outcome = story.run(page(CONTACT, words))
    assert (outcome.hotlines, outcome.row.healthy) == ((), True)
    assert story.removed == ["95001 said_by_page"]


class TestCallbackError:
    broken = page(HELP, outcome=Outcome.CALLBACK_ERROR)

    def test_a_known_brand_is_carried_unchanged(self) -> None:
        story = Story()
        before = story.run(page(CONTACT, "95001")).hotlines
        outcome = story.run(page(CONTACT, "95001", "95002"), self.broken)
        assert presences(outcome) == {"95001": "not_observed unhealthy:callback_error"}
        assert outcome.hotlines[0].last_seen == before[0].last_seen
        assert {"callback_error", "unhealthy_brand"} <= codes(outcome)

    def test_a_new_brand_is_left_out(self) -> None:
        outcome = Story().run(page(CONTACT, "95001"), self.broken)
        assert (outcome.hotlines, outcome.row.healthy) == ((), False)
        assert {"callback_error", "brand_left_out"} <= codes(outcome)

    def test_it_is_not_hidden_by_a_later_good_answer(self) -> None:
        outcome = Story().run(page(HELP, "95001"), self.broken)
        assert not outcome.row.healthy
        assert "callback_error" in codes(outcome)


class TestExpectations:
    def test_must_have_number_gone(self) -> None:
        wanted = Expectations(must_include=(fact("95001"),))
        story = Story(brand(CONTACT, expectations=wanted))
        story.run(page(CONTACT, "95001", "95002"))
        outcome = story.run(page(CONTACT, "95002"))
        assert outcome.row.unhealthy_reasons == ("must_have_gone:95001",)
        assert story.removed == []

    def test_must_have_number_on_a_silent_page_is_not_gone(self) -> None:
        wanted = Expectations(must_include=(fact("95001"),))
        story = Story(brand(CONTACT, HELP, expectations=wanted))
        story.run(page(CONTACT, "95001"), page(HELP, "95002"))
        outcome = story.run(page(CONTACT, outcome=Outcome.TIMEOUT), page(HELP, "95002"))
        assert outcome.row.healthy

    @pytest.mark.parametrize(("second", "ill"), [(Outcome.OK, True), (Outcome.TIMEOUT, False)])
    def test_must_have_number_never_seen(self, second: Outcome, ill: bool) -> None:
        wanted = Expectations(must_include=(fact("95001"),))
        story = Story(brand(CONTACT, HELP, expectations=wanted))
        outcome = story.run(page(CONTACT, "95002"), page(HELP, outcome=second))
        assert outcome.row.healthy is not ill

    def test_too_many_numbers_is_a_warning(self) -> None:
        story = Story(brand(CONTACT, expectations=Expectations(numbers_max=3)))
        outcome = story.run(page(CONTACT, *TWELVE))
        assert outcome.row.healthy
        assert codes(outcome) == {"above_numbers_max"}


class TestLedger:
    def test_a_failed_fetch_forgets_nothing(self) -> None:
        story = Story(brand(CONTACT))
        story.run(page(CONTACT, "95001", etag='"a"', last_modified="Sun"))
        (before,) = story.history.sources
        story.run(page(CONTACT, outcome=Outcome.TIMEOUT))
        (after,) = story.history.sources
        assert (after.etag, after.last_modified, after.capture) == ('"a"', "Sun", before.capture)
        assert (after.marks, after.last_good, after.last_changed) == (MARKS, DAY_ONE, DAY_ONE)
        assert (after.outcome, after.good_streak, after.bad_streak) == (Outcome.TIMEOUT, 0, 1)
        assert after.last_tried == DAY_ONE + timedelta(days=1)

    def test_streaks_and_changes(self) -> None:
        story = Story(brand(CONTACT))
        story.run(page(CONTACT, "95001"))
        story.run(page(CONTACT, "95001", outcome=Outcome.NOT_MODIFIED))
        (same,) = story.history.sources
        assert (same.good_streak, same.last_changed, same.outcome) == (
            2,
            DAY_ONE,
            Outcome.NOT_MODIFIED,
        )
        story.run(page(CONTACT, "95001", body="new"))
        (new,) = story.history.sources
        assert (new.good_streak, new.last_changed) == (3, DAY_ONE + timedelta(days=2))

    def test_validators_belong_to_their_body(self) -> None:
        story = Story(brand(CONTACT))
        story.run(page(CONTACT, "95001", etag='"a"'))
        story.run(page(CONTACT, "95001", outcome=Outcome.NOT_MODIFIED))
        assert story.history.sources[0].etag == '"a"'
        story.run(page(CONTACT, "95001", body="new"))
        assert story.history.sources[0].etag == ""

    def test_a_broken_look_never_becomes_the_known_look(self) -> None:
        story = Story(brand(CONTACT, HELP))
        story.run(page(CONTACT, "95001"), page(HELP, "95002"))
        for _ in range(3):
            story.run(page(CONTACT, marks=("title:维护中",)), page(HELP, "95002"))
        state = story.history.sources[0]
        assert (state.marks, state.outcome) == (MARKS, Outcome.UNRECOGNISED_LAYOUT)

    def test_a_rebuilt_page_that_offers_hotlines_has_a_new_look(self) -> None:
        story = Story(brand(CONTACT, HELP))
        story.run(page(CONTACT, "95001", "95002"), page(HELP, "95001"))
        rebuilt = page(CONTACT, "95001", marks=("label:Hotline", "title:New"))
        outcome = story.run(rebuilt, page(HELP, "95001"))
        assert presences(outcome)["95002"] == "not_observed unrecognised_layout"
        story.run(rebuilt, page(HELP, "95001"))
        story.run(rebuilt, page(HELP, "95001"))
        assert story.removed == ["95002 gone_from_pages"]

    def test_documents_that_nothing_needs_are_forgotten_in_time(self) -> None:
        other = "https://www.demo.example/news/1"
        story = Story(brand(CONTACT))
        story.run(page(CONTACT, "95001"), page(other))
        story.run(page(CONTACT, "95001"), days=60)
        assert [s.url for s in story.history.sources] == [CONTACT, other]
        story.run(page(CONTACT, "95001"), days=60)
        assert [s.url for s in story.history.sources] == [CONTACT]


def test_case_7_a_renamed_brand_keeps_its_rows() -> None:
    story = Story(brand(CONTACT))
    before = story.run(page(CONTACT, "95001"))
    story.brand = replace(story.brand, name_zh="新名", aliases=("示例",))
    after = story.run(page(CONTACT, "95001"))
    assert [h.id for h in after.hotlines] == [h.id for h in before.hotlines]
    assert after.hotlines[0].last_change == DAY_ONE


def test_a_brand_that_left_the_registry() -> None:
    story = Story(brand(CONTACT))
    story.run(page(CONTACT, "95001"))
    (removal,) = retire_brand(story.history)
    assert (removal.reason, removal.cause) == ("brand_retired", Cause.REGISTRY)


def test_channels_and_issues_of_readings_are_kept_once() -> None:
    chat = Channel("demo", ChannelKind.CHAT, "在线客服", "在线客服", CONTACT)
    issue = Issue(Level.WARNING, "x", "m", "a", "demo", CONTACT)
    reading = PageReading(Outcome.OK, (ev("95001"),), (chat, chat), (issue, issue), MARKS)
    again = replace(reading, channels=(replace(chat, url=HELP),))
    outcome = Story().run(page(CONTACT, reading=reading), page(HELP, reading=again))
    assert outcome.channels == (chat,)
    assert outcome.issues == (issue,)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_visits_does_not_matter(seed: int) -> None:
    visits = [
        page(CONTACT, "95001", "4008123123", ev("95001", hidden=True)),
        page(CONTACT, outcome=Outcome.TIMEOUT),
        page(HELP, ev("95001", display="9 5001"), ev("96588", area="0551"), "96588"),
        page(POLICY, outcome=Outcome.HTTP_5XX),
        page("http://www.demo.example/x", "95001", "95555"),
    ]
    story = Story()
    story.run(page(CONTACT, "95001", "4008999888"), page(POLICY, "95001"))
    args = {"now": DAY_ONE + timedelta(days=1), "run_id": "r"}
    expected = process_brand(story.brand, visits, story.history, **args)  # type: ignore[arg-type]
    random.Random(seed).shuffle(visits)
    assert process_brand(story.brand, visits, story.history, **args) == expected  # type: ignore[arg-type]


def test_a_capture_of_an_error_page_is_not_the_page_we_hold() -> None:
    story = Story(brand(CONTACT))
    story.run(page(CONTACT, "95001"))
    held = story.history.sources[0].capture
    error = CaptureRef("run", "captures/e.warc.gz", 1, "sha256:error")
    story.run(page(CONTACT, outcome=Outcome.HTTP_5XX, capture=error, etag='"e"'))
    assert (story.history.sources[0].capture, story.history.sources[0].etag) == (held, "")


def test_presence_and_run_results_are_closed_sets() -> None:
    assert {p.value for p in Presence} == {"observed", "not_observed", "removed"}
    assert RunResult.QUARANTINED in RunResult
