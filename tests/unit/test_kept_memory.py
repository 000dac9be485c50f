"""A process that reads pages keeps the memory of one page for the next (decision 0034)."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

_PAGES = """
import resource
from outputs.reading import keep_heap
{kept}
def page():
    blocks = [bytearray(size) for size in (900_000, 800_000, 700_000, 600_000)]
    del blocks
page()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    page()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(kept: str) -> int:
    code = _PAGES.format(kept=kept)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="what it sets is glibc's")
def test_memory_is_not_taken_anew_for_each_page() -> None:
    assert faults("keep_heap()") < 20 < 1000 < faults("")
