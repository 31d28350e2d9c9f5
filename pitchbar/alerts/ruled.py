from typing import Protocol


class Ruled(Protocol):
    """What sentences need of a rule, be it stored or only typed."""

    @property
    def threshold(self) -> int | None: ...
    @property
    def window_minutes(self) -> int | None: ...
