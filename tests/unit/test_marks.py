"""Footer marks, look-alike hosts and pages that play a brand: form, mismatch, imitation."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_pages import codes, real, verdicts, visit

from pipelines.ground import on_ground
from pipelines.marks.footer import Mark, MarkKind, credit_code_holds, marks_in
from pipelines.marks.lookalike import look_alikes
from pipelines.marks.page import foreign_marks, own_marks
from pipelines.model import Fact
from pipelines.rules import load_rules
from pipelines.vocabulary import Grade, SourceKind

RULES = load_rules().marks
CONTACT = "https://www.alipay.com/contact"
SAID = "<h1>联系我们</h1><p>支付宝客服热线：95188</p>"
REAL_CODES = (  # domain.md D2: recalled by its author, all pass
    "91330100799655058B",
    "9144030071526726XG",
    "914403001922038216",
    "91310000736239890T",
    "91110108551385082Q",
)


@pytest.mark.parametrize("code", REAL_CODES)
def test_credit_codes_hold(code: str) -> None:
    assert credit_code_holds(code)


@pytest.mark.parametrize("code", REAL_CODES)
def test_a_credit_code_with_one_character_changed_does_not_hold(code: str) -> None:
    wrong = [code[:i] + ("1" if code[i] != "1" else "2") + code[i + 1 :] for i in range(18)]
    assert not any(map(credit_code_holds, wrong))


def test_a_remainder_of_zero_is_no_error() -> None:
    # The common bug leaves out the outer modulo: a check character of 0 is then never found.
    base = next(
        f"9133010079965{n:04d}"
        for n in range(10_000)
        if credit_code_holds(f"9133010079965{n:04d}0")
    )
    assert credit_code_holds(base + "0")


@pytest.mark.parametrize(
    ("text", "kind", "value", "flaws"),
    [
        ("沪ICP备15027489号-1", MarkKind.ICP, "沪ICP备15027489号", ()),
        ("沪ICP备15027489号-2A", MarkKind.ICP, "沪ICP备15027489号", ()),
        ("沪ＩＣＰ备１５０２７４８９号", MarkKind.ICP, "沪ICP备15027489号", ()),
        ("沪ICP备案15027489号", MarkKind.ICP, "沪ICP备15027489号", ()),
        ("沪ICP\u200b备\u200b15027489号", MarkKind.ICP, "沪ICP备15027489号", ()),
        ("许可证：Ｚ２０００１３３００００１９", MarkKind.PBC, "Z2000133000019", ()),
        ("京 ICP 备 2021012345 号", MarkKind.ICP, "京ICP备2021012345号", ()),
        ("京ICP备1921012345号", MarkKind.ICP, "京ICP备1921012345号", ("year",)),
        ("京ICP备123456789号", MarkKind.ICP, "京ICP备123456789号", ("length",)),
        ("某ICP备12345678号", MarkKind.ICP, "某ICP备12345678号", ("province",)),
        ("蜀ICP备2021007252号", MarkKind.ICP, "蜀ICP备2021007252号", ()),
        ("沪公网安备 31011502400088号", MarkKind.POLICE, "31011502400088", ()),
        ("浙公网安备31011502400088号", MarkKind.POLICE, "31011502400088", ("province",)),
        ("沪公网安备 310115024000号", MarkKind.POLICE, "310115024000", ("length",)),
        ("支付业务许可证：Z2000133000019", MarkKind.PBC, "Z2000133000019", ()),
        ("支付业务许可证：Z2000199000019", MarkKind.PBC, "Z2000199000019", ("province",)),
        ("统一社会信用代码：91330100799655058B", MarkKind.USCC, "91330100799655058B", ()),
        ("统一社会信用代码 91330100799655058C", MarkKind.USCC, "91330100799655058C",
         ("check_digit",)),
    ],
)  # fmt: skip
def test_marks_as_printed(text: str, kind: MarkKind, value: str, flaws: tuple[str, ...]) -> None:
    assert marks_in(f"© 2026 某公司 {text} 版权所有", RULES.provinces) == (
        Mark(kind, value, flaws),
    )


@pytest.mark.parametrize(
    ("text", "href", "flaws"),
    [
        ("沪公网安备 31011502400088号",
         "https://beian.mps.gov.cn/#/query/webSearch?code=31011502400088", ()),
        ("沪公网安备 31011502400088号",
         "http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=31011502400088", ()),
        ("沪公网安备 31011502400088号",
         "http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=33010602000001",
         ("link_code",)),
        ("沪公网安备 31011502400088号", "https://beian.evil.example/?code=31011502400088",
         ("link_host",)),
        ("沪ICP备15027489号-1", "https://beian.miit.gov.cn/", ()),
        ("沪ICP备15027489号-1", "https://beian.miit.gov.cn.evil.example/", ("link_host",)),
    ],
)  # fmt: skip
def test_the_link_behind_a_mark(text: str, href: str, flaws: tuple[str, ...]) -> None:
    (mark,) = marks_in(text, RULES.provinces, [(text, href)])
    assert mark.flaws == flaws


@given(st.text(max_size=200))
def test_any_text_may_be_a_footer(text: str) -> None:
    marks_in(f"备{text}信用代码", RULES.provinces)


# --- mismatch proves a lot, form proves nothing -----------------------------------------------


def test_well_formed_marks_raise_nothing() -> None:
    brand = real("alipay")
    footer = "<footer>支付业务许可证 Z2000133000019 沪公网安备 31011502400088号</footer>"
    assert verdicts(brand, visit(brand, CONTACT, SAID + footer)) == verdicts(
        brand, visit(brand, CONTACT, SAID)
    )
    away = visit(brand, "https://alipay-kefu.example.com/", SAID + footer)
    assert verdicts(brand, away) == {}


def test_a_licence_of_another_company_takes_the_word_from_a_page() -> None:
    brand = real("alipay")
    page = visit(brand, CONTACT, SAID + "<footer>支付业务许可证 Z2000444000013</footer>")
    assert verdicts(brand, page) == {"95188": ("unverified", ("foreign_mark",))}
    assert "foreign_mark" in codes(brand, page)


def test_a_mismatch_leaves_the_other_pages_alone() -> None:
    brand = real("alipay")
    bad = visit(brand, CONTACT, SAID + "<footer>许可证 Z2000444000013</footer>")
    good = visit(brand, "https://www.alipay.com/help", SAID, SourceKind.HELP)
    assert verdicts(brand, bad, good)["95188"][0] == "official"


def test_several_licences_are_a_list_of_partners() -> None:
    brand = real("alipay")
    footer = "<footer>合作机构 Z2000444000013 Z2002511000017</footer>"
    assert verdicts(brand, visit(brand, CONTACT, SAID + footer))["95188"][0] == "official"


def test_a_filing_is_compared_with_the_known_one() -> None:
    known = Fact("icp:沪ICP备15027489号", Grade.B, "invented for a test")
    brand = real("alipay", marks=(known,))
    same = visit(brand, CONTACT, SAID + "<footer>沪ICP备15027489号-7</footer>")
    other = visit(brand, CONTACT, SAID + "<footer>沪ICP备99999999号-7</footer>")
    assert verdicts(brand, same)["95188"][0] == "official"
    assert verdicts(brand, other)["95188"] == ("unverified", ("foreign_mark",))


def test_a_mark_from_memory_is_compared_with_nothing() -> None:
    brand = real("alipay", marks=(Fact("icp:沪ICP备15027489号", Grade.D, "own knowledge"),))
    assert MarkKind.ICP not in own_marks(brand)
    assert foreign_marks([Mark(MarkKind.ICP, "沪ICP备99999999号")], brand, RULES) == ()


def test_a_flawed_mark_is_an_issue_and_no_verdict() -> None:
    brand = real("alipay")
    page = visit(brand, CONTACT, SAID + "<footer>浙公网安备 31011502400088号</footer>")
    assert "flawed_mark" in codes(brand, page)
    assert verdicts(brand, page)["95188"][0] == "official"


# --- hosts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("brand_id", "host", "likeness"),
    [
        ("alipay", "alipay.com.evil.example", "declared_as_labels"),
        ("alipay", "alipay-com.example", "declared_as_labels"),
        ("alipay", "alipay-kefu.com", "brand_word"),
        ("alipay", "evilalipay.com", "brand_word"),
        ("alipay", "alipay.top", "brand_word"),
        ("alipay", "支付宝客服.com", "brand_word"),
        ("alipay", "xn--bnq242apa198gnkc.com", "brand_word"),  # 支付宝客服, as it is sent
        ("alipay", "a1ipay.com", "confusable"),
        ("alipay", "аlipay.com", "confusable"),  # Cyrillic а
        ("alipay", "аlipay.com", "mixed_script"),
        ("unionpay", "unionpаy.com", "confusable"),
        ("phonepe", "phonepe-care.com", "brand_word"),
        ("phonepe", "phonepecustomercare.com", "brand_word"),  # met in the stored web
        ("alipay", "alipey.com", "one_letter_off"),
        ("alipay", "aliapy.com", "one_letter_off"),
        ("alipay", "alpay.com", "one_letter_off"),
    ],
)
def test_hosts_that_look_like_a_brand(brand_id: str, host: str, likeness: str) -> None:
    found = look_alikes(host, real(brand_id), RULES.confusables)
    assert likeness in {str(item.likeness) for item in found}
    assert not on_ground(f"https://{host}/", real(brand_id))


def test_a_name_wholly_of_another_script_is_seen_through() -> None:
    # аррӏе.com, all Cyrillic: no mixture, so only its shape gives it away.
    brand = replace(real("applepay"), hosts=(Fact("apple.com", Grade.B, "for a test"),))
    found = {str(item.likeness) for item in look_alikes("xn--80ak6aa92e.com", brand,
                                                        RULES.confusables)}  # fmt: skip
    assert found == {"confusable"}


@pytest.mark.parametrize("host", ["www.alipay.com", "x.alipay", "example.com", "rlut.cn", "gov.cn"])
def test_hosts_that_do_not(host: str) -> None:
    assert look_alikes(host, real("alipay"), RULES.confusables) == ()


@given(st.text(max_size=60))
def test_any_text_may_be_a_host(text: str) -> None:
    look_alikes(text, real("alipay"), RULES.confusables)


# --- pages elsewhere that play the brand ------------------------------------------------------

LEGAL = (
    "<p>支付宝（中国）网络技术有限公司（以下简称“我们”）非常重视您的个人信息。"
    "如您有疑问，请拨打官方客服热线 95188。</p>"
)


def test_copied_legal_text_away_from_the_ground_is_an_impostor() -> None:
    brand = real("alipay")
    page = visit(brand, "https://wallet-service.example.com/privacy", LEGAL)
    assert page.reading is not None
    (issue,) = [i for i in page.reading.issues if i.code == "impostor_page"]
    assert "speaks as the company" in issue.message
    assert verdicts(brand, page) == {}


def test_a_page_that_names_the_brand_plays_nobody() -> None:
    brand = real("alipay")
    page = visit(brand, "https://shop.example.com/", "<p>支持支付宝付款，客服热线 95188。</p>")
    assert page.reading is not None
    assert [i.code for i in page.reading.issues] == []


def test_the_brand_s_own_legal_text_is_its_own() -> None:
    brand = real("alipay")
    page = visit(brand, "https://www.alipay.com/privacy", LEGAL, SourceKind.POLICY)
    assert "impostor_page" not in codes(brand, page)
    assert verdicts(brand, page)["95188"][0] == "official"
