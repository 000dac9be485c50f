"""The label of a number: the words that say it is a phone, and what for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from pipelines.context.statements import title_of
from pipelines.frozen import dataclass
from pipelines.model import Block
from pipelines.numbering.digits import may_hold
from pipelines.numbering.fold import fold, fold_part
from pipelines.vocabulary import Purpose
from pipelines.word_patterns import Words, compile_words

_REACH = 34  # characters between a label and the first number behind it
_LIST_REACH = 90  # the same, when only other numbers, separators and their words stand between
_BEHIND = 24  # characters behind a number in which a label still belongs to it
_NEAR = 14  # a strong label this close before a weak one gives its purpose
_LAST_LINE = 40
_LEAD = 60  # a number further in does not lead its block, whatever stands before it
_GENERAL = 40  # rank up to which a label leaves the purpose to the words that lead up to it
_PHRASE = 8  # characters between the parts of one label: 个人信息保护|专线, 海外|用户|客服热线
# 电 话, 传　真: single characters set apart to fill a line.
_SPACED = re.compile(r"(?<=[\u4e00-\u9fff]) {1,4}(?=[\u4e00-\u9fff](?![\u4e00-\u9fff]))")
_WORD = re.compile(r"[^\W\d_]{3,}|[\u0e00-\u0e7f]{3}")  # vowels of Thai are no letters
# 0571-2688（总机）0571-2689（传真）
_OF_LAST = re.compile(r"^.*\d\s?\(([^()\d]{1,12})\)\s*$", re.S)
_PHRASE_STOP = re.compile(r"[，。；：、,;:|()\d\s]|或(?:者)?(?:拨打|致电|联系)|也可")
# 95188（24小时客服热线）, 2266 2222 – 24-hour hotline
_HOURS = r"(?:(?:7\s?[x×*]\s?)?24[\s-]?(?:小时|小時|時間|시간|h(?:(?:ou)?rs?)?)|24/7)"
# Media Relations hotline, partner bank service hotline; not fax or hotline.
_LATIN_PHRASE = re.compile(r"[ -]?(?:(?!(?:and|or|to|from|via|by|at)\b)[a-z]+ ){0,2}", re.I)
# Not the words of a number in brackets, which are that number's: （传真010-58812889）.
_BRACKET = re.compile(rf"\s?[(\[【](?:{_HOURS})?([^()\[\]【】\d]{{2,20}}+)(?!\(?\+?\d{{3}})", re.I)
_BRACKETED = re.compile(r"^\s?\([^()]{0,24}\)")  # 95188（7×24小时）客服热线
_STOP = re.compile(r"[。；;!?！？]")
_PUNCTUATION = " \t\xa0.,;:|·•-()（）"
_NUMBER_ALONE = re.compile(r"[\s☎:：(（+]*\d[\d\s()（）+\-转/、,，]{3,30}")
_TIMES = re.compile(r"\d{1,2}:\d\d|7\s?[x×*]\s?24|24(?=小时|小時|h)")
_DIGITS = re.compile(r"\d{3}")
_OTHERWISE = ("next", "below")  # places whose label is another number's where one is nearer
_CAPTION = 24  # characters
_NAME = 14
_IN_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_BEHIND_DIGITS = re.compile(r"\d{3,}(\D*)$")
_BEHIND_STOP = re.compile(r"[。；;，,、/\d\n]")
_FIRST_HOURS = re.compile(rf"^{_HOURS}\s?", re.I)
_UPTO_NEXT = re.compile(
    rf"[ ()\[\]【】/、,，;；]*[^\d。；;，,、/\n()]{{1,16}}(?:[:：] ?)?(?!{_HOURS})[(+]?\d", re.I
)
# A colon binds a label to what follows it; so do words in brackets that hold a number.
_LABEL_OF_NEXT = re.compile(r"[^\d。；;\n:]{1,16}: ?[(+]?\d|\s?\([^()\d]{1,12}:?\s?[+]?\d{3}")
_ONLY_NUMBERS = re.compile(
    r"[\d\s()+\-/|、,，;；或和及与:：~转轉按#键·]*(?:[(（][^()（）\d]{0,20}[)）][\d\s()+\-/|、,，;；或和及与:：~转轉#]*)*"
)


@dataclass(frozen=True, slots=True)
class LabelRule:
    """One row of the table: words that tell a purpose."""

    purpose: Purpose
    rank: int
    weak: bool
    service: bool


_FOR = LabelRule(Purpose.GENERAL, rank=0, weak=True, service=True)
_Hit = tuple[LabelRule, int, int]  # where in a text


@dataclass(frozen=True, slots=True)
class Label:
    """A label found for a number, and where: `before`, `behind`, `column`, `row`, `above`, …"""

    word: str
    purpose: Purpose
    place: str
    weak: bool
    service: bool  # a line that users are served on (not fax, recruitment, media, …)


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """The compiled table `labels.toml`."""

    pattern: Words
    rules: tuple[LabelRule, ...]
    aside: re.Pattern[str]  # a line that may stand between a label and its number
    audience: re.Pattern[str]  # for whom a number is
    caption: re.Pattern[str]  # words of a line below a number that tells of it
    no_phone: re.Pattern[str]  # names of what is no telephone
    line: re.Pattern[str]  # what a line is for, where its name is no label
    bare: re.Pattern[str]  # a telephone, and nothing of what it is for
    address: Words  # where the firm has its seat

    def of(self, block: Block, start: int, end: int) -> Label | None:
        """The label of `block.text[start:end]`, from the nearest place that has one."""
        best: Label | None = None
        for place, text, found in self._places(block, start, end):
            if found is None or (place in _OTHERWISE and best is not None):
                continue
            label = Label(text, found.purpose, place, found.weak, found.service)
            if not label.weak:
                return self._merged(best, label)
            best = best or label
        return best

    def near(self, text: str) -> tuple[LabelRule, str] | None:
        """The last label in a short text, with the purpose of the words that lead up to it."""
        return _near(self, text)

    def all_in(self, text: str) -> tuple[LabelRule, ...]:
        """The rules of all labels in a text."""
        return tuple(rule for rule, _, _ in _matches(self, fold(text).text))

    def _nearest(self, flat: str, hits: Sequence[_Hit]) -> tuple[LabelRule, str] | None:
        if not hits:
            return None
        rule, start, end = max(hits, key=lambda hit: (hit[2], hit[0].rank))
        if rule.rank > _GENERAL:
            return rule, flat[start:end]
        closer = [hit for hit in hits if not hit[0].weak and hit[0].rank > rule.rank]
        for other, begin, stop in sorted(closer, key=lambda hit: (-hit[2], -hit[0].rank)):
            between = flat[stop:start]
            in_one = len(between) <= _PHRASE and not _PHRASE_STOP.search(between)
            if in_one or _LATIN_PHRASE.fullmatch(between):
                return other, flat[begin:end]
        return self._weak_or_self(rule, flat, start, end, hits)

    def _weak_or_self(
        self,
        rule: LabelRule,
        flat: str,
        start: int,
        end: int,
        hits: Sequence[_Hit],
    ) -> tuple[LabelRule, str]:
        """A weak label takes the purpose of a strong one close before it."""
        strong = [h for h in hits if rule.weak and not h[0].weak and start - h[2] <= _NEAR]
        if strong:
            rule, start, _ = max(strong, key=lambda hit: (hit[2], hit[0].rank))
        return rule, flat[start:end]

    def _merged(self, weak: Label | None, strong: Label) -> Label:
        """A weak label nearer by keeps its word; the purpose comes from the strong one."""
        return (
            strong
            if weak is None
            else replace(weak, purpose=strong.purpose, weak=False, service=strong.service)
        )

    def _places(
        self, block: Block, start: int, end: int
    ) -> Iterator[tuple[str, str, LabelRule | None]]:
        leads = start <= _LEAD and _leads(block.text[:start])
        before = fold_part(block.text, max(0, start - _LIST_REACH), start)
        yield "before", *self._split(_before(self, before))
        yield "bracket", *self._split(self._bracket(block.text, end))
        alone = leads and not block.text[end:].strip(_PUNCTUATION)
        is_heading = alone and _is_heading(block)
        if is_heading:  # what stands above it ends there
            yield "below", *self._split(self._below(block.after, ""))
        if leads:
            yield "row", *self._split(self.near(self._left(block.row_header)))
            yield "column", *self._split(self.near(block.column_header))
            yield "above", *self._split(self._above(block.before))
        yield self._place_behind(block.text, end), *self._split(self._behind(block.text, end))
        if alone and not is_heading:
            yield "below", *self._split(self._below(block.after, block.before))
        if leads:
            yield "row", *self._split(self.near(block.row_header[-_LAST_LINE:]))
            yield "heading", *self._split(self.near(block.heading))

    def _left(self, row_header: str) -> str:
        """The cell left of a number, past its hours and costs: 投诉 | 9:00-18:00 | 95188."""
        cells = reversed(row_header.split("|"))
        return next((cell for cell in cells if not self.aside.fullmatch(cell)), "")[-_LAST_LINE:]

    def _above(self, before: str) -> tuple[LabelRule, str] | None:
        """The label in the line above, with nothing but asides between: 客服热线 / 9:00-21:00."""
        said = [line for line in before.split("\n") if line.strip()]
        lines = [line for line in said if not self.aside.fullmatch(line)] or said
        if not lines or len(lines[-1]) > _LAST_LINE or self._labels_its_own(lines[-1]):
            return None
        return None if self._is_caption(lines) else self.near(lines[-1]) or self._for(lines[-1])

    def _for(self, line: str) -> tuple[LabelRule, str] | None:
        """A line that only names for whom the number below it is."""
        words = line.strip(" \t\xa0:：")
        return (_FOR, words) if self.audience.fullmatch(words) else None

    def _is_caption(self, lines: Sequence[str]) -> bool:
        """The last line is the label of a number alone in the line above it."""
        place = len(lines) - 2
        while place >= 0 and _NUMBER_ALONE.fullmatch(lines[place]):
            if place == 0 or not self._names(lines[place - 1]):
                return True
            place -= 2
        return False

    def _names(self, line: str) -> bool:
        """A short line that may be the name of the number below it."""
        words = line.strip(" \t\xa0:：")
        is_short = 0 < len(words) <= _NAME and not _DIGITS.search(words)
        return is_short and (self.near(words) or self.line.search(words)) is not None

    def _below(self, after: str, before: str) -> tuple[LabelRule, str] | None:
        """The label in the line below a number that stands alone, if it is the caption of it."""
        lines = [line for line in after.split("\n") if not self.aside.fullmatch(line)]
        caption, next_line = [*lines, "", ""][:2]
        if may_hold(next_line) and self._names(before.rpartition("\n")[2]):
            return None  # 个人 / 95188 / 商户 / …: of label and number the label comes first
        if len(caption) > _CAPTION or _DIGITS.search(_TIMES.sub("", caption)):
            return None
        found = self.near(_IN_BRACKETS.sub("", caption))
        is_plain = found is not None and found[0].service and not found[0].weak
        return found if is_plain or self.caption.search(caption) else None

    def _labels_its_own(self, line: str) -> bool:
        """A label behind the number of a line is that number's: 400-810-8888 客服热线."""
        behind = _BEHIND_DIGITS.search(line)
        return behind is not None and self.near(behind[1]) is not None

    @staticmethod
    def _split(found: tuple[LabelRule, str] | None) -> tuple[str, LabelRule | None]:
        return (found[1], found[0]) if found else ("", None)

    def _window(self, before: str) -> tuple[str, Sequence[_Hit]]:
        """The stretch of text before a number in which its label may stand, and what is in it."""
        window = _SPACED.sub("", before)
        of_last = _OF_LAST.match(window)
        # Not where the bracket only tells for whom: A（会员） B（商家）.
        if of_last and self.near(of_last[1]):
            window = ""
        hits = _matches(self, window)
        if hits and len(window) - hits[-1][2] > _REACH:
            gap = window[hits[-1][2] :]
            return (window, hits) if _ONLY_NUMBERS.fullmatch(gap) else ("", [])
        sentence = _STOP.split(window)[-1]
        if sentence.strip():
            cut = len(window) - len(sentence)
            return sentence, [(rule, a - cut, b - cut) for rule, a, b in hits if a >= cut]
        near = window[-_REACH:]
        return near, _matches(self, near)

    def _bracket(self, text: str, end: int) -> tuple[LabelRule, str] | None:
        """Words in brackets straight behind a number: 95188（客服热线）."""
        match = _BRACKET.match(fold_part(text, end, end + 2 * _BEHIND))
        return self.near(match[1]) if match else None

    def _behind(self, text: str, end: int) -> tuple[LabelRule, str] | None:
        tail = _BRACKETED.sub("", fold_part(text, end, end + _BEHIND))
        if _LABEL_OF_NEXT.match(tail):
            return None
        tail = _FIRST_HOURS.sub("", tail.lstrip(" (（[【-:"), count=1)
        return self.near(_BEHIND_STOP.split(tail)[0])

    @staticmethod
    def _place_behind(text: str, end: int) -> str:
        """`next` where the words behind a number lead up to another one: 电话 1 传真 2."""
        match = _UPTO_NEXT.match(fold_part(text, end, end + _BEHIND))
        return "next" if match else "behind"


