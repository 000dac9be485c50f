"""What a person should know of the readers of HTML: which one read, and whether two agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipelines.layout import Html
from pipelines.model import Issue, Page
from pipelines.vocabulary import Level

_SHOWN = 10  # numbers of each side


def fallback_reader(page: Page, html: Html) -> Iterator[Issue]:
    """The page was read by BeautifulSoup because turbohtml could not."""
    if html.fallback:
        advice = "the numbers are read all the same; install turbohtml, or report it with the page"
        yield _issue(Level.INFO, "fallback_reader", f"{html.fallback}", advice, page)


def readers_disagree(page: Page, ours: Iterable[str], others: Iterable[str]) -> Iterator[Issue]:
    """Two readers found different numbers on one page."""
    first, second = set(ours), set(others)
    if first == second:
        return
    said = (
        f"only turbohtml finds {_listed(first - second)}; "
        f"only BeautifulSoup finds {_listed(second - first)}; in common: {len(first & second)}"
    )
    advice = "look at the page; the rows are turbohtml's. If it is wrong, report it with the page"
    yield _issue(Level.WARNING, "readers_disagree", said, advice, page)


def _listed(numbers: set[str]) -> str:
    shown = sorted(numbers)[:_SHOWN]
    more = len(numbers) - len(shown)
    return (", ".join(shown) or "nothing") + (f" and {more} more" if more else "")


def _issue(level: Level, code: str, said: str, advice: str, page: Page) -> Issue:
    return Issue(level, code, said, advice, page.brand.id if page.brand else "", page.url)
