"""What others say is a brand's number, and what we think of it (domain.md A5, D1).

A claim is read on ground that nobody declared for the brand, or on an account of the brand at a
social network. It is judged by the rows of `hotlines` and never touches them: agreement among
third parties, the word 官方 and full legal text weigh nothing, however many say it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pipelines.accounts import poses_as_account
from pipelines.brand_names import BrandNames
from pipelines.dialing import dialing
from pipelines.ground import ground_of, host_of, registrable_domain
from pipelines.marks.tables import NO_MARKS, MarkRules
from pipelines.model import Brand, CaptureRef, Evidence, Hotline
from pipelines.registers.register import holds
from pipelines.vocabulary import ClaimVerdict, Grade, NumberClass, Owner, Purpose, Verdict

MAX_PER_PAGE = 20  # numbers that one page may claim for one brand
FORGET_AFTER = timedelta(days=365)  # a claim that nobody has read again since is let go
ACCOUNT = "declared_account"  # the brand's own account says it
STATE = "state_number"  # of a range that the state keeps for itself
SNIPPET = "search_snippet"  # read in the words a search engine shows, not on the page

_PROVEN = (Verdict.CONFIRMED, Verdict.OFFICIAL)
_STATE_CLASSES = (NumberClass.PUBLIC_SERVICE, NumberClass.EMERGENCY)
_NO_CALLERS = frozenset(
    (Purpose.FAX, Purpose.MEDIA, Purpose.INVESTOR, Purpose.HR, Purpose.PARTNER_BANK)
)
_ABOUT = (ACCOUNT, SNIPPET, STATE)
_CROWD = 3  # unrelated brands that are said to have one number (A5 S9)
_MANY_BRANDS = "many_brands"
_NEAR = 40
_NOWHERE = ("", "")
_TOLD = frozenset(("says_official",))  # said of somebody else, it plays nobody


@dataclass(frozen=True, slots=True)
class Lead:
    """A page elsewhere as it was read: of a social account, of a search, or a search's snippet."""

    brand_id: str
    url: str
    final_url: str
    title: str
    evidence: tuple[Evidence, ...]
    seen: datetime
    plays: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()  # as in `PageReading`
    account: bool = False  # declared in the registry, and still at that host
    snippet: bool = False
    capture: CaptureRef | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One row of table `claims`: a number that one page says is a brand's."""

    brand_id: str
    number: str
    area: str
    url: str
    tel_uri: str
    context: str
    times: int
    verdict: ClaimVerdict
    verdict_reasons: tuple[str, ...]
    belongs_to: str | None
    first_seen: datetime
    last_seen: datetime
    domains: int | None = None
    spoof_patterns: tuple[str, ...] | None = None
    capture: CaptureRef | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What names the row."""
        return self.brand_id, self.number, self.area, self.url


@dataclass(frozen=True, slots=True)
class Truth:
    """What claims are held against: the rows of a run, registers, and codes of the state."""

    hotlines: Mapping[tuple[str, str], tuple[Hotline, ...]] = field(default_factory=dict)
    brands: Mapping[str, Brand] = field(default_factory=dict)
    assigned: Mapping[str, str] = field(default_factory=dict)
    marks: MarkRules = NO_MARKS

    @classmethod
    def of(
        cls,
        hotlines: Iterable[Hotline],
        brands: Iterable[Brand],
        assigned: Mapping[str, str],
        marks: MarkRules,
    ) -> Truth:
        """The rows by number and area."""
        rows: dict[tuple[str, str], tuple[Hotline, ...]] = {}
        for row in sorted(hotlines, key=lambda row: row.id):
            rows[row.number, row.area] = (*rows.get((row.number, row.area), ()), row)
        return cls(rows, {brand.id: brand for brand in brands}, assigned, marks)


# --- what one page says ----------------------------------------------------------------------


def claims_on(
    lead: Lead, brand: Brand, names: BrandNames, marks: MarkRules = NO_MARKS
) -> tuple[Claim, ...]:
    """The numbers that a page says are the brand's, at most `MAX_PER_PAGE`."""
    if not lead.account and ground_of(lead.final_url or lead.url, brand).declared:
        return ()  # the brand's own page: the official spider's business
    said: dict[tuple[str, str], list[Evidence]] = {}
    places = lead.places or (_NOWHERE,) * len(lead.evidence)
    for evidence, place in zip(lead.evidence, places, strict=True):
        if _is_claimed(evidence, place, lead, brand, names, marks):
            said.setdefault((evidence.number, evidence.area), []).append(evidence)
    kept = list(said.values())[:MAX_PER_PAGE]
    return tuple(_claim(lead, brand, names, mentions, marks) for mentions in kept)