# The pages of a site share their head and foot: the words there are looked at once.


@lru_cache(maxsize=2048)
def _matches(labels: Labels, text: str) -> tuple[_Hit, ...]:
    """All labels in a text, in the order in which they stand."""
    return tuple(
        (labels.rules[int((match.lastgroup or "g0")[1:])], match.start(), match.end())
        for match in labels.pattern.finditer(text)
    )


@lru_cache(maxsize=2048)
def _before(labels: Labels, before: str) -> tuple[LabelRule, str] | None:
    return labels._nearest(*labels._window(before))


@lru_cache(maxsize=2048)
def _near(labels: Labels, text: str) -> tuple[LabelRule, str] | None:
    flat = _SPACED.sub("", fold(text).text)
    return labels._nearest(flat, _matches(labels, flat))


def _leads(text: str) -> bool:
    """Nothing but punctuation stands before the number in its block."""
    return not _WORD.search(text)


def _is_heading(block: Block) -> bool:
    return title_of(block.heading) == block.text.strip()


def compile_labels(table: Mapping[str, Any]) -> Labels:
    """Compiles the table; one alternation with a named group per row, highest rank first."""
    rows = sorted(table["label"], key=lambda row: -int(row["rank"]))
    groups = [f"(?P<g{i}>{'|'.join(row['words'])})" for i, row in enumerate(rows)]
    rules = tuple(
        LabelRule(
            Purpose(row["purpose"]), row["rank"], row.get("weak", False), row.get("service", True)
        )
        for row in rows
    )

    def words(name: str) -> str:
        return "|".join(table[name]["words"])

    aside = rf"(?!.*(?:{words('no_aside')}))[\s*·•]*(?:{words('aside')})\s*"
    return Labels(
        compile_words("|".join(groups), re.IGNORECASE),
        rules,
        aside=re.compile(aside, re.IGNORECASE),
        audience=re.compile(words("audience")),
        caption=re.compile(words("caption"), re.IGNORECASE),
        no_phone=re.compile(words("no_phone"), re.IGNORECASE),
        line=re.compile(words("line"), re.IGNORECASE),
        bare=re.compile(words("bare"), re.IGNORECASE),
        address=compile_words(words("address"), re.IGNORECASE),
    )
