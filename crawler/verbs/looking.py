"""`show`, `diff`, `path`: what the data directory holds, for people and scripts."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.exit_codes import ExitCode
from crawler.terminal import clean, print_json, print_table, say
from crawler.verbs.spelling import named_by

if TYPE_CHECKING:
    from outputs.rows import Row
    from outputs.run_directory import RunDirectory

_SIGNS = {"ADD": "+", "MOD": "~", "DEL": "-"}


def show(data_dir: Path, wanted: str, *, run: str, as_json: bool, raw: bool) -> int:
    """A hotline with its evidence, and the capture the best of it came from."""
    from outputs.run_directory import resolve_run

    directory = resolve_run(data_dir, run)
    row = _hotline(directory, wanted)
    if row is None:
        return _show_evidence_only(directory, wanted)
    evidence = _evidence(directory, str(row["brand_id"]), str(row["number"]), str(row["area"]))
    best = _best(row, evidence)
    if raw:
        return _write_body(data_dir, directory, best)
    record = _record(data_dir, directory, best)
    if as_json:
        print_json(_document({"hotline": row, "evidence": evidence, "capture": record}))
        return ExitCode.OK
    _print_hotline(row)
    _print_evidence(evidence)
    _print_capture(record)
    return ExitCode.OK


def diff(data_dir: Path, run: str, *, as_json: bool) -> int:
    """The changes of a run to its parent."""
    from outputs.manifest import read_manifest
    from outputs.rows import json_row
    from outputs.run_directory import resolve_run
    from outputs.schema import CHANGES
    from outputs.table_files import read_table

    directory = resolve_run(data_dir, run)
    facts = read_manifest(directory).facts
    rows = [json_row(CHANGES, row) for row in read_table(directory.table("changes"))]
    if as_json:
        head = {"run_id": facts.run_id, "parent": facts.parent, "changes": rows}
        print_json(_document(head))
        return ExitCode.OK
    print(f"{facts.run_id} against {facts.parent or 'nothing (first run)'}: {len(rows)} changes")
    print_table(
        "",
        ("", "hotline", "what", "cause", "reason", "last seen"),
        (_change_cells(r) for r in rows),
    )
    return ExitCode.OK


def path(data_dir: Path, table: str, *, run: str) -> int:
    """Where the Parquet file of a table lies."""
    from outputs.run_directory import DataDirectory, resolve_run
    from outputs.schema import HISTORY, table_named

    if table_named(table) is HISTORY:
        print(DataDirectory(data_dir).history.resolve())
        return ExitCode.OK
    print(resolve_run(data_dir, run).table(table_named(table).name).resolve())
    return ExitCode.OK


def print_hotlines(directory: RunDirectory, title: str) -> None:
    """The snapshot of a run as a table."""
    from outputs.table_files import read_table

    columns = ("hotline", "class", "purpose", "hours", "presence", "verdict")
    rows = (_hotline_cells(row) for row in read_table(directory.table("hotlines")))
    print_table(title, columns, rows)


def _hotline_cells(row: Row) -> tuple[object, ...]:
    reason = f" ({row['presence_reason']})" if row["presence_reason"] else ""
    return (
        row["id"],
        row["number_class"],
        ", ".join(_texts(row["purposes"])),
        row["hours"] or row["hours_raw"],
        f"{row['presence']}{reason}",
        f"{row['verdict']}: {', '.join(_texts(row['verdict_reasons'])[:2])}",
    )


def _change_cells(row: dict[str, object]) -> tuple[object, ...]:
    last_seen = second(row["last_seen"]) if _was_missed(row) else ""
    op = str(row["op"])
    told = what_changed(op, row)
    return (_SIGNS[op], row["id"], told, row["cause"], row["reason"], last_seen)


def second(moment: object) -> str:
    """A moment as people read it, UTC.

    >>> second("2026-11-22T21:15:00.123456Z")
    '2026-11-22 21:15:00'
    """
    return str(moment or "")[:19].replace("T", " ")


def _was_missed(row: dict[str, Any]) -> bool:
    """Whether the row was not read, so that a reader asks when it last was."""
    return bool(row["op"] == "DEL" or row["after"].get("presence") == "not_observed")


def what_changed(op: str, row: dict[str, Any]) -> str:
    """What changed, in a line; an added or removed number says what it is for."""
    if op != "MOD":
        side = row["after"] if op == "ADD" else row["before"]
        told = ", ".join(filter(None, (*_texts(side["purposes"]), str(side["hours"]))))
        links = ("replaces", row.get("replaces")), ("replaced by", row.get("replaced_by"))
        return "; ".join((told, *(f"{word} {other}" for word, other in links if other)))
    names = [name for name in _texts(row["fields"]) if name != "presence_reason"]
    before, after = row["before"], row["after"]
    return "; ".join(f"{n}: {_short(before[n])} → {_short(after[n])}" for n in names)


def _short(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else []


def _hotline(directory: RunDirectory, wanted: str) -> Row | None:
    from outputs.table_files import read_table

    rows = read_table(directory.table("hotlines"))
    exact = [row for row in rows if row["id"] == wanted]
    named = named_by(wanted)
    same = [row for row in rows if named.is_number_of(row) and named.is_brand_of(row)]
    if not exact and len(same) > 1:
        ids = ", ".join(str(r["id"]) for r in same)
        say(f"several brands publish {wanted}: {ids}; the first is shown")
    return next(iter(exact or same), None)


def _show_evidence_only(directory: RunDirectory, wanted: str) -> int:
    from outputs.table_files import read_table

    found = list(filter(named_by(wanted).is_number_of, read_table(directory.table("evidence"))))
    say(f"{wanted} is no hotline in run {directory.run_id}")
    if found:
        say("it was read on these pages, and is not published:")
        _print_evidence(found)
    say(f"next: `hotlines explain {wanted}` says why, and what others say of it")
    return ExitCode.UNEXPECTED


def _evidence(directory: RunDirectory, brand: str, number: str, area: str) -> list[Row]:
    from outputs.table_files import read_table

    rows = read_table(directory.table("evidence"))
    return [
        r
        for r in rows
        if r["brand_id"] == brand and r["number"] == number and r["area"] in ("", area)
    ]


def _best(row: Row, evidence: list[Row]) -> Row | None:
    """The evidence that the row quotes, else the first of the same page, else any."""
    same_page = [e for e in evidence if row["evidence_url"] in (e["final_url"], e["url"])]
    quoted = [e for e in same_page if e["context"] == row["evidence_text"]]
    return next(iter([*quoted, *same_page, *evidence]), None)


def _record(data_dir: Path, directory: RunDirectory, evidence: Row | None) -> dict[str, object]:
    """The capture of an evidence row: where it lies and what the server answered."""
    from outputs.captures import read_record

    if evidence is None or not evidence["capture_file"]:
        return {"note": "not read in this run; see the run of last_seen"}
    place = _capture_path(data_dir, directory, evidence)
    record = read_record(place, int(str(evidence["capture_offset"])))
    return {
        "file": str(place),
        "offset": evidence["capture_offset"],
        "digest": evidence["capture_digest"],
        "url": record.url,
        "date": record.date,
        "status": record.status,
        "headers": [f"{name}: {value}" for name, value in record.headers],
        "bytes": len(record.payload),
        "quote": evidence["context"],
    }


def _capture_path(data_dir: Path, directory: RunDirectory, evidence: Row) -> Path:
    from outputs.run_directory import resolve_run

    run_id = str(evidence["capture_run"])
    own = run_id == directory.run_id
    base = directory.path if own else resolve_run(data_dir, run_id).path
    return base / str(evidence["capture_file"])


def _write_body(data_dir: Path, directory: RunDirectory, evidence: Row | None) -> int:
    from outputs.captures import body_of, read_record

    if evidence is None or not evidence["capture_file"]:
        say("no capture of this number in this run; name the run of its last_seen with --run")
        return ExitCode.UNEXPECTED
    place = _capture_path(data_dir, directory, evidence)
    sys.stdout.buffer.write(body_of(read_record(place, int(str(evidence["capture_offset"])))))
    return ExitCode.OK


def _print_hotline(row: Row) -> None:
    shown = {name: value for name, value in row.items() if value not in (None, "", [], False)}
    print_table(str(row["id"]), ("column", "value"), ((n, _cell(v)) for n, v in shown.items()))


def _print_evidence(rows: Iterable[Row]) -> None:
    # The page below its quote: side by side, neither could be read on a narrow terminal.
    columns = ("carrier", "label", "purpose", "owner", "hotline", "quote and page")
    cells = (
        (r["carrier"], r["label"], r["purpose"], r["owner"], "yes" if r["is_hotline"] else "no",
         f"{' '.join(str(r['context']).split())[:80]}\n{r['url']}")
        for r in rows
    )  # fmt: skip
    print_table("evidence", columns, cells)


def _print_capture(record: dict[str, object]) -> None:
    print("capture")
    for name, value in record.items():
        lines = value if isinstance(value, list) else [value]
        for line in lines:
            print(clean(f"  {name}: {' '.join(str(line).split())}"))


def _document(values: Mapping[str, object]) -> dict[str, object]:
    from outputs.schema import SCHEMA_VERSION

    return {"schema_version": SCHEMA_VERSION, **values}


def _cell(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
