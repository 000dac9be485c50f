"""`push`: copying what is published to an object store."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from crawler.exit_codes import ExitCode
from crawler.plan import ConfigurationError
from crawler.terminal import print_json, say


def push(data_dir: Path, target: str | None, *, as_json: bool, quiet: bool) -> int:
    """Copies the runs that the store lacks; exit 3 if it holds what ours does not continue."""
    from outputs.lock import hold_lock
    from outputs.object_store import push as copy
    from outputs.schema import SCHEMA_VERSION

    if not target:
        raise ConfigurationError(
            "no object store is named; give one like s3://bucket/prefix, or set HOTLINES_PUSH_TO"
        )
    silent = quiet or as_json
    with hold_lock(data_dir, started=datetime.now(UTC)):
        pushed = copy(data_dir, target, None if silent else lambda run: say(f"pushing {run}"))
    if as_json:
        print_json({"schema_version": SCHEMA_VERSION, "target": target, **asdict(pushed)})
    elif pushed.runs:
        what = f"{len(pushed.runs)} runs, {pushed.files} files, {pushed.bytes / 1e6:.1f} MB"
        print(f"{target} now shows {pushed.runs[-1]}: {what} sent")
    else:
        print(f"{target} shows the latest run already")
    return ExitCode.OK
