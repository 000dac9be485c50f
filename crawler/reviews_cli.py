"""What people decide: `accept`, `reject` and the verbs of `review`; thin like `cli.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crawler.options import AsJson, DataDir, data_dir_of
from crawler.registry_cli import BrandsDir

review = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="What people decided about rows: reviews/*.toml.",
)
ReviewsDir = Annotated[
    Path | None,
    typer.Option(
        "--reviews",
        envvar="HOTLINES_REVIEWS",
        help="Directory of reviews; else `reviews` beside the brand files, or in the checkout.",
        show_default=False,
    ),
]


@review.command(
    epilog="Examples: hotlines review check · hotlines review check --reviews my/reviews"
)
def check(reviews: ReviewsDir = None, brands: BrandsDir = None) -> int:
    """Check review files; each problem with file, line and key."""
    from crawler.verbs.reviewing import check as look

    return look(reviews, brands)


@review.command("list", epilog="Examples: hotlines review list · hotlines review list --pending")
def list_(
    data_dir: DataDir = None,
    run: Annotated[str, typer.Option(help="Run id, its beginning, or latest.")] = "latest",
    pending: Annotated[
        bool, typer.Option("--pending", help="Changes that wait, as TOML to paste.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """List the reviews of a run, or the changes that wait for one."""
    from crawler.verbs.reviewing import show

    return show(data_dir_of(data_dir), pending=pending, run=run, as_json=as_json)


def add_decisions(app: typer.Typer) -> None:
    """Adds the verbs about refused runs to the program."""
    app.command(
        epilog="Examples: hotlines accept 20261122 --reason 'brand closed, looked' · "
        "hotlines accept 20261122 --brand alipay --reason 'page rebuilt, looked'"
    )(accept)
    app.command(epilog="Examples: hotlines reject 20261122 --reason 'the site was down'")(reject)


def accept(
    run: Annotated[str, typer.Argument(help="Id of a quarantined run, or its beginning.")],
    reason: Annotated[str, typer.Option(help="What you looked at, and saw.")],
    brand: Annotated[
        list[str] | None, typer.Option(help="Publish this brand's own reading, too.")
    ] = None,
    data_dir: DataDir = None,
) -> int:
    """Publish a run that the gate refused."""
    from crawler.verbs.keeping import accept as publish

    return publish(data_dir_of(data_dir), run, reason=reason, brands=tuple(brand or ()))


def reject(
    run: Annotated[str, typer.Argument(help="Id of a quarantined run, or its beginning.")],
    reason: Annotated[str, typer.Option(help="What you looked at, and saw.")],
    data_dir: DataDir = None,
) -> int:
    """Note that a refused run must not be published."""
    from crawler.verbs.keeping import reject as note

    return note(data_dir_of(data_dir), run, reason=reason)
