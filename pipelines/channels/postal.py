"""Postal addresses with a label of their own; outlets and registered offices are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from pipelines.channels.places import Candidate, PageText
from pipelines.channels.words import ChannelRules, group
from pipelines.numbering.fold import fold
from pipelines.vocabulary import ChannelKind

# 地址北京市朝阳区…: set apart by its look alone.
_AT_ONCE = r"(?<=[址至到给])(?=[\u4e00-\u9fff]{2,4}[省市区縣县])|(?<=write to)(?= [A-Z0-9])"
_BETWEEN = re.compile(rf"\s?[】\]]?\s*[:：]\s*[【\[]?|\s{{2,}}|\s*\|\s*|{_AT_ONCE}")
_ENDS = re.compile(rf"[:：\n|]|\s{{2}}|{_AT_ONCE}")  # a label is followed by one of these
_AGAIN = re.compile(r"^(?:\w{0,4}地址)\s*[:：]\s*")
_PLACE = re.compile(
    "[省市区县區縣州镇乡港]|Road|Street|Avenue|Boulevard|Floor|Tower|Plaza|Centre|Building|Block|Marg"
    "|Jalan|Jl|Box"
)
_LONGEST = 90
_LONGEST_LATIN = 140
_BEFORE = 12
_SHORTEST = 8
_SHORT, _ADDRESS_LINES = 48, 4  # characters of a line of an address, and lines of one
_LEAD = re.compile(r"^[\s:：,，(（【\[\"“|]+")
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")


def addresses(page_text: PageText, rules: ChannelRules) -> Iterator[Candidate]:
    """Where letters to the brand go."""
    last = -1
    for at in page_text.spots.get("postal", ()):
        found = _read(page_text.text, at, rules)
        if found is not None and found.at > last:
            last = found.at
            yield found


def letters(page_text: PageText, rules: ChannelRules) -> Iterator[Candidate]:
    """Addresses behind words that send letters there: 邮寄申请到 …, Send written disputes to: …"""
    for at in page_text.spots.get("letters", ()):
        window = fold(page_text.text[max(0, at - _BEFORE) : at + 2 * _LONGEST_LATIN])
        asks = rules.part("letters.asks").search(window.text)
        core = rules.part("letters.core").search(window.text, asks.end()) if asks else None
        if asks is None or core is None or asks.start() > _BEFORE:
            continue
        said = _LEAD.sub("", window.text[asks.end() :])
        value = _address(_in_a_line(said), rules)
        of_state = rules.part("regulator.state").search(value)
        if value and not of_state and rules.part("letters.core").search(value):
            yield Candidate(ChannelKind.POSTAL, value, at, quote=f"{asks.group().strip()}: {value}")


def _in_a_line(text: str) -> str:
    """A text whose first lines are those of an address, with a comma for the end of each."""
    lines = text.split("\n")
    short = list(takewhile(lambda line: 0 < len(line.strip()) <= _SHORT, lines[:_ADDRESS_LINES]))
    if len(short) < 2 or _IDEOGRAPH.search(text):
        return text
    return ", ".join(line.strip(" ,") for line in short)


def _read(text: str, at: int, rules: ChannelRules) -> Candidate | None:
    ends = _ENDS.search(text, at, at + 24)
    if not ends or not _PLACE.search(text, at, at + _LONGEST):
        return None
    if rules.part("postal.not").search(text, max(0, at - 4), at + 2):
        return None
    begin = max(0, at - _BEFORE)
    window = fold(text[begin : at + 2 * _LONGEST])
    label = rules.part("postal.label").search(window.text, 0, at - begin + 16)
    behind = _BETWEEN.match(window.text, label.end()) if label else None
    if label is None or behind is None or label.end() < at - begin:
        return None
    if rules.part("postal.not").search(window.text, max(0, label.start() - 6), label.end()):
        return None
    start = begin + window.span(label.start(), label.end())[0]
    value = _address(window.text[behind.end() :], rules)
    quote = f"{label.group().strip()}: {value}"
    return Candidate(ChannelKind.POSTAL, value, start, quote=quote) if value else None


def _address(text: str, rules: ChannelRules) -> str:
    """The address up to what follows it, with its postcode, or "" if it is none."""
    line = _AGAIN.sub("", text.lstrip()).split("\n")[0][: _limit(text) + 20]
    cut = rules.part("postal.cut").search(line, 4)
    address = _balanced(re.split(r"[。;]", line[: cut.start()] if cut else line)[0])
    code = rules.part("postal.postcode").search(line)
    address = address.strip(" ,、;.*_【】[]-")
    if code and (number := group(code, "code")) not in address:
        address = f"{address}, {number}"
    fits = _SHORTEST <= len(address) <= _limit(address) and rules.part("postal.place").search(
        address
    )
    return " ".join(address.split()) if fits else ""


def _limit(text: str) -> int:
    return _LONGEST if _IDEOGRAPH.search(text[:_LONGEST]) else _LONGEST_LATIN


def _balanced(text: str) -> str:
    """The text up to a bracket that closes what was opened before it."""
    depth = 0
    for place, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return text[:place]
    return text
