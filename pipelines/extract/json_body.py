"""JSON documents: strings (and HTML in strings) of help centres and page data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property, partial
from itertools import islice

from pipelines.blocks import Piece, html_pieces, text_pieces
from pipelines.layout import read_html
from pipelines.model import Block, Cells
from pipelines.numbering.digits import GATE
from pipelines.vocabulary import Carrier

_MARKUP = re.compile(r"<(?:p|div|br|span|table|a|li|h\d|strong)\b", re.I)
_PHONE_KEY = re.compile(
    r"(?:^|_|\b|(?<=(?-i:[a-z]))(?=(?-i:[A-Z])))"  # service_phone, servicePhone
    r"(?:tel|phone|mobile|hotline|telephone|fax|kefu|service_?(?:tel|phone))",
    re.I,
)
# Keys of ids, dates and amounts: their digits are no telephone number, whatever stands around.
_OTHER_KEY = re.compile(
    r"(?:^|_|(?<=[a-z]))(?:order|trade|serial|qq|weixin|wechat|wx|account|card|uid|zip|post|icp|beian"
    r"|sn|amount|price|version|time|timestamp|date|licen[cs]e|lat|lng)(?:_?(?:no|num|number|id|code))?$"
    r"|(?:^|_)ids?$|[a-z]Id$",
    re.I,
)
_PHONE_WORD = re.compile("tel|phone|mobile|hotline|fax", re.I)
# Keys of hours: serviceTime beside servicePhone.
_HOURS_KEY = re.compile(r"_?(?:work|business|open)?_?(?:time|hours?)$", re.I)
_LONGEST = 60  # characters
_VALUE = re.compile(r"[\d\s()+./-]+|\S+@\S+")  # a number or mailbox: it labels nothing
_DEPTH = 30
_SIBLINGS = 5


class _Around:
    """What stands beside the values of an object; worked out once, where one holds a number."""

    def __init__(self, node: Mapping[str, object]) -> None:
        self._node = node

    @cached_property
    def words(self) -> str:
        return _siblings(self._node)

    @cached_property
    def _hours(self) -> Cells:
        told = ((k, v) for k, v in self._node.items() if isinstance(v, str))
        return tuple((key, value[:_LONGEST]) for key, value in told if _HOURS_KEY.search(key))

    @cached_property
    def _hours_by_stem(self) -> Mapping[str, list[tuple[str, str]]]:
        by_stem: dict[str, list[tuple[str, str]]] = {}
        for cell in self._hours:
            by_stem.setdefault(_stem(_HOURS_KEY, cell[0]), []).append(cell)
        return by_stem

    @cached_property
    def _has_one_phone(self) -> bool:
        return len(list(islice(filter(_PHONE_KEY.search, self._node), 2))) == 1

    def hours_of(self, key: str) -> Cells:
        """Hours of a telephone by its key: serviceTime of servicePhone, any of the only phone."""
        if not self._hours or not _PHONE_KEY.search(key):
            return ()
        if self._has_one_phone:
            return self._hours
        return tuple(self._hours_by_stem.get(_stem(_PHONE_WORD, key), ()))


def json_pieces(document: object, carrier: Carrier = Carrier.JSON) -> Iterator[Piece]:
    """Pieces of all strings that may hold a number; keys and sibling strings are the label."""
    stack: list[tuple[object, str, _Around, int]] = [(document, "$", _Around({}), 0)]
    while stack:
        node, path, around, depth = stack.pop()
        if depth > _DEPTH:
            continue
        if isinstance(node, Mapping):
            words = _Around(node)
            items = [(v, f"{path}.{k}", words, depth + 1) for k, v in node.items()]
            stack.extend(reversed(items))
        elif isinstance(node, list):
            entries = [(v, f"{path}[{i}]", around, depth + 1) for i, v in enumerate(node)]
            stack.extend(reversed(entries))
        else:
            yield from _value_pieces(node, path, around, carrier)


def json_text(document: object) -> str:
    """All strings of a document, a line or more each, markup in them laid out."""
    lines: list[str] = []
    stack = [(document, 0)]
    while stack:
        node, depth = stack.pop()
        if isinstance(node, str):
            lines.append(read_html(node).visible.text if _MARKUP.search(node) else node)
        elif depth <= _DEPTH and isinstance(node, Mapping | list):
            values = node.values() if isinstance(node, Mapping) else node
            stack += [(value, depth + 1) for value in reversed(list(values))]
    return "\n".join(lines)


def _value_pieces(value: object, path: str, around: _Around, carrier: Carrier) -> Iterator[Piece]:
    key = path.rpartition(".")[2]
    if isinstance(value, int) and not isinstance(value, bool) and _PHONE_KEY.search(key):
        value = str(value)
    if not isinstance(value, str) or not GATE.search(value) or _OTHER_KEY.search(key):
        return
    pieces = html_pieces(read_html(value)) if _MARKUP.search(value) else text_pieces(value)
    for piece in pieces:
        yield Piece(piece.text, partial(_placed, piece, path, around, carrier))


def _placed(piece: Piece, path: str, around: _Around, carrier: Carrier) -> Block:
    block = piece.placed()
    key = path.rpartition(".")[2]
    return replace(
        block,
        path=f"{path} {block.path}",
        carrier=carrier,
        row_header=block.row_header or around.words,
        column_header=block.column_header or (key if _PHONE_KEY.search(key) else ""),
        right=block.right or around.hours_of(key),
    )


def _stem(kind: re.Pattern[str], key: str) -> str:
    return kind.split(key, maxsplit=1)[0].rstrip("_").lower()


def _siblings(node: Mapping[str, object]) -> str:
    named = ((k, v) for k, v in node.items() if isinstance(v, str) and 0 < len(v) <= 60)
    words = [value for key, value in named if not _HOURS_KEY.search(key)]
    return " | ".join(word for word in words if not _VALUE.fullmatch(word))[: 40 * _SIBLINGS]
