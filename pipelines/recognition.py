"""By what a page is known again, and whether it still is the page that it was.

A mark is a word with its kind in front. What says that the contact block is still there
(labels, contact words) is judged apart from the frame that every page of a site shares
(title, headings): a page may keep its frame and lose all it had to say, or the other way round.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipelines.layout import Html
from pipelines.model import Evidence
from pipelines.vocabulary import Outcome, Owner

#: A page of which less than this is left, kind by kind, is another page.
MARKS_TO_KEEP = 0.5
_LABELS = ("label:", "foot:")
_STATE = "state:"
_LANGUAGE = "language:"
_WORD = "word:"
_KEY = "key:"
_APART = (*_LABELS, _STATE, _LANGUAGE, _WORD)
_HEADINGS = ("h1", "h2", "h3", "h4")
_MAX_MARKS = 60
_MAX_DEPTH = 4
_LETTERS = 20  # fewer say nothing about a language
_SAMPLE = 2_000  # characters
_EVERY = 4  # of these, one in four tells the language of a long text
_ENDS = 8_000  # characters from each end in which a page that is one for contacts says so
_OWN = (Owner.SELF, Owner.UNKNOWN)
_DIGITS = re.compile(r"\d+")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[A-Za-z]+")


def marks_of(
    html: Html | None,
    text: str,
    evidence: Iterable[Evidence],
    contact_words: re.Pattern[str],
    state: Outcome = Outcome.OK,
) -> tuple[str, ...]:
    """The marks of a document.

    Args:
        contact_words: Finds words that stand around numbers: 服务时间, 邮箱 …
        state: What the words of the page say it is (a wall, a soft 404), whatever it holds.
    """
    foot = html.boilerplate() if html else ""
    marks = sorted(_label_marks(evidence, foot))
    marks += [f"{_STATE}{state}"] if not state.good else []
    marks += [*_language(text), *_word_marks(text, foot, contact_words)]
    # Labels first: they are what recognition rests on, however many headings a page has.
    marks += _frame(html) if html else [f"heading:{_still(x)}" for x in _lines(text)[:5]]
    return tuple(sorted(set(marks[:_MAX_MARKS])))


def json_marks(document: object, marks: Sequence[str]) -> tuple[str, ...]:
    """Marks of a JSON document: its labels, and its keys instead of its first characters."""
    keys = sorted({f"{_KEY}{path}" for path in _paths(document, "", 0)})
    labels = [mark for mark in marks if mark.startswith(_LABELS)]
    return tuple(sorted({*labels, *keys[: _MAX_MARKS - len(labels)]}))


def label_marks(marks: Iterable[str]) -> tuple[str, ...]:
    """Only the marks of numbers, for documents whose whole text is numbers (images)."""
    return tuple(mark for mark in marks if mark.startswith(_LABELS))


def recognised(previous: Iterable[str], now: Iterable[str]) -> bool:
    """Whether a page still looks like what it was, by its marks.

    >>> recognised(["label:客服热线", "联系我们"], ["联系我们"])
    False
    """
    before, after = set(previous), set(now)
    labels = {mark for mark in before if mark.startswith(_LABELS)}
    words = {mark for mark in before if mark.startswith(_WORD)}
    frame = {mark for mark in before if not mark.startswith(_APART)}
    kept = all(_kept(kind, after) for kind in (labels, words, frame))
    return kept and _same_language(before, after)


def wall_of(previous: Iterable[str], now: Iterable[str]) -> Outcome:
    """What the page says it has become (`login_wall` …); `OK` if it always said so, or nothing.

    A wall or an error page may well print a hotline, so having read one proves nothing.
    """
    states = sorted({mark for mark in now if mark.startswith(_STATE)} - set(previous))
    return Outcome(states[0].removeprefix(_STATE)) if states else Outcome.OK


def is_new_look(previous: Iterable[str], now: Iterable[str]) -> bool:
    """Whether a page that is not recognised was rebuilt, rather than broken.

    A rebuilt page still is a contact page in its language: it shows about as many labelled
    numbers as before, in a block of its own. A torso, or a footer on another page, does not.
    """
    before, after = set(previous), set(now)
    own = [sum(mark.startswith(_LABELS[0]) for mark in marks) for marks in (before, after)]
    every = [sum(mark.startswith(_LABELS) for mark in marks) for marks in (before, after)]
    was, stays = own if own[0] else every
    enough = stays > 0 and stays >= MARKS_TO_KEEP * was
    return enough and _same_language(before, after) and wall_of(before, after).good


def _kept(kind: set[str], after: set[str]) -> bool:
    return not kind or len(kind & after) >= MARKS_TO_KEEP * len(kind)


def _same_language(before: set[str], after: set[str]) -> bool:
    was, is_now = ({m for m in marks if m.startswith(_LANGUAGE)} for marks in (before, after))
    return not was or not is_now or was == is_now


def _label_marks(evidence: Iterable[Evidence], foot: str) -> Iterator[str]:
    """A mark for each mention of the publisher's own numbers, the second of a label as `#2`.

    The label alone is not enough: a hotline in the contact block and again in the footer is
    two marks, so that the footer alone does not pass for the contact block.
    """
    seen: Counter[str] = Counter()
    for item in evidence:
        if item.owner not in _OWN or item.hidden:
            continue
        kind = _LABELS[1] if _squeeze(item.context) in foot else _LABELS[0]
        mark = f"{kind}{item.label}"
        seen[mark] += 1
        yield mark if seen[mark] == 1 else f"{mark}#{seen[mark]}"


def _language(text: str) -> list[str]:
    sample = text[:_SAMPLE:_EVERY] if len(text) >= _SAMPLE else text
    han, latin = (sum(map(len, script.findall(sample))) for script in (_HAN, _LATIN))
    if han + latin < _LETTERS:
        return []
    return [f"{_LANGUAGE}han" if han * 2 >= latin else f"{_LANGUAGE}latin"]


def _word_marks(text: str, foot: str, words: re.Pattern[str]) -> list[str]:
    ends = text if len(text) <= 2 * _ENDS else text[:_ENDS] + text[-_ENDS:]
    main, below = (Counter(map(str.lower, words.findall(part))) for part in (ends, foot))
    return [f"{_WORD}{word}" for word in main if main[word] > below[word]]


def _frame(html: Html) -> list[str]:
    spans = [s for s in html.visible.spans if s[2] in _HEADINGS]
    headings = {f"heading:{_still(html.visible.text[a:b])}" for a, b, _ in spans}
    return [f"title:{_still(html.title, 60)}", *sorted(headings)]


def _still(text: str, length: int = 40) -> str:
    """Without what changes while the page stays the same: numbers, dates, counts."""
    return _DIGITS.sub("#", text.strip()[:length])


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _paths(node: object, path: str, depth: int) -> Iterator[str]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(node, Mapping):
        for key, value in node.items():
            where = f"{path}.{key}" if path else str(key)
            yield _DIGITS.sub("#", where)
            yield from _paths(value, where, depth + 1)
    elif isinstance(node, list):
        for value in node[:_MAX_MARKS]:
            yield from _paths(value, f"{path}[]", depth + 1)


def _squeeze(text: str) -> str:
    return " ".join(text.split())
