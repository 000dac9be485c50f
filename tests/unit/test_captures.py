"""Captures: what is written is what was given, and every damage is told from its place."""

from __future__ import annotations

import contextlib
import gzip
import json
import logging
import subprocess
import sys
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from outputs.captures import (
    CaptureError,
    CaptureWriter,
    Fetch,
    Header,
    Pointer,
    Record,
    body_of,
    digest_of,
    read_fetch_log,
    read_fetches,
    read_record,
    records,
    settle,
)
from pipelines.inflate import BadEncoding, TooLarge
from pipelines.vocabulary import Outcome, SourceKind

MOMENT = datetime(2026, 11, 22, 21, 15, 0, 123456, tzinfo=UTC)
URL = "https://pay.example/contact.html"
PAGE = "<html><body>客服热线：95188</body></html>".encode()

FETCH = Fetch(
    brand_id="demo01",
    url=URL,
    kind=SourceKind.CONTACT,
    declared=True,
    final_url=URL,
    chain=("http://pay.example/contact.html 301", f"{URL} 200"),
    outcome=Outcome.OK,
    status=200,
    tls_ok=True,
    tls_issuer="CN=示例 CA",
    tls_fingerprint="sha256:00",
    robots="allowed",
    robots_rule="",
    content_type="text/html",
    etag='"a"',
    last_modified="",
    payload_bytes=len(PAGE),
    payload_digest=digest_of(PAGE),
    body_digest=digest_of(PAGE),
    revisit=False,
    file="captures/demo-00000.warc.gz",
    offset=512,
    body_run="20261122T211500Z-k3f",
    body_file="captures/demo-00000.warc.gz",
    body_offset=512,
    on_ground=True,
    depth=0,
    link_text="联系\u2028我们",
    referrer="",
    detail="",
    fetched_at=MOMENT,
    duration=0.25,
)


def open_writer(run: Path, *, max_bytes: int = 1 << 30, prefix: str = "demo") -> CaptureWriter:
    return CaptureWriter(
        run / "captures",
        run_id="20261122T211500Z-k3f",
        prefix=prefix,
        software="hotlines 0.1.0",
        max_bytes=max_bytes,
    )


def write(
    writer: CaptureWriter,
    payload: bytes = PAGE,
    *,
    url: str = URL,
    status: int = 200,
    reason: str = "",
    headers: list[Header] | None = None,
) -> Pointer:
    return writer.response(
        url=url,
        status=status,
        reason=reason,
        headers=headers or [],
        payload=payload,
        fetched_at=MOMENT,
    )


