import time
from collections.abc import Callable


def wait_until(condition: Callable[[], object], seconds: float = 45.0) -> None:
    """Looks again and again, and fails when it does not come true in time."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"it did not happen in {seconds} s"
        time.sleep(0.02)
