from typing import TypeVar
from urllib.parse import quote

from flask import Response

R = TypeVar("R", bound=Response)


def as_attachment(response: R, name: str) -> R:
    """Has the browser save it as `name`, which may be of any script (RFC 6266)."""
    named = {"filename": name}
    if not name.isascii():
        named = {"filename": "download", "filename*": f"UTF-8''{quote(name)}"}
    response.headers.set("Content-Disposition", "attachment", **named)
    return response
