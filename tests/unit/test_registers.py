"""Registers: committed tables, level T5, and their refresh from a downloaded file."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from reading_pages import real, real_brands, visit

from crawler.cli import app
from crawler.registry import load_brands
from pipelines.model import Brand, BrandHistory, Fact
from pipelines.process_brand import process_brand
from pipelines.registers.refresh import RefusedError, difference, read_entries, register_toml
from pipelines.registers.register import (
    REGISTERS,
    Entry,
    Register,
    Registers,
    compile_register,
    register_problems,
)
from pipelines.rules import check_tables, load_register, load_rules
from pipelines.trust import Trust, trust_of
from pipelines.vocabulary import Grade

HERE = Path(__file__).parents[2] / "pipelines" / "registers"
HELD = Registers(
    codes={
        "95188": Entry("95188", "支付宝支付科技有限公司", Grade.A, "for a test", "alipay"),
        "95163": Entry("95163", "网易", Grade.B, "for a test", "neteasepay"),
        "95099": Entry("95099", "别家公司", Grade.D, "for a test"),
    }
)
PAGE = "<h1>联系我们</h1><p>支付宝客服热线：95188</p>"


def with_entity(grade: Grade) -> Brand:
    return real("alipay", entity=Fact("支付宝支付科技有限公司", grade, "for a test"))


def verdict_of(brand: Brand, registers: Registers, body: str = PAGE) -> tuple[str, tuple[str, ...]]:
    marks = replace(load_rules().marks, registers=registers)
    page = visit(brand, "https://www.alipay.com/contact", body)
    made = process_brand(
        brand, [page], BrandHistory(), now=page.fetched_at, run_id="run", marks=marks
    )
    (row,) = made.hotlines
    return row.verdict.value, row.verdict_reasons


# --- the committed tables ---------------------------------------------------------------------


def test_all_tables_are_in_order() -> None:
    assert check_tables() == ()


@pytest.mark.parametrize("name", REGISTERS)
def test_a_register_is_dated_sourced_and_names_brands_we_have(name: str) -> None:
    register = load_register(name)
    assert register.as_of
    assert register.source
    assert register.entries
    assert {e.brand for e in register.entries} - {""} <= set(real_brands())


def test_registers_and_brand_files_tell_the_same_licences() -> None:
    licences = load_rules().marks.registers.licences
    for brand in load_brands():
        for fact in brand.licences:
            if (entry := licences.get(fact.value)) is not None:
                assert entry.brand == brand.id, fact.value


def test_no_code_is_assigned_by_more_than_what_we_hold() -> None:
    """No file of the regulator is held yet: nothing may be of grade A before one is imported."""
    assert {e.grade for e in load_register("codes_95").entries} <= {Grade.B, Grade.C}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"register": {"as_of": "soon"}}, "register.as_of"),
        ({"register": {"kind": "list"}}, "register.kind"),
        ({"register": {"source": ""}}, "register.source"),
        ({"register": {"pattern": "("}}, "register.pattern"),
        ({"entry": [{"id": "95188", "holder": "x", "grade": "A"}]}, "entry 1"),
        ({"entry": [{"id": "95188", "holder": "x", "grade": "E", "source": "s"}]}, "entry 1"),
        ({"entry": [{"id": "12", "holder": "x", "grade": "A", "source": "s"}]}, "entry 1"),
        ({"entry": 2 * [{"id": "95188", "holder": "x", "grade": "A", "source": "s"}]}, "entry 2"),
    ],
)
def test_a_wrong_table_is_told(change: dict[str, object], place: str) -> None:
    table = tomllib.loads((HERE / "codes_95.toml").read_text("utf-8"))
    for key, value in change.items():
        table[key] = {**table[key], **value} if isinstance(value, dict) else value
    assert place in {where for where, _ in register_problems(table)}


# --- the ladder -------------------------------------------------------------------------------


def test_a_register_of_the_regulator_confirms_one_page() -> None:
    assert verdict_of(with_entity(Grade.B), HELD) == (
        "confirmed",
        ("declared_page:contact", "register:codes_95"),
    )


def test_an_entity_from_memory_confirms_nothing() -> None:
    assert verdict_of(with_entity(Grade.D), HELD) == ("official", ("declared_page:contact",))


@pytest.mark.parametrize("grade", [Grade.B, Grade.C, Grade.D])
def test_an_entry_that_others_curated_confirms_nothing(grade: Grade) -> None:
    codes = {"95188": replace(HELD.codes["95188"], grade=grade)}
    assert verdict_of(with_entity(Grade.A), Registers(codes))[0] == "official"


def test_a_register_alone_makes_no_hotline() -> None:
    brand = with_entity(Grade.A)
    away = visit(brand, "https://anywhere.example/", PAGE)
    marks = replace(load_rules().marks, registers=HELD)
    made = process_brand(
        brand, [away], BrandHistory(), now=away.fetched_at, run_id="run", marks=marks
    )
    assert made.hotlines == ()


def test_the_code_of_another_holder_is_a_conflict() -> None:
    body = PAGE.replace("95188", "95163")
    assert verdict_of(with_entity(Grade.B), HELD, body) == (
        "conflict",
        ("assigned_to_other:neteasepay", "declared_page:contact"),
    )


def test_an_extension_of_the_code_of_another_is_no_better() -> None:
    body = PAGE.replace("95188", "95163777")
    assert "assigned_to_other:neteasepay" in verdict_of(with_entity(Grade.B), HELD, body)[1]


def test_an_entry_from_memory_lowers_nothing() -> None:
    body = PAGE.replace("95188", "95099")
    assert verdict_of(with_entity(Grade.B), HELD, body)[0] == "official"


def test_levels_of_addresses() -> None:
    brands = real_brands()
    own = replace(
        brands["alipay"],
        apps=(Fact("ios:333206289", Grade.A, "for a test"),
              Fact("android:com.eg.android.AlipayGphone", Grade.B, "seen only")),
    )  # fmt: skip
    others = (brands["unionpay"], brands["lakala"])
    levels = {
        "https://www.alipay.com/": Trust.GROUND,
        "https://x.alipay/": Trust.GROUND,
        "https://opendocs.alipay.com/forum/1": Trust.NOTHING,
        "https://apps.apple.com/cn/app/x/id333206289": Trust.STORE,
        "https://apps.apple.com/cn/app/x/id3332062890": Trust.NOTHING,
        "https://apps.apple.com.evil.example/cn/app/x/id333206289": Trust.NOTHING,
        "https://play.google.com/store/apps/details?id=com.eg.android.AlipayGphone": Trust.NOTHING,
        "https://cn.unionpay.com/partners": Trust.PARTNER,
        "https://www.lakala.com/": Trust.NOTHING,  # ground from memory
        "https://rlut.cn/": Trust.NOTHING,
    }
    assert {url: trust_of(url, own, others) for url in levels} == levels
    assert Trust.REGISTER > Trust.GROUND > Trust.STORE > Trust.PARTNER > Trust.NOTHING


# --- refreshing one ---------------------------------------------------------------------------


def test_a_register_is_written_as_it_is_read() -> None:
    for name in REGISTERS:
        register = load_register(name)
        again = compile_register(name, tomllib.loads(register_toml(register)))
        assert set(again.entries) == set(register.entries)
        assert replace(again, entries=()) == replace(register, entries=())
        assert register_toml(again) == register_toml(register)


def _codes() -> Register:
    entries = (
        Entry("95188", "支付宝", Grade.B, "VC", "alipay"),
        Entry("95017", "腾讯", Grade.B, "VC", "wechatpay"),
    )
    return replace(load_register("codes_95"), entries=entries)


def test_a_download_is_read_and_compared() -> None:
    text = '\ufeff码号,"使用单位",备注\r\n95188,支付宝支付科技有限公司,\r\n95055,"甲,乙",x\r\n'
    entries = read_entries(text, _codes(), source="MIIT, 2026-11-25")
    assert [(e.id, e.holder, e.brand, e.grade) for e in entries] == [
        ("95055", "甲,乙", "", Grade.A),
        ("95188", "支付宝支付科技有限公司", "alipay", Grade.A),
    ]
    assert list(difference(_codes(), entries)) == [
        "- 95017 腾讯",
        "+ 95055 甲,乙",
        "~ 95188 支付宝 -> 支付宝支付科技有限公司",
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [1]),
        ("what,ever\n95188,x\n", [1]),
        ("code,holder\n", [2]),
        ("code,holder\n95188,a\n95188,b\n", [3]),
        ("code,holder\n95188,a\n\n12,b\n95017\n95018,\n", [4, 5, 6]),
        ("code,holder\n95188,a\x1b[31m\n", [2]),
        ('code,holder\n95188,"a\n', [1]),
        ("code,holder\n" + "95188,a,b\n", [2]),
    ],
)
def test_malformed_input_is_refused_with_its_lines(text: str, lines: list[int]) -> None:
    with pytest.raises(RefusedError) as refused:
        read_entries(text, _codes(), source="s")
    assert [line.number for line in refused.value.lines] == lines


def _import(*arguments: str) -> int:
    code = app(args=["registry", "import", *arguments], standalone_mode=False)
    return int(code or 0)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "codes_95.toml").write_text(register_toml(_codes()), encoding="utf-8")
    return tmp_path


def _options(place: Path) -> list[str]:
    return ["--register", "codes_95", "--as-of", "2026-11-25", "--source", "MIIT", "--to",
            str(place)]  # fmt: skip


def test_the_verb_shows_and_writes(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = place / "download.csv"
    file.write_bytes("码号,使用单位\n95188,支付宝支付科技有限公司\n".encode("gb18030"))
    before = (place / "codes_95.toml").read_bytes()
    options = [str(file), *_options(place), "--encoding", "gb18030"]
    assert _import(*options, "--dry-run") == 0
    assert (place / "codes_95.toml").read_bytes() == before
    assert _import(*options) == 0
    written = tomllib.loads((place / "codes_95.toml").read_text("utf-8"))
    assert written["register"]["as_of"] == "2026-11-25"
    assert [e["grade"] for e in written["entry"]] == ["A"]
    assert "- 95017 腾讯" in capsys.readouterr().out
    assert list(register_problems(written)) == []


def test_the_verb_refuses_and_leaves_the_table(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = place / "download.csv"
    file.write_text("code,holder\n95188,a\nfoo,b\n", encoding="utf-8")
    before = (place / "codes_95.toml").read_bytes()
    assert _import(str(file), *_options(place)) == 2
    assert (place / "codes_95.toml").read_bytes() == before
    assert f"{file}:3: 'foo' is no entry" in capsys.readouterr().err
