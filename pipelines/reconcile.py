"""Evidence of a brand becomes hotlines: one row per number, the order of the evidence no matter.

The key (number, area, extension) must never flip: history decides where a page leaves it open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipelines.dialing import Dialing, dialing, fee_conflict
from pipelines.disputes import disputes
from pipelines.marks.tables import NO_MARKS, MarkRules
from pipelines.model import Brand, Evidence, Hotline, Issue
from pipelines.replacement import place_of
from pipelines.sighting import Key, Sighting
from pipelines.verify import KIND_RANK, Doubts, Judgement, judge, may_create, untrusted
from pipelines.vocabulary import Carrier, Level, NumberClass, Owner, Presence, Purpose

_WITH_AREA = NumberClass.SHORT_96
_WITH_EXTENSION = frozenset((NumberClass.LANDLINE, NumberClass.SHARED_400, NumberClass.FOREIGN))
_ANY_SERVICE = (Purpose.GENERAL, Purpose.HUMAN_AGENT, Purpose.UNKNOWN)
_OWN = (Owner.SELF, Owner.UNKNOWN)  # 停用 said of a partner's number is not about the brand's
_CARRIER_RANK = {
    carrier: rank
    for rank, carrier in enumerate(
        (
            Carrier.TEXT,
            Carrier.PDF,
            Carrier.JSON_LD,
            Carrier.MICRODATA,
            Carrier.JSON,
            Carrier.ATTRIBUTE,
            Carrier.TEL_LINK,
            Carrier.SCRIPT,
            Carrier.IMAGE,
        )
    )
}
# IANA zones of the countries that have one zone; others stay empty rather than guessed.
_TIME_ZONES = {
    "CN": "Asia/Shanghai",
    "HK": "Asia/Hong_Kong",
    "MO": "Asia/Macau",
    "TW": "Asia/Taipei",
    "SG": "Asia/Singapore",
    "MY": "Asia/Kuala_Lumpur",
    "TH": "Asia/Bangkok",
    "PH": "Asia/Manila",
    "VN": "Asia/Ho_Chi_Minh",
    "IN": "Asia/Kolkata",
    "JP": "Asia/Tokyo",
    "KR": "Asia/Seoul",
    "GB": "Europe/London",
}
_LANGUAGE_WORDS = {
    "en": ("英文", "英语", "英語", "english"),
    "yue": ("粤语", "粵語", "广东话", "廣東話", "cantonese"),
    "zh": ("普通话", "普通話", "国语", "國語", "mandarin"),
}
_AUDIENCE = {Purpose.MERCHANT: "merchant", Purpose.VIP: "vip"}


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The hotlines that one run read of a brand.

    Attributes:
        hotlines: Rows as this run alone shows them, by key.
        retired: Numbers that a page itself says are no longer in use, with those pages.
        unplaced: (URL, number) of mentions whose area is not known.
    """

    hotlines: Mapping[Key, Hotline]
    retired: Mapping[Key, tuple[str, ...]]
    unplaced: frozenset[tuple[str, str]]
    issues: tuple[Issue, ...]


def hotline_id(brand_id: str, key: Key) -> str:
    """The permanent id of a hotline.

    >>> hotline_id("ahbank", ("96588", "0551", ""))
    'ahbank/96588@0551'
    """
    number, area, extension = key
    return f"{brand_id}/{number}{'@' if area else ''}{area}{'#' if extension else ''}{extension}"


def reconcile(
    brand: Brand,
    seen: Sequence[Sighting],
    known: Iterable[Hotline],
    *,
    now: datetime,
    run_id: str,
    rules: MarkRules = NO_MARKS,
) -> Reconciled:
    """Groups a run's evidence by number and makes one row of each group.

    Args:
        seen: Evidence of pages that answered well (`verify.sightings`).
        known: Rows of the parent snapshot; they decide an area that a page leaves open.
        rules: Shapes and registers that numbers are held against.
    """
    places = _Places.of(seen, known)
    doubted = untrusted((s.visit for s in seen), brand)
    usable = [s for s in seen if s.visit.url not in doubted and not s.evidence.hidden]
    # Memory may say where a brand's pages are; that such a page retires a number is believed.
    retired = _grouped((s for s in seen if _may_retire(s, doubted)), places)
    offered = _grouped((s for s in seen if may_create(s)), places)
    disputed = disputes(_grouped((s for s in usable if may_create(s)), places))
    hotlines: dict[Key, Hotline] = {}
    issues: list[Issue] = []
    for key, group in sorted(offered.items()):
        against, gone = disputed.get(key, ()), key in retired
        doubts = Doubts.of(group, brand, doubted, rules=rules, disputes=against, retired=gone)
        verdict = judge(group, doubts, now=now)
        hotlines[key] = _hotline(brand, key, group, verdict, now, run_id)
        issues += _doubts(hotlines[key], verdict)
    unplaced = [s for s in seen if may_create(s) and places.key(s.evidence) is None]
    issues += [_area_issue(brand.id, s) for s in unplaced]
    return Reconciled(
        hotlines,
        {key: _urls(group) for key, group in sorted(retired.items())},
        frozenset((s.visit.url, s.evidence.number) for s in unplaced),
        tuple(issues),
    )


