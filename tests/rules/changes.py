from typing import Any

from tests.support.changes import Change
from tests.support.factories import People, make_code

_RULE = {"name": "All", "destination_url": "https://destination.example/rule"}


def _code(people: People) -> dict[str, Any]:
    return {"code_id": make_code(people.workspace).id}


CHANGES = {
    "PUT /api/v1/workspaces/<slug>/codes/<int:code_id>/rules": Change(
        {"rules": [_RULE]}, parts=_code
    ),
}
