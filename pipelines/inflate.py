"""Undo the content coding of a payload, within bounds.

One function serves the crawl and the replay, so that both see the same body. Rules:

- RFC 9110 section 8.4: codings are listed in the order in which they were applied, so they
  are undone from the last to the first; names are case-insensitive; `x-gzip` equals `gzip`.
- RFC 1952 section 2.2: a gzip file is a series of members; their bodies are joined.
- `deflate` means the zlib format (RFC 1950); servers that send bare deflate (RFC 1951) are
  common enough that browsers accept both, and so do we.
- What follows a finished stream and does not start another gzip member is ignored, as
  browsers do (servers pad with zeros or append line ends). A second member that is damaged is
  not padding: it is refused.
- An empty payload has nothing to undo, whatever coding it names (answers without a body).
"""

from __future__ import annotations

import zlib

_STEP = 64 * 1024
_GZIP_START = b"\x1f\x8b\x08"
_GZIP, _ZLIB, _RAW = 31, 15, -15  # `wbits` of zlib.decompressobj
_MAX_CODINGS = 5  # a longer chain is an attack on our time; curl draws the line there too
_MAX_MEMBERS = 10_000  # bgzip makes one per 64 KiB; empty ones by the million only cost time


class TooLarge(ValueError):  # noqa: N818 - named for what is raised
    """The body is larger than the limit; decoding stopped there."""


class BadEncoding(ValueError):  # noqa: N818 - named for what is raised
    """The payload is not what its content coding says, or the coding is not known here."""


def inflate(payload: bytes, content_encoding: str, limit: int) -> bytes:
    """Return the body under the content codings named.

    Args:
        payload: Bytes as received, transfer coding already removed.
        content_encoding: Value of the Content-Encoding header ("" for none); several headers
            are joined by a comma.
        limit: Most bytes that the body, or a body between two codings, may have.

    Raises:
        TooLarge: The body has more than `limit` bytes; not more than one of them beyond it was
            decoded.
        BadEncoding: The payload is damaged or cut off, or a coding is not known.

    >>> inflate(zlib.compress("客服热线".encode()), "deflate", 100).decode()
    '客服热线'
    """
    codings = _codings(content_encoding)
    body = payload
    for coding in reversed(codings):
        body = _undo(body, coding, limit)
    if len(body) > limit:
        raise TooLarge(f"the body has {len(body)} bytes, more than the limit of {limit}")
    return body


def _codings(content_encoding: str) -> list[str]:
    names = [name.strip().lower() for name in content_encoding.split(",")]
    codings = [name.removeprefix("x-") for name in names if name not in ("", "identity")]
    for coding in codings:
        if coding not in ("gzip", "deflate"):
            raise BadEncoding(
                f"content coding {coding!r} is not supported (known: gzip, deflate, identity); "
                "ask for these only in Accept-Encoding"
            )
    if len(codings) > _MAX_CODINGS:
        raise BadEncoding(f"{len(codings)} content codings in a row, more than {_MAX_CODINGS}")
    return codings


def _undo(payload: bytes, coding: str, limit: int) -> bytes:
    if not payload:
        return payload
    if coding == "gzip":
        return _gunzip(payload, limit)
    try:
        return _stream(payload, 0, _ZLIB, limit)[0]
    except BadEncoding as as_zlib:
        try:
            return _stream(payload, 0, _RAW, limit)[0]
        except BadEncoding:
            raise BadEncoding(
                f"not deflate, neither with nor without zlib header: {as_zlib}"
            ) from None


def _gunzip(payload: bytes, limit: int) -> bytes:
    members: list[bytes] = []
    position = total = 0
    while not members or payload.startswith(_GZIP_START, position):
        body, position = _stream(payload, position, _GZIP, limit - total)
        total += len(body)
        members.append(body)
        if len(members) > _MAX_MEMBERS:
            raise BadEncoding(f"more than {_MAX_MEMBERS} gzip members in one payload")
    return b"".join(members)


def _stream(payload: bytes, start: int, wbits: int, limit: int) -> tuple[bytes, int]:
    """Decode one stream from `start`; return its body and the position behind it."""
    decoder = zlib.decompressobj(wbits)
    pieces: list[bytes] = []
    total, position = 0, start
    pending = b""
    while not decoder.eof:
        if not pending:
            pending = payload[position : position + _STEP]
            position += len(pending)
        piece = _step(decoder, pending, max(1, min(_STEP, limit - total + 1)))
        # The decoder may hold output back when a piece fills the step exactly, so the end is
        # reached only if it had nothing to read and nothing to give.
        if not piece and not pending and not decoder.eof:
            raise BadEncoding(f"the compressed payload breaks off after {len(payload)} bytes")
        pending = decoder.unconsumed_tail
        total += len(piece)
        if total > limit:
            raise TooLarge("the decoded body is larger than the limit; decoding stopped there")
        pieces.append(piece)
    return b"".join(pieces), position - len(decoder.unused_data)


def _step(decoder: zlib._Decompress, data: bytes, most: int) -> bytes:
    try:
        return decoder.decompress(data, most)
    except zlib.error as error:
        raise BadEncoding(f"the compressed payload is damaged: {error}") from None
