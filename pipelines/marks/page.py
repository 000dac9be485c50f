"""What the marks and the words of a page say against it: issues, which the verdict reads.

A page of the brand whose footer shows somebody else's mark is not known to be the brand's any
more (a host can change hands); a page elsewhere that shows the brand's marks or speaks in its
name is an impostor's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipelines.context.firms import Firms
from pipelines.context.publisher import core, publisher_of
from pipelines.ground import Ground, ground_of, host_of
from pipelines.marks.footer import Mark, MarkKind, marks_in
from pipelines.marks.lookalike import look_alikes
from pipelines.marks.tables import MarkRules
from pipelines.markup import Html
from pipelines.model import Brand, Issue, Page
from pipelines.registers.register import holds
from pipelines.vocabulary import Grade, Level

#: Code of the issue that takes a page's word from the verdict.
FOREIGN_MARK = "foreign_mark"
#: The same of a page that visitors wrote.
USER_CONTENT = "user_content"
#: Codes of `PageReading.plays`, the first two with what follows them.
LOOKS_LIKE = "looks_like:"
SHOWS_MARK = "shows_mark:"
SPEAKS_AS = "speaks_as_company"

_FOOTER = 4  # the footer is the last quarter of the text, and no less than this:
_FOOTER_LENGTH = 800
_FLAWS = {
    "province": "its digits name another province than its letter",
    "length": "it has a wrong number of digits",
    "year": "its year is none",
    "check_digit": "its check digit is wrong",
    "link_code": "the link behind it names another code",
    "link_host": "the link behind it does not lead to the register",
}

_WEAK = ("check_digit",)  # a few early real codes fail (domain.md D2)


def page_issues(
    page: Page, text: str, links: Iterable[tuple[str, str]], rules: MarkRules
) -> Iterator[Issue]:
    """What is wrong with the marks of a page, or with a page elsewhere that plays the brand."""
    if page.brand is None:
        return
    marks = marks_in(footer_of(text), rules.provinces, links)
    ground = ground_of(page.final_url or page.url, page.brand)
    if ground is Ground.FOREIGN:
        yield from _impostor(page, page.brand, _plays(page, page.brand, text, marks, rules))
        return
    for mark in marks:
        yield from (_flawed(page, mark, flaw) for flaw in mark.flaws)
    for mark in foreign_marks(marks, page.brand, rules):
        yield _issue(
            page,
            FOREIGN_MARK,
            f"the footer shows {mark.value}, which is not {page.brand.id}'s",
            "find out whether the host still belongs to the brand; if it has a second filing, "
            "add it to marks in the brand's file",
        )


def user_content(page: Page, html: Html, text: str, rules: MarkRules) -> Iterator[Issue]:
    """A page on the brand's own ground that visitors wrote."""
    if page.brand is None or rules.forums is None:
        return
    if not ground_of(page.final_url or page.url, page.brand).declared:
        return
    if why := rules.forums.written_by_users(html, text):
        said = f"visitors of {page.brand.id} wrote this page: {why}"
        advice = "add its path to veto in the brand's file; nothing read there counts"
        yield _issue(page, USER_CONTENT, said, advice)


def plays_of(
    page: Page, text: str, links: Iterable[tuple[str, str]], rules: MarkRules
) -> tuple[str, ...]:
    """How a page on somebody else's ground plays its brand, as codes; () on any other page."""
    url = page.final_url or page.url
    if page.brand is None or ground_of(url, page.brand) is not Ground.FOREIGN:
        return ()
    marks = marks_in(footer_of(text), rules.provinces, links)
    return _plays(page, page.brand, text, marks, rules)


