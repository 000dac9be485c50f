"""Answers on tables made up for the purpose: doubt, claims, planted numbers, two owners."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from outputs.explaining import cases_of_number
from outputs.lookup import Answer, NoNumberError, check
from outputs.lookup_tables import Snapshot, UnknownBrandError, brand_called, why_not
from outputs.rows import Row, row_of
from outputs.run_directory import RunDirectory
from outputs.schema import BRANDS, EVIDENCE, HOTLINES
from pipelines.model import BrandRow, Evidence, Hotline
from pipelines.vocabulary import (
    BrandState,
    Carrier,
    ClaimVerdict,
    NumberClass,
    Owner,
    Purpose,
    Verdict,
)
from tests.unit.run_examples import EVIDENCE as MENTION
from tests.unit.run_examples import HOTLINE, LANDLINE, NOW

OTHER = replace(HOTLINE, id="rival/95188", brand_id="rival")


def brand_row(brand_id: str, country: str = "CN", name: str = "") -> Row:
    value = BrandRow(
        brand_id, name or f"品牌{brand_id}", None, None, None, country, BrandState.ACTIVE,
        healthy=True, unhealthy_reasons=(), pages_tried=1, pages_good=1, hotlines=1,
        hotlines_observed=1, recent_counts=(1,), last_observed=NOW, run_id="r",
    )  # fmt: skip
    return row_of(BRANDS, value)


def claim(verdict: ClaimVerdict, belongs_to: str | None = None, number: str = "4008123123") -> Row:
    return {
        "brand_id": "demo", "number": number, "area": "", "url": "https://farm.test/a",
        "context": f"官方客服 {number}", "verdict": verdict.value, "belongs_to": belongs_to,
    }  # fmt: skip


def snapshot(
    tmp_path: Path,
    *hotlines: Hotline,
    evidence: tuple[Evidence, ...] = (),
    claims: tuple[Row, ...] = (),
    off_ground: bool = False,
) -> Snapshot:
    page = {"on_ground": not off_ground, "fetched_at": NOW}
    return Snapshot(
        data_dir=tmp_path,
        run=RunDirectory(tmp_path / "runs" / "r"),
        started=NOW,
        hotlines=tuple(row_of(HOTLINES, h) for h in hotlines),
        evidence=tuple(row_of(EVIDENCE, e) for e in evidence),
        brands={b: brand_row(b) for b in ("demo", "rival")},
        claims=claims,
        channels=(),
        fetched={("demo", e.url): page for e in evidence},
    )


def one(held: Snapshot, text: str, brand: str | None = None) -> Answer:
    [answer] = check(held, text, brand)
    return answer


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [
        (Verdict.CONFIRMED, "official"),
        (Verdict.OFFICIAL, "official"),
        (Verdict.CONFLICT, "claimed"),
        (Verdict.UNVERIFIED, "claimed"),
        (Verdict.STALE, "was_official"),
    ],
)
def test_only_a_proven_row_is_official(tmp_path: Path, verdict: Verdict, kind: str) -> None:
    held = snapshot(tmp_path, replace(HOTLINE, verdict=verdict), LANDLINE)
    answer = one(held, "95188")
    assert answer.kind == kind
    assert answer.reasons == HOTLINE.verdict_reasons
    offered = {row["id"] for row in answer.instead}
    assert offered == (set() if kind == "official" else {LANDLINE.id})


def test_a_number_of_two_brands(tmp_path: Path) -> None:
    early = replace(OTHER, first_seen=NOW - timedelta(days=9))
    both = one(snapshot(tmp_path, HOTLINE, early), "95188")
    assert (both.brands, both.since) == (("demo", "rival"), early.first_seen)
    mine = one(snapshot(tmp_path, HOTLINE, early), "95188", "demo")
    assert (mine.brands, mine.since) == (("demo",), NOW)


def test_a_doubtful_row_here_and_a_proven_one_there(tmp_path: Path) -> None:
    """Asked for no brand, the proven owner is the answer; asked for the other, the doubt is."""
    doubtful = replace(HOTLINE, verdict=Verdict.UNVERIFIED)
    held = snapshot(tmp_path, doubtful, OTHER)
    assert one(held, "95188").brands == ("rival",)
    assert one(held, "95188", "demo").kind == "claimed"


@pytest.mark.parametrize(
    ("verdict", "belongs_to", "kind", "owner"),
    [
        (ClaimVerdict.UNSUPPORTED, None, "claimed", ""),
        (ClaimVerdict.IMPOSTOR, None, "claimed", ""),
        (ClaimVerdict.BELONGS_TO_OTHER, "rival", "belongs_to_other", "rival"),
    ],
)
def test_claims(
    tmp_path: Path, verdict: ClaimVerdict, belongs_to: str | None, kind: str, owner: str
) -> None:
    held = snapshot(tmp_path, HOTLINE, claims=(claim(verdict, belongs_to),))
    answer = one(held, "400-812-3123")
    assert (answer.kind, answer.owner) == (kind, owner)
    assert answer.reasons == (f"claim:{verdict.value}",)
    assert [quote.url for quote in answer.quotes] == ["https://farm.test/a"]
    assert [row["id"] for row in answer.instead] == [HOTLINE.id]


def test_a_claim_tells_how_many_say_it_and_by_which_tricks(tmp_path: Path) -> None:
    """The weightiest row first; a look-alike by what it imitates; the page that says it quoted."""
    mild = {**claim(ClaimVerdict.UNSUPPORTED), "domains": 2, "last_seen": NOW}
    tricks = ["looks_like:brand_word:demo", "says_official"]
    clone = {**claim(ClaimVerdict.IMPOSTOR), "url": "https://demo-kefu.test/", "domains": 2}
    clone |= {"spoof_patterns": tricks, "verdict_reasons": ["no_row"]}
    answer = one(snapshot(tmp_path, HOTLINE, claims=(mild, clone)), "4008123123")
    assert answer.reasons == (
        "claim:impostor", "claim:unsupported", "claimed_by:2", "looks_like:demo", "says_official",
    )  # fmt: skip
    assert [quote.url for quote in answer.quotes] == ["https://demo-kefu.test/", mild["url"]]
    assert [quote.seen for quote in answer.quotes] == [None, NOW]
    assert len(answer.claims) == 2


def test_no_number_of_claims_makes_a_number_official(tmp_path: Path) -> None:
    claims = tuple(claim(ClaimVerdict.SUPPORTED) for _ in range(50))
    assert one(snapshot(tmp_path, claims=claims), "4008123123").kind == "claimed"


@pytest.mark.parametrize("off_ground", [True, False])
def test_a_planted_number(tmp_path: Path, off_ground: bool) -> None:
    """Read as a hotline, but published nowhere: on a foreign host, or refused by the gate."""
    planted = replace(MENTION, number="4008123123", raw="400-812-3123")
    held = snapshot(tmp_path, HOTLINE, evidence=(planted,), off_ground=off_ground)
    answer = one(held, "4008123123")
    assert answer.kind == "claimed"
    assert answer.reasons == ("off_ground" if off_ground else "not_published",)


def test_a_number_that_waits_for_a_person_says_so(tmp_path: Path) -> None:
    fresh = replace(MENTION, number="4008123123", raw="400-812-3123")
    held = snapshot(tmp_path, HOTLINE, evidence=(fresh,))
    held = replace(held, held={"demo/4008123123": "review:pending_new"})
    answer = one(held, "4008123123")
    assert (answer.kind, answer.reasons) == ("claimed", ("review:pending_new",))
    _, cases = cases_of_number(held, "4008123123")
    assert [case.reasons for case in cases] == [("review:pending_new",)]


def test_a_code_of_the_state_is_nobodys_hotline(tmp_path: Path) -> None:
    listed = replace(
        MENTION, number="12363", number_class=NumberClass.PUBLIC_SERVICE, owner=Owner.REGULATOR,
        is_hotline=False,
    )  # fmt: skip
    answer = one(snapshot(tmp_path, HOTLINE, evidence=(listed,)), "12363", "demo")
    assert (answer.kind, answer.reasons) == ("belongs_to_other", ("assigned_code",))
    assert "人民银行" in answer.owner


def test_a_link_that_dials_another_number(tmp_path: Path) -> None:
    link = replace(
        MENTION, number="4008123123", carrier=Carrier.TEL_LINK, is_hotline=False,
        rules=("plan:shared400", "tel_link_differs"),
    )  # fmt: skip
    answer = one(snapshot(tmp_path, HOTLINE, evidence=(link,)), "4008123123")
    assert (answer.kind, answer.reasons) == ("claimed", ("link_dials_another",))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"is_hotline": True}, ()),
        ({"owner": Owner.THIRD_PARTY, "rules": ("owner:row",)}, ("third_party:row",)),
        ({"purpose": Purpose.FAX, "rules": ("owner:publisher",)}, ("purpose:fax",)),
        ({"label": "", "rules": ()}, ("no_label",)),
        ({"rules": ("branch_office", "retired_by_page")}, ("retired_by_page", "branch_office")),
    ],
)
def test_why_a_mention_is_no_hotline(changes: dict[str, object], why: tuple[str, ...]) -> None:
    mention = replace(MENTION, **{"is_hotline": False, **changes})  # type: ignore[arg-type]
    assert why_not(row_of(EVIDENCE, mention)) == why


def test_another_countrys_plan(tmp_path: Path) -> None:
    """Digits that mean nothing on the mainland are read by the plan of a brand that has them."""
    hong_kong = replace(
        LANDLINE, id="hk/+85221808888", brand_id="hk", number="+85221808888",
        number_class=NumberClass.FOREIGN,
    )  # fmt: skip
    held = snapshot(tmp_path, HOTLINE, hong_kong)
    held = replace(held, brands={**held.brands, "hk": brand_row("hk", "HK")})
    for text in ("+852 2180 8888", "2180 8888", "852-2180-8888"):
        assert (text, one(held, text).kind.value) == (text, "official")
    assert one(held, "2180 8888", "hk").brands == ("hk",)


def test_questions_without_a_number_or_a_brand(tmp_path: Path) -> None:
    held = snapshot(tmp_path, HOTLINE)
    with pytest.raises(NoNumberError, match="你好"):
        check(held, "你好")
    with pytest.raises(UnknownBrandError, match="it has: demo, rival"):
        check(held, "95188", "nobody")
    assert brand_called(held, "品牌DEMO") == "demo"
