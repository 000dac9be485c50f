"""What a caller should know before calling: recorded calls, and what to have ready."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice, takewhile

from pipelines.channels.places import Candidate, PageText, has_ideographs, sentence_around
from pipelines.channels.words import ChannelRules, group
from pipelines.numbering.fold import fold
from pipelines.vocabulary import ChannelKind

_ITEMS = re.compile(
    r"\s*(?:[,，、;；/・]|以及|及び?|和|与|或者?|并|および|または|(?<![ひこ])と(?=[ごお\u4e00-\u9fff])"
    r"|(?<=[가-힣])[와과] |(?<=[\u0e00-\u0e7f]) (?=[\u0e00-\u0e7f])|และ|หรือ"
    r"| (?:and|or|và|hoặc|dan|serta|atau|및|또는) )\s*"
)
_OFF = re.compile(
    r"^(?:您|你|本人|有效|相关|个人|的|以下|如下|请|需要?|信息|材料|资料|好|并?附上|一张"
    r"|(?:and|your|the|an?|one|valid|full|a copy of) )+(?=\S\S)"
    r"|(?:等)?(?:相关)?(?:信息|材料|资料|内容)?(?:等|以便.*|以备.*|方便.*|便于.*|,.*)?$"
)
_STOP = re.compile(r"以便|以备|方便|便于|用于|,?(?:我们|客服|工作人员)|例如|比如|后[,再]|[。;!]")
# Letters of languages that say behind a list what it is for.
_ABROAD = re.compile("[\u3040-\u30ff\uac00-\ud7a3\u0e00-\u0e7fđĐơưạ-ỹ]")
_BEHIND = re.compile(r"[.;](?! (?:Call|Contact|You may call))")
_NUMBERED = re.compile(r";?\s*(?<!\d)\d[.、)]\s*(?!\d)")
_DIALLED = re.compile(r"\d[\d -]{5,}\d[^\n]*\n?[^\n]*$")  # a number, here or a line above
_ABOVE = 60  # characters above that say what it is about: a heading, the sentence before
_MOST = 8
_FEWEST = 2  # things that make a list of a sentence
_FAR = 120  # characters above in which the page says that it is about getting in touch
_REACHED = re.compile(r"(?<![\d.])\+?\d[\d ()-]{5,16}\d(?![\d.])|[\w.]@\w")  # a number or a mailbox
_ITEM_LINE, _LINES = 60, 5  # characters of a line that is an item of a list, and lines of one
_MARKED = re.compile(r"^(?:[*•·-]|\(?\d{1,2}[.、)])\s*")
# …，切勿透露短信验证码: what is never asked for is told in the same sentence.
_WARNED = re.compile(
    r"[,，.]?\s?(?=(?:切勿|请勿|請勿|不要|谨防|切記|never |do not |don't |jangan |อย่า))", re.I
)
_WIDE = 200  # characters around a word of a long line
_SENTENCES = re.compile(r"(?<=[。!！？?\n])|(?<=[.])(?=\s[A-Z])")
_LONGEST = 16
_LONGEST_LATIN = 40


def recordings(page_text: PageText, rules: ChannelRules) -> Iterator[Candidate]:
    """Sentences that say that calls to the brand are recorded."""
    for piece in page_text.lines("recording"):
        match = rules.part("recording.said").search(piece.text)
        if match is None:
            continue
        sentence = sentence_around(piece.text, match.start(), match.end())
        about = rules.part("recording.about").search(sentence)
        if about and not rules.part("recording.not").search(sentence):
            at = piece.start + match.start()
            yield Candidate(ChannelKind.RECORDING, sentence[:200], at, quote=sentence)


def preparations(page_text: PageText, rules: ChannelRules) -> Iterator[Candidate]:
    """Lists of what to have ready; never one that asks for a password or a code."""
    for piece in page_text.lines("prepare"):
        for match in rules.part("prepare.said").finditer(piece.text):
            sentence = sentence_around(piece.text, match.start(), match.end())
            at = piece.start + match.start()
            listed = group(match, "items")
            wide = page_text.text[max(0, at - _ABOVE) : at] + match.group()
            if listed.isascii() or _ABROAD.search(listed):  # have your card ready when you call
                wide += _BEHIND.split(piece.text[match.end() :])[0]
            asked = _STOP.split(_NUMBERED.sub(",", listed))[0]
            if rules.part("prepare.never").search(asked):
                continue
            if rules.part("prepare.not").search(sentence):
                continue
            items = _items(asked, rules)
            near = page_text.text[max(0, at - 2 * _ABOVE) : at]
            if items and (rules.part("prepare.about").search(wide) or _DIALLED.search(near)):
                value = "、".join(items)
                yield Candidate(ChannelKind.PREPARE, value, at, items, quote=sentence)


def listed(page_text: PageText, rules: ChannelRules) -> Iterator[Candidate]:
    """Sentences that ask for several things which call centres are known to ask for."""
    for piece in page_text.lines("prepare", _WIDE):
        end = piece.start
        for sentence in _SENTENCES.split(piece.text):
            at, end = end, end + len(sentence)
            whole = _with_list(sentence, page_text.text, piece.start + len(piece.text))
            near = page_text.text[max(0, at - _FAR) : at] + sentence
            around = page_text.text[max(0, at - 2 * _FAR) : end + 2 * _FAR]
            about = rules.part("prepare.about").search(near) or _REACHED.search(around)
            if about and (items := _asked(whole, rules)):
                yield Candidate(ChannelKind.PREPARE, "、".join(items), at, items, quote=whole)


def _with_list(sentence: str, text: str, end: int) -> str:
    """A sentence that ends with a colon, with the short lines that follow it."""
    if not sentence.rstrip().endswith(":"):
        return sentence
    lines = (fold(line).text.strip() for line in text[end : end + _FAR].strip().split("\n"))
    items = takewhile(lambda line: len(line) <= _ITEM_LINE, lines)
    return sentence.rstrip() + "、".join(_MARKED.sub("", line) for line in islice(items, _LINES))


def _asked(sentence: str, rules: ChannelRules) -> tuple[str, ...]:
    """What a sentence asks for; () if it lists nothing."""
    sentence = _WARNED.split(sentence)[0]
    asks = rules.part("prepare.asks").search(sentence)
    refused = any(
        rules.part(f"prepare.{part}").search(sentence) for part in ("never", "not", "visit")
    )
    if not asks or refused:
        return ()
    parts = _ITEMS.split(re.sub(r"\([^)]*\)?", "", sentence))
    known = [n for n, part in enumerate(parts) if rules.part("prepare.item").search(part)]
    asking = [n for n in known if rules.part("prepare.asks").search(parts[n])]
    known = [n for n in known if n >= asking[-1]] if asking else known
    if len(known) < _FEWEST:
        return ()
    first, *others = parts[known[0] : known[-1] + 1]
    if len(others) >= 2 * len(known) - 1 or any(map(rules.part("prepare.clause").search, others)):
        return ()
    lead = rules.part("prepare.lead").match(first)
    named = _named([first[lead.end() :] if lead else first, *others])
    return named if sum(bool(rules.part("prepare.item").search(name)) for name in named) > 1 else ()


def _named(parts: Iterable[str]) -> tuple[str, ...]:
    names = [_OFF.sub("", part.strip()).strip(' :“”"().。;') for part in parts]
    return tuple(name for name in names if 1 < len(name) <= _limit(name))[:_MOST]


def _items(text: str, rules: ChannelRules) -> tuple[str, ...]:
    """The things of a list; () unless one of them is known to be asked for by call centres."""
    listed = re.sub(r"\([^)]*\)?", "", text)
    kept = _named(_ITEMS.split(listed))
    known = [name for name in kept if rules.part("prepare.item").search(name)]
    return kept if known and len(known) * 2 >= len(kept) else ()


def _limit(name: str) -> int:
    return _LONGEST if has_ideographs(name) else _LONGEST_LATIN
