"""The data of one demo, for every test of this directory that only reads it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from filelock import FileLock

from tests.e2e.sample_runs import demo


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three days of the sample web, as `hotlines demo` leaves them. Do not write into it.

    The workers of one session share it: whoever comes first makes it.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    place = shared / "demo-data"
    with FileLock(shared / "demo-data.lock"):
        if not place.is_dir():
            half = shared / "demo-data.half"
            half.mkdir(exist_ok=True)
            demo(half / "data")
            half.rename(place)
    return place / "data"
