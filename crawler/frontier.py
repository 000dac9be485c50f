"""What of one brand to ask next: declared sources first, then the best links, within a budget."""

from __future__ import annotations

import heapq
import time
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count

from crawler.links import Ranked, canonical, is_endless, pattern_of, rank, same_document
from outputs.captures import Fetch
from pipelines.blocks import Link
from pipelines.extract.pictures import Picture, is_picture
from pipelines.ground import on_ground
from pipelines.model import Brand, SourceState
from pipelines.vocabulary import SourceKind

# Pages of one shape (`/faq/#`) that are asked: some of a help centre, next to none of a calendar
# or of a space of queries, which have no end.
MAX_PER_PATTERN = 6
MAX_PER_ENDLESS = 2
_KNOWN = 1000  # a document that carried something before goes before any new one
_LEFT_OUT = 3  # unknown candidates named when the budget is used up


@dataclass(frozen=True, slots=True)
class Asking:
    """One document being asked for, over its redirects and retries.

    Attributes:
        url: Canonical URL, the key of the source ledger.
        asked: URL of the present hop.
        chain: Hops behind it, as `"https://a/ 301"`.
        tries: Retries of the present hop so far.
        begun: Reading of the monotonic clock when it was first asked, or 0.
        picture: An image in which a number may stand; it must be a small one.
        rendered: Asked by a browser, after the server's own answer showed nothing.
        fragment: `#/kefu`, a place within the document that only a browser goes to.
    """

    brand: Brand
    url: str
    kind: SourceKind
    declared: bool
    asked: str
    depth: int = 0
    link_text: str = ""
    referrer: str = ""
    known: SourceState | None = None
    chain: tuple[str, ...] = ()
    tries: int = 0
    begun: float = 0.0
    picture: bool = False
    rendered: bool = False
    fragment: str = ""

    def hop(self, target: str, answer: str) -> Asking:
        """The same document, one redirect further."""
        return replace(self, asked=target, chain=(*self.chain, f"{self.asked} {answer}"), tries=0)

    def again(self, answer: str) -> Asking:
        """The same URL once more."""
        return replace(self, chain=(*self.chain, f"{self.asked} {answer}"), tries=self.tries + 1)

    @property
    def conditional(self) -> bool:
        """Whether this hop may be asked with the validators of the capture we hold."""
        state = self.known
        if state is None or state.capture is None or not (state.etag or state.last_modified):
            return False
        return same_document(self.asked) == same_document(state.final_url or state.url)


