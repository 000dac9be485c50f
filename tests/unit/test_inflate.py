"""Content codings: what browsers accept is accepted, within bounds, and nothing else escapes."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.inflate import BadEncoding, TooLarge, inflate

TEXT = "客服热线 95188，全天 24 小时。".encode() * 40
LIMIT = 1 << 20
STEP = 64 * 1024


def raw_deflate(data: bytes) -> bytes:
    return zlib.compress(data, wbits=-15)


CODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "raw": raw_deflate,
    "identity": bytes,
    "": bytes,
}


def name_of(coder: str) -> str:
    return "deflate" if coder == "raw" else coder


@pytest.mark.parametrize("coder", CODERS)
@given(data=st.binary(max_size=2000))
@settings(max_examples=40, deadline=None)
def test_what_was_compressed_comes_back(coder: str, data: bytes) -> None:
    assert inflate(CODERS[coder](data), name_of(coder), LIMIT) == data


@given(data=st.binary(max_size=500), chain=st.lists(st.sampled_from(list(CODERS)), max_size=5))
@settings(max_examples=60, deadline=None)
def test_a_list_is_undone_from_the_last_to_the_first(data: bytes, chain: list[str]) -> None:
    coded = data
    for coder in chain:
        coded = CODERS[coder](coded)
    assert inflate(coded, ", ".join(name_of(c) for c in chain), LIMIT) == data


@given(payload=st.binary(max_size=300), coding=st.sampled_from(["gzip", "deflate", "gzip,deflate"]))
@settings(max_examples=300, deadline=None)
def test_random_bytes_raise_only_our_errors(payload: bytes, coding: str) -> None:
    try:
        body = inflate(payload, coding, 1000)
    except (BadEncoding, TooLarge):
        return
    assert len(body) <= 1000


@given(data=st.binary(min_size=1, max_size=300), flip=st.integers(0, 10_000))
@settings(max_examples=100, deadline=None)
def test_a_flipped_byte_in_gzip_never_gives_another_body(data: bytes, flip: int) -> None:
    coded = bytearray(gzip.compress(data, mtime=0))
    coded[flip % len(coded)] ^= 0x55
    try:
        body = inflate(bytes(coded), "gzip", LIMIT)
    except (BadEncoding, TooLarge):
        return
    assert body == data  # the flip hit a field of the header that carries no content


@pytest.mark.parametrize("name", ["GZIP", " Gzip ", "identity, gzip", "gzip,,identity"])
def test_names_are_case_insensitive_and_identity_is_nothing(name: str) -> None:
    assert inflate(gzip.compress(TEXT), name, LIMIT) == TEXT


def test_members_of_a_gzip_file_are_joined() -> None:
    assert inflate(gzip.compress(b"955") + gzip.compress(b"88"), "gzip", LIMIT) == b"95588"


@pytest.mark.parametrize("coder", ["gzip", "deflate", "raw"])
@pytest.mark.parametrize("tail", [b"\x00" * 512, b"\r\n", b"<!-- cached -->", b"\x1f\x8b"])
def test_what_follows_the_stream_is_ignored_as_browsers_do(coder: str, tail: bytes) -> None:
    assert inflate(CODERS[coder](TEXT) + tail, name_of(coder), LIMIT) == TEXT


def test_a_torn_second_member_is_not_padding() -> None:
    with pytest.raises(BadEncoding, match="breaks off"):
        inflate(gzip.compress(b"one") + gzip.compress(TEXT)[:-9], "gzip", LIMIT)


@pytest.mark.parametrize("coder", ["gzip", "deflate", "raw"])
def test_every_truncation_is_refused(coder: str) -> None:
    coded = CODERS[coder](TEXT)
    for length in range(1, len(coded)):
        with pytest.raises(BadEncoding):
            inflate(coded[:length], name_of(coder), LIMIT)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "identity", ""])
def test_an_empty_payload_is_an_empty_body(coding: str) -> None:
    assert inflate(b"", coding, LIMIT) == b""


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_plain_text_under_a_coding_is_refused(coding: str) -> None:
    with pytest.raises(BadEncoding):
        inflate(b"<html>95588</html>", coding, LIMIT)


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, br", "compress", "utf-8"])
def test_an_unknown_coding_is_named(coding: str) -> None:
    with pytest.raises(BadEncoding, match=repr(coding.rsplit(", ", maxsplit=1)[-1])):
        inflate(TEXT, coding, LIMIT)


def test_a_long_chain_is_refused_before_any_work() -> None:
    with pytest.raises(BadEncoding, match="in a row"):
        inflate(b"not looked at", ",".join(["gzip"] * 6), LIMIT)


@pytest.mark.parametrize("coder", list(CODERS))
@pytest.mark.parametrize("size", [0, 1, STEP - 1, STEP, STEP + 1, 3 * STEP])
def test_the_limit_is_exact(coder: str, size: int) -> None:
    data = b"9" * size
    assert inflate(CODERS[coder](data), name_of(coder), size) == data
    if size:
        with pytest.raises(TooLarge):
            inflate(CODERS[coder](data), name_of(coder), size - 1)


def test_the_limit_counts_all_members() -> None:
    payload = gzip.compress(b"9" * 600) * 2
    assert len(inflate(payload, "gzip", 1200)) == 1200
    with pytest.raises(TooLarge):
        inflate(payload, "gzip", 1199)


@pytest.mark.parametrize("coder", ["gzip", "deflate", "raw"])
def test_a_bomb_is_stopped_before_it_unfolds(coder: str) -> None:
    bomb = CODERS[coder](b"0" * (32 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            inflate(bomb, name_of(coder), LIMIT)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < LIMIT + 5 * STEP  # the output kept, zlib's window, input and output of a step


def test_a_bomb_of_many_small_members_is_stopped() -> None:
    with pytest.raises(TooLarge):
        inflate(gzip.compress(b"0" * 1000) * 2000, "gzip", LIMIT)


def test_members_without_end_are_refused() -> None:
    with pytest.raises(BadEncoding, match="members"):
        inflate(gzip.compress(b"") * 20_000, "gzip", LIMIT)


def test_a_nested_bomb_is_stopped_at_the_outer_layer() -> None:
    inner = gzip.compress(b"0" * (8 << 20))
    with pytest.raises(TooLarge):
        inflate(gzip.compress(inner), "gzip, gzip", LIMIT)
