"""What a line is for, where its label does not tell: by the words that lead up to the label."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipelines.context.statements import BULLETS, title_of
from pipelines.model import Block
from pipelines.numbering.fold import fold, fold_part
from pipelines.vocabulary import Purpose
from pipelines.word_patterns import Words, compile_words

_REACH = 60  # characters before a number
_LABEL = 8  # characters before a number that are no sentence: 联系电话：
_HEADING = 14  # a longer heading is a title, and says what the page is about
_LATIN_HEADING = 40  # words take more characters there
_TITLE = re.compile(r"协议|協議|政策|条款|條款|规则|指南|公告|声明|agreement|policy|terms", re.I)
# 电话…(报失热线), …(報失熱線，全年365日運作)
_BRACKET = re.compile(r"\s?\((?:((?:[^()\d]|\d{1,2}(?!\d)){2,24})\)|([^(),;/\d]{2,16})[,;/])")
_SENTENCE = re.compile(r"[。;!?\n]|[a-z)]\. |\d{5}")
_QUESTION, _LATIN_QUESTION = 40, 100  # characters of a heading that asks: 卡丢了怎么办？
_CASES = (Purpose.LOSS_REPORT, Purpose.FRAUD_SECURITY)
_OCCASIONS = (*_CASES, Purpose.COMPLAINT)
_ASKED = (*_OCCASIONS, Purpose.LEGAL_PRIVACY)
_BEHIND = 120  # characters behind a number
_ASIDE = re.compile(r"\s?\([^()\n]{0,80}\)")  # (or +44 1244 … from outside the UK)
_LINE = 200  # characters of a line that goes on below
_LISTED = 5  # lines above a number that may head a list of numbers
# What ends a phrase; what stands before 或拨打 or in 登录…App is another way.
_PHRASE = re.compile(
    r"[,。;!?、\n()|【】\[\]]|或者?|登录|登錄|下载|下載|打开|通过|透過|\b(?:or|via|through)\b",
    re.I,
)


@dataclass(frozen=True, slots=True, eq=False)
class PurposeRules:
    """The compiled table `purposes.toml`."""

    any_hint: Words  # all of them: before most numbers stands none
    hints: tuple[tuple[Purpose, re.Pattern[str]], ...]
    call: re.Pattern[str]  # a phrase that only says to call
    bare: re.Pattern[str]  # labels that only say that one may call
    for_merchants: Words  # titles of pages that speak to merchants only
    case: re.Pattern[str]  # a clause that says what has happened: 如遗失卡片
    reported: re.Pattern[str]  # what one is told to report, in a group
    occasion: re.Pattern[str]  # behind a number, with a group for what one calls for
    listed: Words  # a sentence that says that numbers follow

    def is_bare(self, label: str) -> bool:
        """Whether a label says no more than that one may call."""
        return self.bare.fullmatch(label.strip()) is not None

    def tells_of_loss(self, title: str) -> bool:
        """Whether a title says that a page is about lost or stolen cards and telephones."""
        return _hint(self, fold(title).text) is Purpose.LOSS_REPORT and not _TITLE.search(title)

    def hinted(
        self, block: Block, start: int, end: int, *, is_weak: bool, is_labelled: bool = True
    ) -> Purpose:
        """The purpose of `block.text[start:end]` by the words beside it; `GENERAL` without one.

        Args:
            is_weak: Whether its label says hardly more than that it is a telephone number: 客服热线
                is general under the heading 投诉渠道, too; 电话 is not.
            is_labelled: Whether it has a label at all: a list may give the lines of others.
        """
        for words in self._beside(block, start, end):
            if words and (purpose := _hint(self, words)):
                return purpose
        if not is_weak:
            return Purpose.GENERAL
        if purpose := self._case(block, start) or self._occasion(block, end):
            return purpose
        above = (_hint(self, words) for words in _above(block, start) if words)
        told = next(filter(None, above), None) or self._asked(block)
        return told or (self._listed(block) if is_labelled else None) or Purpose.GENERAL

    def _case(self, block: Block, start: int) -> Purpose | None:
        """What has happened to whoever is told to call, by an earlier clause of the sentence."""
        before = _led_by(block, start, 2 * _REACH)
        for clause in reversed(_PHRASE.split(_SENTENCE.split(before)[-1])):
            purpose = _hint(self, clause)
            if purpose in _CASES and self.case.search(clause.strip()):
                return purpose
        reported = self.reported.search(_SENTENCE.split(before)[-1])
        purpose = _hint(self, reported[1]) if reported else None
        return purpose if purpose in _CASES else None

    def _occasion(self, block: Block, end: int) -> Purpose | None:
        """Why one calls, by the rest of the sentence: Call … to report a card lost or stolen."""
        behind = _SENTENCE.split(fold_part(block.text, end, end + _BEHIND))[0]
        said = self.occasion.match(_ASIDE.sub("", behind, count=1))
        purpose = _hint(self, said[1]) if said else None
        return purpose if purpose in _OCCASIONS else None

    def _listed(self, block: Block) -> Purpose | None:
        """What all numbers of a list are for, by the sentence above it."""
        if not self.listed.search(block.before):  # as above most numbers
            return None
        lines = [line for line in block.before.split("\n") if self.listed.search(line)]
        purposes = (_hint(self, fold(line).text) for line in reversed(lines[-_LISTED:]))
        return next((purpose for purpose in purposes if purpose in _OCCASIONS), None)

    def _asked(self, block: Block) -> Purpose | None:
        """What has happened by a heading, or the question above, that asks what to do then."""
        heading = fold(title_of(block.heading)).text.strip()
        if not heading.endswith("?"):
            *_, last = block.before.rstrip().split("\n")
            heading = fold(last).text.strip() if last.rstrip().endswith(("?", "？")) else heading
        is_asked = heading.endswith("?") or self.case.search(heading)
        longest = _LATIN_QUESTION if heading.isascii() else _QUESTION
        purpose = _hint(self, heading) if is_asked and len(heading) <= longest else None
        return purpose if purpose in _ASKED else None

    def _beside(self, block: Block, start: int, end: int) -> Iterator[str]:
        before = _led_by(block, start, _REACH).rstrip(" :(-")
        *earlier, last = _PHRASE.split(before)
        yield last
        goes_on = before.removesuffix(last).rstrip().endswith((",", "?"))
        if earlier and goes_on and self.call.fullmatch(last.strip()):
            yield earlier[-1]
        if bracket := _BRACKET.match(fold_part(block.text, end, end + _REACH)):
            yield bracket[1] or bracket[2]


def _led_by(block: Block, start: int, reach: int) -> str:
    """The words before a number, with the line above where the sentence begins there."""
    before = fold_part(block.text, max(0, start - reach), start)
    above = block.before.rpartition("\n")[2].rstrip() if start <= reach else ""
    if not above.endswith((",", "，")) or _SENTENCE.search(before):
        return before
    return fold(above[-_LINE:]).text + before


@lru_cache(maxsize=1024)
def _hint(rules: PurposeRules, words: str) -> Purpose | None:
    """The purpose that words tell; beside numbers they are much the same from page to page."""
    if not rules.any_hint.search(words):
        return None
    return next(purpose for purpose, hint in rules.hints if hint.search(words))


def _above(block: Block, start: int) -> Iterator[str]:
    """Headers of a number's row and column, and a heading that is no title.

    A sentence says itself whom it is for: 其他客户请拨打… under 贵宾服务.
    """
    if len(block.text[:start].lstrip(BULLETS)) > _LABEL:
        return
    yield fold(_beside_cell(block)).text[-_REACH:]
    yield fold(block.column_header).text[-_REACH:]
    if len(block.left) > 1:  # 商户 | 9:00-18:00 | 400-…: the first cell says what the row is about
        yield fold(block.left[0][1]).text[-_REACH:]
    heading = fold(title_of(block.heading)).text
    longest = _LATIN_HEADING if heading.isascii() and not block.table else _HEADING
    if len(heading) <= longest and not _TITLE.search(heading):
        yield heading


def _beside_cell(block: Block) -> str:
    """The cell left of a number, or right of one that begins its row."""
    if block.row_header or not block.column_header:
        return block.row_header.rpartition("|")[2]
    return block.after.partition("\n")[0].partition("  ")[0]


def compile_purposes(table: Mapping[str, Any]) -> PurposeRules:
    """Compiles the table."""
    rows = table["hint"]
    case, reported, occasion = (
        re.compile(table[name]["words"], re.I) for name in ("case", "reported", "occasion")
    )
    return PurposeRules(
        compile_words("|".join(row["words"] for row in rows), re.I),
        tuple((Purpose(row["purpose"]), re.compile(row["words"], re.I)) for row in rows),
        re.compile(table["call"]["words"], re.I),
        re.compile(table["bare"]["words"], re.I),
        compile_words(table["for_merchants"]["words"], re.I),
        case,
        reported,
        occasion,
        compile_words(table["listed"]["words"], re.I | re.M),
    )
