"""What the WebSocket library leaves to us."""

import threading
from typing import Any


class WholeSends:
    """A socket whose `send` sends everything, one sender at a time.

    The library calls `socket.send` and ignores how much went out; under gevent that may be a part,
    and a ping of its own thread could then fall into the middle of a message.
    """

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self._lock = threading.Lock()

    def send(self, data: bytes) -> int:
        with self._lock:
            self._sock.sendall(data)
        return len(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)
