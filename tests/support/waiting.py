import time
from collections.abc import Callable


def wait_until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Looks again and again, and fails when it does not come true in time. What takes long is
    looked at less often: whoever looks takes the processor from what is waited for.
    """
    until = time.monotonic() + seconds
    pause = 0.01
    while not condition():
        assert time.monotonic() < until, f"it did not happen in {seconds} s"
        time.sleep(pause)
        pause = min(pause * 1.2, 0.15)
