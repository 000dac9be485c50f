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


def regulators_of(evidence: Iterable[Evidence], rules: ChannelRules) -> Iterator[Channel]:
    """Regulators' numbers that the page names in a sentence about complaints."""
    for item in evidence:
        listed = item.number_class is NumberClass.PUBLIC_SERVICE and item.owner is Owner.REGULATOR
        if not listed or item.hidden:
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