def _may_retire(s: Sighting, doubted: Mapping[str, str]) -> bool:
    believed = doubted.get(s.visit.url, "unproven_ground") == "unproven_ground"
    return believed and not s.evidence.hidden and s.retired and s.evidence.owner in _OWN


@dataclass(frozen=True, slots=True)
class _Places:
    """The areas in which a brand's province codes are known to work."""

    by_number: tuple[Mapping[str, frozenset[str]], ...]  # history before this run's pages
    all_known: frozenset[str]
    keys: frozenset[Key]  # of history
    plain: frozenset[tuple[str, Purpose]]  # what a number serves without any extension

    @classmethod
    def of(cls, seen: Sequence[Sighting], known: Iterable[Hotline]) -> _Places:
        rows = tuple(known)
        keys = frozenset((h.number, h.area, h.extension) for h in rows)
        plain = {(h.number, p) for h in rows if not h.extension for p in h.purposes}
        plain |= {
            (s.evidence.number, s.evidence.purpose)
            for s in seen
            if may_create(s) and not s.evidence.extension
        }
        held = {(number, area) for number, area, _ in keys if area}
        read = {
            (s.evidence.number, s.evidence.area)
            for s in seen
            if may_create(s) and s.evidence.number_class is _WITH_AREA and s.evidence.area
        }
        areas = frozenset(area for _, area in held | read)
        return cls((_by_number(held), _by_number(read)), areas, keys, frozenset(plain))

    def key(self, e: Evidence) -> Key | None:
        """Key of the hotline that a piece of evidence is about; None if its area is open."""
        if e.number_class is not _WITH_AREA:
            full = (e.number, "", e.extension)
            own = _own_service(e) and (e.number, e.purpose) not in self.plain
            return full if full in self.keys or own else (e.number, "", "")
        area = e.area or self._only_area(e.number)
        return (e.number, area, "") if area else None

    def _only_area(self, number: str) -> str:
        for areas in self.by_number:
            if number in areas:
                return next(iter(areas[number])) if len(areas[number]) == 1 else ""
        return next(iter(self.all_known)) if len(self.all_known) == 1 else ""


def _own_service(e: Evidence) -> bool:
    """The extension leads to another service, and the label of the number names it."""
    single = e.extension.isdigit() and e.number_class in _WITH_EXTENSION
    return single and e.purpose not in _ANY_SERVICE


