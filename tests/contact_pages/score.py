"""Scores the reader on contact pages that were written, with their truth, before a rule read them.

Run: `python -m tests.contact_pages.score [--errors]`. How the pages came to be: `README.md`.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.brand import Brand, Fact
from pipelines.model import Evidence, Page, PageReading
from pipelines.process import process_page
from pipelines.rules import load_rules
from pipelines.vocabulary import Grade
from tests.contact_pages.channels import marks

HERE = Path(__file__).parent
SETS = (
    "awkward_chinese",
    "awkward_abroad",
    "typical",
    "ordinary",
    "documents",
    "more_documents",
    "chinese_help",
    "further_documents",
    "other_ways",
    "more_ways",
)
_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
}
_READ_ON = "2026-11-01"  # a number that its page gives up before is offered no more
_WEEK = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
#: Days of one year; no weekly timetable has them, and pages give them in many ways.
_DATED = re.compile(r"(?:\d{4} )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|easter)")
_RULE = re.compile(r"([A-Z][A-Za-z,\-\[\]0-9]*)?\s*(.*)")
_SITE = re.compile(r"(?:@|https?://(?:(?:www|help|m|kf|cs|my|app|api)\.)?)([\w.-]+\w)")
_EVERYBODYS = re.compile(r"qq\.|163|126|gmail|gov")
_SHORTEST = 5  # digits of which the last ones tell a number
_FEWEST = 7


@dataclass
class Score:
    """Counts over the pages of a set; ratios are derived."""

    counts: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        count = self.counts
        both = count["offered"] + count["hotlines"]
        return {
            "found": count["found"] / count["numbers"],
            "owner": count["owner"] / count["found"],
            "hotline_precision": count["right"] / count["offered"],
            "hotline_recall": count["right"] / count["hotlines"],
            "hotline_f1": 2 * count["right"] / both,
            "purpose": count["purpose"] / count["found_hotlines"],
            "hours": count["hours"] / count["found_hotlines"],
            "fee": count["fee"] / count["found_hotlines"],
            "menu": count["menu"] / count["found_hotlines"],
            "channels": count["channels_read"] / count["channels"],
            "channels_true": count["channels_true"] / count["channels_given"],
        }


def pages(name: str) -> list[dict[str, Any]]:
    """The truth of each page of a set."""
    text = (HERE / name / "truth.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def score(name: str) -> Score:
    """Reads each page of a set as a crawl would, with its brand known."""
    scored = Score()
    for row in pages(name):
        reading = _read(HERE / name / row["page"], row)
        scored.counts.update(marks(row["channels"], reading.channels))
        evidence = reading.evidence
        for number in row["numbers"]:
            found = _of(number["raw"], evidence)
            told = set(_marks(number, found))
            scored.counts.update(told)
            if wrong := _wrong(number, found, told):
                scored.errors.append(f"{name}/{row['page']} {number['raw']}: {wrong}")
    return scored


def _read(path: Path, row: dict[str, Any]) -> PageReading:
    domains = {
        found[1].lower()
        for channel in row["channels"]
        if channel["kind"] != "regulator"
        for found in _SITE.finditer(channel["value"])
        if not _EVERYBODYS.search(found[1])
    }
    brand = Brand(
        id="brand",
        name_zh=row["brand"],
        country=row["country"],
        aliases=tuple(row["names"]),
        domains=tuple(Fact(domain, Grade.B, "its page") for domain in sorted(domains)),
    )
    host = min(domains, default="brand.test")
    page = Page(
        f"https://www.{host}/contact",
        path.read_bytes(),
        content_type=_KINDS[path.suffix],
        brand=brand,
        country=brand.country,
    )
    return process_page(page, load_rules())


def _is_offered(item: Evidence) -> bool:
    days = [rule.partition(":")[2] for rule in item.rules if rule.startswith("retired_by_page:")]
    return item.is_hotline and not any(day <= _READ_ON for day in days)


def _of(raw: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Mentions of a number, the one that is offered first."""
    found = [item for item in evidence if _is_same(raw, item.number)]
    return sorted(found, key=lambda item: not _is_offered(item))