def warcio_check(path: Path) -> None:
    command = [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def http_block(path: Path, offset: int) -> bytes:
    """The member at an offset by plain zlib, without the code under test: HTTP header block."""
    content = zlib.decompress(path.read_bytes()[offset:], 31)
    return content.split(b"\r\n\r\n")[1]


def one_record(run: Path, **arguments: object) -> tuple[Record, bytes]:
    with open_writer(run) as writer:
        pointer = write(writer, **arguments)  # type: ignore[arg-type]
    path = run / pointer.file
    warcio_check(path)
    return read_record(path, pointer.offset), http_block(path, pointer.offset)


# --- what a record keeps ------------------------------------------------------------------


@pytest.fixture
def every_kind(tmp_path: Path) -> tuple[Path, list[Pointer]]:
    """A file with each kind of record that the writer knows."""
    with open_writer(tmp_path) as writer:
        coded: list[Header] = [("Content-Encoding", "gzip")]
        pointers = [
            write(writer),
            write(writer, gzip.compress(PAGE), headers=coded),
            write(writer, b""),
            write(writer, bytes(range(256)) * 500, status=503),
            writer.not_modified(
                url=URL,
                status=304,
                reason="Not Modified",
                headers=[("ETag", '"a"')],
                fetched_at=MOMENT,
                refers_to_date=MOMENT - timedelta(days=1),
                payload_digest=digest_of(PAGE),
            ),
            writer.identical(
                url=URL,
                status=200,
                reason="OK",
                headers=[("Content-Length", str(len(PAGE)))],
                fetched_at=MOMENT,
                refers_to_date=MOMENT - timedelta(days=1),
                payload_digest=digest_of(PAGE),
                refers_to_url="https://pay.example/old.html",
            ),
            writer.not_modified(
                url=URL,
                status=304,
                reason="",
                headers=[],
                fetched_at=MOMENT,
                refers_to_date=None,
                payload_digest="",
            ),
            writer.rendered(url=URL, markup=PAGE, fetched_at=MOMENT),
        ]
    return tmp_path / pointers[0].file, pointers


def test_warcio_accepts_every_kind_of_record(every_kind: tuple[Path, list[Pointer]]) -> None:
    warcio_check(every_kind[0])


def test_a_rendered_page_is_a_resource_without_an_answer_of_a_server(tmp_path: Path) -> None:
    with open_writer(tmp_path) as writer:
        pointer = writer.rendered(url=URL + "#/kefu", markup=PAGE, fetched_at=MOMENT)
    record = read_record(tmp_path / pointer.file, pointer.offset)
    assert (record.warc_type, record.url, record.date) == ("resource", URL + "#/kefu", MOMENT)
    assert (record.status, record.reason) == (None, "")
    assert record.headers == (("Content-Type", "text/html; charset=utf-8"),)
    assert body_of(record) == record.payload == PAGE
    assert record.payload_digest == digest_of(PAGE)
    with open_writer(tmp_path) as writer, pytest.raises(ValueError, match="too large"):
        writer.rendered(url=URL, markup=bytes(64 * 2**20), fetched_at=MOMENT)


def test_bytes_at_each_offset_are_the_bytes_given(every_kind: tuple[Path, list[Pointer]]) -> None:
    path, pointers = every_kind
    plain, coded, empty, large = (read_record(path, p.offset) for p in pointers[:4])
    assert (plain.payload, plain.status, plain.reason) == (PAGE, 200, "OK")
    assert coded.payload != PAGE
    assert body_of(coded) == body_of(plain) == PAGE
    assert (empty.payload, empty.status) == (b"", 200)
    assert large.payload == bytes(range(256)) * 500
    assert (large.status, large.reason) == (503, "Service Unavailable")
    assert {plain.date, coded.date} == {MOMENT}
    assert plain.payload_digest == digest_of(PAGE)


def test_a_foreign_reader_finds_the_same(every_kind: tuple[Path, list[Pointer]]) -> None:
    path, pointers = every_kind
    with path.open("rb") as file:
        file.seek(pointers[1].offset)
        record = next(iter(ArchiveIterator(file)))
        assert record.rec_headers.protocol == "WARC/1.1"
        assert record.rec_headers.get_header("WARC-Target-URI") == URL
        assert record.content_stream().read() == PAGE


def test_offsets_of_members_equal_the_pointers(every_kind: tuple[Path, list[Pointer]]) -> None:
    path, pointers = every_kind
    found = list(records(path))
    assert [offset for offset, _ in found] == [0, *(p.offset for p in pointers)]
    assert found[0][1].warc_type == "warcinfo"


def test_the_first_record_says_how_the_file_came_about(
    every_kind: tuple[Path, list[Pointer]],
) -> None:
    text = read_record(every_kind[0], 0).payload.decode()
    for word in ("software: hotlines 0.1.0", "format: WARC", "robots:", "Set-Cookie2", "20261122T"):
        assert word in text
    assert "reconstruction" in text


def test_revisits_name_what_they_refer_to(every_kind: tuple[Path, list[Pointer]]) -> None:
    path, pointers = every_kind
    not_modified, identical, bare = (read_record(path, p.offset) for p in pointers[4:7])
    assert not_modified.profile.endswith("/1.1/revisit/server-not-modified")
    assert identical.profile.endswith("/1.1/revisit/identical-payload-digest")
    assert not_modified.refers_to_url == URL
    assert identical.refers_to_url == "https://pay.example/old.html"
    assert identical.refers_to_date == MOMENT - timedelta(days=1)
    assert not_modified.payload_digest == identical.payload_digest == digest_of(PAGE)
    assert (not_modified.status, not_modified.header("etag")) == (304, '"a"')
    assert identical.header("Content-Length") == str(len(PAGE))
    assert (bare.payload_digest, bare.refers_to_date) == ("", None)
    with pytest.raises(ValueError, match="has no body"):
        body_of(not_modified)


def test_an_unchanged_payload_becomes_a_revisit(tmp_path: Path) -> None:
    with open_writer(tmp_path) as writer:
        first = write(writer)
        held = read_record(tmp_path / first.file, first.offset)
        again = writer.unchanged(
            url=f"{URL}?v=2",
            status=200,
            reason="",
            headers=[],
            payload=PAGE,
            fetched_at=MOMENT + timedelta(hours=1),
            held=held,
        )
    record = read_record(tmp_path / again.file, again.offset)
    assert (record.warc_type, record.refers_to_url) == ("revisit", URL)
    assert (record.refers_to_date, record.payload_digest) == (held.date, held.payload_digest)
    warcio_check(tmp_path / again.file)


def test_a_payload_compressed_anew_is_kept_in_full(tmp_path: Path) -> None:
    with open_writer(tmp_path) as writer:
        fast, best = gzip.compress(PAGE, 1, mtime=1), gzip.compress(PAGE, 9, mtime=2)
        headers: list[Header] = [("Content-Encoding", "gzip")]
        first = write(writer, fast, headers=headers)
        held = read_record(tmp_path / first.file, first.offset)
        again = writer.unchanged(
            url=URL,
            status=200,
            reason="",
            headers=headers,
            payload=best,
            fetched_at=MOMENT,
            held=held,
        )
    record = read_record(tmp_path / again.file, again.offset)
    assert (record.warc_type, record.payload) == ("response", best)
    assert record.payload_digest == digest_of(best) != held.payload_digest
    assert body_of(record) == body_of(held)


def test_a_revisit_is_not_something_to_refer_to(every_kind: tuple[Path, list[Pointer]]) -> None:
    path, pointers = every_kind
    revisit = read_record(path, pointers[4].offset)
    with (
        open_writer(path.parent.parent, prefix="other") as writer,
        pytest.raises(ValueError, match="revisit record"),
    ):
        writer.unchanged(
            url=URL,
            status=200,
            reason="",
            headers=[],
            payload=PAGE,
            fetched_at=MOMENT,
            held=revisit,
        )


def test_body_of_stays_within_its_limit_and_names_bad_codings(tmp_path: Path) -> None:
    with open_writer(tmp_path) as writer:
        bomb = write(writer, gzip.compress(b"0" * 99999), headers=[("Content-Encoding", "gzip")])
        brotli = write(writer, b"\x8b\x02", headers=[("Content-Encoding", "br")])
    with pytest.raises(TooLarge):
        body_of(read_record(tmp_path / bomb.file, bomb.offset), limit=1000)
    with pytest.raises(BadEncoding, match="br"):
        body_of(read_record(tmp_path / brotli.file, brotli.offset))


# --- headers and URLs ---------------------------------------------------------------------


def test_repeated_headers_and_their_order_stay(tmp_path: Path) -> None:
    headers: list[Header] = [("Link", "<a>"), ("Via", "1.1 x"), ("Link", "<b>"), ("link", "<c>")]
    record, _ = one_record(tmp_path, headers=headers)
    assert record.headers == tuple(headers)
    assert record.header("LINK") == "<a>, <b>, <c>"


def test_cookies_and_transfer_coding_are_dropped_and_the_length_is_set(tmp_path: Path) -> None:
    headers: list[Header] = [
        ("Set-Cookie", "secret=1"),
        ("Content-Length", "999999"),
        ("set-cookie2", "secret=2"),
        (b"SET-COOKIE", b"secret=3"),
        ("Transfer-Encoding", "chunked"),
        ("content-length", "7"),
        ("Server", "x"),
    ]
    record, block = one_record(tmp_path, headers=headers)
    assert record.headers == (("Content-Length", str(len(PAGE))), ("Server", "x"))
    assert b"secret" not in block


def test_a_length_that_was_not_sent_is_not_invented(tmp_path: Path) -> None:
    assert one_record(tmp_path)[0].headers == ()


@pytest.mark.parametrize(
    ("status", "reason", "line"),
    [
        (200, "", "HTTP/1.1 200 OK"),
        (200, "Fine", "HTTP/1.1 200 Fine"),
        (599, "", "HTTP/1.1 599 "),
        (429, "", "HTTP/1.1 429 Too Many Requests"),
    ],
)
def test_the_status_line(tmp_path: Path, status: int, reason: str, line: str) -> None:
    record, block = one_record(tmp_path, status=status, reason=reason)
    assert block.decode() == line
    assert record.status == status


def test_line_ends_in_names_values_and_reasons_inject_nothing(tmp_path: Path) -> None:
    evil = "x\r\n\r\nWARC/1.1\r\nWARC-Type: response\r\nContent-Length: 0\r\n\r\n\x00\x0b\x1f\x7f"
    record, block = one_record(
        tmp_path,
        reason=f"OK{evil}",
        headers=[
            ("X-Note", evil),
            (f"X{evil}", "1"),
            (" \r\n", "2"),
            ("", "3"),
            (b"X:Y", b"\r4\n"),
        ],
        url=f"{URL}?q={evil}",
    )
    assert block.count(b"\r\n") == 5
    assert record.payload == PAGE
    assert len(record.headers) == 5
    assert record.url.startswith(f"{URL}?q=x%0D%0A%0D%0AWARC/1.1")
    assert len(list(records(tmp_path / "captures/demo-00000.warc.gz"))) == 2


def test_values_outside_latin_1_survive(tmp_path: Path) -> None:
    raw = "attachment; filename=客服.pdf".encode("gbk")
    headers: list[Header] = [("X-Zh", "客服热线"), ("X-Raw", raw), ("X-Odd", "\udc80")]
    record, block = one_record(tmp_path, headers=headers)
    assert record.headers[0] == ("X-Zh", "客服热线")
    assert record.headers[1] == ("X-Raw", raw.decode("latin-1"))
    assert raw in block


_NAMES = st.text("abcXYZ0123456789-_.!#", min_size=1, max_size=20).filter(
    lambda name: name.lower() not in ("set-cookie", "content-length", "transfer-encoding")
)
_VALUES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=40)


