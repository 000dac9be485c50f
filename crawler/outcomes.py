"""What became of a fetch, and what to do about it.

The set itself is `pipelines.vocabulary.Outcome`: presence depends on it. Outcomes from `EMPTY`
on are found by reading the page; the others are found here, and each is produced by a server in
`tests/crawl`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from pipelines.vocabulary import Outcome

FOUND_BY_READING = frozenset(
    {
        Outcome.EMPTY,
        Outcome.SCRIPT_SHELL,
        Outcome.SOFT_404,
        Outcome.LOGIN_WALL,
        Outcome.UNRECOGNISED_LAYOUT,
        Outcome.PARSER_REFUSED,
    }
)

_NOW = timedelta(0)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Advice:
    """What an outcome means for the operator and for the next tries.

    Attributes:
        transient: It may be gone at the next try, with nobody doing anything.
        retries: How often the crawl asks again by itself in the same run.
        next_try: How long a scheduler should wait at least before it asks for it again.
    """

    text: str
    transient: bool = False
    retries: int = 0
    next_try: timedelta = _DAY


ADVICE: dict[Outcome, Advice] = {
    Outcome.OK: Advice("Nothing to do.", next_try=_NOW),
    Outcome.NOT_MODIFIED: Advice(
        "Nothing to do: the server says that the capture we hold is still right.", next_try=_NOW
    ),
    Outcome.DNS: Advice(
        "The host name has no address. Check the spelling in the brand file, and whether this "
        "machine can resolve other names; if the name is gone, declare the new host.",
        transient=True,
        retries=1,
    ),
    Outcome.REFUSED: Advice(
        "Nothing listens at that address and port, or the network cannot reach it. Open the URL "
        "in a browser; if it works there, look at the firewall of this machine.",
        transient=True,
        retries=1,
        next_try=_HOUR,
    ),
    Outcome.TIMEOUT: Advice(
        "The server took longer than the time limit. If it always does, it may ignore foreign "
        "or unknown clients: try from another network.",
        transient=True,
        retries=1,
        next_try=_HOUR,
    ),
    Outcome.TLS_EXPIRED: Advice(
        "The certificate is out of its dates (check this machine's clock too). No number is "
        "taken from the page until the owner renews it."
    ),
    Outcome.TLS_NAME: Advice(
        "The certificate is for another host. Check that the host is declared as the owner "
        "writes it (with or without www)."
    ),
    Outcome.TLS_CHAIN: Advice(
        "The certificate does not lead to an authority this machine trusts, or the handshake "
        "failed. Update the machine's CA certificates; else the owner has to mend the chain."
    ),
    Outcome.HTTP_404: Advice(
        "The page is gone. Find its new place on the site and change the source in the brand file.",
        next_try=_WEEK,
    ),
    Outcome.HTTP_410: Advice(
        "The owner says the page is gone for good. Remove the source from the brand file, or "
        "replace it.",
        next_try=_WEEK,
    ),
    Outcome.HTTP_4XX: Advice(
        "The server refuses the request. Open the URL in a browser; if it wants a login or "
        "another method, it is no source for us."
    ),
    Outcome.RATE_LIMITED: Advice(
        "The server asks us to slow down. Give the brand a longer delay (limits.delay), or crawl "
        "it less often.",
        transient=True,
        retries=2,
        next_try=_HOUR,
    ),
    Outcome.BLOCKED: Advice(
        "A firewall or captcha answers instead of the page. Do not go around it: ask the owner, "
        "or declare another official source."
    ),
    Outcome.HTTP_5XX: Advice(
        "The server failed. Wait; if it lasts for days, look for another official source.",
        transient=True,
        retries=2,
        next_try=_HOUR,
    ),
    Outcome.CONNECTION_LOST: Advice(
        "The connection broke before the answer was complete.",
        transient=True,
        retries=2,
        next_try=_HOUR,
    ),
    Outcome.REDIRECT_OFF_GROUND: Advice(
        "The page sends its readers to a host that is not declared. Look whether the target "
        "belongs to the brand: if so, declare it with a source; if not, alert the owner."
    ),
    Outcome.REDIRECT_LOOP: Advice(
        "Redirects go in a circle, or lead nowhere. Some sites do this to clients without "
        "cookies: declare the page behind it."
    ),
    Outcome.PRIVATE_ADDRESS: Advice(
        "The name leads to an address that is not public, so it was not asked. On a network of "
        "your own, pass --allow-private; else treat the name as hostile."
    ),
    Outcome.ROBOTS: Advice(
        "robots.txt forbids it, or could not be had, which counts the same (RFC 9309). The "
        "source is skipped, not failed: declare a page that may be fetched, or ask the owner.",
        next_try=_WEEK,
    ),
    Outcome.TOO_LARGE: Advice(
        "The body is larger than the limit. Declare the page that names the number, not an "
        "archive of files.",
        next_try=_WEEK,
    ),
    Outcome.BAD_ENCODING: Advice(
        "The body is not what its Content-Encoding says. `hotlines show` prints what came."
    ),
    Outcome.UNSUPPORTED_TYPE: Advice(
        "The document is neither HTML, JSON, text nor PDF.", next_try=_WEEK
    ),
    Outcome.BUDGET: Advice(
        "The brand's page budget was used up by better candidates. Raise limits.pages, or "
        "declare the page as a source."
    ),
    Outcome.CALLBACK_ERROR: Advice(
        "Our own code failed on this answer. Please report it with the capture; the brand is "
        "carried unchanged until it is mended."
    ),
    Outcome.INTERRUPTED: Advice(
        "The crawl was stopped before this was asked. Run it again.", transient=True, next_try=_NOW
    ),
    Outcome.EMPTY: Advice("The answer is good but there is no text in it.", transient=True),
    Outcome.SCRIPT_SHELL: Advice(
        "The page shows nothing without a browser. Find the JSON it loads and declare that, or "
        'let a browser read it: `hotlines crawl --render` (pip install "hotlines[browser]").'
    ),
    Outcome.SOFT_404: Advice(
        "The page says that it does not exist, with status 200. Find its new place.",
        next_try=_WEEK,
    ),
    Outcome.LOGIN_WALL: Advice("The page asks for a login. Declare a public page instead."),
    Outcome.UNRECOGNISED_LAYOUT: Advice(
        "The page lost what it was recognised by. Compare it with its last good capture "
        "(`hotlines show`)."
    ),
    Outcome.PARSER_REFUSED: Advice(
        "The document could not be parsed. Look at the capture; report it if it opens elsewhere."
    ),
}


class RenderingError(Exception):
    """A browser was asked for a page and gave no document to read."""

    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.detail = detail


def outcome_of_status(status: int) -> Outcome:
    """Outcome of an HTTP status that is neither a redirect nor a 304 to our question.

    >>> outcome_of_status(404).value, outcome_of_status(451).value, outcome_of_status(204).value
    ('http_404', 'http_4xx', 'ok')
    """
    match status:
        case 403:
            return Outcome.BLOCKED
        case 404:
            return Outcome.HTTP_404
        case 410:
            return Outcome.HTTP_410
        case 429:
            return Outcome.RATE_LIMITED
    if 200 <= status < 300:
        return Outcome.OK
    return Outcome.HTTP_4XX if 400 <= status < 500 else Outcome.HTTP_5XX
