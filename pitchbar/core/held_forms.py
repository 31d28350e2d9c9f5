"""What somebody typed into a form that could not be taken: kept in the page that says so, to be
sent once more.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request

from pitchbar.core.htmx import wants_fragment

# It takes the token of the session that it is sent in.
_TOKEN = "csrf_token"  # noqa: S105  # the name of a field


@dataclass(frozen=True)
class HeldForm:
    action: str
    fields: list[tuple[str, str]]


def find_held_form() -> HeldForm | None:
    """The form of this request, if one of our own pages sent it: another site shall not lay its
    words into somebody's hands.
    """
    if request.method != "POST" or request.files or wants_fragment():
        return None
    if not _is_from_own_page() or request.mimetype != "application/x-www-form-urlencoded":
        return None
    fields = [pair for pair in request.form.items(multi=True) if pair[0] != _TOKEN]
    return HeldForm(request.full_path.rstrip("?"), fields)


def _is_from_own_page() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc == request.host
