"""A small web that misbehaves: plain and TLS on loopback, one route per way to fail."""

from __future__ import annotations

import ssl
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

from crawler.sampleweb.certificates import Certificate, write_certificates


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it arrived."""

    host: str
    path: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a route answers; with `chunks`, in chunked transfer coding."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    chunks: int = 0
    cut: bool = False  # promise more than is sent, then hang up


Route = Callable[["Visit"], Reply]


@dataclass(frozen=True, slots=True)
class Visit:
    """What a route sees of a request."""

    web: HostileWeb
    handler: BaseHTTPRequestHandler
    host: str
    attempt: int  # 0 for the first request of this route

    def header(self, name: str) -> str:
        return self.handler.headers.get(name) or ""


@dataclass(slots=True)
class HostileWeb:
    """`routes` maps "host/path" to a route; whatever is not there answers 404."""

    directory: Path
    certificates: dict[str, Certificate] = field(default_factory=dict)
    routes: dict[str, Route] = field(default_factory=dict)
    plain_hosts: list[str] = field(default_factory=list)
    closed_hosts: list[str] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    arrived: threading.Event = field(default_factory=threading.Event)
    _attempts: Counter[str] = field(default_factory=Counter)
    _servers: list[ThreadingHTTPServer] = field(default_factory=list)

    def __enter__(self) -> Self:
        _, files = write_certificates(self.directory, self.certificates)
        contexts = {host: _context(path) for host, path in files.items()}
        for tls in (False, True):
            server = _Server(("127.0.0.1", 0), _handler(self))
            if tls and contexts:
                front = next(iter(contexts.values()))

                def pick(sock: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
                    sock.context = contexts[name or ""]

                front.sni_callback = pick
                server.socket = front.wrap_socket(
                    server.socket, server_side=True, do_handshake_on_connect=False
                )
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            self._servers.append(server)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release.set()
        for server in self._servers:
            server.shutdown()
            server.server_close()

    @property
    def ca_file(self) -> Path:
        return self.directory / "ca.pem"

    @property
    def resolve(self) -> tuple[str, ...]:
        plain, tls = (server.server_address[1] for server in self._servers)
        names = dict.fromkeys(key.partition("/")[0] for key in self.routes)
        ports = [
            f"{name}:{port}=127.0.0.1:{to}"
            for name in (*names, *self.plain_hosts, *self.certificates)
            for port, to in ((80, plain), (443, tls))
        ]
        return tuple(dict.fromkeys(ports)) + tuple(
            f"{name}:80=127.0.0.1:1" for name in self.closed_hosts
        )

    def answer(self, handler: BaseHTTPRequestHandler) -> Reply:
        host = (handler.headers.get("Host") or "").partition(":")[0]
        self.seen.append(Seen(host, handler.path, dict(handler.headers.items())))
        key = host + handler.path
        route = self.routes.get(key)
        if route is None:
            return Reply(b"<p>404", 404)
        attempt = self._attempts[key]
        self._attempts[key] += 1
        return route(Visit(self, handler, host, attempt))

    def asked(self, host: str) -> list[str]:
        """Paths that were asked of a host, in order."""
        return [request.path for request in self.seen if request.host == host]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Broken connections and handshakes are what this web is for."""


def _context(path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def _handler(web: HostileWeb) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "hostile"

        def do_GET(self) -> None:
            self._send(web.answer(self))

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            if reply.status != 304:
                self.send_header("Content-Type", reply.content_type)
                if reply.chunks:
                    self.send_header("Transfer-Encoding", "chunked")
                else:
                    length = len(reply.body) + 1000 * reply.cut
                    self.send_header("Content-Length", str(length))
            for name, value in reply.headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(_chunked(reply.body, reply.chunks) if reply.chunks else reply.body)
            if reply.cut:
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            """Quiet."""

    return Handler


def _chunked(body: bytes, chunks: int) -> bytes:
    size = max(1, -(-len(body) // chunks))
    pieces = [body[i : i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in (*pieces, b""))


def page(*links: tuple[str, str], number: str = "95003", extra: str = "") -> bytes:
    """A page of an invented brand."""
    anchors = "".join(f'<p><a href="{url}">{text}</a></p>' for url, text in links)
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">{extra}'
        f"<title>示例</title></head><body><p>客服热线：{number}</p>{anchors}</body></html>"
    ).encode()


def says(reply: Reply) -> Route:
    """A route that always answers the same."""
    return lambda visit: reply


def redirect(target: str, status: int = 302) -> Route:
    return says(Reply(b"", status, headers=(("Location", target),)))
