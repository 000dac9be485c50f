"""`registry check`: brand files and rule tables."""

from __future__ import annotations

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


def brand_named(brand_id: str) -> Brand:
    """The brand with an id; a configuration error names those there are."""
    from crawler.plan import ConfigurationError
    from crawler.registry import load_brands

    brands = {brand.id: brand for brand in load_brands()}
    if brand_id not in brands:
        raise ConfigurationError(f"there is no brand {brand_id!r}; there are: {', '.join(brands)}")
    return brands[brand_id]
