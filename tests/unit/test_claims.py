"""What others say of a number: whose it is said to be, and what we think of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.accounts import of_declared_account
from pipelines.brand_names import BrandNames
from pipelines.claims import (
    ACCOUNT,
    FORGET_AFTER,
    MAX_PER_PAGE,
    Claim,
    Lead,
    Truth,
    claims_on,
    judged,
    merged,
)
from pipelines.model import Brand, Fact, Hotline, Page, Source
from pipelines.process import process_page
from pipelines.proposals import proposals_of
from pipelines.rules import load_rules
from pipelines.vocabulary import ClaimVerdict, Grade, SourceKind, Verdict
from tests.unit.run_examples import HOTLINE, NOW

RULES = load_rules()
ICP = "沪ICP备12345678号"
DEMO = Brand(
    "demo", "示例付", "CN", name_en="Shili Pay", aliases=("示例钱包",),
    domains=(Fact("shilipay.test", Grade.B, "invented"),),
    marks=(Fact(f"icp:{ICP}", Grade.A, "invented"),),
)  # fmt: skip
RIVAL = Brand("rival", "示例付香港", "CN", name_en="Shili Pay HK")
BRANDS = (DEMO, RIVAL, Brand("third", "第三付", "CN"), Brand("fourth", "第四付", "CN"))
NAMES = BrandNames.of(BRANDS)
CLAIMING = "https://www.farm.test/a"
Said = tuple[Claim, ...]


def lead(text: str, url: str = CLAIMING, title: str = "", **changes: object) -> Lead:
    html = text.startswith("<")
    kind = f"text/{'html' if html else 'plain'}; charset=utf-8"
    page = Page(url, text.encode(), url, kind, SourceKind.LEAD, DEMO, "CN")
    reading = process_page(page, RULES)
    made = Lead("demo", url, url, title, reading.evidence, NOW, reading.plays, reading.places)
    return replace(made, **changes)  # type: ignore[arg-type]


def said(text: str, url: str = CLAIMING, title: str = "", **changes: object) -> Said:
    return claims_on(lead(text, url, title, **changes), DEMO, NAMES, RULES.marks)


def truth(*rows: Hotline) -> Truth:
    return Truth.of(rows, BRANDS, RULES.plan.assigned, RULES.marks)


def row(brand_id: str, number: str, verdict: Verdict = Verdict.OFFICIAL) -> Hotline:
    given = {"brand_id": brand_id, "number": number, "verdict": verdict}
    return replace(HOTLINE, id=f"{brand_id}/{number}", **given)  # type: ignore[arg-type]


OFFICIAL = row("demo", "95003")


# --- whose number is it said to be? --------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "title", "numbers"),
    [
        ("示例付客服电话：400-700-8123", "", ["4007008123"]),
        ("95003是示例付的客服电话", "", ["95003"]),
        ("示例钱包热线 95003", "", ["95003"]),
        ("SHILI PAY hotline 95003", "", ["95003"]),
        ("示例付香港客服电话：400-700-8123", "", []),  # the longer name is another brand's
        ("第三付客服电话：95199，示例付客服电话：95003，第四付客服电话：95198", "", ["95003"]),
        ("Shilipayment hotline 95003", "", []),  # within a word
        ("客服电话：400-700-8123", "示例付客服电话是多少", ["4007008123"]),
        ("客服电话：400-700-8123", "示例付和第三付的客服电话", []),
        ("客服电话：400-700-8123", "今日要闻", []),
        ("示例付传真：021-60727072", "", []),
        ("示例付媒体联络电话：021-60727072", "", []),
        ("客服热线：400-700-8123", "示例付上线新功能", []),  # the newspaper's own
        ("<h2>示例付</h2><p>客服电话：400-700-8123</p>", "", ["4007008123"]),
        ("<h2>示例付</h2><p>扫码。</p><h2>第三付</h2><p>客服电话：400-700-8123</p>", "", []),
        ("<table><tr><th>示例付<td>95003<tr><th>第三付<td>95199</table><p>客服热线</p>", "", []),
        (
            "<table><tr><th>公司<th>客服热线<tr><td>示例付<td>95003<tr><td>第三付<td>95199</table>",
            "",
            ["95003"],
        ),
        ("有人冒充示例付客服，以400-700-8123等号码诱导转账", "", []),
        ("400-700-8123不是示例付的客服热线", "", []),
        ("示例付客服电话：400-700-8123，请勿拨打其他号码", "", ["4007008123"]),
        ("投稿热线：400-700-8123", "示例付客服电话是多少", []),
    ],
)
def test_whose_number_it_is_said_to_be(text: str, title: str, numbers: list[str]) -> None:
    assert [claim.number for claim in said(text, title=title)] == numbers


@pytest.mark.parametrize(
    ("url", "claimed"),
    [
        ("https://www.shilipay.test/help", False),  # the official spider's business
        ("https://forum.shilipay.test/t/1", True),  # user content on the brand's own domain
        ("https://shilipay.test.farm.cn/", True),
    ],
)
def test_the_brands_own_ground_claims_nothing(url: str, claimed: bool) -> None:
    assert bool(said("示例付客服电话：400-700-8123", url)) is claimed


def test_a_number_said_often_on_one_page_is_one_claim() -> None:
    [claim] = said("示例付客服电话：400-700-8123\n示例付投诉电话：4007008123")
    assert (claim.times, claim.tel_uri) == (2, "tel:4007008123;phone-context=+86")
    assert claim.context[:13] == "示例付客服电话：400-7"


def test_a_page_may_claim_only_so_many_numbers() -> None:
    many = "\n".join(f"示例付客服电话：400-7{i:02}-8123" for i in range(40))
    assert len(said(many)) == MAX_PER_PAGE


# --- what we think of it -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rows", "verdict", "reason", "owner"),
    [
        ("示例付客服电话：95003", [OFFICIAL], "supported", "row:official", None),
        ("示例付官方客服电话：95003", [OFFICIAL], "supported", "row:official", None),
        ("示例付客服电话：95003", [row("demo", "95003", Verdict.CONFIRMED)], "supported",
         "row:confirmed", None),
        ("示例付客服电话：95003", [row("demo", "95003", Verdict.CONFLICT)], "unsupported",
         "row:conflict", None),
        ("示例付客服电话：95003", [row("demo", "95003", Verdict.UNVERIFIED)], "unsupported",
         "row:unverified", None),
        ("示例付客服电话：95003", [row("demo", "95003", Verdict.STALE)], "unsupported",
         "row:stale", None),
        ("示例付客服电话：95003", [], "unsupported", "no_row", None),
        ("示例付客服电话：95003", [row("third", "95003")], "belongs_to_other", "row_of:third",
         "third"),
        ("示例付客服电话：95003", [row("third", "95003"), OFFICIAL], "supported", "row:official",
         None),
        ("示例付客服电话：95003", [row("third", "95003", Verdict.CONFLICT)], "unsupported",
         "no_row", None),
        ("示例付客服电话：12378", [], "belongs_to_other", "assigned_code", "金融监管"),
        ("示例付客服电话：10086", [], "belongs_to_other", "assigned_code", "中国移动"),
        ("示例付客服电话：95566", [], "belongs_to_other", "assigned_to_other:中国银行",
         "中国银行"),
        ("示例付官方客服电话：400-700-8123", [OFFICIAL], "unsupported", "no_row", None),
        ("我们是示例付，客服电话：400-700-8123", [OFFICIAL], "impostor", "no_row", None),
    ],
)  # fmt: skip
def test_verdicts(
    text: str, rows: list[Hotline], verdict: str, reason: str, owner: str | None
) -> None:
    [claim] = judged(said(text), truth(*rows))
    assert (claim.verdict, claim.verdict_reasons[0]) == (verdict, reason)
    assert (claim.belongs_to or "").startswith(owner[:2] if owner else "")
    assert (claim.belongs_to is None) is (owner is None)


@pytest.mark.parametrize(
    ("rule", "text", "pattern"),
    [
        ("S2", "示例付客服电话：9518812", "shape:unknown_parent"),
        ("S3", "示例付客服电话：95013123", "shape:leased_parent"),
        ("S4", "示例付客服电话：17012340976", "shape:mobile_vno"),
        ("S4", "示例付客服电话：18612340976", "shape:mobile_number"),
        ("S6", "示例付客服电话：４00-700-8123", "shape:disguised_digits"),
        ("S6", "示例付客服电话：400\u200b-700-8123", "shape:disguised_digits"),
        ("S8", "示例付客服电话：400-100-5678", "shape:placeholder_shape"),
    ],
)
def test_spoof_patterns_of_domain_md(rule: str, text: str, pattern: str) -> None:
    [claim] = judged(said(text), truth(OFFICIAL))
    assert pattern in (claim.spoof_patterns or ()), rule
    assert claim.verdict is ClaimVerdict.IMPOSTOR


def test_s9_one_number_of_three_brands() -> None:
    [claim] = said("示例付客服电话：400-700-8123")
    others = [replace(claim, brand_id=brand) for brand in ("third", "fourth")]
    few = judged((claim, others[0]), truth())
    assert {c.verdict for c in few} == {ClaimVerdict.UNSUPPORTED}
    many = judged((claim, *others), truth())
    assert {(c.verdict, c.spoof_patterns) for c in many} == {
        (ClaimVerdict.IMPOSTOR, ("many_brands",))
    }
    assert judged(many[:1], truth())[0].spoof_patterns == ()  # where the others are gone


def test_s11_a_clone() -> None:
    body = f"<title>示例付</title><p>示例付客服电话：400-700-8123</p><footer>{ICP}</footer>"
    [claim] = judged(said(body, "https://shilipay-kefu.test/"), truth(OFFICIAL))
    assert claim.verdict is ClaimVerdict.IMPOSTOR
    assert claim.spoof_patterns == ("looks_like:brand_word:shilipay", f"shows_mark:{ICP}")


def test_a_declared_account_is_no_impostor_and_no_proof() -> None:
    url = "https://www.weishe.test/u/shili"
    claims = said("我们的官方客服热线：400-700-8123", url, account=True)
    [claim] = judged(claims, truth(OFFICIAL))
    assert (claim.verdict, claim.spoof_patterns) == (ClaimVerdict.UNSUPPORTED, ())
    assert claim.verdict_reasons == ("no_row", ACCOUNT)
    assert judged((claim,), truth(OFFICIAL)) == (claim,)  # told again in the next run


@pytest.mark.parametrize(
    ("path", "verdict", "patterns"),
    [
        ("/shilipay_kefu/", "impostor", ("other_account",)),
        ("/u/%E7%A4%BA%E4%BE%8B%E4%BB%98/1", "impostor", ("other_account",)),
        ("/shilipay/post/1", "unsupported", ()),
        ("/somebody/post/1", "unsupported", ()),
    ],
)
def test_another_account_under_the_brands_name(
    path: str, verdict: str, patterns: tuple[str, ...]
) -> None:
    source = Source(SourceKind.SOCIAL, "https://weishe.test/shilipay", Grade.B, "invented")
    brand = replace(DEMO, sources=(source,))
    url = f"https://weishe.test{path}"
    page = lead("示例付客服热线：400-700-8123", url, account=of_declared_account(url, brand))
    [claim] = judged(claims_on(page, brand, NAMES, RULES.marks), truth(OFFICIAL))
    assert (claim.verdict, claim.spoof_patterns) == (verdict, patterns)


def test_domains_are_counted_not_pages() -> None:
    urls = ("https://a.farm.test/1", "https://b.farm.test/2", "https://other.test/3")
    claims = [c for url in urls for c in said("示例付客服电话：400-700-8123", url)]
    assert {claim.domains for claim in judged(claims, truth())} == {2}


# --- from run to run -----------------------------------------------------------------------------


def test_first_seen_is_carried_and_last_seen_is_not() -> None:
    before = said("示例付客服电话：400-700-8123")
    later = said("示例付客服电话：400-700-8123", seen=NOW + timedelta(days=9))
    [claim] = merged(later, before, frozenset({("demo", CLAIMING)}), now=NOW)
    assert (claim.first_seen, claim.last_seen) == (NOW, NOW + timedelta(days=9))


@pytest.mark.parametrize(
    ("answered", "days", "kept"),
    [(False, 1, True), (True, 1, False), (False, FORGET_AFTER.days + 1, False)],
)
def test_a_claim_stays_until_its_page_drops_it(answered: bool, days: int, kept: bool) -> None:
    before = said("示例付客服电话：400-700-8123")
    well = frozenset({("demo", CLAIMING)} if answered else ())
    assert merged((), before, well, now=NOW + timedelta(days=days)) == (before if kept else ())


def test_a_page_and_its_snippet_are_one_claim() -> None:
    snippet = said("示例付官方客服电话：400-700-8123", snippet=True)
    page = said("示例付客服电话：400-700-8123")
    for order in ((*snippet, *page), (*page, *snippet)):
        [claim] = merged(order, (), frozenset(), now=NOW)
        assert (claim.context, claim.verdict_reasons) == (page[0].context, ())
        assert claim.spoof_patterns == ("says_official",)


def test_the_verdict_follows_the_rows() -> None:
    """What was unsupported is supported once the brand's own page says it, and back again."""
    claims = said("示例付客服电话：95003")
    verdicts = []
    for rows in ((), (OFFICIAL,), ()):
        claims = judged(claims, truth(*rows))
        verdicts.append(claims[0].verdict.value)
    assert verdicts == ["unsupported", "supported", "unsupported"]


