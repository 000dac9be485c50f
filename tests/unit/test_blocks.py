"""Blocks: inline joined, cells and line breaks apart, tables, headings, hidden text, links."""

from __future__ import annotations

import pytest

from pipelines.blocks import Link, html_pieces, links_of, text_pieces
from pipelines.layout import read_html
from pipelines.model import Block
from pipelines.pipe_tables import pipe_spans

pytestmark = pytest.mark.usefixtures("engine")


def blocks(markup: str) -> list[Block]:
    return [piece.placed() for piece in html_pieces(read_html(markup))]


def texts(markup: str) -> list[str]:
    return [block.text.strip().removeprefix("* ") for block in blocks(markup)]  # list bullets


@pytest.mark.parametrize(
    "markup",
    [
        "<p>客服热线：<b>951</b><span>88</span></p>",
        "<p>客服热线：<em>9</em>5188</p>",
        "<p>客服热线：95<!-- note -->188</p>",
        "<p>客服热线：<font color=red>95188</font></p>",
        "<p>客服热线：<a href=tel:95188>95188</a></p>",
        "<div>客服热线：<i class=icon></i>95188</div>",
    ],
)
def test_inline_tags_are_joined(markup: str) -> None:
    assert texts(markup) == ["客服热线：95188"]


@pytest.mark.parametrize(
    "markup",
    [
        "客服95188<br>投诉95017",
        "<p>客服95188</p><p>投诉95017</p>",
        "<ul><li>客服95188<li>投诉95017</ul>",
        "<div>客服95188<div>投诉95017</div></div>",
        "<table><tr><td>客服95188</td><td>投诉95017</td></tr></table>",
        "<table><tr><td>客服95188</td></tr><tr><td>投诉95017</td></tr></table>",
        "<dl><dt>客服95188</dt><dd>投诉95017</dd></dl>",
        "<section>客服95188</section><footer>投诉95017</footer>",
        "<center>客服95188</center>投诉95017",
        "<form>客服95188</form>投诉95017",
    ],
)
def test_blocks_cells_and_breaks_stand_apart(markup: str) -> None:
    assert texts(markup) == ["客服95188", "投诉95017"]


def test_only_lines_with_digits_become_blocks() -> None:
    assert texts("<p>关于我们<p>客服热线：95188<p>地址：杭州") == ["客服热线：95188"]


@pytest.mark.parametrize("tag", ["script", "style", "template"])
def test_what_is_no_text_is_not_read(tag: str) -> None:
    assert texts(f"<{tag}>客服热线：95188</{tag}><p>关于我们") == []


def test_entities_and_spaces() -> None:
    assert texts("<p>客服&nbsp;热线&#65306;95&#49;88") == ["客服\xa0热线：95188"]


@pytest.mark.parametrize(
    "attribute",
    [
        "hidden",
        "style='display:none'",
        "style='DISPLAY: None'",
        "style='visibility:hidden'",
        "style='display : none'",
    ],
)
def test_hidden_text_is_flagged(attribute: str) -> None:
    [shown, concealed] = blocks(f"<p {attribute}>客服95188</p><p>投诉95017</p>")
    assert (shown.text, shown.hidden) == ("投诉95017", False)
    assert (concealed.text, concealed.hidden) == ("客服95188", True)


def test_row_and_column_headers() -> None:
    markup = """<table><tr><th>业务</th><th>热线</th></tr>
        <tr><td>信用卡</td><td>95188</td></tr><tr><td>商户</td><td>95017</td></tr></table>"""
    assert [(b.text, b.row_header, b.column_header) for b in blocks(markup)] == [
        ("95188", "信用卡", "热线"),
        ("95017", "商户", "热线"),
    ]


def test_all_cells_of_one_table_share_its_name() -> None:
    row = "<tr><td>客服</td><td>95188</td></tr>"
    names = [b.table for b in blocks(f"<table>{row}{row}</table><table>{row}</table><p>95188")]
    assert names[0] == names[1] != names[2]
    assert names[3] == ""


def test_a_value_is_no_column_header() -> None:
    markup = (
        "<table><tr><td>客服</td><td>95188</td></tr><tr><td>投诉</td><td>95017</td></tr></table>"
    )
    assert [b.column_header for b in blocks(markup)] == ["", ""]


def test_layout_tables_do_not_swallow_their_inner_tables() -> None:
    inner = "<table><tr><td>客服热线</td><td>95188</td></tr></table>"
    [block] = blocks(f"<table><tr><td>页脚</td><td>{inner}</td></tr></table>")
    assert block.text == "95188"
    assert block.row_header.endswith("客服热线")


@pytest.mark.parametrize(
    ("markup", "heading"),
    [
        ("<h2>联系我们</h2><p>电话95188", "联系我们"),
        ("<h1>隐私政策</h1><h3>如何联系我们</h3><p>说明<p>电话95188", "如何联系我们"),
        ("<p>九、如何联系我们</p><p>电话95188", "九、如何联系我们"),
        ("<p>9.2 联系方式</p><p>电话95188", "9.2 联系方式"),
        ("<dl><dt>客服热线<dd>95188</dl>", "客服热线"),
        ("<p>电话95188<h2>联系我们</h2>", ""),
        ("<p>9:00-21:00</p><p>电话95188", ""),
        ("<p>9：联系我们</p><p>电话95188", "9：联系我们"),
        ("<ul><h3>联系我们</h3><li>电话95188</ul>", "联系我们"),
    ],
)
def test_the_heading_above(markup: str, heading: str) -> None:
    assert blocks(markup)[0].heading == heading


def test_what_stands_above_and_below() -> None:
    [block] = blocks("<p>客服热线</p><p>95188</p><p>服务时间：九点到五点</p>")
    assert (block.before, block.after) == ("客服热线", "服务时间：九点到五点")


def test_plain_text_is_a_block_a_line() -> None:
    found = [p.placed() for p in text_pieces("客服95188\n\n地址\n投诉95017")]
    assert [(b.text, b.path) for b in found] == [("客服95188", "line 1"), ("投诉95017", "line 4")]


def test_a_table_drawn_with_pipes() -> None:
    text = "名称 | 热线\n---|---\n信用卡 | 95188\n商户 | 95017"
    found = [
        (b.text.strip(), b.row_header, b.column_header)
        for b in (p.placed() for p in text_pieces(text))
    ]
    assert found == [("95188", "信用卡", "热线"), ("95017", "商户", "热线")]


def test_a_menu_with_pipes_is_no_table() -> None:
    assert pipe_spans("首页 | 帮助 | 客服95188") == ()


def test_links_are_absolute_and_without_fragment() -> None:
    markup = """<a href="/help#top">帮助</a><a href="contact.html"><b>联系</b>我们</a>
        <a href="tel:95188">95188</a><a href="javascript:void(0)">x</a><a>y</a>
        <a href="https://pay.test/a">外部</a><a href="http://[::1">z</a>"""
    assert links_of(markup, "https://www.shop.test/about/") == (
        Link("https://www.shop.test/help", "帮助"),
        Link("https://www.shop.test/about/contact.html", "联系我们"),
        Link("https://pay.test/a", "外部"),
    )


def test_unclosed_and_nested_markup() -> None:
    assert texts("<div><p>客服<b>95188<div>投诉95017") == ["客服95188", "投诉95017"]


def test_a_number_broken_behind_its_dash_is_in_one_block() -> None:
    found = blocks("<p>电话：010-<br>58812888</p><p>95188</p>")
    assert [b.text for b in found] == ["电话：010-\n58812888", "95188"]
    assert found[0].path == "line 1"
