"""Spoofs S1 to S11 and the measured poison of domain.md A5, and what no page elsewhere can do.

Pages are read by the real rules and judged with the real registry and registers.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_pages import codes, outcome, real, verdicts, visit

from pipelines.model import Brand, Visit
from pipelines.vocabulary import Carrier, Outcome, SourceKind

CONTACT = "https://www.alipay.com/contact"
HELP = "https://www.alipay.com/help"
POLICY = "https://www.alipay.com/policy"
OFFICIAL = ("official", "confirmed")
HEAD = "<h1>联系我们</h1>"


def says(number: str, label: str = "支付宝客服热线") -> str:
    return f"{HEAD}<p>{label}：{number}</p>"


def alipay() -> Brand:
    return real("alipay")


def on(url: str, body: str, kind: SourceKind = SourceKind.CONTACT, **changes: object) -> Visit:
    return visit(alipay(), url, body, kind, **changes)


def official(*visits: Visit, brand: Brand | None = None) -> set[str]:
    found = verdicts(brand or alipay(), *visits)
    return {number for number, (verdict, _) in found.items() if verdict in OFFICIAL}


def both(body: str) -> tuple[Visit, Visit]:
    """Two kinds of declared pages that say the same."""
    return on(CONTACT, body), on(POLICY, body, SourceKind.POLICY)


# --- S1 to S11 --------------------------------------------------------------------------------


@pytest.mark.parametrize("printed", ["+95188", "0095188", "+ 95188", "00 95017", "+12315"])
def test_s1_a_short_code_behind_an_international_prefix(printed: str) -> None:
    assert verdicts(alipay(), *both(says(printed))) == {}


@pytest.mark.parametrize("printed", ["955588", "9555801"])
def test_s2_digits_behind_a_code_that_cannot_be_extended(printed: str) -> None:
    (found,) = verdicts(alipay(), on(CONTACT, says(printed))).values()
    assert found == ("unverified", ("shape:unknown_base",))
    away = [visit(alipay(), f"https://{i}.example/", says(printed)) for i in range(5)]
    assert verdicts(alipay(), *away) == {}


def test_s2_a_tail_behind_the_brand_s_own_code_is_its_menu() -> None:
    brand = real("cmb")
    page = visit(brand, "https://www.cmbchina.com/contact", says("9555501", "招商银行客服热线"))
    assert {verdict for verdict, _ in verdicts(brand, page).values()} == {"official"}


@pytest.mark.parametrize("printed", ["95013888", "9501388"])
def test_s3_a_leased_parent_is_never_official(printed: str) -> None:
    (found,) = verdicts(alipay(), *both(says(printed))).values()
    assert found == ("unverified", ("shape:leased_parent",))


def test_s3_an_extension_needs_a_parent_of_the_brand() -> None:
    brand = real("neteasepay", hosts=real("alipay").domains, domains=real("alipay").domains)
    page = visit(brand, CONTACT, says("95163000", "网易支付客服热线"))
    assert verdicts(brand, page)["95163000"][0] == "official"
    (found,) = verdicts(alipay(), on(CONTACT, says("95105515"))).values()
    assert found == ("unverified", ("shape:unknown_parent",))


@pytest.mark.parametrize(
    ("printed", "code"),
    [("17012345678", "shape:mobile_vno"), ("16712345678", "shape:mobile_vno"),
     ("13652147788", "shape:mobile_number")],
)  # fmt: skip
def test_s4_a_mobile_is_no_hotline(printed: str, code: str) -> None:
    found = verdicts(alipay(), *both(says(printed, "支付宝官方客服电话")))
    assert found == {f"+86{printed}": ("unverified", (code,))}


def test_s5_a_warning_about_calls_from_400_numbers_offers_none() -> None:
    body = HEAD + "<p>接到400-661-0066打来的电话，请勿相信：官方客服热线95188从不主动外呼。</p>"
    assert official(on(CONTACT, body)) <= {"95188"}


@pytest.mark.parametrize(
    "printed", ["95\u200b188", "95\u00ad188", "95\u2060188", "95１88", "９5188", "4００-661-0066"]
)
def test_s6_disguised_digits_need_a_second_kind_of_page(printed: str) -> None:
    (found,) = verdicts(alipay(), on(CONTACT, says(printed))).values()
    assert found == ("unverified", ("shape:disguised_digits",))


@pytest.mark.parametrize("printed", ["95l88", "9518O", "九五一八八", "⑨⑤①⑧⑧"])
def test_s6_letters_and_characters_for_digits_are_no_number(printed: str) -> None:
    assert official(*both(says(printed))) == set()


def test_s6_a_number_wholly_in_full_width_is_no_disguise() -> None:
    assert official(on(CONTACT, says("９５１８８"))) == {"95188"}


def test_s7_a_link_that_dials_another_number() -> None:
    body = HEAD + '<p>支付宝客服热线：<a href="tel:4006610066">95188</a></p>'
    found = verdicts(alipay(), on(CONTACT, body))
    assert found["95188"][0] == "conflict"
    assert "4006610066" not in found
    assert "tel_link_differs" in codes(alipay(), on(CONTACT, body))


def test_s7_another_page_that_agrees_outweighs_the_link() -> None:
    body = HEAD + '<p>支付宝客服热线：<a href="tel:4006610066">95188</a></p>'
    clean = on(HELP, says("95188"), SourceKind.HELP), on(POLICY, says("95188"), SourceKind.POLICY)
    assert official(on(CONTACT, body), *clean) == {"95188"}


@pytest.mark.parametrize(
    "printed", ["12345678", "400-123-4567", "400-000-0000", "400-888-8888", "400-xxx-xxxx"]
)
def test_s8_a_placeholder_is_no_number(printed: str) -> None:
    assert verdicts(alipay(), *both(says(printed))) == {}


@pytest.mark.parametrize("printed", ["400-100-5678", "400-123-8888", "400-666-6666"])
def test_s8_a_placeholder_s_shape_needs_a_second_kind_of_page(printed: str) -> None:
    (found,) = verdicts(alipay(), on(CONTACT, says(printed))).values()
    assert found == ("unverified", ("shape:placeholder_shape",))
    assert len(official(*both(says(printed)))) == 1


# S9 (one number under several brands) is in test_shared.py, by name.


@pytest.mark.parametrize(
    "url",
    [
        "https://opendocs.alipay.com/forum/1",
        "https://opendocs.alipay.com/support/1",
        "https://bbs.alipay.com/thread",
        "https://www.alipay.com/community/1",
        "https://www.alipay.com/help/comment/1",
        "https://www.alipay.com/x/%66orum/1",
    ],
)
def test_s10_what_users_write_on_the_official_host(url: str) -> None:
    planted = says("400-661-0066")
    assert official(on(url, planted), on(CONTACT, says("95188"))) == {"95188"}


@pytest.mark.parametrize(
    "frame", ['<div class="comment-list">{}</div>', '<section id="comments">{}</section>',
              '<ul class="bbs"><li>{}</li></ul>', '<div class="ugc reply">{}</div>']
)  # fmt: skip
def test_s10_a_comment_below_an_official_page(frame: str) -> None:
    planted = "<p>官方客服热线：400-661-0066，<a href='tel:4006610066'>拨打</a></p>"
    body = says("95188") + frame.format(planted)
    found = verdicts(alipay(), *both(body))
    assert set(found) == {"95188"}
    evidence = [e for v in both(body) if v.reading for e in v.reading.evidence]
    assert "owner:user_content" in {r for e in evidence for r in e.rules if "66100" in e.number}


def test_s11_a_cloned_site() -> None:
    clone = visit(alipay(), "https://alipay-kefu.example/contact", says("400-661-0066"))
    ended = on(HELP, says("400-661-0066"), SourceKind.HELP, on_ground=False,
               final_url="https://alipay.com.example.cn/help")  # fmt: skip
    assert official(clone, ended, on(CONTACT, says("95188"))) == {"95188"}
    assert "look_alike_host" in codes(alipay(), ended)
    assert "impostor_page" in codes(alipay(), clone)


# --- measured poison: none of it from elsewhere, none of it by agreement ----------------------

POISON = [
    ("alipay", "95055", "95055", ("rlut.cn",)),
    ("alipay", "400-000-9518", "4000009518", ("sqedu.cn",)),
    ("alipay", "+86-571-2688-8888", "+8657126888888", ("10100.com",)),
    ("alipay", "+86-571-8815-6666", "+8657188156666", ("10100.com", "m.10100.com")),
    ("alipay", "+86-571-95188", "95188", ("10100.com",)),
    ("ecny", "12345678", "12345678", ("08gf.com",)),
    ("paypal", "400-921-1000", "4009211000", ("newpay.ai",)),
    ("paypal", "400-626-9333", "4006269333", ("qzdhhotel.com",)),
    ("kuaishoupay", "400-006-6666", "4000066666", ("mt5.net.cn",)),
    ("kuaishoupay", "95105515", "95105515", ("nctoro.com",)),
    ("kuaishoupay", "400-006-7777", "4000067777", ("mt5.net.cn", "nctoro.com")),
    ("meituanpay", "10101010", "10101010", ("rlut.cn",)),
    ("googlepay", "400-820-5011", "4008205011", ("myxianyang.com",)),
    ("phonepe", "080-68727374", "+918068727374", ("beararmsnbitcoin.com", "phonepayasyougo.com")),
    ("payme", "2233 3322", "+85222333322", ("acuthai.com",)),
]


@pytest.mark.parametrize(("brand_id", "printed", "number", "hosts"), POISON)
def test_poison_never_becomes_official(
    brand_id: str, printed: str, number: str, hosts: tuple[str, ...]
) -> None:
    brand = real(brand_id)
    name = brand.name_zh
    body = (
        f"<h1>{name}官方客服电话</h1><p>{name}官方网站公布的官方客服热线：{printed}，24小时服务。</p>"
        f"<p>客服热线：<a href='tel:{number}'>{printed}</a></p>"
    )
    kinds = (SourceKind.CONTACT, SourceKind.HELP, SourceKind.POLICY)
    away = [
        visit(brand, f"https://{host}/{n}-{i}.html", body, kind)
        for host in (*hosts, "farm.example", "farm.example.org", "other.example.net")
        for n, kind in enumerate(kinds)
        for i in range(2)
    ]
    assert verdicts(brand, *away) == {}
    # Not even if a crawl believed that it was on ground: the address is compared again.
    believed = [replace(v, on_ground=True) for v in away]
    assert not {v for v, _ in verdicts(brand, *believed).values()} & {*OFFICIAL, "conflict"}


def test_poison_beside_the_truth_changes_nothing() -> None:
    truth = both(says("95188"))
    farm = [visit(alipay(), f"https://farm{i}.example/", says("95055")) for i in range(9)]
    assert verdicts(alipay(), *truth, *farm) == verdicts(alipay(), *truth)


def test_the_number_that_a_farm_gives_for_alipay_is_somebody_s_own() -> None:
    brand = real("duxiaoman")
    page = visit(brand, "https://www.duxiaoman.com/contact", says("95055", "度小满客服热线"))
    assert official(page, brand=brand) == {"95055"}


# --- ground from memory -----------------------------------------------------------------------


def test_ground_of_grade_d_never_raises_a_verdict() -> None:
    brand = real("lakala")
    pages = [
        visit(brand, f"https://www.lakala.com/{kind}", says("95016", "拉卡拉客服热线"), kind)
        for kind in (SourceKind.CONTACT, SourceKind.HELP, SourceKind.POLICY)
    ]
    assert verdicts(brand, *pages) == {"95016": ("unverified", ("unproven_ground",))}
    assert "unproven_ground" in codes(brand, *pages)
    proven = replace(brand, domains=tuple(replace(f, grade="C") for f in brand.domains))
    assert verdicts(proven, *pages)["95016"][0] == "confirmed"


def test_ground_of_grade_d_does_not_second_a_proven_page() -> None:
    brand = real("wechatpay")  # kf.qq.com is memory, tenpay.com is not
    home = visit(brand, "https://www.tenpay.com/contact", says("95017", "微信支付客服热线"))
    memory = visit(
        brand, "https://kf.qq.com/faq", says("95017", "微信支付客服热线"), SourceKind.HELP
    )
    assert verdicts(brand, home, memory) == verdicts(brand, home)


# --- injected content -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "frame", ['<p style="display:none">{}</p>', "<p hidden>{}</p>",
              '<p style="font-size:0">{}</p>', '<div style="visibility:hidden">{}</div>']
)  # fmt: skip
def test_hidden_text_never_makes_a_number_official(frame: str) -> None:
    planted = frame.format("支付宝客服热线：400-661-0066")
    found = verdicts(alipay(), *both(says("95188") + planted))
    assert found["95188"][0] == "confirmed"
    assert found.get("4006610066", ("unverified",))[0] == "unverified"


def test_a_number_over_the_site_s_own_on_one_of_many_pages() -> None:
    pages = [
        on(f"https://www.alipay.com/help/{i}", says("400-661-0011"), SourceKind.HELP)
        for i in range(6)
    ]
    hacked = on("https://www.alipay.com/help/9", says("400-661-0066"), SourceKind.HELP)
    verdict, reasons = verdicts(alipay(), *pages, hacked)["4006610066"]
    assert (verdict, reasons[0]) == ("conflict", "one_of_many_pages")
    assert "one_of_many_pages" in codes(alipay(), *pages, hacked)


def test_markup_that_names_another_number_than_the_text() -> None:
    body = says("400-661-0011") + (
        '<script type="application/ld+json">{"@type":"Organization","contactPoint":'
        '{"@type":"ContactPoint","telephone":"400-661-0066","contactType":"customer service"}}'
        "</script>"
    )
    found = verdicts(alipay(), on(CONTACT, body))
    assert found["4006610011"][0] == "official"
    verdict, reasons = found["4006610066"]
    assert verdict == "conflict"
    assert "structured_data_differs" in reasons


# --- conflicts, staleness ---------------------------------------------------------------------


def test_contact_page_and_policy_disagree() -> None:
    found = verdicts(
        alipay(), on(CONTACT, says("400-661-0011")),
        on(POLICY, says("400-661-0066"), SourceKind.POLICY),
    )  # fmt: skip
    assert {n: (v, r[0]) for n, (v, r) in found.items()} == {
        "4006610011": ("conflict", "pages_disagree"),
        "4006610066": ("conflict", "pages_disagree"),
    }


@pytest.mark.parametrize(
    ("dated", "verdict"), [("2022年3月1日", "stale"), ("2025年3月1日", "official")]
)
def test_a_policy_that_is_older_than_three_years(dated: str, verdict: str) -> None:
    body = f"<p>更新日期：{dated}</p>" + says("95188")
    assert verdicts(alipay(), on(POLICY, body, SourceKind.POLICY))["95188"][0] == verdict


def test_every_reason_points_at_its_evidence() -> None:
    pages = (
        *both(says("95188")),
        on(HELP, says("400-661-0066"), SourceKind.HELP),
        on("http://www.alipay.com/old", says("400-661-0011")),
    )
    for row in outcome(alipay(), pages).hotlines:
        assert row.verdict_evidence
        said = {line.partition(": http")[0] for line in row.verdict_evidence}
        assert said == set(row.verdict_reasons)
        assert all(line.partition(": ")[2].startswith("http") for line in row.verdict_evidence)


# --- properties -------------------------------------------------------------------------------

RANK = {"unverified": 0, "stale": 0, "conflict": 1, "official": 2, "confirmed": 3}
NUMBERS = ("95188", "95055", "400-661-0011", "400-661-0066", "17012345678", "0571-88156666")
AWAY = (
    "https://alipay-kefu.com/", "https://alipay.com.evil.example/", "https://rlut.cn/a",
    "https://zhidao.example/q", "https://opendocs.alipay.com/forum/1", "https://a1ipay.com/",
)  # fmt: skip
bodies = st.builds(
    "{}{}".format,
    st.sampled_from([says(n) for n in NUMBERS]),
    st.sampled_from(["", says("95188"), "<p hidden>支付宝客服热线：95055</p>"]),
)
kinds = st.sampled_from([SourceKind.CONTACT, SourceKind.HELP, SourceKind.POLICY])
at_home = st.builds(
    lambda n, body, kind, tls: on(f"https://www.alipay.com/{kind}/{n}", body, kind, tls_ok=tls),
    st.integers(0, 3), bodies, kinds, st.booleans(),
)  # fmt: skip
elsewhere = st.builds(
    lambda url, n, body, kind: on(f"{url}{n}", body, kind),
    st.sampled_from(AWAY), st.integers(0, 99), bodies, kinds,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(at_home, max_size=4), st.lists(elsewhere, max_size=8))
def test_third_party_pages_never_raise_a_verdict(home: list[Visit], away: list[Visit]) -> None:
    before, after = verdicts(alipay(), *home), verdicts(alipay(), *home, *away)
    for number, (verdict, _) in after.items():
        assert number in before
        assert RANK[verdict] <= RANK[before[number][0]]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(at_home, elsewhere), max_size=6), st.randoms(use_true_random=False))
def test_verdicts_are_a_pure_function_of_the_pages(visits: list[Visit], random: object) -> None:
    again = list(visits)
    random.shuffle(again)  # type: ignore[attr-defined]
    urls = {v.url for v in visits}
    if len(urls) == len(visits):  # two answers of one document: the later one counts
        assert outcome(alipay(), again) == outcome(alipay(), visits)
    assert outcome(alipay(), visits) == outcome(alipay(), visits)


def test_a_page_that_did_not_answer_speaks_for_nobody() -> None:
    expired = on(HELP, says("95188"), SourceKind.HELP, outcome=Outcome.TLS_EXPIRED, tls_ok=False)
    assert verdicts(alipay(), expired) == {}


def test_link_evidence_names_its_carrier() -> None:
    body = HEAD + '<p>支付宝客服热线：<a href="tel:95188">95188</a></p>'
    page = on(CONTACT, body)
    assert page.reading is not None
    assert Carrier.TEL_LINK in {e.carrier for e in page.reading.evidence}
    assert official(page) == {"95188"}
