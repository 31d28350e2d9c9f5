from itertools import count
from typing import Any

from flask import Flask

from pitchbar.domains.models import Domain
from pitchbar.extensions import db
from tests.support.factories import People

_numbers = count(1)


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    """Past the limit of a plan: it is asked for again and again."""
    host = f"go{next(_numbers)}.brand.example"
    domain = Domain(workspace_id=people.workspace.id, host=host, token="a" * 32)
    db.session.add(domain)
    db.session.commit()
    return {"domain_id": domain.id}
