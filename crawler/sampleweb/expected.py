"""Reads `expected.toml`: what a careful person makes of the sample web, day by day."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.sampleweb.site import DAYS, ROOT


@dataclass(frozen=True, slots=True)
class ExpectedHotline:
    """A number that a careful person would publish."""

    brand: str
    number: str
    number_class: str
    area: str
    printed: str
    purpose: str
    pages: tuple[str, ...]
    days: tuple[int, ...]  # readable
    kept: tuple[int, ...]  # not readable or missed once: the row stays
    removed_on: int  # 0: never
    reason: str
    needs: str  # extra without which it cannot be read, or ""


@dataclass(frozen=True, slots=True)
class ExpectedTrap:
    """Something on a page that must not become a hotline of the brand."""

    brand: str
    trap: str
    number: str  # what a careless reader would publish, or ""
    printed: str
    page: str
    days: tuple[int, ...]
    readable: bool  # false: the crawl must not even come to read it


@dataclass(frozen=True, slots=True)
class ExpectedFetch:
    """How fetching a URL ends on each day, the days crawled in order."""

    brand: str
    url: str
    outcomes: tuple[str, ...]
    reading: str
    note: str


@dataclass(frozen=True, slots=True)
class ExpectedChange:
    """A content change of a day, those of presence and verdict left out."""

    day: int
    op: str
    brand: str
    number: str
    fields: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ExpectedChannel:
    """Another way to reach a brand, or what to know before calling."""

    brand: str
    kind: str
    value: str
    page: str
    steps: int  # how many steps it has; 0: it is none of the kinds with steps
    days: tuple[int, ...]  # on which it is listed; a form whose page is found dead is not


@dataclass(frozen=True, slots=True)
class Expected:
    """The whole truth about the sample web."""

    hotlines: tuple[ExpectedHotline, ...]
    traps: tuple[ExpectedTrap, ...]
    fetches: tuple[ExpectedFetch, ...]
    changes: tuple[ExpectedChange, ...]
    channels: tuple[ExpectedChannel, ...]
    unasked: tuple[tuple[str, str], ...]

    def readable(self, day: int, *extras: str) -> set[tuple[str, str]]:
        """(brand, number) of what can be read on a day, with the extras in use."""
        return {(h.brand, h.number) for h in self._within(extras) if day in h.days}

    def rows(self, day: int, *extras: str) -> set[tuple[str, str]]:
        """(brand, number) of the rows of the dataset after the crawls of the days up to `day`."""
        return {(h.brand, h.number) for h in self._within(extras) if day in h.days + h.kept}

    def _within(self, extras: tuple[str, ...]) -> tuple[ExpectedHotline, ...]:
        return tuple(h for h in self.hotlines if h.needs in ("", *extras))


def load_expected(file: Path = ROOT / "expected.toml") -> Expected:
    """Reads the file; a key it does not know is an error."""
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    return Expected(
        hotlines=tuple(_hotline(item) for item in data["hotline"]),
        traps=tuple(_trap(item) for item in data["trap"]),
        fetches=tuple(
            ExpectedFetch(**_filled(item, reading="", note="")) for item in data["fetch"]
        ),
        changes=tuple(
            ExpectedChange(**_filled(item, fields=[], reason="")) for item in data["change"]
        ),
        channels=tuple(
            ExpectedChannel(**_filled(item, steps=0, days=[1, 2, 3])) for item in data["channel"]
        ),
        unasked=tuple((host, path) for host, path in data["unasked"]),
    )


def _hotline(item: dict[str, Any]) -> ExpectedHotline:
    item["number_class"] = item.pop("class")
    item.setdefault("printed", item["number"])
    return ExpectedHotline(**_filled(item, area="", kept=[], removed_on=0, reason="", needs=""))


def _trap(item: dict[str, Any]) -> ExpectedTrap:
    return ExpectedTrap(**_filled(item, days=list(DAYS), readable=True))


def _fetch(item: dict[str, Any]) -> ExpectedFetch:
    return ExpectedFetch(**_filled(item, reading="", note=""))


def _change(item: dict[str, Any]) -> ExpectedChange:
    return ExpectedChange(**_filled(item, fields=[], reason=""))


def _filled(item: dict[str, Any], **defaults: Any) -> dict[str, Any]:  # noqa: ANN401
    filled = {**defaults, **item}
    return {key: tuple(v) if isinstance(v, list) else v for key, v in filled.items()}
