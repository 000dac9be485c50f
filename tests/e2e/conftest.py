"""One demo, for every test of this directory that only reads it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from filelock import FileLock

from tests.e2e.sample_runs import Demo, demo

_OUT, _ERR = "out.txt", "err.txt"


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """`hotlines demo` in a directory with an awkward name. Do not write into its data.

    The workers of one session share it: whoever comes first makes it.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    place = shared / "demo"
    data_dir = place / "示例 数据"
    with FileLock(shared / "demo.lock"):
        if not (place / _ERR).exists():
            place.mkdir(exist_ok=True)
            made = demo(data_dir)
            (place / _OUT).write_text(made.out, encoding="utf-8")
            (place / _ERR).write_text(made.err, encoding="utf-8")
    out, err = ((place / name).read_text(encoding="utf-8") for name in (_OUT, _ERR))
    return Demo(data_dir, out, err)


@pytest.fixture(scope="session")
def demo_data(shown: Demo) -> Path:
    """Three days of the sample web, as `hotlines demo` leaves them. Do not write into it."""
    return shown.data_dir
