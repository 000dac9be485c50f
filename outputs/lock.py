"""One run at a time in a data directory, and who holds it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from outputs.canonical import time_text
from outputs.durable import replace_text
from outputs.run_directory import DataDirectory


class LockHeldError(RuntimeError):
    """Another run works in the data directory; the message says which, and since when."""


@contextmanager
def hold_lock(data_dir: Path, *, started: datetime, wait: float = 0.0) -> Iterator[None]:
    """Hold the data directory for one run; the system frees it if the process dies.

    Args:
        started: Told to those who find the lock held.
        wait: Seconds to wait for another run; by default none.

    Raises:
        LockHeldError: Another process, or another call in this one, holds it.
    """
    data = DataDirectory(data_dir)
    data.path.mkdir(parents=True, exist_ok=True)
    lock = FileLock(data.lock, timeout=wait)
    try:
        lock.acquire()
    except Timeout as error:
        raise LockHeldError(_held_message(data)) from error
    try:
        owner = {"pid": os.getpid(), "host": socket.gethostname(), "started": time_text(started)}
        replace_text(owner_file(data), json.dumps(owner) + "\n")
        yield
    finally:
        # Before the release: afterwards it might be the file of the next owner.
        owner_file(data).unlink(missing_ok=True)
        lock.release()


def owner_file(data: DataDirectory) -> Path:
    """Who holds the lock: beside it, because a lock file may be unreadable while it is held."""
    return data.path / ".lock.owner.json"


def _held_message(data: DataDirectory) -> str:
    try:
        owner = json.loads(owner_file(data).read_text(encoding="utf-8"))
        by = f"process {owner['pid']} on {owner['host']}, since {owner['started']}"
    except (OSError, ValueError, KeyError):
        by = "a process that has not said yet which it is"
    return (
        f"another run holds {data.lock}: {by}; try again when it has finished (nothing was changed)"
    )
