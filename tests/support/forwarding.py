"""A way to a server of ours that can be frozen, as a network or a disk does."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Forwarder:
    """Hands on what connections to `port` and the server behind say to each other.

    Args:
        connect: gives a connection to the server.
    """

    def __init__(self, connect: Callable[[], socket.socket]) -> None:
        self._connect = connect
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._may_flow = threading.Event()
        self._may_flow.set()
        threading.Thread(target=self._accept, daemon=True).start()

    def freeze(self) -> None:
        """Nothing is said any more, and nobody hangs up."""
        self._may_flow.clear()

    def thaw(self) -> None:
        self._may_flow.set()

    def close(self) -> None:
        self.thaw()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = self._connect()
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self._hand_on, args=(one, other), daemon=True).start()

    def _hand_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._may_flow.wait()
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextmanager
def forwarder(connect: Callable[[], socket.socket]) -> Iterator[Forwarder]:
    way = Forwarder(connect)
    try:
        yield way
    finally:
        way.close()
