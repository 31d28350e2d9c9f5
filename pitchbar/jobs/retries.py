"""How long a job waits before its next try."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class RetryPolicy:
    """Explicit `waits` (seconds; the last one repeats), or else `first_wait * 2^n` up to `cap`,
    moved by up to `jitter` (a share of it) either way so that jobs do not come back in step.
    """

    waits: tuple[float, ...] = ()
    first_wait: float = 10.0
    cap: float = 3600.0
    jitter: float = 0.25

    def wait_after(self, tries_used: int) -> float:
        """Seconds until the next try, when `tries_used` (1, 2, …) have failed."""
        if self.waits:
            return self.waits[min(tries_used, len(self.waits)) - 1]
        # 2**64 s is past any cap; a float overflows at 2**1024.
        base = min(self.cap, self.first_wait * 2.0 ** min(tries_used - 1, 64))
        return min(self.cap, base * (1 + random.uniform(-self.jitter, self.jitter)))
