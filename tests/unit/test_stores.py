"""Listings and partners' pages: what they say, what it weighs (nothing), what a person hears."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from brand_story import CONTACT, Story, brand, ev, fact, page
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.model import Brand, BrandOutcome, Fact, Page, PageReading, Source, Visit
from pipelines.process import process_page
from pipelines.process_brand import process_brand
from pipelines.rules import load_rules
from pipelines.stores.listing import MAX_SITES, Listing
from pipelines.vocabulary import Grade, Outcome, SourceKind

APPLE = "https://apps.apple.com/cn/app/demo/id1234567890"
LOOKUP = "https://itunes.apple.com/lookup?id=1234567890&country=cn"
PLAY = "https://play.google.com/store/apps/details?id=example.demo&hl=zh"
BANK = "https://www.bank.example/partners/demo"
COMPANY = "示例支付（中国）有限公司"
STORES = load_rules().marks.stores

APP = {
    "@context": "https://schema.org",
    "@type": "SoftwareApplication",
    "name": "示例钱包",
    "author": {"@type": "Organization", "name": COMPANY, "url": "https://apps.apple.com/d/id1"},
}


def listing_page(*, app: object = None, links: str = "") -> bytes:
    data = json.dumps(APP if app is None else app, ensure_ascii=False)
    return (
        "<!doctype html><meta charset=utf-8><title>示例钱包 App</title>"
        f'<script type="application/ld+json">{data}</script>'
        f"<h1>示例钱包</h1><p>客服热线：95001（7×24小时）</p>{links}"
    ).encode()


def read(url: str, body: bytes, kind: str = "text/html", of: Brand | None = None) -> PageReading:
    found = Page(
        url, body, content_type=kind, kind=SourceKind.APP_STORE, brand=of or listed(), country="CN"
    )
    return process_page(found, load_rules())


def listed(*urls: str, grade: Grade = Grade.A, **changes: object) -> Brand:
    kinds = {BANK: SourceKind.PARTNER}
    sources = (
        Source(kinds.get(url, SourceKind.APP_STORE), url, Grade.C, "invented") for url in urls
    )
    made = brand(CONTACT, entity=Fact(COMPANY, grade, "invented"), **changes)
    return replace(made, sources=(*made.sources, *sources))


def seen(url: str, *numbers: str, developer: str = COMPANY, **changes: object) -> Visit:
    """A visit of a listing, or of a partner's page."""
    made = page(url, *numbers, marks=())
    kind = SourceKind.PARTNER if url == BANK else SourceKind.APP_STORE
    reading = made.reading
    if reading is not None:
        support = ("https://help.elsewhere.example/x",) if changes.pop("away", False) else ()
        reading = replace(reading, listing=Listing(developer, support))
    return replace(made, kind=kind, reading=reading, on_ground=False, **changes)  # type: ignore[arg-type]


def run(story: Story, *visits: Visit, others: tuple[Brand, ...] = ()) -> BrandOutcome:
    """A run with the stores of the rule tables, told to the story."""
    story.day += story.history.known
    dated = [replace(v, fetched_at=story.now) for v in visits]
    outcome = process_brand(
        story.brand, dated, story.history, now=story.now, run_id=f"run-{story.day}",
        marks=load_rules().marks, others=(story.brand, *others),
    )  # fmt: skip
    story.history = replace(
        story.history, hotlines=outcome.hotlines, sources=outcome.sources, known=True
    )
    return outcome


def reasons(outcome: BrandOutcome) -> dict[str, tuple[str, ...]]:
    return {h.number: h.verdict_reasons for h in outcome.hotlines}


def codes(outcome: BrandOutcome) -> set[str]:
    return {issue.code for issue in outcome.issues}


# --- what a listing says ------------------------------------------------------------------------


def test_a_page_names_its_developer_and_where_it_sends_people() -> None:
    links = (
        '<a href="https://help.demo.example/">App 支持</a>'
        '<a href="https://www.demo.example/">开发者网站</a><a href="https://ad.example/">下载</a>'
    )
    reading = read(APPLE, listing_page(links=links))
    assert reading.listing == Listing(
        COMPANY,
        ("https://apps.apple.com/d/id1", "https://help.demo.example/", "https://www.demo.example/"),
    )
    assert [e.number for e in reading.evidence if e.is_hotline] == ["95001"]
    assert reading.channels == reading.marks == ()


def test_the_data_of_a_store_name_the_legal_seller() -> None:
    result = {"sellerName": COMPANY, "artistName": "示例", "sellerUrl": "https://demo.example/a"}
    body = json.dumps({"resultCount": 1, "results": [result]}).encode()
    found = read(LOOKUP, body, "application/json").listing
    assert found == Listing(COMPANY, ("https://demo.example/a",))


