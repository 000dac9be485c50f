"""The live view of `scrapy crawl`: the reading of a page as plain items.

It shows what a page says while it is crawled. Nothing published is built from it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path

from scrapy.settings import BaseSettings

from crawler.plan import CrawlPlan, require_contact
from crawler.recording import Archive, Recorder
from crawler.registry import load_brands
from outputs.captures import Fetch
from pipelines.brand import other_names
from pipelines.model import Brand, Evidence, Page
from pipelines.naming import brand_meant, names_of
from pipelines.process import process_page
from pipelines.rules import Rules, load_rules
from pipelines.vocabulary import SourceKind

Item = dict[str, object]

_log = logging.getLogger(__name__)


@cache
def reading_rules() -> Rules:
    """All rule tables, compiled once."""
    return load_rules()


@cache
def _registered() -> tuple[Brand, ...]:
    return load_brands()


def items_of(
    body: bytes,
    *,
    url: str,
    final_url: str,
    content_type: str,
    kind: SourceKind = SourceKind.CONTACT,
    brand: Brand | None = None,
) -> tuple[Item, ...]:
    """Read a page as `hotlines process` will, and give one item per evidence."""
    country = brand.country if brand else "CN"
    others = other_names(brand, _registered()) if brand else ()
    page = Page(url, body, final_url, content_type, kind, brand, country, others=others)
    return tuple(_item(evidence) for evidence in process_page(page, reading_rules()).evidence)


def _item(evidence: Evidence) -> Item:
    return {name: value for name, value in _plain(asdict(evidence)) if name != "capture"}


def _plain(values: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if isinstance(value, str):
            yield name, str(value)  # members of enums too
        else:
            yield name, list(value) if isinstance(value, tuple) else value


def live_arguments(settings: BaseSettings, brand: str) -> tuple[CrawlPlan, Recorder]:
    """Plan and recorder of a spider started by Scrapy's own commands: it keeps nothing.

    Args:
        settings: Scrapy's settings.
        brand: Ids or names of brands, separated by commas (`-a brand=ID`); "" for all.
    """
    nowhere = Path()
    checking = "SCRAPY_CHECK" in os.environ  # set by `scrapy check`, which asks no server
    contact = settings.get("HOTLINES_CONTACT") or os.environ.get("HOTLINES_CONTACT")
    plan = CrawlPlan(
        run_id="live",
        run_directory=nowhere,
        brands=() if checking else _chosen(brand),
        ledger={},
        contact="" if checking else require_contact(contact),
    )
    return plan, Recorder(plan.run_id, Archive(nowhere), listener=_log_fetch)


def _log_fetch(fetch: Fetch) -> None:
    level = logging.INFO if fetch.outcome.good else logging.WARNING
    where = f"{fetch.brand_id} {fetch.kind} {fetch.url}"
    _log.log(level, "%s: %s %s", where, fetch.outcome, fetch.detail)


def _chosen(wanted: str) -> tuple[Brand, ...]:
    brands = _registered()
    names = [name for name in wanted.split(",") if name.strip()]
    known = names_of(brands)
    meant = {brand_meant(known, name, "the registry") for name in names} or set(known)
    return tuple(brand for brand in brands if brand.id in meant)
