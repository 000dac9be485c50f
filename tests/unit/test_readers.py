"""Two readers of HTML: the tolerant one takes over, tells it, and checks the fast one."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from outputs.reading import Reader
from pipelines import layout, turbo
from pipelines.layout import Html, Layout, read_html, read_tolerantly
from pipelines.model import Page
from pipelines.process import process_page
from pipelines.rules import load_rules
from pipelines.self_check import is_sampled, self_checked

RULES = load_rules()
PAGE = Page(
    "https://shop.test/", "<p>客服热线：<b>951</b>88</p>".encode(), content_type="text/html"
)
# Side by side in the source, apart on the screen: turbohtml 1.15 glues what a cell holds.
GLUED = Page(
    "https://shop.test/",
    "<table><tr><td><div>客服95188</div>投诉95017<p>010</p>88886666".encode(),
    content_type="text/html",
)


def lines(of: Layout) -> list[str]:
    return [line.strip() for line in of.text.split("\n") if line.strip()]


def marked(of: Layout) -> list[tuple[str, str]]:
    return sorted(
        (of.text[a:b].strip(), tag)
        for a, b, tag in (*of.spans, *of.cells())
        if of.text[a:b].strip()
    )


@pytest.mark.parametrize(
    "markup",
    [
        "<h1>T</h1><p>a<p>b<br>c",
        "<table><tr><th>a<th>b<tr><td>c<td>d</table>x",
        "<table><tr><td>a<br>b<td><p>c<p>d</table>",
        "<table><tr><td>a\u3000</td><td>&nbsp;</td><td>c</table>",
        "<table><tr><td rowspan=2>a<td>b<tr><td>c</table>",
        "<table><tr><td><table><tr><td>1</table><td>2</table>",
        "<dl><dt>a<dt>b<dd><p>c<p>d</dl>",
        "<ul><li>a<li><b>b</b> c</ul><ol><li>d</ol>",
        "<ul>a<li>b</ul>",
        "<ul>&nbsp;<li>b</ul>",
        "<ul><h3>a</h3><li>b</ul><ol><p>c</p><li>d</ol>",
        "<ul><a>a<li>b</li></a></ul><menu><div>c</div></menu>",
        "<ul><!-- a --><script>b</script> <li>c</ul>",
        "<table><caption>a</caption><tr><td>b</table>",
        "<pre>\n a\n\n b</pre>",
        "<div>a<td>b</td></div>",
        "<h2> <b> a </b> </h2>x",
        "<h2><table><tr><td>x</table></h2>",
        "<svg><text>s</text></svg>r<template>t</template><script>u</script>",
        "<p>a<![CDATA[x]]>b<!-- c --><p>d<!-- never ends <p>e",
        "<li hidden>100<li>b<li style='display:none'>200<li>d",
        "<div hidden style='opacity:0'>1<p style='left:-9999px'>23</p></div>c",
        "<p style='color:#fff;background:white'>100<p style='text-indent:-999px'>200<p>c",
        "<p>a</p><noscript><p>400-000-1999</p></noscript><p>c</p>",
        "a&nbsp95188",
        "<form>a</form>b<center>c</center>d<dialog>e</dialog>f",
        "<fieldset><legend>a</legend>b</fieldset><select><option>c<option>d</select>",
        "<center>a</center><center hidden>100</center>c",
        "",
    ],
)
def test_both_lay_out_the_same(markup: str) -> None:
    fast, slow = read_html(markup), read_tolerantly(markup)
    assert lines(fast.visible) == lines(slow.visible)
    assert marked(fast.visible) == marked(slow.visible)
    assert [layout.text.strip() for layout in fast.hidden] == [
        layout.text.strip() for layout in slow.hidden
    ]


@pytest.mark.parametrize(
    ("markup", "apart"),
    [
        ("<table><tr><td><div>a</div>b</table>", ["a  b"]),
        ("<pre>a<br>b</pre>", ["a", "b"]),
    ],
)
def test_what_only_beautifulsoup_sets_apart(markup: str, apart: list[str]) -> None:
    """Known mistakes of turbohtml 1.15; when it reads one of them right, move the case above."""
    assert lines(read_tolerantly(markup).visible) == apart
    assert lines(read_html(markup).visible) != apart


def refuse(markup: str) -> Html:
    raise ValueError("no tree today")


def test_what_the_fast_reader_refuses_is_read_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(layout, "_engine", refuse)
    reading = process_page(PAGE, RULES)
    assert [item.number for item in reading.evidence] == ["95188"]
    [issue] = reading.issues
    assert (issue.code, issue.level.value) == ("fallback_reader", "info")
    assert "no tree today" in issue.message


def test_without_turbohtml_pages_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pipelines.turbo", None)
    html = layout._fast_engine()("<p>客服95188")
    assert html.visible.text == "客服95188"
    assert "turbohtml cannot be imported" in html.fallback


def test_readers_that_agree_say_nothing() -> None:
    reading = process_page(PAGE, RULES)
    assert self_checked(PAGE, reading, RULES) == reading


def test_readers_that_differ_are_an_issue_and_no_change() -> None:
    reading = process_page(GLUED, RULES)
    checked = self_checked(GLUED, reading, RULES)
    [issue] = [i for i in checked.issues if i.code == "readers_disagree"]
    assert "only BeautifulSoup finds" in issue.message
    assert checked.evidence == reading.evidence


def test_the_sample_is_told_by_the_bytes() -> None:
    pages = [Page("a", str(n).encode()) for n in range(4000)]
    chosen = [page for page in pages if is_sampled(page, 100)]
    assert 20 <= len(chosen) <= 60
    assert all(is_sampled(Page("b", page.body), 100) for page in chosen)


def test_a_reader_checks_as_often_as_it_is_told() -> None:
    with Reader(one_in=1) as reader:
        assert "readers_disagree" in [i.code for i in reader.read(GLUED).issues]
    with Reader(one_in=2**64) as reader:
        assert "readers_disagree" not in [i.code for i in reader.read(GLUED).issues]


HOSTILE: dict[str, Callable[[int], str]] = {
    "nested": lambda n: "<div>" * n + "客服95188",
    "nested anchors": lambda n: "<span><a href=tel:95188></span>" * n + "x",
    "unfinished tags": lambda n: "<a " * n,
    "unfinished attributes": lambda n: "<a b='" * n,
    "unfinished comments": lambda n: "<!--" * n,
    "marked sections": lambda n: "<![if " * n + ">",
    "nested properties": lambda n: "<b itemprop=telephone>" * n + "95188",
    "nested and hidden": lambda n: "<div hidden>9" * n,
    "stray ends": lambda n: "<div>" * n + "</td></p>" * n,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_markup_is_read(name: str) -> None:
    """20,000 unfinished tags cost html.parser alone a minute; growth is in test_robustness."""
    deep = 20_000 if name in ("nested", "unfinished tags", "unfinished attributes") else 5_000
    page = Page("case", HOSTILE[name](deep).encode(), content_type="text/html")
    assert process_page(page, RULES, read_tolerantly).outcome


def test_turbohtml_is_the_engine() -> None:
    assert layout._engine is turbo.read_fast
    assert read_html("<p>a").fallback == ""
