"""Files in which people decide about rows (`reviews/*.toml`) → `tuple[RowReview, ...]`.

A file that is wrong anywhere stops the crawl: a rejection that is quietly left out would make a
number official again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from crawler.registry_files import Problem, RegistryError, TomlFile, located, parsed
from crawler.registry_lines import KeyPath, line_of
from crawler.registry_rules import rows
from crawler.registry_shape import Fault, faults
from pipelines.review import RAISABLE, Decision, RowReview

_LONGEST = timedelta(days=731)
_KEY = ("brand", "number", "area", "extension", "change")


class ReviewFilesError(RegistryError):
    """The reviews cannot be used; `problems` holds everything that is wrong with them."""


def reviews_directory(option: Path | None, brands: Path | None, here: Path) -> Path:
    """Where reviews lie: as told, else beside the brand files, else in the checkout, else `here`.

    Args:
        brands: Directory of brand files, if the operator named one.
        here: The working directory; it or a directory above it may be a checkout.
    """
    if option is not None:
        return option
    if brands is not None:
        return brands.resolve().parent / "reviews"
    checkouts = (d for d in (here, *here.parents) if (d / "scrapy.cfg").is_file())
    return next(checkouts, here) / "reviews"


def load_reviews(directory: Path, brand_ids: Iterable[str]) -> tuple[RowReview, ...]:
    """Read all review files of a directory.

    Raises:
        ReviewFilesError: Anything is wrong with any of them.
    """
    files, problems = _read(directory, frozenset(brand_ids))
    if problems:
        raise ReviewFilesError(problems)
    found = [_review(file, place, item) for file in files for place, item in _items(file)]
    return tuple(sorted(found, key=lambda r: (r.row_id, r.change)))


def check_reviews(directory: Path, brand_ids: Iterable[str]) -> tuple[Problem, ...]:
    """Say everything that is wrong with the review files of a directory."""
    return _read(directory, frozenset(brand_ids))[1]


@cache
def schema() -> Mapping[str, Any]:
    """The JSON Schema of a review file."""
    text = (resources.files("crawler") / "reviews.schema.json").read_text("utf-8")
    loaded: Mapping[str, Any] = json.loads(text)
    return loaded


def _read(directory: Path, brand_ids: frozenset[str]) -> tuple[list[TomlFile], tuple[Problem, ...]]:
    if not directory.is_dir():
        advice = "name the directory that holds the reviews (*.toml), or make it"
        return [], (Problem(str(directory), 1, "", "there is no such directory", advice),)
    files: list[TomlFile] = []
    problems: list[Problem] = []
    for path in sorted(directory.glob("*.toml")):
        found = parsed(path)
        if isinstance(found, Problem):
            problems.append(found)
            continue
        file = TomlFile(found.name, found.stem, _with_plain_days(found.data), found.lines)
        files.append(file)
        problems += [located(file, fault) for fault in _faults(file.data, brand_ids)]
    problems += _twice(files)
    return files, tuple(sorted(problems, key=lambda p: (p.file, p.line, p.key, p.message)))


def _with_plain_days(value: Any) -> Any:  # noqa: ANN401
    """Days as text: TOML has a type for them, and people write them in quotes all the same."""
    if isinstance(value, dict):
        return {key: _with_plain_days(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_plain_days(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime) else value


def _faults(data: Mapping[str, Any], brand_ids: frozenset[str]) -> Iterator[Fault]:
    shape = list(faults(data, schema(), schema()))
    yield from shape
    wrong = {fault.path for fault in shape}
    for place, item in rows(data, "review"):
        yield from (f for f in _row_faults(place, item, brand_ids) if f.path not in wrong)


def _row_faults(place: int, item: Mapping[str, Any], brand_ids: frozenset[str]) -> Iterator[Fault]:
    def at(name: str) -> KeyPath:
        return ("review", place, name)

    brand = item.get("brand")
    if isinstance(brand, str) and brand not in brand_ids:
        yield Fault(at("brand"), f"there is no brand {brand!r}", "name the id of a brand file")
    days = {name: _day(item.get(name)) for name in ("date", "expires")}
    for name, day in days.items():
        if day is None:
            yield Fault(at(name), f"{item.get(name)!r} is no day", "write it so: 2026-11-25")
    begins, ends = days["date"], days["expires"]
    if begins and ends and ends <= begins:
        yield Fault(at("expires"), "it ends before it begins", "name a later day")
    elif begins and ends and ends - begins > _LONGEST:
        advice = "at most two years: what nobody looks at again is not reviewed"
        yield Fault(at("expires"), f"{ends} is too far away", advice)
    yield from _doubt_faults(place, item)


def _doubt_faults(place: int, item: Mapping[str, Any]) -> Iterator[Fault]:
    doubts = item.get("doubts")
    if not isinstance(doubts, list):
        return
    if item.get("decision") in (Decision.REJECT, Decision.ANNOTATE) or item.get("change"):
        advice = "only the acceptance of a row sets doubts aside"
        yield Fault(("review", place, "doubts"), "doubts do not belong here", advice)
    for index, code in enumerate(doubts):
        if isinstance(code, str) and code.partition(":")[0] not in RAISABLE:
            advice = f"a person may set aside: {', '.join(sorted(RAISABLE))}"
            yield Fault(
                ("review", place, "doubts", index), f"no review sets aside {code!r}", advice
            )


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _twice(files: Iterable[TomlFile]) -> Iterator[Problem]:
    first: dict[tuple[object, ...], str] = {}
    for file in files:
        for place, item in rows(file.data, "review"):
            key = tuple(item.get(name) or "" for name in _KEY)
            here = _place(file, place)
            if key in first:
                message = f"{first[key]} decides on the same row"
                fault = Fault(("review", place, "number"), message, "keep one of them")
                yield located(file, fault)
            first.setdefault(key, here)


def _items(file: TomlFile) -> list[tuple[int, Mapping[str, Any]]]:
    return rows(file.data, "review")


def _place(file: TomlFile, place: int) -> str:
    return f"{file.stem}.toml:{line_of(file.lines, ('review', place))}"


def _review(file: TomlFile, place: int, item: Mapping[str, Any]) -> RowReview:
    return RowReview(
        brand_id=item["brand"],
        number=item["number"],
        decision=Decision(item["decision"]),
        reason=item["reason"],
        reviewer=item["reviewer"],
        dated=date.fromisoformat(item["date"]),
        expires=date.fromisoformat(item["expires"]),
        area=item.get("area", ""),
        extension=item.get("extension", ""),
        change=item.get("change", ""),
        doubts=tuple(item.get("doubts", ())),
        place=_place(file, place),
    )