@given(headers=st.lists(st.tuples(_NAMES, _VALUES), max_size=8), payload=st.binary(max_size=4000))
@settings(max_examples=50, deadline=None)
def test_headers_and_payloads_come_back(
    tmp_path_factory: pytest.TempPathFactory, headers: list[tuple[str, str]], payload: bytes
) -> None:
    run = tmp_path_factory.mktemp("run")
    with open_writer(run) as writer:
        pointer = write(writer, payload, headers=list(headers))
    record = read_record(run / pointer.file, pointer.offset)
    assert record.headers == tuple(headers)
    assert record.payload == payload


@given(text=st.text(max_size=60), headers=st.lists(st.tuples(st.text(), st.binary()), max_size=4))
@settings(max_examples=80, deadline=None)
def test_nothing_a_server_sends_breaks_out_of_its_record(
    tmp_path_factory: pytest.TempPathFactory, text: str, headers: list[tuple[str, bytes]]
) -> None:
    run = tmp_path_factory.mktemp("run")
    with open_writer(run) as writer:
        pointer = write(
            writer, url=f"http://pay.example/{text}", reason=text, headers=list(headers)
        )
        after = write(writer, b"after")
    path = run / pointer.file
    assert [offset for offset, _ in records(path)][1:] == [pointer.offset, after.offset]
    assert read_record(path, pointer.offset).payload == PAGE


