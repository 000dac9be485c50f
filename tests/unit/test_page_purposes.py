"""What a page as a whole tells of its general lines."""

from __future__ import annotations

import pytest

from pipelines.vocabulary import SourceKind
from tests.unit.declared_pages import of_a_wallet


def _purposes(markup: str, country: str = "CN") -> dict[str, str]:
    found = of_a_wallet(markup, country, SourceKind.HELP).evidence
    return {item.number: str(item.purpose) for item in found}


@pytest.mark.parametrize(
    "title",
    [
        "商户服务_示例付",
        "商户常见问题",
        "特约商户受理协议",
        "示例付隐私政策（商户版）",
        "Merchant FAQs",
    ],
)
def test_lines_of_a_page_for_merchants_are_theirs(title: str) -> None:
    page = f"<title>{title}</title><p>客服热线：95188</p><p>投诉热线：400-820-8820</p>"
    assert _purposes(page) == {"95188": "merchant", "4008208820": "complaint"}


@pytest.mark.parametrize(
    "title", ["联系我们", "商家已退款，钱退到哪里了", "收单外包服务机构公示", "优惠商户查询"]
)
def test_a_title_that_only_names_merchants_is_no_page_for_them(title: str) -> None:
    assert _purposes(f"<title>{title}</title><p>客服热线：95188</p>") == {"95188": "general"}


def test_beside_a_line_as_it_is_dialled_at_home_one_with_its_country_code_is_for_abroad() -> None:
    page = "<p>客服热线：95188</p><p>客服电话：+86 571 2688 8888</p>"
    assert _purposes(page) == {"95188": "general", "+8657126888888": "overseas"}
    page = "<p>Customer care: 1800 222 3333</p><p>Customer care: +65 6222 1122</p>"
    assert _purposes(page, "SG") == {"+6518002223333": "general", "+6562221122": "overseas"}


@pytest.mark.parametrize(
    "page",
    [
        "<p>客服电话：+86 571 2688 8888</p>",
        "<p>客服电话：0571-26888888</p><p>客服电话：+86 571 2688 8888</p>",
        "<p>投诉热线：95188</p><p>客服电话：+86 571 2688 8888</p>",
    ],
)
def test_a_page_that_prints_no_other_general_line_tells_nothing(page: str) -> None:
    assert _purposes(page)["+8657126888888"] == "general"


@pytest.mark.parametrize(
    ("page", "country", "purpose"),
    [
        ("<title>Lost or stolen card</title><p>Call 6123 4567 straight away.</p>", "SG",
         "loss_report"),
        ("<title>银行卡挂失</title><p>请拨打400-820-8820</p>", "CN", "loss_report"),
        # what has a name of its own, and a row of a table, say themselves what they are for
        ("<title>银行卡挂失</title><p>客服热线：400-820-8820</p>", "CN", "general"),
        (("<title>Lost or stolen card</title><table><tr><th>Customer</th><th>Hotline</th></tr>"
         "<tr><td>General banking</td><td>6123 4567</td></tr></table>"), "SG", "general"),
        ("<title>Lost card policy</title><p>Call 6123 4567 straight away.</p>", "SG", "general"),
    ],
)  # fmt: skip
def test_what_a_page_on_lost_cards_calls_a_telephone(page: str, country: str, purpose: str) -> None:
    assert set(_purposes(page, country).values()) == {purpose}
