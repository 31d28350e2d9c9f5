"""Whether a code that is in use leads a scan on: not before it starts, nor after it has ended."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gate:
    """Args:
    starts_ms, ends_ms: since 1970; 0 is no limit.
    """

    starts_ms: int = 0
    ends_ms: int = 0

    def find_state(self, now_ms: int) -> str:
        """The name of the page of a code that does not lead on; empty for one that does."""
        if now_ms < self.starts_ms:
            return "not_started"
        return "ended" if self.ends_ms and now_ms >= self.ends_ms else ""
