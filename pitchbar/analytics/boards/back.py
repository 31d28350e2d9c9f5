"""Where a form leads that was opened from a board: to that board, as it was."""

from urllib.parse import urlsplit

from flask import request, url_for

from pitchbar.workspaces.models import Workspace


def find_way_back(workspace: Workspace) -> str:
    """What `back` says, if it is a page of this workspace; else the overview."""
    home = url_for("pages.overview", slug=workspace.slug)
    asked = request.values.get("back", "")
    parts = urlsplit(asked)
    is_ours = not parts.scheme and not parts.netloc and parts.path.startswith(home)
    # Browsers read a backslash as a slash, and leave control characters out.
    is_plain = asked.isprintable() and "\\" not in asked and "/../" not in asked
    return asked if is_ours and is_plain and len(asked) < 8_000 else home
