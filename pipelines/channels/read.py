"""The path of one page's channels: candidates of each reader, then whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from pipelines.blocks import block_reader
from pipelines.channels.complaint import (
    authorities,
    called,
    complaint_paths,
    escalations,
    regulators_of,
    unsettled,
)
from pipelines.channels.in_app import app_paths, app_paths_abroad, drawn_paths
from pipelines.channels.links import chats, linked, printed_forms, written
from pipelines.channels.mail import mails
from pipelines.channels.notices import listed, preparations, recordings
from pipelines.channels.places import Candidate, apart, search_words, with_wider
from pipelines.channels.postal import addresses, letters
from pipelines.channels.social import accounts, labelled_above, linked_accounts, named_below
from pipelines.context.publisher import Publisher, PublisherOf
from pipelines.layout import Html, Layout
from pipelines.model import Block, Channel, Evidence, Page
from pipelines.rules import Rules
from pipelines.vocabulary import ChannelKind, Owner

_WINDOW = 60
_LINE = re.compile(r"line (\d+)")
_NEAR = 2  # lines
_FEWEST = 7  # digits by which two spellings of a number are told to be one
#: Kinds that name a place of the brand itself: in a list of outlets they are a branch's.
_OF_BRANCHES = (ChannelKind.POSTAL, ChannelKind.EMAIL)
#: Kinds that authorities do not have: on a page that tells of them these are the brand's still.
_OF_NO_AUTHORITY = (ChannelKind.PREPARE, ChannelKind.IN_APP)


def channels_of(
    page: Page,
    layout: Layout,
    html: Html | None,
    evidence: tuple[Evidence, ...],
    publisher: Publisher | PublisherOf,
    rules: Rules,
) -> tuple[Channel, ...]:
    """The publisher's own channels that a page names, in reading order.

    Args:
        layout: Visible text; what is hidden names no channel.
        evidence: Numbers of the page, for the regulators' lines.
    """
    regulators = list(regulators_of(evidence, rules.channels))
    lines = "\n".join(channel.context for channel in regulators)
    candidates = _candidates(page, layout.text, html, rules, lines)
    found = sorted(candidates, key=lambda c: (c.at, c.kind))
    once: dict[tuple[ChannelKind, str], Channel] = {}
    foreign = _lines_of_others(evidence)
    block_at = block_reader(layout) if found else None
    theirs = {item.number for item in evidence if item.owner is not Owner.SELF}
    for candidate in found:
        if block_at is None or (candidate.kind, candidate.value) in once:
            continue
        if candidate.kind is ChannelKind.CHAT and _digits(candidate.value, theirs):
            continue
        block, start = block_at(candidate.at)
        others = candidate.kind is ChannelKind.EMAIL and _beside(block, foreign)
        if candidate.own or (not others and _is_own(candidate, block, start, publisher, rules)):
            once[candidate.kind, candidate.value] = _channel(candidate, block, start, page)
    for named in regulators:
        once.setdefault((named.kind, named.value), named)
    return tuple(once.values())


def _digits(value: str, numbers: set[str]) -> bool:
    """Whether a messenger's number is one of some numbers; a short code is the end of many."""
    digits = re.sub(r"\D", "", value)
    ends = (number.lstrip("+")[-_FEWEST:] for number in numbers)
    return any(len(end) == _FEWEST and digits.endswith(end) for end in ends)


def _candidates(
    page: Page, text: str, html: Html | None, rules: Rules, lines: str
) -> Iterator[Candidate]:
    """What may be a channel; `lines` are the sentences of authorities' numbers."""
    words = rules.channels
    page_text = search_words(text, words)
    if html is not None:
        yield from linked_accounts(html, page_text, words)
    if not page_text.spots:
        return
    yield from mails(page_text, page, words)
    paths = chain(app_paths(page_text, words), app_paths_abroad(page_text, words))
    yield from with_wider(paths, drawn_paths(page_text, words))
    links = list(linked(html, page, page_text, words)) if html is not None else []
    yield from links
    if html is not None:
        yield from written(html, page, words)
    yield from chats(page_text, words, is_linked=any(c.kind is ChannelKind.CHAT for c in links))
    yield from with_wider(addresses(page_text, words), letters(page_text, words))
    yield from accounts(page_text, words)
    yield from named_below(page_text)
    yield from labelled_above(page_text, words)
    yield from complaint_paths(page_text, words)
    yield from escalations(page_text, words)
    yield from unsettled(page_text, words)
    named = list(authorities(page_text, words))
    yield from named
    # A line of theirs is told by its number.
    yield from (c for c in apart(called(page_text, words), named) if c.value not in lines)
    yield from printed_forms(page_text, page, words)
    yield from recordings(page_text, words)
    yield from with_wider(preparations(page_text, words), listed(page_text, words))


def _lines_of_others(evidence: tuple[Evidence, ...]) -> frozenset[int]:
    """Lines that give the numbers of third parties."""
    others = (item.block_path for item in evidence if item.owner is Owner.THIRD_PARTY)
    return frozenset(line for path in others if (line := _line(path)) is not None)


def _line(path: str) -> int | None:
    match = _LINE.match(path)
    return int(match[1]) if match else None


def _beside(block: Block, lines: frozenset[int]) -> bool:
    """A mailbox in or next to a row with somebody else's number is theirs, too."""
    line = _line(block.path)
    return line is not None and any(abs(line - other) <= _NEAR for other in lines)


def _is_own(
    candidate: Candidate, block: Block, start: int, publisher: Publisher | PublisherOf, rules: Rules
) -> bool:
    if candidate.kind in _OF_BRANCHES and rules.owners.is_branch(block, start):
        return False
    owner, _ = rules.owners.named_owner(block, start, publisher)
    if candidate.kind in _OF_NO_AUTHORITY:
        return owner is not Owner.THIRD_PARTY
    return owner is Owner.SELF


def _channel(candidate: Candidate, block: Block, start: int, page: Page) -> Channel:
    around = block.text[max(0, start - _WINDOW) : start + len(candidate.value) + _WINDOW]
    return Channel(
        brand_id=page.brand.id if page.brand else "",
        kind=candidate.kind,
        value=candidate.value,
        context=" ".join((candidate.quote or around).split()),
        url=page.url,
        steps=candidate.steps,
    )
