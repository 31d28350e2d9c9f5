from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class LiveView:
    """What one open page shows.

    Attributes:
        draw: gives the HTML; called with the request that opened the socket.
        topic: of the bus; a message on it that `concerns` the page has it drawn again. Without a
            topic it is drawn again after each pause.
        further_topics: whose messages are asked in the same way.
        beside: what is drawn with it, and hears messages of its own.
        draw_first: what costs little: drawn alone while the whole rests; may give nothing.
        is_divisible: it gives only what changed, so it costs little however long it waited for
            others. Of another the whole is drawn anew, beside, where that took long the last time.
        refresh_seconds: when it is drawn again without a message, as one may be lost; of what is
            beside, with the next drawing after that.
        has_moved: asked every few seconds, of what this process knows: whether it is to be drawn.
        is_urgent: whether what changed is waited for, and others can wait.
    """

    draw: Callable[[], str]
    topic: str = ""
    concerns: Callable[[dict[str, Any]], bool] = lambda _message: True
    further_topics: tuple[str, ...] = ()
    beside: "tuple[LiveView, ...]" = ()
    draw_first: Callable[[], str] | None = None
    is_divisible: bool = False
    refresh_seconds: float = 20.0
    has_moved: Callable[[], bool] = lambda: False
    is_urgent: Callable[[], bool] = lambda: False

    def draw_all(self) -> str:
        return self.draw_woken([self, *self.beside])

    def draw_woken(self, views: "Sequence[LiveView]") -> str:
        """Of itself and what is beside, those that something changed in."""
        return "".join(view.draw() for view in (self, *self.beside) if view in views)