def footer_of(text: str) -> str:
    """The end of a text, where the marks stand."""
    return text[-max(_FOOTER_LENGTH, len(text) // _FOOTER) :]


def own_marks(brand: Brand, worst: Grade = Grade.C) -> dict[MarkKind, frozenset[str]]:
    """The marks known to be the brand's, by facts that are more than somebody's memory.

    Args:
        worst: The least grade that counts.
    """
    facts = [
        (MarkKind(kind), value)
        for fact in brand.marks
        if fact.grade <= worst
        for kind, _, value in [fact.value.partition(":")]
    ]
    facts += [
        (mark.kind, mark.value)
        for fact in brand.licences
        if fact.grade <= worst
        for mark in marks_in(fact.value, {})
    ]
    kinds = {kind for kind, _ in facts}
    return {kind: frozenset(value for k, value in facts if k is kind) for kind in kinds}


def foreign_marks(marks: Iterable[Mark], brand: Brand, rules: MarkRules) -> tuple[Mark, ...]:
    """The only mark of its kind in a footer, if it is known not to be the brand's.

    Several marks of a kind without ours are a list of partners, or a group: they decide nothing.
    """
    known = own_marks(brand)
    found: list[Mark] = []
    for kind in MarkKind:
        shown = {mark.value: mark for mark in marks if mark.kind is kind}
        if len(shown) != 1:
            continue
        (value, mark), *_ = shown.items()
        if kind in known:
            foreign = value not in known[kind]
        else:
            entry = rules.registers.licence(value)
            graded = entry is not None and entry.grade is not Grade.D
            foreign = graded and entry is not None and not holds(entry, brand)
        found += [mark] if foreign else []
    return tuple(found)


def _plays(
    page: Page, brand: Brand, text: str, marks: Iterable[Mark], rules: MarkRules
) -> tuple[str, ...]:
    known = own_marks(brand)
    copied = [m.value for m in marks if m.value in known.get(m.kind, ())]
    likes = look_alikes(host_of(page.final_url or page.url) or "", brand, rules.confusables)
    return (
        *(f"{LOOKS_LIKE}{like.likeness}:{like.imitates}" for like in likes),
        *(f"{SHOWS_MARK}{value}" for value in dict.fromkeys(copied)),
        *([SPEAKS_AS] if speaks_as(text, brand, rules.firms) else []),
    )


def _impostor(page: Page, brand: Brand, plays: Iterable[str]) -> Iterator[Issue]:
    """A page on somebody else's ground that plays the brand (domain.md A5 S11)."""
    if found := [_in_words(code) for code in plays]:
        host = host_of(page.final_url or page.url) or ""
        said = f"{host} is not {brand.id}'s ground and plays it: {'; '.join(found)}"
        yield _issue(page, "impostor_page", said, "warn the brand; nothing read there counts")


def _in_words(code: str) -> str:
    if code.startswith(LOOKS_LIKE):
        likeness, _, imitates = code.removeprefix(LOOKS_LIKE).partition(":")
        return f"looks like {imitates} ({likeness})"
    if code.startswith(SHOWS_MARK):
        return f"shows {code.removeprefix(SHOWS_MARK)}"
    return "speaks as the company"


def speaks_as(text: str, brand: Brand, firms: Firms) -> bool:
    """Whether a text says 我们 of the brand's company: copied legal text, away from its ground."""
    companies = {core(fact.value) for fact in (brand.entity, *brand.former_entities) if fact}
    if not any(core(name) in companies for name, _ in firms.named_in(text)):
        return False
    publisher = publisher_of(text, None, firms)
    return publisher.certain and any(core(name) in companies for name in publisher.names)


def _flawed(page: Page, mark: Mark, flaw: str) -> Issue:
    return _issue(
        page,
        "flawed_mark",
        f"{mark.kind} mark {mark.value}: {_FLAWS[flaw]}",
        "a misprint, or a copied footer: compare the page with the register",
        Level.INFO if flaw in _WEAK else Level.WARNING,
    )


def _issue(page: Page, code: str, message: str, advice: str, level: Level = Level.WARNING) -> Issue:
    return Issue(level, code, message, advice, page.brand.id if page.brand else "", page.url)
