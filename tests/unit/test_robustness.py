"""Hostile pages: nothing raises, and four times the input costs about four times the time.

Timings decide nothing exact here: a growth of twelve where four is linear is the alarm, and what
is too quick to measure is not judged.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.blocks import text_pieces
from pipelines.brand import Brand
from pipelines.findings import MAX_REFUSALS, search
from pipelines.layout import MAX_CELLS, read_html
from pipelines.model import Page, PageReading
from pipelines.process import process_page
from pipelines.rules import load_rules
from pipelines.vocabulary import Outcome

RULES = load_rules()
MEASURABLE = 0.05  # seconds of CPU
TRIES = 4
ALARM = 12.0

TEXTS: dict[str, Callable[[int], str]] = {
    "digits": lambda n: "1" * 20 * n,
    "spaced digits": lambda n: "1 " * 10 * n,
    "numbers in one line": lambda n: "客服电话：400-820-8820，" * n,
    "short codes": lambda n: "客服95188 " * n,
    "alternatives": lambda n: "电话010-58812888" + "、58812889" * n,
    "steps": lambda n: "客服95188" + "转1" * n,
    "companies": lambda n: "有限公司" * n + "客服95188",
    "addresses": lambda n: "http://a.com/1" * n,
    "mail names": lambda n: "a." * 10 * n,
    "brackets": lambda n: "电话" + "(" * 10 * n + "1",
    "pipes": lambda n: "a | 客服电话95188 | b\n" * n,
    "blanks behind a company": lambda n: (
        "示例科技有限公司" + " " * n + "丙\n示例支付有限公司客服热线95188"
    ),
    "blanks behind a number": lambda n: "客服95188（" + " " * 10 * n + "丙",
    "blanks behind a word for keys": lambda n: "客服95188转" + " " * 10 * n + "丙",
    "blanks between a word and its key": lambda n: "客服95188press " + " " * 10 * n + "2",
    "blanks behind a key": lambda n: "客服95188转人工" + " " * 10 * n + "按",
    "hours above numbers": lambda n: "服务时间：\n周一至周五9:00-18:00\n热线：400-820-8820\n" * n,
    "footnotes": lambda n: "客服400-820-8820*\n*免费\n" * n,
    "lists of other firms": lambda n: "各大银行客服电话\n甲行：400-820-8820\n" * n,
    "numbers given together": lambda n: "客服95188，境外+86-571-88156688，" * n,
    "next steps": lambda n: "客服95188\n按2\n" * n,
    "occasions": lambda n: "report a lost card by calling 400-820-8820 to report " * n,
    "blank lines": lambda n: "\n" * 50 * n + "客服95188",
}
PAGES: dict[str, Callable[[int], str]] = {
    "nested": lambda n: "<div>" * 10 * n + "客服95188",
    "unclosed": lambda n: "<b>" * 2 * n + "客服95188",
    "nested tables": lambda n: "<table><tr><td>" * 2 * n + "客服95188",
    "cells of one row": lambda n: "<table><tr>" + "<td>010-58812888</td>" * n,
    "a wide row over many": lambda n: (
        "<table><tr>" + "<td>甲" * n + "<tr><td>客服95188" + "<tr><td>乙" * n + "</table>"
    ),
    "cells over many rows": lambda n: (
        "<table><tr>" + "<td rowspan=9999>甲" * 9 + "<tr><td>客服400-820-8820" * n + "</table>"
    ),
    "rows": lambda n: "<table>" + "<tr><td>甲公司</td><td>010-58812888</td></tr>" * n,
    "a wide row below its head": lambda n: (
        "<table><tr>" + "<th>电话</th>" * n + "</tr><tr>" + "<td>010-58812888</td>" * n
    ),
    "hidden": lambda n: '<p style="display:none">客服95188</p>' * n,
    "tel links": lambda n: "<div>" + '<a href="tel:95188">客服</a>' * n,
    "headings": lambda n: "<h2>客服</h2><p>95188</p>" * n,
    "sections": lambda n: "<h2>合作伙伴</h2>" + "<h3>甲</h3><p>客服400-820-8820</p>" * n,
    "states": lambda n: "<script>" + "__DATA__={a:'" * n + "</script><p>客服95188</p>",
    "a name in a state": lambda n: f"<script>__DATA__={{{'a' * 20 * n}</script><p>客服95188</p>",
    "open quotes": lambda n: "<script>__DATA__={a:" + "'\\" * 9 * n + "</script><p>客服95188</p>",
    "open comments in data": lambda n: (
        '<script type="application/ld+json">' + "/* " * 9 * n + "</script><p>客服95188</p>"
    ),
    "images": lambda n: '<img alt="客服95188">' * n,
}

#: Of a brand: its pages are asked for other ways than the telephone, too.
OF_A_BRAND: dict[str, Callable[[int], str]] = {
    "paths in an app": lambda n: "我的→客服，" * 40 * n,
    "letters": lambda n: "寄路1号" * 10 * n,
    "things to have ready": lambda n: "请提供订单，手机号 客服" * 10 * n,
    "who is not content": lambda n: "不满意可向投诉12345@" * 5 * n,
    "accounts below their platform": lambda n: "WhatsApp\n12345678901\n" * 5 * n,
    "forms": lambda n: "<form action='a'>意见<textarea></textarea></form>客服" * 2 * n,
}

OBJECTS: dict[str, Callable[[int], str]] = {
    "telephones and hours": lambda n: json.dumps(
        {
            f"{key}{i}": said
            for i in range(n)
            for key, said in (("phone", "010-58812888"), ("a", "b"))
        }
        | {f"k{i}Time": "9:00-18:00" for i in range(n)}
    ),
}


def read(body: str, kind: str, brand: Brand | None = None) -> PageReading:
    page = Page(url="https://www.a.test/", body=body.encode(), content_type=kind, brand=brand)
    return process_page(page, RULES)


def seconds(body: str, kind: str, brand: Brand | None = None) -> float:
    begun = time.process_time()
    read(body, kind, brand)
    return time.process_time() - begun


@pytest.mark.parametrize("name", TEXTS)
def test_text_grows_linearly(name: str) -> None:
    _judge(TEXTS[name], "text/plain")


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("name", PAGES)
def test_pages_grow_linearly(name: str) -> None:
    _judge(PAGES[name], "text/html")


@pytest.mark.parametrize("name", OF_A_BRAND)
def test_pages_of_a_brand_grow_linearly(name: str) -> None:
    _judge(OF_A_BRAND[name], "text/html; charset=utf-8", Brand(id="a", name_zh="甲", country="CN"))


@pytest.mark.parametrize("name", OBJECTS)
def test_objects_grow_linearly(name: str) -> None:
    _judge(OBJECTS[name], "application/json")


def _judge(make: Callable[[int], str], kind: str, brand: Brand | None = None) -> None:
    """What grows faster than it should does so each time; a busy machine does not."""
    assert any(_is_linear(make, kind, brand) for _ in range(TRIES))


def _is_linear(make: Callable[[int], str], kind: str, brand: Brand | None) -> bool:
    small, large = seconds(make(150), kind, brand), seconds(make(600), kind, brand)
    return large <= MEASURABLE or large < ALARM * max(small, MEASURABLE / 4)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("kind", ["text/html", "text/plain", "application/json", "application/pdf"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0" * 999,
        b"\xed\xa0\x80" * 99,
        b"[" * 100_000,
        "客服95188".encode("gbk")[:-1],
        b"%PDF-1.7",
    ],
)
def test_broken_documents_never_raise(body: bytes, kind: str) -> None:
    assert process_page(Page(url="case", body=body, content_type=kind), RULES).outcome


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.text(alphabet="客服电话热线0123456789-（）()转/、，:. \n<>tdp95188400传真QQ", max_size=200)
)
def test_context_and_offsets_give_the_raw_text(text: str) -> None:
    for kind in ("text/plain", "text/html"):
        reading = read(text, kind)
        assert reading == read(text, kind)
        for item in reading.evidence:
            assert item.context[item.start : item.end] == item.raw


def test_rows_are_not_padded_to_thousands_of_columns() -> None:
    markup = "<table><tr>" + "<td>甲" * 2000 + "<tr><td>客服400-820-8820" * 2000 + "</table>"
    html = read_html(markup)
    assert len(html.visible.text) < 2 * len(markup)
    assert "a table of 2001 rows, the widest of 2000 cells" in html.fallback


@pytest.mark.parametrize("cell", ["<td>", "<TD>", "<Td>", "<th>", "<tH>"])
def test_a_page_that_is_one_huge_table_is_refused_before_it_is_laid_out(cell: str) -> None:
    body = f"<table>{cell}客服热线 95188{(cell + '示例' * 25) * MAX_CELLS}".encode()
    reading = process_page(Page("https://a.example/", body, content_type="text/html"), RULES)
    assert reading.outcome is Outcome.PARSER_REFUSED
    assert f"{MAX_CELLS} table cells" in reading.issues[0].message


def test_the_refusals_of_a_page_are_bounded_and_its_numbers_are_not_lost() -> None:
    text = "123 4567890123456 " * 3 * MAX_REFUSALS + "客服热线 95188"
    findings = search(text_pieces(text), "CN", RULES)
    assert len(findings.refusals) == MAX_REFUSALS
    assert [c.number.number for c in findings.candidates] == ["95188"]