@pytest.mark.parametrize(
    "app",
    [
        {"@type": "Organization", "name": COMPANY},
        {**APP, "author": [{"name": COMPANY}, {"name": "别人"}]},
        {**APP, "author": None},
        [],
    ],
)
def test_a_page_that_names_nobody_or_several_names_nobody(app: object) -> None:
    listing = read(APPLE, listing_page(app=app)).listing
    assert listing is not None
    assert listing.developer == ""


@pytest.mark.parametrize(
    "app",
    [
        {"@type": {"a": 1}},
        {"@type": [{"a": 1}, ["SoftwareApplication"], 7, None]},
        [{**APP, "author": {"name": {"zh": COMPANY}, "url": ["x"]}}],
        {**APP, "author": [[COMPANY], 7, {"name": 7}]},
    ],
)
def test_values_of_another_type_than_schema_org_has_name_nobody(app: object) -> None:
    assert read(PLAY, listing_page(app=app)).listing == Listing()


def test_half_a_character_in_a_name_is_none() -> None:
    half = json.dumps({**APP, "author": COMPANY + "\ud83d"}).encode()
    listing = read(PLAY, b'<script type="application/ld+json">' + half + b"</script>").listing
    assert listing == Listing(COMPANY + "\ufffd")


def test_sites_of_a_listing_are_few() -> None:
    links = "".join(f'<a href="https://s{n}.example/">网站</a>' for n in range(100))
    data = json.dumps([{"sellerUrl": f"https://s{n}.example/"} for n in range(100)])
    for found in (read(PLAY, listing_page(links=links)), read(LOOKUP, data.encode(), "text/json")):
        assert found.listing is not None
        assert len(found.listing.support) == MAX_SITES


def test_two_results_are_nobodys_listing() -> None:
    results = [{"sellerName": COMPANY}, {"sellerName": "别人有限公司"}]
    body = json.dumps({"results": results}).encode()
    assert read(LOOKUP, body, "application/json").listing == Listing("", ())


@pytest.mark.parametrize(
    ("url", "entry"),
    [
        (APPLE, ("app_store", "1234567890")),
        (LOOKUP, ("app_store", "1234567890")),
        (PLAY, ("google_play", "example.demo")),
        ("https://appgallery.huawei.com/app/C100938889", ("appgallery", "C100938889")),
        ("https://app.mi.com/details?id=example.demo", ("xiaomi", "example.demo")),
        ("https://apps.apple.com.evil.example/cn/app/id1234567890", ("", "")),
        ("https://apps.apple.com/cn/developer/x", ("", "")),
        ("https://play.google.com/store/apps/dev?id=1", ("", "")),
    ],
)
def test_an_address_names_store_and_app(url: str, entry: tuple[str, str]) -> None:
    assert STORES.entry(url) == entry


# --- what it weighs -----------------------------------------------------------------------------


def test_a_listing_of_the_entity_is_one_more_reason_and_no_verdict() -> None:
    story = Story(listed(APPLE))
    outcome = run(story, page(CONTACT, "95001"), seen(APPLE, "95001", "95002"))
    assert reasons(outcome) == {"95001": ("declared_page:contact", "corroborated:app_store")}
    (hotline,) = outcome.hotlines
    assert hotline.verdict == "official"
    assert f"corroborated:app_store: {APPLE}, p" in (hotline.verdict_evidence or ())
    assert "number_only_elsewhere" in codes(outcome)
    assert APPLE in {state.url for state in outcome.sources}
    assert outcome.row.pages_tried == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"developer": "别人有限公司"}, "app_store_developer_differs"),
        ({"developer": ""}, "app_store_no_developer"),
        ({"tls_ok": False}, "app_store_no_tls"),
        ({"final_url": "https://apps.apple.com/cn/app/x/id999999999"}, "app_store_not_the_listing"),
        ({"final_url": "https://apps.apple.com/cn/"}, "app_store_not_the_listing"),
    ],
)
def test_a_listing_that_is_not_the_entitys_weighs_nothing(
    changes: dict[str, object], code: str
) -> None:
    outcome = run(Story(listed(APPLE)), page(CONTACT, "95001"), seen(APPLE, "95001", **changes))  # type: ignore[arg-type]
    assert reasons(outcome) == {"95001": ("declared_page:contact",)}
    assert code in codes(outcome)


def test_an_entity_from_memory_weighs_nothing() -> None:
    story = Story(listed(APPLE, grade=Grade.D))
    outcome = run(story, page(CONTACT, "95001"), seen(APPLE, "95001"))
    assert reasons(outcome) == {"95001": ("declared_page:contact",)}
    assert "app_store_entity_unproven" in codes(outcome)


