from datetime import timedelta
from typing import Any

from pitchbar.core import clock
from pitchbar.extensions import db
from tests.alerts.factories import make_rule
from tests.support.changes import Change
from tests.support.factories import People

_RULE = {"code_id": "0", "threshold": "100", "window_minutes": "60", "roles": "owner"}


def _rule(people: People) -> dict[str, Any]:
    return {"rule_id": make_rule(people.workspace).id}


def _paused(people: People) -> dict[str, Any]:
    rule = make_rule(people.workspace)
    rule.is_paused = True
    db.session.commit()
    return {"rule_id": rule.id}


def _snoozed(people: People) -> dict[str, Any]:
    rule = make_rule(people.workspace)
    rule.snoozed_until = clock.now() + timedelta(hours=1)
    db.session.commit()
    return {"rule_id": rule.id}


CHANGES = {
    "POST /w/<slug>/alerts/new/<kind_key>": Change(
        _RULE, parts=lambda _people: {"kind_key": "scans_over"}
    ),
    "POST /w/<slug>/alerts/<int:rule_id>/edit": Change(_RULE, parts=_rule),
    "POST /w/<slug>/alerts/<int:rule_id>/pause": Change(parts=_rule),
    "POST /w/<slug>/alerts/<int:rule_id>/resumption": Change(parts=_paused),
    "POST /w/<slug>/alerts/<int:rule_id>/snooze": Change({"hours": "8"}, parts=_rule),
    "POST /w/<slug>/alerts/<int:rule_id>/waking": Change(parts=_snoozed),
    "POST /w/<slug>/alerts/<int:rule_id>/removal": Change(parts=_rule),
    "POST /w/<slug>/alerts/seen": Change(
        unaudited="only how many a person has not seen; nothing of the workspace changes"
    ),
}
