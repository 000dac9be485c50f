"""The verbs of `hotlines`; thin wiring. What each does is in `crawler/verbs/`.

Nothing heavy is imported here: `hotlines --help` must answer at once.
"""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from crawler.exit_codes import ExitCode
from crawler.options import AsJson, DataDir, Leads, SearchEndpoint, data_dir_of
from crawler.questions import add_questions
from crawler.quiet_group import QuietGroup
from crawler.registry_cli import BrandsDir, registry
from crawler.reviews_cli import ReviewsDir, add_decisions, review

app = typer.Typer(
    name="hotlines",
    cls=QuietGroup,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich costs a third of the start-up of --help
    help="Official customer-service numbers of wallets and payment companies, with proof.\n\n"
    "Try: hotlines demo — three days of an invented web, offline.",
)
app.add_typer(registry, name="registry")
app.add_typer(review, name="review")
add_questions(app)
add_decisions(app)

Run = Annotated[str, typer.Option(help="Run id, its beginning, or latest.")]
Delay = Annotated[float | None, typer.Option(min=0, help="Seconds between requests to a host.")]
Timeout = Annotated[float, typer.Option(min=0.1, help="Seconds a server may take.")]
Contact = Annotated[
    str | None, typer.Option(help="Address for the User-Agent; also HOTLINES_CONTACT.")
]
Resolve = Annotated[
    list[str] | None, typer.Option(help="HOST:PORT=ADDR:PORT, as curl's --connect-to.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the crawl that was killed.")]
Render = Annotated[
    bool, typer.Option("--render", help="Let a browser read pages of scripts (extra browser).")
]
Accept = Annotated[
    str | None,
    typer.Option(
        metavar="REASON",
        help="With --brand: you looked, its pages are right; the gate holds nothing back.",
    ),
]

Hold = Annotated[
    list[str] | None,
    typer.Option(
        metavar="high|all|none|BRAND",
        envvar="HOTLINES_HOLD",
        help="Changes of these brands wait for a review; high: those whose file says risk. "
        "Without it, as in the latest run.",
        show_default=False,
    ),
]


class Form(StrEnum):
    """Output forms of `extract`."""

    JSONL = "jsonl"
    TABLE = "table"


@app.command(
    epilog="Examples: hotlines crawl --contact you@your.org · hotlines crawl --brand alipay"
)
def crawl(
    brand: Annotated[list[str] | None, typer.Option(help="Crawl only this brand.")] = None,
    brands: BrandsDir = None,
    data_dir: DataDir = None,
    contact: Contact = None,
    resolve: Resolve = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Allow private and loopback addresses.")
    ] = False,
    delay: Delay = None,
    timeout: Timeout = 30.0,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="NAME=VALUE, a Scrapy setting.")
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 10 if there are changes.")
    ] = False,
    capture_only: Annotated[
        bool, typer.Option("--capture-only", help="Stop after fetching; see `process`.")
    ] = False,
    ocr: Annotated[
        bool, typer.Option("--ocr", help="Read numbers in images too (extra ocr).")
    ] = False,
    render: Render = False,
    resume: Resume = False,
    accept: Accept = None,
    leads: Leads = False,
    search_endpoint: SearchEndpoint = None,
    reviews: ReviewsDir = None,
    hold: Hold = None,
    quiet: Quiet = False,
) -> int:
    """Fetch the declared pages, read them, publish a snapshot with its changes."""
    from crawler.verbs.running import CrawlOptions
    from crawler.verbs.running import crawl as run

    return run(
        CrawlOptions(
            data_dir=data_dir_of(data_dir),
            brand_ids=tuple(brand or ()),
            brands_directory=brands,
            contact=contact,
            resolve=tuple(resolve or ()),
            allow_private=allow_private,
            delay=delay,
            timeout=timeout,
            settings=tuple(settings or ()),
            exit_code=exit_code,
            quiet=quiet,
            capture_only=capture_only,
            ocr=ocr,
            render=render,
            resume=resume,
            accept=accept or "",
            leads=leads,
            search_endpoint=search_endpoint,
            reviews_directory=reviews,
            hold=tuple(hold or ()),
        )
    )


