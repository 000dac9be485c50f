"""Pages read by the real rules and judged with the real registry, for tests of verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from crawler.registry import load_brands
from outputs.fetches import digest_of
from pipelines.ground import on_ground
from pipelines.model import Brand, BrandHistory, BrandOutcome, CaptureRef, Page, Visit
from pipelines.process import process_page
from pipelines.process_brand import process_brand
from pipelines.rules import load_rules
from pipelines.vocabulary import Outcome, SourceKind

NOW = datetime(2026, 11, 22, 21, 15, tzinfo=UTC)


@cache
def real_brands() -> dict[str, Brand]:
    return {brand.id: brand for brand in load_brands()}


def real(brand_id: str, **changes: object) -> Brand:
    """A brand of the registry, with no demands on its pages unless a test makes some."""
    brand = real_brands()[brand_id]
    loose = replace(brand.expectations, numbers_min=0, must_include=())
    return replace(brand, expectations=loose, **changes)  # type: ignore[arg-type]


def visit(
    brand: Brand,
    url: str,
    body: str,
    kind: SourceKind = SourceKind.CONTACT,
    others: tuple[str, ...] = (),
    **changes: object,
) -> Visit:
    """A page as a run visits it: read by the rules, on ground or not by its address."""
    markup = f"<html><body>{body}</body></html>" if "<body" not in body else body
    page = Page(
        url, markup.encode(), content_type="text/html; charset=utf-8", kind=kind,
        brand=brand, country=brand.country, others=others,
    )  # fmt: skip
    made = Visit(
        url=url,
        final_url=url,
        kind=kind,
        outcome=Outcome.OK,
        declared=True,
        tls_ok=url.startswith("https:"),
        on_ground=on_ground(url, brand),
        revisit=False,
        fetched_at=NOW,
        reading=process_page(page, load_rules()),
        capture=CaptureRef("run", "captures/x.warc.gz", 0, digest_of(f"{url}\n{body}".encode())),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def outcome(brand: Brand, visits: Sequence[Visit]) -> BrandOutcome:
    return process_brand(
        brand, visits, BrandHistory(), now=NOW, run_id="run", marks=load_rules().marks
    )


def verdicts(brand: Brand, *visits: Visit) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Number → verdict and reason codes of what one run publishes."""
    rows = outcome(brand, visits).hotlines
    return {h.number: (h.verdict.value, h.verdict_reasons) for h in rows}


def codes(brand: Brand, *visits: Visit) -> set[str]:
    """Codes of the issues of one run."""
    return {issue.code for issue in outcome(brand, visits).issues}
