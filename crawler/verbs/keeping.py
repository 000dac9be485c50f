"""`accept`, `reject`, `verify`, `prune`, `history`: keeping what was published, and its past."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.exit_codes import ExitCode
from crawler.terminal import print_json, print_table, say
from crawler.verbs.starting import told_how_to_go_on, writing

if TYPE_CHECKING:
    from outputs.history import Version
    from outputs.manifest import Manifest
    from outputs.rows import Row
    from outputs.run_directory import RunDirectory


def accept(data_dir: Path, text: str, *, reason: str, brands: Sequence[str]) -> int:
    """Publishes a quarantined run; with brands, after building it with their readings."""
    from crawler.verbs.running import place
    from outputs.manifest import read_manifest
    from outputs.publish import publish
    from outputs.review import accept as publish_accepted
    from outputs.run_directory import resolve_run
    from pipelines.vocabulary import RunResult

    now = datetime.now(UTC)
    with writing(data_dir) as published:
        run = resolve_run(data_dir, text)
        if run.run_id in published:
            placed = run
        elif brands:
            staged, manifest = _build_accepted(data_dir, run, reason, brands, now)
            if manifest.facts.result is not RunResult.PUBLISHED:
                return place(data_dir, staged, manifest, exit_code=False)
            placed = publish(data_dir, staged)
        else:
            placed = publish_accepted(data_dir, run, reason, now)
        manifest = read_manifest(placed)
    say(f"accepted and published {run.run_id}: {_counted(manifest)}")
    return ExitCode.OK


def _build_accepted(
    data_dir: Path, run: RunDirectory, reason: str, brands: Sequence[str], now: datetime
) -> tuple[RunDirectory, Manifest]:
    """Builds the run again: these brands' readings stand, whatever the gate says of them."""
    from crawler.plan import ConfigurationError
    from crawler.verbs.checking import brands_named
    from crawler.verbs.running import inputs_of, registry_of
    from outputs.crawl_plan import note_accepted
    from outputs.manifest import Review
    from outputs.review import check_acceptable, restage, strip_to_captures
    from outputs.run import build
    from outputs.run_directory import latest_run

    facts = check_acceptable(data_dir, run, reason).facts
    brands = [brand.id for brand in brands_named(registry_of(run), brands)]
    if unknown := sorted(set(brands) - set(facts.unhealthy_brands)):
        raise ConfigurationError(
            f"{unknown[0]} did not fail the gate in run {run.run_id}; those that did: "
            f"{', '.join(facts.unhealthy_brands) or 'none'}"
        )
    staged = restage(data_dir, run)
    note_accepted(staged, {brand: reason.strip() for brand in brands})
    strip_to_captures(staged)
    review = Review("accepted", reason.strip(), now)
    with told_how_to_go_on(staged):
        inputs = inputs_of(data_dir, staged, latest_run(data_dir), finished=None, review=review)
        return staged, build(inputs)


def reject(data_dir: Path, text: str, *, reason: str) -> int:
    """Notes in a quarantined run that a person agrees with the gate."""
    from outputs.review import reject as note
    from outputs.run_directory import resolve_run

    now = datetime.now(UTC)
    with writing(data_dir):
        run = resolve_run(data_dir, text)
        note(data_dir, run, reason, now)
    say(f"rejected {run.run_id}; it stays in {run.path} until it is pruned")
    return ExitCode.OK


def verify(data_dir: Path, *, as_json: bool, quiet: bool) -> int:
    """Checks everything that is published; exit 3 if anything is damaged."""
    from outputs.run_directory import resolve_run
    from outputs.schema import SCHEMA_VERSION
    from outputs.verify import verify as check

    found = check(data_dir, None if quiet or as_json else lambda run_id: say(f"checking {run_id}"))
    if not found.runs and not found.damages and not found.unfinished:
        resolve_run(data_dir, "latest")  # nothing to verify is no good news: a path may be wrong
    if as_json:
        print_json({"schema_version": SCHEMA_VERSION, **asdict(found)})
        return ExitCode.REFUSED if found.damages else ExitCode.OK
    for damage in found.damages:
        print(f"{damage.code}: {damage.run_id} {damage.path}: {damage.message}".replace("  ", " "))
    for run_id in found.unfinished:
        say(f"{run_id} was captured and never finished: hotlines process {run_id}")
    if found.damages:
        _say_who_works(data_dir)
    what = f"{found.runs} runs, {found.files} files"
    print(f"{what}: {len(found.damages)} damaged" if found.damages else f"{what}: all as written")
    return ExitCode.REFUSED if found.damages else ExitCode.OK


def _say_who_works(data_dir: Path) -> None:
    """A run that is being published while we look is no damage."""
    from outputs.lock import read_owner
    from outputs.run_directory import DataDirectory

    owner = read_owner(DataDirectory(data_dir))
    if owner is not None and owner.alive is not False:
        say(f"{owner.described(datetime.now(UTC))} works there; look again when it has finished")
    elif owner is not None:
        say("a process died at work there; the next crawl, process or prune finishes what it can")


def prune(data_dir: Path, *, keep: int | None, older_than: timedelta | None, dry_run: bool) -> int:
    """Takes away what of old runs nothing needs any more."""
    from outputs.prune import plan_pruning
    from outputs.prune import prune as take_away

    now = datetime.now(UTC)
    with writing(data_dir):
        limit = now - older_than if older_than is not None else None
        plans = plan_pruning(data_dir, keep=keep, older_than=limit)
        if not dry_run:
            take_away(data_dir, plans, now)
    for plan in plans:
        kind = "the refused run" if plan.whole else "all but changes and captures still read"
        print(f"{plan.run.run_id}: {len(plan.files)} files, {plan.bytes} bytes ({kind})")
    total, said = sum(plan.bytes for plan in plans), "would be freed" if dry_run else "freed"
    print(f"{len(plans)} runs, {total / 1e6:.1f} MB {said}")
    return ExitCode.OK


