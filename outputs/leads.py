"""From the log of leads to what they say: social accounts, answers of a search, pages elsewhere.

These readings are kept apart from the visits of the brands' own pages from the log onwards, so
that nothing said elsewhere can reach `process_brand`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from outputs.capture_record import body_of, read_record
from outputs.fetches import CaptureError, Fetch
from outputs.reading import Reader
from outputs.visits import Archive, reference_to, visits_of
from pipelines.accounts import of_declared_account
from pipelines.claims import Lead
from pipelines.ground import host_of, registrable_domain
from pipelines.inflate import BadEncoding, TooLarge
from pipelines.model import Brand, Issue, Page, Visit
from pipelines.search_answer import Found, SearchAnswer, read_answer
from pipelines.vocabulary import Level, Outcome, SourceKind


@dataclass(frozen=True, slots=True)
class BrandLeads:
    """What was asked elsewhere about one brand, and what it says.

    Attributes:
        answered: URLs of pages that answered well: what they no longer say is gone.
    """

    fetches: tuple[Fetch, ...] = ()
    visits: tuple[Visit, ...] = ()
    leads: tuple[Lead, ...] = ()
    issues: tuple[Issue, ...] = ()
    answered: frozenset[str] = frozenset()


def leads_of(
    fetches: tuple[Fetch, ...], brand: Brand, archive: Archive, reader: Reader
) -> BrandLeads:
    """Reads what was fetched elsewhere about a brand; of several attempts, the last."""
    last = tuple({fetch.url: fetch for fetch in fetches}.values())
    pages = tuple(fetch for fetch in last if fetch.kind is not SourceKind.SEARCH)
    visits = tuple(visits_of(pages, brand, archive, reader))
    read = tuple(zip(pages, visits, strict=True))
    answers = [(f, answer_in(f, archive)) for f in last if f.kind is SourceKind.SEARCH]
    snippets = _snippets(answers, brand, reader)
    leads = (*(lead for pair in read if (lead := _lead(*pair, brand))), *snippets)
    issues = (*_search_issues(answers, brand), *_account_issues(read, brand))
    well = frozenset(visit.url for _, visit in read if _is_well(visit))
    return BrandLeads(fetches, visits, leads, issues, well)


def answer_in(fetch: Fetch, archive: Archive) -> SearchAnswer:
    """The answer of a search as it was captured."""
    if not fetch.outcome.good or fetch.body_offset < 0:
        return SearchAnswer(problem=f"{fetch.outcome}: {fetch.detail}".rstrip(": "))
    try:
        path = archive.run_path(fetch.body_run) / fetch.body_file
        body = body_of(read_record(path, fetch.body_offset))
    except (CaptureError, BadEncoding, TooLarge) as error:
        return SearchAnswer(problem=f"the capture cannot be read: {error}")
    return read_answer(body, fetch.content_type)


def _is_well(visit: Visit) -> bool:
    return visit.reading is not None and visit.reading.outcome is Outcome.OK


def _lead(fetch: Fetch, visit: Visit, brand: Brand) -> Lead | None:
    """A page that was read; what it says stays, even where it shows little else."""
    if visit.reading is None:
        return None
    at_home = _domain(fetch.url) == _domain(fetch.final_url)
    declared = fetch.kind is SourceKind.SOCIAL and fetch.declared and at_home
    return Lead(
        brand_id=fetch.brand_id,
        url=fetch.url,
        final_url=fetch.final_url,
        title=fetch.link_text,
        evidence=visit.reading.evidence,
        seen=fetch.fetched_at,
        plays=visit.reading.plays,
        places=visit.reading.places,
        account=declared or of_declared_account(fetch.final_url, brand),
        capture=visit.capture,
    )


def _domain(url: str) -> str:
    host = host_of(url) or ""
    return registrable_domain(host) or host


def _snippets(
    answers: Iterable[tuple[Fetch, SearchAnswer]], brand: Brand, reader: Reader
) -> Iterator[Lead]:
    """Each result once, as the first answer that lists it shows it."""
    seen: set[str] = set()
    for fetch, answer in answers:
        for found in answer.results:
            if found.url not in seen:
                seen.add(found.url)
                yield _snippet(fetch, found, brand, reader)


def _snippet(fetch: Fetch, found: Found, brand: Brand, reader: Reader) -> Lead:
    held = reference_to(fetch)
    page = Page(
        url=found.url,
        body=found.text.encode("utf-8", "replace"),
        final_url=found.url,
        content_type="text/plain; charset=utf-8",
        kind=SourceKind.SEARCH,
        brand=brand,
        country=brand.country,
        capture=held,
    )
    reading = reader.read(page)
    return Lead(
        brand_id=brand.id,
        url=found.url,
        final_url=found.url,
        title=found.title,
        evidence=reading.evidence,
        seen=fetch.fetched_at,
        plays=reading.plays,
        places=reading.places,
        account=of_declared_account(found.url, brand),
        snippet=True,
        capture=held,
    )


# --- what a person should hear of ---------------------------------------------------------------


def _search_issues(answers: Iterable[tuple[Fetch, SearchAnswer]], brand: Brand) -> Iterator[Issue]:
    answers = tuple(answers)
    failed = [(fetch, answer) for fetch, answer in answers if answer.problem]
    if failed:
        fetch, answer = failed[0]
        said = f"{len(failed)} of {len(answers)} searches gave nothing to read: {answer.problem}"
        advice = (
            "open the search endpoint yourself; SearXNG answers 403 where `search.formats` in its "
            "settings.yml lacks json. Claims of earlier runs are kept meanwhile"
        )
        place = fetch.url.partition("?")[0]
        yield Issue(Level.WARNING, "search_failed", said[:500], advice, brand.id, place)
    unusable = sum(answer.unusable for _, answer in answers)
    left_out = sum(answer.left_out for _, answer in answers)
    if unusable or left_out:
        said = f"of the results, {left_out} were too many and {unusable} had no usable address"
        advice = "nothing, if they are few; else look at the answers with `hotlines show`"
        place = answers[0][0].url.partition("?")[0]
        yield Issue(Level.INFO, "search_results_left_out", said, advice, brand.id, place)


def _account_issues(read: Iterable[tuple[Fetch, Visit]], brand: Brand) -> Iterator[Issue]:
    for fetch, visit in read:
        if fetch.kind is SourceKind.SOCIAL and not _is_well(visit):
            outcome = visit.reading.outcome if visit.reading else visit.outcome
            said = f"the account gave nothing to read: {outcome} {fetch.detail}".rstrip()
            advice = "declare a page of it that can be read without login, or take it out"
            yield Issue(Level.WARNING, "account_unread", said[:500], advice, brand.id, fetch.url)
