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
    WAS_OFFICIAL = 20  # check: was official, is not any more
    CLAIMED = 21  # check: claimed, not proven
    OTHER_BRAND = 22  # check: somebody else's
    NOT_IN_DATA = 23  # check: not in our data
    LOCKED = 75
    INTERRUPTED = 130
    TERMINATED = 143
