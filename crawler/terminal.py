"""What a person sees: results on stdout, progress and messages on stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outputs.captures import Fetch

CONTROL = {code: None for code in (*range(32), *range(127, 160)) if code not in (9, 10)}


def clean(text: str) -> str:
    """Text of foreign origin without control characters, which could steer a terminal."""
    return text.translate(CONTROL)


def say(message: str) -> None:
    """A message to the operator, on stderr."""
    print(clean(message), file=sys.stderr)


@contextmanager
def closing_pipe() -> Iterator[None]:
    """Prints what a reader takes of it: one who goes away is no failure."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_json(document: Mapping[str, object] | Sequence[object]) -> None:
    """A result document on stdout."""
    print(json.dumps(document, ensure_ascii=False, indent=2, default=_plain))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on stdout; as wide as the terminal, or as wide as it needs in a pipe."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from crawler.console import PlainConsole

    table = Table(title=title or None, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    # The first column with a name holds ids, which people copy: they are never broken.
    whole = next((index for index, column in enumerate(columns) if column), 0)
    for index, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=index <= whole)
    for row in rows:
        table.add_row(*(Text(clean(str(cell))) for cell in row))
    width = None if sys.stdout.isatty() else 160
    PlainConsole(width=width, highlight=False).print(table)


class Progress:
    """A bar on a terminal, a line per brand otherwise, nothing if quiet."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self.bar: Any = None
        self.task: Any = None
        self.brands: dict[str, list[int]] = {}

    @contextmanager
    def running(self, title: str) -> Iterator[Progress]:
        """Shows the bar while a crawl runs."""
        if self.quiet or not sys.stderr.isatty():
            yield self
            return
        from rich.console import Console
        from rich.progress import BarColumn, SpinnerColumn, TextColumn
        from rich.progress import Progress as Bar

        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(None),
            TextColumn("{task.completed} pages"),
        )
        with Bar(*columns, console=Console(stderr=True), transient=True) as self.bar:
            self.task = self.bar.add_task(title, total=None)
            yield self

    def fetched(self, fetch: Fetch) -> None:
        """Counts one attempt."""
        counts = self.brands.setdefault(fetch.brand_id, [0, 0])
        counts[0] += 1
        counts[1] += fetch.outcome.good
        if self.bar is not None:
            text = clean(f"{fetch.brand_id}: {fetch.outcome} {fetch.url[:60]}")
            self.bar.update(self.task, advance=1, description=text)

    def brand_done(self, brand_id: str, line: str) -> None:
        """One line per brand where nobody watches a bar."""
        if not self.quiet:
            tried, good = self.brands.get(brand_id, [0, 0])
            say(f"{brand_id}: {good} of {tried} fetches good; {line}")


def _plain(value: object) -> object:
    if hasattr(value, "isoformat"):
        from outputs.canonical import time_text

        return time_text(value)  # type: ignore[arg-type]
    raise TypeError(f"{type(value).__name__} does not belong in a JSON document")
