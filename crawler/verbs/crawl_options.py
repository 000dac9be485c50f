"""Options of a crawl that need more than a type: checked before anything is begun."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.verbs.running import CrawlOptions


def check_options(options: CrawlOptions) -> None:
    """What is wrong with the options is said before anything is begun."""
    from crawler.policy import parse_resolve

    endpoint_of(options)
    parse_resolve(options.resolve)
    settings_of(options.settings)


def settings_of(pairs: Sequence[str]) -> dict[str, object]:
    """`KEY=VALUE` pairs as Scrapy settings."""
    from scrapy.settings import Settings

    from crawler.plan import ConfigurationError

    known = Settings()
    found: dict[str, object] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.isupper():
            raise ConfigurationError(f"--set {pair!r}: write a Scrapy setting as NAME=VALUE")
        if not _fits(value, known.get(name)):
            raise ConfigurationError(f"--set {pair!r}: {name} is a number; so is what it is set to")
        found[name] = value
    return found


def _fits(value: str, default: object) -> bool:
    """Whether Scrapy can read a setting that is a number (or 0 and 1, True and False) by itself."""
    if not isinstance(default, int | float):
        return True
    if isinstance(default, bool):
        return value in ("0", "1", "True", "False", "true", "false")
    try:
        type(default)(value)
    except ValueError:
        return False
    return True


def endpoint_of(options: CrawlOptions) -> str:
    """The search endpoint to ask: the option, or with --leads that of the environment, or ""."""
    from crawler.searching import endpoint_url

    if options.search_endpoint is not None:
        return endpoint_url(options.search_endpoint)
    named = os.environ.get("HOTLINES_SEARCH_ENDPOINT", "") if options.leads else ""
    return endpoint_url(named) if named else ""