def _is_claimed(
    evidence: Evidence,
    place: tuple[str, str],
    lead: Lead,
    brand: Brand,
    names: BrandNames,
    marks: MarkRules,
) -> bool:
    """Whether the words around a number, or else the page as a whole, give it to the brand."""
    if evidence.purpose in _NO_CALLERS or _is_warning(evidence, marks):
        return False
    above, beside = place
    context = f"{beside}\n{evidence.context}"
    behind = len(beside) + 1
    named = names.nearest(context, evidence.start + behind, evidence.end + behind)
    if named:
        return brand.id in named
    # Nobody is named beside it: then it must be offered as a service line, and not as the site's.
    if not (evidence.is_hotline and evidence.owner is Owner.SELF):
        return False
    if marks.voices_in(context, "context"):
        return False
    if headed := names.in_text(above):
        return brand.id in headed[-1]
    about = names.in_text(lead.title)
    asked = bool(about) and all(brand.id in ids for ids in about)
    return (
        lead.account or bool(lead.plays) or (asked and bool(marks.voices_in(lead.title, "title")))
    )


def _is_warning(evidence: Evidence, marks: MarkRules) -> bool:
    """The number is named to warn of it."""
    near = evidence.context[max(0, evidence.start - _NEAR) : evidence.end + _NEAR]
    return bool(marks.voices_in(near, "warning"))


def _claim(
    lead: Lead, brand: Brand, names: BrandNames, mentions: Sequence[Evidence], marks: MarkRules
) -> Claim:
    first = mentions[0]
    patterns = [p for evidence in mentions for p in _shapes(evidence, brand, marks)]
    plays: tuple[str, ...] = ()
    if not lead.account:  # it may say 我们, and call itself official
        poses = poses_as_account(lead.final_url or lead.url, brand)
        plays = (*lead.plays, *["other_account"] * poses)
        patterns += [p for evidence in mentions for p in _words(evidence, brand, names, marks)]
    about = (
        *[ACCOUNT] * lead.account,
        *[SNIPPET] * lead.snippet,
        *[STATE] * (first.number_class in _STATE_CLASSES),
    )
    return Claim(
        brand_id=brand.id,
        number=first.number,
        area=first.area,
        url=lead.url,
        tel_uri=dialing(
            first.number, first.number_class, first.area, "", "", brand.country
        ).tel_uri,
        context=first.context,
        times=len(mentions),
        verdict=ClaimVerdict.UNSUPPORTED,
        verdict_reasons=about,
        belongs_to=None,
        first_seen=lead.seen,
        last_seen=lead.seen,
        spoof_patterns=tuple(dict.fromkeys((*plays, *patterns))),
        capture=lead.capture,
    )


def _shapes(evidence: Evidence, brand: Brand, marks: MarkRules) -> Iterator[str]:
    """What of domain.md A5 the number itself shows: S1 to S4, S6 and S8."""
    entry = marks.registers.code_of(evidence.number)
    given = entry is not None and entry.grade is not Grade.D and holds(entry, brand)
    shapes = (shape for shape in marks.shapes if not (shape.lifted and given))
    yield from (f"shape:{shape.id}" for shape in shapes if shape.fits(evidence))
    if evidence.hidden:
        yield "hidden_text"


def _words(
    evidence: Evidence, brand: Brand, names: BrandNames, marks: MarkRules
) -> tuple[str, ...]:
    """In whose name it is said."""
    near = evidence.context[max(0, evidence.start - _NEAR) : evidence.end + _NEAR]
    named = any(brand.id in ids for ids in names.in_text(near))
    return marks.voices_in(near, "near") if named else ()


# --- with what is known from before ------------------------------------------------------------


def merged(
    fresh: Iterable[Claim],
    before: Iterable[Claim],
    answered: frozenset[tuple[str, str]],
    *,
    now: datetime,
) -> tuple[Claim, ...]:
    """The claims of a run: those read in it, and earlier ones whose page gave no answer.

    Args:
        answered: (brand id, URL) of pages that answered well: what they no longer say is gone.
    """
    known = {claim.key: claim for claim in before}
    found: dict[tuple[str, str, str, str], Claim] = {}
    for claim in fresh:
        twin = found.get(claim.key)
        found[claim.key] = _joined(twin, claim) if twin else claim
    for key, claim in known.items():
        if key in found:
            found[key] = replace(found[key], first_seen=claim.first_seen)
        elif (claim.brand_id, claim.url) not in answered and now - claim.last_seen <= FORGET_AFTER:
            found[key] = claim
    return tuple(found[key] for key in sorted(found))


