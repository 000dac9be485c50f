"""`replay`: runs built again from their captures, to check, to compare, or to publish anew."""

from __future__ import annotations

import filecmp
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.exit_codes import ExitCode
from crawler.terminal import print_json, print_table, say

if TYPE_CHECKING:
    from outputs.comparing import Comparison
    from outputs.manifest import Manifest
    from outputs.replaying import Rebuilt
    from outputs.run import RunInputs
    from outputs.run_directory import RunDirectory
    from pipelines.model import Change

    Prepare = Callable[[RunDirectory, RunDirectory, RunDirectory | None], RunInputs]

_SIGNS = {"ADD": "+", "MOD": "~", "DEL": "-"}


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """Options of `hotlines replay`, as given."""

    data_dir: Path
    run: str = "latest"
    check: bool = False
    since: str | None = None
    compare: bool = False
    as_json: bool = False
    exit_code: bool = False
    quiet: bool = False


def replay(options: ReplayOptions) -> int:
    """Builds a run, or all since one, again; publishes only with `since` and no `compare`."""
    from crawler.plan import ConfigurationError

    if options.check and (options.compare or options.since):
        raise ConfigurationError("--check is about the bytes of one run: leave the others out")
    if options.compare:
        return _compare(options)
    if options.since is not None:
        return _publish_anew(options)
    return _again(options)


def _again(options: ReplayOptions) -> int:
    """Rebuilds a run from its captures; `check` compares every byte with what was published."""
    from outputs.manifest import read_manifest
    from outputs.replaying import borrow, check_built, check_replayable
    from outputs.run import build
    from outputs.run_directory import RunDirectory, resolve_run

    original = resolve_run(options.data_dir, options.run)
    check_replayable(options.data_dir, original)
    facts = read_manifest(original).facts
    with _scratch() as place:
        again = RunDirectory(place / original.run_id)
        borrow(original, again)
        parent = resolve_run(options.data_dir, facts.parent) if facts.parent else None
        inputs = _inputs(options.data_dir, original, again, parent, place / "before")
        manifest = build(inputs)
        check_built(manifest)
        if options.check:
            return _compare_bytes(original, again, as_json=options.as_json)
        return _compare_meaning(original, again, manifest)


def _inputs(
    data_dir: Path,
    original: RunDirectory,
    again: RunDirectory,
    parent: RunDirectory | None,
    scratch: Path,
) -> RunInputs:
    """What built the original, with today's program; a replay's base has to be built first."""
    from crawler.verbs.running import inputs_of, registry_of
    from outputs.manifest import read_manifest
    from outputs.replaying import rebuild, replayed, runs_between
    from outputs.run_directory import resolve_run

    facts = read_manifest(original).facts
    registry_of(original)  # where it lies: a message names the file
    made = inputs_of(
        data_dir, again, parent, finished=facts.finished, review=facts.review, replays=True
    )
    if (said := replayed(original)) is None:
        return replace(made, replays=False)
    ends = (resolve_run(data_dir, run_id) for run_id in (said.since, said.of))
    runs = runs_between(data_dir, *ends)
    base = _parent_of(data_dir, runs[0])
    if len(runs) > 1:
        for built in rebuild(data_dir, runs[:-1], scratch, _preparing(data_dir)):
            base = built.run
    return replace(made, base=base)


def _preparing(data_dir: Path) -> Prepare:
    """How each of several runs is built: as it was, but on top of the rebuilt one before it."""
    from crawler.verbs.running import inputs_of, registry_of
    from outputs.manifest import read_manifest

    def prepare(
        original: RunDirectory, again: RunDirectory, base: RunDirectory | None
    ) -> RunInputs:
        facts = read_manifest(original).facts
        registry_of(original)  # where it lies: a message names the file
        made = inputs_of(data_dir, again, base, finished=facts.finished, review=facts.review)
        return replace(made, bare=True)

    return prepare


