"""The verbs that answer a person: `check`, `explain`, `brand`; thin wiring like `cli.py`."""

from __future__ import annotations

from typing import Annotated

import typer

from crawler.options import AsJson, DataDir, Lang, data_dir_of, words_of
from crawler.verbs.failing import failing_in


def add_questions(app: typer.Typer) -> None:
    """Adds the verbs to the program."""
    app.command(
        "check",
        epilog="Examples: hotlines check 95188 · hotlines check '+86 400-812-3123' --brand alipay",
    )(check)
    app.command(epilog="Examples: hotlines explain alipay · hotlines explain 95188")(explain)
    app.command(epilog="Examples: hotlines brand alipay · hotlines brand 支付宝 --lang zh")(brand)


def check(
    number: Annotated[
        str, typer.Argument(help="Any spelling, a tel: link, or a sentence out of a message.")
    ],
    brand: Annotated[str | None, typer.Option(help="Brand it is said to belong to.")] = None,
    data_dir: DataDir = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> int:
    """Answer whether a number is official; exit 0 only if it is."""
    from crawler.verbs.answering import check as answer

    place, words = data_dir_of(data_dir), words_of(lang)
    with failing_in(words, place, number):
        return answer(place, number, brand=brand, as_json=as_json, words=words)


def explain(
    subject: Annotated[str, typer.Argument(help="A brand, a number, or a run.")],
    data_dir: DataDir = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> int:
    """Explain why a number is in or out: since when, by which rule, on whose words."""
    from crawler.verbs.explaining import explain as tell

    place, words = data_dir_of(data_dir), words_of(lang)
    with failing_in(words, place, subject):
        return tell(place, subject, as_json=as_json, words=words)


def brand(
    name: Annotated[str, typer.Argument(metavar="BRAND", help="Id or name of a brand.")],
    data_dir: DataDir = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> int:
    """Show what a caller needs: numbers by purpose, what to have ready, other ways."""
    from crawler.verbs.portraying import brand as show

    place, words = data_dir_of(data_dir), words_of(lang)
    with failing_in(words, place, name):
        return show(place, name, as_json=as_json, words=words)