def _joined(one: Claim, other: Claim) -> Claim:
    """The page and its snippet say the same: the page's words, the patterns of both."""
    page, snippet = (other, one) if SNIPPET in one.verdict_reasons else (one, other)
    patterns = (*(page.spoof_patterns or ()), *(snippet.spoof_patterns or ()))
    return replace(
        page,
        first_seen=min(one.first_seen, other.first_seen),
        last_seen=max(one.last_seen, other.last_seen),
        spoof_patterns=tuple(dict.fromkeys(patterns)),
    )


# --- what we think of it -----------------------------------------------------------------------


def judged(claims: Iterable[Claim], truth: Truth) -> tuple[Claim, ...]:
    """Claims with their verdicts, reasons, and how many domains say the same."""
    claims = tuple(claims)
    domains: dict[tuple[str, str, str], set[str]] = {}
    brands: dict[tuple[str, str], set[str]] = {}
    for claim in claims:
        domains.setdefault(claim.key[:3], set()).add(_domain(claim.url))
        brands.setdefault(claim.key[1:3], set()).add(claim.brand_id)
    crowded = {number for number, ids in brands.items() if len(ids) >= _CROWD}
    return tuple(
        _judged(replace(c, domains=len(domains[c.key[:3]])), truth, c.key[1:3] in crowded)
        for c in claims
    )


def _domain(url: str) -> str:
    host = host_of(url) or ""
    return registrable_domain(host) or host


def _judged(claim: Claim, truth: Truth, crowded: bool) -> Claim:
    patterns = [p for p in claim.spoof_patterns or () if p != _MANY_BRANDS]
    patterns += [_MANY_BRANDS] * crowded
    about = [reason for reason in claim.verdict_reasons if reason in _ABOUT]
    verdict, reason, owner = _verdict(claim, truth, patterns, account=ACCOUNT in about)
    return replace(
        claim,
        verdict=verdict,
        verdict_reasons=(reason, *about),
        belongs_to=owner,
        spoof_patterns=tuple(patterns),
    )


def _verdict(
    claim: Claim, truth: Truth, patterns: Sequence[str], *, account: bool
) -> tuple[ClaimVerdict, str, str | None]:
    """Verdict, its reason, and whose number it is instead."""
    rows = truth.hotlines.get((claim.number, claim.area), ())
    own = [row for row in rows if row.brand_id == claim.brand_id]
    if any(row.verdict in _PROVEN for row in own):
        return ClaimVerdict.SUPPORTED, f"row:{own[0].verdict}", None
    if other := next((r for r in rows if r.verdict in _PROVEN and r not in own), None):
        return ClaimVerdict.BELONGS_TO_OTHER, f"row_of:{other.brand_id}", other.brand_id
    if holder := _holder(claim, truth):
        return ClaimVerdict.BELONGS_TO_OTHER, *holder
    doubt = f"row:{own[0].verdict}" if own else "no_row"
    if not account and not _TOLD.issuperset(patterns):
        return ClaimVerdict.IMPOSTOR, doubt, None
    return ClaimVerdict.UNSUPPORTED, doubt, None


def _holder(claim: Claim, truth: Truth) -> tuple[str, str | None] | None:
    """Whom the state, or a register, gave the number: the reason, and the name if it is known."""
    name = truth.assigned.get(claim.number)
    if name or STATE in claim.verdict_reasons:
        return "assigned_code", name
    brand = truth.brands.get(claim.brand_id)
    entry = truth.marks.registers.assigned_to_other(claim.number, brand) if brand else None
    if entry is None or entry.id != claim.number:
        return None  # digits behind somebody's code are a trick, and nobody's number
    named = entry.brand if entry.brand in truth.brands else entry.holder
    return f"assigned_to_other:{entry.holder}", named


def verdict_counts(claims: Iterable[Claim]) -> dict[str, int]:
    """How many claims have which verdict."""
    return dict(sorted(Counter(claim.verdict.value for claim in claims).items()))
