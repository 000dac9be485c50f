"""The channels of a brand in one run: those read now, and those of pages that were silent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from pipelines.model import Channel, SourceState
from pipelines.presence import Answer
from pipelines.verify import STALE_AFTER
from pipelines.vocabulary import ChannelKind, Outcome

_GONE = (Outcome.HTTP_404, Outcome.HTTP_410)
_LINKED = (ChannelKind.FORM, ChannelKind.CHAT)


def channels_of_brand(
    answers: Mapping[str, Answer],
    before: Iterable[Channel],
    ledger: Mapping[str, SourceState],
    retired: Collection[str],
    *,
    now: datetime,
) -> tuple[Channel, ...]:
    """Each channel once, from the page whose URL sorts first.

    A page that gives no answer takes nothing away, as with numbers; a page that is gone, was
    retired, or has not answered for as long as makes a number stale keeps no channel.

    Args:
        answers: How each document answered, by URL.
        before: Channels of the parent snapshot.
        ledger: What earlier runs knew of each document.
        retired: Documents that the registry withdrew.
    """
    found: dict[tuple[str, str], Channel] = {}
    for answer in answers.values():
        reading = answer.visit.reading
        for channel in reading.channels if reading and _is_proven(answer) else ():
            key = (channel.kind.value, channel.value)
            if key not in found or _rank(channel) < _rank(found[key]):
                found[key] = channel
    for channel in before:
        silent = _is_silent(answers.get(channel.url), ledger.get(channel.url), now)
        if silent and channel.url not in retired:
            found.setdefault((channel.kind.value, channel.value), channel)
    return tuple(found[key] for key in sorted(found) if not _leads_nowhere(found[key], answers))


def _is_proven(answer: Answer) -> bool:
    """A channel has no verdict of its own: it counts only where one could be `official`."""
    return answer.readable and answer.visit.tls_ok and answer.visit.on_ground


def _rank(channel: Channel) -> tuple[str, str]:
    return channel.url, channel.context


def _is_silent(answer: Answer | None, state: SourceState | None, now: datetime) -> bool:
    """Whether a page may still carry what it carried, unread."""
    if state is None or state.last_good is None or now - state.last_good > STALE_AFTER:
        return False
    return answer is None or (not answer.readable and answer.outcome not in _GONE)


def _leads_nowhere(channel: Channel, answers: Mapping[str, Answer]) -> bool:
    """A link that this very run found dead."""
    answer = answers.get(channel.value) if channel.kind in _LINKED else None
    return answer is not None and answer.outcome in (*_GONE, Outcome.SOFT_404)
