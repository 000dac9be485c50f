"""A console that leaves it to the verb what a reader who went away means."""

from __future__ import annotations

from rich.console import Console


class PlainConsole(Console):
    """Tells of a closed pipe as `print` does; rich would end the program with 1."""

    def on_broken_pipe(self) -> None:
        """Raises what was caught."""
        raise BrokenPipeError
