"""All blocks of a page searched: numbers in reading order, and what was refused and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipelines.blocks import Piece
from pipelines.frozen import dataclass
from pipelines.model import Block, Issue, Number, Page
from pipelines.normalize import normalize
from pipelines.numbering.find import Finder, Found, Refused
from pipelines.numbering.fold import fold
from pipelines.rules import Rules
from pipelines.vocabulary import Level, NumberClass

# Shapes of numbers with a digit missing or too many; only beside a label (`misprints`).
_MISPRINT = re.compile(
    r"400\d{5,6}|400\d{8,9}|0(?:10|2\d)\d{7}|0(?:10|2\d)\d{9}|0[3-9]\d\d\d{6}|0[3-9]\d\d\d{9}"
    r"|1[3-9]\d{8}|1[3-9]\d{10}|[2-8]\d{6,7}|95\d{2}|95\d{7,9}"
)
IDD = re.compile(r"(?:\+|00)\s?(?:95|96|400|800|10[01]|12)\d{2,8}")  # domain.md A5 S1
_NOT_DIGIT, _SEPARATOR = re.compile(r"\D"), re.compile(r"[ -]")
_EVERY_CLASS = frozenset(("all",))
_DOUBTFUL = frozenset(("unknown_shape", "bad95", "local_only", "more_digits"))


# A cell or line with one number and nothing else, but for where it is called from.
_ALONE = re.compile(r"\s*(?:(?P<place>[^\d:：\n]{2,24})[:：])?\s*\+?[\d(][\d\s()./-]{4,20}\d\s*")
# A directory of all outlets of a bank has some hundred; what has more is no page about a brand.
MAX_CANDIDATES = 2000
# They are for `--explain` and for misprints beside a label: a person reads no more of them.
MAX_REFUSALS = 5000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number as found; `needs_label`: digits alone do not make it one."""

    number: Number
    needs_label: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """A candidate that is no number, with the rule that decided."""

    piece: Piece
    start: int
    end: int
    rule: str

    @property
    def raw(self) -> str:
        """The refused text."""
        return self.piece.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Findings:
    """What the search of a page's blocks gave: numbers, and the first refusals."""

    candidates: tuple[Candidate, ...]
    refusals: tuple[Refusal, ...]
    too_many: bool = False  # the search stopped at `MAX_CANDIDATES`


def search(pieces: Iterable[Piece], country: str, rules: Rules) -> Findings:
    """Searches pieces for numbers of a country's plan."""
    finder = Finder(rules.plan, rules.vetoes, country)
    candidates: list[Candidate] = []
    refusals: list[Refusal] = []
    for piece in pieces:
        for read in _readings(finder, piece, rules):
            if isinstance(read, Candidate):
                candidates.append(read)
            elif len(refusals) < MAX_REFUSALS:
                refusals.append(read)
            if len(candidates) > MAX_CANDIDATES:
                return Findings((), (), too_many=True)
    return Findings(tuple(candidates), tuple(refusals))


def _readings(finder: Finder, piece: Piece, rules: Rules) -> Iterator[Candidate | Refusal]:
    block: Block | None = None
    for hit in _of_named_country(finder, piece, rules) or finder.hits(piece.text):
        if isinstance(hit, Found):
            block = block or piece.placed()
            yield _candidate(hit, piece, block, rules)
        else:
            yield Refusal(piece, hit.start, hit.end, hit.rule)


def _of_named_country(finder: Finder, piece: Piece, rules: Rules) -> Sequence[Found]:
    """A number alone that is none at home, by the country that its row or label names.

    香港 | 800 967 215, From the UK: 0800 …
    """
    alone = _ALONE.fullmatch(piece.text)
    if alone is None or any(_is_of_home(hit, finder) for hit in finder.hits(piece.text)):
        return ()
    block = piece.placed()
    first = block.left[0][1] if block.left else block.row_header.partition("|")[0]
    country = rules.regions.named(alone["place"] or first)
    if country in ("", finder.country):
        return ()
    hits = replace(finder, country=country).hits(piece.text)
    return [replace(hit, needs_label=False) for hit in hits if isinstance(hit, Found)]


def _is_of_home(hit: Found | Refused, finder: Finder) -> bool:
    """A number of the page's country; elsewhere 1-800-555-0199 is no mobile of the mainland."""
    if isinstance(hit, Refused):
        return False
    is_mobile = hit.entry is not None and hit.entry.number_class is NumberClass.MOBILE
    return finder.country == "CN" or not is_mobile


def _candidate(hit: Found, piece: Piece, block: Block, rules: Rules) -> Candidate | Refusal:
    beside = rules.vetoes.veto_beside(block, hit.start)
    if beside:
        return Refusal(piece, hit.start, hit.end, beside)
    number = normalize(hit, block, rules.plan)
    if number is None:
        return Refusal(piece, hit.start, hit.end, "not_assigned")
    return Candidate(number, hit.needs_label)


def misprints(findings: Findings, page: Page, rules: Rules) -> Iterator[Issue]:
    """Labelled digits that look like a number with a digit missing or too many."""
    for refusal in findings.refusals:
        if refusal.rule not in _DOUBTFUL or not _is_misprint(refusal, rules):
            continue
        yield Issue(
            Level.WARNING,
            "misprinted_number",
            f"{refusal.raw.strip()!r} stands where a number should, but is none ({refusal.rule})",
            "look at the page; ask the brand if the number is misprinted",
            page.brand.id if page.brand else "",
            page.url,
        )


def _is_misprint(refusal: Refusal, rules: Rules) -> bool:
    text = fold(refusal.raw).text.strip()
    digits = _NOT_DIGIT.sub("", text)
    if not (_MISPRINT.fullmatch(digits) or IDD.fullmatch(_SEPARATOR.sub("", text))):
        return False
    block = refusal.piece.placed()
    if rules.vetoes.veto(fold(block.text).text, refusal.start, refusal.end, _EVERY_CLASS):
        return False
    label = rules.labels.of(block, refusal.start, refusal.end)
    return label is not None and label.place in ("before", "row", "column")