def _is_same(raw: str, number: str) -> bool:
    printed, ours = (re.sub(r"\D", "", text.replace("(0)", "")) for text in (raw, number))
    if printed == ours or min(len(printed), len(ours)) < _SHORTEST:
        return printed == ours
    bare = printed.lstrip("0")
    return bare == ours or (len(bare) >= _FEWEST and ours.endswith(bare)) or printed.endswith(ours)


def _marks(truth: dict[str, Any], found: Sequence[Evidence]) -> Iterator[str]:
    yield "numbers"
    if truth["is_hotline"]:
        yield "hotlines"
    if not found:
        return
    yield "found"
    best = found[0]
    if str(best.owner) == truth["owner"]:
        yield "owner"
    if _is_offered(best):
        yield "offered"
    if truth["is_hotline"]:
        yield from _marks_of_a_hotline(truth, found)


def _marks_of_a_hotline(truth: dict[str, Any], found: Sequence[Evidence]) -> Iterator[str]:
    best = found[0]
    yield "found_hotlines"
    if _is_offered(best):
        yield "right"
    if str(best.purpose) in _purposes(truth):
        yield "purpose"
    if _hours(truth) in {week(item.hours) for item in found}:
        yield "hours"
    if bool(truth.get("fee")) == any(item.fee_stated for item in found):
        yield "fee"
    if [str(key) for key in truth.get("menu", ())] == list(best.menu):
        yield "menu"


def _wrong(truth: dict[str, Any], found: Sequence[Evidence], told: set[str]) -> str:
    if not found:
        return "not found"
    wanted = {"numbers", "found", "owner"}
    if truth["is_hotline"]:
        wanted |= {
            "hotlines",
            "offered",
            "found_hotlines",
            "right",
            "purpose",
            "hours",
            "fee",
            "menu",
        }
    best = found[0]
    said = f"{best.owner} {best.is_hotline} {best.purpose} {best.hours} {' '.join(best.rules)}"
    return f"{' '.join(sorted(told ^ wanted))} ({said})" if told != wanted else ""


def _purposes(truth: dict[str, Any]) -> set[str]:
    said = {truth["purpose"], *truth.get("also", ())}
    return said | {"general"} if "human_agent" in said else said


def _hours(truth: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return week(truth.get("hours", ""))


def week(osm: str) -> tuple[tuple[str, str], ...]:
    """Days with their times, without holidays and single dates.

    >>> week("Mo-We 09:00-18:00; We off; PH off")
    (('Mo', '09:00-18:00'), ('Tu', '09:00-18:00'))
    """
    staffed = osm.rpartition("||")[2].replace('"人工服务"', "").replace('"人工"', "").strip()
    open_on: dict[str, str] = {}
    for rule in re.split(r"\s*;\s*", "00:00-24:00" if staffed == "24/7" else staffed):
        match = _RULE.fullmatch(rule)
        if not rule or match is None or _DATED.match(rule):
            continue
        times = match[2].replace(" ", "") or "00:00-24:00"
        open_on |= dict.fromkeys(_days(match[1] or "Mo-Su"), times)
    return tuple((day, open_on[day]) for day in _WEEK if open_on.get(day, "off") != "off")


def _days(listed: str) -> Iterator[str]:
    for part in listed.split(","):
        first, _, last = part.partition("-")
        if first in _WEEK:
            yield from _WEEK[_WEEK.index(first) : _WEEK.index(last or first) + 1]


def main() -> None:
    for name in SETS:
        scored = score(name)
        told = "  ".join(f"{key} {value:.3f}" for key, value in scored.figures().items())
        print(f"{name:16}{scored.counts['numbers']:4} numbers  {told}")
        if "--errors" in sys.argv:
            print("\n".join(scored.errors))


if __name__ == "__main__":
    main()
