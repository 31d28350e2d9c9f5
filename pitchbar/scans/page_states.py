"""The pages of codes that a scan meets in place of a destination: their status and their sign."""

from dataclasses import dataclass

# The fourth corner of the symbol: what became of the code.
_QUESTION = "M15.5 15.8a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.3M17.5 21h0"
_CROSS = "M15 15l6 6M21 15l-6 6"
_CLOCK = "M17.5 14a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM17.5 16v1.7l1 .8"
_LOCK = "M14.5 17.2h6v3.8h-6zM15.8 17v-1a1.7 1.7 0 0 1 3.4 0v1"
_FULL = "M14.5 14.5h6v6h-6zM16.5 16.5h2v2h-2z"
_DOT = "M14.5 17.5h0M17.5 17.5h0M20.5 17.5h0"


@dataclass(frozen=True)
class State:
    """`texts` is how its texts begin, `ask` what is said of the workspace, if it is known; `error`
    stands at the field of its form.
    """

    status: str
    texts: str
    mark: str
    ask: str = "ask.more"
    may_pass: bool = False
    has_form: bool = False
    error: str = ""


_GONE, _TOO_MANY = "410 Gone", "429 Too Many Requests"

STATES = {
    "unknown": State("404 Not Found", "unknown", _QUESTION),
    "archived": State(_GONE, "archived", _CROSS, "ask.in_use"),
    "not_started": State(_GONE, "not_started", _CLOCK),
    "ended": State(_GONE, "ended", _CROSS),
    "limit": State(_GONE, "limit", _FULL),
    "password": State("200 OK", "password", _LOCK, "ask.password", has_form=True),
    "wrong_password": State(
        "422 Unprocessable Content",
        "password",
        _LOCK,
        "ask.password",
        has_form=True,
        error="password.wrong",
    ),
    "tries": State(_TOO_MANY, "tries", _CLOCK, "ask.password", may_pass=True),
    "busy": State(_TOO_MANY, "busy", _CLOCK, may_pass=True),
    "unavailable": State("503 Service Unavailable", "unavailable", _CLOCK, may_pass=True),
    "method": State("405 Method Not Allowed", "method", _CROSS),
    "root": State("404 Not Found", "root", _DOT),
}
