"""State that a page keeps in its scripts: `__NEXT_DATA__`, `window.__INITIAL_STATE__ = {…}`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from pipelines.blocks import Piece
from pipelines.extract.json_body import json_pieces
from pipelines.json_value import json_value, tolerant_json, whole_characters
from pipelines.layout import Html
from pipelines.vocabulary import Carrier

_STATE = re.compile(
    r"(?:__[A-Z_]*(?:STATE|DATA|NUXT)[A-Z_]*__|pageData|initialState)"
    r"\s*=\s*(?=[{\[\"'J])"
)
# Tokens of an object literal that JSON writes otherwise: {phone: '95188', open: !0, list: [1,]}.
# A string that nothing closes goes on to the end, so that each character is looked at once.
_LITERAL = re.compile(
    r"""(?P<double>"(?s:\\.|[^"\\])*+(?:"|\\?\Z))|(?P<single>'(?s:\\.|[^'\\])*+(?:'|\\?\Z))"""
    r"|(?P<key>(?<![\w$])[A-Za-z_$][\w$]*+(?=\s*:))|(?P<word>undefined|void 0|NaN|!0|!1)"
    r"|(?P<comma>,(?=\s*[}\]]))"
)
_RELAXED = 3  # states of a script that are tried as objects of the language: each to its end
_WORDS = {"!0": "true", "!1": "false"}
_PARSED_STRING = re.compile(r"JSON\.parse\(\s*(?=\")")


def script_pieces(html: Html) -> Iterator[Piece]:
    """Pieces of the JSON that scripts carry; code itself is never searched."""
    for content in html.scripts('script[type="application/json" i]'):
        yield from json_pieces(tolerant_json(content), Carrier.SCRIPT)
    for content in html.scripts("script:not([type]),script[type*=javascript]"):
        if not ("__" in content or "pageData" in content or "initialState" in content):
            continue  # one of these is in every name of `_STATE`
        for place, match in enumerate(_STATE.finditer(content)):
            state = _state_at(content, match.end(), relaxed=place < _RELAXED)
            yield from json_pieces(state, Carrier.SCRIPT)


def _state_at(content: str, offset: int, *, relaxed: bool) -> object:
    """The value that starts at an offset, JSON or an object of the language; None if neither."""
    parsed = _PARSED_STRING.match(content, offset)
    start = parsed.end() if parsed else offset
    try:
        return _value_at(content, start)
    except (ValueError, RecursionError):
        if not relaxed or content[start : start + 1] not in ("{", "["):
            return None
    try:
        return _value_at(_LITERAL.sub(_as_json, content[start:]), 0)
    except (ValueError, RecursionError):
        return None


def _value_at(text: str, place: int) -> object:
    value, _ = json.JSONDecoder(strict=False).raw_decode(text, place)
    value = whole_characters(value, text)
    return json_value(value) if isinstance(value, str) else value


def _as_json(match: re.Match[str]) -> str:
    """One token of an object as JSON writes it."""
    token, kind = match[0], match.lastgroup
    if kind == "single":
        inner = token[1:-1].replace("\\'", "'")
        return '"' + re.sub(r'(?<!\\)"', r"\"", inner) + '"'
    if kind == "key":
        return f'"{token}"'
    return _WORDS.get(token, "null") if kind == "word" else token if kind == "double" else ""
