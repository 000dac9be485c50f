"""What people decide about rows: what it may raise, what waits, and how it is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from brand_story import CONTACT, HELP, POLICY, Story, brand, ev, page

from outputs.row_reviews import reviews_from_json, reviews_to_json
from pipelines.model import BrandOutcome, Hotline, Issue
from pipelines.review import BrandReviews, Decision, RowReview, RunReviews
from pipelines.vocabulary import Carrier, Cause, Grade, Outcome, Presence

ACCEPT, REJECT, ANNOTATE = Decision.ACCEPT, Decision.REJECT, Decision.ANNOTATE


def review(decision: Decision, number: str = "95001", **said: object) -> RowReview:
    made = RowReview(
        "demo", number, decision, "called it", "li", date(2026, 11, 1), date(2027, 1, 1),
        place="demo.toml:1",
    )  # fmt: skip
    return replace(made, **said)  # type: ignore[arg-type]


def told(*reviews: RowReview, held: bool = False) -> BrandReviews:
    return BrandReviews(reviews, held)


def row(outcome: BrandOutcome, number: str = "95001") -> Hotline:
    return next(h for h in outcome.hotlines if h.number == number)


def issues(outcome: BrandOutcome, code: str) -> list[Issue]:
    return [issue for issue in outcome.issues if issue.code == code]


def verdict(hotline: Hotline) -> tuple[str, tuple[str, ...]]:
    return hotline.verdict.value, hotline.verdict_reasons


def test_a_rejected_row_stays_and_is_not_official() -> None:
    story = Story(brand(CONTACT))
    story.run(page(CONTACT, "95001"))
    story.reviews = told(review(REJECT))
    outcome = story.run(page(CONTACT, "95001"))
    rejected = row(outcome)
    assert verdict(rejected) == (
        "unverified",
        ("review:rejected", "declared_page:contact", "before_review:official"),
    )
    assert rejected.presence is Presence.OBSERVED
    assert not outcome.removals
    assert outcome.decided == {"demo/95001"}
    assert "review:rejected: called it (li, 2026-11-01 to 2027-01-01)" in (
        rejected.verdict_evidence or ()
    )


def test_a_decision_is_taken_back_without_a_trace() -> None:
    story = Story(brand(CONTACT))
    before = verdict(row(story.run(page(CONTACT, "95001"))))
    story.reviews = told(review(REJECT))
    story.run(page(CONTACT, "95001"))
    unchanged = story.run(page(CONTACT, "95001"))
    assert unchanged.decided == frozenset()
    story.reviews = told()
    back = story.run(page(CONTACT, "95001"))
    assert verdict(row(back)) == before
    assert back.decided == {"demo/95001"}
    assert not any("review" in said for said in row(back).verdict_evidence or ())


def test_a_rejected_row_is_still_removed_by_its_pages_alone() -> None:
    story = Story(brand(CONTACT), reviews=told(review(REJECT)))
    story.run(page(CONTACT, "95001", "95002"))
    assert row(story.run(page(CONTACT, "95002"))).presence is Presence.NOT_OBSERVED
    (removal,) = story.run(page(CONTACT, "95002")).removals
    assert (removal.reason, removal.cause) == ("gone_from_pages", Cause.SOURCE)


def test_an_acceptance_sets_aside_the_doubts_it_names() -> None:
    story = Story(brand(CONTACT, HELP))
    pages = (page(CONTACT, "95001"), page(HELP, "95002"))
    assert row(story.run(*pages)).verdict == "conflict"
    story.reviews = told(review(ACCEPT))
    outcome = story.run(*pages)
    assert row(outcome).verdict == "conflict"
    (issue,) = issues(outcome, "review_not_raised")
    assert 'doubts = ["pages_disagree"]' in issue.advice
    story.reviews = told(review(ACCEPT, doubts=("pages_disagree",)))
    outcome = story.run(*pages)
    assert verdict(row(outcome)) == (
        "official",
        (
            "review:accepted",
            "pages_disagree",
            "declared_page:contact",
            "before_review:conflict",
        ),
    )
    assert row(outcome, "95002").verdict == "conflict"
    assert not issues(outcome, "review_not_raised")


@pytest.mark.parametrize(
    ("carrier", "doubt"),
    [
        (Carrier.TEL_LINK, "link_dials_another"),
        (Carrier.JSON_LD, "structured_data_differs"),
    ],
)
def test_what_only_markup_of_a_proven_page_says_may_be_accepted(
    carrier: Carrier, doubt: str
) -> None:
    pages = page(CONTACT, "95001", ev("95002", carrier=carrier))
    story = Story(brand(CONTACT))
    assert verdict(row(story.run(pages), "95002"))[1][0] == doubt
    story.reviews = told(review(ACCEPT, "95002", doubts=(doubt,)))
    assert row(story.run(pages), "95002").verdict == "official"


def test_an_acceptance_never_confirms() -> None:
    story = Story(brand(CONTACT, HELP), reviews=told(review(ACCEPT)))
    assert row(story.run(page(CONTACT, "95001"), page(HELP, "95001"))).verdict == "confirmed"
    alone = Story(brand(CONTACT), reviews=story.reviews).run(page(CONTACT, "95001"))
    assert row(alone).verdict == ("official")


@pytest.mark.parametrize("code", ["no_tls", "off_ground", "unproven_ground", "hidden_text"])
def test_no_acceptance_lifts_what_no_page_of_the_brand_says(code: str) -> None:
    story = Story(brand(CONTACT), reviews=told(review(ACCEPT, doubts=(code,))))
    evidence = ev("95001", hidden=code == "hidden_text")
    visit = page(CONTACT, evidence, tls_ok=code != "no_tls")
    if code == "unproven_ground":
        weak = tuple(replace(fact, grade=Grade.D) for fact in story.brand.domains)
        story.brand = replace(story.brand, domains=weak)
    if code == "off_ground":
        visit = replace(visit, on_ground=False)
    outcome = story.run(visit)
    assert all(h.verdict == "unverified" for h in outcome.hotlines)
    if code == "off_ground":
        assert not outcome.hotlines


def test_a_note_changes_no_verdict() -> None:
    story = Story(brand(CONTACT), reviews=told(review(ANNOTATE)))
    noted = row(story.run(page(CONTACT, "95001")))
    assert verdict(noted) == ("official", ("declared_page:contact", "review:noted"))


def test_an_expired_review_does_not_act_and_is_an_issue() -> None:
    story = Story(brand(CONTACT), reviews=told(review(REJECT, expires=date(2026, 11, 22))))
    assert row(story.run(page(CONTACT, "95001"))).verdict == "unverified"
    outcome = story.run(page(CONTACT, "95001"))
    assert row(outcome).verdict == "official"
    assert outcome.decided == {"demo/95001"}
    (issue,) = issues(outcome, "review_expired")
    assert issue.message.startswith("demo.toml:1: the review of demo/95001 ended on 2026-11-22")


@pytest.mark.parametrize(
    "idle",
    [
        review(REJECT, "95009"),
        review(REJECT, area="0571"),
        review(ACCEPT, change="0" * 16),
        review(REJECT, dated=date(2026, 12, 24)),
    ],
)
def test_a_review_that_fits_nothing_is_an_issue(idle: RowReview) -> None:
    outcome = Story(brand(CONTACT), reviews=told(idle)).run(page(CONTACT, "95001"))
    assert len(issues(outcome, "review_unused")) == 1
    assert row(outcome).verdict == "official"


# --- changes that wait --------------------------------------------------------------------------


def held_story(*numbers: str) -> Story:
    story = Story(brand(CONTACT, HELP), reviews=told(held=True))
    first = story.run(page(CONTACT, *numbers), page(HELP))
    assert len(first.hotlines) == len(numbers)
    assert not issues(first, "review_pending")
    return story


def test_a_new_number_waits_until_it_is_let_through() -> None:
    story = held_story("95001")
    outcome = story.run(page(CONTACT, "95001", "95002"), page(HELP))
    assert [h.number for h in outcome.hotlines] == ["95001"]
    (issue,) = issues(outcome, "review_pending")
    assert (issue.hotline, issue.url) == ("demo/95002", CONTACT)
    accept = review(ACCEPT, "95002", change=issue.change)
    story.reviews = told(accept, held=True)
    outcome = story.run(page(CONTACT, "95001", "95002"), page(HELP))
    assert row(outcome, "95002").verdict == "official"
    assert outcome.decided == {"demo/95002"}
    again = story.run(page(CONTACT, "95001", "95002"), page(HELP))
    assert not issues(again, "review_unused")
    assert again.decided == frozenset()


def test_other_claims_wait_and_the_number_stays_observed() -> None:
    story = held_story("95001")
    changed = ev("95001", hours="Mo-Fr 09:00-17:00", hours_raw="工作日9-17点")
    outcome = story.run(page(CONTACT, changed), page(HELP))
    kept = row(outcome)
    assert (kept.hours, kept.presence) == ("", Presence.OBSERVED)
    assert kept.verdict_reasons == ("declared_page:contact", "review:pending")
    assert outcome.decided == {"demo/95001"}
    (issue,) = issues(outcome, "review_pending")
    assert "hours: nothing → Mo-Fr 09:00-17:00" in issue.message
    other = story.run(page(CONTACT, ev("95001", hours="24/7")), page(HELP))
    assert issues(other, "review_pending")[0].change != issue.change
    story.reviews = told(review(ACCEPT, change=issue.change), held=True)
    let = row(story.run(page(CONTACT, changed), page(HELP)))
    assert (let.hours, let.verdict_reasons) == ("Mo-Fr 09:00-17:00", ("declared_page:contact",))


def test_a_refused_change_leaves_the_old_row_without_asking_again() -> None:
    story = held_story("95001")
    visits = (page(CONTACT, ev("95001", hours="24/7")), page(HELP))
    (issue,) = issues(story.run(*visits), "review_pending")
    story.reviews = told(review(REJECT, change=issue.change))
    outcome = story.run(*visits)
    assert row(outcome).hours == ""
    assert row(outcome).verdict_reasons == ("declared_page:contact", "review:change_rejected")
    assert any("review:change_rejected: " in said for said in row(outcome).verdict_evidence or ())
    assert not issues(outcome, "review_pending")
    assert [i.level for i in issues(outcome, "review_rejected_change")] == ["info"]


def test_a_removal_waits_and_names_a_person_as_its_cause() -> None:
    story = held_story("95001", "95002")
    story.run(page(CONTACT, "95001"), page(HELP))
    for _ in range(3):
        outcome = story.run(page(CONTACT, "95001"), page(HELP))
        assert row(outcome, "95002").presence_reason == "review_pending"
        assert row(outcome, "95002").verdict == "official"
    (issue,) = issues(outcome, "review_pending")
    story.reviews = told(review(REJECT, "95002", change=issue.change), held=True)
    outcome = story.run(page(CONTACT, "95001"), page(HELP))
    assert row(outcome, "95002").verdict_reasons[-1] == "review:change_rejected"
    story.reviews = told(review(ACCEPT, "95002", change=issue.change), held=True)
    outcome = story.run(page(CONTACT, "95001"), page(HELP))
    assert [(r.before.number, r.cause) for r in outcome.removals] == [("95002", Cause.REVIEW)]
    gone = story.run(page(CONTACT, "95001"), page(HELP))
    assert not issues(gone, "review_unused")


def test_a_number_that_its_page_retires_is_not_offered_while_its_removal_waits() -> None:
    story = held_story("95001", "95002")
    retired = ev("95002", is_hotline=False, rules=("retired_by_page",))
    outcome = story.run(page(CONTACT, "95001", retired), page(HELP))
    waiting = row(outcome, "95002")
    assert waiting.verdict == "conflict"
    assert waiting.verdict_reasons[0] == "review:pending_retired"
    story.reviews = told(review(ACCEPT, "95002"), held=True)
    outcome = story.run(page(CONTACT, "95001", retired), page(HELP))
    assert row(outcome, "95002").verdict == "conflict"


def test_a_retired_number_that_waits_stays_in_doubt_until_a_page_offers_it_again() -> None:
    story = held_story("95001", "95002")
    retired = ev("95002", is_hotline=False, rules=("retired_by_page",))
    story.run(page(CONTACT, "95001", retired), page(HELP))
    silent = (page(CONTACT, outcome=Outcome.TIMEOUT), page(CONTACT, "95001"))
    for contact in (*silent, *silent[1:] * 3):
        outcome = story.run(contact, page(HELP))
        waiting = row(outcome, "95002")
        assert waiting.verdict == "conflict"
        assert waiting.verdict_reasons[0] == "review:pending_retired"
        assert len(issues(outcome, "review_pending")) == 1
    (issue,) = issues(outcome, "review_pending")
    accepted = review(ACCEPT, "95002", change=issue.change)
    story.reviews = told(accepted, held=True)
    outcome = story.run(silent[0], page(HELP))
    assert not issues(outcome, "review_rejected_change"), "it was accepted, and its page is silent"
    assert not issues(outcome, "review_unused")
    story.reviews = told(held=True)
    outcome = story.run(page(CONTACT, "95001", "95002"), page(HELP))
    assert row(outcome, "95002").verdict == "official"


def test_doubts_do_not_wait_and_raises_do() -> None:
    story = held_story("95001")
    conflict = (page(CONTACT, "95001"), page(HELP, "95002"))
    assert row(story.run(*conflict)).verdict == "conflict"
    again = story.run(page(CONTACT, "95001"), page(HELP))
    assert row(again).verdict == "conflict"
    (issue,) = issues(again, "review_pending")
    assert "verdict: conflict → official" in issue.message


def test_a_registry_edit_waits_for_nobody() -> None:
    story = Story(brand(CONTACT, HELP), reviews=told(held=True))
    story.run(page(CONTACT, "95001"), page(HELP, "95002"))
    story.brand = brand(CONTACT)
    outcome = story.run(page(CONTACT, "95001"))
    assert [r.reason for r in outcome.removals] == ["source_retired"]


def test_pages_of_other_kinds_keep_their_weight_while_a_change_waits() -> None:
    story = Story(brand(CONTACT, POLICY), reviews=told(held=True))
    story.run(page(CONTACT, "95001"), page(POLICY, "95001"))
    changed = ev("95001", hours="24/7")
    outcome = story.run(page(CONTACT, changed), page(POLICY, "95001"))
    assert (row(outcome).verdict, row(outcome).hours) == ("confirmed", "")


def test_the_copy_of_a_run_says_the_same() -> None:
    said = RunReviews(
        (review(ACCEPT, doubts=("shape:S4",)), review(REJECT, "95002", change="a" * 16)),
        frozenset({"demo"}),
    )
    assert reviews_from_json(reviews_to_json(said)) == said
