"""What derives from the tables for readers: JSON Schema, Data Package, data dictionary.

`python -m outputs.describe docs` writes the generated part of the documentation.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

from outputs.canonical import document_json, time_text
from outputs.manifest import FileEntry, RunFacts
from outputs.schema import ALL_TABLES, SCHEMA_VERSION, TABLES, Column, Table, Type

DATA_LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
_JSON_TYPES: dict[Type, dict[str, object]] = {
    Type.STRING: {"type": "string"},
    Type.JSON: {"type": "object"},
    Type.BOOL: {"type": "boolean"},
    Type.INT64: {"type": "integer"},
    Type.FLOAT64: {"type": "number"},
    Type.TIMESTAMP: {"type": "string", "format": "date-time"},
    Type.STRINGS: {"type": "array", "items": {"type": "string"}},
    Type.INTS: {"type": "array", "items": {"type": "integer"}},
    Type.DIGEST: {"type": "string", "pattern": "^[0-9a-f]{32}$"},
}
_PACKAGE_TYPES = {
    Type.STRING: "string",
    Type.JSON: "string",
    Type.BOOL: "boolean",
    Type.INT64: "integer",
    Type.FLOAT64: "number",
    Type.TIMESTAMP: "datetime",
    Type.STRINGS: "array",
    Type.INTS: "array",
    Type.DIGEST: "string",
}
_VERSION_TITLE = "Schema version"
_MARK = re.compile(r'"\\u0000(\w+) (\w+)"')


def json_schema(table: Table) -> dict[str, object]:
    """JSON Schema (draft 2020-12) of one line of the table's JSON Lines export."""
    properties = {column.name: _json_property(column) for column in table.columns}
    version = {"type": "string", "const": SCHEMA_VERSION, "title": _VERSION_TITLE}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{table.name}.schema.json",
        "title": f"{table.title_zh} / {table.title_en}",
        "description": f"{table.about_zh} {table.about}",
        "type": "object",
        "properties": {**properties, "schema_version": version},
        "required": [*table.names, "schema_version"],
        "additionalProperties": False,
    }


def datapackage(
    facts: RunFacts | None,
    files: Sequence[FileEntry],
    tables: Sequence[Table] = TABLES,
    schema: Callable[[Table, str], object] | None = None,
) -> dict[str, object]:
    """Data Package descriptor (version 2) of the tables among `files`.

    Args:
        facts: Of the run; None for the template in the documentation.
        schema: What to put for the schema of a table in a format, if not the schema.
    """
    schema = schema or _package_schema
    package: dict[str, object] = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "hotlines",
        "title": "数字钱包官方客服号码 / Official customer-service numbers of digital wallets",
        "description": "Columns: docs/data-dictionary.md. Every row names its evidence.",
        "version": SCHEMA_VERSION,
        "schema_version": SCHEMA_VERSION,
        "licenses": [DATA_LICENCE],
    }
    if facts is not None:
        package |= {"created": time_text(facts.finished), "run_id": facts.run_id}
    by_name = {table.name: table for table in tables}
    resources = [
        _resource(by_name[Path(entry.path).stem], entry, schema)
        for entry in files
        if _format(entry) and Path(entry.path).stem in by_name
    ]
    return {**package, "resources": resources}


def datapackage_json(facts: RunFacts, files: Sequence[FileEntry]) -> str:
    """Text of a run's datapackage.json.

    Nearly all of it is the schemas, which are the same in every run: their text is made once.
    """
    marked = document_json(datapackage(facts, files, schema=_mark))
    return _MARK.sub(lambda found: _schema_text(found[1], found[2]), marked)


def _mark(table: Table, kind: str) -> str:
    return f"\0{table.name} {kind}"


@cache
def _schema_text(name: str, kind: str) -> str:
    [table] = [table for table in TABLES if table.name == name]
    text = document_json(_package_schema(table, kind)).rstrip()
    return text.replace("\n", "\n" + " " * 6)  # as deep as the schema of a resource stands


def data_dictionary(tables: Sequence[Table] = ALL_TABLES) -> str:
    """The data dictionary in Markdown, Chinese and English."""
    head = f"""# 数据字典 / Data dictionary

此文件由 `make docs` 从 `outputs/schema.py` 生成，请勿手改。
Generated from `outputs/schema.py` by `make docs`; do not edit.

- 合同版本 / Schema version: `{SCHEMA_VERSION}`
- 角色 / Role:
  - `key` 标识一行，也是内容 / names a row, and is content;
  - `content` 所主张的内容，参与比较 / what is claimed, compared between runs;
  - `observation` 何时如何见到，不参与比较 / when and how it was seen, not compared.
- “可空 / null” 之外的列永不为空；没有内容的文本是空串。
  Columns not marked “可空 / null” are never null; text that says nothing is the empty string.
- 时间一律为 UTC。列表在 CSV 中以 `;` 连接，值内的 `;` 与 `\\` 前加 `\\`。
  Times are UTC. In CSV, lists are joined by `;`; a `;` or `\\` inside a value has a `\\` in front.
- CSV 与 JSON Lines 末尾另有一列 `schema_version`。
  CSV and JSON Lines end with a further column `schema_version`.
"""
    return head + "".join(_table_section(table) for table in tables)


