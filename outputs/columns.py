"""The words in which a table is defined: `Column`, `Table`, their types and roles.

The tables themselves are listed in `outputs/schema.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Type(StrEnum):
    """Type of a column; the value is its name in the data dictionary.

    A `DIGEST` is 16 bytes in Parquet and 32 hex digits in rows, CSV and JSON.
    """

    STRING = "string"
    BOOL = "bool"
    INT64 = "int64"
    FLOAT64 = "float64"
    TIMESTAMP = "timestamp[us, UTC]"
    STRINGS = "list<string>"
    INTS = "list<int64>"
    DIGEST = "fixed_size_binary[16]"
    JSON = "string (JSON)"

    @property
    def is_list(self) -> bool:
        """Whether a cell holds several values."""
        return self in (Type.STRINGS, Type.INTS)


class Role(StrEnum):
    """What a column is in the comparison of two snapshots; key columns are content, too."""

    KEY = "key"
    CONTENT = "content"
    OBSERVATION = "observation"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        zh: Title in Chinese.
        en: Title in English.
        about_zh: What the values mean, in Chinese.
        about: What the values mean, in English.
        nullable: Whether a cell may be empty (null); strings use "" unless this is set.
        enum: The closed set of values (of the elements, for a list); () if it is open.
        foreign_text: Text that others wrote (a page, a server); CSV guards it (decision 0009).
        distinct: Hardly a value occurs twice: Parquet gets no dictionary of them (decision 0012).
    """

    name: str
    type: Type
    role: Role
    zh: str
    en: str
    about_zh: str
    about: str
    nullable: bool = False
    enum: tuple[str, ...] = ()
    foreign_text: bool = False
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a run.

    Attributes:
        key: Columns that name a row; files are sorted by them in this order.
        collapse: Rows with an equal key say the same thing twice, and one of them is kept.
        names: Column names in file order.
        content: Names of the columns that row hash, state hash and changes cover: key and content.
    """

    name: str
    title_zh: str
    title_en: str
    about_zh: str
    about: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    collapse: bool = False
    names: tuple[str, ...] = field(init=False, compare=False, repr=False)
    content: tuple[str, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        names = tuple(column.name for column in self.columns)
        content = tuple(c.name for c in self.columns if c.role is not Role.OBSERVATION)
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "content", content)

    def column(self, name: str) -> Column:
        """The column called `name`; KeyError names table and column."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name} has no column {name}; it has {', '.join(self.names)}")


def members(enum: type[StrEnum]) -> tuple[str, ...]:
    """The values of an enum as plain strings, in the order of its definition."""
    return tuple(member.value for member in enum)


def capture_columns(role: Role, *, of_zh: str, of: str) -> tuple[Column, ...]:
    """The four columns to which a `CaptureRef` flattens."""
    return (
        Column(
            "capture_run", Type.STRING, role, "原始记录所在批次", "Capture run",
            f"{of_zh}由哪一批次抓取（回访时可能是更早的批次）。",
            f"Run that captured {of}; an earlier one for a revisit.", nullable=True,
        ),
        Column(
            "capture_file", Type.STRING, role, "原始记录文件", "Capture file",
            "WARC 文件，相对于该批次目录。",
            "WARC file, relative to the directory of that run.", nullable=True,
        ),
        Column(
            "capture_offset", Type.INT64, role, "原始记录偏移", "Capture offset",
            "记录在 WARC 文件中的字节偏移。",
            "Byte offset of the record in the WARC file.", nullable=True,
        ),
        Column(
            "capture_digest", Type.STRING, role, "正文摘要", "Capture digest",
            "解压后正文的 sha256。",
            "sha256 of the decoded body.", nullable=True,
        ),
    )  # fmt: skip
