"""What a failed download means: exceptions of Scrapy and Twisted to outcomes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

from scrapy import exceptions as scrapy_errors
from twisted.internet import error as twisted_errors

from crawler.outcomes import RenderingError
from crawler.pace import Stopped
from crawler.resolver import installed_resolver
from crawler.robots import RobotsRefused, RobotsUnreachable
from crawler.tls import diagnose, is_tls_failure
from pipelines.vocabulary import Outcome

_TLS_SECOND_LOOK = 10.0  # seconds

_OF_TYPE: tuple[tuple[type[BaseException], Outcome], ...] = (
    (Stopped, Outcome.INTERRUPTED),
    (scrapy_errors.DownloadConnectionRefusedError, Outcome.REFUSED),
    (scrapy_errors.DownloadTimeoutError, Outcome.TIMEOUT),
    (scrapy_errors.ResponseDataLossError, Outcome.CONNECTION_LOST),
    (scrapy_errors.DownloadFailedError, Outcome.CONNECTION_LOST),
    (twisted_errors.TimeoutError, Outcome.TIMEOUT),
    (twisted_errors.ConnectError, Outcome.REFUSED),
    (twisted_errors.ConnectionLost, Outcome.CONNECTION_LOST),
    (twisted_errors.ConnectionDone, Outcome.CONNECTION_LOST),
)


@dataclass(frozen=True, slots=True)
class Setback:
    """Why a document was not had."""

    outcome: Outcome
    detail: str
    robots: str = ""
    robots_rule: str = ""
    retry_after: float | None = None


async def setback_of(error: BaseException, url: str) -> Setback:
    """Tell what a failed request means; asks the host once more if the handshake failed."""
    if isinstance(error, RobotsRefused):
        return Setback(Outcome.ROBOTS, error.detail, error.decision.word, error.decision.rule)
    if isinstance(error, RenderingError):
        return Setback(error.outcome, error.detail)
    if isinstance(error, RobotsUnreachable):
        return await _of_robots(error)
    if isinstance(error, scrapy_errors.CannotResolveHostError):
        return _of_name(url, str(error))
    if is_tls_failure(error):
        return await _of_handshake(url)
    if isinstance(error, scrapy_errors.DownloadCancelledError):
        return Setback(Outcome.TOO_LARGE, "larger than DOWNLOAD_MAXSIZE; the download was stopped")
    if isinstance(error, ValueError) and "invalid hostname" in str(error):
        return Setback(Outcome.DNS, str(error))
    for kind, outcome in _OF_TYPE:
        if isinstance(error, kind):
            return Setback(outcome, _words(error))
    return Setback(Outcome.CALLBACK_ERROR, _words(error))


async def _of_robots(error: RobotsUnreachable) -> Setback:
    if error.cause is not None:
        below = await setback_of(error.cause, error.url)
        detail = f"robots.txt could not be had, so the page was not asked: {below.detail}"
        return Setback(below.outcome, detail, "unreachable")
    outcome = Outcome.RATE_LIMITED if error.status == 429 else Outcome.ROBOTS
    return Setback(outcome, error.detail, "unreachable", retry_after=error.retry_after)


def endpoint_of(url: str) -> tuple[str, int]:
    """Host and port that a URL leads to."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _of_name(url: str, message: str) -> Setback:
    reason = installed_resolver().refused.get(endpoint_of(url))
    if reason:
        return Setback(Outcome.PRIVATE_ADDRESS, reason)
    return Setback(Outcome.DNS, message)


async def _of_handshake(url: str) -> Setback:
    endpoint = endpoint_of(url)
    address = installed_resolver().chosen.get(endpoint, endpoint)
    outcome, detail = await asyncio.to_thread(diagnose, endpoint[0], address, _TLS_SECOND_LOOK)
    return Setback(outcome, detail)


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:500]
