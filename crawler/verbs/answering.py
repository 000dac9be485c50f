"""`check`: whose number is this? An answer, why, and what to do instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.exit_codes import ExitCode
from crawler.language import Words
from crawler.paper import Field, Paper
from crawler.terminal import closing_pipe, print_json
from crawler.verbs import wording

if TYPE_CHECKING:
    from outputs.lookup import Answer
    from outputs.lookup_tables import Snapshot
    from outputs.rows import Row

_CODES = {
    "official": ExitCode.OK,
    "was_official": ExitCode.WAS_OFFICIAL,
    "claimed": ExitCode.CLAIMED,
    "belongs_to_other": ExitCode.OTHER_BRAND,
    "not_in_data": ExitCode.NOT_IN_DATA,
}


def check(data_dir: Path, text: str, *, brand: str | None, as_json: bool, words: Words) -> int:
    """Answers on each number in `text`; the exit code is that of the least official one."""
    from outputs.lookup import check as answers_on
    from outputs.lookup_tables import brand_called, open_snapshot

    snapshot = open_snapshot(data_dir)
    answers = answers_on(snapshot, text, brand)
    asked_for = brand_called(snapshot, brand) if brand else None
    with closing_pipe():  # the code is the answer, however much of it was read
        if as_json:
            print_json(_document(snapshot, answers, text, words))
        else:
            _print_all(snapshot, answers, asked_for, words)
    return max(_CODES[answer.kind.value] for answer in answers)


def _print_all(
    snapshot: Snapshot, answers: tuple[Answer, ...], asked_for: str | None, words: Words
) -> None:
    paper = Paper()
    for index, answer in enumerate(answers):
        paper.blank() if index else None
        _print(paper, snapshot, answer, asked_for, words)
    paper.warning(words("warning", "always"), *_lost(answers, words))
    paper.small(_source(snapshot, words))


def _lost(answers: tuple[Answer, ...], words: Words) -> list[str]:
    official = all(answer.kind == "official" for answer in answers)
    return [] if official else [words("warning", "lost")]


def _print(
    paper: Paper, snapshot: Snapshot, answer: Answer, asked_for: str | None, words: Words
) -> None:
    title = words("answer", _said(answer))
    names = wording.brand_names(snapshot, answer.brands, words)
    if names and answer.kind in ("official", "was_official"):
        title = f"{title} · {names}"
    paper.title(_number(answer), title, good=answer.kind == "official")
    paper.line(_meaning(snapshot, answer, asked_for, words))
    rows = answer.hotlines if answer.kind == "official" else ()
    for row in rows:
        paper.blank()
        several = [(words("page", "brand"), names_of(snapshot, row, words))] * (len(rows) > 1)
        paper.fields([*several, *wording.call_fields(row, answer.abroad, words)])
    paper.blank()
    paper.fields(_proof(snapshot, answer, asked_for, words))


def names_of(snapshot: Snapshot, row: Row, words: Words) -> str:
    """Name of the brand of a row."""
    return wording.brand_name(snapshot, str(row["brand_id"]), words)


def _number(answer: Answer) -> str:
    if answer.hotlines:
        return wording.printed(answer.hotlines[0])
    number = answer.number
    if number is None:
        return answer.asked
    return f"{number.area}-{number.number}" if number.area else number.display or number.number


def _said(answer: Answer) -> str:
    """The words for an answer: its kind, or what is known of a number that is no hotline."""
    if any(code.endswith(":warning") for code in answer.reasons):
        return "warned"
    if answer.kind == "not_in_data" and answer.quotes:
        return "no_hotline"
    return answer.kind.value


def _meaning(snapshot: Snapshot, answer: Answer, asked_for: str | None, words: Words) -> str:
    names = wording.brand_names(snapshot, answer.brands, words)
    kind = _said(answer)
    since, until = words.day(answer.since), words.day(answer.until)
    if kind == "belongs_to_other":
        asked = wording.brand_name(snapshot, asked_for, words) if asked_for else ""
        owner = wording.brand_name(snapshot, answer.owner, words)
        owner = owner or (names if answer.hotlines else "")
        if not owner:
            return words("means", "belongs_to_other_third", brands=names)
        key = kind if asked else f"{kind}_nobody"
        return words("means", key, owner=owner, asked=asked)
    key = kind
    if kind == "claimed":
        key = "claimed_own" if answer.hotlines else kind if names else "claimed_nobody"
    return words("means", key, brands=names, since=since, until=until)


def _proof(snapshot: Snapshot, answer: Answer, asked_for: str | None, words: Words) -> list[Field]:
    """What to do instead comes first: whoever asks is in a hurry."""
    why = [words.code("reason", code) for code in answer.reasons]
    fields: list[Field] = [
        (words("page", "why"), list(dict.fromkeys(why))),
        (words("page", "evidence"), wording.quote_lines(answer.quotes, words)),
    ]
    official = answer.kind == "official"
    return fields if official else [_instead(snapshot, answer, asked_for, words), *fields]


def _instead(snapshot: Snapshot, answer: Answer, asked_for: str | None, words: Words) -> Field:
    brand = asked_for or next(iter(answer.brands), None)
    if answer.instead:
        name = names_of(snapshot, answer.instead[0], words)
        lines = [f"{name} {wording.in_short(row, words)}" for row in answer.instead]
        return words("page", "instead"), lines
    if brand:
        name = wording.brand_name(snapshot, brand, words)
        return words("page", "instead"), words("page", "no_instead", brand=name)
    return words("page", "next"), words("page", "no_brand_instead")


def _source(snapshot: Snapshot, words: Words) -> str:
    day = words.day(snapshot.started)
    return words("page", "data_of", run=snapshot.run.run_id, day=day)


def _document(
    snapshot: Snapshot, answers: tuple[Answer, ...], text: str, words: Words
) -> Mapping[str, object]:
    from outputs.schema import SCHEMA_VERSION

    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": snapshot.run.run_id,
        "checked": text,
        "answers": [_object(answer, words) for answer in answers],
        "warning": words("warning", "always"),
    }


def _object(answer: Answer, words: Words) -> dict[str, Any]:
    number = answer.number
    return {
        "asked": answer.asked,
        "answer": answer.kind.value,
        "exit_code": int(_CODES[answer.kind.value]),
        "number": number.number if number else None,
        "area": number.area if number else None,
        "extension": number.extension if number else None,
        "number_class": number.number_class.value if number else None,
        "brands": list(answer.brands),
        "owner": answer.owner,
        "since": answer.since,
        "until": answer.until,
        "reasons": [{"code": c, "words": words.code("reason", c)} for c in answer.reasons],
        "hotlines": list(answer.hotlines),
        "evidence": [asdict(quote) for quote in answer.quotes],
        "abroad": answer.abroad,
        "instead": list(answer.instead),
        "claims": list(answer.claims),
    }
