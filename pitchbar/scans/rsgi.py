"""The edge as granian asks it: in one loop, where nobody may wait.

A scan of a code that the process knows is decided at once, in the loop itself. Whatever may wait
for something, such as a look-up in the database or the rest of a body, waits in a thread, so that a
database that hangs and a client that sends slowly hold up nobody else.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

log = logging.getLogger(__name__)

# What waits at once; the next ones wait for these.
_THREADS = 32
# Forms and events are small.
_MAX_BODY = 64 << 10
_NAMES = {
    name: "HTTP_" + name.upper().replace("-", "_")
    for name in (
        *("host", "user-agent", "accept", "accept-language", "accept-encoding", "referer"),
        *("sec-purpose", "purpose", "x-purpose", "x-moz", "x-forwarded-for", "x-forwarded-proto"),
        *("sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "origin", "connection", "cookie"),
        *("sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "dnt", "sec-gpc"),
    )
} | {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
# For a header that granian leaves out because its bytes are not ASCII, as some phones name their
# model: whoever sends it is no program without a name.
_UNREADABLE_AGENT = "Mozilla/5.0 (unreadable)"

Environ = dict[str, Any]
Answer = tuple[int, list[tuple[str, str]], bytes]


class RsgiEdge:
    """Args:
    app: the edge, as WSGI.
    may_wait: whether answering a request may take longer than a moment.
    body_seconds: how long a body may take to arrive.
    """

    def __init__(
        self,
        app: Callable[..., Iterable[bytes]],
        may_wait: Callable[[Environ], bool],
        body_seconds: float,
    ) -> None:
        self._app = app
        self._may_wait = may_wait
        self._body_seconds = body_seconds
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="edge")

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        environ = read_scope(scope)
        status, headers, body = (
            await self._wait_for(environ, protocol)
            if self._may_wait(environ)
            else _call(self._app, environ)
        )
        if body:
            protocol.response_bytes(status, headers, body)
        else:
            protocol.response_empty(status, headers)

    async def _wait_for(self, environ: Environ, protocol: Any) -> Answer:
        loop = asyncio.get_running_loop()
        environ["wsgi.input"] = _Body(protocol, loop, self._body_seconds)
        return await loop.run_in_executor(self._threads, _call, self._app, environ)


class _Body:
    """Arrives when it is asked for; in a thread, while the loop goes on."""

    def __init__(self, protocol: Any, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self._protocol = protocol
        self._loop = loop
        self._seconds = seconds
        self._arrived: BytesIO | None = None

    def read(self, size: int = -1) -> bytes:
        """Raises TimeoutError when it does not arrive in time, OverflowError when it is large."""
        if self._arrived is None:
            arriving = asyncio.wait_for(_read_body(self._protocol), self._seconds)
            arrived = asyncio.run_coroutine_threadsafe(arriving, self._loop).result()
            self._arrived = BytesIO(arrived)
        return self._arrived.read(size)


def read_scope(scope: Any) -> Environ:
    """What WSGI calls the same: texts are bytes as Latin-1, headers of one name are joined."""
    path, query, client = scope.path, scope.query_string, scope.client
    environ: Environ = {
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": path if path.isascii() else path.encode().decode("latin-1"),
        "QUERY_STRING": query if query.isascii() else query.encode().decode("latin-1"),
        "REMOTE_ADDR": client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
    }
    if scope.authority:
        environ["HTTP_HOST"] = scope.authority
    headers = scope.headers
    for header, value in headers.items():
        name = _NAMES.get(header) or "HTTP_" + header.upper().replace("-", "_")
        if name in environ:
            if name == "HTTP_HOST":
                # The first holds; that of the request line before all.
                continue
            value = f"{environ[name]}, {value}"
        environ[name] = value
    if "HTTP_USER_AGENT" not in environ and "user-agent" in headers:
        environ["HTTP_USER_AGENT"] = _UNREADABLE_AGENT
    return environ


def _call(app: Callable[..., Iterable[bytes]], environ: Environ) -> Answer:
    started: list[Any] = []
    try:
        body = b"".join(app(environ, lambda *given: started.append(given)))
        status, headers = started[0][:2]
        return int(status[:3]), headers, body
    except TimeoutError:
        return _plain(408, "Your request took too long to arrive.")
    except OverflowError:
        return _plain(413, "That is more than we take here.")
    except Exception:
        log.exception("a request failed at the edge")
        return _plain(500, "Something went wrong here. Try again in a moment.")


async def _read_body(protocol: Any) -> bytes:
    """Raises OverflowError when it is too large."""
    body = b""
    async for chunk in protocol:
        body += chunk
        if len(body) > _MAX_BODY:
            raise OverflowError
    return body


def _plain(status: int, sentence: str) -> Answer:
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
    return status, headers, f"{sentence}\n".encode()
