"""An authority of the tests' own, and certificates of servers, good and bad."""

import ssl
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_Pair = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


@cache
def authority() -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("An authority for tests")
    return _sign(name, name, key, key, _days(-10), _days(10), x509.BasicConstraints(True, 0)), key


def trusting_context() -> ssl.SSLContext:
    """What a client has that believes the authority."""
    pem = authority()[0].public_bytes(serialization.Encoding.PEM).decode()
    return ssl.create_default_context(cadata=pem)


def server_context(
    host: str, *, days: float = 5, since: float = -5, is_signed: bool = True
) -> ssl.SSLContext:
    """A certificate for `host` that ends in so many days; not `is_signed`: by nobody else."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer, issuer_key = authority()
    certificate = _sign(
        _name(host),
        issuer.subject if is_signed else _name(host),
        key,
        issuer_key if is_signed else key,
        _days(since),
        _days(days),
        x509.SubjectAlternativeName([x509.DNSName(host)]),
    )
    return _server_side(certificate, key)


def _server_side(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pem = serialization.Encoding.PEM
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with TemporaryDirectory() as folder:
        path = Path(folder) / "server.pem"
        path.write_bytes(certificate.public_bytes(pem) + key.private_bytes(pem, *plain))
        context.load_cert_chain(path)
    return context


def _sign(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signed_by: ec.EllipticCurvePrivateKey,
    since: datetime,
    until: datetime,
    extension: x509.ExtensionType,
) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        .sign(signed_by, hashes.SHA256())
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _days(count: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=count)
