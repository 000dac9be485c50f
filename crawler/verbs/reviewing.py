"""`review check` and `review list`, and the reviews that a run is made with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.exit_codes import ExitCode
from crawler.terminal import clean, print_json, print_table, say
from crawler.verbs.checking import brands_named

if TYPE_CHECKING:
    from datetime import date, datetime

    from crawler.verbs.running import CrawlOptions
    from outputs.rows import Row
    from outputs.run_directory import RunDirectory
    from pipelines.model import Brand
    from pipelines.review import RowReview, RunReviews

_ID = re.compile(r"(?P<brand>[^/]+)/(?P<number>[^@#]+)(?:@(?P<area>[^#]+))?(?:#(?P<extension>.+))?")
_VALID = timedelta(days=365)
_IDLE = ("review_unused", "review_not_raised")


def reviews_for(options: CrawlOptions, brands: Sequence[Brand]) -> RunReviews:
    """What people have decided by now, and whose changes wait.

    Raises:
        ConfigurationError: The directory that is usual is not there, and the latest run had
            reviews: without them, what was rejected would be official again.
    """
    from crawler.plan import ConfigurationError
    from crawler.review_files import load_reviews, reviews_directory
    from outputs.row_reviews import read_reviews
    from outputs.run_directory import latest_run
    from pipelines.review import RunReviews

    directory = reviews_directory(options.reviews_directory, options.brands_directory, Path.cwd())
    latest = latest_run(options.data_dir)
    before = read_reviews(latest) if latest is not None else RunReviews()
    held = _held(options.hold, brands) if options.hold else _still_held(before.held, brands)
    if options.reviews_directory is None and not directory.is_dir():
        if latest is not None and before.reviews:
            raise ConfigurationError(
                f"the latest run, {latest.run_id}, had {len(before.reviews)} reviews, and there is "
                f"no {directory}: name their directory with --reviews; an empty one takes them back"
            )
        return RunReviews((), held)
    return RunReviews(load_reviews(directory, (b.id for b in brands)), held)


def read_again(run: RunDirectory, directory: Path, brands: Sequence[Brand]) -> RunReviews:
    """Reviews of today for a run that was made before; whose changes wait stays as it was."""
    from crawler.review_files import load_reviews
    from outputs.row_reviews import read_reviews
    from pipelines.review import RunReviews

    return RunReviews(load_reviews(directory, (b.id for b in brands)), read_reviews(run).held)


def _held(hold: Iterable[str], brands: Sequence[Brand]) -> frozenset[str]:
    """Ids of the brands that `--hold` names: `high`, `all`, `none`, or brands."""
    found: set[str] = set()
    for wanted in (name for name in hold if name != "none"):
        if wanted == "all":
            found |= {brand.id for brand in brands}
        elif wanted == "high":
            found |= {brand.id for brand in brands if brand.high_risk}
        else:
            found |= _called(brands, wanted)
    return frozenset(found)


def _called(brands: Sequence[Brand], wanted: str) -> set[str]:
    from pipelines.naming import UnknownBrandError

    try:
        return {brand.id for brand in brands_named(brands, (wanted,))}
    except UnknownBrandError as error:
        said = f"--hold takes high, all, none, or brands: {error}"
        raise UnknownBrandError(said, wanted=error.wanted, near=error.near) from error


def _still_held(before: frozenset[str], brands: Sequence[Brand]) -> frozenset[str]:
    """Whose changes go on waiting: one crawl without the option must not let them all through."""
    held = before & {brand.id for brand in brands}
    if held:
        named = ", ".join(sorted(held))
        say(f"changes of {named} wait for a review, as in the latest run (--hold none ends it)")
    return held


def check(directory: Path | None, brands_directory: Path | None) -> int:
    """Prints every problem of the review files; exit 2 if there is one."""
    from crawler.registry import load_brands
    from crawler.review_files import check_reviews, load_reviews, reviews_directory

    place = reviews_directory(directory, brands_directory, Path.cwd())
    ids = [brand.id for brand in load_brands(brands_directory)]
    if directory is None and not place.is_dir():
        print(f"no reviews: there is no {place}")
        return ExitCode.OK
    problems = check_reviews(place, ids)
    for problem in problems:
        say(str(problem))
    if problems:
        say(f"{len(problems)} problems")
        return ExitCode.USAGE
    print(f"{len(load_reviews(place, ids))} reviews are in order")
    return ExitCode.OK


def show(data_dir: Path, *, pending: bool, run: str, as_json: bool) -> int:
    """The reviews of a run with what became of them, or the changes that wait for one."""
    from outputs.manifest import read_manifest
    from outputs.row_reviews import read_reviews
    from outputs.run_directory import resolve_run
    from outputs.table_files import read_table

    directory = resolve_run(data_dir, run)
    if pending:
        return _show_pending(data_dir, directory, as_json=as_json)
    issues = list(read_table(directory.table("issues")))
    told, started = read_reviews(directory), read_manifest(directory).facts.started
    rows = [(review, _state(review, issues, started)) for review in told.reviews]
    if as_json:
        reviews = [{**_plain(review), "state": state} for review, state in rows]
        _print_document(directory, {"held": sorted(told.held), "reviews": reviews})
        return ExitCode.OK
    held = f"; changes wait of: {', '.join(sorted(told.held))}" if told.held else ""
    print(f"{directory.run_id}: {len(rows)} reviews{held}")
    if rows:
        columns = ("hotline", "decision", "state", "expires", "reviewer", "reason", "where")
        cells = (
            (r.row_id, r.decision, s, r.expires, r.reviewer, r.reason, r.place) for r, s in rows
        )
        print_table("", columns, cells)
    return ExitCode.OK


def _state(review: RowReview, issues: Iterable[Row], started: datetime) -> str:
    if review.expires < started.date():
        return "expired"
    mine = (i for i in issues if str(i["message"]).startswith(f"{review.place}: "))
    idle = next((str(i["code"]) for i in mine if i["code"] in _IDLE), "in_force")
    return idle.removeprefix("review_")


def _plain(review: RowReview) -> dict[str, object]:
    return {
        "hotline": review.row_id,
        "decision": review.decision.value,
        "change": review.change or None,
        "doubts": list(review.doubts),
        "reason": review.reason,
        "reviewer": review.reviewer,
        "date": review.dated.isoformat(),
        "expires": review.expires.isoformat(),
        "where": review.place,
    }


def waiting(data_dir: Path, directory: RunDirectory) -> list[Row]:
    """Changes that wait, of each brand from the last run that crawled it."""
    from outputs.crawl_plan import PLAN, read_plan
    from outputs.manifest import read_manifest
    from outputs.row_reviews import read_reviews
    from outputs.run_directory import DataDirectory
    from outputs.table_files import read_table

    found: list[Row] = []
    run, wanted = directory, read_reviews(directory).held
    while wanted and (run.captures / PLAN).exists() and run.table("issues").exists():
        crawled = read_plan(run)[0] & wanted
        rows = read_table(run.table("issues"))
        found += [r for r in rows if r["code"] == "review_pending" and r["brand_id"] in crawled]
        parent = read_manifest(run).facts.parent
        if parent is None:
            break
        run, wanted = DataDirectory(data_dir).run(parent), wanted - crawled
    return sorted(found, key=lambda row: (str(row["hotline"]), str(row["change"])))


def _show_pending(data_dir: Path, directory: RunDirectory, *, as_json: bool) -> int:
    from outputs.manifest import read_manifest

    found = waiting(data_dir, directory)
    if as_json:
        names = ("hotline", "change", "message", "url")
        pending = [{name: row[name] for name in names} for row in found]
        _print_document(directory, {"pending": pending})
        return ExitCode.OK
    if not found:
        say(f"{directory.run_id}: nothing waits for a review")
        return ExitCode.OK
    say(f"{directory.run_id}: {len(found)} changes wait; paste what you decide into "
        "reviews/BRAND.toml, and fill in reason and reviewer")  # fmt: skip
    today = read_manifest(directory).facts.started.date()
    print("\n".join(stanza(row, today) for row in found), end="")
    return ExitCode.OK


def stanza(row: Row, today: date) -> str:
    """A review to paste, without its reason: what nobody looked at must not pass."""
    match = _ID.fullmatch(str(row["hotline"]))
    assert match is not None, f"{row['hotline']} is no id of a hotline"
    about = "".join(f'{name} = "{value}"\n' for name, value in match.groupdict().items() if value)
    said = " ".join(clean(str(row["message"])).split())
    page = f"# {' '.join(clean(str(row['url'])).split())}\n" if row["url"] else ""
    return (
        f"# {said}\n{page}[[review]]\n{about}"
        f'change = "{row["change"]}"\n'
        'decision = "accept" # or "reject": the old row stays\n'
        'reason = ""\nreviewer = ""\n'
        f"date = {today}\nexpires = {today + _VALID}\n\n"
    )


def _print_document(directory: RunDirectory, values: dict[str, object]) -> None:
    from outputs.schema import SCHEMA_VERSION

    print_json({"schema_version": SCHEMA_VERSION, "run_id": directory.run_id, **values})
