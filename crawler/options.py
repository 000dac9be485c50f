"""Options that many verbs share, and where the data directory is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from crawler.language import Language, Words, language_of

DataDir = Annotated[
    Path | None,
    typer.Option(help="Where runs are kept; also HOTLINES_DATA_DIR.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Lang = Annotated[
    Language | None,
    typer.Option("--lang", help="zh or en; else as LC_ALL or LANG say.", show_default=False),
]
Leads = Annotated[
    bool, typer.Option("--leads", help="Read what others say too: social accounts, a search.")
]
SearchEndpoint = Annotated[
    str | None,
    typer.Option(metavar="URL", help="SearXNG to ask (implies --leads); HOTLINES_SEARCH_ENDPOINT."),
]


def data_dir_of(option: Path | None) -> Path:
    """The data directory: option, environment, or the usual place."""
    from outputs.run_directory import resolve_data_dir

    return resolve_data_dir(option, os.environ, Path.cwd())


def words_of(option: Language | None) -> Words:
    """Texts in the language of the option, else of the environment."""
    return Words(language_of(option, os.environ))
