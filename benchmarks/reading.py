"""What reading a page costs: `python -m benchmarks.reading [--rounds N] [--real DIRECTORY]`.

CPU time. Each reader has a process of its own, as whatever reads pages has (`hotlines replay`). In
a round one after the other reads all pages, ours beside the limit; every other round goes backward.
Before that each has read some others: whatever reads pages loads its tables once, for thousands.
Ratios are worked out in each round, and the median of the rounds is printed. What is read is
dropped at once.
Compared are what a user would write first (BeautifulSoup and PhoneNumberMatcher) and the limit
that no reader can pass (decoding and parsing alone). Seconds depend on the machine; ratios less.

The last column has the same ratio in one process, where all readers read a page before any reads
the next one: there each finds the caches of the machine full of what BeautifulSoup left, which
takes a hundred times as long, and code that runs once a page is fetched anew
(`docs/decisions/0043-*.md`).
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import re
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import phonenumbers
import turbohtml
from bs4 import BeautifulSoup

from benchmarks.pages import Sample, generated
from outputs.reading import keep_heap
from pipelines.brand import Brand
from pipelines.decode import decode
from pipelines.extract.html import document_pieces
from pipelines.findings import search
from pipelines.layout import read_html
from pipelines.model import Page
from pipelines.process import process_page
from pipelines.rules import Rules, load_rules

_NAIVE = re.compile(r"(?<!\d)(?:95\d{3}|[48]00-?\d{3}-?\d{4}|0\d{2,3}-?\d{7,8}|1[3-9]\d{9})(?!\d)")
_BRAND = Brand(id="demo", name_zh="示例钱包", country="CN")
_LARGE = 2_000_000
_WRITTEN_FIRST = "BeautifulSoup(html.parser) + PhoneNumberMatcher"
_OURS, _LIMIT = "ours, with full evidence", "limit: decode and parse"
Reader = Callable[[Sample], object]
Work = dict[str, Callable[[int], object]]


@dataclass(frozen=True, slots=True)
class Timed:
    """A reader and the seconds of CPU it took for a set of pages, round by round."""

    name: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def over(self, other: Timed) -> float:
        """How many times another reader's time this one takes: the median of the rounds."""
        return statistics.median(a / b for a, b in zip(self.seconds, other.seconds, strict=True))


def fresh_rules() -> Rules:
    """Rules that remember no text yet."""
    load_rules.cache_clear()
    return load_rules()


def ours() -> Reader:
    """Our reader, with rules that remember no text yet."""
    rules = fresh_rules()
    return lambda sample: process_page(_page(sample), rules)


def of_a_brand() -> Reader:
    """The same for a page of a brand, of which more is asked."""
    rules = fresh_rules()
    return lambda sample: process_page(replace(_page(sample), brand=_BRAND), rules)


def written_first() -> Reader:
    """What a user would write first."""

    def read(sample: Sample) -> object:
        text = BeautifulSoup(sample.body, "html.parser").get_text("\n")
        return list(phonenumbers.PhoneNumberMatcher(text, "CN"))

    return read


def with_regex() -> Reader:
    """The quicker of BeautifulSoup's parsers, and a pattern that knows nothing of plans."""
    return lambda sample: _NAIVE.findall(BeautifulSoup(sample.body, "lxml").get_text("\n"))


def parsed() -> Reader:
    """What each reader has to do before it reads."""

    def read(sample: Sample) -> object:
        return turbohtml.parse(decode(sample.body, sample.content_type).text, positions=False)

    return read


def decoded() -> Reader:
    """What each parser of text needs."""
    return lambda sample: decode(sample.body, sample.content_type)


def _page(sample: Sample) -> Page:
    return Page("", sample.body, content_type=sample.content_type)


#: Every way to read that is compared, by its name in the table.
READERS: dict[str, Callable[[], Reader]] = {
    _OURS: ours,
    "ours, for a brand: also channels, look, footer marks": of_a_brand,
    _WRITTEN_FIRST: written_first,
    "BeautifulSoup(lxml) + one regex": with_regex,
    _LIMIT: parsed,
    "limit: decode": decoded,
}


