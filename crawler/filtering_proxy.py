"""A proxy on loopback that the browser must go through: the crawl's policy, on connections.

A browser resolves names and opens connections by itself, past the resolver and the address guard
of the crawl. It is started with this as its only way out. HTTPS passes as a tunnel: nothing is
decrypted, and the browser itself verifies the certificate.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit

from crawler.failures import endpoint_of
from crawler.page_guard import PageGuard

Endpoint = tuple[str, int]
#: Addresses of a host that may be asked; none, with a reason in the second part.
Lookup = Callable[[str, int], Awaitable[tuple[Sequence[Endpoint], str]]]

_HEAD_LIMIT = 64 * 1024
_HEAD_SECONDS = 10.0
_CONNECT_SECONDS = 15.0
_CHUNK = 64 * 1024
_HOP_BY_HOP = frozenset(  # RFC 9110 section 7.6.1, and what only a proxy reads
    ("connection", "keep-alive", "proxy-connection", "proxy-authorization", "te", "upgrade")
)


class _Head(NamedTuple):
    method: str
    target: str
    fields: tuple[tuple[str, str], ...]


class FilteringProxy:
    """Serves one page at a time: between pages, and to anybody else, it refuses everything."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.guard: PageGuard | None = None

    @property
    def port(self) -> int:
        """The port on loopback; known before the proxy listens."""
        return int(self._socket.getsockname()[1])

    async def start(self) -> None:
        """Listen; once."""
        if self._server is None:
            self._server = await asyncio.start_server(
                self._accept, sock=self._socket, limit=_HEAD_LIMIT
            )

    def hang_up(self) -> None:
        """End the connections of the page that was served."""
        self.guard = None
        for task in self._open:
            task.cancel()

    async def close(self) -> None:
        """Stop listening."""
        self.hang_up()
        if self._server is not None:
            self._server.close()
        self._socket.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass  # the browser hung up, or what it sent is no request: it hears nothing more
        except asyncio.CancelledError:
            pass  # the page is done; the server must not see its task as failed
        finally:
            self._open.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raw = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _HEAD_SECONDS)
        head = _parse(raw)
        guard = self.guard
        tunnel = head.method == "CONNECT"
        host, port = _authority(head.target) if tunnel else endpoint_of(head.target)
        reason = "no page is rendered" if guard is None else guard.host_refusal(host, port)
        if guard is not None and not reason and not tunnel:
            reason = guard.reason_against(head.target, head.method)
        if guard is None or reason:
            _refuse(writer, reason)
            return
        found, reason = await self._lookup(host, port)
        upstream = await _connect(found)
        if upstream is None:
            guard.kept_out.setdefault(host, reason or "did not answer")
            _refuse(writer, reason or "did not answer", 502)
            return
        try:
            if tunnel:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                upstream[1].write(_forwarded(head, host, port))
            await _relay((reader, writer), upstream, guard)
        finally:
            upstream[1].close()


Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _connect(found: Sequence[Endpoint]) -> Stream | None:
    for address, port in found:
        with suppress(OSError):  # TimeoutError is one
            return await asyncio.wait_for(asyncio.open_connection(address, port), _CONNECT_SECONDS)
    return None


async def _relay(browser: Stream, upstream: Stream, guard: PageGuard) -> None:
    """Copy both ways until either side ends, or the page has had enough."""
    ways = [
        asyncio.ensure_future(_copy(browser[0], upstream[1], guard)),
        asyncio.ensure_future(_copy(upstream[0], browser[1], guard)),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        with suppress(OSError):
            await browser[1].drain()
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


async def _copy(
    source: asyncio.StreamReader, target: asyncio.StreamWriter, guard: PageGuard
) -> None:
    while data := await source.read(_CHUNK):
        if not guard.spend(len(data)):
            return
        target.write(data)
        await target.drain()


def _parse(raw: bytes) -> _Head:
    lines = raw.decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ", 2)
    pairs = (line.partition(":") for line in lines[1:] if line)
    return _Head(method, target, tuple((name.strip(), value.strip()) for name, _, value in pairs))


def _authority(target: str) -> Endpoint:
    host, _, port = target.rpartition(":")
    return host.strip("[]").lower(), int(port)


def _forwarded(head: _Head, host: str, port: int) -> bytes:
    """The request as its server expects it; one per connection, so that each is looked at."""
    parts = urlsplit(head.target)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    name = host if port == 80 else f"{host}:{port}"
    kept = [pair for pair in head.fields if pair[0].lower() not in (*_HOP_BY_HOP, "host")]
    lines = [f"{head.method} {path} HTTP/1.1", f"Host: {name}"]
    lines += [f"{field}: {value}" for field, value in kept]
    return "\r\n".join((*lines, "Connection: close", "", "")).encode("latin-1")


def _refuse(writer: asyncio.StreamWriter, reason: str, status: int = 403) -> None:
    body = f"hotlines: {reason}\n".encode()
    head = f"HTTP/1.1 {status} refused\r\nContent-Type: text/plain\r\nConnection: close\r\n"
    writer.write(head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body)
