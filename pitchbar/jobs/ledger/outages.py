"""Getting things written through a database that comes and goes."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from pitchbar.core.database import is_database_down

log = logging.getLogger(__name__)
T = TypeVar("T")
_MAX_PAUSE_SECONDS = 2.0


def retry_until_stored(write: Callable[[], T], given_up: Callable[[], bool]) -> T | None:
    """Repeats `write` until the database takes it; None once `given_up()`.

    Raises whatever is not the database being away.
    """
    pause = 0.1
    while True:
        try:
            return write()
        except Exception as error:
            if not is_database_down(error):
                raise
            if given_up():
                return None
            log.warning("the ledger waits for the database: %s", str(error).splitlines()[0])
            time.sleep(pause)
            pause = min(_MAX_PAUSE_SECONDS, pause * 2)
