from typing import Any

from flask import Flask

from tests.support.factories import People
from tests.transfers.factories import carry_out, make_import, owner_of


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    by = owner_of(people)
    one = carry_out(make_import(people.workspace, by, taken="random"), by)
    return {"import_id": one.id, "kind": "nginx"}
