"""What a process does once, when all of it is loaded."""

import gc


def keep_what_is_loaded() -> None:
    """Leaves modules, templates and tables out of the search for waste from now on: they stay to
    the end, and a look through all of them would hold up requests for a third of a second.
    """
    gc.collect()
    gc.freeze()
