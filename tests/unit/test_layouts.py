"""Labels wherever pages put them: beside, above, below, at the head of a list, as an icon."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipelines.layout import read_html, read_tolerantly
from pipelines.model import PageReading
from pipelines.vocabulary import SourceKind
from tests.unit.declared_pages import of_a_wallet

_FILE = Path(__file__).parents[1] / "statements" / "layouts.toml"
TABLE = tomllib.loads(_FILE.read_text("utf-8"))
NUMBERS = {
    "95188": "95188",
    "400-820-8820": "4008208820",
    "0571-88156688": "+8657188156688",
}
ABROAD = {
    "HK": ("2929 3888", "+85229293888"),
    "SG": ("6333 1234", "+6563331234"),
    "MY": ("03-2345 6789", "+60323456789"),
    "PH": ("(02) 8845-7788", "+63288457788"),
    "ID": ("021-5095-9900", "+622150959900"),
    "IN": ("1800 102 1234", "+9118001021234"),
}


def _read(markup: str, country: str = "CN") -> PageReading:
    body = f"<html><body><h1>帮助</h1>{markup}</body></html>"
    return of_a_wallet(body, country, SourceKind.HELP)


@pytest.mark.parametrize("printed", NUMBERS)
@pytest.mark.parametrize("form", TABLE["hotlines"])
def test_a_label_is_found_where_it_stands(form: str, printed: str) -> None:
    found = _read(form.replace("{number}", printed)).evidence
    assert any(e.number == NUMBERS[printed] and e.is_hotline for e in found)


@pytest.mark.parametrize("country", ABROAD)
@pytest.mark.parametrize(
    ("form", "is_hotline"),
    [(form, True) for form in TABLE["english"]]
    + [(form, False) for form in TABLE["english_of_others"]],
)
def test_english_labels(form: str, country: str, is_hotline: bool) -> None:
    printed, number = ABROAD[country]
    found = _read(form.replace("{number}", printed), country).evidence
    assert [e.is_hotline for e in found if e.number == number][:1] == [is_hotline]


@pytest.mark.xfail(strict=True, reason="known wrong")
@pytest.mark.parametrize("form", TABLE["english_open"])
def test_english_labels_that_nobody_reads_yet(form: str) -> None:
    printed, number = ABROAD["SG"]
    found = _read(form.replace("{number}", printed), "SG").evidence
    assert [e.is_hotline for e in found if e.number == number][:1] == [True]


@pytest.mark.parametrize("form", ["<p>{}：{}</p>", "<p>{} {}</p>", "<h4>{}</h4><p>{}</p>"])
@pytest.mark.parametrize(
    ("row", "word"), [(row, word) for row in TABLE["abroad"] for word in row["words"]]
)
def test_words_of_other_languages(row: dict[str, str], word: str, form: str) -> None:
    found = _read(form.format(word, row["printed"]), row["country"]).evidence
    assert [e.number for e in found if e.is_hotline] == [row["number"]]


@pytest.mark.parametrize("form", TABLE["unlabelled"])
def test_digits_that_nothing_calls_a_telephone(form: str) -> None:
    assert not any(e.is_hotline for e in _read(form.replace("{number}", "95188")).evidence)


@pytest.mark.parametrize(("markup", "expected"), [(row[0], row[1:]) for row in TABLE["groups"]])
def test_each_number_of_several_has_its_own_label(markup: str, expected: list[str]) -> None:
    found = _read(markup).evidence
    said = [f"{e.number} {e.purpose} {'+' if e.is_hotline else '-'}" for e in found]
    assert sorted(said) == sorted(expected)


def test_an_icon_of_a_fax_is_read_as_its_sign() -> None:
    markup = '<p><i class="fa fa-fax"></i> 0571-88156688</p>'
    assert all("📠" in read(markup).visible.text for read in (read_html, read_tolerantly))
    assert [(e.purpose, e.is_hotline) for e in _read(markup).evidence] == [("fax", False)]


def test_a_firm_before_an_icon_has_the_number() -> None:
    markup = '<p>招商银行 <i class="fa fa-phone"></i> 95555</p>'
    assert [e.owner for e in _read(markup).evidence] == ["third_party"]


@pytest.mark.parametrize(
    ("icon", "is_one"),
    [
        ('<i class="fa fa-phone"></i>', True),
        ('<i class="iconfont icon-dianhua"></i>', True),
        ('<span class="glyphicon glyphicon-earphone"></span>', True),
        ('<i class="fa fa-headphones"></i>', False),
        ('<i class="fa fa-telegram"></i>', False),
        ('<span class="phone">Nokia</span>', False),
    ],
)
def test_an_icon_of_a_telephone_is_read_as_its_sign(icon: str, is_one: bool) -> None:
    markup = f"<p>{icon} 0571-88156688</p>"
    for read in (read_html, read_tolerantly):
        assert ("☎" in read(markup).visible.text) is is_one
    assert any(e.is_hotline for e in _read(markup).evidence) is is_one


def test_a_link_has_the_words_before_it_and_not_those_of_the_next_one() -> None:
    link = '<a href="tel:{0}">{0}</a>'
    markup = f"<p>电话：{link.format('057188156688')} 传真：{link.format('057188156689')}</p>"
    links = [e for e in _read(markup).evidence if e.carrier == "tel_link"]
    assert [(e.number[-1], e.is_hotline, e.label) for e in links] == [
        ("8", True, "电话"),
        ("9", False, "传真"),
    ]


def test_thai_words_before_digits_are_words() -> None:
    markup = "<h4>ติดต่อเรา</h4><p>ที่อยู่ 1895/97-99 ซอยพหลโยธิน 37/1</p><p>โทร 038-955437</p>"
    assert [e.number for e in _read(markup, "TH").evidence] == ["+6638955437"]


def test_a_sentence_above_that_names_branches_makes_no_branch() -> None:
    sentence = "5. 若您于非本行柜台以汇款方式缴款，请于汇款单填入上述分行名称及贷款账号。"
    markup = f"<h4>{sentence}</h4><p>实际欠缴金额，请咨询客户服务专线400-820-8820</p>"
    assert [e.is_hotline for e in _read(markup).evidence] == [True]


def test_hidden_text_does_not_go_on_with_the_list_above_it() -> None:
    hidden = '<div style="display:none"><p>余额问题：95017</p></div>'
    reading = _read(f"<p>客服热线</p><p>个人业务：95188</p>{hidden}")
    assert [e.number for e in reading.evidence] == ["95188"]
