"""A real server in a thread, and pages that listen to it: the test client knows no sockets."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import httpx
from flask import Flask
from simple_websocket import ConnectionClosed
from werkzeug.serving import make_server

from pitchbar.accounts.models import Person
from tests.support.browsing import SITE, FormClient, sign_in
from tests.support.sockets import Client

_HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@dataclass(frozen=True)
class Served:
    """`at` is the address of a running server, such as ws://127.0.0.1:5000."""

    app: Flask
    at: str
    opened: list[Client] = field(default_factory=list)

    def cookie_of(self, person: Person | None) -> dict[str, str]:
        client = self.app.test_client()
        assert isinstance(client, FormClient)
        if person is None:
            return {}
        sign_in(client, person)
        cookie = client.get_cookie("pitchbar_session", domain=SITE.partition("://")[2])
        assert cookie is not None
        return {"Cookie": f"pitchbar_session={cookie.value}"}

    def open(self, path: str, person: Person, origin: str = SITE) -> Client:
        """Opens a socket as a page of ours would; it is closed with the server at the latest."""
        page = Client(self.at + path, headers=self.cookie_of(person) | _origin(origin))
        self.opened.append(page)
        return page

    def handshake_status(self, path: str, person: Person | None, origin: str | None = SITE) -> int:
        """Asks for a socket and returns the status; 101 would be one."""
        headers = self.cookie_of(person) | _origin(origin) | _HANDSHAKE
        return httpx.get(self.at.replace("ws:", "http:") + path, headers=headers).status_code


def _origin(origin: str | None) -> dict[str, str]:
    return {} if origin is None else {"Origin": origin}


@contextmanager
def serve(app: Flask) -> Iterator[Served]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    served = Served(app, f"ws://127.0.0.1:{server.server_port}")
    try:
        yield served
    finally:
        for page in served.opened:
            with suppress(ConnectionClosed):
                page.close()
        server.shutdown()
        server.server_close()
        thread.join(10)
