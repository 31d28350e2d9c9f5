from typing import Any

from flask import Flask

from tests.sheets.factories import make_sheet
from tests.support.factories import People


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    return {"sheet_id": make_sheet(people.workspace).id}
