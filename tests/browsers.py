"""A real Chromium for the tests that need one: skipped without it, failing where CI wants it."""

from __future__ import annotations

import os

import pytest

from crawler.plan import ConfigurationError
from crawler.rendering import require_browser

REQUIRED = "HOTLINES_REQUIRE_BROWSER"


def _missing() -> str:
    try:
        require_browser()
    except ConfigurationError as error:
        return str(error)
    return ""


MISSING = _missing()
needs_browser = pytest.mark.skipif(
    bool(MISSING) and os.environ.get(REQUIRED) != "1",
    reason=f"no browser to render with: {MISSING}",
)
