"""Start a crawl in a child process and read what it left."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hostile_web import HostileWeb

from crawler.registry import brands_to_json
from outputs.captures import Fetch, read_fetches
from pipelines.model import Brand, CrawlLimits, Fact, Source
from pipelines.vocabulary import Grade, Outcome, SourceKind
from tests.warm import Program, begin

REPOSITORY = Path(__file__).resolve().parents[2]
DRIVER = Path(__file__).with_name("drive.py")
CONTACT = "tests@example.org"


def brand(name: str, *urls: str, limits: CrawlLimits | None = None) -> Brand:
    """An invented brand with its own domain NAME.test and these declared contact pages."""
    return Brand(
        id=name,
        name_zh=f"示例{name}",
        country="CN",
        domains=(Fact(f"{name}.test", Grade.D, "invented for a test"),),
        sources=tuple(
            Source(SourceKind.CONTACT, url, Grade.D, "invented for a test") for url in urls
        ),
        limits=limits or CrawlLimits(),
    )


@dataclass(frozen=True, slots=True)
class Crawled:
    """What a crawl left behind."""

    run: Path
    summary: dict[str, Any]
    fetches: tuple[Fetch, ...]
    stderr: str = field(repr=False)

    def of(self, name: str) -> tuple[Fetch, ...]:
        return tuple(fetch for fetch in self.fetches if fetch.brand_id == name)

    def one(self, name: str) -> Fetch:
        (fetch,) = self.of(name)
        return fetch

    def outcomes(self, name: str) -> list[Outcome]:
        return [fetch.outcome for fetch in self.of(name)]


def options(web: HostileWeb, run: Path, brands: Iterable[Brand], **changes: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "run_directory": str(run),
        "brands": brands_to_json(brands),
        "contact": CONTACT,
        "resolve": list(web.resolve),
        "allow_private": True,
        "timeout": 20.0,
        "settings": {},
    }
    return {**base, **changes}


def environment(web: HostileWeb) -> Mapping[str, str]:
    """No proxy and no contact from the machine; the web's own authority is trusted."""
    kept = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    kept.pop("HOTLINES_CONTACT", None)
    return {
        **kept,
        "SSL_CERT_FILE": str(web.ca_file),
        "PYTHONPATH": str(REPOSITORY),
        "http_proxy": "http://127.0.0.1:9",  # would break every fetch, if it were heeded
    }


def start(web: HostileWeb, given: Mapping[str, Any]) -> Program:
    process = begin(str(DRIVER), (), environment=environment(web))
    process.stdin.write(json.dumps(given))
    process.stdin.close()
    return process


def finish(process: Program, run: Path) -> Crawled:
    out, err = process.communicate(timeout=600)  # for a test that hangs; no other is cut
    assert process.returncode == 0, err
    return Crawled(run, json.loads(out.splitlines()[-1]), read_fetches(run), err)


def run_crawl(web: HostileWeb, run: Path, brands: Iterable[Brand], **changes: Any) -> Crawled:
    return finish(start(web, options(web, run, brands, **changes)), run)
