"""What others ask of the conversions."""

import uuid
from datetime import date

from pitchbar.conversions.models import Conversion
from pitchbar.conversions.queries import count_by_variant
from pitchbar.core import clock
from pitchbar.extensions import db
from tests.support.factories import People, make_code, make_workspace


def add_conversion(
    workspace_id: int, code_id: int, rule_id: int | None, variant: int | None, scan: uuid.UUID
) -> None:
    db.session.add(
        Conversion(
            id=uuid.uuid4(),
            workspace_id=workspace_id,
            code_id=code_id,
            scan_id=scan,
            scanned_at=clock.now(),
            event="purchase",
            occurred_at=clock.now(),
            day=date(2026, 11, 1),
            scan_day=date(2026, 11, 1),
            rule_id=rule_id,
            variant=variant,
            source="api",
        )
    )
    db.session.commit()


def test_scans_that_led_to_a_conversion_are_counted_by_rule_and_variant(people: People) -> None:
    workspace = people.workspace
    code, other = make_code(workspace), make_code(workspace)
    first, second = uuid.uuid4(), uuid.uuid4()
    for scan in (first, first, second):
        add_conversion(workspace.id, code.id, 7, 1, scan)
    add_conversion(workspace.id, code.id, 8, None, uuid.uuid4())
    add_conversion(workspace.id, code.id, None, None, uuid.uuid4())
    add_conversion(workspace.id, other.id, 7, 1, uuid.uuid4())
    add_conversion(make_workspace().id, code.id, 7, 1, uuid.uuid4())
    assert count_by_variant(workspace, code.id) == {(7, 1): 2, (8, -1): 1}
