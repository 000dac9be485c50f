from __future__ import annotations

import random
from dataclasses import replace

import pytest
from brand_story import CONTACT, DAY_ONE, HELP, POLICY, brand, ev, page
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dialing import fee_conflict
from pipelines.model import Hotline, PageReading, Visit
from pipelines.reconcile import Reconciled, hotline_id, reconcile
from pipelines.verify import sightings
from pipelines.vocabulary import Carrier, FeeClass, NumberClass, Outcome, Purpose, Verdict


def read(*visits: Visit, known: tuple[Hotline, ...] = ()) -> Reconciled:
    return reconcile(brand(), sightings(visits), known, now=DAY_ONE, run_id="run")


def rows(*visits: Visit, known: tuple[Hotline, ...] = ()) -> dict[str, Hotline]:
    return {h.id: h for h in read(*visits, known=known).hotlines.values()}


@pytest.mark.parametrize(
    ("key", "found"),
    [
        (("95188", "", ""), "x/95188"),
        (("96588", "0551", ""), "x/96588@0551"),
        (("+862160727072", "", "3003"), "x/+862160727072#3003"),
    ],
)
def test_id(key: tuple[str, str, str], found: str) -> None:
    assert hotline_id("x", key) == found


def test_area_and_extension_are_in_the_key_only_where_they_mean_something() -> None:
    complaint = Purpose.COMPLAINT
    found = rows(
        page(
            CONTACT,
            ev("95575", area="020", printed_abroad="+862095575"),
            ev("+862160727072", area="021", extension="3003", purpose=complaint),
            ev("+862160727072", area="021"),
            ev("4008123123", extension="1"),
            ev("4008123123", extension="2", purpose=complaint),
            ev("4008123123", extension="3;4", purpose=complaint),
            ev("95511", menu=("5", "2")),
            ev("95511", menu=("1",)),
        )
    )
    assert sorted(found) == [
        "demo/+862160727072",
        "demo/+862160727072#3003",
        "demo/4008123123",
        "demo/4008123123#2",
        "demo/95511",
        "demo/95575",
    ]
    assert found["demo/4008123123"].menu_paths == ("1", "3-4")
    assert found["demo/4008123123#2"].menu_paths == ()
    assert found["demo/95511"].menu_paths == ("1", "5-2")
    assert found["demo/95575"].dial_abroad == "+862095575"


def test_an_extension_once_in_the_key_stays_there() -> None:
    before = rows(page(CONTACT, ev("4008123123", extension="2", purpose=Purpose.COMPLAINT)))
    after = rows(page(CONTACT, ev("4008123123", extension="2")), known=tuple(before.values()))
    assert list(before) == list(after) == ["demo/4008123123#2"]


class TestProvinceCodes:
    known = tuple(rows(page(CONTACT, ev("96588", area="0551"))).values())

    def test_joins_the_area_of_the_same_number(self) -> None:
        found = rows(page(CONTACT, ev("96588", area="0551")), page(HELP, "96588"))
        assert list(found) == ["demo/96588@0551"]
        assert found["demo/96588@0551"].verdict is Verdict.CONFIRMED
        assert found["demo/96588@0551"].regions == ("CN-0551",)

    def test_joins_the_only_area_of_the_brand(self) -> None:
        found = rows(page(CONTACT, ev("96588", area="0551")), page(HELP, "96111"))
        assert sorted(found) == ["demo/96111@0551", "demo/96588@0551"]

    def test_history_decides_so_that_an_id_never_flips(self) -> None:
        pages = (page(CONTACT, "96588"), page(HELP, ev("96588", area="0532")))
        assert "demo/96588@0551" in rows(*pages, known=self.known)

    def test_two_areas_or_none_make_an_issue_and_no_row(self) -> None:
        for pages in (
            (page(CONTACT, "96588"),),
            (
                page(CONTACT, "96588"),
                page(HELP, ev("96111", area="0551"), ev("96222", area="0532")),
            ),
        ):
            found = read(*pages)
            assert "96588" not in {key[0] for key in found.hotlines}
            assert found.unplaced == {(CONTACT, "96588")}
            assert [i.code for i in found.issues] == ["area_unknown"]


def test_columns_are_merged_from_all_pages_and_the_best_evidence_leads() -> None:
    found = rows(
        page(HELP, ev("95001", label="Hotline", purpose=Purpose.COMPLAINT, display="9 5001")),
        page(
            CONTACT,
            ev("95001", carrier=Carrier.TEL_LINK, display="tel"),
            ev(
                "95001",
                display="95-001",
                hours="24/7",
                hours_raw="7×24小时",
                context="客服热线：95001!",
            ),
        ),
        page(POLICY, ev("95001", label="English hotline 英文", purpose=Purpose.UNKNOWN)),
    )["demo/95001"]
    assert found.display == "95-001"
    assert found.evidence_text == "客服热线：95001!"
    assert (found.evidence_url, found.evidence_count) == (CONTACT, 4)
    assert found.labels == ("English hotline 英文", "Hotline", "客服热线")
    assert found.purposes == (Purpose.GENERAL, Purpose.COMPLAINT)
    assert found.languages == ("en",)
    assert (found.hours, found.hours_tz, found.staffed_24h) == ("24/7", "Asia/Shanghai", True)
    assert found.carried_by == (CONTACT, HELP, POLICY)
    assert [kind.value for kind in found.source_kinds] == ["contact", "help", "policy"]


