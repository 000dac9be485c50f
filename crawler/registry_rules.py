"""What a schema cannot say of brand files: names, ground, ownership.

Each rule takes files as `tomllib` reads them and looks only at values of the right type; what
is of the wrong type is reported by the schema alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crawler.registry_lines import KeyPath
from crawler.registry_shape import Fault
from pipelines.ground import (
    Ground,
    ascii_host,
    ground_of,
    host_of,
    is_public_suffix,
    mixes_scripts,
    registrable_domain,
)
from pipelines.model import Brand, Fact
from pipelines.vocabulary import Grade, SourceKind

Data = Mapping[str, Any]

GROUND_KEYS = ("domains", "hosts", "tlds")
# A store, a partner or a social network is never the brand's ground, whatever is read there.
ELSEWHERE = frozenset(kind for kind in SourceKind if kind.elsewhere)

# Domains of which one host or path says nothing about the others: traps_and_notes of the brand
# research ("far too wide: use hosts") and domain.md D3 (shared suffixes not in the public list).
SHARED_DOMAINS = frozenset(
    ("qq.com", "google.com", "line.me", "zendesk.com", "freshdesk.com", "facebook.com", "weibo.com")
)

# domain.md D2: Z2, four digits, the province (GB/T 2260), six digits.
_PBC = re.compile(r"Z2\d{4}(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])\d{6}", re.ASCII)
_HKMA = re.compile(r"SVFB?\d{3,4}", re.ASCII)
_USERINFO = re.compile(r"[^/]*//[^/?#]*@")
_APP_IDS = {
    "android": re.compile(r"[A-Za-z]\w*(?:\.\w+)+", re.ASCII),
    "ios": re.compile(r"\d{6,12}", re.ASCII),
}


def rows(data: Data, key: str) -> list[tuple[int, Data]]:
    """The tables of an array, with their place; whatever else stands there is left out."""
    value = data.get(key)
    items = value if isinstance(value, list) else []
    return [(place, item) for place, item in enumerate(items) if isinstance(item, dict)]


def texts(data: Data, key: str, name: str) -> list[tuple[KeyPath, str]]:
    """The strings under one key of each table of an array, with their paths."""
    found = [((key, place, name), item.get(name)) for place, item in rows(data, key)]
    return [(path, text) for path, text in found if isinstance(text, str)]


def file_faults(data: Data, stem: str) -> Iterator[Fault]:
    """Say all that is wrong within one file, beyond its shape."""
    yield from _id_faults(data, stem)
    yield from _name_faults(data)
    yield from _tld_faults(data)
    yield from _source_faults(data)
    yield from _veto_faults(data)
    yield from _form_faults(data)
    yield from _twice_faults(data)
    yield from _bound_faults(data)


def _id_faults(data: Data, stem: str) -> Iterator[Fault]:
    found = data.get("id")
    if isinstance(found, str) and found != stem:
        advice = "ids are permanent: rename the file, or set the id back; a new name is an alias"
        yield Fault(("id",), f"id {found!r} is not the file name {stem!r}", advice)


def _name_faults(data: Data) -> Iterator[Fault]:
    for key in ("domains", "hosts"):
        for path, name in texts(data, key, "name"):
            fault = _host_fault(path, name)
            if fault is None and key == "domains":
                fault = _domain_fault(path, name)
            if fault is not None:
                yield fault


def _host_fault(path: KeyPath, name: str) -> Fault | None:
    if mixes_scripts(name):
        advice = "a look-alike of another name: type it by hand, or leave it out"
        return Fault(path, f"{name!r} mixes alphabets within a label", advice)
    if ascii_host(name) != name:
        wire = ascii_host(name)
        advice = f"write {wire}" if wire else "a name such as pay.example.com, nothing around it"
        return Fault(path, f"{name!r} is not a plain host name", advice)
    if is_public_suffix(name):
        advice = "strangers register names under it; declare the brand's own name below it"
        return Fault(path, f"{name} is a public suffix", advice)
    return None


def _domain_fault(path: KeyPath, name: str) -> Fault | None:
    if registrable_domain(name) != name:
        advice = f"move it to hosts, or declare the domain {registrable_domain(name)}"
        return Fault(path, f"{name} is a host, not a registrable domain", advice)
    if name in SHARED_DOMAINS:
        advice = "declare the single hosts that are the brand's, under hosts"
        return Fault(path, f"{name} is shared by many: too wide for one brand", advice)
    return None


def _tld_faults(data: Data) -> Iterator[Fault]:
    called = _words(data)
    for path, name in texts(data, "tlds", "name"):
        if "." in name or not is_public_suffix(name):
            advice = 'write the last label alone, e.g. "alipay"'
            yield Fault(path, f"{name!r} is not a top-level domain", advice)
        elif name not in called:
            # The public list does not tell brand domains from generic ones such as "com".
            advice = "it must be the id, or a word of a name or alias: is it the brand's own?"
            yield Fault(path, f"the top-level domain {name!r} is no name of the brand", advice)


def _words(data: Data) -> frozenset[str]:
    names, aliases = data.get("names"), data.get("aliases")
    said = [data.get("id"), *(names.values() if isinstance(names, dict) else ())]
    said.extend(aliases if isinstance(aliases, list) else ())
    return frozenset(word for text in said for word in str(text).casefold().split())


def ground_brand(data: Data) -> Brand:
    """A brand of declared ground only, however unfinished the rest of the file is."""
    facts = {
        key: tuple(Fact(text, Grade.D, "") for _, text in texts(data, key, name))
        for key, name in (*((key, "name") for key in GROUND_KEYS), ("veto", "path"))
    }
    vetoed = facts.pop("veto")
    return Brand(
        id="",
        name_zh="",
        country="",
        veto_paths=vetoed,
        domains=facts["domains"],
        hosts=facts["hosts"],
        tlds=facts["tlds"],
    )


def _source_faults(data: Data) -> Iterator[Fault]:
    brand = ground_brand(data)
    for place, item in rows(data, "sources"):
        url, path = item.get("url"), ("sources", place, "url")
        if not isinstance(url, str):
            continue
        ground = ground_of(url, brand)
        if ground is Ground.NOT_A_HOST or _USERINFO.match(url):
            advice = "a full http or https URL of a named host, without user or password"
            yield Fault(path, f"{url!r} names no host beyond doubt", advice)
        elif str(item.get("kind")) in ELSEWHERE:
            yield from _elsewhere_faults(path, url, str(item.get("kind")), ground)
        elif ground is Ground.VETOED:
            yield Fault(path, f"{url} carries what users write", "choose another page, or see veto")
        elif ground is Ground.FOREIGN:
            advice = f"declare {host_of(url)} under hosts (or its domain), if it is the brand's"
            yield Fault(path, f"{url} is not on declared ground", advice)


def _elsewhere_faults(path: KeyPath, url: str, kind: str, ground: Ground) -> Iterator[Fault]:
    from pipelines.rules import load_rules

    if kind == SourceKind.PARTNER and ground.declared:
        yield Fault(path, f"{url} is the brand's own", "name the kind of page that it is")
    if kind == SourceKind.APP_STORE and not load_rules().marks.stores.entry(url)[1]:
        hosts = sorted(h for store in load_rules().marks.stores.stores for h in store.hosts)
        advice = f"the address of one app, on one of: {', '.join(hosts)}"
        yield Fault(path, f"{url} is no listing of a known app store", advice)


def _veto_faults(data: Data) -> Iterator[Fault]:
    brand = ground_brand(data)
    for path, veto in texts(data, "veto", "path"):
        host = veto.partition("/")[0]
        if ground_of(f"https://{host}/", brand) in (Ground.FOREIGN, Ground.NOT_A_HOST):
            advice = "only declared ground needs a veto; all else is foreign anyway"
            yield Fault(path, f"{host!r} is not on declared ground", advice)


def _form_faults(data: Data) -> Iterator[Fault]:
    for place, item in rows(data, "apps"):
        store, found = item.get("store"), item.get("id")
        form = _APP_IDS.get(str(store))
        if form and isinstance(found, str) and not form.fullmatch(found):
            advice = "android: com.example.app; ios: the digits of the App Store address"
            yield Fault(("apps", place, "id"), f"{found!r} is no id of {store}", advice)
    for place, item in rows(data, "marks"):
        kind, found = item.get("kind"), item.get("id")
        if isinstance(found, str) and not _mark_holds(kind, found):
            advice = (
                "copy it again, without the site number (-1): 沪ICP备12345678号, 31011502000001"
            )
            yield Fault(("marks", place, "id"), f"{found!r} is no mark of kind {kind}", advice)
    for place, item in rows(data, "licences"):
        kind, found = item.get("kind"), item.get("id")
        if isinstance(found, str) and not _licence_holds(kind, found):
            advice = "copy it again from its source; kind = other skips this check"
            yield Fault(("licences", place, "id"), f"{found!r} is no number of {kind}", advice)


def _mark_holds(kind: object, text: str) -> bool:
    """The mark is printed as a page prints it, whole and without flaws."""
    from pipelines.marks.footer import MarkKind, credit_code_holds, marks_in
    from pipelines.rules import load_rules

    provinces = load_rules().marks.provinces
    if kind == MarkKind.USCC:
        return credit_code_holds(text)
    if kind == MarkKind.POLICE:
        return text[:2] in provinces.values() and text.isdecimal() and 13 <= len(text) <= 15
    return [(m.kind, m.value, m.flaws) for m in marks_in(text, provinces)] == [(kind, text, ())]


def _licence_holds(kind: object, number: str) -> bool:
    if kind == "pbc":
        return bool(_PBC.fullmatch(number))
    return kind != "hkma_svf" or bool(_HKMA.fullmatch(number))


def _twice_faults(data: Data) -> Iterator[Fault]:
    named = [(key, "name") for key in GROUND_KEYS]
    listed = (("sources", "url"), ("veto", "path"), ("apps", "id"), ("related", "brand"))
    for key, name in (*named, *listed, ("marks", "id")):
        seen: Counter[str] = Counter()
        for path, text in texts(data, key, name):
            seen[text] += 1
            if seen[text] == 2:
                yield Fault(path, f"{text} stands twice under {key}", "keep one of them")


def _bound_faults(data: Data) -> Iterator[Fault]:
    expect = data.get("expect")
    numbers = expect.get("numbers") if isinstance(expect, dict) else None
    if isinstance(numbers, dict):
        low, high = numbers.get("min", 0), numbers.get("max", 40)
        if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            advice = "min is the fewest numbers of a healthy run, max (default 40) the most"
            yield Fault(("expect", "numbers"), f"min {low} is above max {high}", advice)
    if data.get("state", "active") == "active" and not rows(data, "sources"):
        advice = 'name its home page at least, or set state = "ended" or "unverified"'
        yield Fault(("sources",), "an active brand needs a source", advice)


@dataclass(frozen=True, slots=True)
class Claim:
    """A name that a file says is its brand's."""

    file: str
    path: KeyPath
    key: str
    name: str


