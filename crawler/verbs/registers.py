"""`registry import`: a regulator's register from a downloaded CSV."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from importlib import resources
from pathlib import Path

from crawler.exit_codes import ExitCode
from crawler.plan import ConfigurationError
from crawler.terminal import clean, say
from pipelines.vocabulary import Grade


def import_register(
    file: Path,
    register: str,
    *,
    as_of: str,
    source: str,
    grade: str = "A",
    encoding: str = "utf-8",
    to: Path | None = None,
    dry_run: bool = False,
) -> int:
    """Shows what a download changes in a register, and writes the register anew.

    Raises:
        ConfigurationError: The register, the date or the file is none.
    """
    from outputs.durable import replace_text
    from pipelines.registers.refresh import (
        RefusedError,
        difference,
        read_entries,
        refreshed,
        register_toml,
    )
    from pipelines.registers.register import REGISTERS, compile_register

    if register not in REGISTERS:
        raise ConfigurationError(f"no register {register!r}; there are: {', '.join(REGISTERS)}")
    path = (to or _home()) / f"{register}.toml"
    held = compile_register(register, _table(path))
    text, day = _text(file, encoding), _day(as_of)
    try:
        entries = read_entries(text, held, source=f"{source}, {day}", grade=_grade(grade))
    except RefusedError as refused:
        for line in refused.lines:
            say(f"{file}:{line.number}: {line.message}")
        say(f"{len(refused.lines)} problems: {path.name} is left as it was. Correct the download.")
        return ExitCode.USAGE
    changes = list(difference(held, entries))
    for change in changes:
        print(clean(change))
    if dry_run:
        print(f"{len(changes)} differences; nothing written (--dry-run)")
        return ExitCode.OK
    replace_text(path, register_toml(refreshed(held, entries, as_of=day, source=source)))
    print(f"{len(changes)} differences, {len(entries)} entries as of {day}: {path}")
    return ExitCode.OK


def _home() -> Path:
    """Where the registers of this program lie, if that is a directory and not an archive."""
    place = resources.files("pipelines") / "registers"
    if not isinstance(place, Path):
        raise ConfigurationError("the program is not unpacked: name a directory with --to")
    return place


def _table(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(
            f"{path} is not there. Copy it from pipelines/registers first, or leave out --to"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: {error}. Restore it from version control") from error


def _text(file: Path, encoding: str) -> str:
    try:
        return file.read_bytes().decode(encoding)
    except FileNotFoundError:
        raise ConfigurationError(f"there is no file {file}") from None
    except LookupError:
        raise ConfigurationError(f"there is no encoding {encoding!r}; try gb18030") from None
    except UnicodeDecodeError as error:
        line = file.read_bytes().count(b"\n", 0, error.start) + 1
        advice = "name its encoding, for example --encoding gb18030"
        raise ConfigurationError(f"{file}:{line}: not {encoding}; {advice}") from error


def _grade(text: str) -> Grade:
    if text not in ("A", "B", "C"):
        raise ConfigurationError(f"{text!r} is no grade of a download: A, B or C")
    return Grade(text)


def _day(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise ConfigurationError(f"{text!r} is no day; write --as-of 2026-11-25")
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ConfigurationError(f"{text!r} is no day: {error}") from error
