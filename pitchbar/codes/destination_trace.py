"""What each change of a destination leaves behind: where the code led, how long, and by whom."""

from datetime import datetime

from sqlalchemy import select, update

from pitchbar.codes.models import Code, CodeDestination
from pitchbar.core import clock
from pitchbar.events.actors import Actor
from pitchbar.extensions import db


def begin_trace(code: Code, by: Actor) -> None:
    _add(code, code.destination_url, code.created_at, by)


def trace_change(code: Code, by: Actor, old: str) -> None:
    """`old` is where the code led until now."""
    if code.destination_url == old:
        return
    now = clock.now()
    if _find_open(code) != old:
        _catch_up(code, old, now)
    _close(code, now)
    _add(code, code.destination_url, now, by)


def _catch_up(code: Code, old: str, now: datetime) -> None:
    """A code that is older than the trace, or was changed by a release before it: since when it
    led there is unknown, and by whom.
    """
    _close(code, now)
    db.session.add(
        CodeDestination(
            workspace_id=code.workspace_id, code_id=code.id, destination_url=old, until_at=None
        )
    )
    db.session.flush()


def _find_open(code: Code) -> str | None:
    return db.session.scalar(
        select(CodeDestination.destination_url)
        .where(CodeDestination.code_id == code.id, CodeDestination.until_at.is_(None))
        .order_by(CodeDestination.id.desc())
        .limit(1)
    )


def _close(code: Code, at: datetime) -> None:
    is_open = (CodeDestination.code_id == code.id, CodeDestination.until_at.is_(None))
    db.session.execute(
        update(CodeDestination)
        .where(*is_open)
        .values(until_at=at)
        .execution_options(synchronize_session=False)
    )


def _add(code: Code, url: str, since_at: datetime, by: Actor) -> None:
    is_person = by.kind == "person"
    db.session.add(
        CodeDestination(
            workspace_id=code.workspace_id,
            code_id=code.id,
            destination_url=url,
            since_at=since_at,
            set_by_id=by.id if is_person else None,
            set_by_program="" if is_person else by.name[:254],
        )
    )
