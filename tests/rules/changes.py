from typing import Any

from tests.support.changes import Change
from tests.support.factories import People, make_code

_RULE = {"name": "All", "destination_url": "https://destination.example/rule"}


def _code(people: People) -> dict[str, Any]:
    return {"code_id": make_code(people.workspace).id}


# A rule as the form of the page has it when it is open.
_FORM = {
    "rule": "r1",
    "r1.open": "1",
    "r1.enabled": "1",
    "r1.destination_url": "https://destination.example/rule",
}

CHANGES = {
    "POST /w/<slug>/codes/<int:code_id>/rules": Change(_FORM, parts=_code),
    "POST /w/<slug>/codes/<int:code_id>/rules/draft": Change(
        _FORM, parts=_code, unaudited="it draws the list and stores nothing"
    ),
    "PUT /api/v1/workspaces/<slug>/codes/<int:code_id>/rules": Change(
        {"rules": [_RULE]}, parts=_code
    ),
}
