"""One request and its answer, over a connection of its own."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from urllib.parse import urlsplit

import httpcore
import httpx

from pitchbar.clients.outbound_addresses import Target
from pitchbar.clients.outbound_connections import Connect, Deadline, GuardedBackend, Resolve
from pitchbar.clients.outbound_errors import OutboundError

USER_AGENT = "Pitchbar/1.0"
# Ours to write.
_OWN_HEADERS = {"host", "connection", "content-length", "transfer-encoding"}

# What OpenSSL says of a certificate, by its number.
_CERTIFICATES = {
    9: "is not valid yet",
    10: "has expired",
    18: "is signed by itself",
    19: "is signed by nobody whom browsers believe",
    20: "is signed by nobody whom browsers believe",
    62: "belongs to another name",
    64: "belongs to another address",
}


@dataclass(frozen=True)
class Request:
    method: str
    target: Target
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes = b""


@dataclass(frozen=True)
class Answer:
    """`headers` have lower-case names; the body is cut where it was too long."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    was_cut: bool
    tls_expires_at: datetime | None


@dataclass(frozen=True)
class Ways:
    """How names are resolved, connections opened and certificates believed."""

    resolve: Resolve
    connect: Connect
    tls: ssl.SSLContext | None = None


def ask(
    request: Request, ways: Ways, deadline: Deadline, max_bytes: int, allow: frozenset[str]
) -> Answer:
    """Raises OutboundError when no whole answer came in time."""
    backend = GuardedBackend(deadline, allow, max_bytes, ways.resolve, ways.connect)
    tls = ways.tls or _usual_tls()
    with _explained(request.target.host, deadline):
        asked = _written(request)
        with (
            httpcore.HTTPConnection(
                asked.url.origin, ssl_context=tls, network_backend=backend
            ) as connection,
            closing(connection.handle_request(asked)) as response,
        ):
            expires_at = _tls_expires_at(response.extensions["network_stream"])
            body, was_cut = _read_body(response, max_bytes)
    return Answer(response.status, _read_headers(response), body, was_cut, expires_at)


@cache
def _usual_tls() -> ssl.SSLContext:
    """Made once: it reads the certificates of all authorities."""
    return httpx.create_ssl_context(trust_env=False)


def _written(request: Request) -> httpcore.Request:
    parts = urlsplit(request.target.url)
    url = httpcore.URL(
        scheme=parts.scheme,
        host=request.target.host,
        port=request.target.port,
        target=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
    )
    given = {name.lower() for name, _ in request.headers}
    own = [("Host", parts.netloc), ("Connection", "close")]
    # Whoever takes packed answers unpacks them.
    usual = [("User-Agent", USER_AGENT), ("Accept", "*/*"), ("Accept-Encoding", "identity")]
    length = [("Content-Length", str(len(request.content)))]
    headers = [
        *own,
        *(one for one in usual if one[0].lower() not in given),
        *(one for one in request.headers if one[0].lower() not in _OWN_HEADERS),
        *(length if request.content or request.method not in ("GET", "HEAD") else ()),
    ]
    return httpcore.Request(
        request.method,
        url,
        headers=[(name.encode("ascii"), value.encode("utf-8")) for name, value in headers],
        content=request.content,
    )


def _read_body(response: httpcore.Response, max_bytes: int) -> tuple[bytes, bool]:
    body = bytearray()
    for part in response.iter_stream():
        body += part
        if len(body) > max_bytes:
            return bytes(body[:max_bytes]), True
    return bytes(body), False


def _read_headers(response: httpcore.Response) -> dict[str, str]:
    """What stands twice is joined, but for what cannot be (a cookie, a place to go)."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("ascii").lower(), raw_value.decode("utf-8", "replace")
        if name in headers and name not in ("set-cookie", "location"):
            value = f"{headers[name]}, {value}"
        headers[name] = value if name != "location" else headers.get(name, value)
    return headers


def _tls_expires_at(stream: httpcore.NetworkStream) -> datetime | None:
    tls = stream.get_extra_info("ssl_object")
    certificate = tls.getpeercert() if tls is not None else None
    if not certificate:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)


@contextmanager
def _explained(host: str, deadline: Deadline) -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException:
        sentence = f"{host} did not answer in full within {deadline.seconds:g} seconds."
        raise OutboundError("timeout", sentence) from None
    except httpcore.NetworkError as error:
        raise _network_error(host, error) from None
    except httpcore.RemoteProtocolError:
        sentence = f"{host} ended the connection, or answered with something that is not HTTP."
        raise OutboundError("broken_answer", sentence) from None
    except (httpcore.LocalProtocolError, UnicodeEncodeError):
        raise OutboundError("bad_url", "What should be sent there is no request.") from None


def _network_error(host: str, error: httpcore.NetworkError) -> OutboundError:
    cause = error.__cause__ or error.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        said = _CERTIFICATES.get(cause.verify_code, "is not valid")
        return OutboundError("tls", f"The certificate of {host} {said}.")
    was_cut_off = isinstance(cause, (ssl.SSLEOFError, ConnectionResetError, BrokenPipeError))
    if isinstance(cause, ssl.SSLError) and not was_cut_off:
        return OutboundError("tls", f"No encrypted connection with {host} came about.")
    if isinstance(error, httpcore.ConnectError) and not was_cut_off:
        return OutboundError("connect", f"{host} takes no connection.")
    return OutboundError("broken_answer", f"{host} ended the connection without an answer.")
