"""Carriers: what else than text holds a number, each read through `process_page`."""

from __future__ import annotations

import json

import pytest
from fpdf import FPDF

from pipelines.extract.json_body import json_pieces
from pipelines.json_value import tolerant_json
from pipelines.model import Evidence, Page, PageReading
from pipelines.process import process_page
from pipelines.rules import load_rules
from pipelines.vocabulary import Carrier, Outcome

pytestmark = pytest.mark.usefixtures("engine")
RULES = load_rules()


def read(body: str | bytes, kind: str = "text/html") -> PageReading:
    raw = body if isinstance(body, bytes) else body.encode()
    return process_page(Page(url="case", body=raw, content_type=kind), RULES)


def of(carrier: Carrier, body: str | bytes, kind: str = "text/html") -> list[str]:
    evidence = read(body, kind).evidence
    return [item.number for item in evidence if item.carrier is carrier]


def only(body: str | bytes, kind: str = "text/html") -> Evidence:
    [item] = read(body, kind).evidence
    return item


# --- links


@pytest.mark.parametrize(
    ("href", "number"),
    [
        ("tel:95188", "95188"),
        ("TEL:95188", "95188"),
        ("tel:+86-400-820-8820", "4008208820"),
        ("tel:400%20820%208820", "4008208820"),
        ("tel:%2B864008208820", "4008208820"),
        ("tel:95188;phone-context=+86", "95188"),
        ("tel://4008208820", "4008208820"),
        ("callto:4008208820", "4008208820"),
        ("callto:+86-571-28090163", "+8657128090163"),
    ],
)
def test_addresses_of_links(href: str, number: str) -> None:
    assert of(Carrier.TEL_LINK, f'<p><a href="{href}">联系客服</a></p>') == [number]


def test_an_extension_in_a_tel_link() -> None:
    item = only('<a href="tel:+862160727072;ext=3003">联系客服</a>')
    assert (item.number, item.extension) == ("+862160727072", "3003")


def test_a_tel_link_quotes_its_words() -> None:
    item = only("<p>客服热线 <a href='tel:4008208820'>点击拨打</a></p>")
    assert (item.link_text, item.raw, item.is_hotline) == ("点击拨打", "4008208820", True)


@pytest.mark.parametrize("href", ["tel:", "tel:abc", "tel:12345678", "mailto:95188@a.test"])
def test_links_that_dial_nothing(href: str) -> None:
    assert read(f"<a href='{href}'>联系客服</a>").evidence == ()


def test_text_and_link_that_agree_are_two_mentions_of_one_number() -> None:
    reading = read("<p>客服热线：<a href='tel:95188'>95188</a></p>")
    assert [(i.number, i.carrier.value) for i in reading.evidence] == [
        ("95188", "text"),
        ("95188", "tel_link"),
    ]
    assert reading.issues == ()


def test_text_and_link_that_disagree_are_one_hotline_and_a_conflict() -> None:
    reading = read("<p>客服热线：<a href='tel:4008208821'>400-820-8820</a></p>")
    text, link = reading.evidence
    assert (text.number, text.is_hotline) == ("4008208820", True)
    assert (link.number, link.is_hotline) == ("4008208821", False)
    assert "tel_link_differs" in text.rules
    assert "tel_link_differs" in link.rules
    assert [issue.code for issue in reading.issues] == ["tel_link_differs"]


def test_a_link_with_other_words_is_no_conflict() -> None:
    reading = read("<p>客服热线：95188</p><p><a href='tel:95017'>联系商户客服</a></p>")
    assert reading.issues == ()
    assert {i.number for i in reading.evidence if i.is_hotline} == {"95188", "95017"}


# --- structured data


def ld(document: str) -> str:
    return f'<script type="application/ld+json">{document}</script>'


POINTS = """{"@context": "https://schema.org", "@type": "Organization", "name": "示例",
  "contactPoint": [
    {"@type": "ContactPoint", "telephone": "95188", "contactType": "customer service"},
    {"@type": "ContactPoint", "telephone": "+86-400-820-8820", "contactType": "技术支持"}
  ]}"""


def test_json_ld_with_two_telephones_gives_two_numbers() -> None:
    assert of(Carrier.JSON_LD, ld(POINTS)) == ["95188", "4008208820"]


