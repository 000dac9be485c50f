"""Answers laid out for a person to read: a title, lines, and labelled fields that wrap."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from crawler.terminal import clean

if TYPE_CHECKING:
    from rich.text import Text

Field = tuple[str, object]
_WIDEST = 96  # longer lines are hard to read
_IN_A_PIPE = 88


class Paper:
    """Prints on stdout, in colour on a terminal only, never wider than a person reads."""

    def __init__(self) -> None:
        from crawler.console import PlainConsole

        console = PlainConsole(highlight=False)
        width = min(console.width, _WIDEST) if sys.stdout.isatty() else _IN_A_PIPE
        self._console = PlainConsole(width=width, highlight=False, soft_wrap=False)

    def title(self, number: str, words: str, *, good: bool) -> None:
        """The answer itself: number and words, and a rule below."""
        from rich.rule import Rule
        from rich.text import Text

        line = Text(clean(number), style="bold")
        line.append("  ")
        line.append(clean(words), style="bold green" if good else "bold yellow")
        self._console.print(line)
        self._console.print(Rule(style="dim", characters="─"))

    def heading(self, words: str) -> None:
        """Above a group of fields."""
        self._console.print()
        self._print(words, style="bold")

    def line(self, words: str) -> None:
        """A sentence."""
        self._print(words)

    def name(self, number: str, words: str) -> None:
        """A number above its fields."""
        from rich.text import Text

        line = Text(clean(number), style="bold")
        line.append(clean(f"   {words}"), style="not bold")
        self._console.print(line)

    def warning(self, *sentences: str) -> None:
        """What must not be missed."""
        from rich.table import Table

        self._console.print()
        grid = Table.grid(padding=(0, 1))
        grid.add_column(no_wrap=True, style="bold")
        grid.add_column(overflow="fold", style="bold")
        for sentence in sentences:
            grid.add_row("!", self._text(sentence))
        self._console.print(grid)

    def small(self, words: str) -> None:
        """Where it comes from."""
        self._print(words, style="dim")

    def blank(self) -> None:
        """An empty line."""
        self._console.print()

    def fields(self, fields: Sequence[Field]) -> None:
        """Label and value side by side; empty values are left out, lists take a line each."""
        from rich.table import Table

        shown = [(name, value) for name, value in fields if value not in ("", None, [], ())]
        if not shown:
            return
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True, style="dim")
        grid.add_column(overflow="fold")
        for name, value in shown:
            lines = value if isinstance(value, list | tuple) else [value]
            for index, line in enumerate(lines):
                grid.add_row(self._text("" if index else name), self._text(str(line)))
        self._console.print(grid)

    def _print(self, words: str, style: str = "") -> None:
        from rich.text import Text

        self._console.print(Text(clean(words), style=style))

    def _text(self, words: str) -> Text:
        from rich.text import Text

        return Text(clean(words))
