"""Spoofs S1 to S11 and the measured poison of domain.md A5, and what no page elsewhere can do.

Pages are read by the real rules and judged with the real registry and registers.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_pages import codes, outcome, real, verdicts, visit

from pipelines.brand import other_names
from pipelines.model import Brand, Fact, Visit
from pipelines.vocabulary import Carrier, Grade, Outcome, SourceKind

CONTACT = "https://www.alipay.com/contact"
HELP = "https://www.alipay.com/help"
POLICY = "https://www.alipay.com/policy"
OFFICIAL = ("official", "confirmed")
HEAD = "<h1>联系我们</h1>"
LD = '<script type="application/ld+json">'


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


@pytest.mark.parametrize("printed", ["400-661-0066", "4006610066", "400 661 0066"])
def test_s5_a_400_number_that_called_is_no_hotline(printed: str) -> None:
    for words in (
        f"来电显示{printed}的客服电话",
        f"{printed}打来的客服电话",
        f"收到{printed}的客服来电",
    ):
        assert verdicts(alipay(), *both(f"{HEAD}<p>{words}，请勿相信。</p>")) == {}


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


def test_s7_a_link_behind_words_that_dials_another_number_than_the_page_shows() -> None:
    button = '<p><a href="tel:4006610066">联系人工客服</a></p>'
    found = verdicts(alipay(), on(CONTACT, says("95188") + button))
    assert found["95188"][0] == "official"
    assert found["4006610066"][0] == "conflict"
    assert found["4006610066"][1][0] == "link_dials_another"
    shown = on(HELP, says("400-661-0066", "支付宝商户热线"), SourceKind.HELP)
    assert "4006610066" in official(on(CONTACT, says("95188") + button), shown)
    assert official(on(CONTACT, HEAD + button)) == {"4006610066"}, "all that a phone's page shows"


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


# S9 (one number under several brands) is in test_shared.py, by name; here is what it may not do.


def test_s9_a_partner_that_names_the_owner_takes_nothing_from_it() -> None:
    others = other_names(real("duxiaoman"), [alipay()])
    body = says("95188") + says("95055", "度小满客服热线")
    page = visit(real("duxiaoman"), "https://www.duxiaoman.com/contact", body, others=others)
    assert set(verdicts(real("duxiaoman"), page)) == {"95055"}


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


POST = "<p>支付宝客服热线：400-661-0066</p>"


@pytest.mark.parametrize(
    "body",
    [
        f'<head><meta name="generator" content="Discuz! X3.5"></head><body>{POST}</body>',
        f'<div itemscope itemtype="https://schema.org/DiscussionForumPosting">{POST}</div>',
        f'<script type="application/ld+json">{{"@type":"QAPage"}}</script>{POST}',
        f"<p>小王 楼主 发表于 2026-03-01</p><p>2楼 只看该作者</p>{POST}",
        f"<p>浏览 120 回帖 8</p><p>沙发 积分 120</p>{POST}",
        f"<p>樓主 發表於 2026-03-01</p><p>回覆：昨天</p><p>發帖 3</p>{POST}",
    ],
)
def test_s10_a_forum_whose_address_says_nothing(body: str) -> None:
    found = verdicts(alipay(), *both(body))
    assert found == {"4006610066": ("unverified", ("user_content",))}
    assert "user_content" in codes(alipay(), *both(body))


@pytest.mark.parametrize(
    "beside",
    [
        "<p>发布于 2026-03-01，浏览 1200</p>",
        "<p>地址：示例路 8 号大厦 12楼，来访请先登记</p><p>发表于 2026-03-01</p>",
        '<script type="application/ld+json">{"@type":"FAQPage"}</script>',
        '<meta name="generator" content="WordPress 6.5">',
        "<p>积分 100 可兑换，注册时间满一年的用户另有礼遇</p>",
    ],
)
def test_s10_an_official_page_is_no_forum(beside: str) -> None:
    assert official(on(CONTACT, says("95188") + beside)) == {"95188"}


def test_s10_a_forum_s_page_retires_nothing() -> None:
    body = "<p>楼主 发表于 2026-03-01 只看该作者</p><p>支付宝客服热线：95188（已停用）</p>"
    (found,) = verdicts(alipay(), *both(says("95188")), on(HELP, body, SourceKind.HELP)).values()
    assert found[0] == "confirmed"


def test_s10_two_posts_under_addresses_of_one_pattern_do_not_confirm_each_other() -> None:
    """What a link calls a page is up to whoever writes the link."""
    posts = [
        on(f"https://www.alipay.com/t/{n}.html", says("400-661-0066"), kind, declared=False)
        for n, kind in ((7, SourceKind.CONTACT), (8, SourceKind.COMPLAINT), (9, SourceKind.POLICY))
    ]
    assert verdicts(alipay(), *posts)["4006610066"][0] == "official"  # the weakness below
    declared = replace(posts[2], declared=True)
    assert verdicts(alipay(), *posts[:2], declared)["4006610066"][0] == "confirmed"
    apart = replace(posts[2], url=POLICY, final_url=POLICY)
    assert verdicts(alipay(), *posts[:2], apart)["4006610066"][0] == "confirmed"


def test_known_weakness_a_forum_without_any_sign_counts_as_the_brand_until_it_is_vetoed() -> None:
    """Decision 0021: nothing on such a page tells it from the brand's own. A veto does."""
    post = on("https://www.alipay.com/t/7.html", says("400-661-0066"), declared=False)
    assert official(post) == {"4006610066"}
    veto = Fact("www.alipay.com/t", Grade.A, "invented for a test")
    brand = replace(alipay(), veto_paths=(*alipay().veto_paths, veto))
    seen = replace(post, on_ground=False)
    assert verdicts(brand, seen) == {}
    assert verdicts(brand, post)["4006610066"] == ("unverified", ("off_ground",))


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
    "frame",
    ['<p style="display:none">{}</p>', "<p hidden>{}</p>",
     '<p style="font-size:0">{}</p>', '<div style="visibility:hidden">{}</div>',
     '<div style="position:absolute;left:-9999px">{}</div>',
     '<div style="position: fixed; top: -5000px">{}</div>',
     '<p style="margin-left:-200em">{}</p>', '<p style="text-indent:-999px">{}</p>',
     '<p style="color:#fff;background:#FFFFFF">{}</p>',
     '<p style="background-color: rgb(255,255,255); color: white">{}</p>',
     '<p style="color: transparent">{}</p>', '<p style="color:rgba(0, 0, 0, 0)">{}</p>',
     '<p style="opacity: 0.0">{}</p>', '<p style="OPACITY:0">{}</p>',
     '<p style="max-height:0; overflow:hidden">{}</p>',
     '<p style="position:absolute;clip:rect(0 0 0 0)">{}</p>',
     '<p style="clip-path:inset(50%)">{}</p>', "<noscript><p>{}</p></noscript>",
     "<template><p>{}</p></template>", "<!-- <p>{}</p> -->"],
)  # fmt: skip
def test_hidden_text_never_makes_a_number_official(frame: str) -> None:
    planted = frame.format("支付宝客服热线：400-661-0066")
    found = verdicts(alipay(), *both(says("95188") + planted))
    assert found["95188"][0] == "confirmed"
    assert found.get("4006610066", ("unverified",))[0] == "unverified"


