"""Documents that grow by a line: the same bytes as if they were written at once."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from outputs.listing import append_line, lines_of, listing_json

ITEMS = st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=5), max_size=2), max_size=5)


@given(items=ITEMS)
def test_appending_gives_what_writing_at_once_gives(
    items: list[dict[str, str]], tmp_path_factory: object
) -> None:
    path = Path(tmp_path_factory.mktemp("listing")) / "x.json"  # type: ignore[attr-defined]
    path.write_bytes(listing_json("runs", []).encode())
    for n, item in enumerate(items, start=1):
        lines = lines_of(path, "runs")
        assert lines is not None
        append_line(path, "runs", lines, item)
        assert path.read_bytes() == listing_json("runs", items[:n]).encode()
    assert json.loads(path.read_bytes())["runs"] == items


def test_another_layout_is_not_taken_for_ours(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    assert lines_of(path, "runs") is None
    for text in ('{"schema_version": "1.1.0", "runs": [\n{}\n]}\n', "{", listing_json("other", [])):
        path.write_text(text)
        assert lines_of(path, "runs") is None
