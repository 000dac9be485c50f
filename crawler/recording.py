"""Every attempt ends here: one line in the log of fetches, its answers in the captures."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.answers import Answer
from crawler.failures import Setback
from crawler.frontier import Asking
from crawler.reception import Verdict
from outputs.captures import (
    CaptureError,
    CaptureWriter,
    Fetch,
    Pointer,
    Record,
    body_of,
    digest_of,
    read_record,
)
from pipelines.ground import on_ground
from pipelines.inflate import BadEncoding, TooLarge
from pipelines.model import CaptureRef
from pipelines.vocabulary import Outcome

Listener = Callable[[Fetch], None]


class Archive:
    """Bodies that earlier runs hold."""

    def __init__(self, runs: Path) -> None:
        self._runs = runs

    def record(self, capture: CaptureRef) -> Record | None:
        """The response record of a capture, or None if it cannot be read any more."""
        try:
            record = read_record(self._runs / capture.run_id / capture.file, capture.offset)
        except (CaptureError, OSError):
            return None  # asked for without validators, the server sends the page again
        return record if record.warc_type == "response" else None

    def body(self, capture: CaptureRef) -> tuple[bytes, str]:
        """The decoded body of a capture and its content type; empty if it is not to be had."""
        record = self.record(capture)
        try:
            return (body_of(record), record.header("Content-Type")) if record else (b"", "")
        except (BadEncoding, TooLarge):
            return b"", ""


class Recorder:
    """Writes captures and the log of one crawl, and counts.

    Without a writer (the live view of `scrapy crawl`) nothing is kept and nothing is pointed to.
    """

    def __init__(
        self,
        run_id: str,
        archive: Archive,
        writer: CaptureWriter | None = None,
        listener: Listener | None = None,
    ) -> None:
        self._run_id = run_id
        self.archive = archive
        self._writer = writer
        self._listener = listener
        self.fetches = 0
        self.good = 0
        self.broken_brands: set[str] = set()
        self.listener_error: Exception | None = None

    def keep(self, answer: Answer, asking: Asking, verdict: Verdict) -> tuple[Pointer | None, bool]:
        """Write an answer to the captures; tell whether the body is the one that is held."""
        held = asking.known.capture if asking.known else None
        record = self.archive.record(held) if held else None
        if verdict.outcome is Outcome.NOT_MODIFIED:
            return self._keep_304(answer, record), True
        # The pointer goes on naming the older body, so that body must still be there.
        same = (
            verdict.outcome is Outcome.OK
            and held is not None
            and record is not None
            and not verdict.target
            and digest_of(verdict.body) == held.digest
        )
        if asking.rendered:
            return self._keep_rendered(answer), False
        return self._keep_body(answer, record if same else None), same

    def _keep_rendered(self, answer: Answer) -> Pointer | None:
        if self._writer is None:
            return None
        return self._writer.rendered(
            url=answer.url, markup=answer.payload, fetched_at=answer.fetched_at
        )

    def _keep_304(self, answer: Answer, record: Record | None) -> Pointer | None:
        if self._writer is None:
            return None
        return self._writer.not_modified(
            url=answer.url,
            status=answer.status,
            reason=answer.reason,
            headers=answer.headers,
            fetched_at=answer.fetched_at,
            refers_to_date=record.date if record else None,
            payload_digest=record.payload_digest if record else "",
            refers_to_url=record.url if record else "",
        )

    def _keep_body(self, answer: Answer, held: Record | None) -> Pointer | None:
        if self._writer is None:
            return None
        common: dict[str, Any] = {
            "url": answer.url,
            "status": answer.status,
            "reason": answer.reason,
            "headers": answer.headers,
            "payload": answer.payload,
            "fetched_at": answer.fetched_at,
            "ip": answer.ip,
        }
        if held is not None:
            return self._writer.unchanged(**common, held=held)
        return self._writer.response(**common)

    def answered(
        self,
        asking: Asking,
        answer: Answer,
        verdict: Verdict,
        kept: tuple[Pointer | None, bool],
    ) -> None:
        """End an attempt that a server answered."""
        pointer, revisit = kept
        fetch = replace(
            _blank(asking),
            outcome=verdict.outcome,
            detail=verdict.detail,
            final_url=verdict.target or asking.asked,
            chain=(*asking.chain, f"{asking.asked} {answer.status}"),
            revisit=revisit,
            on_ground=on_ground(verdict.target or asking.asked, asking.brand),
            **_of_answer(answer),
        )
        self._record(_with_validators(self._with_bodies(fetch, asking, verdict, pointer), asking))

    def _with_bodies(
        self, fetch: Fetch, asking: Asking, verdict: Verdict, pointer: Pointer | None
    ) -> Fetch:
        if pointer is not None:
            fetch = replace(fetch, file=pointer.file, offset=pointer.offset)
        held = asking.known.capture if asking.known else None
        if fetch.revisit and held is not None:
            return replace(
                fetch,
                body_digest=held.digest,
                body_run=held.run_id,
                body_file=held.file,
                body_offset=held.offset,
            )
        if verdict.outcome is not Outcome.OK:
            return fetch
        fetch = replace(fetch, body_digest=digest_of(verdict.body))
        if pointer is None:
            return fetch
        return replace(
            fetch, body_run=self._run_id, body_file=pointer.file, body_offset=pointer.offset
        )

    def failed(self, asking: Asking, setback: Setback) -> None:
        """End an attempt that no server answered."""
        fetch = replace(
            _blank(asking),
            outcome=setback.outcome,
            detail=setback.detail,
            chain=(*asking.chain, f"{asking.asked} {setback.outcome}"),
            robots=setback.robots or "not_asked",
            robots_rule=setback.robots_rule,
        )
        self._record(fetch)

    def not_asked(self, asking: Asking, outcome: Outcome, detail: str) -> None:
        """Say of a document that it was not asked for, or not to the end."""
        self._record(replace(_blank(asking), outcome=outcome, detail=detail, chain=asking.chain))

    def _record(self, fetch: Fetch) -> None:
        if self._writer is not None:
            self._writer.record(fetch)
        self.fetches += 1
        self.good += fetch.outcome.good
        if fetch.outcome is Outcome.CALLBACK_ERROR:
            self.broken_brands.add(fetch.brand_id)
        self._tell(fetch)

    def _tell(self, fetch: Fetch) -> None:
        if self._listener is None or self.listener_error is not None:
            return
        try:
            self._listener(fetch)
        except Exception as error:
            self.listener_error = error  # no fault of the page; `crawl` raises it at its end


def _blank(asking: Asking) -> Fetch:
    begun = asking.begun
    return Fetch(
        brand_id=asking.brand.id,
        url=asking.url,
        kind=asking.kind,
        declared=asking.declared,
        final_url=asking.asked,
        chain=(),
        outcome=Outcome.INTERRUPTED,
        status=None,
        tls_ok=False,
        tls_issuer="",
        tls_fingerprint="",
        robots="not_asked",
        robots_rule="",
        content_type="",
        etag="",
        last_modified="",
        payload_bytes=0,
        payload_digest="",
        body_digest="",
        revisit=False,
        file="",
        offset=-1,
        body_run="",
        body_file="",
        body_offset=-1,
        on_ground=on_ground(asking.asked, asking.brand),
        depth=asking.depth,
        link_text=asking.link_text,
        referrer=asking.referrer,
        detail="",
        fetched_at=datetime.now(UTC),
        duration=round(time.monotonic() - begun, 6) if begun else 0.0,
        rendered=asking.rendered,
    )


def _of_answer(answer: Answer) -> dict[str, Any]:
    return {
        "status": answer.status,
        "tls_ok": answer.tls_ok,
        "tls_issuer": answer.tls_issuer,
        "tls_fingerprint": answer.tls_fingerprint,
        "robots": answer.robots.word,
        "robots_rule": answer.robots.rule,
        "content_type": answer.header("Content-Type"),
        "etag": answer.header("ETag"),
        "last_modified": answer.header("Last-Modified"),
        "payload_bytes": len(answer.payload),
        "payload_digest": digest_of(answer.payload),
        "fetched_at": answer.fetched_at,
    }


def _with_validators(fetch: Fetch, asking: Asking) -> Fetch:
    """A 304 may leave out what we sent it; without it the next run could not ask again."""
    if fetch.outcome is not Outcome.NOT_MODIFIED or asking.known is None:
        return fetch
    return replace(
        fetch,
        etag=fetch.etag or asking.known.etag,
        last_modified=fetch.last_modified or asking.known.last_modified,
    )
