"""A throw-away certificate authority and one certificate per host, made at start.

`cryptography` comes with Scrapy (through pyOpenSSL); it is imported where it is used, so that
the command line starts without it. Elliptic keys: all hosts together take a few milliseconds.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum, auto
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

WRONG_NAME = "another-name.test"


class Certificate(StrEnum):
    """What a host shows when it is asked for a certificate."""

    GOOD = auto()
    EXPIRED = auto()
    WRONG_NAME = auto()
    UNKNOWN_CA = auto()


@dataclass(frozen=True, slots=True)
class _Authority:
    key: EllipticCurvePrivateKey
    certificate: x509.Certificate


def write_certificates(
    directory: Path, hosts: Mapping[str, Certificate]
) -> tuple[Path, dict[str, Path]]:
    """Writes ca.pem and, per host, a file with its key and certificate."""
    now = datetime.now(UTC)
    trusted = _authority("Sample web throw-away CA", now)
    unknown = _authority("Sample web CA that nobody trusts", now)
    ca_file = directory / "ca.pem"
    ca_file.write_bytes(_pem(trusted.certificate))
    files = {}
    for host, kind in hosts.items():
        authority = unknown if kind is Certificate.UNKNOWN_CA else trusted
        files[host] = directory / f"{host}.pem"
        files[host].write_bytes(_leaf(host, kind, authority, now))
    return ca_file, files


def key_fingerprint(file: Path) -> str:
    """The fingerprint of a certificate's key, as Chromium takes it: base64 of a SHA-256."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = x509.load_pem_x509_certificate(file.read_bytes()).public_key()
    info = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b64encode(sha256(info).digest()).decode("ascii")


def _authority(name: str, now: datetime) -> _Authority:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(_name(name), _name(name), key, now, now + timedelta(days=30))
    # Python 3.13 verifies strictly (RFC 5280): a CA must state its constraints and key usage.
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_signing_only(), critical=True)
    return _Authority(key, builder.sign(key, hashes.SHA256()))


def _leaf(host: str, kind: Certificate, authority: _Authority, now: datetime) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    shown = WRONG_NAME if kind is Certificate.WRONG_NAME else host
    until = now + timedelta(days=-1 if kind is Certificate.EXPIRED else 20)
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(_name(shown), authority.certificate.subject, key, now, until)
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(shown)]), False)
    builder = builder.add_extension(issuer_key, False)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private + _pem(builder.sign(authority.key, hashes.SHA256()))


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: EllipticCurvePrivateKey,
    now: datetime,
    until: datetime,
) -> x509.CertificateBuilder:
    from cryptography import x509

    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=10))
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(common_name: str) -> x509.Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _signing_only() -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM)