@pytest.mark.parametrize(
    "style",
    ["position:absolute;left:50%;margin-left:-480px", "text-indent:-2em", "color:#fff",
     "color:#333;background:#fff", "opacity:0.8", "opacity:0;transform:translateY(20px)",
     "color:transparent;-webkit-background-clip:text", "line-height:0", "height:0;clear:both",
     "font-size:0.9em", "margin:-20px", "background:#fff"],
)  # fmt: skip
def test_what_is_styled_is_not_hidden(style: str) -> None:
    assert official(on(CONTACT, f'<div style="{style}">{says("95188")}</div>')) == {"95188"}


def test_a_number_over_the_site_s_own_on_one_of_many_pages() -> None:
    pages = [
        on(f"https://www.alipay.com/help/{i}", says("400-661-0011"), SourceKind.HELP)
        for i in range(6)
    ]
    hacked = on("https://www.alipay.com/help/9", says("400-661-0066"), SourceKind.HELP)
    verdict, reasons = verdicts(alipay(), *pages, hacked)["4006610066"]
    assert (verdict, reasons[0]) == ("conflict", "one_of_many_pages")
    assert "one_of_many_pages" in codes(alipay(), *pages, hacked)
    assert official(*pages, hacked) == {"4006610011"}, "the site's own number is not harmed"


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


@pytest.mark.parametrize(
    "planted",
    [
        f'{LD}{{"telephone":"400-661-0066"}}</script>',
        f'{LD}{{"telephone":"400-661-0066","contactType":"投诉"}}</script>',
        '<div itemscope><meta itemprop="telephone" content="400-661-0066"></div>',
        '<img src="a.png" alt="客服热线：400-661-0066">',
        '<a href="/" title="投诉热线：400-661-0066">我要投诉</a>',
        '<meta name="description" content="支付宝客服热线：400-661-0066">',
    ],
)
def test_what_no_reader_sees_is_not_official_where_readers_see_another_number(planted: str) -> None:
    """Whatever class the two numbers are of, and whatever the hidden one says that it is for."""
    found = verdicts(alipay(), on(CONTACT, says("95188") + planted))
    assert found["95188"][0] == "official"
    assert found["4006610066"][0] == "conflict"
    assert found["4006610066"][1][0] == "structured_data_differs"
    both_see = says("95188") + says("400-661-0066", "支付宝商户热线") + planted
    assert "4006610066" in official(on(CONTACT, both_see))


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


@pytest.mark.parametrize("count", [1, 30, 300])
def test_any_number_of_third_party_pages_that_agree_weighs_nothing(count: int) -> None:
    page = on("https://farm0.example/", says("400-661-0066"))
    farm = [
        replace(page, url=f"https://farm{n}.example/", final_url=f"https://farm{n}.example/")
        for n in range(count)
    ]
    believed = [replace(v, on_ground=True) for v in farm]
    assert verdicts(alipay(), *farm) == {}
    assert verdicts(alipay(), *believed) == {"4006610066": ("unverified", ("off_ground",))}
    assert verdicts(alipay(), *both(says("95188")), *farm) == verdicts(
        alipay(), *both(says("95188"))
    )


written = st.builds(
    lambda n, body, kind: on(
        f"https://www.alipay.com/q/{n}", f"<p>楼主 发表于 2026-03-01 只看该作者</p>{body}", kind,
        declared=False,
    ),
    st.integers(0, 99), bodies, kinds,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(at_home, max_size=4), st.lists(written, max_size=8))
def test_what_users_write_on_the_ground_never_raises_a_verdict(
    home: list[Visit], posts: list[Visit]
) -> None:
    before, after = verdicts(alipay(), *home), verdicts(alipay(), *home, *posts)
    for number, (verdict, _) in after.items():
        assert RANK[verdict] <= RANK[before.get(number, ("unverified",))[0]]


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
