from typing import Any

from flask import Flask

from tests.alerts.factories import make_rule
from tests.support.factories import People


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    return {"rule_id": make_rule(people.workspace).id, "kind_key": "scans_over"}
