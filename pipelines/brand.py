"""What the registry says of a brand: where to look, each fact with its grade and source."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.vocabulary import BrandState, Grade, SourceKind


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement of the registry with where it comes from."""

    value: str
    grade: Grade
    source: str


@dataclass(frozen=True, slots=True)
class Source:
    """One declared official document of a brand."""

    kind: SourceKind
    url: str
    grade: Grade
    source: str


@dataclass(frozen=True, slots=True)
class Expectations:
    """Bounds that a healthy run keeps; `must_include` holds facts of grade A only."""

    numbers_min: int = 0
    numbers_max: int = 40
    must_include: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class CrawlLimits:
    """How far and how fast one brand may be crawled."""

    pages: int = 30
    depth: int = 2
    delay: float | None = None  # seconds between requests to one host


@dataclass(frozen=True, slots=True)
class Brand:
    """A wallet or payment company: where to look, never what to publish."""

    id: str
    name_zh: str
    country: str
    name_zh_hant: str | None = None
    name_en: str | None = None
    entity: Fact | None = None
    former_entities: tuple[Fact, ...] = ()
    licences: tuple[Fact, ...] = ()
    aliases: tuple[str, ...] = ()
    state: BrandState = BrandState.ACTIVE
    domains: tuple[Fact, ...] = ()  # registrable domains, all of whose hosts are the brand's
    hosts: tuple[Fact, ...] = ()  # single hosts on domains that others share
    tlds: tuple[Fact, ...] = ()  # brand top-level domains
    veto_paths: tuple[Fact, ...] = ()  # "host/path" prefixes that carry user content
    sources: tuple[Source, ...] = ()
    apps: tuple[Fact, ...] = ()  # "android:…", "ios:…"
    marks: tuple[Fact, ...] = ()  # what its pages print of itself: "icp:…", "police:…", "uscc:…"
    related: tuple[Fact, ...] = ()  # ids of brands that may print the same number (one group)
    expectations: Expectations = Expectations()
    limits: CrawlLimits = CrawlLimits()
    good_runs_to_remove: int = 2
    high_risk: bool = False  # a wrong change would cost its users dearly: changes may wait

    @property
    def names(self) -> tuple[str, ...]:
        """All names a page may call the brand by, longest first."""
        found = {self.name_zh, self.name_zh_hant, self.name_en, *self.aliases}
        if self.entity:
            found.add(self.entity.value)
        return tuple(sorted((n for n in found if n), key=lambda n: (-len(n), n)))


#: Names of three Chinese characters and more; shorter and Latin ones are words of other texts, too.
_TELLING = re.compile(r"[\u4e00-\u9fff]{3,}")
#: Names that are words for what many companies issue: every bank has a line for its own.
_EVERYBODYS = frozenset(("一卡通", "数字人民币", "数字人民币 App"))


def other_names(brand: Brand, brands: Iterable[Brand]) -> tuple[str, ...]:
    """Names by which the pages of a brand call other brands, but for those of its own group."""
    found = {
        name
        for other in brands
        if other.id != brand.id and not _one_group(brand, other)
        for name in other.names
        if _TELLING.search(name) and name not in _EVERYBODYS
        if not any(name in own for own in brand.names)
    }
    return tuple(sorted(found))


def _one_group(one: Brand, other: Brand) -> bool:
    related = {fact.value for fact in one.related} | {fact.value for fact in other.related}
    entities = {brand.entity.value for brand in (one, other) if brand.entity}
    same = one.entity is not None and other.entity is not None and len(entities) == 1
    return same or bool({one.id, other.id} & related)
