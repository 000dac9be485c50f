"""Words by their first characters find what plain patterns find."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.rules import TABLES, load_rules
from pipelines.word_heads import by_first_character
from pipelines.word_patterns import Started, Words, compile_words


def patterns() -> Iterator[str]:
    """All patterns of the rule tables."""
    for name in TABLES:
        table = tomllib.loads(resources.files("pipelines").joinpath(name).read_text("utf-8"))
        for rows in table.values():
            for row in rows if isinstance(rows, list) else [rows]:
                words = row.get("words", []) if isinstance(row, dict) else []
                yield from [words] if isinstance(words, str) else words


PATTERNS = sorted(set(patterns()))
LETTERS = sorted({char for pattern in PATTERNS for char in pattern if char.isalnum()})
TEXTS = st.lists(
    st.sampled_from([*LETTERS, *PATTERNS, " ", "：", "\n", "0571-", "９５１８８", "ſ", "K"])
).map("".join)


def spans(pattern: Words, text: str) -> list[Any]:
    return [(match.span(), match.lastgroup) for match in pattern.finditer(text)]


@settings(max_examples=60)
@given(TEXTS)
def test_finds_the_same(text: str) -> None:
    plain = [words for words in PATTERNS if "(?P<" not in words][:90]
    joined = "|".join(f"(?P<g{n}>{words})" for n, words in enumerate(plain))
    assert spans(compile_words(joined, re.I), text) == spans(re.compile(joined, re.I), text)


@settings(max_examples=600)
@given(TEXTS, st.sampled_from(PATTERNS))
def test_each_pattern_of_the_tables_finds_the_same(text: str, pattern: str) -> None:
    assert spans(compile_words(pattern, re.I), text) == spans(re.compile(pattern, re.I), text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("a?", "ab"),
        ("", "a"),
        (".a", "ba"),
        ("(?i)ab", "AB"),
        ("[^a]b", "cb ab"),
        ("(?:a|)b?", "ab"),
        ("(?<=x)a", "xa"),
        (r"(?:\d+|ab)-?", "12-"),
        ("a*b", "b"),
        (r"(?:[\]^-]{2}|bb)a", "^-a"),
        ("(?i:ab)|c|d|e|f|g|h|i|j", "AB ab c"),
        ("a|b|c|d|e|f|g|h|(i)j|k", "ij k"),
        ("a|b|c|d|e|f|g|h|[|]|\\||(?:|x)y", "|y|xy"),
        ("aa|a|b|c|d|e|f|g|ab", "aaab"),
        ("a)|(b", ""),
    ],
)
def test_what_a_pattern_may_begin_with(pattern: str, text: str) -> None:
    if pattern == "a)|(b":
        with pytest.raises(re.error):
            compile_words(pattern)
        return
    assert spans(compile_words(pattern), text) == spans(re.compile(pattern), text)


TABLE = "|".join(
    ("热线", "客服(?:热线)?", "hotline", "[kK]ak", "ſtop", r"\d+号", "[α-ω]x", "Öl", "专线")
)


@given(st.lists(st.sampled_from("热线客服专HOTLINEhotlineKkaſtops1号αΩxÖö ")).map("".join))
def test_a_table_does_what_a_pattern_does(text: str) -> None:
    words, plain = compile_words(TABLE, re.I), re.compile(TABLE, re.I)
    assert spans(words, text) == spans(plain, text)
    for pos, end in ((0, len(text)), (1, len(text) - 1), (len(text) // 2, len(text) + 3)):
        for ask in ("search", "match"):
            given_, wanted = (getattr(one, ask)(text, pos, end) for one in (words, plain))
            assert (given_ and given_.span()) == (wanted and wanted.span())
        assert [m.span() for m in words.finditer(text, pos, end)] == [
            m.span() for m in plain.finditer(text, pos, end)
        ]
    whole = words.fullmatch(text), plain.fullmatch(text)
    assert (whole[0] is None) is (whole[1] is None)

    def bracketed(found: re.Match[str]) -> str:
        return f"<{found[0]}>"

    assert words.sub(bracketed, text) == plain.sub(bracketed, text)


def test_no_words_beside_numbers_begin_with_any_ideograph() -> None:
    """They would be tried at each character: a look-behind says the same at what follows."""
    rules = load_rules()
    near = rules.owners.words.any_near, rules.labels.pattern, rules.purposes.any_hint
    for words in (*near, rules.fees.any_rule):
        if isinstance(words, Started):
            assert not all(map(words._starts.match, "鼎龠黍鬯彝"))


@pytest.mark.parametrize(
    "pattern",
    [
        "(?:热线)?电话|[热暖]点",
        "(?<!反)诈骗|(?<=防)诈|诈",
        r"\bto|(?-i:(?<![a-z])B[sS])p|(?i:ſ)x",
        "(?:a|bc)*d|(?:ab)+e|b*c|f+g|h?i",
        r"[0-9]+元|[\-\].]x|\.y|[a-cx]z",
        "(?:ab|)c|(?=.d)c|(?!ce)ce?",
        r"(?:a(?:b|c)?)?d|\u4e00[\u4e8c\u4e09]",
        "(?:a)?(?:a)*b|(?:c|d)*(?:c|d)+e",
    ],
)
@given(st.data())
def test_branches_that_begin_with_a_literal_find_the_same(
    pattern: str, data: st.DataObject
) -> None:
    letters = "热线电话暖点反防诈骗topBSbsſx fghiacdez019元-].y一二三 A"
    text = data.draw(st.lists(st.sampled_from(letters), max_size=12).map("".join))
    for flags in (re.NOFLAG, re.IGNORECASE):
        compiled = compile_words(pattern, flags)
        assert isinstance(compiled, re.Pattern)
        assert spans(compiled, text) == spans(re.compile(pattern, flags), text)


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "a|",
        ".a",
        "[^a]b",
        r"\da",
        "a{2}",
        "a??b",
        "(a)b",
        "(?P<x>a)",
        "[a-z]b",
        "a*",
        "(?=a)?b",
    ],
)
def test_what_no_literal_can_begin_is_left(pattern: str) -> None:
    assert not by_first_character(pattern, re.NOFLAG)
