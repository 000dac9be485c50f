"""JSON Lines: one object per row, keys in the order of the schema, JSON columns as objects."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from outputs.durable import open_new_text
from outputs.exporters.exporter import Exporter
from outputs.rows import json_row
from outputs.schema import SCHEMA_VERSION, Table


def write_json_lines(path: Path, table: Table, rows: Iterable[Mapping[str, object]]) -> None:
    """Write one table."""
    with open_new_text(path) as file:
        for row in rows:
            document = {**json_row(table, row), "schema_version": SCHEMA_VERSION}
            line = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
            file.write(line + "\n")


JSON_LINES = Exporter("jsonl", ".jsonl", "application/jsonl", write_json_lines)
