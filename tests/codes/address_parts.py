from typing import Any

from flask import Flask

from tests.support.factories import People, make_code


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    return {"code_id": make_code(people.workspace).id, "format": "svg"}