@pytest.mark.parametrize(
    "document",
    [
        '{"telephone": ["95188", "400-820-8820"]}',
        '{"telephone": "95188", "department": {"telephone": "400-820-8820"}}',
        '[{"telephone": "95188"}, {"telephone": "400-820-8820"}]',
        '{"@graph": [{"telephone": "95188"}, {"Telephone": "400-820-8820"}]}',
        '{"telephone": "95188", /* 商户 */ "department": {"telephone": "400-820-8820",},}',
        '<!-- {"telephone": ["95188", "400-820-8820"]} -->',
        '{"telephone": "95188 / 400-820-8820"}',
        '{"name": "a\nb", "telephone": ["95188", "400-820-8820"]}',
    ],
)
def test_json_ld_as_it_is_written(document: str) -> None:
    assert of(Carrier.JSON_LD, ld(document)) == ["95188", "4008208820"]


def test_a_fax_number_is_a_fax() -> None:
    item = only(ld('{"faxNumber": "010-58812888"}'))
    assert (item.number, item.purpose.value, item.is_hotline) == ("+861058812888", "fax", False)


def test_the_words_of_a_contact_point_are_the_label() -> None:
    item = only(ld('{"telephone": "400-820-8820", "contactType": "投诉热线"}'))
    assert item.purpose.value == "complaint"


@pytest.mark.parametrize("document", ["", "{", "null", "[]", '{"telephone": null}', '"95188"'])
def test_json_ld_that_says_nothing(document: str) -> None:
    assert of(Carrier.JSON_LD, ld(document)) == []


def test_microdata() -> None:
    markup = """<div itemscope itemtype="https://schema.org/Organization">
        <span itemprop="name">示例</span> 客服 <span itemprop="telephone">400-820-8820</span>
        <meta itemprop="telephone" content="95188"><span itemprop="faxNumber">010-58812888</span>
        </div>"""
    assert of(Carrier.MICRODATA, markup) == ["4008208820", "95188", "+861058812888"]


# --- JSON bodies


BODY = {
    "code": 0,
    "data": {"title": "联系客服", "answers": ["客服热线：95188", {"tel": 4008208820}]},
}


def test_a_json_body_is_read_by_value_and_key() -> None:
    text = json.dumps(BODY, ensure_ascii=False)
    assert of(Carrier.JSON, text, "application/json") == ["95188", "4008208820"]


def test_escaped_unicode_is_the_same_document() -> None:
    assert of(Carrier.JSON, json.dumps(BODY), "application/json") == ["95188", "4008208820"]


@pytest.mark.parametrize("key", ["servicePhone", "service_phone", "primaryPhone", "kefuTel"])
def test_a_key_of_two_words_is_a_label(key: str) -> None:
    assert of(Carrier.JSON, json.dumps({key: "95188"}), "application/json") == ["95188"]


def test_hours_in_an_object_are_of_the_telephone_whose_key_they_share() -> None:
    document = {
        "servicePhone": "95188",
        "serviceTime": "7x24小时",
        "merchantPhone": "4008208820",
        "merchantTime": "周一至周五 9:00-18:30",
        "updateTime": "2026-01-01 10:00:00",
    }
    found = read(json.dumps(document), "application/json").evidence
    assert [item.hours for item in found] == ["24/7", "Mo-Fr 09:00-18:30"]


def test_html_in_a_json_string() -> None:
    body = json.dumps({"content": "<p>客服热线：<b>951</b>88</p><p>投诉：95017</p>"})
    assert of(Carrier.JSON, body, "application/json") == ["95188", "95017"]


@pytest.mark.parametrize(
    "document",
    [
        {"id": 4008208820},
        {"orderNo": "4008208820"},
        {"qq": "4008208820"},
        {"timestamp": 1606089600},
        {"phone": True},
        {"tel": ""},
    ],
)
def test_ids_in_a_json_body_are_no_numbers(document: dict[str, object]) -> None:
    body = json.dumps(document)
    assert of(Carrier.JSON, body, "application/json") == []


def test_a_broken_json_body_is_refused_with_a_reason() -> None:
    reading = read('{"tel": 95188', "application/json")
    assert reading.outcome is Outcome.PARSER_REFUSED
    assert [issue.code for issue in reading.issues] == ["parser_refused"]


def test_deep_json_does_not_recurse_without_end() -> None:
    document: object = "客服95188"
    for _ in range(200):
        document = [document]
    assert list(json_pieces(document)) == []


# --- script state


