"""Channels of the sample web after each of its days: all that are there, and none that is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.sampleweb.expected import load_expected
from outputs.run_directory import RunDirectory
from outputs.table_files import read_table


@pytest.mark.parametrize("day", [1, 2, 3])
def test_channels_of_a_day(demo_data: Path, day: int) -> None:
    """On day 2 a host is down; its channels stay. A form whose page is gone does not."""
    run = RunDirectory(sorted((demo_data / "runs").iterdir())[day - 1])
    rows = read_table(run.table("channels"))
    found = {(r["brand_id"], r["kind"], r["value"], len(r["steps"] or ())) for r in rows}  # type: ignore[arg-type]
    listed = [c for c in load_expected().channels if day in c.days]
    expected = {(c.brand, c.kind, c.value, c.steps) for c in listed}
    assert found == expected
    assert {(r["brand_id"], r["url"]) for r in rows} == {(c.brand, c.page) for c in listed}