def stages(samples: Sequence[Sample]) -> Work:
    """The stages of our reader, each on what the stage before it gave, and the matcher."""
    rules = fresh_rules()
    texts = [decode(s.body, s.content_type).text for s in samples]
    pages = list(map(_page, samples))
    laid = [read_html(text).visible.text for text in texts]
    return {
        "decode": lambda i: decode(samples[i].body, samples[i].content_type),
        "parse and lay out": lambda i: read_html(texts[i]),
        "parse, lay out, find, type": lambda i: search(
            document_pieces(read_html(texts[i])), "CN", rules
        ),
        "all": lambda i: process_page(pages[i], rules),
        "PhoneNumberMatcher on our text": lambda i: list(
            phonenumbers.PhoneNumberMatcher(laid[i], "CN")
        ),
    }


def apart(samples: Sequence[Sample], rounds: int) -> list[Timed]:
    """Runs each reader in a process of its own on all pages, one reader at a time."""
    with ExitStack() as stack:
        started = {name: stack.enter_context(_process(name, samples)) for name in READERS}
        seconds: dict[str, list[float]] = {name: [] for name in READERS}
        # What is held against each other is read in the same second: a machine has slow ones.
        beside = sorted(READERS, key=lambda name: name not in (_OURS, _LIMIT))
        for turn in range(rounds):
            for name in beside[::-1] if turn % 2 else beside:
                started[name].send(True)
                seconds[name].append(started[name].recv())
        return [Timed(name, tuple(spent)) for name, spent in seconds.items()]


@contextmanager
def _process(name: str, samples: Sequence[Sample]) -> Iterator[Connection]:
    context = multiprocessing.get_context("spawn")  # a fork would pay for each page it touches
    here, there = context.Pipe()
    child = context.Process(target=_serve, args=(there, name, samples))
    child.start()
    there.close()  # so that the end of the child is the end of what it says
    try:
        yield here
    finally:
        here.send(False)
        child.join()


def _serve(asked: Connection, name: str, samples: Sequence[Sample]) -> None:
    """Reads all pages once for each time it is asked, and tells the seconds."""
    keep_heap()  # as every process does that reads pages
    others = generated(seed=1)[::5]
    while asked.recv():
        read = READERS[name]()  # it remembers no text from the round before
        for other in others:
            read(other)
        gc.collect()
        asked.send(sum(_spent(partial(read, sample)) for sample in samples))


def measured(work_of: Callable[[], Work], pages: int, rounds: int) -> list[Timed]:
    """Runs all of them on each page in turn, in this process.

    Each round has rules of its own: what is remembered of texts that pages share is remembered
    within a round, as within a crawl, and never from the round before.
    """
    seconds: dict[str, list[float]] = {}
    for turn in range(rounds):
        work = work_of()
        for page in range(pages):
            for name in _from(list(work), turn + page):
                spent = seconds.setdefault(name, [0.0] * rounds)
                spent[turn] += _spent(partial(work[name], page))
            gc.collect()
    return [Timed(name, tuple(spent)) for name, spent in seconds.items()]


def _from(names: Sequence[str], first: int) -> list[str]:
    """Who comes first, finding nothing in the caches, changes with each turn."""
    begin = first % len(names)
    return [*names[begin:], *names[:begin]]


