"""Texts are complete in both languages, used, and cover every code of the data."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from crawler.language import Language, Words, language_of, load_texts
from pipelines.rules import load_rules
from pipelines.vocabulary import (
    Cause,
    ChannelKind,
    ClaimVerdict,
    FeeClass,
    Outcome,
    Purpose,
    RunResult,
    SourceKind,
    Verdict,
)

_CALL = re.compile(r"""(?:words|self)\(\s*["'](\w+)["'],\s*["'](\w+)["']""")
ROOT = Path(__file__).parents[2]
ENTRIES = [(s, k, v) for s, keys in load_texts().items() for k, v in keys.items()]
CODES = {
    "purpose": Purpose,
    "fee": FeeClass,
    "verdict": Verdict,
    "kind": SourceKind,
    "channel": ChannelKind,
    "claim": ClaimVerdict,
    "result": RunResult,
    "cause": Cause,
}


@pytest.mark.parametrize(
    ("section", "key", "texts"), ENTRIES, ids=[f"{s}.{k}" for s, k, _ in ENTRIES]
)
def test_both_languages_say_the_same(section: str, key: str, texts: dict[str, str]) -> None:
    assert set(texts) == {language.value for language in Language}
    fields = [{f for _, f, _, _ in string.Formatter().parse(t) if f} for t in texts.values()]
    assert fields[0] == fields[1]
    assert all(text.strip() for text in texts.values())
    assert re.search(r"\bsafe|安全", " ".join(texts.values()), re.I) is None


@pytest.mark.parametrize("section", CODES)
def test_every_code_has_words(section: str) -> None:
    assert set(load_texts()[section]) == {member.value for member in CODES[section]}


def test_every_bad_outcome_has_words() -> None:
    assert set(load_texts()["outcome"]) == {o.value for o in Outcome if not o.good}


def test_every_note_of_the_plan_has_words() -> None:
    notes = {e.note for e in load_rules().plan.entries if e.number_class or e.folded}
    assert notes - set(load_texts()["note"]) == set()


def test_every_kind_of_foreign_number_has_words() -> None:
    from phonenumbers import PhoneNumberType

    kinds = {str(PhoneNumberType.to_string(kind)).lower() for kind in PhoneNumberType.values()}
    kinds |= {row.result for row in load_rules().plan.abroad.short}
    assert kinds - set(load_texts()["note"]) == set()


def test_every_shape_that_is_no_number_has_words() -> None:
    shapes = {e.note for e in load_rules().plan.entries if not e.number_class and not e.folded}
    assert shapes - set(load_texts()["refusal"]) == set()


def test_verbs_name_texts_that_exist() -> None:
    sources = [*(ROOT / "crawler" / "verbs").glob("*.py"), ROOT / "crawler" / "language.py"]
    used = {pair for path in sources for pair in _CALL.findall(path.read_text(encoding="utf-8"))}
    assert len(used) > 40
    assert [pair for pair in used if pair[1] not in load_texts()[pair[0]]] == []
    page = {key for section, key in used if section == "page"}
    chosen = {"seen", "since", "added", "changed_row", "removed"}  # by a value
    assert set(load_texts()["page"]) - page - chosen == set()


@pytest.mark.parametrize(
    ("code", "english"),
    [
        ("declared_page:contact", "printed on the official contact page"),
        ("purpose:fax", "the line is for fax, not customer service"),
        ("http_5xx", "the host failed (5xx)"),
        ("absent:1/2", "the page answered well without it (1/2 times)"),
        ("branch_office", "the phone of a branch office, not a hotline"),
        ("shape:veto_unheard_of", "by rule veto_unheard_of this is no telephone number"),
        ("code_of_another_version", "code_of_another_version"),
    ],
)  # fmt: skip
def test_codes_in_words(code: str, english: str) -> None:
    assert Words(Language.EN).code("reason", code) == english


@pytest.mark.parametrize(
    ("osm", "chinese", "english"),
    [
        ("24/7", "24 小时", "24 hours, every day"),
        ("Mo-Su 09:00-21:00", "每天 09:00–21:00", "daily 09:00–21:00"),
        ("Mo-Fr 09:00-12:00,13:00-18:00; PH off",
         "周一至周五 09:00–12:00, 13:00–18:00；法定节假日 休息",
         "Mon–Fri 09:00–12:00, 13:00–18:00; public holidays closed"),
        ("Mo-Fr 09:00-21:00; Sa,Su,PH 10:00-18:00",
         "周一至周五 09:00–21:00；周六、周日、法定节假日 10:00–18:00",
         "Mon–Fri 09:00–21:00; Sat, Sun, public holidays 10:00–18:00"),
        ('24/7 "自助语音" || Mo-Su 09:00-21:00 "人工"',) * 3,
    ],
)  # fmt: skip
def test_hours_in_words(osm: str, chinese: str, english: str) -> None:
    assert Words(Language.ZH).hours(osm) == chinese
    assert Words(Language.EN).hours(osm) == english


def test_language_of_the_environment() -> None:
    assert language_of(Language.EN, {"LANG": "zh_CN"}) is Language.EN
    assert language_of(None, {"LC_ALL": "en_US", "LANG": "zh_CN"}) is Language.EN
    assert language_of(None, {}) is Language.ZH
