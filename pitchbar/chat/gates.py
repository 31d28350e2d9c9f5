"""How many do the same at a time, in a process in which hundreds want to.

Connections to the database are few, and nobody gets one after having waited for too long; so who
waits does it here, for as long as it takes. Together they take less than the pool has.
"""

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from pitchbar.extensions import db

View = TypeVar("View", bound=Callable[..., Any])

# Calls that begin or ask, until their stream is open.
COMING_IN = threading.BoundedSemaphore(4)
# Turns that look up passages, which also computes: their streams hear heartbeats meanwhile.
LOOKING_UP = threading.BoundedSemaphore(4)
# Turns that write down what was said.
KEEPING = threading.BoundedSemaphore(4)


def one_after_another(view: View) -> View:
    """Stands above all that reads of the database."""

    @wraps(view)
    def admitted(*args: Any, **kwargs: Any) -> Any:
        with COMING_IN:
            try:
                return view(*args, **kwargs)
            finally:
                db.session.remove()

    return cast(View, admitted)
