"""The log of a run by brand: places of lines are kept, and lines read when their brand comes."""

from __future__ import annotations

import logging
from array import array
from pathlib import Path

from outputs.fetches import CAPTURES, FETCHES, Fetch, fetch_from_line, scan_fetches

_log = logging.getLogger(__name__)


class FetchIndex:
    """What was asked of each brand.

    Attributes:
        any_good: At least one page on a brand's ground gave a good answer.

    Raises:
        CaptureError: There is no log, or a line of it that is not the last is damaged.
    """

    def __init__(self, run_directory: Path) -> None:
        self._path = run_directory / CAPTURES / FETCHES
        self._lines: dict[str, array[int]] = {}
        self.any_good = False
        for offset, said in scan_fetches(run_directory):
            if isinstance(said, str):
                _log.warning("ignored: %s", said)
                continue
            self._lines.setdefault(said.brand_id, array("Q")).append(offset)
            self.any_good |= said.outcome.good and not said.kind.elsewhere

    def of(self, brand_id: str) -> tuple[Fetch, ...]:
        """The fetches of a brand in the order in which they ended."""
        offsets = self._lines.get(brand_id)
        if offsets is None:
            return ()
        with self._path.open("rb") as log:
            found = []
            for offset in offsets:
                log.seek(offset)
                found.append(fetch_from_line(log.readline()))
            return tuple(found)
