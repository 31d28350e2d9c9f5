"""Who hears of generations. The index stands above and subscribes when the application is built."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pitchbar.sources.models import Generation

Subscriber = Callable[[Generation], None]
Forgetter = Callable[[int, Sequence[int]], None]


@dataclass
class Hooks:
    """`read` is called, in the transaction that ends the reading, with a generation whose chunks
    are to go into the index; who indexes says `generations.activate` when all of them are there.
    `dropped` is called with a workspace and its generations that are to be in the index no longer.
    """

    _read: list[Subscriber] = field(default_factory=list)
    _dropped: list[Forgetter] = field(default_factory=list)

    def on_read(self, subscriber: Subscriber) -> None:
        if subscriber not in self._read:
            self._read.append(subscriber)

    def on_dropped(self, forgetter: Forgetter) -> None:
        if forgetter not in self._dropped:
            self._dropped.append(forgetter)

    def read(self, generation: Generation) -> None:
        for subscriber in self._read:
            subscriber(generation)

    def dropped(self, workspace_id: int, generation_ids: Sequence[int]) -> None:
        for forgetter in self._dropped:
            forgetter(workspace_id, generation_ids)


hooks = Hooks()
