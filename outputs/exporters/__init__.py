"""The tables in formats other than Parquet: one format per file, and the list of them.

Every export ends with a column `schema_version`, so that a file that travels alone still says
which contract it keeps. Times are ISO 8601 in UTC with `Z`.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from outputs.exporters.csv_file import CSV
from outputs.exporters.exporter import Exporter
from outputs.exporters.json_lines import JSON_LINES
from outputs.run_directory import RunDirectory
from outputs.schema import BRANDS, CHANGES, CHANNELS, CLAIMS, EVIDENCE, HOTLINES, ISSUES, Table

__all__ = ["CSV", "EXPORTED", "EXPORTERS", "JSON_LINES", "Exporter", "export_tables"]

EXPORTERS: tuple[Exporter, ...] = (CSV, JSON_LINES)
EXPORTED: tuple[Table, ...] = (HOTLINES, CHANGES, BRANDS, EVIDENCE, CHANNELS, CLAIMS, ISSUES)


def export_tables(run: RunDirectory) -> tuple[Path, ...]:
    """Write every export of a run from its Parquet tables; returns the files."""
    from outputs.table_files import read_batches

    run.exports.mkdir(exist_ok=True)
    written = []
    for exporter in EXPORTERS:
        for table in EXPORTED:
            path = run.exports / f"{table.name}{exporter.suffix}"
            exporter.write(path, table, chain.from_iterable(read_batches(run.table(table.name))))
            written.append(path)
    return tuple(written)
