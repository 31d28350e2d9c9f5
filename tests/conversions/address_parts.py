from typing import Any

from flask import Flask

from tests.conversions.changes import old_key
from tests.support.factories import People


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    return old_key(people)
