"""Turns an `Answer` into HTTP/1.1: conditions, cut and endless bodies, requests that hang."""

from __future__ import annotations

import hashlib
import ssl
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, cast

from crawler.sampleweb.answers import Answer, Delivery, endless_chunks

if TYPE_CHECKING:
    from crawler.sampleweb.server import _Server


class Handler(BaseHTTPRequestHandler):
    """Asks the web for the answer and sends it."""

    protocol_version = "HTTP/1.1"
    server_version = "SampleWeb"
    sys_version = ""
    disable_nagle_algorithm = True  # head and body are two writes
    timeout = 20  # a kept-alive connection that says nothing more is closed

    @property
    def _front(self) -> _Server:
        return cast("_Server", self.server)

    def setup(self) -> None:
        """Does the TLS handshake before anything is read."""
        self.request.settimeout(self.timeout)
        if isinstance(self.request, ssl.SSLSocket):
            self.request.do_handshake()
        super().setup()

    def do_GET(self) -> None:
        """Answers one request."""
        web = self._front.web
        host = (self.headers.get("Host") or "").partition(":")[0].lower()
        answer = web.answer(self._front.scheme, host, self.path)
        headers = [*answer.headers, *_tags(answer, web.validators(host))]
        conditional = "If-None-Match" in self.headers or "If-Modified-Since" in self.headers
        unchanged = answer.status == 200 and conditional and self._unchanged(dict(headers))
        status = 304 if unchanged else answer.status
        shown = 0 if answer.delivery is Delivery.HANG else status
        web.note(self._front.scheme, host, self.path, shown, conditional)
        if answer.delivery is Delivery.HANG:
            web.stopping.wait()
            self.close_connection = True
        elif unchanged:
            self._head(304, [(n, v) for n, v in headers if n in ("ETag", "Last-Modified")])
        else:
            self._send(answer, headers)

    def _unchanged(self, headers: dict[str, str]) -> bool:
        # RFC 9110, 13.2.2: If-None-Match, where it is sent, makes the date irrelevant.
        asked = self.headers.get("If-None-Match")
        if asked is not None:
            held = headers.get("ETag", "").removeprefix("W/")
            return bool(held) and held in [t.strip().removeprefix("W/") for t in asked.split(",")]
        modified = headers.get("Last-Modified")
        try:
            since = parsedate_to_datetime(self.headers["If-Modified-Since"])
            return modified is not None and parsedate_to_datetime(modified) <= since
        except (TypeError, ValueError):
            return False  # RFC 9110, 13.1.3: a date that cannot be read is ignored

    def _send(self, answer: Answer, headers: list[tuple[str, str]]) -> None:
        headers = [("Content-Type", answer.content_type), *headers]
        if answer.delivery is Delivery.STREAM:
            self._head(answer.status, [*headers, ("Transfer-Encoding", "chunked")])
            for chunk in endless_chunks():
                self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            self.wfile.write(b"0\r\n\r\n")
            return
        self._head(answer.status, [*headers, ("Content-Length", str(len(answer.body)))])
        if answer.delivery is Delivery.CUT:
            self.wfile.write(answer.body[: len(answer.body) // 2])
            self.close_connection = True
        else:
            self.wfile.write(answer.body)

    def _head(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing: `SampleWeb.requests` is the log."""


def _tags(answer: Answer, validators: tuple[str, ...]) -> list[tuple[str, str]]:
    if answer.status != 200 or answer.delivery is not Delivery.WHOLE:
        return []
    digest = hashlib.sha256(answer.body).hexdigest()[:20]
    if "etag" in validators:
        return [("ETag", f'"{digest}"')]
    if "weak_etag" in validators:
        return [("ETag", f'W/"{digest}"')]
    return []