def _by_number(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for number, area in pairs:
        found[number] = found.get(number, frozenset()) | {area}
    return found


def _grouped(seen: Iterable[Sighting], places: _Places) -> dict[Key, tuple[Sighting, ...]]:
    groups: dict[Key, list[Sighting]] = {}
    for s in seen:
        key = places.key(s.evidence)
        if key is not None:
            groups.setdefault(key, []).append(s)
    return {key: tuple(sorted(group, key=_best_first)) for key, group in groups.items()}


def _best_first(s: Sighting) -> tuple[object, ...]:
    e = s.evidence
    return (not s.visit.tls_ok, e.hidden, s.link_differs, KIND_RANK[s.visit.kind],
            _CARRIER_RANK[e.carrier], len(s.visit.url), s.visit.url, e.block_path, e.start,
            e.end, e.raw, e.context, e.label, e.menu, e.hours_raw, e.rules)  # fmt: skip


def _hotline(
    brand: Brand,
    key: Key,
    group: Sequence[Sighting],
    verdict: Judgement,
    now: datetime,
    run_id: str,
) -> Hotline:
    """One row from the evidence of one number, the best evidence first."""
    number, area, extension = key
    rows = [s.evidence for s in group]
    best, times = rows[0], [s.visit.fetched_at for s in group]
    abroad = next((e.printed_abroad for e in rows if e.printed_abroad), "")
    dial = dialing(number, best.number_class, area, extension, abroad, brand.country)
    hours, purposes = _hours(rows), _purposes(rows)
    return Hotline(
        id=hotline_id(brand.id, key),
        brand_id=brand.id,
        number=number,
        area=area,
        extension=extension,
        display=next((e.display for e in rows if e.display), number),
        tel_uri=dial.tel_uri,
        e164=dial.e164,
        dial_domestic=dial.dial_domestic,
        dial_abroad=dial.dial_abroad,
        number_class=best.number_class,
        numbering_note=best.numbering_note,
        fee_class=dial.fee_class,
        fee_stated=_fee_stated(rows, dial),
        landline_only=dial.landline_only,
        purposes=purposes,
        labels=tuple(sorted({e.label for e in rows if e.label})),
        audience=tuple(sorted({_AUDIENCE[p] for p in purposes if p in _AUDIENCE})),
        regions=(f"{brand.country}-{area}",) if area else (),
        languages=_languages(rows),
        hours_raw=hours.hours_raw if hours else "",
        hours=hours.hours if hours else "",
        hours_tz=_TIME_ZONES.get(brand.country, "") if hours and hours.hours else "",
        hours_approx=bool(hours and hours.hours_approx),
        staffed_24h=bool(hours and hours.hours == "24/7"),
        menu_paths=_menu_paths(rows, extension),
        presence=Presence.OBSERVED,
        presence_reason="",
        verdict=verdict.verdict,
        verdict_reasons=verdict.codes,
        verdict_evidence=verdict.evidence,
        source_kinds=tuple(sorted({s.visit.kind for s in group}, key=KIND_RANK.__getitem__)),
        first_seen=min(times),
        evidence_count=len(group),
        evidence_url=group[0].visit.final_url or group[0].visit.url,
        evidence_text=best.context,
        carried_by=_urls(group),
        good_runs_missed=0,
        last_seen=max(times),
        last_checked=max(times),
        last_change=now,
        run_id=run_id,
        places=tuple(sorted({place_of(e) for e in rows})),
    )


def _purposes(rows: Sequence[Evidence]) -> tuple[Purpose, ...]:
    found = {e.purpose for e in rows}
    known = found - {Purpose.UNKNOWN} or found
    return tuple(purpose for purpose in Purpose if purpose in known)


def _hours(rows: Sequence[Evidence]) -> Evidence | None:
    """The best evidence with hours we could read, else with hours at all."""
    readable = next((e for e in rows if e.hours), None)
    return readable or next((e for e in rows if e.hours_raw), None)


def _languages(rows: Sequence[Evidence]) -> tuple[str, ...]:
    labels = " ".join(e.label for e in rows).lower()
    return tuple(
        code for code, words in _LANGUAGE_WORDS.items() if any(word in labels for word in words)
    )


def _menu_paths(rows: Sequence[Evidence], extension: str) -> tuple[str, ...]:
    # An extension that is no part of the key is a step in the menu of the number.
    steps = (e.menu or tuple(e.extension.split(";")) for e in rows if e.extension != extension)
    menus = (e.menu for e in rows)
    return tuple(sorted({"-".join(path) for path in (*steps, *menus) if any(path)}))


def _fee_stated(rows: Sequence[Evidence], dial: Dialing) -> str:
    """What the best evidence states; a statement against the rule is never hidden by another."""
    stated = [e.fee_stated for e in rows if e.fee_stated]
    wrong = [text for text in stated if fee_conflict(text, dial.fee_class)]
    return next(iter(wrong or stated), "")


def _urls(group: Sequence[Sighting]) -> tuple[str, ...]:
    return tuple(sorted({s.visit.url for s in group}))


# What a person should do about a doubt; the reasons that are left out explain themselves.
_ADVICE = {
    "pages_disagree": "find out which page is current; tell the brand about the other",
    "said_retired": "check by hand whether the number still answers",
    "structured_data_differs": "the page's markup names it and its text does not: tell the brand",
    "link_dials_another": "a link dials it and no text shows it: was the page tampered with?",
    "one_of_many_pages": "all other pages show another number there: was it tampered with?",
    "assigned_to_other": "a register gives it to another holder: do not publish it before asking",
    "unproven_ground": "confirm the host (register, stored copy) and raise its grade in the file",
    "foreign_mark": "the page shows another company's mark: is the host still the brand's?",
    "user_content": "add the page's path to veto in the brand's file: visitors write there",
    "hidden_text": "a reader does not see it: was the page tampered with?",
    "shape": "look at the page; a number of this shape is not official before a person says so",
}


def _doubts(hotline: Hotline, verdict: Judgement) -> Iterable[Issue]:
    for reason in verdict.reasons:
        advice = _ADVICE.get(reason.code.partition(":")[0])
        if advice:
            said = f"{reason.code} for {hotline.id}"
            yield Issue(Level.WARNING, reason.code.partition(":")[0], said, advice,
                        hotline.brand_id, reason.urls[0])  # fmt: skip
    if fee_conflict(hotline.fee_stated, hotline.fee_class):
        said = f"{hotline.id} is {hotline.fee_class} by rule, the page says {hotline.fee_stated}"
        yield Issue(Level.WARNING, "fee_conflict", said, "trust the rule; tell the brand",
                    hotline.brand_id, hotline.evidence_url)  # fmt: skip


def _area_issue(brand_id: str, s: Sighting) -> Issue:
    return Issue(
        Level.WARNING,
        "area_unknown",
        f"{s.evidence.number} is a province code without an area code: no row was made of it",
        "look for a page of the brand that prints the area code and declare it as a source",
        brand_id,
        s.visit.url,
    )
