"""One answer of a server, taken out of Scrapy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from scrapy.http import Response

from crawler.robots import DECISION, Decision
from crawler.tls import certificate_facts

_NOT_ASKED = Decision(allowed=True, word="not_asked")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a server, as it came."""

    url: str
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    payload: bytes
    fetched_at: datetime
    ip: str
    tls_ok: bool
    tls_issuer: str
    tls_fingerprint: str
    robots: Decision

    @property
    def reason(self) -> str:
        """Standard reason phrase: Scrapy does not keep the server's own."""
        try:
            return HTTPStatus(self.status).phrase
        except ValueError:
            return ""

    def header(self, name: str) -> str:
        """All values of a header, joined as RFC 9110 section 5.3 allows."""
        wanted = name.lower().encode()
        return ", ".join(
            value.decode("latin-1") for key, value in self.headers if key.lower() == wanted
        )


def answer_of(response: Response) -> Answer:
    """Take what we keep out of a response; its body is still as it came over the wire."""
    issuer, fingerprint = certificate_facts(response.certificate)
    headers = [(name, value) for name, values in response.headers.items() for value in values]
    meta = response.request.meta if response.request else {}
    robots = meta.get(DECISION)
    seen = meta.get("playwright_security_details") or {}  # what the browser says of it
    return Answer(
        url=response.url,
        status=response.status,
        headers=tuple(headers),
        payload=response.body,
        fetched_at=datetime.now(UTC),
        ip=str(response.ip_address or ""),
        tls_ok=response.url.startswith("https://"),  # DOWNLOAD_VERIFY_CERTIFICATES is on
        tls_issuer=issuer or str(seen.get("issuer", "")),
        tls_fingerprint=fingerprint,
        robots=robots or _NOT_ASKED,
    )