def claims_of(file: str, data: Data) -> list[Claim]:
    """All names of hosts, domains and top-level domains that a file claims."""
    return [
        Claim(file, path, key, name)
        for key in GROUND_KEYS
        for path, name in texts(data, key, "name")
    ]


def ownership_faults(claims: list[Claim]) -> Iterator[tuple[str, Fault]]:
    """Say where two files claim the same ground; each pair once, at the narrower claim."""
    owners: dict[tuple[str, str], list[Claim]] = {}
    for claim in claims:
        owners.setdefault((claim.key, claim.name), []).append(claim)
    for claim in claims:
        for wider in _covering(claim, owners):
            what = f"{wider.name} ({wider.key})"
            message = f"{claim.name} belongs to {wider.file} too, which declares {what}"
            advice = "one owner for each host: take it from one of them, or declare narrower hosts"
            yield claim.file, Fault(claim.path, message, advice)


def _covering(claim: Claim, owners: Mapping[tuple[str, str], list[Claim]]) -> Iterator[Claim]:
    domain, tld = registrable_domain(claim.name) or "", claim.name.rpartition(".")[2]
    wider = {"hosts": [("domains", domain), ("tlds", tld)], "domains": [("tlds", tld)], "tlds": []}
    for key in ((claim.key, claim.name), *wider[claim.key]):
        for other in owners.get(key, ()):
            same = other.key == claim.key
            if other.file != claim.file and (not same or other.file < claim.file):
                yield other


def relation_faults(files: Mapping[str, Data]) -> Iterator[tuple[str, Fault]]:
    """Say which related brands are not in the registry, or are the brand itself."""
    ids = {str(data.get("id")) for data in files.values()}
    for file, data in files.items():
        for path, brand in texts(data, "related", "brand"):
            if brand not in ids or brand == data.get("id"):
                advice = "name the id of another brand file of this directory"
                yield file, Fault(path, f"there is no other brand {brand!r}", advice)


def partner_faults(files: Mapping[str, Data]) -> Iterator[tuple[str, Fault]]:
    """Say which partners' pages lie on no other brand's ground: nobody vouches for them."""
    grounds = {file: ground_brand(data) for file, data in files.items()}
    for file, data in files.items():
        for place, item in rows(data, "sources"):
            url = item.get("url")
            if item.get("kind") != SourceKind.PARTNER or not isinstance(url, str):
                continue
            if not any(ground_of(url, ground).declared for ground in grounds.values()):
                advice = f"declare the partner as a brand of its own, with {host_of(url)}"
                path = ("sources", place, "url")
                yield file, Fault(path, f"{url} is on no other brand's ground", advice)
