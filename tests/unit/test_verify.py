from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from brand_story import CONTACT, DAY_ONE, HELP, POLICY, brand, ev, page

from pipelines.disputes import contested
from pipelines.model import Visit
from pipelines.verify import (
    Doubts,
    Judgement,
    Sighting,
    answer_of,
    best_visits,
    judge,
    may_create,
    sightings,
    untrusted,
)
from pipelines.vocabulary import Carrier, NumberClass, Outcome, Owner, Purpose, Verdict

PLAIN = "http://www.demo.example/old"
DIFFERS = ("plan:test", "tel_link_differs")


@pytest.mark.parametrize(
    ("visits", "verdict", "codes"),
    [
        ([page(CONTACT, "95001")], "official", ("declared_page:contact",)),
        (
            [page(CONTACT, "95001"), page(POLICY, "95001")],
            "confirmed",
            ("declared_page:contact", "second_kind:policy"),
        ),
        (
            [page(POLICY, "95001"), page(POLICY + "/2", "95001", kind=page(POLICY).kind)],
            "official",
            ("declared_page:policy",),
        ),
        ([page(PLAIN, "95001")], "unverified", ("no_tls",)),
        ([page(CONTACT, ev("95001", hidden=True))], "unverified", ("hidden_text",)),
        (
            [page(CONTACT, ev("95001", hidden=True)), page(PLAIN, "95001")],
            "unverified",
            ("hidden_text", "no_tls"),
        ),
        ([page(CONTACT, "95001", dated="2023-11-01")], "stale", ("only_dated_pages",)),
        (
            [page(CONTACT, "95001", dated="2023-11-01"), page(POLICY, "95001")],
            "official",
            ("declared_page:policy",),
        ),
        ([page(CONTACT, "95001", dated="2024-01-01")], "official", ("declared_page:contact",)),
        (
            [page(CONTACT, ev("95001", rules=DIFFERS))],
            "conflict",
            ("tel_link_differs", "declared_page:contact"),
        ),
        (
            [page(CONTACT, ev("95001", rules=DIFFERS)), page(HELP, "95001")],
            "conflict",
            ("tel_link_differs", "declared_page:contact"),
        ),
        (
            [
                page(CONTACT, ev("95001", rules=DIFFERS)),
                page(HELP, "95001"),
                page(POLICY, "95001"),
            ],
            "confirmed",
            ("declared_page:help", "second_kind:policy", "tel_link_differs"),
        ),
    ],
)
def test_verdict_and_reasons(visits: list[Visit], verdict: str, codes: tuple[str, ...]) -> None:
    found = _judge(_usable(visits))
    assert (found.verdict.value, found.codes) == (verdict, codes)


def _usable(visits: Sequence[Visit]) -> list[Sighting]:
    return [s for s in sightings(visits) if may_create(s)]


def _judge(seen: Sequence[Sighting], disputes: tuple[str, ...] = (), **known: bool) -> Judgement:
    doubts = untrusted((s.visit for s in seen), brand())
    return judge(seen, Doubts(doubts, disputes, **known), now=DAY_ONE)  # type: ignore[arg-type]


def test_every_reason_names_the_pages_it_rests_on() -> None:
    found = _judge(_usable([page(CONTACT, "95001"), page(POLICY, "95001")]))
    assert [(r.code, r.urls) for r in found.reasons] == [
        ("declared_page:contact", (CONTACT,)),
        ("second_kind:policy", (POLICY,)),
    ]


def test_one_document_under_two_urls_does_not_agree_with_itself() -> None:
    moved = page(HELP, "95001", final_url=CONTACT)
    assert _judge(_usable([page(CONTACT, "95001"), moved])).verdict is Verdict.OFFICIAL
    copy = page(HELP, "95001", capture=page(CONTACT, "95001").capture)
    assert _judge(_usable([page(CONTACT, "95001"), copy])).verdict is Verdict.OFFICIAL


