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


def temporary_of(path: Path) -> Path:
    """Name under which a file is written before it takes its place."""
    return path.with_name(f".{path.name}.tmp")


def is_temporary(path: Path) -> bool:
    """Whether a file has such a name: its writer is at work, or dead."""
    return path.name.startswith(".") and path.name.endswith(".tmp")


def clear_temporaries(directory: Path) -> tuple[Path, ...]:
    """Delete what a killed writer left in a directory; call it only while nobody writes there."""
    found = tuple(sorted(directory.glob(".*.tmp")))
    for path in found:
        path.unlink()
    return found


@contextmanager
def replacing(path: Path) -> Iterator[io.BufferedWriter]:
    """A file that takes the place of `path` when it is complete and on disk; else none does."""
    temporary = temporary_of(path)
    with _removed_on_error(temporary):
        with open_new(temporary) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)


def replace_text(path: Path, text: str) -> None:
    """Write `text` under a temporary name, flush it to disk, then take the place of `path`."""
    with replacing(path) as file:
        file.write(text.encode())
    sync_directory(path.parent)


def replace_pair(first: tuple[Path, str], second: tuple[Path, str]) -> None:
    """Replace two files of one directory that must fit each other.

    Both are on disk before either takes its place. So a kill between the two renames leaves the
    second one complete under its temporary name, and the first one no longer under its own.
    """
    behind = temporary_of(second[0])
    with _removed_on_error(behind), replacing(first[0]) as one, open_new(behind) as other:
        one.write(first[1].encode())
        other.write(second[1].encode())
        other.flush()
        os.fsync(other.fileno())
    os.replace(behind, second[0])
    sync_directory(second[0].parent)


def replace_link(link: Path, target: str) -> None:
    """Let the symbolic link point to `target`, without a moment in which there is none."""
    temporary = temporary_of(link)
    temporary.unlink(missing_ok=True)
    with _removed_on_error(temporary):
        os.symlink(target, temporary, target_is_directory=True)
        os.replace(temporary, link)
    sync_directory(link.parent)


@contextmanager
def _removed_on_error(temporary: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def make_directory(path: Path) -> None:
    """Make a directory, on disk under its name, before anything is moved into it."""
    if not path.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        sync_directory(path.parent)


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
