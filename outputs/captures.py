"""Write captures: WARC/1.1 records, one gzip member each, and the log of fetches.

`docs/decisions/0005-captures.md` says what a record keeps of an answer and what it does not.
Reading is in `capture_record.py`, the log in `fetches.py`, the bytes of a record in
`capture_block.py`; the public names of all are importable from here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from outputs.capture_block import (
    Header,
    HeaderBlock,
    http_member,
    resource_member,
    revisit_fields,
    warc_date,
    warcinfo_member,
)
from outputs.capture_files import (
    SUFFIX,
    append,
    next_number,
    open_log,
    settle,
    sync_directory,
    unfinished,
)
from outputs.capture_record import (
    BODY_LIMIT,
    OPEN,
    RECORD_LIMIT,
    Record,
    body_of,
    read_record,
    records,
)
from outputs.fetches import (
    CAPTURES,
    FETCHES,
    LEADS,
    CaptureError,
    Fetch,
    FetchLog,
    digest_of,
    fetch_to_line,
    read_fetch_log,
    read_fetches,
    read_leads,
)

__all__ = [
    "BODY_LIMIT",
    "CAPTURES",
    "FETCHES",
    "LEADS",
    "OPEN",
    "RECORD_LIMIT",
    "RENDERED_TYPE",
    "CaptureError",
    "CaptureWriter",
    "Fetch",
    "FetchLog",
    "Header",
    "Pointer",
    "Record",
    "body_of",
    "digest_of",
    "read_fetch_log",
    "read_fetches",
    "read_leads",
    "read_record",
    "records",
    "settle",
]

_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
RENDERED_TYPE = "text/html; charset=utf-8"  # of a rendered document
_SLACK = 2**20  # for the WARC header of a record


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where a record lies.

    Attributes:
        file: Final name, relative to the run directory: `captures/<name>.warc.gz`.
        offset: First byte of its gzip member.
    """

    file: str
    offset: int


