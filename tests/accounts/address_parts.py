from typing import Any

from flask import Flask

from tests.support.factories import People


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    return {"session_id": 0}
