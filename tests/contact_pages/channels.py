"""Whether a channel that was read is one that a careful person saw on the page.

A value is told in many ways (with its platform, with what stands behind it), so that two are one if
one holds the other, or if most pairs of neighbouring characters of the shorter are in the longer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from pipelines.model import Channel

_ALIKE = 0.6  # of the pairs of neighbouring characters
#: What a reader may call what a person called otherwise: a sentence on an authority is both.
_ALSO = {
    "in_app": ("chat",),
    "chat": ("in_app", "social"),
    "complaint": ("regulator",),
    "regulator": ("complaint",),
    "form": ("chat", "complaint"),
    "social": ("chat",),
}


def marks(told: Sequence[dict[str, Any]], read: Sequence[Channel]) -> Iterator[str]:
    """Counts for a page: channels a person is sure of and those of them that were read, and
    channels that were read and those of them that a person named."""
    found = [channel for channel in read if channel.kind != "recording"]
    for channel in found:
        yield "channels_given"
        if any(_is_same(wanted, channel) for wanted in told):
            yield "channels_true"
    for wanted in told:
        if wanted.get("sure", True):
            yield "channels"
            if any(_is_same(wanted, channel) for channel in found):
                yield "channels_read"


def _is_same(wanted: dict[str, Any], channel: Channel) -> bool:
    kind = wanted["kind"]
    if channel.kind != kind and channel.kind not in _ALSO.get(kind, ()):
        return False
    printed, ours = _plain(wanted["value"]), _plain(f"{channel.value} {channel.steps or ''}")
    if printed in ours or _plain(channel.value) in printed:
        return True
    fewer, more = sorted((_pairs(printed), _pairs(ours)), key=len)
    return kind not in ("email", "form") and len(fewer & more) >= _ALIKE * len(fewer)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", text.lower())


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)} or {text}
