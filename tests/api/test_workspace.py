from datetime import UTC, datetime

import pytest

from pitchbar.codes.services import archive_code
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from tests.support.browsing import FormClient
from tests.support.factories import People, bearer, make_code, make_token
from tests.support.scans import make_scans
from tests.support.servers import on_both_databases


@on_both_databases
def test_workspace_tells_what_is_used(
    client: FormClient, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 15, 12, tzinfo=UTC))
    codes = [make_code(people.workspace) for _ in range(3)]
    archive_code(codes[0], SYSTEM)
    db.session.commit()
    make_scans(codes[1], 4)
    make_scans(codes[1], 2, at=datetime(2026, 2, 27, 12, tzinfo=UTC))
    make_scans(make_code(people.elsewhere), 5)
    headers = bearer(make_token(people.workspace, "read"))
    answer = client.get(f"/api/v1/workspaces/{people.workspace.slug}", headers=headers)
    told = answer.get_json()
    limits = told["usage"].pop("limits")
    assert limits["codes"] == {"used": 2, "limit": 500}
    assert limits["scans"] == {"used": 4, "limit": 250_000}
    assert told == {
        "slug": people.workspace.slug,
        "name": "Corner Café",
        "time_zone": "UTC",
        "plan": "growth",
        "pixel_key": people.workspace.pixel_key,
        "usage": {
            "active_codes": 2,
            "scans_this_month": 4,
            "scans": {"used": 4, "limit": 250_000, "unrecorded": 0, "month": "2026-03"},
        },
    }
