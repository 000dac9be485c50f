"""`status`: what a person looks at in the morning, and what a monitor calls every hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.exit_codes import ExitCode
from crawler.terminal import print_json, say

if TYPE_CHECKING:
    from outputs.freshness import Freshness, ServiceLevels
    from outputs.manifest import Manifest
    from outputs.run_directory import RunDirectory


def status(data_dir: Path, *, ages: Mapping[str, timedelta], strict: bool, as_json: bool) -> int:
    """The last run, the published one and how old it is; exit 3 if an alarm is due.

    Args:
        ages: How old an observation may be: the newest (""), those of a brand, of a kind of
            source, or of every declared `source`.
    """
    from crawler.verbs.reviewing import waiting
    from outputs.freshness import freshness
    from outputs.manifest import read_manifest
    from outputs.run_directory import latest_run, read_index
    from outputs.schema import SCHEMA_VERSION

    now = datetime.now(UTC)
    latest = latest_run(data_dir)
    # Ids sort by the clock of their start; what ended last is the last run.
    last = max(read_index(data_dir), key=lambda line: str(line["finished"]), default=None)
    if latest is None:
        return _nothing_published(data_dir, last, as_json=as_json)
    manifest, levels = read_manifest(latest), _levels(ages, latest)
    found = freshness(latest, levels, now)
    failures = [*found.failures(levels, now)]
    if strict:
        failures += _strict_failures(manifest, last)
    document = _document(manifest, found, last, now) | {
        "schema_version": SCHEMA_VERSION,
        "stale": bool(failures),
        "failures": failures,
        "pending_reviews": len(waiting(data_dir, latest)),
        "silent_brands": _silent_brands(latest),
    }
    asked = bool(ages) or strict
    print_json(document) if as_json else _print_status(document, asked=asked)
    return ExitCode.REFUSED if failures else ExitCode.OK


def _nothing_published(data_dir: Path, last: dict[str, Any] | None, *, as_json: bool) -> int:
    from outputs.schema import SCHEMA_VERSION

    said = f"{data_dir} has no published run yet"
    say(f"{said}; run `hotlines crawl` first")
    _say_last(last)
    if as_json:
        head = {"latest": None, "last_run": last, "schema_version": SCHEMA_VERSION}
        print_json({**head, "stale": True, "failures": [said]})
    return ExitCode.REFUSED


def _levels(ages: Mapping[str, timedelta], run: RunDirectory) -> ServiceLevels:
    """Service levels; a name that nothing has would keep the alarm silent for ever."""
    from crawler.plan import ConfigurationError
    from outputs.freshness import EVERY, ServiceLevels
    from outputs.table_files import read_table
    from pipelines.vocabulary import SourceKind

    named = {name: age for name, age in ages.items() if name}
    if not named:
        return ServiceLevels(ages.get(""), named)
    brands = {str(r["brand_id"]) for r in read_table(run.table("brands"), columns=("brand_id",))}
    sources = read_table(run.table("sources"), columns=("kind", "declared"))
    kinds = {str(row["kind"]) for row in sources if row["declared"]}
    if unknown := sorted(named.keys() - {EVERY} - brands - kinds):
        said = f"--max-age {unknown[0]}=…: no brand of run {run.run_id} and no declared source"
        if unknown[0] in set(SourceKind):
            said += " of it is of that kind, so that this alarm could never ring; leave it out"
        else:
            said += " has that name or kind"
        raise ConfigurationError(
            f"{said}; kinds declared there are {', '.join(sorted(kinds))}, and `{EVERY}` means "
            "every one"
        )
    return ServiceLevels(ages.get(""), named)


def _silent_brands(run: RunDirectory) -> list[str]:
    """Brands that were asked and of which no page answered: not ill, since nothing was judged."""
    from outputs.table_files import read_table

    rows = read_table(run.table("brands"), columns=("brand_id", "pages_tried", "pages_good"))
    return sorted(str(r["brand_id"]) for r in rows if r["pages_tried"] and not r["pages_good"])


def _strict_failures(manifest: Manifest, last: dict[str, object] | None) -> list[str]:
    ill = sorted(manifest.facts.unhealthy_brands)
    found = [f"unhealthy brands: {', '.join(ill)}"] if ill else []
    if last is not None and last["result"] != "published" and last["review"] != "rejected":
        found.append(f"the last run, {last['run_id']}, was not published: {last['result']}")
    return found


def _document(
    manifest: Manifest, found: Freshness, last: dict[str, object] | None, now: datetime
) -> dict[str, Any]:
    facts = manifest.facts
    age = now - found.observed if found.observed else None
    sources = [{**asdict(s), "allowed": s.allowed.total_seconds()} for s in found.stale_sources]
    return {
        "latest": facts.run_id,
        "started": facts.started,
        "observed": found.observed,
        "age_seconds": int(age.total_seconds()) if age else None,
        "hotlines_observed": found.hotlines_observed,
        "declared_sources": found.declared_sources,
        "stale_sources": sources,
        "unhealthy_brands": sorted(facts.unhealthy_brands),
        "state_hash": facts.state_hash,
        "last_run": last,
        "counts": dict(manifest.counts),
    }


def _print_status(document: dict[str, Any], *, asked: bool) -> None:
    """The answer first, since monitors show one line; then what it rests on."""
    from outputs.freshness import in_words

    for failure in document["failures"]:
        print(f"STALE: {failure}" if "than" in failure else f"FAILURE: {failure}")
    age, counts = document["age_seconds"], document["counts"]
    since = "never" if age is None else f"{in_words(timedelta(seconds=age))} ago"
    if asked and not document["failures"]:
        print(f"OK: hotlines were last read {since}, and nothing that was asked about is amiss")
    print(f"latest published run: {document['latest']}")
    read = f"{document['hotlines_observed']} read when last looked for, the newest {since}"
    numbers = f"brands: {counts['brands']}, issues: {counts['issues']}"
    print(f"hotlines: {counts['hotlines']} ({read}), {numbers}")
    print(f"unhealthy brands: {', '.join(document['unhealthy_brands']) or 'none'}")
    if silent := document["silent_brands"]:
        print(f"no page answered, so that all is carried: {', '.join(silent)}")
    _print_last(document["last_run"])
    if count := document["pending_reviews"]:
        print(f"changes that wait for a review: {count}; see `hotlines review list --pending`")
    for source in document["stale_sources"]:
        good = f"{source['last_good']:%Y-%m-%d %H:%M}" if source["last_good"] else "never"
        print(f"stale source: {source['brand_id']} {source['kind']} {source['url']}: last good "
              f"answer {good}, allowed {in_words(timedelta(seconds=source['allowed']))}; asked "
              f"last {source['last_tried']:%Y-%m-%d %H:%M}: {source['outcome']}")  # fmt: skip


def _print_last(last: dict[str, Any] | None) -> None:
    from outputs.broken_schema import broken_reason

    decision = f", {last['review']} by a person" if last and last["review"] else ""
    result = f"{last['run_id']} ({last['result']}{decision})" if last else "not listed"
    print(f"last run: {result}")
    for reason in last["reasons"] if last else ():
        print(f"  {reason}")
    if last and last["result"] == "quarantined" and last["review"] is None:
        run_id = last["run_id"]
        broken = broken_reason(last["reasons"])
        can = f"process {run_id}" if broken else f"accept {run_id} --reason '…'"
        print(
            f"  nobody decided on it yet: hotlines {can}, or hotlines reject {run_id} --reason '…'"
        )


def _say_last(last: dict[str, object] | None) -> None:
    if last is not None:
        reasons = last["reasons"] if isinstance(last["reasons"], list) else []
        say(f"last run: {last['run_id']} ({last['result']}): {'; '.join(map(str, reasons))}")