def _parent_of(data_dir: Path, run: RunDirectory) -> RunDirectory | None:
    from outputs.manifest import read_manifest
    from outputs.run_directory import DataDirectory

    parent = read_manifest(run).facts.parent
    return DataDirectory(data_dir).run(parent) if parent else None


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hotlines-replay-") as place:
        yield Path(place)


def _compare_bytes(original: RunDirectory, again: RunDirectory, *, as_json: bool) -> int:
    """Every file that either side lists, byte for byte; captures against their own digest."""
    from outputs.manifest import verify_files

    damaged = [p.path for p in verify_files(original) if p.path.startswith("captures/")]
    names = sorted({*_files(original), *_files(again)})
    different = [n for n in names if n in damaged or not _same(original.path / n, again.path / n)]
    if as_json:
        from outputs.schema import SCHEMA_VERSION

        head = {"schema_version": SCHEMA_VERSION, "run_id": original.run_id}
        print_json({**head, "files": len(names), "different": different, "damaged": damaged})
    for name in different:
        say(f"differs: {name}")
    if damaged:
        say(f"{damaged[0]} is not what run {original.run_id} captured; restore it from a copy")
        return ExitCode.REFUSED
    if different:
        say(f"{len(different)} of {len(names)} files differ from run {original.run_id}")
        say(
            "rules, code or dependencies are not those that built it: see `digests` in the manifest"
        )
        return ExitCode.REFUSED
    if not as_json:
        print(f"replay of {original.run_id}: {len(names)} files, all bytes identical")
    return ExitCode.OK


def _compare_meaning(original: RunDirectory, again: RunDirectory, manifest: Manifest) -> int:
    """Rows of `hotlines` that today's rules read otherwise."""
    from outputs.compare import pairs

    different = list(pairs(original.table("hotlines"), again.table("hotlines")))
    print(f"replay of {original.run_id}: {manifest.counts['hotlines']} hotlines, "
          f"{len(different)} differ from what was published")  # fmt: skip
    for before, after in different:
        row = after or before or {}
        sign = "~" if before and after else "+" if after else "-"
        print(f"  {sign} {row['id']}")
    return ExitCode.OK


def _files(run: RunDirectory) -> list[str]:
    paths = (p for p in run.path.rglob("*") if p.is_file() and p != run.log)
    return [p.relative_to(run.path).as_posix() for p in paths]


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False)


# --- what would change ------------------------------------------------------------------------


def _compare(options: ReplayOptions) -> int:
    """Prints what today's rules change, by rule; publishes nothing."""
    from outputs.comparing import compare

    with _scratch() as place:
        found = [compare(b.original, b.run) for b in _rebuilt(options, place)]
    print_json(_json(found)) if options.as_json else _print(found)
    changed = options.exit_code and any(one.changes for one in found)
    return ExitCode.CHANGES if changed else ExitCode.OK


def _rebuilt(options: ReplayOptions, place: Path) -> Iterator[Rebuilt]:
    """The runs asked for, built again one after the other; one line for each as it is done."""
    from outputs.replaying import rebuild, runs_between
    from outputs.run_directory import resolve_run

    last = resolve_run(options.data_dir, options.run)
    since = resolve_run(options.data_dir, options.since) if options.since else _own(options, last)
    runs = runs_between(options.data_dir, since, last)
    for number, built in enumerate(
        rebuild(options.data_dir, runs, place, _preparing(options.data_dir)), start=1
    ):
        if not options.quiet:
            say(f"read {built.original.run_id} again ({number} of {len(runs)})")
        yield built


def _own(options: ReplayOptions, run: RunDirectory) -> RunDirectory:
    """The run itself, or the one whose captures it reads."""
    from outputs.replaying import replayed
    from outputs.run_directory import resolve_run

    said = replayed(run)
    return resolve_run(options.data_dir, said.of) if said else run