def _spent(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def compare(title: str, samples: Sequence[Sample], rounds: int) -> None:
    """Prints the table of one set of pages."""
    size = sum(len(s.body) for s in samples) / len(samples)
    shown = f"{len(samples)} pages, mean {size / 1000:.0f} KB, {_text_share(samples):.0%} text"
    print(f"\n{title}: {shown}, {rounds} rounds")

    def work_of() -> Work:
        reading = {name: build() for name, build in READERS.items()}
        return {
            name: lambda page, read=read: read(samples[page])  # type: ignore[misc]
            for name, read in reading.items()
        }

    timed = {t.name: t for t in apart(samples, rounds)}
    mixed = {t.name: t for t in measured(work_of, len(samples), rounds)}
    slow, limit = timed[_WRITTEN_FIRST], timed[_LIMIT]
    print(
        f"{'reader':52}{'ms/page':>9}{'spread':>14}{'faster':>8}{'÷ limit':>9}{'page by page':>14}"
    )
    for name, t in timed.items():
        ratios = f"{slow.over(t):7.1f}×{t.over(limit):9.2f}{mixed[name].over(mixed[_LIMIT]):14.2f}"
        print(f"{name:52}{_each(t, len(samples))}{ratios}")
    _shares(samples, rounds)


def _each(timed: Timed, pages: int) -> str:
    """Milliseconds a page, and their least and most."""
    low, high = (1000 * f(timed.seconds) / pages for f in (min, max))
    spread = f"{low:.2f}–{high:.2f}"
    return f"{1000 * timed.median / pages:9.2f}{spread:>14}"


def _text_share(samples: Sequence[Sample]) -> float:
    """How much of the pages' characters is visible text: what is searched, and not only parsed."""
    texts = [decode(s.body, s.content_type).text for s in samples]
    return sum(len(read_html(text).visible.text) for text in texts) / sum(map(len, texts))


def _shares(samples: Sequence[Sample], rounds: int) -> None:
    timed = measured(lambda: stages(samples), len(samples), rounds)
    spent = {t.name: t.median for t in timed}
    whole = spent["all"]
    found = spent["parse, lay out, find, type"] - spent["parse and lay out"]
    shares = {
        "decode": spent["decode"],
        "parse and lay out": spent["parse and lay out"],
        "find and type": found,
        "context and the rest": whole - spent["decode"] - spent["parse, lay out, find, type"],
    }
    print("  ".join(f"{name} {100 * part / whole:.0f} %" for name, part in shares.items()))
    matcher = spent["PhoneNumberMatcher on our text"]
    print(f"find stage against PhoneNumberMatcher on the same text: {matcher / found:.1f} × faster")


def memory(rules: Rules) -> None:
    """Peak memory of one large page, measured in a child of its own."""
    for title, page in (*_dense().items(), ("generated page", _long())):
        grown = _in_child(lambda page=page: process_page(Page("", page), rules))  # type: ignore[misc]
        share = grown / len(page)
        print(f"peak memory, {title} of {len(page) / 1e6:.1f} MB: {share:.1f} × the page")


def _dense() -> dict[str, bytes]:
    """Pages of two megabytes with nothing but numbers, in the shapes that cost most."""
    number = "客服热线：400-810-{:04}"
    told = "营业时间说明" * 30
    shapes = {
        "table of numbers": ("<table>{}</table>", f"<tr><td>{number}</td><td>9:00-21:00</td></tr>"),
        "table of 10,000 cells": (
            "<table>{}</table>",
            f"<tr><td>{number}</td><td>{told}</td></tr>",
        ),
        "paragraph each": ("{}", f"<p>{number}</p>"),
        "one line": ("<p>{}</p>", f"{number}，"),
    }
    return {name: _filled(frame, part) for name, (frame, part) in shapes.items()}


def _filled(frame: str, part: str) -> bytes:
    times = _LARGE // len(part.encode())
    times = min(times, 4_999) if "说明" in part else times
    return frame.format("".join(part.format(n % 10_000) for n in range(times))).encode()


def _long() -> bytes:
    samples = [s for s in generated(rounds=8) if b"charset=big5" not in s.content_type.encode()]
    joined = b"".join(decode(s.body, s.content_type).text.encode() for s in samples)
    return joined[:_LARGE]


def _in_child(work: Callable[[], object]) -> int:
    """Bytes by which the peak of a forked child grows while it works."""
    readable, writable = os.pipe()
    if (child := os.fork()) == 0:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        work()
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        os.write(writable, str(grown * 1024).encode())
        os._exit(0)
    os.close(writable)
    said = os.read(readable, 64)
    os.waitpid(child, 0)
    return int(said)


def real_pages(directory: Path) -> list[Sample]:
    """Saved HTML pages of a directory; none where it is absent."""
    files = sorted(directory.glob("*.htm*"))
    return [Sample(file.read_bytes(), "text/html") for file in files]


def main() -> None:
    """Prints all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    shared = os.environ.get("HOTLINES_SHARED", "../shared")
    parser.add_argument("--real", type=Path, default=Path(shared) / "real_pages" / "docs")
    options = parser.parse_args()
    keep_heap()  # as every process does that reads pages
    print(f"Python {sys.version.split()[0]}, CPU time")
    compare("generated pages", generated(), options.rounds)
    compare("generated pages, dressed", generated(dressed=True), options.rounds)
    real = real_pages(options.real)
    if real:
        compare(f"saved pages in {options.real}", real, options.rounds)
    else:
        print(f"\nno saved pages in {options.real}; set HOTLINES_SHARED")
    memory(load_rules())


if __name__ == "__main__":
    main()