@pytest.mark.parametrize(
    ("url", "stored"),
    [
        ("https://pay.example/客服?a=b&c=%E5#x", "https://pay.example/%E5%AE%A2%E6%9C%8D?a=b&c=%E5#x"),
        ("http://[::1]:8080/a b<c>\"d", "http://[::1]:8080/a%20b%3Cc%3E%22d"),
        ("http://pay.example/\udc80", "http://pay.example/%ED%B2%80"),
    ],
)  # fmt: skip
def test_odd_characters_of_a_url_are_encoded(tmp_path: Path, url: str, stored: str) -> None:
    assert one_record(tmp_path, url=url)[0].url == stored


def test_what_does_not_fit_into_a_record_is_refused(tmp_path: Path) -> None:
    def refused(message: str, **changed: object) -> None:
        arguments = {
            "url": URL,
            "status": 200,
            "reason": "",
            "headers": [],
            "payload": b"",
            "fetched_at": MOMENT,
        }
        with pytest.raises(ValueError, match=message):
            writer.response(**{**arguments, **changed})  # type: ignore[arg-type]

    with open_writer(tmp_path) as writer:
        refused("not an http or https URL", url="ftp://pay.example/")
        refused("three digits", status=-1)
        refused("time zone", fetched_at=MOMENT.replace(tzinfo=None))
        refused("address", ip="pay.example")
        refused("too large", payload=bytes(64 << 20))
        with pytest.raises(ValueError, match="not a digest"):
            writer.identical(
                url=URL,
                status=200,
                reason="",
                headers=[],
                fetched_at=MOMENT,
                refers_to_date=MOMENT,
                payload_digest="sha256:00\r\nX: y",
            )
        write(writer)
    assert len(list(records(tmp_path / "captures/demo-00000.warc.gz"))) == 2
    with pytest.raises(ValueError, match="closed"):
        write(writer)
    with pytest.raises(ValueError, match="prefix"):
        open_writer(tmp_path, prefix="../x")