def test_a_page_that_says_a_number_is_retired_stands_against_pages_that_offer_it() -> None:
    two = _usable([page(CONTACT, "95001"), page(POLICY, "95001")])
    found = _judge(two, retired=True)
    assert (found.verdict, found.codes[0]) == (Verdict.CONFLICT, "said_retired")


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        ({}, True),
        ({"owner": Owner.THIRD_PARTY}, False),
        ({"owner": Owner.REGULATOR}, False),
        ({"owner": Owner.UNKNOWN}, False),
        ({"is_hotline": False}, False),
        ({"number_class": NumberClass.PUBLIC_SERVICE}, False),
        ({"number_class": NumberClass.EMERGENCY}, False),
        ({"number_class": NumberClass.SMS}, False),
        ({"rules": ("retired_by_page",)}, False),
        ({"rules": ("reader.retired_by_page",)}, False),
        ({"rules": DIFFERS, "carrier": Carrier.TEL_LINK}, False),
        ({"rules": DIFFERS, "carrier": Carrier.TEXT}, True),
    ],
)
def test_what_may_become_a_hotline(changes: dict[str, object], allowed: bool) -> None:
    (seen,) = sightings([page(CONTACT, ev("95001", **changes))])
    assert may_create(seen) is allowed


@pytest.mark.parametrize(
    ("visit", "outcome"),
    [
        (page(CONTACT, "95001"), Outcome.OK),
        (page(CONTACT, "95001", outcome=Outcome.NOT_MODIFIED), Outcome.OK),
        (page(CONTACT, outcome=Outcome.TLS_EXPIRED), Outcome.TLS_EXPIRED),
        (page(CONTACT, "95001", on_ground=False), Outcome.REDIRECT_OFF_GROUND),
        (page(CONTACT, reading=None), Outcome.EMPTY),
        (page(CONTACT, said=Outcome.LOGIN_WALL), Outcome.LOGIN_WALL),
    ],
)
def test_what_a_visit_amounts_to(visit: Visit, outcome: Outcome) -> None:
    assert answer_of(visit) is outcome
    assert bool(sightings([visit])) is (outcome is Outcome.OK)


def test_case_16_expired_certificate_gives_no_number() -> None:
    body = page(CONTACT, "95001").reading
    visit = page(CONTACT, outcome=Outcome.TLS_EXPIRED, reading=body)
    assert sightings([visit]) == ()


def test_case_17_look_alike_host_gives_no_number() -> None:
    visit = page(CONTACT, "95001", final_url="https://demo-example.evil/x", on_ground=False)
    assert sightings([visit]) == ()


def test_the_good_answer_of_a_document_counts_whatever_the_order() -> None:
    late = DAY_ONE + timedelta(minutes=1)
    limited = page(CONTACT, outcome=Outcome.RATE_LIMITED, at=late)
    good = page(CONTACT, "95001")
    assert best_visits([limited, good]) == best_visits([good, limited]) == (good,)


def _groups(*visits: Visit) -> dict:  # type: ignore[type-arg]
    groups: dict = {}  # type: ignore[type-arg]
    for s in sightings(visits):
        groups.setdefault((s.evidence.number, "", ""), []).append(s)
    return groups


@pytest.mark.parametrize(
    ("visits", "disputed"),
    [
        ([page(CONTACT, "4001"), page(HELP, "4002")], {"4001", "4002"}),
        ([page(CONTACT, "4001"), page(HELP, "4001")], set()),
        ([page(CONTACT, "4001", "4002"), page(HELP, "4002")], set()),
        ([page(CONTACT, "4001"), page(HELP, "95001")], set()),
        ([page(CONTACT, "4001"), page(HELP, ev("4002", label="商户热线"))], set()),
        ([page(CONTACT, "4001"), page(HELP, ev("4002", purpose=Purpose.MERCHANT))], set()),
        ([page(CONTACT, "+8657100001"), page(HELP, "+8657100002")], set()),
        ([page(CONTACT, "4001"), page(HELP, "4002"), page(POLICY, "4001")], {"4001", "4002"}),
    ],
)
def test_when_declared_pages_disagree(visits: list[Visit], disputed: set[str]) -> None:
    assert {key[0] for key in contested(_groups(*visits))} == disputed


def test_a_number_that_two_kinds_confirm_outlasts_a_page_that_disagrees() -> None:
    pages = [page(CONTACT, "4001"), page(POLICY, "4001"), page(HELP, "4002")]
    mine = [s for s in sightings(pages) if s.evidence.number == "4001"]
    other = [s for s in sightings(pages) if s.evidence.number == "4002"]
    assert _judge(mine, ("pages_disagree",)).verdict is Verdict.CONFIRMED
    assert _judge(other, ("pages_disagree",)).verdict is Verdict.CONFLICT
