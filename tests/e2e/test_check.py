"""`check`, `explain` and `brand` on the three days of the demo, in both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from crawler.cli import main
from crawler.exit_codes import ExitCode
from crawler.language import Language, Words
from crawler.sampleweb.expected import load_expected

WARNING = {language: Words(language)("warning", "always") for language in Language}
PROMISE = re.compile(r"\bsafe|安全(?!中心)|可以放心|放心拨打", re.I)

OK, WAS, CLAIMED, OTHER, NONE = (
    ExitCode.OK,
    ExitCode.WAS_OFFICIAL,
    ExitCode.CLAIMED,
    ExitCode.OTHER_BRAND,
    ExitCode.NOT_IN_DATA,
)

# What a person may type or paste, and what the data say of it after day 3.
SPELLINGS: list[tuple[str, ExitCode, str]] = [
    ("95007", OK, "95007"),
    ("９５００７", OK, "95007"),
    (" 9 5 0 0 7 ", OK, "95007"),
    ("95-007", OK, "95007"),
    ("95.007", OK, "95007"),
    ("+86 95007", OK, "95007"),
    ("+86-95007", OK, "95007"),
    ("008695007", OK, "95007"),
    ("0086-95007", OK, "95007"),
    ("0571-95007", OK, "95007"),
    ("（010）95007", OK, "95007"),
    ("9500\u200b7", OK, "95007"),
    ("95007转2转5", OK, "95007"),
    ("95007-3", OK, "95007"),
    ("tel:95007", OK, "95007"),
    ("tel:95007;phone-context=+86", OK, "95007"),
    ("客服热线：９５００７（7×24小时）", OK, "95007"),
    ("400-000-1021", OK, "4000001021"),
    ("400 000 1021", OK, "4000001021"),
    ("400.000.1021", OK, "4000001021"),
    ("４００－０００－１０２１", OK, "4000001021"),
    ("(400) 0001021", OK, "4000001021"),
    ("+86 400 000 1021", OK, "4000001021"),
    ("4000001021转8", OK, "4000001021"),
    ("0571-55501021", OK, "+8657155501021"),
    ("(0571) 5550-1021", OK, "+8657155501021"),
    ("+86-571-5550-1021", OK, "+8657155501021"),
    ("0086 571 55501021", OK, "+8657155501021"),
    ("tel:+86-571-5550-1021;ext=12", OK, "+8657155501021"),
    ("057155501021", OK, "+8657155501021"),
    ("0571-965550", OK, "965550"),
    ("tel:965550;phone-context=+86571", OK, "965550"),
    ("965550", OK, "965550"),
    ("0572-965550", NONE, "965550"),
    ("861055501043", OK, "+861055501043"),
    ("86571965550", OK, "965550"),
    ("shilixing/95007", OK, "95007"),
    ("95008", WAS, "95008"),
    ("【通知】您的账户异常，请速电４００－０００－１０３２ 处理", WAS, "4000001032"),
    ("400-000-1041", WAS, "4000001041"),
    ("95002", CLAIMED, "95002"),
    ("4000001039", CLAIMED, "4000001039"),
    ("95001", CLAIMED, "95001"),
    ("12363", OTHER, "12363"),
    ("010-12321", OTHER, "12321"),
    ("96110", OTHER, "96110"),
    ("110", OTHER, "110"),
    ("956003", OTHER, "956003"),
    ("0755-55503003", OTHER, "+8675555503003"),
    ("0571-55501102", NONE, "+8657155501102"),
    ("0731-55502001", NONE, "+8673155502001"),
    ("106900005507", NONE, "106900005507"),
    ("17012345678", NONE, "+8617012345678"),
    ("95599", NONE, "95599"),
    ("+95007", NONE, ""),
    ("0095007", NONE, ""),
    ("5550-1021", NONE, ""),
]


def run(*arguments: str, data_dir: Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--data-dir", str(data_dir)])
    return int(ended.value.code or 0)


def answer(text: str, data_dir: Path, capsys: pytest.CaptureFixture[str], *more: str) -> Any:
    code = run("check", text, "--json", *more, data_dir=data_dir)
    document = json.loads(capsys.readouterr().out)
    assert max(a["exit_code"] for a in document["answers"]) == code
    assert document["warning"]
    return document["answers"][0]


@pytest.mark.parametrize(("text", "code", "number"), SPELLINGS, ids=[s[0] for s in SPELLINGS])
def test_spellings(
    demo_data: Path, capsys: pytest.CaptureFixture[str], text: str, code: ExitCode, number: str
) -> None:
    found = answer(text, demo_data, capsys)
    assert (found["exit_code"], found["number"] or "") == (code, number)
    assert (
        found["answer"]
        == {
            OK: "official",
            WAS: "was_official",
            CLAIMED: "claimed",
            OTHER: "belongs_to_other",
            NONE: "not_in_data",
        }[code]
    )
    assert found["reasons"], "no answer without a reason"


@pytest.mark.parametrize(
    "message",
    [
        "请致电400-123-4567或95007",
        "快拨打4001234567领取补偿，官方客服95007",
        "验证工单4006660001号专员，95007",
        "call 4OO-666-OOO1 or 95007",
    ],
)
def test_a_true_number_beside_another_does_not_vouch_for_it(
    demo_data: Path, capsys: pytest.CaptureFixture[str], message: str
) -> None:
    assert run("check", message, data_dir=demo_data) == NONE
    assert capsys.readouterr().out.count("95007")


def test_what_is_known_of_a_number_is_said_whichever_brand_is_asked_for(
    demo_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", "4000001032", "--brand", "shilixing", data_dir=demo_data) == WAS
    assert run("check", "95002", "--brand", "shilixing", data_dir=demo_data) == CLAIMED
    assert "没有通过检查" not in capsys.readouterr().out


def test_a_fax_is_told_to_be_none(demo_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "0571-55501102", "--lang", "en", data_dir=demo_data) == NONE
    shown = capsys.readouterr().out
    assert "Not a customer-service number" in shown
    assert "Not in our data" not in shown


@pytest.mark.parametrize("verb", ["show", "history"])
@pytest.mark.parametrize("spelled", ["95007", "９５００７", "shilixing/95007", "+86 95007"])
def test_other_verbs_know_its_spellings(
    demo_data: Path, capsys: pytest.CaptureFixture[str], verb: str, spelled: str
) -> None:
    assert run(verb, spelled, data_dir=demo_data) == OK
    assert "shilixing/95007" in capsys.readouterr().out


def test_the_history_of_a_number_that_is_gone(
    demo_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("history", "400-000-1032", data_dir=demo_data) == OK
    assert "shilihe/4000001032" in capsys.readouterr().out
    assert run("history", "95599", data_dir=demo_data) == ExitCode.UNEXPECTED


def test_a_short_code_of_a_province_is_told_with_its_area(
    demo_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for text, is_told in (("965550", True), ("0571-965550", False)):
        codes = [reason["code"] for reason in answer(text, demo_data, capsys)["reasons"]]
        assert ("with_area:0571" in codes) is is_told


def test_no_trap_is_official_and_every_proven_number_is(
    demo_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Over all that the sample web prints."""
    expected = load_expected()
    doubtful = {("shilihe", "95002"), ("shiliyue", "95001"), ("shiliyue", "4000001031")}
    for brand, number in sorted(expected.rows(3)):
        area = next((h.area for h in expected.hotlines if h.number == number), "")
        found = answer(f"{area}{number}", demo_data, capsys, "--brand", brand)
        assert (brand, number, found["answer"] == "official") == (
            brand,
            number,
            (brand, number) not in doubtful,
        )
    true = {number for _, number in expected.rows(3)}
    for trap in expected.traps:
        if trap.number and trap.number not in true:
            code = run("check", trap.number, "--brand", trap.brand, data_dir=demo_data)
            assert (trap.number, code) != (trap.number, 0)


