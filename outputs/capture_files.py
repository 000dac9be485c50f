"""Capture files on the disk: whole records only, `.open` while a crawl writes to them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import BinaryIO

from outputs.capture_record import OPEN, records
from outputs.fetches import CaptureError, torn_line

SUFFIX = ".warc.gz"


def settle(directory: Path) -> tuple[str, ...]:
    """Finish the files that a killed crawl left open; call it only while no crawl writes there.

    A record torn at the end of a file is cut off, then the file gets its final name. Offsets of
    whole records stay as they are.

    Args:
        directory: `captures` of the run directory.

    Returns:
        What was done to each file, for the log of the run.

    Raises:
        CaptureError: A file is damaged before its end, or its final name is taken; it is left
            as it is.
    """
    return tuple(_settle_file(path) for path in sorted(directory.glob(f"*{SUFFIX}{OPEN}")))


def _settle_file(path: Path) -> str:
    damages: list[CaptureError] = []
    whole = 0
    for offset, _ in records(path, damages.append):
        if damages and offset > damages[0].place:
            raise damages[0]
        whole += 1
    if not whole:
        path.unlink()
        return f"{path.name}: no whole record, deleted"
    final = path.with_name(path.name.removesuffix(OPEN))
    if final.exists():
        raise CaptureError(f"{final.name} exists beside it", path, -1, "Move one of them away.")
    size = path.stat().st_size
    end = damages[0].place if damages else size
    with path.open("r+b") as file:
        file.truncate(end)
        os.fsync(file.fileno())
    path.rename(final)
    return f"{final.name}: {whole} whole records kept, {size - end} bytes of a torn one cut off"


def append(file: BinaryIO, data: bytes) -> int:
    """Write at the end, all or nothing; return where it starts."""
    start = file.seek(0, os.SEEK_END)
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except BaseException:
        # Half a record would hide all later ones from readers that go through in order.
        file.truncate(start)
        raise
    return start


def unfinished(path: Path) -> Path:
    """Return the name that a capture file has while it is written."""
    return path.with_name(path.name + OPEN)


def next_number(directory: Path, prefix: str) -> int:
    """Return the first number that no file of the prefix has yet, finished or not."""
    pattern = re.compile(rf"{re.escape(prefix)}-(\d{{5,}}){re.escape(SUFFIX)}({re.escape(OPEN)})?")
    found = (pattern.fullmatch(path.name) for path in directory.iterdir())
    return max((int(match[1]) + 1 for match in found if match), default=0)


def open_log(path: Path) -> BinaryIO:
    """Open the log to append; an earlier writer's torn last line is completed or cut off."""
    log = path.open("a+b", buffering=0)
    log.seek(0)
    torn = log.read().rpartition(b"\n")[2]
    if torn and torn_line(torn):
        append(log, b"\n")
    elif torn:
        log.truncate(log.tell() - len(torn))
    return log


def sync_directory(directory: Path) -> None:
    """Flush the names in a directory to the disk, so that renames outlive a power cut."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
