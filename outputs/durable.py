"""Files that survive a crash: replaced as a whole, and on disk before the next step."""

from __future__ import annotations

import os
from pathlib import Path


def replace_text(path: Path, text: str) -> None:
    """Write `text` under a temporary name, flush it to disk, then take the place of `path`."""
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
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