class Frontier:
    """The documents of one brand that may be asked, best first."""

    elsewhere = False  # whether what it holds lies off the brand's ground; another spider's

    def __init__(self, brand: Brand, ledger: Mapping[tuple[str, str], SourceState]) -> None:
        self.brand = brand
        self.taken = 0
        self.found = 0  # candidates that links brought
        self._ledger = ledger
        self._declared = deque(_unique(self._start_asking()))
        self._seen = {same_document(asking.url) for asking in self._declared}
        self._best: dict[str, tuple[int, Asking]] = {}
        self._beside: deque[Asking] = deque()
        self._heap: list[tuple[int, int, int, str]] = []
        self._order = count()
        self._patterns: Counter[str] = Counter()
        self._seed_from_ledger()

    def add(self, links: Iterable[Link], depth: int, referrer: str) -> None:
        """Take the promising links of a page that was reached in `depth` steps."""
        if depth >= self.brand.limits.depth:
            return
        for link in links:
            with suppress(ValueError):  # what only looks like a URL is no candidate
                ranked = rank(link.url, link.text)
                if ranked is not None and on_ground(link.url, self.brand):
                    self._add(link, ranked, depth + 1, referrer)

    def add_pictures(self, pictures: Iterable[Picture], page: Asking) -> None:
        """Add the images of a page in which a number may stand, if they are on the brand's ground.

        They have the kind of the page that shows them, and its words for them.
        """
        for picture in pictures:
            with suppress(ValueError):  # what only looks like a URL is no candidate
                asking = replace(
                    self._asking(picture.url, page.kind, declared=False),
                    picture=True,
                    depth=page.depth + 1,
                    link_text=picture.called,
                    referrer=page.asked,
                )
                key = same_document(asking.url)
                if key not in self._seen and on_ground(picture.url, self.brand):
                    self._seen.add(key)
                    self._beside.append(asking)

    def beside(self, url: str, page: Asking) -> Asking:
        """Data that a page loads: a document of its own, of the page's kind."""
        asking = self._asking(url, page.kind, declared=False)
        return replace(asking, depth=page.depth + 1, referrer=page.asked, begun=time.monotonic())

    def render(self, page: Asking) -> None:
        """Ask for a page once more, by a browser and without what is held of it."""
        self._beside.append(replace(page, rendered=True, known=None, tries=0))

    def take(self) -> Asking | None:
        """The next document to ask for; None when there is none, or the budget is used up.

        Images and renderings come right after their page, and are no pages of the budget.
        """
        if self._beside:
            return self._beside.popleft()
        if self.taken >= self.brand.limits.pages:
            return None
        asking = self._declared.popleft() if self._declared else self._take_best()
        self.taken += asking is not None
        return asking

    def saw(self, url: str) -> None:
        """Do not ask for a document under the name it was redirected to either."""
        self._seen.add(same_document(canonical(url)))

    def skip(self, fetch: Fetch) -> None:
        """Do not ask for a document that an earlier go of this crawl captured."""
        key = same_document(fetch.url)
        self._declared = deque(a for a in self._declared if same_document(a.url) != key)
        self._seen.add(key)
        self.saw(fetch.final_url)
        if is_picture(fetch.url):
            return
        self.taken += 1
        if not fetch.declared:
            self._patterns[pattern_of(fetch.url)] += 1

    def drain(self) -> tuple[Asking, ...]:
        """Empty the frontier; give what somebody should hear of, because it was not asked.

        That is what is declared, what earlier runs hold, and the best of the rest: not the
        thousands of links that an endless site has.
        """
        left = [*self._beside, *self._declared]
        self._beside.clear()
        self._declared.clear()
        strangers = 0
        while (asking := self._take_best()) is not None:
            strangers += asking.known is None
            if asking.known is not None or strangers <= _LEFT_OUT:
                left.append(asking)
        return tuple(left)

    def _start_asking(self) -> Iterable[Asking]:
        sources = [s for s in self.brand.sources if not s.kind.elsewhere]
        for source in sources:
            yield self._asking(source.url, source.kind, declared=True)
        if not sources:  # nothing better is known than the home pages
            for name in _home_hosts(self.brand):
                yield self._asking(f"https://{name}/", SourceKind.HOME, declared=False)

    def _asking(self, url: str, kind: SourceKind, *, declared: bool) -> Asking:
        key = canonical(url)
        asked, mark, fragment = url.strip().partition("#")
        known = self._ledger.get((self.brand.id, key))
        place = mark + fragment
        return Asking(self.brand, key, kind, declared, asked, known=known, fragment=place)

    def _seed_from_ledger(self) -> None:
        # Without these a 304 of the home page would hide the pages it links to, and a number
        # could be lost because nobody looked.
        for (brand_id, url), state in self._ledger.items():
            if brand_id != self.brand.id or state.declared or state.capture is None:
                continue
            if is_picture(url):  # asked where a page shows it: its words label the number
                continue
            if on_ground(url, self.brand):
                ranked = Ranked(state.kind, (rank(url) or Ranked(state.kind, 1, "")).weight, "")
                self._add(Link(url, ""), ranked, self.brand.limits.depth, "")

    def _add(self, link: Link, ranked: Ranked, depth: int, referrer: str) -> None:
        asking = self._asking(link.url, ranked.kind, declared=False)
        key = same_document(asking.url)
        if key in self._seen:
            return
        weight = ranked.weight + (_KNOWN if asking.known and asking.known.capture else 0)
        asking = replace(asking, depth=depth, link_text=link.text[:200], referrer=referrer)
        before = self._best.get(key)
        if before is not None:
            if before[0] >= weight and before[1].depth <= depth:
                return
            weight = max(weight, before[0])
        else:
            self.found += 1
        self._best[key] = (weight, asking)
        heapq.heappush(self._heap, (-weight, depth, next(self._order), key))

    def _take_best(self) -> Asking | None:
        while self._heap:
            key = heapq.heappop(self._heap)[3]
            entry = self._best.pop(key, None)
            if entry is None or key in self._seen:
                continue
            self._seen.add(key)
            pattern = pattern_of(entry[1].url)
            self._patterns[pattern] += 1
            limit = MAX_PER_ENDLESS if is_endless(entry[1].url) else MAX_PER_PATTERN
            if entry[1].known is not None or self._patterns[pattern] <= limit:
                return entry[1]
        return None


def _unique(askings: Iterable[Asking]) -> Iterable[Asking]:
    by_url: dict[str, Asking] = {}
    for asking in askings:
        by_url.setdefault(asking.url, asking)
    return by_url.values()


def _home_hosts(brand: Brand) -> tuple[str, ...]:
    hosts = tuple(fact.value for fact in brand.hosts)
    return hosts or tuple(f"www.{fact.value}" for fact in brand.domains)
