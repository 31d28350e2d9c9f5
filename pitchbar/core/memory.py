"""What a process does once, while it is loaded and when all of it is."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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
