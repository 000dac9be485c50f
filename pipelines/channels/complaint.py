"""How to complain, step by step, and the regulators' lines that the page names for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipelines.channels.places import Candidate, PageText, sentence_around
from pipelines.channels.words import ChannelRules, group
from pipelines.model import Channel, Evidence
from pipelines.numbering.fold import fold
from pipelines.vocabulary import ChannelKind, NumberClass, Owner

_INTRO = 80  # characters of a line that introduces steps
_HEADING = 20
_NUMBER = re.compile(r"^[一二三四五六七八九十\d]{1,2}\s?[、.)]\s*")
_STEP = 300
# 我们会向监管部门反映: there the firm complains of its users.
_OURS = re.compile("(?:我[们們司行]|平台|本公司)(?:会|將|将|有权|有權|可)?向")
_TO = re.compile("[向由找至到和与及]|或者?|[寻尋请請]求|登[录錄]")  # 可以向消费者协会
_READERS = re.compile("消[费費]者")
_NEAR = 12  # characters
_FAR = 6000  # characters in which the levels of one list stand
_FEWEST, _MOST = 2, 12


def complaint_paths(page_text: PageText, rules: ChannelRules) -> Iterator[Candidate]:
    """Numbered or listed steps below a line that says how to complain."""
    last = -1
    for at in page_text.spots.get("complaint", ()):
        line_at = page_text.short_line(at, _INTRO) if at >= last else None
        if line_at is None:
            continue
        start, end = line_at
        last = end
        line = fold(page_text.text[start:end]).text.strip()
        if not _introduces(line, rules):
            continue
        steps, behind = _steps_below(page_text.text, end, rules)
        if _FEWEST <= len(steps) <= _MOST and _acts(steps, rules):
            last = behind
            value = f"{_NUMBER.sub('', line).rstrip(': ')}: {' → '.join(steps)}"
            yield Candidate(ChannelKind.COMPLAINT, value, start, steps)


def escalations(page_text: PageText, rules: ChannelRules) -> Iterator[Candidate]:
    """Levels that a complaint climbs, each in a line: Level 1 - …, Level 2 - …"""
    for at in page_text.spots.get("complaint", ()):
        if not page_text.text.startswith("evel 1", at):
            continue
        start = page_text.text.rfind("\n", 0, at) + 1
        steps = _levels(page_text.text[start : start + _FAR], rules)
        about = rules.part("complaint.escalates").search(" ".join(steps))
        if about and len(steps) >= _FEWEST:
            yield Candidate(ChannelKind.COMPLAINT, " → ".join(steps), start, steps)
            return


def _levels(text: str, rules: ChannelRules) -> tuple[str, ...]:
    """The lines that begin with the levels from the first on, in order."""
    steps: list[str] = []
    for line in text.split("\n"):
        level = rules.part("complaint.level").match(fold(line).text.strip(" |"))
        if level and int(group(level, "number")) == len(steps) + 1:
            steps.append(" ".join(group(level, "step").split())[:_STEP])
    return tuple(steps)


def authorities(page_text: PageText, rules: ChannelRules) -> Iterator[Candidate]:
    """Authorities that a sentence names as where to complain."""
    for piece in page_text.lines("regulator"):
        for match in rules.part("regulator.named").finditer(piece.text):
            name = group(match, "name").strip(" ,、")
            ours = _OURS.search(piece.text, max(0, match.start() - _NEAR), match.start() + _NEAR)
            is_state = rules.part("regulator.state").search(name)
            if is_state and not _READERS.fullmatch(name) and ours is None:
                sentence = sentence_around(piece.text, match.start(), match.end())
                at = piece.start + match.start()
                yield Candidate(ChannelKind.REGULATOR, name, at, quote=sentence, own=True)


def called(page_text: PageText, rules: ChannelRules) -> Iterator[Candidate]:
    """Bodies that hear complaints, by their names, where a sentence says that they do."""
    about, other = rules.part("called.about"), rules.part("called.not")
    for piece in page_text.lines("called"):
        for match in rules.part("called.name").finditer(piece.text):
            sentence = sentence_around(piece.text, match.start(), match.end())
            rest = sentence.replace(match.group(), "")
            if about.search(rest) and not other.search(rest):
                at = piece.start + match.start()
                name = group(match, "x") or _TO.split(match.group())[-1]
                yield Candidate(ChannelKind.REGULATOR, name, at, quote=sentence, own=True)


def unsettled(page_text: PageText, rules: ChannelRules) -> Iterator[Candidate]:
    """Sentences that tell who is not content with an answer where to go with that."""
    is_not, *parts = (rules.part(f"unsettled.{part}") for part in ("if", "way", "at"))
    for piece in page_text.lines("unsettled", _STEP):
        for match in is_not.finditer(piece.text):
            sentence = sentence_around(piece.text, match.start(), match.end())
            told = all(part.search(sentence) for part in parts)
            if told and not rules.part("unsettled.not").search(sentence):
                value = " ".join(sentence.split())[:_STEP]
                at = piece.start + match.start()
                yield Candidate(ChannelKind.COMPLAINT, value, at, quote=sentence, own=True)


def regulators_of(evidence: Iterable[Evidence], rules: ChannelRules) -> Iterator[Channel]:
    """Regulators' numbers that the page names in a sentence about complaints."""
    for item in evidence:
        urgent = item.number_class is NumberClass.EMERGENCY  # not for complaints
        if item.owner is not Owner.REGULATOR or urgent or item.hidden:
            continue
        sentence = sentence_around(item.context, item.start, item.end)
        if rules.part("regulator.about").search(f"{item.label} {sentence}"):
            yield Channel(item.brand_id, ChannelKind.REGULATOR, item.number, sentence, item.url)


def _introduces(line: str, rules: ChannelRules) -> bool:
    intro, item, other = (rules.part(f"complaint.{part}") for part in ("intro", "item", "not"))
    # A heading may be numbered like an item: 二、处理流程 is told from 2. 我们… by its length.
    listed = item.match(line) and len(line) > _HEADING
    return bool(intro.search(line)) and not listed and not other.search(line)


def _steps_below(text: str, start: int, rules: ChannelRules) -> tuple[tuple[str, ...], int]:
    """Items of the list that follows, at most one line of words between."""
    steps: list[str] = []
    skipped = 0
    for match in re.finditer(r"[^\n]+", text[start : start + 6000]):
        line = fold(match.group()).text.strip()
        item = rules.part("complaint.item").match(line)
        if item is not None:
            steps.append(" ".join(group(item, "step").split())[:_STEP].rstrip("；;。"))
        elif steps or skipped or not line.endswith((":", "。", ",")):
            if line:
                return tuple(steps), start + match.start()
        else:
            skipped += 1
    return tuple(steps), start + 6000


def _acts(steps: tuple[str, ...], rules: ChannelRules) -> bool:
    """Steps say what somebody does; a menu of links does not."""
    verb = rules.part("complaint.verb")
    return 2 * sum(bool(verb.search(step)) for step in steps) >= len(steps)
