"""Verbs whose reader went away: `hotlines diff | head` is no failure."""

from __future__ import annotations

import os
import sys

import typer
from typer.core import TyperGroup

from crawler.exit_codes import ExitCode


class QuietGroup(TyperGroup):
    """Ends well where nobody reads on; click would end with 1 before anybody can say otherwise."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        """Runs a verb."""
        try:
            found: object = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(ExitCode.OK) from None
        return found