def test_an_app_of_grade_a_stands_for_a_developer_that_cannot_be_read() -> None:
    story = Story(listed(APPLE, apps=(fact("ios:1234567890"),)))
    outcome = run(story, page(CONTACT, "95001"), seen(APPLE, "95001", developer=""))
    assert reasons(outcome)["95001"][-1] == "corroborated:app_store"


def test_support_off_ground_is_a_proposal_and_no_ground() -> None:
    outcome = run(Story(listed(APPLE)), page(CONTACT, "95001"), seen(APPLE, "95001", away=True))
    (issue,) = [i for i in outcome.issues if i.code == "support_off_ground"]
    assert 'hosts = [{ name = "help.elsewhere.example"' in issue.advice
    assert outcome.hotlines[0].verdict == "official"


@pytest.mark.parametrize(("grade", "counts"), [(Grade.B, True), (Grade.D, False)])
def test_a_partner_counts_on_its_own_proven_ground(grade: Grade, counts: bool) -> None:
    bank = replace(brand(), id="bank", domains=(Fact("bank.example", grade, "t"),))
    outcome = run(Story(listed(BANK)), page(CONTACT, "95001"), seen(BANK, "95001"), others=(bank,))
    assert ("corroborated:partner" in reasons(outcome)["95001"]) is counts
    assert ("partner_not_a_partner" in codes(outcome)) is not counts


def test_nothing_elsewhere_makes_a_row_or_takes_one_away() -> None:
    story = Story(listed(APPLE))
    assert run(story, page(CONTACT), seen(APPLE, "95001")).hotlines == ()
    story = Story(listed(APPLE))
    run(story, page(CONTACT, "95001", "95002"), seen(APPLE, "95001"))
    missed = run(story, page(CONTACT, "95002"), seen(APPLE, "95001"))
    assert [h.presence for h in missed.hotlines] == ["not_observed", "observed"]
    gone = run(story, page(CONTACT, "95002"), seen(APPLE, "95001"))
    assert [r.reason for r in gone.removals] == ["gone_from_pages"]


def test_a_store_that_is_silent_changes_nothing() -> None:
    story = Story(listed(APPLE))
    before = run(story, page(CONTACT, "95001"), seen(APPLE, "95001"))
    for silent in ((page(APPLE, outcome=Outcome.TIMEOUT, kind=SourceKind.APP_STORE),), ()):
        outcome = run(story, page(CONTACT, "95001"), *silent)
        assert reasons(outcome) == reasons(before)
        assert outcome.hotlines[0].last_change == before.hotlines[0].last_change
        assert outcome.row.healthy
    dropped = run(story, page(CONTACT, "95001"), seen(APPLE, "95009"))
    assert reasons(dropped) == {"95001": ("declared_page:contact",)}


def test_a_source_that_is_declared_no_more_corroborates_no_more() -> None:
    story = Story(listed(APPLE))
    run(story, page(CONTACT, "95001"), seen(APPLE, "95001"))
    story.brand = listed()
    outcome = run(story, page(CONTACT, "95001"))
    assert reasons(outcome) == {"95001": ("declared_page:contact",)}
    assert APPLE not in {state.url for state in outcome.sources}


def test_a_store_source_does_not_keep_others_from_being_retired() -> None:
    story = Story(replace(listed(APPLE), sources=(*listed(APPLE).sources, *brand().sources)))
    old = "https://www.demo.example/help"
    run(story, page(CONTACT, "95001"), page(old, "95002"))
    story.brand = listed(APPLE)
    assert [r.reason for r in run(story, page(CONTACT, "95001")).removals] == ["source_retired"]


_NUMBERS = st.lists(st.sampled_from(["95001", "95002", "4000001999"]), max_size=3, unique=True)
_DEVELOPERS = st.sampled_from([COMPANY, "别人有限公司", ""])
_URLS = st.sampled_from([APPLE, PLAY, BANK])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_URLS, _NUMBERS, _DEVELOPERS), max_size=6), _NUMBERS, st.booleans())
def test_no_number_of_such_pages_changes_a_verdict(
    pages: list[tuple[str, list[str], str]], own: list[str], secure: bool
) -> None:
    of = listed(APPLE, PLAY, BANK)
    bank = replace(brand(), id="bank", domains=(fact("bank.example"),))
    contact = page(CONTACT, *map(ev, own), tls_ok=secure)
    alone = run(Story(of), contact, others=(bank,))
    beside = [seen(url, *numbers, developer=dev) for url, numbers, dev in pages]
    together = run(Story(of), contact, *beside, others=(bank,))
    verdicts = [(h.id, h.verdict) for h in alone.hotlines]
    assert [(h.id, h.verdict) for h in together.hotlines] == verdicts
