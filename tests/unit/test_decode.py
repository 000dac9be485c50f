"""Bytes to text: marks, UTF-8, declared charsets that are absent, late or false."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.decode import decode

WORDS = "客服热线：95188，全国统一客户服务电话"
HANT = "客戶服務熱線：2929 3888，申訴專線"


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "gbk", "utf-16"])
def test_text_comes_back_whatever_it_was_written_in(charset: str) -> None:
    body = WORDS.encode(charset)
    assert decode(body, f"text/html; charset={charset}").text == WORDS


def test_strict_utf8_is_not_a_guess() -> None:
    decoded = decode(WORDS.encode())
    assert (decoded.text, decoded.charset, decoded.guessed) == (WORDS, "utf-8", False)


@pytest.mark.parametrize(
    ("mark", "charset"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
def test_a_byte_order_mark_decides(mark: bytes, charset: str) -> None:
    decoded = decode(mark + WORDS.encode(charset), "text/html; charset=gbk")
    assert (decoded.text, decoded.charset, decoded.guessed) == (WORDS, charset, False)


def test_gbk_without_declaration_is_read_and_flagged() -> None:
    decoded = decode(WORDS.encode("gbk"))
    assert (decoded.text, decoded.charset, decoded.guessed) == (WORDS, "gb18030", True)


def test_gbk_declared_in_the_head_is_no_guess() -> None:
    page = f"<meta charset=gb2312><p>{WORDS}"
    decoded = decode(page.encode("gbk"), "text/html")
    assert (decoded.text, decoded.guessed) == (page, False)


@pytest.mark.parametrize(
    "meta",
    [
        '<meta charset="gbk">',
        "<meta charset='GBK'>",
        '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">',
        '<?xml version="1.0" encoding="GBK"?>',
    ],
)
def test_ways_to_declare(meta: str) -> None:
    decoded = decode((meta + WORDS).encode("gbk"))
    assert (decoded.text, decoded.guessed) == (meta + WORDS, False)


def test_utf8_wins_over_a_false_declaration() -> None:
    page = f"<meta charset=gb2312><p>{WORDS}"
    assert decode(page.encode(), "text/html; charset=gbk").text == page


def test_a_declaration_of_utf8_over_gbk_bytes_is_false() -> None:
    page = f"<meta charset=utf-8><p>{WORDS}"
    decoded = decode(page.encode("gbk"), "text/html; charset=utf-8")
    assert (decoded.text, decoded.guessed) == (page, True)


def test_the_header_counts_before_the_document() -> None:
    page = f"<meta charset=gbk><p>{HANT}"
    assert decode(page.encode("big5"), "text/html; charset=big5").text == page


@pytest.mark.parametrize("country", ["HK", "TW", "MO"])
def test_big5_on_the_traditional_web(country: str) -> None:
    decoded = decode(HANT.encode("big5"), country=country)
    assert (decoded.text, decoded.guessed) == (HANT, True)


@pytest.mark.parametrize(
    "name",
    [
        "utf-7",
        "x-unknown",
        "",
        "idna",
        "rot13",
        "base64",
        "undefined",
        "unicode_escape",
    ],
)
def test_a_charset_that_is_none_is_ignored(name: str) -> None:
    assert decode(WORDS.encode("gbk"), f"text/html; charset={name}").text == WORDS


def test_a_truncated_character_costs_one_character() -> None:
    decoded = decode((WORDS + "客").encode("gbk")[:-1])
    assert decoded.text.startswith(WORDS)
    assert decoded.guessed


def test_a_broken_byte_in_utf8_costs_one_character() -> None:
    body = WORDS.encode()[:30] + b"\xff" + WORDS.encode()[30:]
    assert "95188" in decode(body, "text/html; charset=utf-8").text


def test_nothing_is_empty_text() -> None:
    assert decode(b"").text == ""


@settings(max_examples=80, deadline=None, derandomize=True, database=None)
@given(st.binary(max_size=120), st.text(max_size=30), st.sampled_from(["CN", "HK", "US"]))
def test_never_raises(body: bytes, content_type: str, country: str) -> None:
    decoded = decode(body, content_type, country)
    assert decoded == decode(body, content_type, country)
