"""How many do the same at a time, in a process in which hundreds want to.

Connections to the database are few, and nobody gets one after having waited for too long; so who
waits does it here, for as long as it takes. Together they take less than the pool has.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar, cast

from pitchbar.extensions import db

View = TypeVar("View", bound=Callable[..., Any])

# Calls that begin or ask, until their stream is open.
_DOORS = 4
COMING_IN = threading.BoundedSemaphore(_DOORS)
# Turns that look up passages, which also computes: their streams hear heartbeats meanwhile.
LOOKING_UP = threading.BoundedSemaphore(4)
# Turns that write down what was said.
KEEPING = threading.BoundedSemaphore(4)
# Who waits at the door hears nothing at all: a turn lets them in first, for so long at most.
_LETS_IN_SECONDS, _LOOKS_EVERY_SECONDS = 2.0, 0.02
_coming: set[object] = set()


@contextmanager
def looking_up() -> Iterator[None]:
    with LOOKING_UP:
        until = time.monotonic() + _LETS_IN_SECONDS
        while len(_coming) > _DOORS and time.monotonic() < until:
            time.sleep(_LOOKS_EVERY_SECONDS)
        yield


def one_after_another(view: View) -> View:
    """Stands above all that reads of the database."""

    @wraps(view)
    def admitted(*args: Any, **kwargs: Any) -> Any:
        me = object()
        _coming.add(me)
        try:
            with COMING_IN:
                try:
                    return view(*args, **kwargs)
                finally:
                    db.session.remove()
        finally:
            _coming.discard(me)

    return cast(View, admitted)
