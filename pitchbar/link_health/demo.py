"""What a fortnight of looks found: nobody is at the demo's hosts, so they are not looked at."""

from datetime import timedelta

from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.codes.models import ACTIVE, Code
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.link_health.destinations import host_of, key_of
from pitchbar.link_health.models import WELL, Link, LinkSpan
from pitchbar.workspaces.models import Workspace

_ANSWERS = "It answers."
# What it answered, since how many hours, until how many hours ago, and how often.
_PAST = (
    ("well", _ANSWERS, 384, 192, 9),
    ("failed", "Its server reports an error (503).", 168, 167, 2),
    ("well", _ANSWERS, 166, 0, 8),
)


def make_demo(workspace: Workspace, owner: Person) -> None:
    """Of all codes the same, but for the past of the oldest, which had a bad day."""
    mine = (Code.workspace_id == workspace.id, Code.status == ACTIVE, Code.deleted_at.is_(None))
    for number, code in enumerate(db.session.scalars(select(Code).where(*mine).order_by(Code.id))):
        db.session.add(_link(code))
        db.session.add_all(_spans(code, _PAST if number == 0 else _PAST[-1:]))
    db.session.flush()


def _link(code: Code) -> Link:
    now = clock.now()
    return Link(
        workspace_id=code.workspace_id,
        code_id=code.id,
        url=code.destination_url,
        url_key=key_of(code.destination_url),
        host=host_of(code.destination_url),
        state=WELL,
        said=_ANSWERS,
        status=200,
        tls_expires_at=now + timedelta(days=61),
        checked_at=now - timedelta(hours=3),
        next_check_at=None,
    )


def _spans(code: Code, past: tuple[tuple[str, str, int, int, int], ...]) -> list[LinkSpan]:
    now = clock.now() - timedelta(hours=3)
    return [
        LinkSpan(
            workspace_id=code.workspace_id,
            code_id=code.id,
            url=code.destination_url,
            url_key=key_of(code.destination_url),
            outcome=outcome,
            said=said,
            checks=checks,
            first_at=now - timedelta(hours=since),
            last_at=now - timedelta(hours=until),
        )
        for outcome, said, since, until, checks in past
    ]
