"""TOML files that people write: read with the line of each key, and what is wrong with them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from crawler.registry_lines import KeyPath, key_lines, line_of
from crawler.registry_shape import Fault


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file: where, what, and what to do about it."""

    file: str
    line: int
    key: str
    message: str
    advice: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" + (f": {self.key}" if self.key else "")
        return f"{where}: {self.message}" + (f" ({self.advice})" if self.advice else "")


class RegistryError(Exception):
    """The files cannot be used; `problems` holds everything that is wrong with them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A file as `tomllib` reads it, with the line on which each key stands."""

    name: str
    stem: str
    data: Mapping[str, Any]
    lines: Mapping[KeyPath, int]


def parsed(path: Traversable) -> TomlFile | Problem:
    """Read a file; a problem if it is no TOML."""
    name, raw = str(path), path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")  # a byte order mark, as some editors write, is harmless
        return TomlFile(name, path.name.removesuffix(".toml"), tomllib.loads(text), key_lines(text))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return Problem(name, line, "", f"not UTF-8: {error.reason}", "save the file as UTF-8")
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        return Problem(name, line, "", f"not TOML: {error}", "see https://toml.io, or a neighbour")


def located(file: TomlFile, fault: Fault) -> Problem:
    """A fault with its file, line and key."""
    key = ""
    for part in fault.path:
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else part
    line = line_of(file.lines, fault.path)
    return Problem(file.name, line, key, fault.message, fault.advice)
