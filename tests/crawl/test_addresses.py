"""Which addresses may be asked, and what `--resolve` changes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from twisted.internet.address import IPv4Address, IPv6Address

from crawler.plan import ConfigurationError
from crawler.policy import parse_resolve, refusal
from crawler.resolver import GuardedResolver


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("127.0.0.1", "loopback"),
        ("127.8.8.8", "loopback"),
        ("0.0.0.0", "unspecified"),
        ("10.0.0.1", "private"),
        ("172.16.0.1", "private"),
        ("192.168.1.1", "private"),
        ("169.254.169.254", "link_local"),
        ("100.100.100.200", "shared"),
        ("192.0.2.1", "private"),
        ("198.18.0.1", "private"),
        ("224.0.0.1", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
        ("::1", "loopback"),
        ("::", "unspecified"),
        ("fe80::1%eth0", "link_local"),
        ("fc00::1", "private"),
        ("fd12:3456::1", "private"),
        ("ff02::1", "multicast"),
        ("2001:db8::1", "private"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:192.168.0.1", "private"),
        ("64:ff9b::7f00:1", "loopback"),
        ("2002:7f00:1::1", "loopback"),
        ("2002:c0a8:101::1", "private"),
        ("9.9.9.9", ""),
        ("223.5.5.5", ""),
        ("2620:fe::9", ""),
        ("::ffff:9.9.9.9", ""),
    ],
)
def test_only_public_addresses_are_let_through(address: str, reason: str) -> None:
    assert refusal(address) == reason


@pytest.mark.parametrize(
    "entry",
    [
        "",
        "a.test",
        "a.test:80",
        "a.test:80=localhost:80",
        "a.test:80=127.0.0.1",
        "a.test:0=127.0.0.1:80",
        "a.test:80=127.0.0.1:99999",
        "a.test:80=999.0.0.1:80",
        "a.test:80=::1:80",
    ],
)
def test_a_resolve_entry_that_does_not_fit_says_how_to_write_it(entry: str) -> None:
    with pytest.raises(ConfigurationError, match="HOST:PORT=ADDRESS:PORT"):
        parse_resolve([entry])


def test_an_ipv6_target_stands_in_brackets() -> None:
    assert parse_resolve(["a.test:443=[::1]:8443"]) == {("a.test", 443): ("::1", 8443)}


class _Original:
    """Stands in for the reactor's resolver; answers with fixed addresses."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked: list[str] = []

    def resolveHostName(self, receiver: Any, name: str, port: int, *args: object) -> object:  # noqa: N802
        self.asked.append(name)
        receiver.resolutionBegan(self)
        for address in self.addresses:
            family = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(family("TCP", address, port))
        receiver.resolutionComplete()
        return self


class _Receiver:
    def __init__(self) -> None:
        self.found: list[tuple[str, int]] = []
        self.complete = False

    def resolutionBegan(self, resolution: object) -> None:  # noqa: N802
        """Nothing to note."""

    def addressResolved(  # noqa: N802
        self, address: IPv4Address | IPv6Address
    ) -> None:
        self.found.append((address.host, address.port))

    def resolutionComplete(self) -> None:  # noqa: N802
        self.complete = True


def _resolve(
    original: _Original, name: str, *, allow: bool = False, mapping: tuple[str, ...] = ()
) -> tuple[list[tuple[str, int]], GuardedResolver]:
    class Reactor:
        nameResolver = original  # noqa: N815

    reactor: Any = Reactor()
    resolver = GuardedResolver(reactor, parse_resolve(mapping), allow)
    receiver = _Receiver()
    resolver.resolveHostName(receiver, name, 443)
    assert receiver.complete
    return receiver.found, resolver


def test_private_addresses_are_dropped_and_remembered() -> None:
    found, resolver = _resolve(_Original("192.168.1.1", "::1"), "inside.example.org")
    assert found == []
    assert resolver.refused == {("inside.example.org", 443): "::1 is loopback"}


def test_whoever_opens_connections_himself_gets_the_same_addresses() -> None:
    async def run() -> None:
        _, resolver = _resolve(_Original("10.0.0.1", "9.9.9.9"), "two.example.org")
        assert await resolver.addresses("two.example.org", 443) == (("9.9.9.9", 443),)
        _, resolver = _resolve(_Original("10.0.0.1"), "inside.example.org")
        assert await resolver.addresses("inside.example.org", 443) == ()
        assert resolver.refused == {("inside.example.org", 443): "10.0.0.1 is private"}

    asyncio.run(run())


def test_the_public_one_of_several_is_used() -> None:
    found, resolver = _resolve(_Original("10.0.0.1", "9.9.9.9"), "two.example.org")
    assert found == [("9.9.9.9", 443)]
    assert resolver.refused == {}
    assert resolver.chosen == {("two.example.org", 443): ("9.9.9.9", 443)}


def test_the_operator_may_allow_private_addresses() -> None:
    assert _resolve(_Original("10.0.0.1"), "x.example.org", allow=True)[0] == [("10.0.0.1", 443)]


def test_a_mapping_changes_address_and_port_but_does_not_lift_the_guard() -> None:
    mapping = ("a.test:443=127.0.0.1:8443",)
    original = _Original("9.9.9.9")
    assert _resolve(original, "A.test", mapping=mapping)[0] == []
    assert _resolve(original, "A.test", mapping=mapping, allow=True)[0] == [("127.0.0.1", 8443)]
    assert original.asked == []


@pytest.mark.parametrize("name", ["a.test", "b.invalid", "c.example"])
def test_reserved_names_never_leave_the_machine(name: str) -> None:
    original = _Original("9.9.9.9")
    assert _resolve(original, name)[0] == []
    assert original.asked == []
