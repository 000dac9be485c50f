"""`brand`: what somebody needs who wants to reach a brand."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.exit_codes import ExitCode
from crawler.language import Words
from crawler.paper import Field, Paper
from crawler.terminal import print_json
from crawler.verbs import wording

if TYPE_CHECKING:
    from outputs.lookup_tables import Snapshot
    from outputs.rows import Row

_OTHER_WAYS = ("chat", "in_app", "form", "email", "social", "postal")
#: Who is in need comes first; offices come last.
_FIRST = (
    "fraud_security", "loss_report", "general", "human_agent", "overseas", "complaint",
    "consumer_protection",
)  # fmt: skip


def brand(data_dir: Path, name: str, *, as_json: bool, words: Words) -> int:
    """Numbers by purpose, what to have ready, how to complain, and other ways to reach it."""
    from outputs.lookup_tables import PROVEN, brand_called, open_snapshot

    snapshot = open_snapshot(data_dir)
    brand_id = brand_called(snapshot, name)
    rows = sorted((r for r in snapshot.hotlines if r["brand_id"] == brand_id), key=_urgency)
    channels = [row for row in snapshot.channels if row["brand_id"] == brand_id]
    if as_json:
        _print_document(snapshot, brand_id, rows, channels, words)
        return ExitCode.OK
    proven = [row for row in rows if row["verdict"] in PROVEN]
    paper = Paper()
    row = snapshot.brands[brand_id]
    paper.title(
        wording.brand_name(snapshot, brand_id, words), str(row["entity"] or ""), good=bool(proven)
    )
    _print_numbers(paper, snapshot, brand_id, proven, words)
    _print_doubtful(paper, [r for r in rows if r not in proven], words)
    _print_channels(paper, channels, words)
    paper.warning(words("warning", "always"))
    paper.small(words("page", "data_of", run=snapshot.run.run_id, day=words.day(snapshot.started)))
    return ExitCode.OK


def _print_numbers(
    paper: Paper, snapshot: Snapshot, brand_id: str, rows: list[Row], words: Words
) -> None:
    from outputs.lookup_tables import overseas

    paper.heading(words("page", "numbers"))
    if not rows:
        name = wording.brand_name(snapshot, brand_id, words)
        paper.line(words("page", "no_instead", brand=name))
    for row in rows:
        paper.blank()
        paper.name(wording.printed(row), wording.purposes(row, words))
        _, *others = wording.call_fields(row, overseas(snapshot, row), words)
        seen = words.day(row["last_seen"])  # type: ignore[arg-type]
        read = [(words("page", "last_seen"), f"{seen}  {row['evidence_url']}")]
        paper.fields([*others, *read, *_absence(row, words)])


def _absence(row: Row, words: Words) -> list[Field]:
    if row["presence"] == "observed":
        return []
    why = words.code("reason", str(row["presence_reason"]))
    return [(words("page", "presence"), words("page", "not_observed", why=why))]


def _print_doubtful(paper: Paper, rows: list[Row], words: Words) -> None:
    if rows:
        paper.heading(words("page", "doubtful"))
        paper.fields([(wording.printed(r), words("verdict", str(r["verdict"]))) for r in rows])


def _print_channels(paper: Paper, channels: list[Row], words: Words) -> None:
    by_kind: dict[str, list[Row]] = {}
    for row in channels:
        by_kind.setdefault(str(row["kind"]), []).append(row)
    _print_group(paper, words("page", "prepare"), _items(by_kind.get("prepare", ()), words))
    recorded = [str(row["value"]) for row in by_kind.get("recording", ())]
    _print_group(paper, words("page", "recording"), recorded)
    _print_group(paper, words("page", "complain"), _steps(by_kind.get("complaint", ())))
    lines = _regulators(by_kind.get("regulator", ()))
    if lines:
        paper.heading(words("page", "regulators"))
        paper.fields(lines)
    ways = [
        (words("channel", kind), list(dict.fromkeys(_way(row) for row in by_kind[kind])))
        for kind in _OTHER_WAYS
        if kind in by_kind
    ]
    if ways:
        paper.heading(words("page", "channels"))
        paper.fields(ways)


def _way(row: Row) -> str:
    """A chat that has no address of its own is told in the words of its page."""
    said = row["kind"] == "chat" and not str(row["value"]).startswith("http")
    return f"“{row['context']}”  {row['url']}" if said else str(row["value"])


def _print_group(paper: Paper, heading: str, lines: list[str]) -> None:
    if lines:
        paper.heading(heading)
        for line in lines:
            paper.line(f"  {line}")


def _items(rows: Iterable[Row], words: Words) -> list[str]:
    return [f"· {words('page', 'and').join(_texts(row['steps']))}" for row in rows]


def _steps(rows: Iterable[Row]) -> list[str]:
    return [f"{n}. {step}" for row in rows for n, step in enumerate(_texts(row["steps"]), start=1)]


def _regulators(rows: Iterable[Row]) -> list[Field]:
    from outputs.lookup_tables import owner_of_code

    return [(str(row["value"]), owner_of_code(str(row["value"])) or row["context"]) for row in rows]


def _urgency(row: Row) -> tuple[int, bool, str]:
    ranks = [_FIRST.index(p) for p in _texts(row["purposes"]) if p in _FIRST]
    return min(ranks, default=len(_FIRST)), row["verdict"] != "confirmed", str(row["id"])


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else []


def _print_document(
    snapshot: Snapshot, brand_id: str, rows: list[Row], channels: list[Row], words: Words
) -> None:
    from outputs.schema import SCHEMA_VERSION

    print_json(
        {
            "schema_version": SCHEMA_VERSION,
            "run_id": snapshot.run.run_id,
            "brand": snapshot.brands[brand_id],
            "hotlines": rows,
            "channels": channels,
            "warning": words("warning", "always"),
        }
    )
