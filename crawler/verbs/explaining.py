"""`explain`: why a number is in or out; for a brand, a number, or a run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.exit_codes import ExitCode
from crawler.language import Words
from crawler.paper import Field, Paper
from crawler.terminal import print_json
from crawler.verbs import wording
from crawler.verbs.looking import what_changed

if TYPE_CHECKING:
    from outputs.explaining import Case
    from outputs.lookup import Answer
    from outputs.lookup_tables import Snapshot
    from outputs.rows import Row
    from outputs.run_directory import RunDirectory

_RUN = re.compile(r"latest|\d{8}(?:T\d.*)?")
_OPS = {"ADD": "added", "MOD": "changed_row", "DEL": "removed"}


def explain(data_dir: Path, subject: str, *, as_json: bool, words: Words) -> int:
    """Explains a run, a brand, or a number, whichever the subject is."""
    from outputs.explaining import cases_of_brand, cases_of_number
    from outputs.lookup_tables import UnknownBrandError, brand_called, open_snapshot
    from outputs.run_directory import resolve_run

    if _RUN.fullmatch(subject):
        return _explain_run(resolve_run(data_dir, subject), as_json=as_json, words=words)
    snapshot = open_snapshot(data_dir)
    try:
        brand_id = brand_called(snapshot, subject)
    except UnknownBrandError:
        if not any(char.isdigit() for char in subject):
            raise
        answers, cases = cases_of_number(snapshot, subject)
        return _tell(snapshot, subject, answers, cases, as_json=as_json, words=words)
    cases = cases_of_brand(snapshot, brand_id)
    title = wording.brand_name(snapshot, brand_id, words)
    return _tell(snapshot, title, (), cases, as_json=as_json, words=words)


def _tell(
    snapshot: Snapshot,
    subject: str,
    answers: tuple[Answer, ...],
    cases: tuple[Case, ...],
    *,
    as_json: bool,
    words: Words,
) -> int:
    if as_json:
        found = [_object(case, words) for case in cases]
        claims = [row for answer in answers for row in answer.claims]
        head = {"run_id": snapshot.run.run_id, "subject": subject}
        _print_document({**head, "cases": found, "claims": claims})
        return ExitCode.OK
    paper = Paper()
    kinds = words("page", "and").join(words("answer", answer.kind.value) for answer in answers)
    paper.title(subject, kinds, good=all(answer.kind == "official" for answer in answers))
    if not cases:
        _print_unseen(paper, snapshot, answers, words)
    for standing, group in groupby(cases, key=lambda case: case.standing):
        paper.heading(words("standing", standing.value))
        for case in group:
            paper.blank()
            _print_case(paper, snapshot, case, words)
    paper.warning(words("warning", "always"))
    paper.small(words("page", "data_of", run=snapshot.run.run_id, day=words.day(snapshot.started)))
    return ExitCode.OK


def _print_unseen(
    paper: Paper, snapshot: Snapshot, answers: tuple[Answer, ...], words: Words
) -> None:
    """A number of no page of a brand: what is known of its kind, or who speaks of it."""
    run = snapshot.run.run_id
    claimed = any(answer.claims for answer in answers)
    told = words("page", "only_elsewhere", run=run) if claimed else ""
    paper.line(told or words("page", "nothing_known", run=run))
    codes = dict.fromkeys(code for answer in answers for code in answer.reasons)
    quotes = [quote for answer in answers for quote in answer.quotes]
    paper.fields(
        [
            (words("page", "why"), [words.code("reason", code) for code in codes]),
            (words("page", "evidence"), wording.quote_lines(quotes, words)),
        ]
    )


def _print_case(paper: Paper, snapshot: Snapshot, case: Case, words: Words) -> None:
    name = wording.brand_name(snapshot, case.brand_id, words)
    if case.row is None:
        paper.name(case.number, name)
    else:
        paper.name(wording.printed(case.row), f"{name} · {wording.purposes(case.row, words)}")
    paper.fields(_fields(case, words))


def _fields(case: Case, words: Words) -> list[Field]:
    row = case.row
    why = [words.code("reason", code) for code in case.reasons]
    return [
        (words("page", "verdict"), words("verdict", str(row["verdict"])) if row else ""),
        (words("page", "why"), [*dict.fromkeys(why), *_successor(case, words)]),
        (words("page", "reviewed"), _reviews(row) if row else ""),
        (words("page", "seen" if case.standing == "out" else "since"), words.day(case.since)),
        (words("page", "until"), words.day(case.until) if case.until else ""),
        (words("page", "presence"), _presence(row, words) if row else ""),
        (words("page", "rules"), [f"{words.code('rule', r)}  [{r}]" for r in case.rules]),
        (words("page", "evidence"), wording.quote_lines(case.quotes, words)),
    ]


def _reviews(row: Row) -> list[str]:
    """What people wrote when they decided about a row."""
    said = row["verdict_evidence"]
    places = [str(place) for place in said] if isinstance(said, list | tuple) else []
    return [place.partition(": ")[2] for place in places if place.startswith("review:")]


def _successor(case: Case, words: Words) -> list[str]:
    if not case.replaced_by:
        return []
    return [words("page", "took_its_place", number=case.replaced_by)]


def _presence(row: Row, words: Words) -> str:
    seen = words.day(row["last_seen"])  # type: ignore[arg-type]
    if row["presence"] == "observed":
        return f"{words('page', 'observed')} ({seen})"
    why = words.code("reason", str(row["presence_reason"]))
    return f"{words('page', 'not_observed', why=why)} ({words('page', 'last_seen')} {seen})"


# --- a run ------------------------------------------------------------------------------------


def _explain_run(run: RunDirectory, *, as_json: bool, words: Words) -> int:
    from outputs.manifest import read_manifest
    from outputs.rows import json_row
    from outputs.schema import CHANGES
    from outputs.table_files import read_table

    facts = read_manifest(run).facts
    changes = [json_row(CHANGES, row) for row in read_table(run.table("changes"))]
    review = facts.review
    if as_json:
        told = [{**row, "words": words.code("reason", str(row["reason"]))} for row in changes]
        _print_document(
            {
                "run_id": facts.run_id,
                "result": facts.result.value,
                "reasons": list(facts.reasons),
                "unhealthy_brands": list(facts.unhealthy_brands),
                "changes": told,
            }
        )
        return ExitCode.OK
    paper = Paper()
    result = words("result", facts.result.value)
    paper.title(facts.run_id, result, good=facts.result.value == "published")
    accepted = [words("page", "accepted", reason=review.reason)] if review else []
    paper.fields(
        [
            (words("page", "parent"), facts.parent or words("page", "first_run")),
            (words("page", "why"), [*(_gate(code, words) for code in facts.reasons), *accepted]),
            (words("page", "unhealthy"), list(facts.unhealthy_brands)),
        ]
    )
    paper.heading(words("page", "changed"))
    paper.fields(list(_change_fields(changes, words)) or [("", words("page", "no_changes"))])
    return ExitCode.OK


def _gate(code: str, words: Words) -> str:
    """A reason of the gate: its code ends at a colon, its figures follow."""
    head, _, detail = code.partition(": ")
    return words.code("reason", f"{head}:{detail}" if detail else head)


def _change_fields(changes: Iterable[dict[str, Any]], words: Words) -> Iterable[Field]:
    for row in changes:
        why = words.code("reason", str(row["reason"])) if row["reason"] else ""
        cause = f"{words('page', 'by')}: {words('cause', str(row['cause']))}"
        replaced = row["replaced_by"]
        successor = words("page", "took_its_place", number=replaced) if replaced else ""
        what = _what(row, words)
        told = "; ".join(filter(None, (what, why, successor, cause)))
        yield f"{words('page', _OPS[str(row['op'])])} {row['id']}", told


def _what(row: dict[str, Any], words: Words) -> str:
    """What a change says: fields before and after, or what an added or removed number is for."""
    if row["op"] == "MOD":
        return what_changed("MOD", row)
    side = row["after"] if row["op"] == "ADD" else row["before"]
    return words.codes("purpose", side.get("purposes") or ["unknown"])


def _object(case: Case, words: Words) -> dict[str, Any]:
    rules = [{"id": rule, "words": words.code("rule", rule)} for rule in case.rules]
    reasons = [{"code": code, "words": words.code("reason", code)} for code in case.reasons]
    return {
        **{name: getattr(case, name) for name in ("brand_id", "id", "number", "since", "until")},
        "standing": case.standing.value,
        "replaced_by": case.replaced_by,
        "reasons": reasons,
        "rules": rules,
        "evidence": [asdict(quote) for quote in case.quotes],
        "hotline": case.row,
    }


def _print_document(values: dict[str, Any]) -> None:
    from outputs.schema import SCHEMA_VERSION

    print_json({"schema_version": SCHEMA_VERSION, **values})