def write_docs(directory: Path) -> tuple[Path, ...]:
    """Write `data-dictionary.md` and `schema/*.json` below `directory`; returns the files."""
    texts = {"data-dictionary.md": data_dictionary()}
    for table in ALL_TABLES:
        texts[f"schema/{table.name}.schema.json"] = document_json(json_schema(table))
    texts["schema/datapackage.json"] = document_json(datapackage(None, _template_files()))
    for name, text in texts.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return tuple(directory / name for name in texts)


def _json_property(column: Column) -> dict[str, object]:
    # A copy through JSON, because the parts of the constants are mutable and shared.
    shape: dict[str, object] = json.loads(json.dumps(_JSON_TYPES[column.type]))
    if column.enum and column.type.is_list:
        shape["items"] = {"type": "string", "enum": list(column.enum)}
    elif column.enum:
        shape["enum"] = [*column.enum, *([None] if column.nullable else [])]
    if column.nullable:
        shape["type"] = [shape["type"], "null"]
    titles = {
        "title": f"{column.zh} / {column.en}",
        "description": f"{column.about_zh} {column.about}",
    }
    return {**shape, **titles}


def _resource(
    table: Table, entry: FileEntry, schema: Callable[[Table, str], object]
) -> dict[str, object]:
    kind = _format(entry)
    resource: dict[str, object] = {
        "name": table.name if kind == "parquet" else f"{table.name}-{kind}",
        "type": "table",
        "path": entry.path,
        "title": f"{table.title_zh} / {table.title_en}",
        "description": f"{table.about_zh} {table.about}",
        "format": kind,
        "mediatype": entry.media_type,
    }
    if kind != "parquet":
        resource["encoding"] = "utf-8"
    if entry.sha256:
        resource |= {"bytes": entry.bytes, "hash": f"sha256:{entry.sha256}", "rows": entry.rows}
    return {**resource, "schema": schema(table, kind)}


def _package_schema(table: Table, kind: str) -> dict[str, object]:
    fields = [_package_field(column, kind) for column in table.columns]
    if kind != "parquet":
        fields.append({"name": "schema_version", "type": "string", "title": _VERSION_TITLE})
    return {"fields": fields, "primaryKey": list(table.key)}


def _package_field(column: Column, kind: str) -> dict[str, object]:
    described: dict[str, object] = {
        "name": column.name,
        "type": _PACKAGE_TYPES[column.type],
        "title": f"{column.zh} / {column.en}",
        "description": f"{column.about_zh} {column.about}",
        "role": column.role.value,
    }
    if column.type.is_list and kind == "csv":
        item = "string" if column.type is Type.STRINGS else "integer"
        described |= {"type": "list", "delimiter": ";", "itemType": item}
    if column.type is Type.JSON and kind == "jsonl":
        described["type"] = "object"
    constraints: dict[str, object] = {}
    # In CSV an empty string reads as missing, so text there cannot be required.
    textual = column.type in (Type.STRING, Type.JSON) or column.type.is_list
    if not column.nullable and not (kind == "csv" and textual):
        constraints["required"] = True
    if column.enum and not column.type.is_list:
        constraints["enum"] = list(column.enum)
    return {**described, "constraints": constraints} if constraints else described


def _format(entry: FileEntry) -> str:
    known = {".parquet": "parquet", ".csv": "csv", ".jsonl": "jsonl"}
    return known.get(Path(entry.path).suffix, "")


def _template_files() -> tuple[FileEntry, ...]:
    return tuple(
        FileEntry(f"{t.name}.parquet", "application/vnd.apache.parquet", None, 0, "", None)
        for t in TABLES
    )


def _table_section(table: Table) -> str:
    lines = [
        f"\n## `{table.name}` · {table.title_zh} / {table.title_en}\n",
        f"{table.about_zh}\n{table.about}\n",
        f"主键与排序 / Key and order: {_codes(table.key)}\n",
        "| 列 / column | 类型 / type | 角色 / role | 名称 / title | 说明 / description |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *(_dictionary_row(column) for column in table.columns)]) + "\n"


def _dictionary_row(column: Column) -> str:
    kind = f"{column.type.value}{', 可空 / null' if column.nullable else ''}"
    values = f" 取值 / values: {_codes(column.enum)}" if column.enum else ""
    title = f"{column.zh} / {column.en}"
    about = f"{column.about_zh} {column.about}{values}"
    return f"| `{column.name}` | {kind} | {column.role.value} | {title} | {about} |"


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    for written in write_docs(Path(sys.argv[1])):
        print(written)