def history(
    data_dir: Path, hotline: str | None, *, as_of: str | None, rebuild: bool, as_json: bool
) -> int:
    """Versions of a hotline, the snapshot of a moment, or the chain of published runs."""
    if rebuild:
        return _rebuild(data_dir)
    if as_of is not None:
        return _snapshot(data_dir, as_of, hotline, as_json=as_json)
    if hotline is not None:
        return _versions(data_dir, hotline, as_json=as_json)
    return _links(data_dir, as_json=as_json)


def _rebuild(data_dir: Path) -> int:
    from outputs.history_writing import rebuild
    from outputs.run_directory import DataDirectory, resolve_run

    with writing(data_dir):
        number = rebuild(DataDirectory(data_dir), resolve_run(data_dir, "latest"))
    print(f"history of {number} runs derived again in {DataDirectory(data_dir).history}")
    return ExitCode.OK


def _snapshot(data_dir: Path, when: str, hotline: str | None, *, as_json: bool) -> int:
    from outputs.history import as_of, link_at
    from outputs.run_directory import DataDirectory
    from outputs.schema import SCHEMA_VERSION

    moment = moment_of(when)
    link = link_at(DataDirectory(data_dir), moment)
    rows = [row for row in as_of(data_dir, link.run_id) if hotline in (None, row["id"])]
    if as_json:
        head = {"schema_version": SCHEMA_VERSION, "run_id": link.run_id}
        print_json({**head, "valid_from": link.valid_from, "hotlines": rows})
        return ExitCode.OK
    columns = ("hotline", "class", "hours", "presence", "verdict", "first seen")
    title = f"as of {when}: run {link.run_id}, {len(rows)} hotlines"
    print_table(title, columns, map(_cells, rows))
    return ExitCode.OK


def _cells(row: Row) -> tuple[object, ...]:
    hours = row["hours"] or row["hours_raw"]
    return (
        row["id"], row["number_class"], hours, row["presence"], row["verdict"], row["first_seen"],
    )  # fmt: skip


def _versions(data_dir: Path, hotline: str, *, as_json: bool) -> int:
    from outputs.history import versions
    from outputs.schema import SCHEMA_VERSION

    found = versions(data_dir, hotline)
    ids = () if found else _ids_of(data_dir, hotline)
    if len(ids) > 1:
        say(f"{hotline} has several histories: {', '.join(ids)}; ask for one of them")
        return ExitCode.USAGE
    if ids:
        hotline = ids[0]
        found = versions(data_dir, hotline)
    if as_json:
        head = {"schema_version": SCHEMA_VERSION, "hotline": hotline}
        print_json({**head, "versions": [asdict(version) for version in found]})
    elif found:
        columns = ("valid from", "valid to", "last seen", "what", "cause", "ended")
        print_table(hotline, columns, _version_cells(found))
    else:
        say(f"{hotline} was never published; `hotlines explain {hotline}` says what is known of it")
    return ExitCode.OK if found else ExitCode.UNEXPECTED


def _ids_of(data_dir: Path, wanted: str) -> tuple[str, ...]:
    """The ids that a number means, in any spelling; those of a brand, if it names one."""
    from crawler.verbs.spelling import named_by
    from outputs.history import versions_with

    named = named_by(wanted)
    found = (v for n in named.numbers for v in versions_with(data_dir, number=n))
    return tuple(dict.fromkeys(v.id for v in found if named.is_brand_of(v.content)))


def _version_cells(found: Iterable[Version]) -> Iterable[tuple[object, ...]]:
    for version in found:
        content = version.content
        what = f"{content['presence']}, {content['verdict']}, {content.get('hours', '')}"
        ended = version.removed + (f" → {version.replaced_by}" if version.replaced_by else "")
        times = (version.valid_from, version.valid_to, version.last_seen)
        yield (*map(_minute, times), what.strip(", "), version.cause, ended)


def _links(data_dir: Path, *, as_json: bool) -> int:
    from outputs.history import read_links
    from outputs.run_directory import DataDirectory
    from outputs.schema import SCHEMA_VERSION

    links = read_links(DataDirectory(data_dir))
    if as_json:
        head = {"schema_version": SCHEMA_VERSION}
        print_json({**head, "runs": [asdict(link) for link in links]})
        return ExitCode.OK
    rows = ((k.position, k.run_id, _minute(k.valid_from), k.events) for k in links)
    print_table("published runs", ("", "run", "valid from", "changes"), rows)
    return ExitCode.OK


def moment_of(text: str) -> datetime | str:
    """A moment (a day means its end, UTC), or what else names a run.

    >>> moment_of("2026-11-22").isoformat()
    '2026-11-22T23:59:59.999999+00:00'
    >>> moment_of("20261122T211500Z-k3f")
    '20261122T211500Z-k3f'
    """
    if "-" not in text[:5]:  # a run id, or the word latest
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if len(text) == len("2026-11-22"):
        moment = datetime.combine(moment, time.max)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _minute(moment: datetime | None) -> str:
    if moment is None:
        return "still"
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def _counted(manifest: Manifest) -> str:
    counts = manifest.counts
    return f"{counts['hotlines']} hotlines, {counts['changes']} changes"
