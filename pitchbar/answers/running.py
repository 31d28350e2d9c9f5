"""What whoever runs a turn holds in hand."""

from pitchbar.answers.turns import Usage
from pitchbar.clients.language_model import Call


class Running:
    """Ends the model's part of a turn from any thread, and tells what it has used by now, also
    when the turn was left in the middle.
    """

    def __init__(self) -> None:
        self._call: Call | None = None
        self._is_stopped = False

    @property
    def usage(self) -> Usage:
        if self._call is None or not self._call.was_taken:
            return Usage()
        return Usage(self._call.prompt_tokens, self._call.completion_tokens)

    def takes(self, call: Call) -> None:
        self._call = call
        if self._is_stopped:
            call.stop()

    def stop(self) -> None:
        self._is_stopped = True
        if self._call is not None:
            self._call.stop()
