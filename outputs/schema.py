"""THE tables: every published table, and the version of the contract.

Read the definitions in `outputs/tables/`; `outputs/columns.py` has the words they are written
in. Arrow schema, JSON Schema, datapackage.json, the data dictionary and CSV headers derive
from `TABLES`, and a test regenerates and compares them.
"""

from __future__ import annotations

from collections.abc import Mapping

from outputs.columns import Column, Role, Table, Type
from outputs.tables.brands import BRANDS, ISSUES
from outputs.tables.crawl import CAPTURES, SOURCES
from outputs.tables.evidence import CHANNELS, CLAIMS, EVIDENCE
from outputs.tables.history import HISTORY
from outputs.tables.hotlines import CHANGES, HOTLINES

__all__ = [
    "ALL_TABLES",
    "BRANDS",
    "CAPTURES",
    "CHANGES",
    "CHANNELS",
    "CLAIMS",
    "EVIDENCE",
    "HISTORY",
    "HOTLINES",
    "ISSUES",
    "SCHEMA_VERSION",
    "SOURCES",
    "TABLES",
    "Column",
    "Role",
    "RowError",
    "SchemaError",
    "Table",
    "Type",
    "check_version",
    "content_columns",
    "table_named",
]

# Semantic: a new nullable column is minor, a changed meaning or type is major.
SCHEMA_VERSION = "1.3.0"

TABLES: tuple[Table, ...] = (
    HOTLINES,
    EVIDENCE,
    CAPTURES,
    BRANDS,
    SOURCES,
    CHANNELS,
    CLAIMS,
    CHANGES,
    ISSUES,
)
#: With the table that spans runs and lies beside them.
ALL_TABLES: tuple[Table, ...] = (*TABLES, HISTORY)


class SchemaError(ValueError):
    """Rows or a file do not fit the schema; the message names table, column and row."""


class RowError(SchemaError):
    """A row that this program made does not fit its table: no file is damaged.

    Attributes:
        table: Name of the table.
        brand_id: Brand of the row; "" if it cannot be told.
        column: Name of the column, or of the columns of the key.
        rule: What the contract says of it, in a word or two.
    """

    def __init__(
        self, table: Table, row: Mapping[str, object], column: str, rule: str, problem: str
    ) -> None:
        key = "/".join(str(row.get(name)) for name in table.key)
        super().__init__(
            f"table {table.name}, column {column}, row {key}: {problem}; "
            "correct the stage that produced it, or outputs/tables/ if the contract changed"
        )
        self.table, self.column, self.rule = table.name, column, rule
        self.brand_id = str(row.get("brand_id") or "")
        self._told = f"{problem} (row {key})"

    @property
    def reason(self) -> str:
        """Why a run with such a row is not published."""
        return (
            f"table {self.table}, brand {self.brand_id or 'unknown'}, column {self.column}, "
            f"rule {self.rule}: {self._told}"
        )


def table_named(name: str) -> Table:
    """The table called `name`; `SchemaError` lists the tables there are."""
    for table in ALL_TABLES:
        if table.name == name:
            return table
    known = ", ".join(table.name for table in ALL_TABLES)
    raise SchemaError(f"there is no table {name!r}; choose one of: {known}")


def content_columns(name: str) -> tuple[str, ...]:
    """Columns of a table that row hash, state hash and changes cover."""
    return table_named(name).content


def check_version(version: str, where: str) -> None:
    """Refuse files of another major version, whose columns may mean something else."""
    if version.partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
        raise SchemaError(
            f"{where} has schema version {version or 'unknown'}, this program reads "
            f"{SCHEMA_VERSION}: use the release that wrote it, or `hotlines replay` the run"
        )
