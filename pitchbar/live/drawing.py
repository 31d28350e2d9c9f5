"""Drawing beside whoever goes on meanwhile."""

import threading
from collections.abc import Callable

from flask import copy_current_request_context


class Drawing:
    """HTML that is being drawn in a thread of its own, for the same request; that thread has a
    database session of its own, which ends with it.
    """

    def __init__(self, draw: Callable[[], str]) -> None:
        self._draw = draw
        self._html = ""
        self._error: Exception | None = None
        self._done = threading.Event()
        run = copy_current_request_context(self._run)
        threading.Thread(target=run, name="drawing", daemon=True).start()

    def _run(self) -> None:
        try:
            self._html = self._draw()
        except Exception as error:
            self._error = error
        finally:
            self._done.set()

    def is_done(self, seconds: float) -> bool:
        """After waiting so long at most."""
        return self._done.wait(seconds)

    def result(self) -> str:
        """Waits for it; raises what the drawing raised."""
        self._done.wait()
        if self._error is not None:
            raise self._error
        return self._html
