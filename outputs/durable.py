"""Files that survive a crash: replaced as a whole, and on disk before the next step.

Every byte that a run writes beside its captures goes through `DiskFile`, so that tests can stop
the program, or fill the disk, at each single write.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_BUFFER = 1 << 20


class DiskFile(io.RawIOBase):
    """A new file for writing, by plain system calls."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
        self._descriptor = os.open(path, flags, 0o666)

    def writable(self) -> bool:
        """A file that is written."""
        return True

    def fileno(self) -> int:
        """The open descriptor."""
        return self._descriptor

    def write(self, data: ReadableBuffer, /) -> int:
        """Write what the system takes at once."""
        return os.write(self._descriptor, data)

    def close(self) -> None:
        """Close the descriptor, once."""
        if not self.closed:
            super().close()
            os.close(self._descriptor)


def open_new(path: Path) -> io.BufferedWriter:
    """A new or emptied file for bytes."""
    return io.BufferedWriter(DiskFile(path), _BUFFER)


def open_new_text(path: Path, *, encoding: str = "utf-8", newline: str = "\n") -> io.TextIOWrapper:
    """A new or emptied file for text."""
    return io.TextIOWrapper(open_new(path), encoding=encoding, newline=newline)


@contextmanager
def replacing(path: Path) -> Iterator[io.BufferedWriter]:
    """A file that takes the place of `path` when it is complete and on disk; else none does."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with open_new(temporary) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def replace_text(path: Path, text: str) -> None:
    """Write `text` under a temporary name, flush it to disk, then take the place of `path`."""
    with replacing(path) as file:
        file.write(text.encode())
    sync_directory(path.parent)


def replace_link(link: Path, target: str) -> None:
    """Let the symbolic link point to `target`, without a moment in which there is none."""
    temporary = link.with_name(f".{link.name}.tmp")
    temporary.unlink(missing_ok=True)
    os.symlink(target, temporary, target_is_directory=True)
    os.replace(temporary, link)
    sync_directory(link.parent)


def sync_tree(directory: Path) -> None:
    """Flush every file and directory below `directory`, and itself, to disk."""
    for root, _, files in os.walk(directory, topdown=False):
        for name in files:
            _sync(Path(root) / name)
        sync_directory(Path(root))


def sync_directory(directory: Path) -> None:
    """Flush the entries of a directory; without it a rename may be lost with the power."""
    _sync(directory)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
