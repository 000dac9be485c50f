"""Which addresses may be asked, and how long a server may make us wait."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from crawler.plan import ConfigurationError

# RFC 6761 and RFC 2606: nobody can register below these, so no query should leave the machine.
RESERVED_TLDS = frozenset({"test", "example", "invalid", "onion"})

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052
_SHARED = ipaddress.ip_network("100.64.0.0/10")  # RFC 6598, also cloud metadata services
_RESOLVE = re.compile(
    r"(?P<host>[^\s:=\[\]]+):(?P<port>\d{1,5})=(?P<address>\[[0-9a-fA-F:.]+\]|[0-9.]+)"
    r":(?P<to>\d{1,5})"
)


def refusal(address: str) -> str:
    """Say why an address is not public, or "" if it is.

    >>> refusal("127.0.0.1"), refusal("::ffff:10.1.2.3"), refusal("9.9.9.9")
    ('loopback', 'private', '')
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _embedded(ip)
        if inner is not None:
            return refusal(str(inner))
    for word in ("unspecified", "loopback", "link_local", "multicast", "reserved"):
        if getattr(ip, f"is_{word}"):
            return word
    if ip.version == 4 and ip in _SHARED:
        return "shared"
    return "" if ip.is_global else "private"


def _embedded(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip.ipv4_mapped or ip.sixtofour:
        return ip.ipv4_mapped or ip.sixtofour
    if ip.teredo:
        return ip.teredo[1]
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


def parse_resolve(entries: Iterable[str]) -> dict[tuple[str, int], tuple[str, int]]:
    """Read `--resolve HOST:PORT=ADDR:PORT` entries.

    >>> parse_resolve(["Pay.example:443=127.0.0.1:8443"])
    {('pay.example', 443): ('127.0.0.1', 8443)}
    """
    return dict(_resolve_entry(entry) for entry in entries)


def _resolve_entry(entry: str) -> tuple[tuple[str, int], tuple[str, int]]:
    found = _RESOLVE.fullmatch(entry.strip())
    try:
        if found is None:
            raise ValueError("the parts do not fit")
        address = str(ipaddress.ip_address(found["address"].strip("[]")))
        ports = int(found["port"]), int(found["to"])
        if not all(0 < port < 65536 for port in ports):
            raise ValueError("a port lies between 1 and 65535")
    except ValueError as error:
        raise ConfigurationError(
            f"--resolve {entry!r}: {error}; write HOST:PORT=ADDRESS:PORT, for example "
            "pay.example.org:443=127.0.0.1:8443 (an IPv6 address in square brackets)"
        ) from None
    return (found["host"].lower(), ports[0]), (address, ports[1])


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds that a `Retry-After` header asks for (RFC 9110 section 10.2.3), or None.

    >>> retry_after("120", datetime.now(UTC))
    120.0
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(min(int(value[:9]), 10**8))
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
