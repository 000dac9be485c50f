"""A number that took the place of another: the addition and the removal name each other."""

from __future__ import annotations

from brand_story import CONTACT, HELP, Story, brand, ev, page

from outputs.rows import json_row, row_of
from outputs.schema import HOTLINES
from pipelines.diff import diff
from pipelines.model import BrandOutcome, Change, Evidence, Hotline
from pipelines.vocabulary import Op


def at(number: str, line: int = 3, label: str = "客服热线") -> Evidence:
    return ev(number, block_path=f"line {line}", label=label)


def changes(before: tuple[Hotline, ...], outcome: BrandOutcome) -> tuple[Change, ...]:
    old, new = (
        {h.id: json_row(HOTLINES, row_of(HOTLINES, h)) for h in rows}
        for rows in (before, outcome.hotlines)
    )
    removals = {r.before.id: r for r in outcome.removals}
    return diff(old, new, content=HOTLINES.content, removals=removals)


def links(story: Story, *evidence: Evidence) -> list[tuple[Op, str, str | None, str | None]]:
    before = story.history.hotlines
    found = changes(before, story.run(page(CONTACT, *evidence)))
    return [(c.op, c.number, c.replaces, c.replaced_by) for c in found if c.op is not Op.MOD]


def test_both_name_each_other_although_the_removal_comes_later() -> None:
    story = Story(brand(CONTACT))
    story.run(page(CONTACT, at("95001"), at("95003", 9)))
    assert links(story, at("95002"), at("95003", 9)) == [(Op.ADD, "95002", "demo/95001", None)]
    assert links(story, at("95002"), at("95003", 9)) == [(Op.DEL, "95001", None, "demo/95002")]
    assert {h.number: h.replaces for h in story.history.hotlines} == {
        "95002": "demo/95001",
        "95003": None,
    }


def test_in_the_same_run() -> None:
    story = Story(brand(CONTACT, good_runs_to_remove=1))
    story.run(page(CONTACT, at("95001"), at("95003", 9)))
    assert links(story, at("95002"), at("95003", 9)) == [
        (Op.DEL, "95001", None, "demo/95002"),
        (Op.ADD, "95002", "demo/95001", None),
    ]


def test_another_place_or_label_is_no_replacement() -> None:
    story = Story(brand(CONTACT))
    story.run(page(CONTACT, at("95001"), at("95003", 9)))
    here = at("95002", label="商户"), at("95004", 12), at("95003", 9)
    assert [link[2:] for link in links(story, *here)] == [(None, None), (None, None)]


def test_where_several_left_or_came_nothing_is_guessed() -> None:
    story = Story(brand(CONTACT))
    story.run(page(CONTACT, at("95001"), at("95005"), at("95003", 9)))
    assert [link[2:] for link in links(story, at("95002"), at("95003", 9))] == [(None, None)]


def test_a_number_that_is_still_read_elsewhere_was_not_replaced() -> None:
    story = Story(brand(CONTACT, HELP))
    story.run(page(CONTACT, at("95001")), page(HELP, at("95001")))
    outcome = story.run(page(CONTACT, at("95002")), page(HELP, at("95001")))
    assert [(h.replaces, h.replaced_by) for h in outcome.hotlines] == [(None, None)] * 2


def test_a_number_that_comes_back_is_no_longer_replaced() -> None:
    story = Story(brand(CONTACT))
    story.run(page(CONTACT, at("95001"), at("95003", 9)))
    story.run(page(CONTACT, at("95002"), at("95003", 9)))
    story.run(page(CONTACT, at("95001", 4), at("95002"), at("95003", 9)))
    held = {h.number: h for h in story.history.hotlines}
    assert held["95001"].replaced_by is None
    assert held["95002"].replaces == "demo/95001"


def test_a_removal_says_when_the_number_was_last_read() -> None:
    story = Story(brand(CONTACT))
    first = story.run(page(CONTACT, at("95001"), at("95003", 9)))
    story.run(page(CONTACT, at("95003", 9)))
    before = story.history.hotlines
    found = changes(before, story.run(page(CONTACT, at("95003", 9))))
    assert [c.last_seen for c in found] == [first.hotlines[0].last_seen]