@pytest.mark.parametrize(
    "script",
    [
        '<script id="__NEXT_DATA__" type="application/json">{"hotline": "95188"}</script>',
        '<script type="application/json">{"a": "客服热线95188"}</script>',
        '<script>window.__INITIAL_STATE__ = {"footer": "客服热线：95188"};</script>',
        '<script>window.__INITIAL_STATE__={"tel":"95188"};(function(){var s})();</script>',
        '<script>window.__NUXT__={"a":"\\u5ba2\\u670d95188"}</script>',
        '<script>var __PRELOADED_STATE__ = {"a": "\\u5ba2\\u670d\\u70ed\\u7ebf 95188"};</script>',
        '<script>window.__DATA__ = JSON.parse("{\\"tel\\": \\"95188\\"}");</script>',
        "<script>window.__INITIAL_STATE__ = {tel: '95188'}</script>",
        "<script>__NUXT__={user:null,open:!0,list:[1,2,],u:'http://a/b',tel:'95188'}</script>",
        '<script>let pageData = {"html": "<p>客服<b>951</b>88</p>"}</script>',
    ],
)
def test_state_that_scripts_carry(script: str) -> None:
    assert of(Carrier.SCRIPT, script) == ["95188"]


@pytest.mark.parametrize(
    "script",
    [
        "<script>var order = 4008208820;</script>",
        "<script>// 客服热线：95188</script>",
        "<script>window.__INITIAL_STATE__ = function () { return 4008208820 }</script>",
        '<script type="application/json">{broken 4008208820</script>',
    ],
)
def test_code_is_never_searched(script: str) -> None:
    assert read(script).evidence == ()


# --- attributes


@pytest.mark.parametrize(
    "markup",
    [
        '<p><img alt="客服热线：95188" src="a.png"></p>',
        '<p><img title="客服热线：95188" src="a.png"></p>',
        '<meta name="description" content="示例钱包，客服热线：95188">',
        '<META NAME="Description" CONTENT="示例钱包，客服热线：95188">',
    ],
)
def test_words_in_attributes(markup: str) -> None:
    item = only(markup)
    assert (item.number, item.carrier) == ("95188", Carrier.ATTRIBUTE)


def test_words_in_data_attributes() -> None:
    assert of(Carrier.ATTRIBUTE, '<div data-tel="客服热线：95188"></div>') == ["95188"]


@pytest.mark.parametrize(
    "markup",
    [
        '<p><img src="/95188/4008208820.png">',
        '<a href="/help?id=4008208820">帮助</a>',
        "<p id=95188>",
    ],
)
def test_other_attributes_are_not_read(markup: str) -> None:
    assert read(markup).evidence == ()


# --- PDF


def pdf(*pages: str) -> bytes:
    document = FPDF()
    document.set_font("helvetica", size=12)
    for page in pages:
        document.add_page()
        for line in page.split("\n"):
            document.cell(text=line, new_x="LMARGIN", new_y="NEXT")
    return bytes(document.output())


def test_a_pdf_is_read_page_by_page() -> None:
    body = pdf("Customer service hotline: 95188\nFax: 010-58812888", "Hotline 400-820-8820")
    items = read(body, "application/pdf").evidence
    assert [(i.number, i.carrier.value, i.purpose.value) for i in items] == [
        ("95188", "pdf", "general"),
        ("+861058812888", "pdf", "fax"),
        ("4008208820", "pdf", "general"),
    ]


def test_a_pdf_is_known_by_its_bytes() -> None:
    assert of(Carrier.PDF, pdf("Hotline 400-820-8820"), "text/html") == ["4008208820"]


@pytest.mark.parametrize("cut", [8, 60, 400])
def test_a_broken_pdf_is_refused_or_read(cut: int) -> None:
    reading = read(pdf("Hotline 400-820-8820")[:cut], "application/pdf")
    if not reading.evidence:
        assert reading.outcome is Outcome.PARSER_REFUSED
        assert [issue.code for issue in reading.issues] == ["parser_refused"]


# --- tolerant JSON


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ('{"a": [1, 2,],}', {"a": [1, 2]}),
        ('/* x */ {"a": 1}', {"a": 1}),
        ('{"url": "https://a.test/*b*/"}', {"url": "https://a.test/*b*/"}),
        ("{a: 1}", None),
        ("", None),
        ("[" * 100_000, None),
    ],
)
def test_tolerant_json(text: str, value: object) -> None:
    assert tolerant_json(text) == value
