"""What a process does once, while it is loaded and when all of it is."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Of what a page makes, a few hundred objects point at each other and are found by a search alone.
_SEARCH_EVERY = (5_000, 20, 20)
_LONG_SECONDS = 0.02
# How old a process is when it is worth a look what else has come to stay.
_AGES = (30.0, 600.0, 3_600.0)


@contextmanager
def while_loading() -> Iterator[None]:
    """Modules and tables that are being made are no waste: to look for some again and again takes
    a fifth of the time in which a process starts.
    """
    was_looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_looking:
            gc.enable()


def keep_what_is_loaded() -> None:
    """Leaves modules, templates and tables out of the search for waste from now on: they stay to
    the end, and a look through all of them would hold up requests for a third of a second.
    """
    gc.collect()
    gc.freeze()


def keep_what_comes_to_stay() -> None:
    """For servers: what the first requests load (statements, templates, modules) would be searched
    every few seconds, which holds up whoever asks just then for a tenth of a second. So searches
    are fewer; and what a long one has left over is left out of all that follow. That happens a few
    times in the life of a process, no more: what is in use by chance just then stays for good.
    """
    gc.set_threshold(*_SEARCH_EVERY)
    gc.callbacks.append(Keeper())


class Keeper:
    """Told of each search for waste before and after it, as `gc.callbacks` are.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        began = clock()
        self._due = [began + age for age in _AGES]
        self._searched_at = began

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        if info["generation"] < 2 or not self._due:
            return
        now = self._clock()
        if phase == "start":
            self._searched_at = now
        elif now - self._searched_at > _LONG_SECONDS and now >= self._due[0]:
            self._due = [at for at in self._due if at > now]
            gc.freeze()
