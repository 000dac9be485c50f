"""Where things lie: the data directory, the directory of a run, and how runs are named."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from outputs.schema import SchemaError, check_version

_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_RUN_ID = re.compile(r"\d{8}T\d{6}Z-[a-z2-7]{3}")
STAGING = ".tmp-"
_LINE = frozenset(("run_id", "result", "path", "started", "finished", "parent", "reasons"))
REMOVED = ".removed-"  # a run that is being deleted


class RunNotFoundError(LookupError):
    """No run fits what was asked for, or several do."""


class DataDirectoryError(ValueError):
    """latest.json or index.json is damaged; the message says how to have it written anew."""


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """The files of one run; `path` is its directory, staged or published."""

    path: Path

    @property
    def run_id(self) -> str:
        """Id of the run, which names its directory."""
        return self.path.name.removeprefix(STAGING)

    @property
    def manifest(self) -> Path:
        """What the run is, and every file of it."""
        return self.path / "manifest.json"

    @property
    def registry(self) -> Path:
        """Copy of the registry that the run used."""
        return self.path / "registry.json"

    @property
    def row_reviews(self) -> Path:
        """Copy of what people had decided about rows when the run was made."""
        return self.path / "reviews.json"

    @property
    def datapackage(self) -> Path:
        """Data Package descriptor of the tables."""
        return self.path / "datapackage.json"

    @property
    def sums(self) -> Path:
        """Checksums for `sha256sum -c`."""
        return self.path / "SHA256SUMS"

    @property
    def log(self) -> Path:
        """Log of the run; no part of the data, so not in the manifest."""
        return self.path / "run.log"

    @property
    def pruned(self) -> Path:
        """Which files `hotlines prune` took away, when and why; no part of the data either."""
        return self.path / "pruned.json"

    @property
    def captures(self) -> Path:
        """WARC files and `fetches.jsonl`."""
        return self.path / "captures"

    @property
    def exports(self) -> Path:
        """The tables in other formats."""
        return self.path / "exports"

    @property
    def report(self) -> Path:
        """What people read of the run."""
        return self.path / "report"

    def table(self, name: str) -> Path:
        """Parquet file of a table."""
        return self.path / f"{name}.parquet"


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """Everything that runs write; `path` need not exist yet."""

    path: Path

    @property
    def runs(self) -> Path:
        """Published runs, and staged ones under `.tmp-<run_id>`."""
        return self.path / "runs"

    @property
    def quarantined(self) -> Path:
        """Finished runs that must not become the latest."""
        return self.path / "quarantine"

    @property
    def history(self) -> Path:
        """What spans runs: a file of versions per published run, and their index."""
        return self.path / "history"

    @property
    def index(self) -> Path:
        """Every run with its result."""
        return self.path / "index.json"

    @property
    def latest(self) -> Path:
        """Authoritative pointer to the newest healthy run."""
        return self.path / "latest.json"

    @property
    def latest_link(self) -> Path:
        """The same as a symbolic link, for people and one-line loads."""
        return self.path / "latest"

    @property
    def lock(self) -> Path:
        """Lock file: one run at a time."""
        return self.path / ".lock"

    def stage(self, run_id: str) -> RunDirectory:
        """Create the directory in which a run is built."""
        check_run_id(run_id)
        path = self.runs / f"{STAGING}{run_id}"
        path.mkdir(parents=True)
        return RunDirectory(path)

    def run(self, run_id: str) -> RunDirectory:
        """Directory of a published run (whether or not it exists)."""
        return RunDirectory(self.runs / check_run_id(run_id))

    def all_runs(self) -> tuple[RunDirectory, ...]:
        """Published, quarantined and staged runs, oldest first."""
        found = [*self.runs.glob("*"), *self.quarantined.glob("*")]
        runs = [RunDirectory(path) for path in found if path.is_dir()]
        named = [run for run in runs if _RUN_ID.fullmatch(run.run_id)]
        return tuple(sorted(named, key=lambda run: (run.run_id, run.path.parent.name)))


def new_run_id(now: datetime, token: str | None = None) -> str:
    """Id for a run that starts now: sortable by time, unique by three base32 characters.

    >>> new_run_id(datetime(2026, 11, 22, 21, 15, tzinfo=UTC), "k3f")
    '20261122T211500Z-k3f'
    """
    chosen = token or "".join(secrets.choice(_BASE32) for _ in range(3))
    return check_run_id(f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{chosen}")


def check_run_id(run_id: str) -> str:
    """`run_id` itself if it has the shape of one; it becomes a directory name."""
    if not _RUN_ID.fullmatch(run_id):
        raise ValueError(f"{run_id!r} is no run id; one looks like 20261122T211500Z-k3f")
    return run_id


def resolve_data_dir(option: Path | None, environment: Mapping[str, str], here: Path) -> Path:
    """The data directory: option, else HOTLINES_DATA_DIR, else the checkout's, else `here`'s.

    Args:
        option: Value of `--data-dir`.
        here: The working directory; it or a directory above it may be a checkout.
    """
    if option is not None:
        return option
    if environment.get("HOTLINES_DATA_DIR"):
        return Path(environment["HOTLINES_DATA_DIR"])
    for directory in (here, *here.parents):
        if (directory / "scrapy.cfg").is_file() and (directory / "outputs/schema.py").is_file():
            return directory / "outputs" / "data"
    return here / "hotlines-data"


def latest_run(data_dir: Path) -> RunDirectory | None:
    """The newest healthy run, as latest.json says; None before the first.

    Raises:
        RunNotFoundError: latest.json names a run that is not there.
        DataDirectoryError: latest.json is damaged.
    """
    data = DataDirectory(data_dir)
    if not data.latest.exists():
        return None
    run = data.run(str(_document(data.latest, "run_id")))
    if not run.manifest.exists():
        raise RunNotFoundError(
            f"{data.latest} names run {run.run_id}, but {run.manifest} is missing; "
            "restore that directory from a copy, or point latest.json to another run"
        )
    return run


def resolve_run(data_dir: Path, text: str) -> RunDirectory:
    """The run called `latest`, or whose id is or begins with `text`.

    Raises:
        RunNotFoundError: None fits, or several do.
    """
    if text == "latest":
        if (run := latest_run(data_dir)) is not None:
            return run
        raise RunNotFoundError(f"{data_dir} has no published run yet; run `hotlines crawl` first")
    runs = DataDirectory(data_dir).all_runs()
    fitting = [run for run in runs if text and run.run_id.startswith(text)]
    if len({run.run_id for run in fitting}) == 1:
        return fitting[-1]
    if fitting:
        several = ", ".join(run.run_id for run in fitting[:5])
        raise RunNotFoundError(f"several runs begin with {text!r}: {several}; give more of the id")
    newest = ", ".join(run.run_id for run in runs[-3:]) or "none"
    raise RunNotFoundError(f"no run {text!r} in {data_dir}; the newest there are: {newest}")


def read_index(data_dir: Path) -> list[dict[str, object]]:
    """The runs that index.json lists, oldest first; none before the first run."""
    path = DataDirectory(data_dir).index
    lines = list(_document(path, "runs")) if path.exists() else []
    for place, line in enumerate(lines, start=1):
        if not isinstance(line, dict) or not line.keys() >= _LINE:
            raise _damaged(path, f"its line {place} does not say what it says of a run")
    return lines


def _document(path: Path, wanted: str) -> Any:  # noqa: ANN401
    """A value of latest.json or index.json; both can be derived again, but not unasked."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        value = document[wanted]
        check_version(document["schema_version"], str(path))
    except SchemaError:
        raise
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(path, repr(error)) from error
    return value


def _damaged(path: Path, why: str) -> DataDirectoryError:
    return DataDirectoryError(
        f"{path} is damaged ({why}); move it away, and the next crawl or process "
        "derives it again from the runs (it says so)"
    )
