"""What the WebSocket library leaves to us: whole messages, a limit, and who may open one."""

import threading
from collections import Counter
from typing import Any

_CLOSE = 0x8


class WholeSends:
    """A socket whose `send` sends everything, one sender at a time, and nothing after the end.

    The library calls `socket.send` and ignores how much went out; under gevent that may be a part,
    and a ping of its own thread could then fall into the middle of a message. When both sides close
    at once it answers the other's close though it has sent its own, which browsers call an error.
    """

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self._lock = threading.Lock()
        self._is_closed = False

    def send(self, data: bytes) -> int:
        """`data` is whole frames, as the library makes them."""
        with self._lock:
            if not self._is_closed:
                self._sock.sendall(data)
            # RFC 6455, 5.2: the lower half of a frame's first byte is its opcode.
            self._is_closed = self._is_closed or (bool(data) and data[0] & 0x0F == _CLOSE)
        return len(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class SocketSlots:
    """Who holds how many sockets of this process: each takes threads that pages need too."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, who: str, most: int, most_of_one: int) -> bool:
        """False when all, or all that one person may have, are taken."""
        with self._lock:
            if self._taken.total() >= most or self._taken[who] >= most_of_one:
                return False
            self._taken[who] += 1
            return True

    def give_back(self, who: str) -> None:
        with self._lock:
            self._taken[who] -= 1
            # Else everybody who was ever here stays in memory.
            self._taken += Counter()


def is_same_origin(origin: str, *own_hosts: str) -> bool:
    """Browsers send cookies along with sockets from any site; only our own pages may open one."""
    return origin.partition("://")[2] in own_hosts
