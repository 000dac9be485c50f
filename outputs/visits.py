"""From the log of fetches to visits: each attempt with the reading of its body."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from outputs.capture_record import body_of, read_record
from outputs.fetches import CaptureError, Fetch
from outputs.reading import Reader
from pipelines.brand import other_names
from pipelines.inflate import BadEncoding, TooLarge
from pipelines.model import Brand, CaptureRef, Issue, Page, PageReading, Visit
from pipelines.vocabulary import Level, Outcome


@dataclass(frozen=True, slots=True)
class Archive:
    """Where the captures of runs lie: those of this run, and those of earlier ones."""

    run_id: str
    here: Path
    places: tuple[Path, ...]  # directories that hold runs, searched in order

    def run_path(self, run_id: str) -> Path:
        """Directory of a run; that of this run if no other has the id."""
        if run_id == self.run_id:
            return self.here
        found = (place / run_id for place in self.places)
        return next((path for path in found if path.is_dir()), self.places[0] / run_id)


def visits_of(
    fetches: Iterable[Fetch],
    brand: Brand,
    archive: Archive,
    reader: Reader,
    registry: Iterable[Brand] = (),
) -> Iterator[Visit]:
    """One visit per attempt, in order; bodies of revisits come from the run that holds them.

    Args:
        registry: All brands, whose names beside a number say that it is not this brand's.
    """
    others = other_names(brand, registry)
    for fetch in fetches:
        reading = _reading(fetch, brand, archive, reader, others)
        yield Visit(
            url=fetch.url,
            final_url=fetch.final_url,
            kind=fetch.kind,
            outcome=fetch.outcome,
            declared=fetch.declared,
            tls_ok=fetch.tls_ok and bool(fetch.tls_fingerprint),  # verified, and kept as proof
            on_ground=fetch.on_ground,
            revisit=fetch.revisit,
            fetched_at=fetch.fetched_at,
            reading=reading,
            capture=reference_to(fetch),
            etag=fetch.etag,
            last_modified=fetch.last_modified,
            rendered=fetch.rendered,
        )


def _reading(
    fetch: Fetch, brand: Brand, archive: Archive, reader: Reader, others: tuple[str, ...]
) -> PageReading | None:
    if not fetch.outcome.good or fetch.body_offset < 0:
        return None
    path = archive.run_path(fetch.body_run) / fetch.body_file
    try:
        record = read_record(path, fetch.body_offset)
        body = body_of(record)
    except (CaptureError, BadEncoding, TooLarge) as error:
        return _unreadable(fetch, str(error))
    headers = {name.lower(): value for name, value in record.headers}
    return reader.read(
        Page(
            url=fetch.url,
            body=body,
            final_url=fetch.final_url,
            content_type=headers.get("content-type", ""),
            kind=fetch.kind,
            brand=brand,
            country=brand.country,
            capture=reference_to(fetch),
            called=fetch.link_text,
            others=others,
        )
    )


def reference_to(fetch: Fetch) -> CaptureRef | None:
    """Where the body of a fetch lies; None if it has none."""
    if fetch.body_offset < 0:
        return None
    return CaptureRef(fetch.body_run, fetch.body_file, fetch.body_offset, fetch.body_digest)


def _unreadable(fetch: Fetch, why: str) -> PageReading:
    issue = Issue(
        Level.ERROR,
        "capture_unreadable",
        why,
        "restore the capture from a copy, or crawl the page again",
        fetch.brand_id,
        fetch.url,
    )
    return PageReading(Outcome.PARSER_REFUSED, issues=(issue,))
