"""What an export format is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from outputs.schema import Table

Write = Callable[[Path, Table, Iterable[Mapping[str, object]]], None]


@dataclass(frozen=True, slots=True)
class Exporter:
    """One format: rows in key order into one file per table.

    Attributes:
        suffix: Ending of the file name, with the dot.
    """

    name: str
    suffix: str
    media_type: str
    write: Write
