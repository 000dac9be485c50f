"""Read documents with `process_page`; PDF in a child process with limits on time and memory.

A PDF reader is a large piece of C++ that eats untrusted bytes: if it hangs, grows or crashes,
only the child dies, and the page has the outcome `parser_refused`.
"""

from __future__ import annotations

import multiprocessing
import resource
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Self

from pipelines.media import Media, media_of
from pipelines.model import Issue, Page, PageReading
from pipelines.process import process_page
from pipelines.rules import load_rules
from pipelines.vocabulary import Level, Outcome

PDF_SECONDS = 60
PDF_BYTES = 2 * 2**30


class Reader:
    """Reads pages one after the other; use as a context manager.

    The same page gives the same reading, whichever process read it.
    """

    def __init__(self) -> None:
        self._rules = load_rules()
        self._child: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def read(self, page: Page) -> PageReading:
        """What `process_page` says of a page."""
        if media_of(page.body, page.content_type, page.final_url or page.url) is Media.PDF:
            return self._in_child(page)
        return process_page(page, self._rules)

    def _in_child(self, page: Page) -> PageReading:
        if self._child is None:
            context = multiprocessing.get_context("spawn")
            self._child = ProcessPoolExecutor(1, mp_context=context, initializer=_limit_memory)
        try:
            return self._child.submit(_read, page).result(timeout=PDF_SECONDS)
        except BrokenProcessPool:
            return self._given_up(page, "the PDF reader died (out of memory, or a crash)")
        except TimeoutError:
            return self._given_up(page, f"the PDF reader did not finish in {PDF_SECONDS} seconds")

    def _given_up(self, page: Page, why: str) -> PageReading:
        self._stop(kill=True)
        advice = "open the capture with `hotlines show` and look at the document yourself"
        brand_id = page.brand.id if page.brand else ""
        issue = Issue(Level.WARNING, "parser_refused", why, advice, brand_id, page.url)
        return PageReading(Outcome.PARSER_REFUSED, issues=(issue,))

    def _stop(self, *, kill: bool = False) -> None:
        if self._child is None:
            return
        if kill:
            for process in list(self._child._processes.values()):
                process.kill()
        self._child.shutdown(wait=True, cancel_futures=True)
        self._child = None


def _limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (PDF_BYTES, PDF_BYTES))


def _read(page: Page) -> PageReading:
    return process_page(page, load_rules())
