"""What the WebSocket library leaves to us: whole messages, a limit, and who may open one."""

import threading
from collections import Counter
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
