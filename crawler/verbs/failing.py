"""Expected failures as sentences and exit codes; the unexpected keep their traceback."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from crawler.exit_codes import ExitCode
from crawler.terminal import say

if TYPE_CHECKING:
    from crawler.language import Words
    from pipelines.naming import UnknownBrandError


def exit_code_of(error: Exception) -> int:
    """Says what happened and what to do, and gives the exit code for it."""
    if isinstance(error, typer.Exit):
        return error.exit_code
    if isinstance(error, typer.Abort):
        return ExitCode.INTERRUPTED
    if hasattr(error, "show") and hasattr(error, "exit_code"):  # a usage error of typer's own
        error.show()
        return int(error.exit_code)
    known = _known(error)
    if known is None:
        traceback.print_exception(error, file=sys.stderr)
        say("unexpected failure; nothing that was published is touched. Please report it.")
        return ExitCode.UNEXPECTED
    say(f"hotlines: {error}")
    return known


def _known(error: Exception) -> ExitCode | None:
    from crawler.plan import ConfigurationError
    from crawler.registry import RegistryError
    from outputs.fetches import CaptureError
    from outputs.history import HistoryError
    from outputs.lock import LockHeldError
    from outputs.lookup import NoNumberError
    from outputs.manifest import ManifestError
    from outputs.object_store import StalePointerError
    from outputs.proof import ProofError
    from outputs.prune import PruneError
    from outputs.publish import PublishError
    from outputs.replaying import ReplayError
    from outputs.review import ReviewError
    from outputs.run_directory import DataDirectoryError, RunNotFoundError
    from outputs.schema import SchemaError
    from pipelines.naming import UnknownBrandError

    if isinstance(error, LockHeldError):
        return ExitCode.LOCKED
    if isinstance(error, StalePointerError):
        return ExitCode.REFUSED
    wrong_use = (ConfigurationError, RegistryError, RunNotFoundError, SchemaError)
    asked_wrongly = (NoNumberError, UnknownBrandError, HistoryError, PruneError, ReplayError)
    if isinstance(error, (*wrong_use, *asked_wrongly, ReviewError)):
        return ExitCode.USAGE
    told = (CaptureError, DataDirectoryError, ManifestError, ProofError, PublishError, OSError)
    return ExitCode.UNEXPECTED if isinstance(error, told) else None


@contextmanager
def failing_in(words: Words, place: Path, asked: str) -> Iterator[None]:
    """Says what was asked wrongly in the language of the answers."""
    from outputs.lookup import NoNumberError
    from outputs.run_directory import RunNotFoundError, latest_run
    from pipelines.naming import UnknownBrandError

    try:
        yield
    except NoNumberError as error:
        raise NoNumberError(words("page", "no_number", text=asked[:60])) from error
    except UnknownBrandError as error:
        raise UnknownBrandError(_no_brand(error, words)) from error
    except RunNotFoundError as error:
        if latest_run(place) is not None:
            raise
        raise RunNotFoundError(words("page", "no_run", place=place)) from error


def _no_brand(error: UnknownBrandError, words: Words) -> str:
    near = words("page", "and").join(error.near)
    if error.several:
        return words("page", "several_brands", name=error.wanted, near=near)
    if near:
        return words("page", "no_brand_near", name=error.wanted, near=near)
    return words("page", "no_brand", name=error.wanted)
