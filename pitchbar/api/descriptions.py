"""The words that the description of the API uses again and again."""

from typing import Any

from pitchbar.api.endpoints import PathParameter

Json = dict[str, Any]

INTRODUCTION = (
    "Codes, scans and tokens of one workspace, as JSON. Send a token of the workspace as "
    "`Authorization: Bearer …`. Lists come in pages: send `next_cursor` as `cursor`. An address "
    "that does not take a method answers 405 and names in `Allow` what it takes."
)

SLUG = PathParameter("The workspace's name in addresses.", "demo")


def _header(description: str, kind: str = "string") -> Json:
    return {"description": description, "schema": {"type": kind}}


RESPONSE_HEADERS = {
    "X-RateLimit-Limit": _header("Requests a minute for this token.", "integer"),
    "X-RateLimit-Remaining": _header("How many are left.", "integer"),
    "X-RateLimit-Reset": _header("When all are there again, in seconds since 1970.", "integer"),
    "X-Request-Id": _header("Names this request, for when you ask about it."),
    "ETag": _header("Names this state of the answer."),
    "Retry-After": _header("Seconds to wait.", "integer"),
    "Allow": _header("The methods that the address takes."),
    "WWW-Authenticate": _header("How to send the token."),
    "Idempotent-Replayed": _header("`true` when this answer was given before."),
}
RATE_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


def _parameter(name: str, description: str, **schema: Any) -> Json:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": description,
        "schema": {"type": "string", **schema},
    }


REQUEST_HEADERS = {
    "If-None-Match": _parameter(
        "If-None-Match", "An `ETag` that you have: 304 without a body when it is still true."
    ),
    "If-Match": _parameter(
        "If-Match", "The `ETag` of what you read: 412 when somebody changed it since."
    ),
    "Idempotency-Key": _parameter(
        "Idempotency-Key",
        "Any text of your own, new for each thing to do. A request that comes twice with it has "
        "one effect, and the second gets the answer of the first.",
        minLength=1,
        maxLength=255,
        pattern="^[!-~]+$",
    ),
}

# For browsers.
REQUEST_HEADERS |= {
    "Origin": _parameter("Origin", "Of the page, as browsers say it by themselves."),
    "Last-Event-ID": _parameter(
        "Last-Event-ID", "The `id` of the last event that came: the stream goes on behind it."
    ),
}

SECURITY_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer"},
    "widget": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
}
# By what opens a view: a sentence, and what its description says beyond what is usual.
_ACCESS: dict[str, tuple[str, Json]] = {
    "token:read": ("Any token opens it.", {}),
    "token:read-write": ("Needs a read-write token.", {}),
    "widget": ("Needs the token that `init` gave.", {"security": [{"widget": []}]}),
    "all": ("Needs no token.", {"security": []}),
}


def describe_access(access: str) -> tuple[str, Json]:
    return _ACCESS[access]


# What every call may answer.
ALWAYS = (401, 404, 429, 503)

# status: description, code, message, and headers beyond the usual
ERRORS: dict[int, tuple[str, str, str, tuple[str, ...]]] = {
    401: (
        "No token, or one that is revoked.",
        "unauthorized",
        "Send a valid API token as 'Authorization: Bearer …'.",
        ("WWW-Authenticate",),
    ),
    402: (
        "The plan has no room for it; `limit` and `count` say how many may be and are, "
        "`limit_name` of what.",
        "plan_limit",
        "All 5 active codes of the Free plan are in use. Archive a code that you do not need, or "
        "move to a larger plan.",
        (),
    ),
    403: (
        "The token may not do this; for the widget: not from this page.",
        "forbidden",
        "This token may only read.",
        (),
    ),
    404: (
        "There is no such thing in the token's workspace.",
        "not_found",
        "There is no such code in this workspace. It may have been deleted.",
        (),
    ),
    405: (
        "The address does not take this method.",
        "method_not_allowed",
        "This address does not take that kind of request.",
        ("Allow",),
    ),
    409: (
        "A request with the same Idempotency-Key is still running.",
        "in_progress",
        "A request with this Idempotency-Key is still running. Ask again.",
        ("Retry-After",),
    ),
    412: (
        "It was changed since you read it.",
        "precondition_failed",
        "This was changed since you read it. Read it again, then decide.",
        (),
    ),
    413: (
        "The body is larger than 1 MiB.",
        "too_large",
        "What you sent is larger than we take.",
        (),
    ),
    415: (
        "The body is not said to be JSON.",
        "unsupported_media_type",
        "Send a JSON object with Content-Type: application/json.",
        (),
    ),
    422: (
        "Something in the request needs a correction; `fields` says what. Also: the "
        "Idempotency-Key came with another request before.",
        "invalid",
        "Some fields need a correction.",
        (),
    ),
    429: (
        "Too many requests in a minute.",
        "rate_limited",
        "You have tried this very often. Wait a minute, then try again.",
        ("Retry-After",),
    ),
    503: (
        "The database does not answer.",
        "unavailable",
        "The database does not answer. Codes keep redirecting and scans are kept meanwhile.",
        ("Retry-After",),
    ),
}


def example_error(status: int) -> Json:
    _, code, message, _ = ERRORS[status]
    fields = {"name": "Field required"} if status == 422 else {}
    return {"error": {"code": code, "message": message, "fields": fields}}
