"""Stops, or starves, the real program at each single step that changes the disk.

The work runs in a forked child of the warm test process, over a copy of a data directory made of
hard links: nothing of ours writes into a file in place, and `same_files` proves that.
"""

from __future__ import annotations

import errno
import gc
import hashlib
import json
import os
import shutil
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest

#: System calls of `os` that change a directory tree, or flush it.
STEPS = ("write", "fsync", "replace", "rename", "symlink", "unlink", "mkdir", "rmdir")
Fault = Callable[[int, str, tuple[object, ...]], None]
Work = Callable[[Path], object]


@dataclass(frozen=True)
class Ended:
    """How a child ended: killed, with an error, or well; and the steps that it took."""

    killed: bool
    error: str
    steps: tuple[str, ...]


def in_child(
    work: Work, data: Path, fault: Fault, *, user: int = 0, killed_after: float | None = None
) -> Ended:
    """Does `work` in a forked child, asking `fault` before each step (counted from 0).

    Args:
        user: Give up the rights of root for those of this user.
        killed_after: Seconds after which the child is killed, wherever it is.
    """
    source, sink = os.pipe()
    gc.freeze()  # else the child copies all of the test process at its first collection
    child = os.fork()
    if child == 0:
        report, real_write = _Report(), os.write
        try:
            if user:
                os.setgid(user)
                os.setuid(user)
            report.guard(fault)
            work(data)
        except BaseException as error:
            report.error = f"{type(error).__name__}: {error}\n{traceback.format_exc()}"
        rest = json.dumps([report.error, report.steps]).encode()
        while rest:
            rest = rest[real_write(sink, rest) :]
        os._exit(0)
    gc.unfreeze()
    os.close(sink)
    if killed_after is not None:
        time.sleep(killed_after)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(source, "rb") as file:
        said = file.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL, status
        return Ended(True, "", ())
    error, steps = json.loads(said)
    return Ended(False, error, tuple(steps))


class _Report:
    def __init__(self) -> None:
        self.steps: list[str] = []
        self.error = ""

    def guard(self, fault: Fault) -> None:
        # A killed process loses nothing that it wrote, so flushing is a step, but need not be done.
        for name in STEPS:
            real = flushed if name == "fsync" else getattr(os, name)
            setattr(os, name, self._guarded(name, real, fault))

    def _guarded(self, name: str, real: Callable[..., object], fault: Fault) -> object:
        def call(*arguments: object, **more: object) -> object:
            number = len(self.steps)
            self.steps.append(name)
            fault(number, name, arguments)
            return real(*arguments, **more)

        return call


def flushed(descriptor: int) -> None:
    """Stands for `os.fsync`: only a power cut would tell the difference."""


def none(number: int, name: str, arguments: tuple[object, ...]) -> None:
    """No fault: for counting."""


def kill_at(point: int, *, torn: bool = False) -> Fault:
    """SIGKILL before a step; with `torn`, in the middle of a write."""
    real = os.write

    def fault(number: int, name: str, arguments: tuple[object, ...]) -> None:
        if number == point:
            if torn:
                descriptor, body = arguments
                real(descriptor, bytes(body)[: len(bytes(body)) // 2])  # type: ignore[call-overload, arg-type]
            os.kill(os.getpid(), signal.SIGKILL)

    return fault


def full_from(point: int) -> Fault:
    """The disk is full from a step on: nothing more can be written or made."""

    def fault(number: int, name: str, arguments: tuple[object, ...]) -> None:
        if number >= point and name in ("write", "mkdir", "symlink"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return fault


def fails_at(point: int, code: int) -> Fault:
    """One step fails with an error, those after it work again."""

    def fault(number: int, name: str, arguments: tuple[object, ...]) -> None:
        if number == point:
            raise OSError(code, os.strerror(code))

    return fault


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Checks need no disk that survives a power cut, and small files no threads."""
    monkeypatch.setattr(os, "fsync", flushed)
    threads = pa.cpu_count()
    pa.set_cpu_count(1)
    yield
    pa.set_cpu_count(threads)


def linked_copy(source: Path, target: Path) -> Path:
    """A copy of a data directory that shares the files themselves."""
    return Path(shutil.copytree(source, target, symlinks=True, copy_function=os.link))


def same_files(data: Path, without: str = "") -> str:
    """Digest of every name and byte below a directory, but for files of one name."""
    digest = hashlib.sha256()
    for path in sorted(path for path in data.rglob("*") if path.name != without):
        digest.update(f"{path.relative_to(data)}\0".encode())
        if path.is_symlink():
            digest.update(os.readlink(path).encode())
        elif path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()
