"""The log of attempted fetches: `captures/fetches.jsonl`, one canonical line each.

A line is written and flushed after the capture it points to, so a killed crawl leaves lines
that are true, and at most one torn line at the end.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any, cast

from pipelines.vocabulary import Outcome, SourceKind

CAPTURES = "captures"
FETCHES = "fetches.jsonl"
LEADS = "leads.jsonl"  # the same of pages that are not the brands' own, if any were asked

_log = logging.getLogger(__name__)


class CaptureError(Exception):
    """A capture, or a line about one, cannot be read.

    Attributes:
        path: The file.
        place: Offset in a capture file, line number in a fetch log; -1 if it is the file.
        advice: What to do next.
    """

    def __init__(self, what: str, path: Path, place: int, advice: str) -> None:
        where = f"{path}:{place}" if place >= 0 else str(path)
        super().__init__(f"{where}: {what}. {advice}")
        self.what = what
        self.path = path
        self.place = place
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Fetch:
    """One attempted fetch: a line of the log, later a row of table `captures`.

    Attributes:
        url: Canonical URL asked for first; the key of the source ledger.
        chain: Every URL asked, in order, with its answer: `("https://a/ 301", "https://b/ 200")`.
        robots: `allowed`, `disallowed`, `no_robots`, `unreachable` or `not_asked`.
        robots_rule: The line of robots.txt that decided, or "".
        payload_digest: `sha256:…` of the payload as received.
        body_digest: `sha256:…` of the decoded body.
        revisit: A 304, or the decoded body equals the one held.
        file: File of the record written in this run, or "".
        offset: Its offset, or -1.
        body_run: Run that holds the bytes to read: this one, or an earlier one for revisits.
        body_file: File of that run that holds them.
        body_offset: Their offset, or -1.
        rendered: A browser was asked, and the body is what it made of the page.
    """

    brand_id: str
    url: str
    kind: SourceKind
    declared: bool
    final_url: str
    chain: tuple[str, ...]
    outcome: Outcome
    status: int | None
    tls_ok: bool
    tls_issuer: str
    tls_fingerprint: str
    robots: str
    robots_rule: str
    content_type: str
    etag: str
    last_modified: str
    payload_bytes: int
    payload_digest: str
    body_digest: str
    revisit: bool
    file: str
    offset: int
    body_run: str
    body_file: str
    body_offset: int
    on_ground: bool
    depth: int
    link_text: str
    referrer: str
    detail: str
    fetched_at: datetime
    duration: float
    rendered: bool = False  # not in the logs of runs before 0.2


def digest_of(data: bytes) -> str:
    """Return the digest by which payloads and bodies are named.

    >>> digest_of(b"")
    'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    """
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def fetch_to_line(fetch: Fetch) -> bytes:
    """Return the canonical JSON line: sorted keys, no spaces, UTF-8, a line feed at the end.

    Raises:
        ValueError: `fetched_at` has no zone, or `duration` is not a finite number.
    """
    values = {field.name: _plain(getattr(fetch, field.name)) for field in fields(Fetch)}
    text = json.dumps(
        values, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    # A lone surrogate has no UTF-8; `backslashreplace` writes it as the JSON escape it needs.
    return text.encode("utf-8", "backslashreplace") + b"\n"


def fetch_from_line(line: bytes) -> Fetch:
    """Return the fetch that a line of the log states.

    Raises:
        ValueError: The line is not one; the message says why.
    """
    values = json.loads(line.decode("utf-8"))
    if not isinstance(values, dict):
        raise ValueError("the line is not a JSON object")
    expected = {field.name: str(field.type) for field in fields(Fetch)}
    optional = {field.name for field in fields(Fetch) if field.default is not MISSING}
    if missing := sorted(expected.keys() - optional - values.keys()):
        raise ValueError(f"missing: {', '.join(missing)}")
    if unknown := sorted(values.keys() - expected.keys()):
        raise ValueError(f"unknown: {', '.join(unknown)}")
    read = {name: _value(name, expected[name], value) for name, value in values.items()}
    return Fetch(**cast("Any", read))


@dataclass(frozen=True, slots=True)
class FetchLog:
    """What a fetch log says, and what of it was ignored and why ("" if nothing)."""

    fetches: tuple[Fetch, ...]
    ignored: str


def scan_fetches(run_directory: Path, name: str = FETCHES) -> Iterator[tuple[int, Fetch | str]]:
    """The fetches of a log with the offset of each line, in the order in which they ended.

    A torn last line that cannot be read gives the reason in place of a fetch.

    Raises:
        CaptureError: There is no log, or another line of it is damaged.
    """
    path = run_directory / CAPTURES / name
    try:
        log = path.open("rb")
    except FileNotFoundError:
        raise CaptureError(
            "no log of fetches", path, -1, "Is this the directory of a run that was captured?"
        ) from None
    with log:
        offset = 0
        for place, line in enumerate(log, start=1):
            yield offset, _line_of(path, place, line)
            offset += len(line)


def _line_of(path: Path, place: int, line: bytes) -> Fetch | str:
    if line.endswith(b"\n"):
        return _read_line(path, place, line[:-1])
    why = f"{path}:{place}: torn last line of {len(line)} bytes (killed crawl?)"
    return torn_line(line) or why


def read_fetch_log(run_directory: Path, name: str = FETCHES) -> FetchLog:
    """Read a log of a run; a torn last line is ignored and reported.

    Raises:
        CaptureError: There is no log, or another line of it is damaged.
    """
    found = [said for _, said in scan_fetches(run_directory, name)]
    ignored = str(found.pop()) if found and isinstance(found[-1], str) else ""
    return FetchLog(tuple(one for one in found if isinstance(one, Fetch)), ignored)


def read_fetches(run_directory: Path, name: str = FETCHES) -> tuple[Fetch, ...]:
    """Return the fetches of a run in the order in which they ended.

    A torn last line is ignored with a warning in the log; `read_fetch_log` returns the reason.

    Raises:
        CaptureError: There is no log, or another line of it is damaged.
    """
    log = read_fetch_log(run_directory, name)
    if log.ignored:
        _log.warning("ignored: %s", log.ignored)
    return log.fetches


def read_leads(run_directory: Path) -> tuple[Fetch, ...]:
    """Return the fetches of pages elsewhere; () for a run that was not asked for any.

    Raises:
        CaptureError: A line of the log is damaged.
    """
    if not (run_directory / CAPTURES / LEADS).exists():
        return ()
    return read_fetches(run_directory, LEADS)


def torn_line(line: bytes) -> Fetch | None:
    """Return the fetch of a last line that lost only its line feed, else None."""
    try:
        return fetch_from_line(line)
    except ValueError:
        return None


def _read_line(path: Path, place: int, line: bytes) -> Fetch:
    try:
        return fetch_from_line(line)
    except ValueError as error:
        raise CaptureError(
            f"damaged line in the log of fetches: {error}",
            path,
            place,
            "Restore the file from a copy, or crawl again: only a torn last line can be ignored.",
        ) from None


def _plain(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case datetime():
            if value.tzinfo is None:
                raise ValueError("fetched_at needs a time zone")
            return (
                value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
            )
        case tuple():
            return list(value)
        case _:
            return value


def _value(name: str, kind: str, value: object) -> object:
    try:
        return _READERS[kind](value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: {error}") from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected a text, found {value!r}")
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"expected true or false, found {value!r}")
    return value


def _integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"expected a whole number, found {value!r}")
    return value


def _optional_integer(value: object) -> int | None:
    return None if value is None else _integer(value)


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError(f"expected a number, found {value!r}")
    return float(value)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"expected a list, found {value!r}")
    return tuple(_text(item) for item in value)


def _moment(value: object) -> datetime:
    text = _text(value)
    if not text.endswith("Z"):
        raise ValueError(f"expected a time in UTC that ends with Z, found {text!r}")
    return datetime.fromisoformat(text)


# The annotations of `Fetch`, as written there.
_READERS: Mapping[str, Callable[[object], object]] = {
    "str": _text,
    "bool": _truth,
    "int": _integer,
    "int | None": _optional_integer,
    "float": _seconds,
    "tuple[str, ...]": _texts,
    "datetime": _moment,
    "SourceKind": lambda value: SourceKind(_text(value)),
    "Outcome": lambda value: Outcome(_text(value)),
}