def _print(found: Sequence[Comparison]) -> None:
    last = found[-1]
    if len(found) > 1:
        rows = ((c.run_id, c.before, c.today, *map(c.count, _SIGNS)) for c in found)
        print_table("runs, read again", ("run", "published", "today", *_SIGNS.values()), rows)
    print(f"{last.run_id}: {last.before} hotlines published, {last.today} by today's rules, "
          f"{len(last.changes)} would change; nothing was published")  # fmt: skip
    rules = sorted({*last.mentions_by_rule, *last.hotlines_by_rule})
    counts = (
        (rule, last.mentions_by_rule.get(rule, 0), len(last.hotlines_by_rule.get(rule, ())))
        for rule in rules
    )
    if rules:
        print_table("", ("rule", "mentions read otherwise", "hotlines"), counts)
    changes = {change.id: change for change in last.changes}
    for rule, ids in last.hotlines_by_rule.items():
        rows = ((_SIGNS[c.op], c.id, what_changed(c)) for c in map(changes.__getitem__, ids))
        print_table(rule, ("", "hotline", "what"), rows)


def what_changed(change: Change) -> str:
    """What a change means, in a line."""
    from crawler.verbs.looking import what_changed as told

    sides = {"fields": list(change.fields), "before": change.before, "after": change.after}
    return told(change.op.value, sides)


def _json(found: Sequence[Comparison]) -> dict[str, object]:
    from outputs.rows import json_row, row_of
    from outputs.schema import CHANGES, SCHEMA_VERSION

    last = found[-1]
    changes = {c.id: json_row(CHANGES, row_of(CHANGES, c, {"run_id": last.run_id}))
               for c in last.changes}  # fmt: skip
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": last.run_id,
        "runs": [
            {"run_id": c.run_id, "published": c.before, "today": c.today, "added": c.count("ADD"),
             "modified": c.count("MOD"), "removed": c.count("DEL")}
            for c in found
        ],
        "rules": [
            {"rule": rule, "mentions": last.mentions_by_rule.get(rule, 0),
             "hotlines": list(last.hotlines_by_rule.get(rule, ()))}
            for rule in sorted({*last.mentions_by_rule, *last.hotlines_by_rule})
        ],
        "changes": list(changes.values()),
    }  # fmt: skip


# --- a new run --------------------------------------------------------------------------------


def _publish_anew(options: ReplayOptions) -> int:
    """Rebuilds all runs since one and publishes where they lead, on top of the latest."""
    from outputs.lock import hold_lock
    from outputs.publish import repair
    from outputs.replaying import clear_replays

    with hold_lock(options.data_dir, started=datetime.now(UTC)):
        repair(options.data_dir)
        clear_replays(options.data_dir)
        with _scratch() as place:
            return _build_anew(options, place)


def _build_anew(options: ReplayOptions, place: Path) -> int:
    from crawler.plan import ConfigurationError
    from crawler.verbs.running import inputs_of
    from crawler.verbs.running import place as put
    from outputs.replaying import write_replay
    from outputs.run import build
    from outputs.run_directory import DataDirectory, latest_run, new_run_id, resolve_run

    latest = resolve_run(options.data_dir, "latest")
    if resolve_run(options.data_dir, options.run).run_id != latest.run_id:
        raise ConfigurationError("--since publishes on top of the latest run: leave RUN out")
    built = list(_rebuilt(options, place))
    base = built[-2].run if len(built) > 1 else _parent_of(options.data_dir, built[0].original)
    if not _differs(latest, built[-1].run):
        print(f"today's rules read the same since {built[0].original.run_id}: nothing to publish")
        return ExitCode.OK
    run = DataDirectory(options.data_dir).stage(new_run_id(datetime.now(UTC)))
    write_replay(run, built[-1].original, built[0].original.run_id)
    made = inputs_of(
        options.data_dir, run, latest_run(options.data_dir), finished=None, replays=True
    )
    manifest = build(replace(made, base=base))
    return put(options.data_dir, run, manifest, exit_code=options.exit_code)


def _differs(published: RunDirectory, rebuilt: RunDirectory) -> bool:
    from outputs.compare import pairs

    told = ("hotlines", "channels", "claims")  # what is said to users, not how it was seen
    files = ((published.table(name), rebuilt.table(name)) for name in told)
    return any(next(pairs(before, after), None) is not None for before, after in files)