def test_times_are_kept_in_utc_with_microseconds(tmp_path: Path) -> None:
    beijing = timezone(timedelta(hours=8))
    with open_writer(tmp_path) as writer:
        pointer = writer.response(
            url=URL,
            status=200,
            reason="",
            headers=[],
            payload=b"",
            fetched_at=MOMENT.astimezone(beijing),
            ip="fe80::1%eth0",
        )
    member = zlib.decompress((tmp_path / pointer.file).read_bytes()[pointer.offset :], 31)
    assert b"WARC-Date: 2026-11-22T21:15:00.123456Z\r\n" in member
    assert b"WARC-IP-Address: fe80::1\r\n" in member


# --- files --------------------------------------------------------------------------------


def names(run: Path) -> list[str]:
    return sorted(path.name for path in (run / "captures").iterdir())


def test_a_file_is_open_until_it_is_closed(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    assert names(tmp_path) == ["fetches.jsonl"]
    pointer = write(writer)
    assert names(tmp_path) == ["demo-00000.warc.gz.open", "fetches.jsonl"]
    assert read_record(tmp_path / pointer.file, pointer.offset).payload == PAGE
    writer.close()
    writer.close()
    assert names(tmp_path) == ["demo-00000.warc.gz", "fetches.jsonl"]
    assert pointer == Pointer("captures/demo-00000.warc.gz", pointer.offset)


def test_files_rotate_and_each_can_stand_alone(tmp_path: Path) -> None:
    noise = [zlib.compress(bytes([i]) * 50) * 40 for i in range(6)]
    with open_writer(tmp_path, max_bytes=1500) as writer:
        pointers = [write(writer, payload) for payload in noise]
        assert sum(name.endswith(".open") for name in names(tmp_path)) == 1
    files = sorted({pointer.file for pointer in pointers})
    assert len(files) > 1
    assert files[1] == "captures/demo-00001.warc.gz"
    for file in files:
        assert (tmp_path / file).stat().st_size <= 1500
        assert read_record(tmp_path / file, 0).warc_type == "warcinfo"
        warcio_check(tmp_path / file)
    found = [read_record(tmp_path / p.file, p.offset).payload for p in pointers]
    assert found == noise


def test_a_record_larger_than_a_file_gets_one_of_its_own(tmp_path: Path) -> None:
    with open_writer(tmp_path, max_bytes=10) as writer:
        pointers = [write(writer), write(writer)]
    assert [p.file[-13:] for p in pointers] == ["00000.warc.gz", "00001.warc.gz"]


def test_a_second_writer_takes_the_next_free_name(tmp_path: Path) -> None:
    with open_writer(tmp_path) as writer:
        write(writer)
        writer.record(FETCH)
    killed = open_writer(tmp_path)
    write(killed)
    with open_writer(tmp_path) as writer:
        pointer = write(writer)
        writer.record(replace(FETCH, offset=1))
    assert pointer.file == "captures/demo-00002.warc.gz"
    assert [fetch.offset for fetch in read_fetches(tmp_path)] == [512, 1]
    killed.close()


def test_a_full_disk_leaves_whole_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class FullDisk:
        """Takes 100 bytes of a write, then fails like a full disk."""

        def __init__(self, file: object) -> None:
            self.file = file
            self.left = 100

        def write(self, data: memoryview) -> int:
            if not self.left:
                raise OSError(28, "No space left on device")
            self.left = 0
            return self.file.write(data[:100])  # type: ignore[attr-defined, no-any-return]

        def __getattr__(self, name: str) -> object:
            return getattr(self.file, name)

    with open_writer(tmp_path) as writer:
        write(writer)
        real = writer._file
        monkeypatch.setattr(writer, "_file", FullDisk(real))
        with pytest.raises(OSError, match="No space"):
            write(writer)
        monkeypatch.setattr(writer, "_file", real)
        pointer = write(writer, b"after")
    warcio_check(tmp_path / pointer.file)
    assert [record.payload for _, record in records(tmp_path / pointer.file)][1:] == [
        PAGE,
        b"after",
    ]


# --- damage -------------------------------------------------------------------------------


@pytest.fixture
def three(tmp_path: Path) -> tuple[Path, list[int]]:
    """A finished file with the records `0`, `1` and `2` and their offsets."""
    with open_writer(tmp_path) as writer:
        pointers = [write(writer, str(number).encode() * 300) for number in range(3)]
    return tmp_path / pointers[0].file, [pointer.offset for pointer in pointers]


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 0x5A
    path.write_bytes(bytes(content))


def test_a_flipped_byte_is_told_from_its_record(three: tuple[Path, list[int]]) -> None:
    path, offsets = three
    flip(path, offsets[1] + 150)
    with pytest.raises(CaptureError, match=rf"{path.name}:{offsets[1]}: damaged") as caught:
        read_record(path, offsets[1])
    assert (caught.value.path, caught.value.place) == (path, offsets[1])
    assert "Restore" in caught.value.advice
    assert read_record(path, offsets[2]).payload == b"2" * 300


def test_every_flipped_byte_is_noticed_or_harmless(three: tuple[Path, list[int]]) -> None:
    path, offsets = three
    whole = path.read_bytes()
    record = read_record(path, offsets[1])
    for place in range(offsets[1], offsets[2], 3):
        flip(path, place)
        with contextlib.suppress(CaptureError):
            assert read_record(path, offsets[1]) == record
        path.write_bytes(whole)


def test_reading_in_order_stops_at_damage_or_goes_on_behind_it(
    three: tuple[Path, list[int]],
) -> None:
    path, offsets = three
    flip(path, offsets[1] + 150)
    found: list[int] = []
    with pytest.raises(CaptureError):
        found.extend(offset for offset, _ in records(path))
    damages: list[CaptureError] = []
    assert [offset for offset, _ in records(path, damages.append)] == [0, offsets[0], offsets[2]]
    assert [damage.place for damage in damages] == [offsets[1]]


def test_a_cut_end_is_told(three: tuple[Path, list[int]]) -> None:
    path, offsets = three
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(CaptureError, match=rf":{offsets[2]}: torn record"):
        read_record(path, offsets[2])
    with pytest.raises(CaptureError, match="torn record"):
        list(records(path))
    assert read_record(path, offsets[1]).payload == b"1" * 300


@pytest.mark.parametrize("offset", [-1, 1, 10**9])
def test_no_record_starts_at_a_wrong_offset(three: tuple[Path, list[int]], offset: int) -> None:
    with pytest.raises(CaptureError, match=f":{offset}: |: no record"):
        read_record(three[0], offset)


@pytest.mark.parametrize("name", ["", "other.warc.gz"])
def test_a_missing_file_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(CaptureError, match="no such capture file"):
        read_record(tmp_path / name, 0)


OF_RESPONSE = (
    b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: http://a/\r\nWARC-Date: %b\r\n"
    b"Content-Length: %d\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx\r\n\r\n"
)


def test_the_record_that_the_next_cases_spoil_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(gzip.compress(OF_RESPONSE % (b"2026-11-22T00:00:00Z", 20)))
    assert read_record(path, 0).payload == b"x"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no record",
        b"WARC/1.1\r\n\r\n",
        b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 9\r\n\r\nHTTP/1.1 ",
        OF_RESPONSE % (b"2026-11-22T00:00:00Z", 99),
        OF_RESPONSE % (b"2026-11-22T00:00:00Z", 10),
        OF_RESPONSE % (b"2026-11-22T00:00:00Z", -1),
        OF_RESPONSE % (b"yesterday", 20),
        OF_RESPONSE.replace(b" 200", b" two") % (b"2026-11-22T00:00:00Z", 20),
    ],
)
def test_a_whole_member_that_is_no_record_of_ours_is_refused(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(gzip.compress(content))
    with pytest.raises(CaptureError, match=":0: "):
        read_record(path, 0)


def test_a_record_that_unfolds_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(gzip.compress(bytes(65 << 20), 1))
    with pytest.raises(CaptureError, match="more than 67108864 bytes"):
        read_record(path, 0)


def test_a_forged_payload_is_noticed_by_its_digest(three: tuple[Path, list[int]]) -> None:
    path, offsets = three
    content = path.read_bytes()
    member = zlib.decompress(content[offsets[2] :], 31)
    path.write_bytes(content[: offsets[2]] + gzip.compress(member.replace(b"222", b"221")))
    with pytest.raises(CaptureError, match="digest failed"):
        read_record(path, offsets[2])


@given(noise=st.binary(max_size=30), at=st.integers(0, 2000), drop=st.integers(0, 30))
@settings(max_examples=200, deadline=None)
def test_a_spoilt_record_raises_only_our_error(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int, drop: int
) -> None:
    run = tmp_path_factory.mktemp("run")
    with open_writer(run) as writer:
        pointer = write(writer, headers=[("Content-Type", "text/html")])
    path = run / pointer.file
    member = zlib.decompress(path.read_bytes()[pointer.offset :], 31)
    at %= len(member)
    path.write_bytes(gzip.compress(member[:at] + noise + member[at + drop :]))
    with contextlib.suppress(CaptureError):
        read_record(path, 0)


@given(noise=st.binary(max_size=300), at=st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_noise_in_a_file_never_hides_a_whole_record(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int
) -> None:
    run = tmp_path_factory.mktemp("run")
    with open_writer(run) as writer:
        pointers = [write(writer, bytes([48 + number]) * 20) for number in range(3)]
    path = run / pointers[0].file
    content = path.read_bytes()
    place = [*(pointer.offset for pointer in pointers), len(content)][at]
    path.write_bytes(content[:place] + noise + content[place:])
    found = [record.payload[:1] for _, record in records(path, lambda _: None)]
    assert found[1:] == [b"0", b"1", b"2"]


# --- a killed crawl -----------------------------------------------------------------------


def killed_crawl(run: Path, cut: int) -> list[Pointer]:
    """Leave what a crawl leaves that is killed while it writes its third record."""
    writer = open_writer(run)
    pointers = [write(writer, str(number).encode() * 300) for number in range(3)]
    writer.close()
    final = run / pointers[0].file
    unfinished = final.with_name(final.name + ".open")
    final.rename(unfinished)
    content = unfinished.read_bytes()
    unfinished.write_bytes(content[: len(content) - cut])
    return pointers


def test_whole_records_of_a_killed_crawl_can_be_read(tmp_path: Path) -> None:
    pointers = killed_crawl(tmp_path, 40)
    path = tmp_path / pointers[0].file
    assert read_record(path, pointers[1].offset).payload == b"1" * 300
    with pytest.raises(CaptureError, match="torn"):
        read_record(path, pointers[2].offset)


@pytest.mark.parametrize(("cut", "kept"), [(0, 4), (1, 3), (40, 3)])
def test_settling_cuts_off_the_torn_record_only(tmp_path: Path, cut: int, kept: int) -> None:
    pointers = killed_crawl(tmp_path, cut)
    path = tmp_path / pointers[0].file
    (told,) = settle(tmp_path / "captures")
    assert f"{kept} whole records" in told
    assert path.exists()
    assert len(list(records(path))) == kept
    assert read_record(path, pointers[1].offset).payload == b"1" * 300
    warcio_check(path)
    assert settle(tmp_path / "captures") == ()


def test_settling_leaves_a_file_that_is_damaged_inside(tmp_path: Path) -> None:
    pointers = killed_crawl(tmp_path, 0)
    unfinished = tmp_path / (pointers[0].file + ".open")
    flip(unfinished, pointers[1].offset + 150)
    before = unfinished.read_bytes()
    with pytest.raises(CaptureError):
        settle(tmp_path / "captures")
    assert unfinished.read_bytes() == before


def test_settling_overwrites_nothing(tmp_path: Path) -> None:
    pointers = killed_crawl(tmp_path, 0)
    (tmp_path / pointers[0].file).write_bytes(b"another")
    with pytest.raises(CaptureError, match="exists beside it"):
        settle(tmp_path / "captures")
    assert (tmp_path / pointers[0].file).read_bytes() == b"another"


def test_settling_deletes_a_file_without_a_whole_record(tmp_path: Path) -> None:
    (tmp_path / "demo-00000.warc.gz.open").write_bytes(b"\x1f\x8b\x08")
    assert "deleted" in settle(tmp_path)[0]
    assert list(tmp_path.iterdir()) == []


# --- the log of fetches -------------------------------------------------------------------


def log_of(run: Path) -> Path:
    return run / "captures" / "fetches.jsonl"


def test_fetches_come_back_in_order_and_at_once(tmp_path: Path) -> None:
    second = replace(
        FETCH, outcome=Outcome.TLS_NAME, status=None, file="", offset=-1, detail='"\n\udc80'
    )
    with open_writer(tmp_path) as writer:
        writer.record(FETCH)
        assert read_fetches(tmp_path) == (FETCH,)
        writer.record(second)
    assert read_fetches(tmp_path) == (FETCH, second)


def test_lines_are_canonical(tmp_path: Path) -> None:
    with open_writer(tmp_path) as writer:
        writer.record(replace(FETCH, fetched_at=MOMENT.astimezone(timezone(timedelta(hours=8)))))
        with pytest.raises(ValueError, match="zone"):
            writer.record(replace(FETCH, fetched_at=MOMENT.replace(tzinfo=None)))
        with pytest.raises(ValueError, match="JSON"):
            writer.record(replace(FETCH, duration=float("nan")))
    (line,) = log_of(tmp_path).read_bytes().split(b"\n")[:-1]
    values = json.loads(line)
    assert list(values) == sorted(values)
    assert values["fetched_at"] == "2026-11-22T21:15:00.123456Z"
    assert (values["kind"], values["outcome"]) == ("contact", "ok")
    assert "示例".encode() in line
    assert b'": ' not in line


_FETCHES = st.builds(
    Fetch,
    duration=st.floats(0, 1e6),
    fetched_at=st.datetimes(timezones=st.just(UTC)),
)


@given(fetches=st.lists(_FETCHES, max_size=3))
@settings(max_examples=40, deadline=None)
def test_any_fetch_comes_back(
    tmp_path_factory: pytest.TempPathFactory, fetches: list[Fetch]
) -> None:
    run = tmp_path_factory.mktemp("run")
    with open_writer(run) as writer:
        for fetch in fetches:
            writer.record(fetch)
    assert read_fetches(run) == tuple(fetches)


def two_lines(run: Path) -> Path:
    with open_writer(run) as writer:
        writer.record(FETCH)
        writer.record(replace(FETCH, depth=1))
    return log_of(run)


def test_a_torn_last_line_is_ignored_with_a_reason(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = two_lines(tmp_path)
    path.write_bytes(path.read_bytes()[:-40])
    with caplog.at_level(logging.WARNING):
        assert read_fetches(tmp_path) == (FETCH,)
    assert "fetches.jsonl:2: torn last line" in caplog.text
    assert "torn last line" in read_fetch_log(tmp_path).ignored


def test_a_line_that_lost_only_its_end_is_kept(tmp_path: Path) -> None:
    path = two_lines(tmp_path)
    path.write_bytes(path.read_bytes()[:-1])
    log = read_fetch_log(tmp_path)
    assert ([fetch.depth for fetch in log.fetches], log.ignored) == ([0, 1], "")


@pytest.mark.parametrize(("cut", "depths"), [(0, [0, 1, 2]), (1, [0, 1, 2]), (40, [0, 2])])
def test_a_later_writer_mends_the_torn_line(tmp_path: Path, cut: int, depths: list[int]) -> None:
    path = two_lines(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) - cut])
    with open_writer(tmp_path) as writer:
        writer.record(replace(FETCH, depth=2))
    assert [fetch.depth for fetch in read_fetches(tmp_path)] == depths


def test_a_log_of_a_run_before_there_was_rendering_is_read(tmp_path: Path) -> None:
    path = two_lines(tmp_path)
    old = path.read_bytes().replace(b'"rendered":false,', b"")
    assert b"rendered" not in old
    path.write_bytes(old)
    assert [fetch.rendered for fetch in read_fetches(tmp_path)] == [False, False]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b'{"', b'"', "fetches.jsonl:1"),
        (b'"depth":0', b'"depth":"0"', "depth: expected a whole number"),
        (b'"depth":0', b'"depth":true', "depth: expected a whole number"),
        (b'"depth":0,', b"", "missing: depth"),
        (b'"depth":0', b'"depth":0,"height":1', "unknown: height"),
        (b'"outcome":"ok"', b'"outcome":"fine"', "outcome: 'fine'"),
        (b'"declared":true', b'"declared":1', "declared: expected true or false"),
        (b'"url":"h', b'"url":"\xff', "damaged line"),
        (b"123456Z", b"123456", "ends with Z"),
        (b'"duration":0.25', b'"duration":NaN', "duration: expected a number"),
        (b'"chain":[', b'"chain":[1,', "chain: expected a text"),
    ],
)
def test_other_damage_is_refused_with_file_and_line(
    tmp_path: Path, old: bytes, new: bytes, told: str
) -> None:
    path = two_lines(tmp_path)
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))
    with pytest.raises(CaptureError, match=told) as caught:
        read_fetches(tmp_path)
    assert (caught.value.path, caught.value.place) == (path, 1)


def test_a_run_without_a_log_is_told(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="no log of fetches"):
        read_fetches(tmp_path)
