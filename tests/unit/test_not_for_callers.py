"""Numbers of ours that serve no caller, and those that do without a label: small pages, by rule."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipelines.blocks import text_pieces
from pipelines.brand import Brand
from pipelines.context.hours import Hours
from pipelines.layout import read_tolerantly
from pipelines.markup import apart, parts_within
from pipelines.model import Block, Evidence, Page
from pipelines.numbering.keys import keys_told
from pipelines.process import process_page
from pipelines.rules import load_rules
from pipelines.vocabulary import Owner

RULES = load_rules()
_TABLES = Path(__file__).parents[1] / "statements"
_WHO_CALLS = tomllib.loads((_TABLES / "who_calls.toml").read_text("utf-8"))["who_calls"]
_OUT_OF_USE = tomllib.loads((_TABLES / "out_of_use.toml").read_text("utf-8"))["out_of_use"]
_LED_BY = tomllib.loads((_TABLES / "led_by.toml").read_text("utf-8"))["led_by"]["rows"]
OLD_AND_NEW = """
<table><tr><th>对象</th><th>旧号码（停用）</th><th>新号码</th></tr>
<tr><td>客服热线</td><td>0571-88156688</td><td>400-618-3320</td></tr></table>
"""


def read(
    markup: str, country: str = "CN", kind: str = "text/html; charset=utf-8"
) -> list[Evidence]:
    brand = Brand(id="demo", name_zh="晴川支付", country=country)
    page = Page(
        "https://www.brand.test/contact",
        markup.encode(),
        content_type=kind,
        brand=brand,
        country=country,
    )
    return list(process_page(page, RULES).evidence)


def offered(markup: str, country: str = "CN") -> dict[str, bool]:
    return {item.number: item.is_hotline for item in read(markup, country)}


@pytest.mark.parametrize(
    ("markup", "old"),
    [
        ("<p>客服热线：<s>0571-88156688</s> 400-618-3320</p>", "+8657188156688"),
        ("<p>客服热线：<del>0571-88156688</del> 400-618-3320</p>", "+8657188156688"),
        ("<p>客服热线 400-618-3320，原客服电话0571-88156688停用。</p>", "+8657188156688"),
        (
            OLD_AND_NEW,
            "+8657188156688",
        ),
    ],
)
def test_a_number_that_is_struck_out_or_called_the_old_one(markup: str, old: str) -> None:
    assert offered(markup) == {old: False, "4006183320": True}


def test_a_struck_number_is_found_by_the_tolerant_reader_too() -> None:
    markup = "<p>客服热线：<s>0571-88156688</s> 400-618-3320</p>"
    page = Page("https://www.brand.test/", markup.encode())
    found = process_page(page, RULES, read_tolerantly).evidence
    assert [item.is_hotline for item in found] == [False, True]


def test_what_is_struck_out_twice_is_one_part() -> None:
    covered = apart([(30, 40, "s"), (4, 13, "s"), (5, 9, "del"), (13, 15, "del")])
    assert covered == [(4, 15), (30, 40)]
    assert [parts_within(covered, *part) for part in ((0, 4), (2, 20), (10, 35), (40, 50))] == [
        (),
        ((2, 13),),
        ((0, 5), (20, 30)),
        (),
    ]


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("原客服电话95188自2026年5月1日起停用", "2026-05-01"),
        ("自2026年5月1日起启用新号码，原客服号码：95188", "2026-05-01"),
        ("原客服号码95188与新号码并行使用至2026年4月30日", "2026-04-30"),
        ("原客服号码95188继续使用", None),
        ("原客服号码95188作废", ""),
        ("Our old number 95188 is no longer in use", ""),
        ("The old hotline 95188 still works", None),
        ("原因请咨询95188", None),
        ("客服号码95188", None),
    ],
)
def test_since_when_the_old_number_is_out_of_use(text: str, since: str | None) -> None:
    start = text.index("95188")
    assert RULES.states.replaced_from(Block(text, "line 1"), start, start + 5) == since


ADDRESS = "<p>地址：杭州市西湖区文三路478号 电话：0571-88156688 传真：0571-88156689</p>"


def test_a_bare_telephone_beside_an_address_is_data_where_the_page_has_a_line() -> None:
    found = {e.number: e for e in read(f"<p>客服热线：400-618-3320</p>{ADDRESS}")}
    board = found["+8657188156688"]
    assert (board.is_hotline, board.purpose.value) == (False, "corporate_switchboard")
    assert "beside_address" in board.rules
    assert found["4006183320"].is_hotline


@pytest.mark.parametrize(
    "markup",
    [
        ADDRESS,  # the only one there is
        f"<p>经办人手机：13823057416</p>{ADDRESS}",
        f"<p>客服热线：400-618-3320</p><p>商户客服：0571-88156688</p>{ADDRESS}",
        "<p>客服热线：400-618-3320</p><p>电话：0571-88156688</p>",
        f"<p>客服热线：400-618-3320</p>{ADDRESS.replace('电话', '客服电话')}",
    ],
)
def test_a_telephone_that_is_more_than_data(markup: str) -> None:
    assert offered(markup)["+8657188156688"]


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("General questions go to 6713 9400, Mon-Sat.", "SG", "+6567139400"),
        ("Partners and press may try 3188 4051.", "HK", "+85231884051"),
        ("결제내역 1522-0849", "KR", "+8215220849"),
        ("1900 299 416 (1.500 đồng/phút)", "VN", "+841900299416"),
        ("Akun dibajak? 1500 489, siaga siang malam", "ID", "+621500489"),
    ],
)
def test_digits_in_groups_that_only_telephones_have(text: str, country: str, number: str) -> None:
    assert [e.number for e in read(f"<p>{text}</p>", country)] == [number]


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Financial years 2024 2025", "HK"),
        ("from 3000 2000 to", "SG"),
        ("1592-1598년의 역사", "KR"),
        ("1500 000 rupiah", "ID"),
        ("1900 2000 đồng", "VN"),
        ("金雀山路117号消费者权益保护部", "CN"),
        ("個人資料 113年5月修訂", "TW"),
    ],
)
def test_digits_in_groups_that_are_no_telephone(text: str, country: str) -> None:
    assert read(f"<p>{text}</p>", country) == []


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("95188 からお電話します。この番号は発信専用です。", True),
        ("95188. That number isn't monitored.", True),
        ("95188（该号码仅用于外呼）", True),
        ("外呼显示号码：95188", True),
        ("95188，该号码24小时有人接听", False),
        ("95188. That number is free.", False),
    ],
)
def test_a_line_that_only_calls(text: str, *, calls: bool) -> None:
    start = text.index("95188")
    assert RULES.states.only_calls(text, start, start + 5) is calls


@pytest.mark.parametrize(
    ("behind", "keys"),
    [
        ("，听到欢迎语直接按9，会优先接入", ("9",)),
        ("，选2号键口头挂失", ("2",)),
        ("（先按3，后按1）", ("3", "1")),
        ("へ。ガイダンスが流れたら「9」、続いて「1」を押してください", ("9", "1")),
        (" (24시간), 연결 후 2번을 누르고 다시 1번", ("2", "1")),
        (" ตลอดวัน กด 8", ("8",)),
        (" (1.000đ/phút), nhánh số 3", ("3",)),
        (". Tekan 2, lalu tekan 5.", ("2", "5")),
        (". After the greeting press * and then 1.", ("*", "1")),
        ("（个人业务按1，企业业务按2）", ()),
        ("，press 1 for English", ()),
        ("，按8折优惠", ()),
        ("，按3个工作日计", ()),
        ("，輸入卡號後按「#」", ()),
        ("，選擇語言後按2", ()),
        ("，另一个号码95017按2", ()),
        ("", ()),
    ],
)
def test_keys_that_a_sentence_tells(behind: str, keys: tuple[str, ...]) -> None:
    assert keys_told(f"客服热线95188{behind}", 9) == keys


def test_the_sentence_that_tells_hours_is_read_to_its_end() -> None:
    text = (
        "95188 (calls cost no more than calls to 01 and 02 numbers from any landline)"
        " between 8am and 8pm Monday to Saturday."
    )
    assert RULES.hours.of(Block(text, "line 1"), 0, 5) == Hours(
        "8am and 8pm Monday to Saturday", "Mo-Sa 08:00-20:00"
    )


def test_a_number_in_a_record_is_labelled_by_words_and_not_by_other_values() -> None:
    record = '{"press": {"label": "Press office", "phone": "+65 6719 4090", "mail": "p@b.test"}}'
    found = read(record, "SG", "application/json")
    assert [(e.purpose.value, e.is_hotline) for e in found] == [("media", False)]


@pytest.mark.parametrize(
    ("text", "purpose"),
    [
        ("记名卡遗失的，持卡人凭证件号码拨打 0571-88156688", "loss_report"),
        ("如发现账户被盗用，应立即通知我们，电话 0571-88156688", "fraud_security"),
        ("余额不足时请先充值，其他问题请打电话 0571-88156688", "general"),
    ],
)
def test_what_has_happened_tells_what_a_bare_number_is_for(text: str, purpose: str) -> None:
    assert [e.purpose.value for e in read(f"<p>{text}</p>")] == [purpose]


def test_a_heading_that_asks_tells_it_too() -> None:
    found = read("<h2>卡片丢失了，需要马上处理怎么办？</h2><p>别着急，先打电话 0571-88156688</p>")
    assert [e.purpose.value for e in found] == ["loss_report"]


def test_a_cell_to_the_left_under_another_head_is_no_veto() -> None:
    rows = (
        "<table><tr><th>名称</th><th>信息</th><th>联系方式</th></tr>"
        "<tr><td>合肥蓝鲸声学有限公司</td><td>MAC、IMEI</td><td>400-019-7716</td></tr></table>"
    )
    assert [(e.number, str(e.owner)) for e in read(rows)] == [("4000197716", "third_party")]


def test_pieces_of_plain_text_have_nothing_struck() -> None:
    assert [piece.placed().struck for piece in text_pieces("客服热线95188")] == [()]


@pytest.mark.parametrize(
    ("text", "country", "is_offered"),
    [(*row, False) for row in _WHO_CALLS["calls_you"]]
    + [(*row, True) for row in _WHO_CALLS["call_us"]],
)
def test_who_calls_on_a_number(text: str, country: str, *, is_offered: bool) -> None:
    assert list(offered(f"<p>{text}</p>", country).values()) == [is_offered]


@pytest.mark.parametrize(("text", "country", "purpose"), _LED_BY)
def test_a_sentence_that_begins_in_the_line_above(text: str, country: str, purpose: str) -> None:
    markup = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    assert [str(item.purpose) for item in read(markup, country)] == [purpose]


@pytest.mark.parametrize(("text", "country", "are_offered"), _OUT_OF_USE["rows"])
def test_a_number_that_its_page_calls_out_of_use(
    text: str, country: str, are_offered: list[bool]
) -> None:
    markup = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    assert list(offered(markup, country).values()) == are_offered


def test_the_day_from_which_a_number_is_out_of_use_may_stand_before_it() -> None:
    text = "自2025年11月1日0时起，客服热线由原95188变更为："
    assert RULES.states.retired_from(text, text.index("95188") + 5) == "2025-11-01"


@pytest.mark.parametrize(("text", "country"), _OUT_OF_USE["third_party"])
def test_the_number_of_whoever_made_a_thing(text: str, country: str) -> None:
    assert [item.owner for item in read(f"<p>{text}</p>", country)] == [Owner.THIRD_PARTY]


def test_a_banks_name_in_the_cell_before_its_code() -> None:
    rows = "<tr><td>招商银行</td><td>95555</td></tr><tr><td>中国平安保险</td><td>95511</td></tr>"
    said = [(e.number, e.owner, e.is_hotline) for e in read(f"<table>{rows}</table>")]
    assert said == [("95555", Owner.THIRD_PARTY, False), ("95511", Owner.THIRD_PARTY, False)]


def test_a_banks_number_of_sales_is_no_code() -> None:
    head = "<tr><th>银行</th><th>交易笔数</th></tr>"
    assert read(f"<table>{head}<tr><td>招商银行</td><td>95123</td></tr></table>") == []


@pytest.mark.parametrize(("column", "is_offered"), [("投诉电话", True), ("电话", False)])
def test_where_branches_hear_complaints_is_offered(column: str, *, is_offered: bool) -> None:
    rows = "<tr><td>天津分公司</td><td>友谊路31号</td><td>022-58391106</td></tr>"
    head = f"<tr><th>分公司</th><th>地址</th><th>{column}</th></tr>"
    assert offered(f"<table>{head}{rows}</table>") == {"+862258391106": is_offered}
