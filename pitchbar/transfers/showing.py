"""What the pages of imports show, and when they are drawn anew."""

from collections.abc import Callable
from typing import Any

from pitchbar.accounts.models import Person
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.live import LiveView
from pitchbar.transfers.models import DONE, CodeImport
from pitchbar.transfers.queries import list_errors, list_imports
from pitchbar.transfers.reading.fields import FIELDS
from pitchbar.transfers.reading.recognition import known_of
from pitchbar.transfers.services import UNDONE_WITHIN, can_undo
from pitchbar.transfers.telling import TOPIC
from pitchbar.workspaces.models import Workspace

_PER_PAGE = 25
_ERRORS = 50
# Columns of the preview, beside name, destination and short code; those that something fills.
_ALWAYS = ("name", "destination_url", "short_code")


def shown_list(workspace: Workspace, before: int) -> dict[str, Any]:
    found = list_imports(workspace, before or None, _PER_PAGE + 1)
    page = found[:_PER_PAGE]
    now = clock.now()
    people = {one.made_by_id for one in page if one.made_by_id}
    names = {one: db.session.get(Person, one) for one in people}
    return {
        "imports": page,
        "names": {key: person.name for key, person in names.items() if person},
        "undoable": {one.id for one in page if can_undo(one, now)},
        "next": page[-1].id if len(found) > _PER_PAGE else 0,
        "is_first": not before,
    }


def shown_import(an_import: CodeImport, after: int = 0) -> dict[str, Any]:
    errors = list_errors(an_import, after, _ERRORS + 1) if an_import.error_count else []
    now = clock.now()
    filled = [one for one in FIELDS if any(row.get(one.name) for row in an_import.sample)]
    return {
        "one": an_import,
        "errors": errors[:_ERRORS],
        "next_error": errors[_ERRORS - 1].id if len(errors) > _ERRORS else 0,
        "is_first": not after,
        "fields": [one for one in FIELDS if one in filled or one.name in _ALWAYS],
        "origin": known_of(an_import.origin).label,
        "can_undo": can_undo(an_import, now),
        "undo_until": an_import.ended_at + UNDONE_WITHIN
        if an_import.state == DONE and an_import.ended_at
        else None,
    }


def live_view(an_import: CodeImport, draw: Callable[[], str]) -> LiveView:
    mine = an_import.id
    return LiveView(draw, TOPIC, lambda message: mine in message.get("imports", ()))
