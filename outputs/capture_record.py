"""Read capture files: one record at an offset, or all of them in order.

Each record is a gzip member of its own (`docs/decisions/0005-captures.md`), so an offset is
enough to reach it, also behind damage and in the `.open` file of a killed crawl.
"""

from __future__ import annotations

import io
import mmap
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeadersParserException

from outputs.fetches import CaptureError
from pipelines.inflate import inflate

BODY_LIMIT = 8 * 2**20
RECORD_LIMIT = 64 * 2**20  # of one record, decompressed
OPEN = ".open"

_STEP = 64 * 1024
_MEMBER_START = b"\x1f\x8b\x08"
_RESTORE = "Restore the file from a copy (its sha256 is in the manifest), or crawl again."
_WRONG_OFFSET = "Is the file of another run, or was it cut off? " + _RESTORE
# What warcio raises on a record that is not one; the last two where a field is missing.
_UNREADABLE = (
    ArchiveLoadFailed,
    StatusAndHeadersParserException,
    EOFError,
    ValueError,
    AttributeError,
    TypeError,
)


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a capture file.

    Attributes:
        warc_type: `response`, `resource`, `revisit`, `warcinfo` …
        url: WARC-Target-URI, "" for a warcinfo record.
        date: Time of the fetch.
        status: HTTP status, None where the record holds no HTTP answer.
        headers: HTTP headers in order, repeated ones kept; octets are read as UTF-8, or as
            Latin-1 where they are not. Of a resource: its content type alone.
        payload: Bytes as received, content coding kept; the text of a warcinfo record.
        payload_digest: WARC-Payload-Digest; of a revisit: that of the record it refers to.
        profile: WARC-Profile of a revisit.
        refers_to_url: WARC-Refers-To-Target-URI of a revisit.
        refers_to_date: WARC-Refers-To-Date of a revisit.
    """

    warc_type: str
    url: str
    date: datetime
    status: int | None
    reason: str
    headers: tuple[tuple[str, str], ...]
    payload: bytes
    payload_digest: str = ""
    profile: str = ""
    refers_to_url: str = ""
    refers_to_date: datetime | None = None

    def header(self, name: str) -> str:
        """Return the values of a header, joined by a comma; "" if it is not there."""
        return ", ".join(value for key, value in self.headers if key.lower() == name.lower())


def read_record(path: Path, offset: int) -> Record:
    """Return the record that starts at an offset.

    Args:
        path: A capture file; if only its `.open` form exists (killed crawl), that is read.
        offset: Offset of a record as a `Pointer` or a `Fetch` gives it.

    Raises:
        CaptureError: No such file, no record there, or the record is torn or damaged.
    """
    path = _existing(path)
    with path.open("rb") as file:
        return _parse(path, offset, _member(path, file, offset)[0])


def body_of(record: Record, limit: int = BODY_LIMIT) -> bytes:
    """Return the payload of a response with its content coding undone, or that of a resource.

    Raises:
        ValueError: The record is neither, so it has no body of its own.
        TooLarge: The body is larger than the limit.
        BadEncoding: The payload is not what its Content-Encoding says.
    """
    if record.warc_type not in ("response", "resource"):
        raise ValueError(
            f"the {record.warc_type} record of {record.url} has no body; read the record it "
            f"refers to ({record.refers_to_url} of {record.refers_to_date})"
        )
    return inflate(record.payload, record.header("Content-Encoding"), limit)


def records(
    path: Path, on_damage: Callable[[CaptureError], None] | None = None
) -> Iterator[tuple[int, Record]]:
    """Yield every record of a capture file with its offset.

    Args:
        path: A capture file; if only its `.open` form exists (killed crawl), that is read.
        on_damage: Told of each damaged place; reading then goes on at the next whole record.

    Raises:
        CaptureError: A record is torn or damaged and `on_damage` is not given.
    """
    path = _existing(path)
    with path.open("rb") as file:
        end = file.seek(0, io.SEEK_END)
        offset = 0
        while offset < end:
            try:
                block, behind = _member(path, file, offset)
                record = _parse(path, offset, block)
            except CaptureError as damage:
                if on_damage is None:
                    raise
                on_damage(damage)
                offset = _next_start(path, file, offset + 1, end)
                continue
            yield offset, record
            offset = behind


def _existing(path: Path) -> Path:
    for candidate in (path, path.with_name(path.name + OPEN)):
        if candidate.is_file():
            return candidate
    raise CaptureError("no such capture file", path, -1, _RESTORE)


def _member(path: Path, file: BinaryIO, offset: int) -> tuple[bytes, int]:
    """Decompress exactly one gzip member; return its content and the offset behind it."""
    if offset < 0 or not file.seek(offset) < file.seek(0, io.SEEK_END):
        raise CaptureError("no record starts there", path, offset, _WRONG_OFFSET)
    file.seek(offset)
    decoder = zlib.decompressobj(31)
    pieces: list[bytes] = []
    total = 0
    pending = b""
    while not decoder.eof:
        fresh = b"" if pending else file.read(_STEP)
        try:
            piece = decoder.decompress(pending or fresh, _STEP)
        except zlib.error as error:
            raise CaptureError(f"damaged record: {error}", path, offset, _RESTORE) from None
        if not (piece or pending or fresh or decoder.eof):
            raise CaptureError("torn record: the file ends within it", path, offset, _RESTORE)
        pending = decoder.unconsumed_tail
        total += len(piece)
        if total > RECORD_LIMIT:
            what = f"the record has more than {RECORD_LIMIT} bytes"
            raise CaptureError(what, path, offset, "No crawl of ours writes such a record.")
        pieces.append(piece)
    return b"".join(pieces), file.tell() - len(decoder.unused_data)


def _next_start(path: Path, file: BinaryIO, start: int, end: int) -> int:
    """Return the offset of the next whole WARC record at or behind `start`, else the end."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        at = content.find(_MEMBER_START, start)
        while at >= 0:
            try:
                if _member(path, file, at)[0].startswith(b"WARC/"):
                    return at
            except CaptureError:
                pass  # three bytes that only look like the start of a member
            at = content.find(_MEMBER_START, at + 1)
    return end


