"""On which line of a TOML file does a key stand?

`tomllib` reads a file well and forgets where everything stood. This walks a text that `tomllib`
has already accepted, so it needs to know the outline of the grammar only, never to judge it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r"""
    \"{3} (?: \\. | [^\\] )*? \"{3,5} | '{3} .*? '{3,5}    # several lines
    | " (?: \\. | [^"\\\n] )* " | ' [^'\n]* '
    """,
    re.DOTALL | re.VERBOSE,
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}\s#]+(?:[ ]\d[^,\]}\s#]*)?")  # the blank: 1979-05-27 07:32:00
_DOT = re.compile(r"[ \t]*\.[ \t]*")


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[KeyPath, int] = {}
        self.tables: dict[KeyPath, int] = {}  # [[name]]: how many so far

    def peek(self, token: str) -> bool:
        return self.text.startswith(token, self.at)

    def skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found.group()

    def here(self) -> int:
        return self.text.count("\n", 0, self.at) + 1

    def document(self) -> None:
        table: KeyPath = ()
        while self.skip(_BLANK) or self.at < len(self.text):
            if self.at >= len(self.text):
                return
            if self.peek("["):
                table = self.header()
            else:
                self.pair(table)

    def header(self) -> KeyPath:
        line, double = self.here(), self.peek("[[")
        self.at += 2 if double else 1
        self.skip(_BLANK)
        path: KeyPath = ()
        names = self.key()
        for name in names[:-1]:
            self.lines.setdefault((*path, name), line)
            path = self.inside((*path, name))
        path = (*path, names[-1])
        self.skip(_BLANK)
        self.at += 2 if double else 1
        if double:
            self.lines.setdefault(path, line)
            self.tables[path] = self.tables.get(path, 0) + 1
        path = self.inside(path)
        self.lines.setdefault(path, line)
        return path

    def inside(self, path: KeyPath) -> KeyPath:
        return (*path, self.tables[path] - 1) if path in self.tables else path

    def key(self) -> tuple[str, ...]:
        names = []
        while True:
            quoted = self.skip(_STRING)
            names.append(quoted[1:-1] if quoted else self.skip(_BARE_KEY))
            if not self.skip(_DOT):
                return tuple(names)

    def pair(self, table: KeyPath) -> None:
        line, path = self.here(), table
        for name in self.key():
            path = (*path, name)
            self.lines.setdefault(path, line)
        self.skip(_BLANK)
        self.at += 1  # the equals sign
        self.skip(_BLANK)
        self.value(path)

    def value(self, path: KeyPath) -> None:
        if self.peek("[") or self.peek("{"):
            closing = "]" if self.peek("[") else "}"
            self.at += 1
            self.members(path, closing)
        elif not self.skip(_STRING) and not self.skip(_SCALAR):
            self.at += 1  # never reached on valid TOML; keeps the walk finite on anything else

    def members(self, path: KeyPath, closing: str) -> None:
        index = 0
        while self.at < len(self.text):
            self.skip(_BLANK)
            if self.peek(closing):
                self.at += 1
                return
            if closing == "]":
                self.lines[(*path, index)] = self.here()
                self.value((*path, index))
                index += 1
            else:
                self.pair(path)
            self.skip(_BLANK)
            if self.peek(","):
                self.at += 1


def key_lines(text: str) -> dict[KeyPath, int]:
    """Map each key path of a valid TOML text to the line on which it stands."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


def line_of(lines: Mapping[KeyPath, int], path: KeyPath) -> int:
    """Line of a key, or of the nearest table around it (a missing key stands nowhere)."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1
