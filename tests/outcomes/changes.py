from typing import Any

from tests.support.changes import Change
from tests.support.factories import People, make_code


def _code(people: People) -> dict[str, Any]:
    return {"code_id": make_code(people.workspace).id}


CHANGES = {
    "POST /w/<slug>/codes/<int:code_id>/rules/dry-run": Change(
        parts=_code, unaudited="it reads past scans and stores nothing"
    ),
}
