"""What a certificate says, and why a handshake failed."""

from __future__ import annotations

import hashlib
import socket
import ssl
from collections.abc import Iterator

from OpenSSL.SSL import Error as OpenSSLError
from service_identity import VerificationError
from twisted.internet.ssl import Certificate
from twisted.web.client import ResponseFailed

from pipelines.vocabulary import Outcome

# OpenSSL's X509_V_ERR_* (openssl-verification-options(1)).
_EXPIRED = frozenset({9, 10})  # not yet valid, has expired
_NAME = frozenset({62, 64})  # host name, IP address mismatch


def certificate_facts(certificate: Certificate | None) -> tuple[str, str]:
    """Issuer and `sha256:…` fingerprint of the certificate a response came with."""
    if certificate is None:
        return "", ""
    issuer = certificate.getIssuer()  # type: ignore[no-untyped-call]
    parts = [getattr(issuer, name, b"") for name in ("organizationName", "commonName")]
    words = [part.decode("utf-8", "replace") for part in parts if part]
    fingerprint = hashlib.sha256(certificate.dump()).hexdigest()
    return " / ".join(words), f"sha256:{fingerprint}"


def is_tls_failure(error: BaseException) -> bool:
    """Whether a failed download failed in the TLS handshake."""
    return any(isinstance(e, OpenSSLError | VerificationError) for e in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    yield error
    if isinstance(error, ResponseFailed):
        for reason in error.reasons:
            if reason.value is not None:
                yield from _causes(reason.value)
    if error.__cause__ is not None:
        yield from _causes(error.__cause__)


def diagnose(host: str, address: tuple[str, int], timeout: float) -> tuple[Outcome, str]:
    """Shake hands once more, to the same address, with the standard library.

    Twisted gives the same error for an expired certificate and an unknown authority. Blocking:
    call it in a thread.
    """
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection(address, timeout=timeout) as plain,
            context.wrap_socket(plain, server_hostname=host),
        ):
            return Outcome.TLS_CHAIN, "the crawl's handshake failed, a second one succeeded"
    except ssl.SSLCertVerificationError as error:
        return _of_code(error.verify_code), f"{error.verify_message} ({error.verify_code})"
    except ssl.SSLError as error:
        return Outcome.TLS_CHAIN, f"handshake failed: {error.reason or error}"
    except TimeoutError:
        return Outcome.TIMEOUT, "the second TLS handshake timed out"
    except OSError as error:
        return Outcome.CONNECTION_LOST, f"the second TLS handshake broke off: {error}"


def _of_code(code: int) -> Outcome:
    if code in _EXPIRED:
        return Outcome.TLS_EXPIRED
    return Outcome.TLS_NAME if code in _NAME else Outcome.TLS_CHAIN
