"""Where the declared pages of a brand contradict each other about a number.

Every finding names the numbers it is about; `verify.judge` says what it weighs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipelines.ground import host_of
from pipelines.sighting import Key, Sighting
from pipelines.vocabulary import Carrier, NumberClass, Purpose

# One number serves the whole country: two pages that differ cannot both be complete. Landlines
# and province codes are left out: another page, another branch.
_NATIONWIDE = frozenset(
    (
        NumberClass.SHORT_95,
        NumberClass.SHARED_400,
        NumberClass.TOLLFREE_800,
        NumberClass.UAN_1010,
        NumberClass.CARRIER,
    )
)
_UNSEEN = frozenset((Carrier.JSON_LD, Carrier.MICRODATA, Carrier.ATTRIBUTE, Carrier.TEL_LINK))
_SEEN = frozenset((Carrier.TEXT, Carrier.PDF, Carrier.IMAGE))
_SIMILAR = 4  # pages of one host that agree at a place before the one that differs is odd

Groups = Mapping[Key, Sequence[Sighting]]


def disputes(groups: Groups) -> dict[Key, tuple[str, ...]]:
    """Reason codes by number, sorted; numbers that nothing speaks against are left out."""
    found: dict[Key, set[str]] = {}
    odd = _odd_ones(groups)
    # One page of many that was written over must not cast doubt on what all others say.
    others = {key: seen for key, seen in groups.items() if key not in odd}
    for code, keys in (
        ("pages_disagree", contested(others)),
        *_unseen(groups),
        ("one_of_many_pages", odd),
    ):
        for key in keys:
            found.setdefault(key, set()).add(code)
    return {key: tuple(sorted(codes)) for key, codes in found.items()}


def contested(groups: Groups) -> frozenset[Key]:
    """Numbers about which declared pages disagree.

    Two pages disagree where each gives exactly one nationwide number of a class under the
    same general label, another one, and does not mention the other page's number at all.
    """
    carried = _by_page(groups)
    claims: dict[tuple[str, NumberClass], dict[str, set[Key]]] = {}
    for key, s in _all(groups):
        e = s.evidence
        if e.label and _is_general(s):
            pages = claims.setdefault((e.label, e.number_class), {})
            pages.setdefault(s.visit.url, set()).add(key)
    found: set[Key] = set()
    for pages in claims.values():
        single = {url: next(iter(keys)) for url, keys in pages.items() if len(keys) == 1}
        for url, key in single.items():
            for other_url, other in single.items():
                if other not in carried[url] and key not in carried[other_url]:
                    found |= {key, other}
    return frozenset(found)


def _unseen(groups: Groups) -> Iterator[tuple[str, frozenset[Key]]]:
    """Numbers that only a page's markup names, where a reader of that page sees another one."""
    keys = _only_in_markup(groups)
    dialled = {k for k in keys if any(s.evidence.carrier is Carrier.TEL_LINK for s in groups[k])}
    yield "link_dials_another", frozenset(dialled)
    yield "structured_data_differs", frozenset(keys - dialled)


def _only_in_markup(groups: Groups) -> frozenset[Key]:
    seen = {key for key, s in _all(groups) if s.evidence.carrier in _SEEN}
    pages: dict[str, tuple[set[Key], set[Key]]] = {}
    for key, s in _all(groups):
        text, markup = pages.setdefault(s.visit.url, (set(), set()))
        if s.evidence.number_class not in _NATIONWIDE:
            continue
        if s.evidence.carrier in _UNSEEN and key not in seen:
            markup.add(key)  # whatever it says that it is for: no reader comes to ask
        elif s.evidence.carrier in _SEEN and _is_general(s):
            text.add(key)
    return frozenset(key for text, markup in pages.values() if text for key in markup)


def _odd_ones(groups: Groups) -> frozenset[Key]:
    """Numbers that one page shows where many pages of its host, alike otherwise, show another.

    Whoever can change one page of a site writes a number over the site's own.
    """
    places: dict[tuple[str, str, str, NumberClass], dict[str, set[Key]]] = {}
    for key, s in _all(groups):
        e = s.evidence
        if not _is_general(s):
            continue
        host = host_of(s.visit.final_url or s.visit.url) or ""
        pages = places.setdefault((host, e.label, _frame(s), e.number_class), {})
        pages.setdefault(s.visit.url, set()).add(key)
    found: set[Key] = set()
    for pages in places.values():
        found |= _odd_in(pages)
    return frozenset(found)


def _odd_in(pages: Mapping[str, set[Key]]) -> set[Key]:
    counts: dict[Key, int] = {}
    for keys in pages.values():
        for key in keys:
            counts[key] = counts.get(key, 0) + 1
    usual = {key for key, count in counts.items() if count >= max(_SIMILAR, len(pages) - 1)}
    odd = {key for key, count in counts.items() if count == 1}
    return odd if usual else set()


def _frame(s: Sighting) -> str:
    """The words straight before a number: pages made from one template share them."""
    e = s.evidence
    return e.context[max(0, e.start - 12) : e.start]


def _is_general(s: Sighting) -> bool:
    e = s.evidence
    return e.purpose is Purpose.GENERAL and e.number_class in _NATIONWIDE


def _by_page(groups: Groups) -> dict[str, set[Key]]:
    carried: dict[str, set[Key]] = {}
    for key, s in _all(groups):
        carried.setdefault(s.visit.url, set()).add(key)
    return carried


def _all(groups: Groups) -> Iterator[tuple[Key, Sighting]]:
    pairs: Iterable[tuple[Key, Sequence[Sighting]]] = groups.items()
    return ((key, s) for key, seen in pairs for s in seen)
