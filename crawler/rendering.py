"""Pages that show nothing without a browser: when to ask one, and what it needs to start.

The browser itself is in `browser.py` (extra `browser`), what it may ask for in `page_guard.py`
and `filtering_proxy.py`; `docs/decisions/0010-rendering.md` says why.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from crawler.live import reading_rules
from crawler.plan import ConfigurationError
from pipelines.context.only_phone import RULE as ONLY_PHONE
from pipelines.media import Media, media_of
from pipelines.model import Page
from pipelines.process import process_page
from pipelines.vocabulary import Outcome, Owner

BROWSER_HANDLER = "crawler.browser.BrowserHandler"
RENDERED = "hotlines_rendered"  # key of Request.meta: the brand on whose ground the page lies
NOTE = "hotlines_render_note"  # key of Request.meta: which browser, and what it was refused
PATH_VARIABLE = "HOTLINES_CHROMIUM"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_EXTRA = 'pip install "hotlines[browser]"'
_PACKAGE = "install one (Debian, Ubuntu: apt-get install chromium) or set HOTLINES_CHROMIUM"


def is_shell(page: Page) -> bool:
    """Whether a page shows nothing to whoever runs no scripts."""
    if media_of(page.body, page.content_type, page.url) is not Media.HTML:
        return False
    return process_page(page, reading_rules()).outcome is Outcome.SCRIPT_SHELL


def offers_number(page: Page) -> bool:
    """Whether a document offers a number of its own publisher to users.

    A switchboard that is offered for want of anything else does not count: the page may show more.
    """
    found = process_page(page, reading_rules()).evidence
    offered = (item for item in found if item.is_hotline and item.owner is Owner.SELF)
    return any(ONLY_PHONE not in item.rules for item in offered)


def chromium_path(named: str, environment: Mapping[str, str]) -> Path | None:
    """The browser to start: the one that is named, else the first that PATH knows."""
    named = named or environment.get(PATH_VARIABLE, "")
    path = environment.get("PATH")
    candidates = (named,) if named else _NAMES
    found = next(filter(None, (shutil.which(name, path=path) for name in candidates)), None)
    return Path(found) if found else None


def require_browser(named: str = "", environment: Mapping[str, str] = os.environ) -> Path:
    """Give the browser that `--render` needs, or say what to install.

    Raises:
        ConfigurationError: The extra or the browser is not there.
    """
    if importlib.util.find_spec("scrapy_playwright") is None:
        raise ConfigurationError(f"--render needs the extra `browser`, not installed: {_EXTRA}")
    path = chromium_path(named, environment)
    if path is None:
        wanted = named or environment.get(PATH_VARIABLE, "")
        where = f"is not at {wanted!r}" if wanted else "is not in PATH"
        raise ConfigurationError(f"--render needs Chromium, which {where}: {_PACKAGE}")
    return path