class CaptureWriter:
    """Writes the captures of one run.

    Files are named `<prefix>-00000.warc.gz` and carry `.open` behind it until they are closed.
    A writer on a directory that an earlier, killed one has used takes the next free names and
    goes on with the same log of fetches.

    Args:
        directory: `captures` of the run directory; made if it is not there.
        run_id: The run, for the warcinfo record of each file.
        prefix: Start of the file names; one writer at a time may use it.
        software: Name and version of the program, for the warcinfo record.
        max_bytes: A record that would make a file larger goes into the next file.
        robots: The robots policy followed, for the warcinfo record.
        log: Name of the log of fetches.

    Raises:
        ValueError: `prefix` would not be a plain file name.
    """

    def __init__(
        self,
        directory: Path,
        *,
        run_id: str,
        prefix: str,
        software: str,
        max_bytes: int = 1 << 30,
        robots: str = "obeyed (RFC 9309); the decision on each request is in fetches.jsonl",
        log: str = FETCHES,
    ) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", prefix):
            raise ValueError(f"prefix {prefix!r}: only ASCII letters, digits, '.', '_' and '-'")
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._prefix = prefix
        self._max_bytes = max_bytes
        self._about = {"run_id": run_id, "software": software, "robots": robots}
        self._number = next_number(directory, prefix)
        self._path = directory
        self._file: BinaryIO | None = None
        self._closed = False
        self._log = open_log(directory / log)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def response(
        self,
        *,
        url: str,
        status: int,
        reason: str,
        headers: Sequence[Header],
        payload: bytes,
        fetched_at: datetime,
        ip: str = "",
    ) -> Pointer:
        """Keep an answer with its payload.

        Args:
            url: URL that answered, http or https.
            status: HTTP status.
            reason: Reason phrase; "" takes the standard one of the status.
            headers: In order, repeated ones kept. Bytes are kept as they are, text as UTF-8.
            payload: As received: content coding kept, transfer coding removed.
            fetched_at: With time zone.
            ip: Address that answered, "" if not known.

        Raises:
            ValueError: An argument does not fit into a record, or the payload is so large that
                it could not be read back.
        """
        fields = {"WARC-Payload-Digest": digest_of(payload)}
        if ip:
            # Without the zone of a link-local address: it names an interface of this machine.
            fields["WARC-IP-Address"] = str(ip_address(ip.partition("%")[0]))
        block = HeaderBlock(status, reason, headers, len(payload))
        return self._write("response", url, fetched_at, fields, block, payload)

    def not_modified(
        self,
        *,
        url: str,
        status: int,
        reason: str,
        headers: Sequence[Header],
        fetched_at: datetime,
        refers_to_date: datetime | None,
        payload_digest: str,
        refers_to_url: str = "",
    ) -> Pointer:
        """Keep a 304: the server says that what we hold is what it would send.

        Args:
            url: URL that answered, http or https.
            status: HTTP status.
            reason: Reason phrase; "" takes the standard one of the status.
            headers: As for `response`.
            fetched_at: With time zone.
            refers_to_date: Date of the record that holds the payload, None if not known.
            payload_digest: Its payload digest (`Record.payload_digest`), "" if not known;
                never the digest of a decoded body.
            refers_to_url: Its URL where it differs from `url`.

        Raises:
            ValueError: An argument does not fit into a record.
        """
        refers_to = refers_to_url or url
        fields = revisit_fields(_NOT_MODIFIED, refers_to, refers_to_date, payload_digest)
        return self._write(
            "revisit", url, fetched_at, fields, HeaderBlock(status, reason, headers), b""
        )

    def identical(
        self,
        *,
        url: str,
        status: int,
        reason: str,
        headers: Sequence[Header],
        fetched_at: datetime,
        refers_to_date: datetime | None,
        payload_digest: str,
        refers_to_url: str = "",
    ) -> Pointer:
        """Keep an answer whose payload equals, byte for byte, one that is held already.

        `payload_digest` is that of the payload just received, and of the record referred to.
        Where only the decoded bodies are known to be equal, use `unchanged`. The other
        arguments are those of `not_modified`.

        Raises:
            ValueError: An argument does not fit into a record, or the digest is empty.
        """
        if not payload_digest:
            raise ValueError("a record of an identical payload needs the payload's digest")
        refers_to = refers_to_url or url
        fields = revisit_fields(_IDENTICAL, refers_to, refers_to_date, payload_digest)
        return self._write(
            "revisit", url, fetched_at, fields, HeaderBlock(status, reason, headers), b""
        )

    def unchanged(
        self,
        *,
        url: str,
        status: int,
        reason: str,
        headers: Sequence[Header],
        payload: bytes,
        fetched_at: datetime,
        held: Record,
        ip: str = "",
    ) -> Pointer:
        """Keep an answer whose decoded body equals that of a response record we hold.

        Equal payloads give a revisit record. A payload that was compressed anew is other bytes,
        and a revisit record would claim a digest that is not its own: it is kept in full.
        Arguments are those of `response`.

        Raises:
            ValueError: An argument does not fit into a record, or `held` is not a response.
        """
        if held.warc_type != "response":
            raise ValueError(f"held is a {held.warc_type} record, which has no payload")
        if digest_of(payload) != held.payload_digest:
            return self.response(
                url=url,
                status=status,
                reason=reason,
                headers=headers,
                payload=payload,
                fetched_at=fetched_at,
                ip=ip,
            )
        return self.identical(
            url=url,
            status=status,
            reason=reason,
            headers=headers,
            fetched_at=fetched_at,
            refers_to_date=held.date,
            payload_digest=held.payload_digest,
            refers_to_url=held.url,
        )

    def rendered(self, *, url: str, markup: bytes, fetched_at: datetime) -> Pointer:
        """Keep the document that a browser made of a page; no server sent these bytes.

        Args:
            url: URL of the document at its end, http or https.
            markup: HTML in UTF-8.
            fetched_at: With time zone.

        Raises:
            ValueError: An argument does not fit into a record.
        """
        self._refuse_if_too_large(url, len(markup))
        fields = {"WARC-Date": warc_date(fetched_at), "WARC-Payload-Digest": digest_of(markup)}
        return self._append(resource_member(url, fields, RENDERED_TYPE, markup))

    def record(self, fetch: Fetch) -> None:
        """Append a line to the log of fetches; call it after the record it points to."""
        self._refuse_if_closed()
        append(self._log, fetch_to_line(fetch))

    def close(self) -> None:
        """Flush the files to the disk and give them their final names."""
        if self._closed:
            return
        self._closed = True
        with self._log:
            self._finish_file()
            os.fsync(self._log.fileno())
        sync_directory(self._directory)

    def _write(
        self,
        kind: str,
        url: str,
        fetched_at: datetime,
        fields: Mapping[str, str],
        block: HeaderBlock,
        payload: bytes,
    ) -> Pointer:
        self._refuse_if_too_large(url, len(payload) + len(block.headers_buff))
        fields = {"WARC-Date": warc_date(fetched_at), **fields}
        return self._append(http_member(kind, url, fields, block, payload))

    def _append(self, member: bytes) -> Pointer:
        self._refuse_if_closed()
        if self._file and self._file.tell() + len(member) > self._max_bytes:
            self._finish_file()
        offset = append(self._file or self._open_file(), member)
        return Pointer(f"{self._directory.name}/{self._path.name}", offset)

    def _open_file(self) -> BinaryIO:
        self._path = self._directory / f"{self._prefix}-{self._number:05}{SUFFIX}"
        self._number += 1
        info = warcinfo_member(self._path.name, **self._about)
        self._file = unfinished(self._path).open("xb", buffering=0)
        append(self._file, info)
        return self._file

    def _finish_file(self) -> None:
        if self._file is None:
            return
        with self._file:
            os.fsync(self._file.fileno())
        self._file = None
        unfinished(self._path).rename(self._path)

    @staticmethod
    def _refuse_if_too_large(url: str, length: int) -> None:
        if length + len(url) + _SLACK > RECORD_LIMIT:
            raise ValueError(f"{url}: {length} bytes are too large for one record")

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise ValueError(f"the captures of {self._directory} are closed")