@app.command(epilog="Examples: hotlines process 20261122T211500Z-k3f · hotlines process 20261122")
def process(
    run: Annotated[str, typer.Argument(help="Id of a captured run.")],
    data_dir: DataDir = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 10 on changes.")] = False,
    reviews: Annotated[
        Path | None, typer.Option(help="Use these reviews, not those of its day.")
    ] = None,
    quiet: Quiet = False,
) -> int:
    """Finish a run that was only captured: read, compare, publish."""
    from crawler.verbs.running import process as finish

    place = data_dir_of(data_dir)
    return finish(place, run, exit_code=exit_code, quiet=quiet, reviews=reviews)


@app.command(
    epilog="Examples: hotlines replay latest --check · hotlines replay --compare --since 20261101 "
    "· hotlines replay --since 20261101"
)
def replay(
    run: Annotated[str, typer.Argument(help="Run id, its beginning, or latest.")] = "latest",
    data_dir: DataDir = None,
    check: Annotated[
        bool, typer.Option("--check", help="Compare every byte; exit 3 if any differs.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(metavar="RUN", help="Read all runs since RUN again; publish the result."),
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Print what would change, by rule; publish nothing.")
    ] = False,
    as_json: AsJson = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 10 on changes.")] = False,
    quiet: Quiet = False,
) -> int:
    """Build runs anew from their captures, without network, with today's rules."""
    from crawler.verbs.replaying import ReplayOptions
    from crawler.verbs.replaying import replay as again

    place = data_dir_of(data_dir)
    return again(ReplayOptions(place, run, check, since, compare, as_json, exit_code, quiet))


@app.command(epilog="Examples: hotlines extract page.html · hotlines extract pages/ --explain")
def extract(
    paths: Annotated[list[Path], typer.Argument(help="Files or directories; - is stdin.")],
    form: Annotated[
        Form, typer.Option("--format", help="jsonl: one object per mention.")
    ] = Form.TABLE,
    url: Annotated[str, typer.Option(help="Where the document came from.")] = "",
    brand: Annotated[str | None, typer.Option(help="Brand the document belongs to.")] = None,
    country: Annotated[
        str, typer.Option(help="Country of the publisher, two letters; else the page tells.")
    ] = "",
    explain: Annotated[
        bool, typer.Option("--explain", help="Rules that decided, and what was refused.")
    ] = False,
    self_check: Annotated[
        bool, typer.Option("--self-check", help="Read HTML twice; say where two readers differ.")
    ] = False,
) -> int:
    """Read numbers from files: html, txt, md, json, pdf; images with the extra ocr."""
    from crawler.verbs.reading import extract as read

    return read(
        paths,
        form=form.value,
        url=url,
        brand=_brand(brand) if brand else None,
        country=country.upper(),
        explain=explain,
        self_check=self_check,
    )


@app.command(epilog="Examples: hotlines show alipay/95188 · hotlines show 95188 --json")
def show(
    hotline: Annotated[str, typer.Argument(help="Id (brand/number) or number.")],
    data_dir: DataDir = None,
    run: Run = "latest",
    as_json: AsJson = False,
    raw: Annotated[bool, typer.Option("--raw", help="Write the captured body itself.")] = False,
) -> int:
    """Show a hotline, its evidence, and the capture it came from."""
    from crawler.verbs.looking import show as look

    return look(data_dir_of(data_dir), hotline, run=run, as_json=as_json, raw=raw)


@app.command(epilog="Examples: hotlines diff · hotlines diff 20261122 --json")
def diff(
    run: Annotated[str, typer.Argument(help="Run id, its beginning, or latest.")] = "latest",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> int:
    """Show what a run changed against its parent, with causes and reasons."""
    from crawler.verbs.looking import diff as look

    return look(data_dir_of(data_dir), run, as_json=as_json)


@app.command(epilog="Examples: hotlines path hotlines · hotlines path evidence --run 20261122")
def path(
    table: Annotated[str, typer.Argument(help="Name of a table.")],
    data_dir: DataDir = None,
    run: Run = "latest",
) -> int:
    """Print the path of a table's Parquet file."""
    from crawler.verbs.looking import path as look

    return look(data_dir_of(data_dir), table, run=run)


@app.command(
    epilog="Examples: hotlines status --max-age 36h · "
    "hotlines status --max-age 36h --max-age policy=14d --max-age alipay=24h --json"
)
def status(
    data_dir: DataDir = None,
    max_age: Annotated[
        list[str] | None,
        typer.Option(
            help="Exit 3 if no hotline was read for longer: 36h, 2d, 90m. With a brand, a kind of "
            "source or `source` in front (policy=14d): if any such source was silent for longer."
        ),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Exit 3 also for unhealthy brands, or a refused last run."),
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Show the last run, and how old is what is published."""
    from crawler.verbs.monitoring import status as look

    parts = [text.rpartition("=") for text in max_age or ()]
    ages = {name.strip(): _duration(age) for name, _, age in parts}
    return look(data_dir_of(data_dir), ages=ages, strict=strict, as_json=as_json)


@app.command(epilog="Examples: hotlines verify · hotlines verify --json")
def verify(data_dir: DataDir = None, as_json: AsJson = False, quiet: Quiet = False) -> int:
    """Check every digest, count, schema, chain and pointer; exit 3 if anything is damaged."""
    from crawler.verbs.keeping import verify as check

    return check(data_dir_of(data_dir), as_json=as_json, quiet=quiet)


@app.command(epilog="Examples: hotlines prune --keep 90 · hotlines prune --older-than 365d")
def prune(
    data_dir: DataDir = None,
    keep: Annotated[int | None, typer.Option(help="Newest runs that stay whole.")] = None,
    older_than: Annotated[
        str | None, typer.Option(help="Take away only of runs older than this: 90d.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say it, change nothing.")] = False,
) -> int:
    """Free the space of old runs; their changes, and what is still read, stay."""
    from crawler.verbs.keeping import prune as take_away

    age = _duration(older_than) if older_than else None
    return take_away(data_dir_of(data_dir), keep=keep, older_than=age, dry_run=dry_run)


@app.command(epilog="Examples: hotlines history alipay/95188 · hotlines history --as-of 2026-11-22")
def history(
    hotline: Annotated[
        str | None, typer.Argument(help="Id (brand/number); without it, the published runs.")
    ] = None,
    data_dir: DataDir = None,
    as_of: Annotated[
        str | None, typer.Option(help="The snapshot of a day, a moment, or a run.")
    ] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Derive the history again from the runs.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Show every version of a hotline, or the snapshot of any day."""
    from crawler.verbs.keeping import history as look

    place = data_dir_of(data_dir)
    return look(place, hotline, as_of=as_of, rebuild=rebuild, as_json=as_json)


@app.command(epilog="Examples: hotlines push s3://bucket/hotlines · hotlines push --json")
def push(
    target: Annotated[
        str | None,
        typer.Argument(
            help="Object store, s3://bucket/prefix (extra s3).", envvar="HOTLINES_PUSH_TO"
        ),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Copy published runs to an object store; readers there see old or new, whole."""
    from crawler.verbs.pushing import push as copy

    return copy(data_dir_of(data_dir), target, as_json=as_json, quiet=quiet)


@app.command(epilog="Examples: hotlines demo · hotlines demo --data-dir demo-data")
def demo(
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> int:
    """Run three days of the embedded sample web, offline."""
    from crawler.verbs.demonstration import demo as run

    return run(data_dir, as_json=as_json)


def main(arguments: list[str] | None = None) -> None:
    """Console script: runs a verb and turns expected failures into messages and exit codes."""
    from crawler.verbs.failing import exit_code_of
    from crawler.verbs.starting import Terminated

    try:
        code = app(args=arguments, standalone_mode=False)
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    except Terminated:
        code = ExitCode.TERMINATED
    except Exception as error:
        code = exit_code_of(error)
    sys.exit(int(code or 0))


def _duration(text: str) -> timedelta:
    match = re.fullmatch(r"(\d+)\s*([mhd])", text.strip())
    if match is None:
        raise typer.BadParameter(f"{text!r} is no duration; write 90m, 36h or 2d")
    unit = {"m": "minutes", "h": "hours", "d": "days"}[match[2]]
    return timedelta(**{unit: int(match[1])})


def _brand(brand_id: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
    from crawler.verbs.checking import brand_named

    return brand_named(brand_id)


if __name__ == "__main__":
    main()
    raise SystemExit(ExitCode.OK)
