"""Verbs whose reader went away: `hotlines diff | head` is no failure."""

from __future__ import annotations

import typer
from typer.core import TyperGroup

from crawler.exit_codes import ExitCode
from crawler.terminal import closing_pipe


class QuietGroup(TyperGroup):
    """Ends well where nobody reads on; click would end with 1 before anybody can say otherwise."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        """Runs a verb."""
        with closing_pipe():
            return super().invoke(ctx)
        raise typer.Exit(ExitCode.OK)  # nobody read on
