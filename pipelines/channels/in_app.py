"""Paths in an app that lead to a person: 我的 > 设置 > 帮助与反馈, however they are drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.channels.places import Candidate, PageText, has_ideographs
from pipelines.channels.words import ChannelRules, group
from pipelines.vocabulary import ChannelKind

_QUOTES = "“\"'「『【[［《‘"
_OPEN = re.escape(_QUOTES)
_CLOSE = re.escape("”\"'」』】]》’")
_ARROW = r"\s?(?:[-=]{1,4}>|[→➔➜⇒›»▸]|>{1,2}|\\?-{1,3}|\|)\s?"
_WORD = r"[\u4e00-\u9fffA-Za-z0-9/()]{1,24}"
_STEP = rf"[{_OPEN}]?\s?{_WORD}\s?[{_CLOSE}]?"
_CHAIN = re.compile(rf"{_STEP}(?:(?:{_ARROW}|(?<=[{_CLOSE}])\s*(?=[{_OPEN}])){_STEP})*")
_APART = re.compile(rf"{_ARROW}|[{_CLOSE}]\s*[{_OPEN}]")
_HINT = re.compile(
    rf"(?:我的?|设置|設定|更多|中心|页|頁|头像|角|APP|客户端|自己|栏)\s?(?:[{_CLOSE}]\s*[{_OPEN}]|[{_CLOSE}]?(?:{_ARROW}|/))",
    re.I,
)
_IN_QUOTES = re.compile(rf"(?:APP|客户端|客戶端|银行|小程序)[^。{_OPEN}\n]{{0,12}}[{_OPEN}]", re.I)
_DRAWN = re.compile(r"[-—–－>＞→➔➜⇒›»▸/／|\"'“‘【「『\[《<]")  # stands before the name of a step
_SEPARATED = re.compile(r"\s?[>＞→›▸»]{1,2}\s?")
_AROUND = 60
_LONGEST = 14  # characters of a step
_NEAR = 20
_LONGEST_LEAD = 16
_FRONT = ("首页", "主页", "首頁", "Home")
_OPENED = re.compile(rf"[{_OPEN}<](?=[^{_OPEN}{_CLOSE}<]+[{_CLOSE}]?\s*$)")
_DRAWN_ARROW = r"\s?(?:-{1,3}>|[→➔➜⇒»›>]{1,2})\s?"
_DASH = r"\s?[—–-]{1,2}\s?"
_DRAWN_STEP = r"(?:[^\n,，。.:：；;！!？?→➔➜⇒»›>—–-]|\.(?!\s)){1,30}"
_DRAWN_QUOTED = rf"[{_OPEN}][^\n{_OPEN}{_CLOSE}]{{1,14}}[{_CLOSE}]"
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")
_DRAWN_CHAIN = re.compile(
    rf"{_DRAWN_STEP}(?:{_DRAWN_ARROW}{_DRAWN_STEP})+|{_DRAWN_STEP}(?:{_DASH}{_DRAWN_STEP}){{2,}}"
    rf"|{_DRAWN_QUOTED}(?:{_DASH}{_DRAWN_QUOTED})+"
)
_DRAWN_APART = re.compile(rf"{_DRAWN_ARROW}|{_DASH}")


def app_paths(page_text: PageText, rules: ChannelRules) -> Iterator[Candidate]:
    """Paths of two steps or more of which one is called help, feedback, complaint …"""
    goal = rules.part("in_app.goal")
    text = page_text.text
    drawn = [
        at for at in page_text.spots.get("in_app", ()) if _DRAWN.search(text, at - _LONGEST, at)
    ]
    for piece in PageText(text, {"in_app": drawn}).lines("in_app", _AROUND):
        # What leads from one name to the next is blanked out: offsets stay.
        line = rules.part("in_app.join").sub(lambda m: " " * len(m[0]), piece.text)
        if not (_HINT.search(line) or _IN_QUOTES.search(line)):
            continue
        for match in _CHAIN.finditer(line):
            before = line[max(0, match.start() - _NEAR) : match.start()]
            steps = _steps(match.group(), before, rules)
            if any(goal.search(step) for step in steps[1:]):
                at = piece.start + match.start()
                yield Candidate(ChannelKind.IN_APP, " > ".join(steps), at, steps)


def app_paths_abroad(page_text: PageText, rules: ChannelRules) -> Iterator[Candidate]:
    """The same in the languages of the brand list: Profile > Help & Support > Raise a ticket."""
    goal = rules.part("in_app_abroad.goal")
    for piece in page_text.lines("in_app_abroad", 2 * _AROUND):
        for match in rules.part("in_app_abroad.path").finditer(piece.text):
            named = _SEPARATED.split(group(match, "rest"))[1:]
            steps = (group(match, "first"), *(name for part in named if (name := _bare(part))))
            if any(goal.search(step) for step in steps[1:]):
                at = piece.start + match.start()
                yield Candidate(ChannelKind.IN_APP, " > ".join(steps), at, steps)


def drawn_paths(page_text: PageText, rules: ChannelRules) -> Iterator[Candidate]:
    """Any names between arrows or dashes, the last of which lead to somebody, in an app.

    Activity → the payment → Get help, 安全中心—资金追索—我要报失. A web site's trail says where the
    page is: it stands alone in its line, and begins at the front page.
    """
    for piece in page_text.lines("drawn", 2 * _AROUND):
        for match in _DRAWN_CHAIN.finditer(piece.text):
            if steps := _drawn_steps(match, piece.text, rules):
                at = piece.start + match.start()
                yield Candidate(ChannelKind.IN_APP, " > ".join(steps), at, steps)


def _drawn_steps(match: re.Match[str], line: str, rules: ChannelRules) -> tuple[str, ...]:
    chain, before = match.group(), line[max(0, match.start() - _LONGEST_LEAD) : match.start()]
    first, *rest = _DRAWN_APART.split(chain)
    lead = rules.part("drawn.lead").match(first)
    led = before + (first[: lead.end()] if lead else "")
    first = _OPENED.split(first[lead.end() :] if lead else first)[-1]
    names = [_bare(first), *map(_bare, rest)]
    names[-1] = _bare(_IN_BRACKETS.sub("", _end(names[-1], rules))).rstrip("/")
    goal, app = rules.part("drawn.goal"), rules.part("drawn.app")
    inside = names[:1] if len(names) == 2 or names[0] in _FRONT else names[:2]
    in_app = (
        app.search(led) or any(map(app.search, inside)) or chain.count("「") > 1 or "☰" in chain
    )
    fits = all(0 < len(name) <= _limit(name) for name in names)
    return tuple(names) if fits and in_app and any(map(goal.search, names[1:])) else ()


def _limit(name: str) -> int:
    return _LONGEST if has_ideographs(name) else 2 * _LONGEST


def _steps(chain: str, before: str, rules: ChannelRules) -> tuple[str, ...]:
    """The names of the steps, or () if the chain is no path in an app.

    A slash draws a path only where nothing else does: 帮助/反馈 is one step of 我的-帮助/反馈.
    """
    parts = _APART.split(chain)
    parts = parts if len(parts) > 1 else chain.split("/")
    names = [rules.part("in_app.verb").sub("", _bare(part)) for part in parts]
    if len(names) < 2:
        return ()
    first = _first(names[0], before, chain, rules)
    if not first:
        return ()
    names[0], names[-1] = first, _bare(_end(names[-1], rules)).rstrip("/")
    fits = all(0 < len(name) <= _LONGEST for name in names)
    return tuple(names) if fits else ()


def _first(step: str, before: str, chain: str, rules: ChannelRules) -> str:
    """The first step: a place in an app, or in quotes behind the name of one; "" if neither."""
    first = rules.part("in_app.start").search(step)
    if first and _starts(step, first.start(), before, rules):
        return first.group()
    is_named = chain.strip()[0] in _QUOTES and rules.part("in_app.named").search(before)
    return step if is_named else ""


def _bare(step: str) -> str:
    return re.sub(rf"^[\s{_OPEN}]+|[\s{_CLOSE}]+$", "", step)


def _starts(step: str, start: int, before: str, rules: ChannelRules) -> bool:
    """Whether a path begins at a word: every web site has 首页, and 我 ends many words."""
    lead = before + step[:start]
    if step[start:] in ("首页", "主页", "首頁"):
        return bool(rules.part("in_app.app").search(lead))
    return start == 0 or len(step) - start > 1 or bool(rules.part("in_app.to").search(lead))


def _end(step: str, rules: ChannelRules) -> str:
    """The last step without the words of the sentence that follow it."""
    if step.count(")") > step.count("("):
        step = step[: step.rindex(")")]
    cut = rules.part("in_app.cut").search(step, 1)
    return step[: cut.start()] if cut else step
