"""A search host that answers as SearXNG does with `format=json`; results from `search.toml`."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawler.sampleweb.answers import Answer, status_page

_TABLE = Path(__file__).parent / "corner" / "search.toml"
_TO_A_PAGE = 10


def search_answer(query_string: str) -> Answer:
    """What `/search?q=…&format=json&pageno=…` says; other formats are not switched on."""
    asked = {name: values[-1] for name, values in parse_qs(query_string).items()}
    query, page = asked.get("q", "").strip(), asked.get("pageno", "1")
    if not query or not page.isdecimal() or page == "0":
        return status_page(400)
    if asked.get("format") != "json":
        return status_page(403)  # what an instance says to a format that its operator left out
    body = json.dumps(_document(query, int(page)), ensure_ascii=False).encode()
    return Answer(body=body, content_type="application/json")


def _document(query: str, page: int) -> dict[str, object]:
    table = _table()
    hits = [row for row in table["result"] if any(word in query for word in row["words"])]
    shown = hits[(page - 1) * _TO_A_PAGE : page * _TO_A_PAGE]
    return {
        "query": query,
        "number_of_results": 0,  # most engines do not tell, and SearXNG then says 0
        "results": [_result(row, place) for place, row in enumerate(shown, start=1)],
        "answers": [],
        "corrections": [],
        "infoboxes": [],
        "suggestions": table["suggestions"] if hits else [],
        "unresponsive_engines": table["unresponsive"],
    }


def _result(row: dict[str, str], place: int) -> dict[str, object]:
    parts = urlsplit(row["url"])
    return {
        "url": row["url"],
        "title": row["title"],
        "content": row["content"],
        "publishedDate": None,
        "thumbnail": "",
        "engine": row["engine"],
        "engines": [row["engine"]],
        "template": "default.html",
        "parsed_url": [parts.scheme, parts.netloc, parts.path, "", parts.query, parts.fragment],
        "positions": [place],
        "score": 1 / place,
        "category": "general",
    }


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))
