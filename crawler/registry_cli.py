"""The verbs of `hotlines registry`; thin wiring, as in `crawler/cli.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

registry = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Where to look: brand files, rule tables, regulators' registers.",
)
BrandsDir = Annotated[
    Path | None, typer.Option("--brands", help="Directory of brand files.", show_default=False)
]


@registry.command(epilog="Examples: hotlines registry check · hotlines registry check --brands my/")
def check(brands: BrandsDir = None) -> int:
    """Check brand files and rule tables; each problem with file, line and key."""
    from crawler.verbs.checking import check_registry

    return check_registry(brands)


@registry.command(
    "import",
    epilog="Example: hotlines registry import codes.csv --register codes_95 --as-of 2026-11-25 "
    "--source 'MIIT query, downloaded by hand'",
)
def import_(
    file: Annotated[Path, typer.Argument(help="The downloaded CSV.")],
    register: Annotated[str, typer.Option(help="Which register, e.g. codes_95.")],
    as_of: Annotated[str, typer.Option(help="The day that the download shows.")],
    source: Annotated[str, typer.Option(help="Where the download comes from, in a few words.")],
    encoding: Annotated[str, typer.Option(help="Of the file; gb18030 is usual.")] = "utf-8",
    to: Annotated[
        Path | None, typer.Option(help="Directory of register tables.", show_default=False)
    ] = None,
    grade: Annotated[
        str, typer.Option(help="A: a file of the regulator itself; B or C: somebody else's list.")
    ] = "A",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what changes.")] = False,
) -> int:
    """Refresh a regulator's register from a downloaded file; shows what changes."""
    from crawler.verbs.registers import import_register

    return import_register(
        file,
        register,
        as_of=as_of,
        source=source,
        grade=grade,
        encoding=encoding,
        to=to,
        dry_run=dry_run,
    )
