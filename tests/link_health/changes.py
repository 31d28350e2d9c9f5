from typing import Any

from tests.support.changes import Change
from tests.support.factories import People, make_code


def _code(people: People) -> dict[str, Any]:
    return {"code_id": make_code(people.workspace).id}


_LOOK = "looks at a destination; what is found there leaves an entry of its own"

CHANGES = {
    "POST /w/<slug>/codes/<int:code_id>/link-health/checks": Change(parts=_code, unaudited=_LOOK),
}
