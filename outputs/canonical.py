"""The one written-down encoding behind hashes, ids and JSON files (decision 0009).

A value becomes JSON with `ensure_ascii=False`, no spaces, object keys sorted by code point; a
time becomes a string in UTC, `2026-11-22T21:15:00Z`, with six decimals only if they are not
all zero; an enum becomes its value. The hash is over the UTF-8 bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime


def time_text(moment: datetime) -> str:
    """ISO 8601 in UTC with `Z`.

    >>> time_text(datetime(2026, 11, 22, 21, 15, tzinfo=UTC))
    '2026-11-22T21:15:00Z'

    Raises:
        ValueError: `moment` has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"time {moment.isoformat()} has no time zone; give it one (UTC)")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def time_from_text(text: str) -> datetime:
    """Read back what `time_text` wrote."""
    return datetime.fromisoformat(text).astimezone(UTC)


def canonical_json(value: object) -> str:
    """`value` in the canonical encoding.

    >>> canonical_json({"b": [1, None], "a": "例"})
    '{"a":"例","b":[1,null]}'
    """
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
    )


def digest_of(value: object) -> bytes:
    """First 16 bytes of the sha256 over the canonical encoding."""
    return hashlib.sha256(canonical_json(value).encode()).digest()[:16]


def document_json(value: Mapping[str, object]) -> str:
    """The same encoding spread over lines, for JSON files that people open too.

    Keys keep the order in which the writer put them.
    """
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return time_text(value)
    raise TypeError(f"{type(value).__name__} has no canonical encoding: {value!r}")