FARMS = st.lists(
    st.tuples(
        st.sampled_from(["95003", "400-700-8123", "95199", "18612340976"]),
        st.sampled_from(["{}", "官方客服 {}", "示例付官方客服电话：{}", "我们是示例付，热线 {}"]),
        st.sampled_from(["farm-a.test", "farm-b.test", "shilipay-kefu.test", "xn--80ak6aa92e.com"]),
    ),
    max_size=12,
)


@given(farms=FARMS)
def test_any_number_of_third_parties_supports_nothing(farms: list[tuple[str, str, str]]) -> None:
    """`supported` comes from a row of the brand alone; the rows stay as they are."""
    rows = truth(OFFICIAL, row("third", "95199"))
    held = dict(rows.hotlines)
    claims = [
        claim
        for place, (number, words, host) in enumerate(farms)
        for claim in said(words.format(number), f"https://{host}/{place}", "示例付")
    ]
    for claim in judged(merged(claims, (), frozenset(), now=NOW), rows):
        assert (claim.verdict is ClaimVerdict.SUPPORTED) is (claim.number == "95003")
        assert (claim.belongs_to == "third") is (claim.number == "95199")
    assert rows.hotlines == held


# --- proposals -----------------------------------------------------------------------------------


def test_proposals() -> None:
    footer = f"<p>示例付</p><footer>{ICP}</footer>"
    leads = (
        lead("帮助", "https://www.shilipay.test/help/new", "帮助中心"),
        lead("帮助", "https://www.shilipay.test/help/new/", "again"),
        lead("帮助", "https://www.shilipay.test/known/"),
        lead("帮助", "https://forum.shilipay.test/t/1"),  # user content
        lead(footer, "https://www.unknown.test/a"),
        lead(footer, "https://www.unknown.test/b"),
        lead("示例付", "https://www.farm.test/"),
    )
    found = proposals_of(leads, DEMO, ["http://www.shilipay.test/known"])
    assert [(p.kind.value, p.url, p.marks) for p in found] == [
        ("host", "https://www.unknown.test/a", (ICP,)),
        ("page", "https://www.shilipay.test/help/new", ()),
    ]


@pytest.mark.parametrize(("grade", "proposed"), [(Grade.B, True), (Grade.C, False)])
def test_only_well_founded_marks_propose_a_host(grade: Grade, proposed: bool) -> None:
    weak = replace(DEMO, marks=(Fact(f"icp:{ICP}", grade, "invented"),))
    shown = lead(f"<p>示例付</p><footer>{ICP}</footer>", "https://www.unknown.test/a")
    assert bool(proposals_of((shown,), weak, ())) is proposed
