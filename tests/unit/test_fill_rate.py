"""A snapshot whose rows are all there but say nothing any more is not published."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from run_examples import HOTLINE

from outputs.fill_rate import emptied_columns
from outputs.rows import rows_of
from outputs.schema import HOTLINES
from outputs.snapshot import write_table


def table(path: Path, rows: int, filled: int) -> Path:
    hotlines = [
        replace(
            HOTLINE,
            id=f"demo/95{n:03}",
            number=f"95{n:03}",
            hours_raw="9:00-18:00" if n < filled else "",
        )
        for n in range(rows)
    ]
    write_table(path, HOTLINES, rows_of(HOTLINES, hotlines))
    return path


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        ((20, 20), (20, 10), False),
        ((20, 20), (20, 9), True),
        ((20, 20), (40, 19), True),
        ((20, 10), (20, 5), False),
        ((20, 10), (20, 4), True),
        ((20, 9), (20, 0), False),  # too few to say anything
        ((9, 9), (9, 0), False),
        ((20, 20), (0, 0), False),  # other bounds refuse that
    ],
)
def test_half_of_what_was_filled(
    tmp_path: Path, before: tuple[int, int], after: tuple[int, int], refused: bool
) -> None:
    old, new = table(tmp_path / "old.parquet", *before), table(tmp_path / "new.parquet", *after)
    reasons = list(emptied_columns(old, new))
    assert [reason.partition(" is filled")[0] for reason in reasons] == (
        ["column_emptied: hours_raw"] if refused else []
    )
    if refused:
        assert f"in {after[1]} of {after[0]} hotlines" in reasons[0]