def _parse(path: Path, offset: int, block: bytes) -> Record:
    stream = io.BytesIO(block)
    try:
        loaded = ArcWarcRecordLoader(arc2warc=False).parse_record_stream(
            stream, known_format="warc", check_digests="raise"
        )
        payload = loaded.raw_stream.read()
        if stream.read() != b"\r\n\r\n":
            raise ValueError("its Content-Length does not fit what is there")
        return _record(loaded, payload)
    except _UNREADABLE as error:
        raise CaptureError(f"damaged record: {error}", path, offset, _RESTORE) from None


def _record(loaded: ArcWarcRecord, payload: bytes) -> Record:
    warc, http = loaded.rec_headers, loaded.http_headers
    status, _, reason = http.statusline.partition(" ") if http else ("", "", "")
    headers = tuple(http.headers) if http else ()
    if loaded.rec_type == "resource":
        headers = (("Content-Type", warc.get_header("Content-Type", "")),)
    refers_to_date = warc.get_header("WARC-Refers-To-Date")
    return Record(
        warc_type=loaded.rec_type or "",
        url=warc.get_header("WARC-Target-URI", ""),
        date=datetime.fromisoformat(warc.get_header("WARC-Date", "")),
        status=int(status) if status else None,
        reason=reason,
        headers=headers,
        payload=payload,
        payload_digest=warc.get_header("WARC-Payload-Digest", ""),
        profile=warc.get_header("WARC-Profile", ""),
        refers_to_url=warc.get_header("WARC-Refers-To-Target-URI", ""),
        refers_to_date=datetime.fromisoformat(refers_to_date) if refers_to_date else None,
    )
