"""`extract`: numbers of files on disk, without a brand, a crawl or a data directory."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.exit_codes import ExitCode
from crawler.terminal import clean, print_table, say

if TYPE_CHECKING:
    from pipelines.model import Brand, Evidence, Page, PageReading

_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".jsp": "text/html",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
}


_STDIN = Path("-")


def extract(
    paths: Sequence[Path],
    *,
    form: str,
    url: str,
    brand: Brand | None,
    country: str,
    explain: bool,
    self_check: bool,
) -> int:
    """Prints one object per mention; unreadable files are named on stderr. `-` is stdin."""
    from crawler.plan import ConfigurationError
    from outputs.reading import SELF_CHECK_ONE_IN, Reader
    from pipelines.numbering.foreign import is_region
    from pipelines.vocabulary import Outcome

    if country and not is_region(country):
        raise ConfigurationError(f"--country {country}: two letters of ISO 3166, e.g. CN or HK")
    failed = 0
    others = _others(brand)
    rows: list[dict[str, object]] = []
    with Reader(1 if self_check else SELF_CHECK_ONE_IN) as reader:
        for path in _files(paths):
            page = _page(path, url, brand, country)
            if page is None:
                failed += 1
                continue
            reading = reader.read(replace(page, others=others))
            failed += reading.outcome is Outcome.PARSER_REFUSED
            for issue in reading.issues:
                say(f"{path}: {issue.code}: {issue.message}")
            for evidence in reading.evidence:
                row = mention_object(str(path), evidence, explain=explain)
                print(json.dumps(row, ensure_ascii=False)) if form == "jsonl" else rows.append(row)
            if explain:
                _print_refusals(str(path), page, reading, form)
    if form == "table":
        _print_rows(rows)
    return ExitCode.UNEXPECTED if failed else ExitCode.OK


def _others(brand: Brand | None) -> tuple[str, ...]:
    from crawler.registry import load_brands
    from pipelines.brand import other_names

    return other_names(brand, load_brands()) if brand else ()


def mention_object(
    document: str, evidence: Evidence, *, explain: bool = False
) -> dict[str, object]:
    """The public contract of `hotlines extract --format jsonl`: one mention."""
    found: dict[str, object] = {
        "document": document,
        "raw": evidence.raw,
        "number": evidence.number,
        "display": evidence.display,
        "number_class": evidence.number_class.value,
        "area": evidence.area,
        "extension": evidence.extension,
        "menu": list(evidence.menu),
        "purpose": evidence.purpose.value,
        "owner": evidence.owner.value,
        "is_hotline": evidence.is_hotline,
        "label": evidence.label,
        "context": evidence.context,
        "hours": evidence.hours,
        "hours_raw": evidence.hours_raw,
        "fee_stated": evidence.fee_stated,
        "carrier": evidence.carrier.value,
        "hidden": evidence.hidden,
        "start": evidence.start,
        "end": evidence.end,
    }
    return {**found, "rules": list(evidence.rules)} if explain else found


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file())
        else:
            yield path


def _page(path: Path, url: str, brand: Brand | None, country: str) -> Page | None:
    from pipelines.model import Page

    try:
        body = sys.stdin.buffer.read() if path == _STDIN else path.read_bytes()
    except OSError as error:
        say(f"{path}: cannot be read: {error.strerror}; check the path and its permissions")
        return None
    content_type = _TYPES.get(path.suffix.lower(), "")
    where = brand.country if brand else country
    address = url or path.as_uri() if path.is_absolute() else url or path.name
    return Page(address, body, content_type=content_type, brand=brand, country=where)


def _print_refusals(document: str, page: Page, reading: PageReading, form: str) -> None:
    from pipelines.explain import explain
    from pipelines.rules import load_rules

    for refusal in explain(page, reading.evidence, load_rules()):
        if form == "jsonl":
            found = {"document": document, "refused": refusal.raw, "rule": refusal.rule}
            print(json.dumps({**found, "block": refusal.block_path}, ensure_ascii=False))
        else:
            say(f"{document}: {refusal.block_path}: {refusal.raw!r} refused ({refusal.rule})")


def _print_rows(rows: Sequence[dict[str, object]]) -> None:
    columns = (
        *(("hidden",) if any(row["hidden"] for row in rows) else ()),
        "number",
        "number_class",
        "purpose",
        "owner",
        "is_hotline",
        "hours",
        "label",
        "document",
    )
    explained = any("rules" in row for row in rows)
    shown = (*columns, "rules") if explained else columns
    print_table("", shown, ([clean(_cell(row[c])) for c in shown] for row in rows))


def _cell(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
