"""The bytes of one WARC record: names and values that cannot break out of their line.

`docs/decisions/0005-captures.md` says what a record keeps of an answer and what it does not.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from warcio.timeutils import datetime_to_iso_date
from warcio.warcwriter import WARCWriter

Header = tuple[str | bytes, str | bytes]

_URI_CHARACTERS = ":/?#[]@!$&'()*+,;=%-._~"  # RFC 3986 section 2, and what is encoded already
_NOT_TOKEN = re.compile(rb"[^!#$%&'*+\-.^_`|~0-9A-Za-z]")  # RFC 9110 section 5.6.2
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")  # may not stand in a value (section 5.5)
_DROPPED = (b"set-cookie", b"set-cookie2", b"transfer-encoding")
_FORMAT = "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


class HeaderBlock:
    """The bytes of a status line and headers, with the two names by which warcio asks for them.

    warcio's own class rewrites values outside ASCII; these bytes go into the record unchanged.

    Args:
        status: HTTP status, three digits.
        reason: Reason phrase; "" takes the standard one.
        headers: In order. Bytes are kept as they are, text becomes UTF-8.
        length: Bytes of the payload stored with it: a Content-Length is set to it, since the
            wire may have been chunked, or have lied. None keeps what the server said.
    """

    def __init__(
        self, status: int, reason: str, headers: Sequence[Header], length: int | None = None
    ) -> None:
        if not 100 <= status <= 999:
            raise ValueError(f"HTTP status {status} has not three digits")
        lines = [b"HTTP/1.1 %d %b" % (status, _value(reason or _standard_reason(status)))]
        lines += (b"%b: %b" % pair for pair in _kept(headers, length))
        self.headers_buff = b"\r\n".join(lines) + b"\r\n\r\n"

    def compute_headers_buffer(self, _filter: object = None) -> None:
        """Do nothing: the bytes are there."""


def target_uri(url: str) -> str:
    """Return a URL as it may stand in a WARC header: percent-encoded where it must be.

    Raises:
        ValueError: It is not an http or https URL; readers would not look for HTTP headers.

    >>> target_uri("https://pay.example/客服 热线")
    'https://pay.example/%E5%AE%A2%E6%9C%8D%20%E7%83%AD%E7%BA%BF'
    """
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"{url!r} is not an http or https URL")
    return quote(url, safe=_URI_CHARACTERS, errors="surrogatepass")


def warc_date(moment: datetime) -> str:
    """Return a time as WARC/1.1 writes it, in UTC with microseconds.

    Raises:
        ValueError: The time has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError("the time of a fetch needs a time zone")
    naive = moment.astimezone(UTC).replace(tzinfo=None)
    return str(datetime_to_iso_date(naive, use_micros=True))


def revisit_fields(profile: str, url: str, date: datetime | None, digest: str) -> dict[str, str]:
    """Return the WARC fields by which a revisit names the record it refers to.

    Raises:
        ValueError: `digest` is not of the form `ALGORITHM:VALUE`, or `date` has no zone.
    """
    if digest and not re.fullmatch(r"[A-Za-z0-9-]+:[!-~]+", digest):
        raise ValueError(f"{digest!r} is not a digest; expected ALGORITHM:VALUE")
    fields = {"WARC-Profile": profile, "WARC-Refers-To-Target-URI": target_uri(url)}
    if date is not None:
        fields["WARC-Refers-To-Date"] = warc_date(date)
    if digest:
        fields["WARC-Payload-Digest"] = digest
    return fields


def http_member(
    kind: str, url: str, fields: Mapping[str, str], block: HeaderBlock, payload: bytes
) -> bytes:
    """Return a `response` or `revisit` record as one gzip member."""
    buffer = io.BytesIO()
    writer: Any = WARCWriter(buffer, gzip=True, warc_version="1.1")
    record = writer.create_warc_record(
        target_uri(url),
        kind,
        payload=io.BytesIO(payload),
        length=len(payload),
        warc_headers_dict=dict(fields),
        http_headers=block,
    )
    writer.write_record(record)
    return buffer.getvalue()


def resource_member(
    url: str, fields: Mapping[str, str], content_type: str, payload: bytes
) -> bytes:
    """Return a `resource` record, which holds no answer of a server, as one gzip member."""
    buffer = io.BytesIO()
    writer: Any = WARCWriter(buffer, gzip=True, warc_version="1.1")
    record = writer.create_warc_record(
        target_uri(url),
        "resource",
        payload=io.BytesIO(payload),
        length=len(payload),
        warc_headers_dict=dict(fields),
        warc_content_type=content_type,
    )
    writer.write_record(record)
    return buffer.getvalue()


def warcinfo_member(file_name: str, run_id: str, software: str, robots: str) -> bytes:
    """Return the record that opens a file and says how its records came about."""
    info = {
        "software": software,
        "format": "WARC File Format 1.1",
        "conformsTo": _FORMAT,
        "isPartOf": run_id,
        "robots": robots,
        "description": (
            "Payloads are as received: content coding kept, transfer coding removed. HTTP header "
            "blocks are a reconstruction: names normalized, Set-Cookie, Set-Cookie2 and "
            "Transfer-Encoding dropped, Content-Length set to the stored payload. A resource "
            "record is a page as a browser rendered it: markup of its document, in UTF-8."
        ),
    }
    buffer = io.BytesIO()
    writer: Any = WARCWriter(buffer, gzip=True, warc_version="1.1")
    lines = {name: " ".join(value.split()) for name, value in info.items()}
    writer.write_record(writer.create_warcinfo_record(file_name, lines))
    return buffer.getvalue()


def _kept(headers: Sequence[Header], length: int | None) -> list[tuple[bytes, bytes]]:
    kept: list[tuple[bytes, bytes]] = []
    length_pending = length is not None
    for name, value in ((_name(name), _value(value)) for name, value in headers):
        if name.lower() in _DROPPED:
            continue
        if name.lower() == b"content-length" and length is not None:
            if length_pending:
                kept.append((name, b"%d" % length))
            length_pending = False
            continue
        kept.append((name, value))
    return kept


def _name(name: str | bytes) -> bytes:
    return _NOT_TOKEN.sub(b"_", _octets(name).strip()) or b"_"


def _value(value: str | bytes) -> bytes:
    # RFC 9110 section 5.5: a recipient replaces CR, LF and NUL by a space, or refuses.
    return _CONTROL.sub(b" ", _octets(value)).strip(b" \t")


def _octets(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def _standard_reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""  # a phrase may be empty (RFC 9112 section 4)