def test_official_says_what_a_caller_needs(
    demo_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", "400-000-1021", "--lang", "zh", data_dir=demo_data) == 0
    told = capsys.readouterr().out
    for word in ("官方号码 · 示例星钱包", "商户服务", "每天 09:00–21:00", "北京时间", "不是免费",
                 "+8657155501021", "https://www.shilixing.test/contact.html", "读到"):  # fmt: skip
        assert word in told


def test_instead_of_a_number_that_is_gone(
    demo_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = answer("95008", demo_data, capsys)
    assert [row["id"] for row in found["instead"]] == ["shilitian/95009"]
    assert found["reasons"][0]["code"] == "said_by_page"
    assert found["until"]
    assert "95008" in found["evidence"][0]["text"]


def test_the_excerpt_of_the_readme_is_what_it_prints(
    demo_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """But for the dates: the demo happens today."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    [excerpt] = [b for b in re.findall(r"^```text\n(.*?)^```$", readme, re.M | re.S) if "曾是" in b]
    assert run("check", "400-000-1032", "--lang", "zh", data_dir=demo_data) == WAS
    told = capsys.readouterr().out
    printed, promised = (
        [" ".join(re.sub(r"\d{4}-\d\d-\d\d", "…", line).split()) for line in text.splitlines()]
        for text in (told, excerpt)
    )
    assert [line for line in promised if line not in printed] == []
    assert len(promised) >= 5


def test_another_brands_number(demo_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = answer("95007", demo_data, capsys, "--brand", "示例海钱包")
    assert (found["answer"], found["brands"]) == ("belongs_to_other", ["shilixing"])
    assert {row["brand_id"] for row in found["instead"]} == {"shilihai"}


def test_a_message_with_two_numbers(demo_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code is that of the least official one."""
    text = "官方客服95007，退款专员 170-1234-5678"
    assert run("check", text, "--json", data_dir=demo_data) == NONE
    answers = json.loads(capsys.readouterr().out)["answers"]
    assert [a["answer"] for a in answers] == ["official", "not_in_data"]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("text", ["95007", "95008", "95002", "12363", "956003", "17012345678"])
def test_always_a_warning_never_a_promise(
    demo_data: Path, capsys: pytest.CaptureFixture[str], text: str, language: Language
) -> None:
    run("check", text, "--lang", language.value, data_dir=demo_data)
    told = capsys.readouterr().out
    assert "".join(WARNING[language].split()) in "".join(told.split())
    assert PROMISE.findall(told) == []
    assert max(map(len, told.splitlines())) <= 96


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "你好", "--lang", "en"), "no telephone number in “你好”"),
        (("check", "你好", "--lang", "zh"), "“你好”里没有电话号码"),
        (("check", "95007", "--brand", "nobody", "--lang", "en"), "no brand “nobody”"),
        (("brand", "nobody", "--lang", "zh"), "没有叫“nobody”的品牌"),
        (("brand", "shilixin", "--lang", "zh"), "是不是要找 shilixing (示例星钱包)"),
        (("explain", "nobody", "--lang", "en"), "no brand “nobody”"),
        (("explain", "20200101"), "20200101"),
    ],
)
def test_wrong_questions(
    demo_data: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert run(*arguments, data_dir=demo_data) == ExitCode.USAGE
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("asked", [("check", "95188"), ("explain", "95188"), ("brand", "示例")])
def test_without_data_it_says_how_to_get_some(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], asked: tuple[str, ...]
) -> None:
    assert run(*asked, "--lang", "zh", data_dir=tmp_path) == ExitCode.USAGE
    assert "请先运行 hotlines crawl" in capsys.readouterr().err


