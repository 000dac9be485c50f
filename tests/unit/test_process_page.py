"""One page: what kind of document it is, how it ends, and what holds for any text at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.brand import Brand
from pipelines.media import Media, media_of
from pipelines.model import Page, PageReading
from pipelines.process import process_page
from pipelines.rules import load_rules
from pipelines.vocabulary import Outcome

RULES = load_rules()
PROPERTY = settings(max_examples=60, deadline=None, derandomize=True, database=None)
HOT = "客服热线：95188"


def read(
    body: str | bytes, kind: str = "text/html", country: str = "CN", brand: Brand | None = None
) -> PageReading:
    raw = body if isinstance(body, bytes) else body.encode()
    page = Page(url="case", body=raw, content_type=kind, country=country, brand=brand)
    return process_page(page, RULES)


@pytest.mark.parametrize(
    ("body", "declared", "url", "media"),
    [
        (b"%PDF-1.7", "text/html", "https://a.test/", Media.PDF),
        (b"", "application/pdf", "https://a.test/", Media.PDF),
        (b"{}", "application/json", "https://a.test/", Media.JSON),
        (b"{}", "application/problem+json; charset=utf-8", "https://a.test/", Media.JSON),
        (b"{}", "", "https://a.test/faq.json?v=1", Media.JSON),
        (b"<p>", "", "https://a.test/faq.json", Media.HTML),
        (b"<!DOCTYPE html>", "text/plain; charset=utf-8", "https://a.test/", Media.TEXT),
        (b"hello", "", "https://a.test/policy.txt", Media.TEXT),
        (b"\xef\xbb\xbf \n<html>", "", "https://a.test/", Media.HTML),
        (b"<h1>x", "application/octet-stream", "https://a.test/", Media.HTML),
        (b"hello", "text/html", "https://a.test/", Media.TEXT),
        (b"", "", "", Media.TEXT),
        (b"<template><p>x", "", "https://a.test/Contact.vue", Media.TEXT),
        (b"<template><p>x", "text/html", "https://a.test/Contact.vue", Media.HTML),
        (b"<div>x", "", "https://a.test/Footer.jsx", Media.TEXT),
        (b"\n<template>\n<p>x", "", "https://a.test/", Media.TEXT),  # a component's source
        (b"<template><p>x", "text/html", "https://a.test/", Media.HTML),
    ],
)
def test_what_a_document_is(body: bytes, declared: str, url: str, media: Media) -> None:
    assert media_of(body, declared, url) is media


@pytest.mark.parametrize("tag", ["footer", "strong", "font", "dl"])
def test_declared_html_is_html_whatever_its_tags(tag: str) -> None:
    reading = read(f"<{tag}>客服热线：<b>951</b>88</{tag}>", "text/html; charset=utf-8")
    assert [item.number for item in reading.evidence] == ["95188"]


@pytest.mark.parametrize(
    ("body", "kind", "outcome"),
    [
        (f"<p>{HOT}", "text/html", Outcome.OK),
        (HOT, "text/plain", Outcome.OK),
        ("", "text/html", Outcome.EMPTY),
        ("<title>页面不存在</title><p>404", "text/html", Outcome.SOFT_404),
        (f"<title>404</title><p>{HOT}", "text/html", Outcome.OK),
        ("<p>请先登录</p>", "text/html", Outcome.LOGIN_WALL),
        ("<div id=app></div><script>go()</script>", "text/html", Outcome.SCRIPT_SHELL),
        ("{", "application/json", Outcome.PARSER_REFUSED),
        (b"%PDF-1.4", "application/pdf", Outcome.PARSER_REFUSED),
    ],
)
def test_how_a_page_ends(body: str | bytes, kind: str, outcome: Outcome) -> None:
    assert read(body, kind).outcome is outcome


def test_the_charset_and_whether_it_was_guessed() -> None:
    guessed, declared = (
        read(f"<p>{HOT}".encode("gbk"), kind) for kind in ("text/html", "text/html; charset=gbk")
    )
    assert [(r.charset, r.charset_guessed) for r in (guessed, declared)] == [
        ("gb18030", True),
        ("gb18030", False),
    ]
    assert [i.number for i in guessed.evidence] == ["95188"]


def test_the_date_and_the_marks_of_a_page() -> None:
    body = f"<title>联系我们</title><p>更新日期：2026年11月22日</p><h2>客服</h2><p>{HOT}"
    assert read(body).marks == ()  # nobody will look for this page again
    reading = read(body, brand=Brand(id="demo", name_zh="示例钱包", country="CN"))
    assert reading.dated == "2026-11-22"
    assert reading.marks == ("heading:客服", "label:客服热线", "title:联系我们")


def test_evidence_names_brand_page_and_rules() -> None:
    brand = Brand(id="demo", name_zh="示例钱包", country="CN")
    [item] = read(f"<p>{HOT}", brand=brand).evidence
    assert (item.brand_id, item.url, item.final_url) == ("demo", "case", "case")
    assert item.rules_digest == RULES.digest
    assert item.rules[0].startswith("plan:")


def test_evidence_in_reading_order() -> None:
    numbers = [i.number for i in read(f"<p>{HOT}<p>投诉95017<p>传真：010-58812888").evidence]
    assert numbers == ["95188", "95017", "+861058812888"]


@pytest.mark.parametrize(
    "text",
    [
        "客服电话：400-599688",
        "客服电话：010-5881288",
        "客服电话：9501312345",
        "客服热线：+95188",
        "客服热线：0095188",
        "客服电话：86013388",
        "客服电话：139123406789",
    ],
)
def test_a_misprint_is_an_issue_and_no_number(text: str) -> None:
    reading = read(text, "text/plain")
    assert reading.evidence == ()
    assert [issue.code for issue in reading.issues] == ["misprinted_number"]


@pytest.mark.parametrize(
    "text",
    [
        "订单号：40059968812",
        "服务了86013388人",
        "400599688",
        "客服QQ：400599688",
    ],
)
def test_digits_without_a_label_are_no_misprint(text: str) -> None:
    assert read(text, "text/plain").issues == ()


def test_a_document_of_nothing_but_numbers_is_refused_not_kept() -> None:
    lines = "\n".join(f"客服热线：400-810-{i:04}" for i in range(2100))
    reading = read(lines, "text/plain")
    assert reading.evidence == ()
    assert reading.outcome is Outcome.PARSER_REFUSED
    assert [issue.code for issue in reading.issues] == ["parser_refused"]


LINES = ["客服热线", "投诉热线", "商户热线", "贵宾专线"]


@pytest.mark.parametrize(
    "form",
    [
        "<p>{}：{}</p>",
        "<table><tr><td>{}</td><td>{}</td></tr></table>",
        "<p>{}</p><p>{}</p>",
        "<dt>{}</dt><dd>{}</dd>",
    ],
)
def test_four_lines_of_the_publisher_are_its_own(form: str) -> None:
    body = "".join(form.format(label, f"400-820-882{i}") for i, label in enumerate(LINES))
    items = read(f"<h1>联系我们</h1><dl>{body}</dl>").evidence
    assert [(item.owner.value, item.is_hotline) for item in items] == [("self", True)] * 4


# --- what holds for any text

PIECES = st.sampled_from(
    [
        *"0123456789（）()-—转/、，:：~。\n ＋+\u200b\u00ad<>&",
        *[
            "客服热线",
            "电话：",
            "传真",
            "QQ",
            "95188",
            "400-820-8820",
            "010-58812888",
            "+852 2929 3888",
        ],
        *[
            "<p>",
            "</p>",
            "<br>",
            "<b>",
            "<td>",
            "<table>",
            "</table>",
            "<a href='tel:95017'>",
            "</a>",
        ],
        *["12315", "138****0678", "转2", "￥", "2026-11-22", "http://a.test/95188", "年", "元"],
    ]
)
TEXTS = st.lists(PIECES, max_size=40).map("".join)
KINDS = st.sampled_from(["text/html", "text/plain"])


@PROPERTY
@given(TEXTS, KINDS)
def test_the_context_quotes_the_raw_text(text: str, kind: str) -> None:
    for item in read(text, kind).evidence:
        assert item.context[item.start : item.end] == item.raw
        assert any(char.isdigit() for char in item.raw)


@PROPERTY
@given(TEXTS, KINDS, st.sampled_from(["CN", "HK", "TW", "US"]))
def test_the_same_page_gives_the_same_reading(text: str, kind: str, country: str) -> None:
    assert read(text, kind, country) == read(text, kind, country)


@PROPERTY
@given(st.text(max_size=120), KINDS)
def test_any_text_is_read(text: str, kind: str) -> None:
    reading = read(text.encode("utf-8", "surrogatepass"), kind)
    for item in reading.evidence:
        assert item.context[item.start : item.end] == item.raw


@PROPERTY
@given(st.binary(max_size=200), st.sampled_from(["text/html", "application/json", "", "text/xml"]))
def test_any_bytes_are_read(body: bytes, kind: str) -> None:
    assert read(body, kind).outcome in Outcome


WORDS = st.lists(
    st.sampled_from(
        ["关于我们", "示例钱包", "版权所有", "安全可靠", "杭州市", "帮助中心", " ", "，"]
    ),
    max_size=12,
).map("".join)


@PROPERTY
@given(TEXTS, WORDS)
def test_words_behind_the_last_block_remove_no_number(text: str, words: str) -> None:
    before = {item.number for item in read(text, "text/plain").evidence}
    after = {item.number for item in read(f"{text}\n\n{words}", "text/plain").evidence}
    assert before <= after


@PROPERTY
@given(st.lists(st.sampled_from(["95188", "4008208820", "01058812888"]), min_size=1, max_size=4))
def test_a_block_behind_the_last_adds_its_number(numbers: list[str]) -> None:
    page = "".join(f"<p>客服热线：{number}</p>" for number in numbers)
    before = [item.number for item in read(page).evidence]
    after = [item.number for item in read(f"{page}<p>投诉电话：95017</p>").evidence]
    assert after == [*before, "95017"]


DIGITS = st.from_regex(r"(?:95\d{3}|400\d{7}|010[2-8]\d{7}|1[3-9]\d{9})", fullmatch=True)
VETOED = st.sampled_from(["QQ：", "订单号：", "身份证号：", "卡号：", "￥", "微信号：", "邮编："])


@PROPERTY
@given(VETOED, DIGITS)
def test_a_veto_word_before_any_digits_refuses_them(word: str, digits: str) -> None:
    assert read(f"{word}{digits}", "text/plain").evidence == ()


@PROPERTY
@given(DIGITS, st.integers(min_value=2, max_value=6), st.sampled_from("*＊xX"))
def test_masked_digits_are_no_number(digits: str, at: int, mask: str) -> None:
    masked = digits[: at % (len(digits) - 1) + 1] + mask * 3
    assert read(f"客服热线：{masked}", "text/plain").evidence == ()


@PROPERTY
@given(DIGITS)
def test_masking_keeps_the_length_of_the_text(digits: str) -> None:
    text = f"http://a.test/{digits} 2026-11-22 {digits} 9:00-18:00"
    assert len(RULES.vetoes.masked(text)) == len(text)
