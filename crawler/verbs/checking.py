"""`registry check`: brand files and rule tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.exit_codes import ExitCode
from crawler.terminal import say

if TYPE_CHECKING:
    from pipelines.model import Brand


def check_registry(directory: Path | None) -> int:
    """Prints every problem of the brand files and of the rule tables; exit 2 if there is one."""
    from crawler.registry import check_brands, load_brands
    from pipelines.rules import check_tables

    problems = [str(problem) for problem in (*check_brands(directory), *check_tables())]
    for problem in problems:
        say(problem)
    if problems:
        say(f"{len(problems)} problems")
        return ExitCode.USAGE
    print(f"{len(load_brands(directory))} brands and the rule tables are in order")
    return ExitCode.OK


def brand_named(name: str) -> Brand:
    """The brand of the registry that is called so, by id or name in any language."""
    from crawler.registry import load_brands

    (found,) = brands_named(load_brands(), (name,))
    return found


def brands_named(brands: Sequence[Brand], names: Iterable[str]) -> tuple[Brand, ...]:
    """The brands that a person named, each once and in the order of the registry.

    Raises:
        UnknownBrandError: A name is nobody's, or several brands'; it suggests some.
    """
    from pipelines.naming import brand_meant, names_of

    known = names_of(brands)
    meant = {brand_meant(known, name, "the registry") for name in names}
    return tuple(brand for brand in brands if brand.id in meant)
