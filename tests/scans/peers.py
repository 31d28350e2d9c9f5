"""What the scan pipeline talks to, as it is on a bad day: gone, hanging, back again."""

import contextlib
import socket
import threading

from sqlalchemy import Engine, create_engine, make_url

from pitchbar.core.database import engine_options


class DatabaseProxy:
    """A line to PostgreSQL that can be cut, or made to hang with the connection open."""

    def __init__(self, database_url: str) -> None:
        url = make_url(database_url)
        self._socket_path = f"{url.query['host']}/.s.PGSQL.5432"
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.url = url.set(host="127.0.0.1", port=port, query={}).render_as_string(False)
        self._open = threading.Event()
        self._open.set()
        self._is_cut = False
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._is_cut = True
        self._hang_up()

    def hang(self) -> None:
        self._open.clear()

    def restore(self) -> None:
        self._is_cut = False
        self._open.set()

    def close(self) -> None:
        self._is_cut = True
        self._open.set()
        _shut(self._listener)
        self._hang_up()

    def _hang_up(self) -> None:
        for one in self._sockets:
            _shut(one)
        self._sockets = []

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._is_cut:
                near.close()
                continue
            far = socket.socket(socket.AF_UNIX)
            far.connect(self._socket_path)
            self._sockets += [near, far]
            for pair in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=pair, daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._open.wait()
                target.sendall(data)
        _shut(source)
        _shut(target)


def _shut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


def make_engine(url: str) -> Engine:
    return create_engine(url, **engine_options(url))