def test_json_ld_with_two_telephones_gives_two_rows() -> None:
    ld = [ev(n, carrier=Carrier.JSON_LD) for n in ("95001", "4008123123")]
    assert sorted(rows(page(CONTACT, *ld))) == ["demo/4008123123", "demo/95001"]


def test_the_number_of_a_contradicted_link_is_no_row() -> None:
    rules = ("plan:test", "tel_link_differs")
    link = ev("95002", carrier=Carrier.TEL_LINK, rules=rules, is_hotline=False)
    found = rows(page(CONTACT, ev("95001", rules=rules), link))
    assert {h.number: h.verdict.value for h in found.values()} == {"95001": "conflict"}
    # another page that offers the link's number still makes a row of it
    assert "demo/95002" in rows(page(CONTACT, link), page(HELP, "95002"))


def test_a_400_called_free_is_an_issue_and_stays_shared() -> None:
    found = read(page(CONTACT, ev("4008123123", fee_stated="free")))
    (row,) = found.hotlines.values()
    assert (row.fee_class, row.fee_stated) == (FeeClass.SHARED, "free")
    assert [i.code for i in found.issues] == ["fee_conflict"]


@pytest.mark.parametrize(
    ("stated", "fee_class", "conflict"),
    [
        ("free", FeeClass.SHARED, True),
        ("免费电话", FeeClass.SHARED, True),
        ("免长途费", FeeClass.SHARED, False),
        ("local", FeeClass.NORMAL, False),
        ("free", FeeClass.FREE, False),
        ("premium", FeeClass.LOCAL, True),
        ("premium", FeeClass.PREMIUM, False),
        ("free", FeeClass.UNKNOWN, False),
        ("", FeeClass.SHARED, False),
    ],
)
def test_fee_conflict(stated: str, fee_class: FeeClass, conflict: bool) -> None:
    assert fee_conflict(stated, fee_class) is conflict


def test_only_the_brands_own_lines_on_good_pages_become_rows() -> None:
    found = rows(
        page(CONTACT, "95001", "12315", ev("95555", is_hotline=False)),
        page(HELP, "95002", said=Outcome.LOGIN_WALL),
        page(POLICY, "95003", on_ground=False),
    )
    assert list(found) == ["demo/95001"]


def test_what_pages_disagree_about_is_an_issue() -> None:
    found = read(page(CONTACT, "4008123123"), page(HELP, "4008999123"))
    assert {h.verdict.value for h in found.hotlines.values()} == {"conflict"}
    assert [i.code for i in found.issues] == ["pages_disagree", "pages_disagree"]


_evidence = st.builds(
    ev,
    st.sampled_from(["95001", "96588", "4008123123", "+862160727072"]),
    area=st.sampled_from(["", "0551", "0532"]),
    extension=st.sampled_from(["", "1", "2;3"]),
    hidden=st.booleans(),
    label=st.sampled_from(["", "客服热线", "投诉热线"]),
    purpose=st.sampled_from([Purpose.GENERAL, Purpose.COMPLAINT, Purpose.UNKNOWN]),
    hours=st.sampled_from(["", "24/7", "Mo-Su 09:00-21:00"]),
    carrier=st.sampled_from([Carrier.TEXT, Carrier.TEL_LINK, Carrier.JSON_LD]),
    display=st.sampled_from(["", "a", "b"]),
    block_path=st.sampled_from(["p", "div/p"]),
    context=st.sampled_from(["x", "y"]),
    fee_stated=st.sampled_from(["", "free", "local"]),
    rules=st.sampled_from([("r",), ("r", "tel_link_differs"), ("r", "retired_by_page")]),
)


@given(
    pages=st.lists(
        st.tuples(st.sampled_from([CONTACT, HELP, POLICY, "http://demo.example/x"]),
                  st.lists(_evidence, max_size=5)),
        max_size=4,
        unique_by=lambda pair: pair[0],
    ),
    seed=st.integers(0, 2**16),
)  # fmt: skip
def test_the_order_of_the_evidence_does_not_matter(
    pages: list[tuple[str, list]],  # type: ignore[type-arg]
    seed: int,
) -> None:
    visits = [page(url, *evidence) for url, evidence in pages]
    assert read(*visits) == read(*_shuffled(visits, seed))


def _shuffled(visits: list[Visit], seed: int) -> list[Visit]:
    rng = random.Random(seed)
    mixed = []
    for visit in visits:
        assert visit.reading is not None
        evidence = list(visit.reading.evidence)
        rng.shuffle(evidence)
        reading: PageReading = replace(visit.reading, evidence=tuple(evidence))
        mixed.append(replace(visit, reading=reading))
    rng.shuffle(mixed)
    return mixed


def test_class_of_the_row_is_that_of_the_best_evidence() -> None:
    found = rows(page(CONTACT, ev("95001", numbering_note="cs95_vas")))["demo/95001"]
    assert (found.number_class, found.numbering_note) == (NumberClass.SHORT_95, "cs95_vas")
