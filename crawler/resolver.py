"""Names to addresses: `--resolve` and the guard against private addresses, in one place.

Scrapy installs this class on the reactor (`TWISTED_DNS_RESOLVER`), so every connection of the
process passes through it: pages, redirects, robots.txt, literal addresses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.base import ReactorBase
from twisted.internet.interfaces import IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.policy import RESERVED_TLDS, parse_resolve, refusal

Endpoint = tuple[str, int]
# zope interfaces are no types for mypy: whatever implements one is `Any` here.
_Zope = Any


class _HasSettings(Protocol):
    @property
    def settings(self) -> Mapping[str, object]: ...


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Nothing is under way: the answer was known at once."""


@implementer(IHostnameResolver)
class GuardedResolver:
    """Resolve names; offer public addresses only, unless the operator allows others.

    A refusal looks like an unknown name to whoever asked, so it is remembered in `refused`;
    `chosen` remembers the last address offered, for a second look at a failed TLS handshake.

    Attributes:
        permitted: Endpoints that the operator named himself, wherever they lie; only for as
            long as nobody else's words decide what is asked.
    """

    def __init__(
        self, reactor: ReactorBase, mapping: Mapping[Endpoint, Endpoint], allow_private: bool
    ) -> None:
        self._reactor = reactor
        self._original: _Zope = reactor.nameResolver
        self._mapping = mapping
        self.allow_private = allow_private
        self.permitted: frozenset[Endpoint] = frozenset()
        self.refused: dict[Endpoint, str] = {}
        self.chosen: dict[Endpoint, Endpoint] = {}

    @classmethod
    def from_crawler(cls, crawler: _HasSettings, reactor: ReactorBase) -> GuardedResolver:
        """Called by Scrapy with the crawler process, which has the settings."""
        entries = crawler.settings.get("HOTLINES_RESOLVE") or ()
        listed = entries.split() if isinstance(entries, str) else [str(e) for e in _each(entries)]
        allowed = str(crawler.settings.get("HOTLINES_ALLOW_PRIVATE")).lower() in ("true", "1")
        return cls(reactor, parse_resolve(listed), allowed)

    def install_on_reactor(self) -> None:
        """Called by Scrapy before the reactor starts."""
        install: Any = self._reactor.installNameResolver
        install(self)

    def resolveHostName(  # noqa: N802  (IHostnameResolver)
        self,
        resolutionReceiver: _Zope,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: object = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> _Zope:
        """Give the addresses of a name to the receiver, without the refused ones."""
        asked = (hostName.lower().removesuffix("."), portNumber)
        guard = _Guard(self, asked, resolutionReceiver)
        mapped = self._mapping.get(asked)
        if mapped is None and asked[0].rpartition(".")[2] not in RESERVED_TLDS:
            return self._original.resolveHostName(
                guard, hostName, portNumber, addressTypes, transportSemantics
            )
        resolution = _Resolution(hostName)
        guard.resolutionBegan(resolution)
        if mapped is not None:
            guard.addressResolved(_address(*mapped))
        guard.resolutionComplete()
        return resolution

    async def addresses(self, host: str, port: int) -> tuple[Endpoint, ...]:
        """The addresses of a name that may be asked, for whoever opens connections himself."""
        receiver = _Collected()
        self.resolveHostName(receiver, host, port)
        return await receiver.done


def _each(entries: object) -> Sequence[object]:
    return entries if isinstance(entries, Sequence) else ()


def _address(host: str, port: int) -> IPv4Address | IPv6Address:
    family = IPv6Address if ":" in host else IPv4Address
    return family("TCP", host, port)


@implementer(IResolutionReceiver)
class _Guard:
    def __init__(self, resolver: GuardedResolver, asked: Endpoint, receiver: _Zope) -> None:
        self._resolver = resolver
        self._asked = asked
        self._receiver = receiver

    def resolutionBegan(self, resolutionInProgress: _Zope) -> None:  # noqa: N802, N803
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: IPv4Address | IPv6Address) -> None:  # noqa: N802
        allowed = self._resolver.allow_private or self._asked in self._resolver.permitted
        reason = "" if allowed else refusal(address.host)
        if reason:
            self._resolver.refused[self._asked] = f"{address.host} is {reason}"
            return
        self._resolver.refused.pop(self._asked, None)
        self._resolver.chosen[self._asked] = (address.host, address.port)
        self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:  # noqa: N802
        self._receiver.resolutionComplete()


@implementer(IResolutionReceiver)
class _Collected:
    def __init__(self) -> None:
        self._found: list[Endpoint] = []
        self.done: asyncio.Future[tuple[Endpoint, ...]] = asyncio.Future()

    def resolutionBegan(self, resolutionInProgress: _Zope) -> None:  # noqa: N802, N803
        """Nothing to keep: it is not cancelled."""

    def addressResolved(self, address: IPv4Address | IPv6Address) -> None:  # noqa: N802
        self._found.append((address.host, address.port))

    def resolutionComplete(self) -> None:  # noqa: N802
        if not self.done.done():
            self.done.set_result(tuple(self._found))


def installed_resolver() -> GuardedResolver:
    """The resolver of the running reactor."""
    from twisted.internet import reactor

    resolver = getattr(reactor, "nameResolver", None)
    assert isinstance(resolver, GuardedResolver), "TWISTED_DNS_RESOLVER was overridden"
    return resolver
