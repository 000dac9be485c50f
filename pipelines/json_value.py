"""JSON as pages write it: read tolerantly, and always text that has an encoding."""

from __future__ import annotations

import json
import re

# A comment that nothing closes goes on to the end, so that each character is looked at once.
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->|<!\[CDATA\[|\]\]>", re.S)
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_HALF_MAY_STAND = re.compile(r"\\u[dD][89a-fA-F]")


def json_value(text: str) -> object:
    r"""The value of a JSON text; control characters in strings are let through.

    Half of a surrogate pair (`\ud83d` by itself, where a script cut an emoji) is no character and
    has no UTF-8, so it is read as U+FFFD, as decoders of bytes do.

    >>> json_value('"\\ud83d\\ude00 \\ud83d!"')
    '😀 �!'

    Raises:
        ValueError: It is no JSON.
        RecursionError: It is nested too deeply.
    """
    return whole_characters(json.loads(text, strict=False), text)


def tolerant_json(content: str) -> object:
    """JSON with comments and trailing commas allowed; None if it is no JSON at all."""
    for text in (content, _TRAILING_COMMA.sub("", _COMMENT.sub("", content))):
        try:
            return json_value(text)
        except (ValueError, RecursionError):
            continue
    return None


def whole_characters(value: object, source: str) -> object:
    """A value read from JSON, without halves of characters; `source` is what it was read from."""
    if not _HALF_MAY_STAND.search(source):
        return value
    plain = json.dumps(value, ensure_ascii=False)
    return json.loads(plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
