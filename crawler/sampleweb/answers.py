"""What a server can say to a request, and the answers that no plain file can hold."""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import cache

MEBIBYTE = 2**20
BOMB_MEBIBYTES = 200
ENDLESS_MEBIBYTES = 9  # just over the 8 MiB that the crawler accepts


class Delivery(StrEnum):
    """How an answer reaches the client."""

    WHOLE = auto()
    HANG = auto()  # the request is read and nothing ever comes
    STREAM = auto()  # chunked, ENDLESS_MEBIBYTES long, length not announced
    CUT = auto()  # the connection ends in the middle of the body


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, before conditions (304) and transport are looked at."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    delivery: Delivery = Delivery.WHOLE


def status_page(status: int, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """The bare page that a web server shows for a status."""
    text = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
    return Answer(status, text.encode(), headers=headers)


def redirect(location: str, status: int = 302) -> Answer:
    """A redirect with the usual page of one line."""
    return status_page(status, (("Location", location),))


def gzip_bomb() -> Answer:
    """A few hundred KB on the wire, BOMB_MEBIBYTES of zeros when inflated."""
    return Answer(body=_bomb(), headers=(("Content-Encoding", "gzip"),))


@cache
def _bomb() -> bytes:
    # A full flush ends on a byte and forgets all history, so one compressed block may be
    # repeated: 200 MiB of zeros in the time of one.
    block = bytes(MEBIBYTE)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(BOMB_MEBIBYTES):
        checksum = zlib.crc32(block, checksum)
    end = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS).flush()
    trailer = struct.pack("<II", checksum, BOMB_MEBIBYTES * MEBIBYTE)
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff" + packed * BOMB_MEBIBYTES + end + trailer


def truncated_gzip(page: bytes) -> Answer:
    """A gzip stream that ends in the middle, announced as complete."""
    packed = gzip.compress(page, mtime=0)
    return Answer(body=packed[: len(packed) // 2], headers=(("Content-Encoding", "gzip"),))


def packed_anew(page: bytes, attempt: int) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    """The same page in other gzip bytes each time, as servers that compress on the fly do."""
    packed = gzip.compress(page, compresslevel=1 + attempt % 9, mtime=1_700_000_000 + attempt)
    return packed, (("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))


def endless_chunks() -> Iterator[bytes]:
    """A page that is never done, in chunks of 64 KiB."""
    line = "<p>示例岩支付 服务公告归档，内容仅为占位。</p>\n".encode()
    chunk = line * (65536 // len(line))
    sent = 0
    while sent <= ENDLESS_MEBIBYTES * MEBIBYTE:
        yield chunk
        sent += len(chunk)


def jpeg() -> Answer:
    """The smallest thing that calls itself a picture."""
    body = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
    return Answer(body=body, content_type="image/jpeg")


def broken_pdf() -> Answer:
    """A document that says it is a PDF and is none."""
    body = b"%PDF-1.7\n" + bytes(range(256)) * 8 + b"\nstartxref\n99999999\n%%EOF\n"
    return Answer(body=body, content_type="application/pdf")
