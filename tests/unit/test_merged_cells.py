"""Numbers in tables whose cells reach over several rows, by both readers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipelines.blocks import html_pieces
from pipelines.brand import Brand
from pipelines.layout import Html, read_html, read_tolerantly
from pipelines.merged_cells import Cell, reaching
from pipelines.model import Block
from tests.unit.declared_pages import found

_BRAND = Brand("demo", "晴川支付", "CN")
_HEAD = "<tr><th>类别</th><th>机构</th><th>产品</th><th>客服电话</th><th>备注</th></tr>"
_INSURERS = f"""<h1>合作保险机构</h1><table>{_HEAD}
<tr><td rowspan="2">财产保险</td><td rowspan="2">西岭财产保险股份有限公司</td><td>账户安全险</td>
<td>400-700-3001</td><td>报案同此号码</td></tr>
<tr><td>手机碎屏险</td><td>028-85174402</td><td>四川受理</td></tr>
<tr><td>人身保险</td><td>蜀锦人寿保险有限责任公司</td><td>医疗险</td><td>400-700-3003</td><td>-</td></tr>
</table>"""


def _blocks(html: Html) -> list[Block]:
    return [piece.placed() for piece in html_pieces(html)]


@pytest.mark.parametrize("read", [read_html, read_tolerantly])
def test_a_row_has_the_cells_that_reach_into_it(read: Callable[[str], Html]) -> None:
    second = next(block for block in _blocks(read(_INSURERS)) if "028" in block.text)
    assert second.row_header == "财产保险 | 西岭财产保险股份有限公司 | 手机碎屏险"
    assert second.column_header == "客服电话"


def test_whose_numbers_are_in_rows_below_a_firms_name() -> None:
    owners = [str(item.owner) for item in found(_INSURERS, _BRAND, ()).values()]
    assert owners == ["third_party"] * 3


@pytest.mark.parametrize(
    "markup",
    [
        "<table><tr><td rowspan=9>a</td><td>400-700-3001</td></tr></table><p>400-700-3002</p>",
        "<table><tr><td rowspan=0>a<td>1<tr><td>b<td>400-700-3001</table>",
        "<table><tr><td rowspan=99999>a<td>1<tr><td colspan=x>400-700-3001</table>",
    ],
)
def test_both_readers_place_the_same_numbers(markup: str) -> None:
    fast, slow = (
        [(b.text, b.row_header, b.column_header) for b in _blocks(read(markup))]
        for read in (read_html, read_tolerantly)
    )
    assert fast == slow


def test_a_cell_in_the_middle_moves_those_behind_it_only() -> None:
    top, tall, last, low = (0, 1, "td"), (3, 4, "td"), (6, 7, "td"), (9, 10, "td")
    cells = [
        Cell("t", 1, top, 1, 1),
        Cell("t", 1, tall, 2, 1),
        Cell("t", 1, last, 1, 1),
        Cell("t", 2, low, 1, 1),
    ]
    assert reaching(cells) == {}
    assert reaching([cells[1], Cell("t", 2, low, 1, 1)]) == {9: (tall,)}
