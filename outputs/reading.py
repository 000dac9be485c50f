"""Read documents with `process_page`; PDF and images in a child process with limits.

Readers of PDF and images are large pieces of C++ that eat untrusted bytes: if one hangs, grows
or crashes, only the child dies, and the page has the outcome `parser_refused`.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Self, TypeVar

from pipelines.extract.image import ImageText, read_image
from pipelines.media import Media, media_of
from pipelines.model import Issue, Page, PageReading
from pipelines.process import process_image, process_page
from pipelines.rules import load_rules
from pipelines.self_check import is_sampled, self_checked
from pipelines.vocabulary import Level, Outcome

CHILD_SECONDS = 60
CHILD_BYTES = 2 * 2**30
LARGEST_BLOCK = 4_000_000  # bytes; of a page of 300 KB no block of memory is as large
SELF_CHECK_ONE_IN = 1000  # a second reading costs 22 of the first: 2 % of the CPU
Given = TypeVar("Given")
Read = TypeVar("Read")


class Reader:
    """Reads pages one after the other; use as a context manager.

    The same page gives the same reading, whichever process read it. An image that many pages
    show is read once.

    Attributes:
        one_in: One page in so many is read a second time, by BeautifulSoup (decision 0019).
    """

    def __init__(self, one_in: int = SELF_CHECK_ONE_IN) -> None:
        keep_heap()
        self.one_in = one_in
        self._rules = load_rules()
        self._child: ProcessPoolExecutor | None = None
        self._images: dict[bytes, ImageText] = {}

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
        media = media_of(page.body, page.content_type, page.final_url or page.url)
        if media is Media.PDF:
            read = self._in_child(_read, page, "PDF")
            return self._given_up(page, read) if isinstance(read, str) else read
        if media is Media.IMAGE:
            return process_image(page, self._image(page.body), self._rules)
        reading = process_page(page, self._rules)
        if is_sampled(page, self.one_in):
            return self_checked(page, reading, self._rules)
        return reading

    def _image(self, body: bytes) -> ImageText:
        digest = hashlib.sha256(body).digest()
        if digest not in self._images:
            read = self._in_child(read_image, body, "image")
            self._images[digest] = ImageText(refused=read) if isinstance(read, str) else read
        return self._images[digest]

    def _in_child(self, read: Callable[[Given], Read], given: Given, what: str) -> Read | str:
        """What a function says in the child, or why it said nothing."""
        if self._child is None:
            context = multiprocessing.get_context("spawn")
            self._child = ProcessPoolExecutor(1, mp_context=context, initializer=_limit_memory)
        try:
            return self._child.submit(read, given).result(timeout=CHILD_SECONDS)
        except BrokenProcessPool:
            why = f"the {what} reader died (out of memory, or a crash)"
        except MemoryError:
            why = f"the {what} reader ran out of memory"
        except TimeoutError:
            why = f"the {what} reader did not finish in {CHILD_SECONDS} seconds"
        self._stop(kill=True)
        return why

    def _given_up(self, page: Page, why: str) -> PageReading:
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


def keep_heap() -> None:
    """Lets the C library keep the memory that one page took for the next one.

    glibc gives what is free at the top of its heap back to the kernel, beyond a threshold that
    follows the largest block ever freed (mallopt(3), M_MMAP_THRESHOLD). A page is read in many
    small blocks: its memory would go back after each, and be cleared by the kernel for the next
    (`docs/decisions/0034-memory-kept.md`). Elsewhere this does nothing.
    """
    bytes(LARGEST_BLOCK)  # never touched, so that it takes no memory, and freed at once


def _limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_BYTES, CHILD_BYTES))


def _read(page: Page) -> PageReading:
    return process_page(page, load_rules())
