"""State that a page keeps in its scripts: `__NEXT_DATA__`, `window.__INITIAL_STATE__ = {…}`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from pipelines.blocks import Piece
from pipelines.extract.json_body import json_pieces
from pipelines.extract.structured import tolerant_json
from pipelines.json_value import json_value, whole_characters
from pipelines.layout import Html
from pipelines.vocabulary import Carrier

_STATE = re.compile(
    r"(?:__[A-Z_]*(?:STATE|DATA|NUXT)[A-Z_]*__|pageData|initialState)"
    r"\s*=\s*(?=[{\[\"'J])"
)
_PARSED_STRING = re.compile(r"JSON\.parse\(\s*(?=\")")


def script_pieces(html: Html) -> Iterator[Piece]:
    """Pieces of the JSON that scripts carry; code itself is never searched."""
    for _, content in html.scripts('script[type="application/json" i]'):
        yield from json_pieces(tolerant_json(content), Carrier.SCRIPT)
    for _, content in html.scripts("script:not([type]),script[type*=javascript]"):
        for match in _STATE.finditer(content):
            yield from json_pieces(_state_at(content, match.end()), Carrier.SCRIPT)


def _state_at(content: str, offset: int) -> object:
    """The JSON value that starts at an offset; None if it is script, not JSON."""
    parsed = _PARSED_STRING.match(content, offset)
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(
            content, parsed.end() if parsed else offset
        )
        value = whole_characters(value, content)
        return json_value(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return None