def test_the_language_of_the_environment(
    demo_data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    run("check", "95007", data_dir=demo_data)
    assert "Official number" in capsys.readouterr().out
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    run("check", "95007", data_dir=demo_data)
    assert "官方号码" in capsys.readouterr().out


# --- explain ----------------------------------------------------------------------------------


def cases(subject: str, data_dir: Path, capsys: pytest.CaptureFixture[str]) -> list[Any]:
    assert run("explain", subject, "--json", "--lang", "en", data_dir=data_dir) == 0
    return list(json.loads(capsys.readouterr().out)["cases"])


def test_explain_a_brand(demo_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = cases("shilitian", demo_data, capsys)
    inside = {c["number"] for c in found if c["standing"] == "in"}
    assert inside == {"95009", "0571-965550", "0571-55501105"}
    why = {c["number"]: c["reasons"][0]["code"] for c in found if c["standing"] == "out"}
    assert why["0571-55501102"] == "purpose:fax"
    assert why["0571-55502101"] == "branch_office"
    assert why["12378"] == "regulator:state_class"
    assert why["95008"] == "retired_by_page"
    [left] = [c for c in found if c["standing"] == "left"]
    assert (left["id"], left["replaced_by"]) == ("shilitian/95008", "shilitian/95009")
    assert all(c["evidence"] and c["reasons"] and c["since"] for c in found)


def test_explain_a_number(demo_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [case] = cases("shilixing/95007", demo_data, capsys)
    assert [r["id"] for r in case["rules"]][:2] == ["plan:cs95_vas", "label:before"]
    assert all(rule["words"] != rule["id"] for rule in case["rules"])
    [third] = cases("0755-55503003", demo_data, capsys)
    assert third["reasons"][0]["code"] == "third_party:name"
    assert cases("95599", demo_data, capsys) == []


def test_explain_a_run(demo_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", "latest", "--lang", "en", data_dir=demo_data) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "published" in told
    assert "the brand's page itself says that it is out of use" in told
    assert run("explain", "latest", "--json", data_dir=demo_data) == 0
    document = json.loads(capsys.readouterr().out)
    assert {c["op"] for c in document["changes"]} == {"ADD", "MOD", "DEL"}


# --- brand ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["shilixing", "示例星钱包", "sample star wallet"])
def test_brand_by_any_name(demo_data: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert run("brand", name, "--lang", "zh", data_dir=demo_data) == 0
    told = capsys.readouterr().out
    for word in ("95007   客服", "反诈", "24 小时", "注册手机号、订单号、交易金额", "怎样投诉",
                 "1. 我们自收到投诉之日起", "12378", "金融监管总局", "我的 > 客服中心",
                 "kefu@shilixing.test", "微信公众号：shilixing", WARNING[Language.ZH]):  # fmt: skip
        assert word in told
    assert told.index("反诈") < told.index("商户服务"), "the most urgent first"
    assert PROMISE.findall(told) == []


def test_brand_shows_doubtful_numbers_apart(
    demo_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("brand", "shiliyue", "--lang", "en", data_dir=demo_data)
    told = capsys.readouterr().out
    official, _, doubtful = told.partition("Numbers that are not proven")
    assert "95001" in doubtful
    assert "95001" not in official
    assert "@" not in told, "a page without TLS names no mailbox"


def test_brand_as_json(demo_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("brand", "shilihe", "--json", data_dir=demo_data)
    document = json.loads(capsys.readouterr().out)
    assert set(document) == {
        "schema_version", "run_id", "brand", "hotlines", "channels", "warning",
    }  # fmt: skip
    steps = [c["steps"] for c in document["channels"] if c["kind"] == "complaint"]
    assert [len(s) for s in steps] == [3]
