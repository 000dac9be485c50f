"""One run at a time in a data directory, who holds it and for how long, and who died with it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from outputs.canonical import time_from_text, time_text
from outputs.durable import replace_text
from outputs.run_directory import DataDirectory


class LockHeldError(RuntimeError):
    """Another run works in the data directory; the message says which, and since when."""


@dataclass(frozen=True, slots=True)
class LockOwner:
    """The process that holds the lock, or held it when it died."""

    pid: int
    host: str
    started: datetime

    @property
    def alive(self) -> bool | None:
        """Whether the process runs; None if it is one of another machine."""
        if self.host != socket.gethostname():
            return None
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    def described(self, now: datetime) -> str:
        """Which process, since when, and how long ago that was.

        >>> from datetime import UTC
        >>> begun = datetime(2026, 11, 22, tzinfo=UTC)
        >>> LockOwner(7, "crawler", begun).described(begun + timedelta(hours=30))
        'process 7 on crawler, since 2026-11-22T00:00:00Z (30 h 0 min)'
        """
        minutes = max(now - self.started, timedelta()) // timedelta(minutes=1)
        age = f"{minutes // 60} h {minutes % 60} min"
        return f"process {self.pid} on {self.host}, since {time_text(self.started)} ({age})"


@contextmanager
def hold_lock(
    data_dir: Path, *, started: datetime, wait: float = 0.0
) -> Iterator[LockOwner | None]:
    """Hold the data directory for one run; the system frees it if the process dies.

    Args:
        started: Told to those who find the lock held.
        wait: Seconds to wait for another run; by default none.

    Yields:
        The owner that died without releasing the lock (a stale one), else None.

    Raises:
        LockHeldError: Another process, or another call in this one, holds it.
    """
    data = DataDirectory(data_dir)
    data.path.mkdir(parents=True, exist_ok=True)
    lock = FileLock(data.lock, timeout=wait)
    try:
        lock.acquire()
    except Timeout as error:
        raise LockHeldError(_held_message(data, started)) from error
    try:
        stale = read_owner(data)
        owner = {"pid": os.getpid(), "host": socket.gethostname(), "started": time_text(started)}
        replace_text(owner_file(data), json.dumps(owner) + "\n")
        yield stale
    finally:
        # Before the release: afterwards it might be the file of the next owner.
        try:
            owner_file(data).unlink(missing_ok=True)
        finally:
            lock.release()


def owner_file(data: DataDirectory) -> Path:
    """Who holds the lock: beside it, because a lock file may be unreadable while it is held."""
    return data.path / ".lock.owner.json"


def read_owner(data: DataDirectory) -> LockOwner | None:
    """Who says that it holds the lock; None if nobody does, or not readably."""
    try:
        owner = json.loads(owner_file(data).read_text(encoding="utf-8"))
        return LockOwner(int(owner["pid"]), owner["host"], time_from_text(owner["started"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _held_message(data: DataDirectory, now: datetime) -> str:
    owner = read_owner(data)
    if owner is None:
        by = "a process that has not said yet which it is"
    elif owner.alive is False:
        # The lock itself is held, so a child of the dead process must have kept it open.
        by = f"{owner.described(now)}; that process is gone, one that it started holds on"
    else:
        by = owner.described(now)
    return (
        f"another run holds {data.lock}: {by}; try again when it has finished (nothing was changed)"
    )
