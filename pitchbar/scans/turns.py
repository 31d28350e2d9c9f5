"""Who may wait for something while a thread of the server waits along.

A server with few threads, which is the fastest kind, must never have all of them waiting: for a
database that hangs, or for the rest of a body. So waiting takes a turn, and whoever gets none is
answered at once. Elsewhere each request has a thread, or what acts as one, and turns are no matter.
"""

import threading

_turns: threading.Semaphore | None = None


def allow_turns(most: int) -> None:
    """From now on at most so many requests of this process wait at once."""
    global _turns
    _turns = threading.BoundedSemaphore(most)


def are_few() -> bool:
    return _turns is not None


def take_turn(seconds: float) -> bool:
    """Waits at most so long for a turn, which `give_back` ends."""
    if _turns is None:
        return True
    return _turns.acquire(timeout=seconds) if seconds else _turns.acquire(blocking=False)


def give_back() -> None:
    if _turns is not None:
        _turns.release()
