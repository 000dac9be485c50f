"""Exit codes of `hotlines` (the table stands in the README; each is reached by a test)."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a scheduler needs to know of a finished verb."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    REFUSED = 3  # quarantined; stale (status); damage or difference (replay --check)
    NOTHING_FETCHED = 4
    CHANGES = 10
    LOCKED = 75
    INTERRUPTED = 130
    TERMINATED = 143
