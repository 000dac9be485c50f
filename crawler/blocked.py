"""Whose firewall answered instead of the page, by the table `blocked.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

_HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class _Vendor:
    name: str
    headers: tuple[tuple[str, re.Pattern[str]], ...]
    bodies: tuple[re.Pattern[str], ...]
    statuses: frozenset[int]


def blocking_vendor(status: int, headers: Iterable[tuple[str, str]], text: str) -> str:
    """Name the firewall that an answer comes from, or "".

    >>> blocking_vendor(403, [("Server", "Safedog/4.0")], "")
    '安全狗 (Safedog)'
    >>> blocking_vendor(200, [("Server", "cloudflare")], "<p>hello</p>")
    ''
    """
    named = [(name.lower(), value) for name, value in headers]
    for vendor in _vendors():
        if vendor.statuses and status not in vendor.statuses:
            continue
        if any(
            name == n and pattern.search(v) for name, pattern in vendor.headers for n, v in named
        ):
            return vendor.name
        if any(pattern.search(text, 0, _HEAD) for pattern in vendor.bodies):
            return vendor.name
    return ""


@cache
def _vendors() -> tuple[_Vendor, ...]:
    table = tomllib.loads(resources.files("crawler").joinpath("blocked.toml").read_text("utf-8"))
    return tuple(
        _Vendor(
            entry["name"],
            tuple(_header(line) for line in entry["header"]),
            tuple(re.compile(pattern, re.I) for pattern in entry["body"]),
            frozenset(entry["statuses"]),
        )
        for entry in table["vendor"]
    )


def _header(line: str) -> tuple[str, re.Pattern[str]]:
    name, _, pattern = line.partition(": ")
    return name.lower(), re.compile(pattern, re.I)
