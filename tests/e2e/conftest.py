"""The data of one demo, for every test of this directory that only reads it."""

from __future__ import annotations

from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from crawler.cli import main


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three days of the sample web, as `hotlines demo` leaves them. Do not write into it."""
    data_dir = tmp_path_factory.mktemp("demo") / "data"
    told = StringIO()
    with redirect_stdout(told), redirect_stderr(told), pytest.raises(SystemExit) as ended:
        main(["demo", "--data-dir", str(data_dir)])
    assert ended.value.code == 0, told.getvalue()
    return data_dir
