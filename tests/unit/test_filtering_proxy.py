"""The browser's only way out, spoken to by hand: what passes, what does not, and what is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from crawler.filtering_proxy import Endpoint, FilteringProxy
from crawler.page_guard import PageGuard
from pipelines.model import Brand, Fact
from pipelines.vocabulary import Grade

BRAND = Brand(
    id="pay",
    name_zh="示例",
    country="CN",
    domains=(Fact("pay.test", Grade.D, "invented for a test"),),
)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n95003"
Talk = Callable[[FilteringProxy, list[bytes]], Awaitable[None]]


def with_proxy(
    talk: Talk, *, max_bytes: int = 10_000, refused: str = "", page: bool = True
) -> tuple[PageGuard, list[bytes]]:
    """Run a conversation; gives back the guard, and what the server behind the proxy read."""
    guard = PageGuard(BRAND, "http://www.pay.test/contact", max_bytes)
    read: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        read.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(ANSWER)
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        address: Endpoint = ("127.0.0.1", server.sockets[0].getsockname()[1])

        async def lookup(_host: str, _port: int) -> tuple[Sequence[Endpoint], str]:
            return ((), refused) if refused else ((address,), "")

        proxy = FilteringProxy(lookup)
        await proxy.start()
        proxy.guard = guard if page else None
        try:
            await asyncio.wait_for(talk(proxy, read), 20)
        finally:
            await proxy.close()
            server.close()

    asyncio.run(run())
    return guard, read


async def ask(proxy: FilteringProxy, *parts: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    for part in parts:
        writer.write(part)
    answer = await reader.read()
    writer.close()
    return answer


def connect(target: str) -> bytes:
    return f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode()


def get(url: str, method: str = "GET") -> bytes:
    return (
        f"{method} {url} HTTP/1.1\r\nHost: whatever.test\r\nProxy-Connection: keep-alive\r\n"
        "Upgrade: websocket\r\nUser-Agent: hotlines\r\n\r\n"
    ).encode()


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def test_a_tunnel_to_declared_ground_passes_bytes_unread() -> None:
    async def talk(proxy: FilteringProxy, read: list[bytes]) -> None:
        answer = await ask(proxy, connect("www.pay.test:443"), b"\x16\x03 hello\r\n\r\n")
        assert answer == b"HTTP/1.1 200 Connection established\r\n\r\n" + ANSWER

    assert with_proxy(talk)[1] == [b"\x16\x03 hello\r\n\r\n"]


def test_a_plain_request_is_sent_as_its_server_expects_it() -> None:
    async def talk(proxy: FilteringProxy, read: list[bytes]) -> None:
        assert await ask(proxy, get("http://www.pay.test/a?b=1")) == ANSWER

    assert with_proxy(talk)[1] == [
        (
            b"GET /a?b=1 HTTP/1.1\r\nHost: www.pay.test\r\nUser-Agent: hotlines\r\n"
            b"Connection: close\r\n\r\n"
        )
    ]


@pytest.mark.parametrize(
    ("request_bytes", "host", "reason"),
    [
        (connect("www.foreign.test:443"), "www.foreign.test", "not declared ground"),
        (connect("127.0.0.1:443"), "127.0.0.1", "not declared ground"),
        (connect("[::1]:443"), "::1", "not declared ground"),
        (connect("www.pay.test:22"), "www.pay.test", "port 22"),
        (get("http://www.foreign.test/"), "www.foreign.test", "not declared ground"),
        (get("http://www.pay.test:25/"), "www.pay.test", "port 25"),
    ],
)
def test_other_hosts_and_ports_are_refused(request_bytes: bytes, host: str, reason: str) -> None:
    async def talk(proxy: FilteringProxy, read: list[bytes]) -> None:
        answer = await ask(proxy, request_bytes)
        assert status(answer) == 403
        assert reason.encode() in answer

    guard, read = with_proxy(talk)
    assert (guard.kept_out, read) == ({host: reason}, [])


@pytest.mark.parametrize(
    "request_bytes",
    [get("http://www.pay.test/x", "POST"), get("http://www.pay.test/forum/1"), b"\r\n\r\n", b"x"],
)
def test_what_the_page_itself_could_not_ask_is_refused(request_bytes: bytes) -> None:
    async def talk(proxy: FilteringProxy, read: list[bytes]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(request_bytes)
        writer.write_eof()
        answer = await reader.read()
        assert not answer or status(answer) == 403
        writer.close()

    assert with_proxy(talk)[1] == []


def test_a_private_address_is_refused_and_told() -> None:
    async def talk(proxy: FilteringProxy, read: list[bytes]) -> None:
        answer = await ask(proxy, connect("www.pay.test:443"))
        assert status(answer) == 502
        assert b"10.0.0.1 is private" in answer

    guard, read = with_proxy(talk, refused="10.0.0.1 is private")
    assert (guard.kept_out, read) == ({"www.pay.test": "10.0.0.1 is private"}, [])


def test_a_page_that_had_enough_is_cut_off() -> None:
    async def talk(proxy: FilteringProxy, read: list[bytes]) -> None:
        answer = await ask(proxy, get("http://www.pay.test/a"))
        assert answer == b""
        assert status(await ask(proxy, get("http://www.pay.test/b"))) == 403

    guard, read = with_proxy(talk, max_bytes=20)
    assert guard.exceeded == "more than 20 bytes"
    assert len(read) == 1


def test_between_pages_nobody_is_served() -> None:
    async def talk(proxy: FilteringProxy, read: list[bytes]) -> None:
        assert status(await ask(proxy, connect("www.pay.test:443"))) == 403

    assert with_proxy(talk, page=False)[1] == []


def test_the_end_of_a_page_ends_its_connections() -> None:
    async def talk(proxy: FilteringProxy, read: list[bytes]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(connect("www.pay.test:443"))
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        proxy.hang_up()
        assert await reader.read() == b""
        writer.close()

    assert with_proxy(talk)[1] == []
