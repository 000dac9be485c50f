"""What a person should look at after a brand was read: pages that failed, doubts, bounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.gate import BrandCounts
from pipelines.ground import host_of
from pipelines.image_issues import NUMBER_IN_IMAGE
from pipelines.marks.lookalike import look_alikes
from pipelines.marks.tables import MarkRules
from pipelines.model import Brand, BrandHistory, Issue, Visit
from pipelines.presence import Answer, Standing
from pipelines.reconcile import Reconciled
from pipelines.vocabulary import Level, Outcome

_LEVELS = {
    Outcome.CALLBACK_ERROR: Level.ERROR,
    Outcome.REDIRECT_OFF_GROUND: Level.ERROR,
    Outcome.ROBOTS: Level.INFO,
    Outcome.BUDGET: Level.INFO,
    Outcome.INTERRUPTED: Level.INFO,
}
_ADVICE = {
    Outcome.CALLBACK_ERROR: "read run.log for the traceback and report it; the capture is kept",
    Outcome.REDIRECT_OFF_GROUND: "look at the redirect chain: a moved site needs its new host in "
    "the brand's file, a look-alike needs a warning to the brand",
    Outcome.HTTP_404: "correct or remove the source in the brand's file",
    Outcome.HTTP_410: "correct or remove the source in the brand's file",
    Outcome.ROBOTS: "respect it; declare another official page that may be read",
    Outcome.BUDGET: "raise limits.pages in the brand's file if the page matters",
    Outcome.SCRIPT_SHELL: "declare the JSON it loads, or let a browser read it: `hotlines crawl "
    '--render` (pip install "hotlines[browser]", and a Chromium)',
    Outcome.UNRECOGNISED_LAYOUT: "open the page: if it was rebuilt without the number, retire its "
    "source in the brand's file",
}
_RENDERED_ADVICE = (
    "`detail` in the table `captures` says what the browser was refused or waited for: declare "
    "the host it needs, or the JSON it loads"
)
_ANY_ADVICE = (
    "nothing if it heals by the next run; else open the page: `hotlines explain` and the brand "
    "says what is known from it"
)


@dataclass(frozen=True, slots=True)
class Judged:
    """One brand's reading after the gate."""

    standing: Standing
    reasons: tuple[str, ...]
    counts: BrandCounts
    accepted: tuple[str, ...] = ()  # reasons that a person set aside


def issues_of_brand(
    brand: Brand,
    visits: Sequence[Visit],
    read: Reconciled,
    answers: Mapping[str, Answer],
    history: BrandHistory,
    judged: Judged,
) -> tuple[Issue, ...]:
    """Every issue of a brand's own pages, in a fixed order."""
    found = [*read.issues, *_brand_issues(brand, answers, history, judged)]
    found += [page_issue(brand, answer) for answer in answers.values() if not answer.good]
    found += [
        page_issue(brand, Answer(v, v.outcome))
        for v in visits
        if v.outcome is Outcome.CALLBACK_ERROR and answers[v.url].visit is not v
    ]
    said = [issue for v in visits if v.reading for issue in v.reading.issues]
    found += [i for i in said if i.code != NUMBER_IN_IMAGE or i.url not in answers]
    return tuple(sorted(set(found), key=lambda i: (i.code, i.url, i.message, i.level, i.advice)))


def impostors(brand: Brand, answers: Iterable[Answer], marks: MarkRules) -> Iterable[Issue]:
    """Hosts that look like the brand's and at which its own pages ended (domain.md A5 S11)."""
    for answer in answers:
        url = answer.visit.final_url
        found = look_alikes(host_of(url) or "", brand, marks.confusables) if url else ()
        if found and answer.outcome is Outcome.REDIRECT_OFF_GROUND:
            like = "; ".join(f"{a.imitates} ({a.likeness})" for a in found)
            said = f"{answer.visit.url} ended at {url}, which looks like {like}"
            advice = "nothing read there counts: warn the brand, or declare the host if it moved"
            yield Issue(Level.ERROR, "look_alike_host", said, advice, brand.id, answer.visit.url)


def page_issue(brand: Brand, answer: Answer) -> Issue:
    """A document that gave no good answer."""
    visit, outcome = answer.visit, answer.outcome
    moved = f" (ended at {visit.final_url})" if visit.final_url not in ("", visit.url) else ""
    where = " to a browser" if visit.rendered else ""
    advice = _RENDERED_ADVICE if visit.rendered else _ADVICE.get(outcome, _ANY_ADVICE)
    return Issue(
        _LEVELS.get(outcome, Level.WARNING),
        outcome.value,
        f"{visit.kind} page gave no good answer{where}: {outcome}{moved}",
        advice,
        brand.id,
        visit.url,
    )


def _brand_issues(
    brand: Brand, answers: Mapping[str, Answer], history: BrandHistory, judged: Judged
) -> Iterable[Issue]:
    counts, wanted = judged.counts, brand.expectations
    if judged.accepted:
        said = f"a person accepted the reading of {brand.id} ({', '.join(judged.accepted)})"
        advice = "adjust its expectations in the brand's file if they no longer hold"
        yield Issue(Level.INFO, "accepted_reading", said, advice, brand.id)
    if judged.reasons:
        known = history.known or bool(history.hotlines)
        code = "unhealthy_brand" if known else "brand_left_out"
        fate = "its rows are carried unchanged" if known else "it is left out of this run"
        said = f"{brand.id} failed the gate ({', '.join(judged.reasons)}): {fate}"
        advice = "compare its pages with its expectations and its last good run"
        yield Issue(Level.ERROR, code, said, advice, brand.id)
    if not any(answer.good for answer in answers.values()):
        said = f"none of {len(answers)} pages of {brand.id} answered well"
        advice = "see the outcome of each page; its rows keep their old last_seen"
        yield Issue(Level.ERROR, "no_page_answered", said, advice, brand.id)
    if counts.observed > wanted.numbers_max:
        said = f"{counts.observed} numbers read, {brand.id} has at most {wanted.numbers_max}"
        advice = "look for a page that lists other people's numbers"
        yield Issue(Level.WARNING, "above_numbers_max", said, advice, brand.id)
