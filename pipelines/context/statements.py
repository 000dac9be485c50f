"""Statements: where one ends, what heads a record of them, and whom they only speak of.

Their words are the table `statements.toml`; what has no language stands here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import takewhile
from typing import Any

from pipelines.model import Block, Number

SENTENCE = re.compile(r"[。；;！!？?\n]")
BULLETS = " \t*•·-"  # what an item of a list begins with
_OFFICE_LINE = 24  # characters: the name of an authority with its place
_LATIN_OFFICE_LINE, _LET = 48, 60
_IN_OPEN_BRACKET = re.compile("[（(]([^（）()]{2,})$")  # 联系运营商（中国联通10010
_CLOSES = re.compile('[”」』"]')
_IS_HEAD = re.compile(r"[^\d:：,，。]{2,20}")
_LINE = re.compile(r"\d+")
_ITEM = re.compile(r"\s*[*•·]\s[^:：]*$")  # of a list, as of news: no field says so little
RECORD_LINE = 60  # a longer line above is prose, not the head of a record
_STATEMENT = {"id": str, "words": list}
_KEYS = {"statement": _STATEMENT, "firm_at_number": {**_STATEMENT, "says": list}}
_PART = re.compile(r"(?<!\?P)<([a-z_]+)>")  # of a pattern, by its id; (?P<words>…) is a group


@dataclass(frozen=True, slots=True, eq=False)
class Statements:
    """The compiled table `statements.toml`, which says of each row what it is.

    Attributes:
        firms_at_number: Firms whose name straight before a number makes it theirs, each with a
            word without which its pattern matches nothing.
    """

    calls: re.Pattern[str]
    role: re.Pattern[str]
    we: re.Pattern[str]
    desk: re.Pattern[str]
    told: re.Pattern[str]
    of_all: re.Pattern[str]
    record: re.Pattern[str]
    menu: re.Pattern[str]
    with_another: re.Pattern[str]
    spoken_of: re.Pattern[str]
    lets: re.Pattern[str]
    its: re.Pattern[str]
    leases: re.Pattern[str]
    service: re.Pattern[str]
    complains: re.Pattern[str]
    to_complain: re.Pattern[str]
    bare_field: re.Pattern[str]
    its_line: re.Pattern[str]
    office_in_brackets: re.Pattern[str]
    asked: re.Pattern[str]
    named: re.Pattern[str]
    at_its_site: re.Pattern[str]
    done_at: re.Pattern[str]
    has_a_line: re.Pattern[str]
    at_the_number: re.Pattern[str]
    told_to_call: re.Pattern[str]
    in_quotes: re.Pattern[str]
    group_of_ours: re.Pattern[str]
    no_name: re.Pattern[str]
    or_call: re.Pattern[str]
    everywhere: re.Pattern[str]
    marks: re.Pattern[str]
    links: re.Pattern[str]
    maker: re.Pattern[str]
    person_before: re.Pattern[str]
    person_behind: re.Pattern[str]
    firms_at_number: tuple[tuple[str, re.Pattern[str]], ...]

    def may_be_the_states(self, text: str, start: int, end: int, *, leased: bool) -> bool:
        """Whether the number behind a text may be that of the authority whose name ends in it.

        Many sentences only speak of one: 经中国人民银行批准，客服热线95188. What is leased to
        companies is an authority's only straight behind its name; few have what companies call
        客服.
        """
        if self.lets.search(text, max(0, start - _LET), start) and not self.its.search(text, end):
            return False
        if self.its_line.fullmatch(text, end) or self.leases.fullmatch(text, start, end):
            return True
        if self.spoken_of.match(text, end):
            return False
        if leased or self.service.search(text, end):
            return False
        return self._is_to_be_asked(text, end)

    def _is_to_be_asked(self, text: str, end: int) -> bool:
        """An authority in an earlier line counts if it stands alone, or if one may complain."""
        if "\n" not in text[end:]:
            return True
        line = text[text.rfind("\n", 0, end) + 1 : text.find("\n", end)]
        longest = _LATIN_OFFICE_LINE if line.isascii() else _OFFICE_LINE
        return len(line) <= longest or self.complains.search(line) is not None

    def asked_in(self, text: str) -> Iterator[tuple[str, str]]:
        """Whom the sentence before a number may name, each with the words that lead to it."""
        for pattern in (self.asked, self.named):
            if asked := pattern.search(text):
                yield next(name for name in asked.groups() if name), asked["words"] or ""
        for pattern in (self.at_its_site, self.done_at, self.has_a_line):
            if named := pattern.search(text):
                yield named[1], ""

    def named_in_quotes(self, text: str) -> str:
        """Whom the sentence before a number names in quotation marks; "" if nobody."""
        found = self.in_quotes.search(text) if _CLOSES.search(text) else None
        if found is None or self.calls.search(found[1]) or self.group_of_ours.search(found[1]):
            return ""
        return found[1]

    def named_at_number(self, text: str) -> str:
        """The words straight before a number that may be a name; "" if none."""
        last = self.at_the_number.search(text)
        opened = _IN_OPEN_BRACKET.search(last[1]) if last else None
        words = opened[1] if opened else last[1] if last else ""
        return self.told_to_call.sub("", words)

    def since_told(self, text: str) -> str:
        """What is said since the number before, where that is a statement of its own."""
        told = list(self.told.finditer(text))
        rest = text[told[-1].end() :] if told else ""
        return rest if self.of_all.search(rest) else text

    def head_of(self, before: str) -> tuple[str, str]:
        """The line that heads the record a number stands in, and the record's fields above it.

        Several heads above each other are a menu or a list of ways to pay, and head nothing.
        """
        return _head_of(self, before)

    def is_head(self, line: str) -> bool:
        """Whether a line may head a record: a name or little more, after what it is called."""
        line = line.strip()
        if _IS_HEAD.fullmatch(line):
            return True
        if ":" not in line and "：" not in line:  # as every line has that says what somebody is
            return False
        called = self.role.match(line)
        return _IS_HEAD.fullmatch(line, called.end() if called else 0) is not None


_READ = tuple(part.name for part in fields(Statements) if part.name != "firms_at_number")


@lru_cache(maxsize=64)
def _head_of(statements: Statements, before: str) -> tuple[str, str]:
    lines = [line for line in before.split("\n") if line.strip()]
    below = list(takewhile(lambda line: not statements.is_head(line), reversed(lines)))
    heads = lines[: len(lines) - len(below)]
    if not heads or any(len(field) > RECORD_LINE or _ITEM.match(field) for field in below):
        return "", ""
    above = list(takewhile(statements.is_head, reversed(heads[:-1])))
    is_list = len(above) > 1 or any(map(statements.menu.search, above))
    return ("", "") if is_list else (heads[-1], "\n".join(reversed(below)))


def title_of(heading: str) -> str:
    """The heading straight above, without those above it."""
    return heading.rpartition(" / ")[2]


def record_head(block: Block) -> str:
    """The line that heads a record of lines, each of them `word: value`: 长沙分公司."""
    return _last_head(block.before)


@lru_cache(maxsize=64)
def _last_head(before: str) -> str:
    above = (line.strip() for line in reversed(before.split("\n")))
    lines = [line for line in above if line]
    return next((line for line in lines if _IS_HEAD.fullmatch(line)), "")


def line_of(number: Number) -> int:
    """The line of the page that a number stands in."""
    match = _LINE.search(number.mention.block.path)
    return int(match.group()) if match else 0


def compile_statements(table: Mapping[str, Any]) -> Statements:
    """Compiles the table; `statement_problems` has checked it."""
    rows = {row["id"]: row for row in table["statement"]}
    firms = ((word, _compiled(r, rows)) for r in table["firm_at_number"] for word in r["says"])
    said = {name: _compiled(rows[name], rows) for name in _READ}
    return Statements(firms_at_number=tuple(firms), **said)


def _compiled(row: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]]) -> re.Pattern[str]:
    return re.compile(_filled(row, rows), re.IGNORECASE if row.get("any_case") else re.NOFLAG)


def _filled(row: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]]) -> str:
    """The pattern of a row, with the words of those that it names."""
    return _PART.sub(lambda part: f"(?:{_filled(rows[part[1]], rows)})", "|".join(row["words"]))


def statement_problems(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with the table: place and message."""
    rows: dict[str, Mapping[str, Any]] = {}
    whole: list[tuple[str, Mapping[str, Any]]] = []
    for kind, keys in _KEYS.items():
        for index, row in enumerate(table.get(kind, ()), start=1):
            if wrong := [key for key, form in keys.items() if not _is_said(row.get(key), form)]:
                yield f"{kind} {index}", f"missing, or not of its form: {', '.join(wrong)}"
                continue
            whole.append((f"{kind} {index}", row))
            if kind == "statement" and rows.setdefault(row["id"], row) is not row:
                yield f"{kind} {index}", f"there is a row {row['id']} above"
    yield from (("statement", f"no row {name}") for name in _READ if name not in rows)
    parts = {part for _, row in whole for part in _PART.findall("|".join(row["words"]))}
    yield from (
        ("statement", f"nothing reads {name}") for name in sorted(rows.keys() - parts - {*_READ})
    )
    for place, row in whole:
        yield from ((place, what) for what in _pattern_problems(row, rows))


def _is_said(value: object, form: type) -> bool:
    words = value if isinstance(value, list) else [value]
    return isinstance(value, form) and bool(words) and all(map(_is_text, words))


def _is_text(word: object) -> bool:
    return isinstance(word, str) and word != ""


def _pattern_problems(
    row: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    try:
        _compiled(row, rows)
    except KeyError as error:
        yield f"names {error}, and no row has that id"
    except RecursionError:
        yield "its words name itself"
    except re.error as error:
        yield f"no regular expression, once all is filled in: {error}"
